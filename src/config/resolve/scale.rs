//! The task of `scale`.

use std::collections::BTreeMap;

use super::inputs::Inputs;
use super::measuring::MeasuringInputs;
use super::{judging, variants};
use crate::cli::{ScaleArgs, ShownArgs};
use crate::config::{
    Control, Experiment, Program, Rounds, Run, SameOutput, ScaleTask, SizeValue, Variant,
};
use crate::error::{Error, Result};
use crate::options::{Vary, defaults};

/// Rounds from which there are intervals.
const LEAST_ROUNDS: u32 = 2;

pub(super) fn resolve(args: &ScaleArgs, inputs: Inputs<'_>) -> Result<ScaleTask> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &args.measure,
    };
    let run = measuring.run(inputs.here, defaults::TIMEOUT)?;
    let (program, name) = program(args)?;
    let one = measuring.single((program, args.args.clone()), &run);
    require_placeholder(args, &run)?;
    let values = args.vary.values.iter();
    let variants = values.map(|(value, _)| sized(&one, &run, &args.vary, value));
    let variants = variants::compared_with_first(variants.collect());
    let experiment = measuring.experiment(variants, run, args.runs.runs)?;
    let rounds = match experiment.rounds {
        Rounds::Fixed(rounds) => rounds,
        Rounds::UpTo(most) => most.min(defaults::ROUNDS_OF_SCALE),
    };
    if rounds < LEAST_ROUNDS {
        return Err(Error::usage(
            "one round has no intervals: nothing could be said of any exponent",
            "make at least 2 rounds, such as with `--runs 5`",
        ));
    }
    let sizes = args.vary.values.iter().map(|(text, value)| SizeValue {
        text: text.clone(),
        value: *value,
    });
    let output = inputs.output(&args.format, &ShownArgs::default(), args.exports.all());
    Ok(ScaleTask {
        experiment: Experiment {
            rounds: Rounds::Fixed(rounds),
            // What is printed at one size need not be what is printed at another.
            same_output: SameOutput::Off,
            control: Control::Never,
            shard: None,
            ..experiment
        },
        program: name,
        parameter: args.vary.name.clone(),
        sizes: sizes.collect(),
        judging: judging::resolve(inputs, &[], None),
        output: output.of_kind()?,
        verbosity: inputs.global.verbosity(),
    })
}

/// What to run, and as what the user named it.
fn program(args: &ScaleArgs) -> Result<(Program, String)> {
    match (&args.script, &args.module) {
        (Some(script), _) => {
            let name = script.display().to_string();
            Ok((Program::Script(script.clone()), name))
        }
        (None, Some(module)) => Ok((Program::Module(module.clone()), module.clone())),
        (None, None) => Err(Error::usage(
            "a script is missing",
            "give a SCRIPT.py, or `-m MODULE`",
        )),
    }
}

/// Fails where all sizes would be the same run.
fn require_placeholder(args: &ScaleArgs, run: &Run) -> Result<()> {
    let placeholder = args.vary.placeholder();
    let mut texts = args.args.iter().chain(run.env.values());
    if texts.any(|text| text.contains(&placeholder)) {
        return Ok(());
    }
    Err(Error::usage(
        format!("the size is not used: no argument of the script contains `{placeholder}`"),
        format!(
            "write it where the size belongs, such as `-- {placeholder}`, or in a variable of \
             `[run] env` in the configuration"
        ),
    ))
}

/// The variant with a size where its placeholder is.
fn sized(one: &Variant, run: &Run, vary: &Vary, value: &str) -> Variant {
    let placeholder = vary.placeholder();
    let fill = |text: &String| text.replace(&placeholder, value);
    let filled = run
        .env
        .iter()
        .filter(|(_, text)| text.contains(&placeholder));
    let filled = filled.map(|(name, text)| (name.clone(), fill(text)));
    Variant {
        name: format!("{}={value}", vary.name),
        args: one.args.iter().map(fill).collect(),
        env: filled.collect::<BTreeMap<_, _>>(),
        ..one.clone()
    }
}
