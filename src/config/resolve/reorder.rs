//! The task of `reorder`.

use std::path::{Path, PathBuf};

use super::inputs::Inputs;
use super::judging;
use super::measuring::MeasuringInputs;
use crate::cli::{ReorderArgs, ShownArgs};
use crate::config::{Control, Experiment, Program, ReorderTask, Rounds, SameOutput, WantedBlock};
use crate::error::{Error, Result};
use crate::options::defaults;
use crate::reorder::Independence;

/// Rounds from which there are intervals.
const LEAST_ROUNDS: u32 = 2;

pub(super) fn resolve(args: &ReorderArgs, inputs: Inputs<'_>) -> Result<ReorderTask> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &args.measure,
    };
    let run = measuring.run(inputs.here, defaults::TIMEOUT)?;
    let program = Program::Script(args.script.clone());
    let variants = vec![measuring.single((program, args.args.clone()), &run)];
    let experiment = measuring.experiment(variants, run, args.runs.runs)?;
    let rounds = match experiment.rounds {
        Rounds::Fixed(rounds) => rounds,
        Rounds::UpTo(most) => most.min(defaults::ROUNDS_OF_REORDER),
    };
    if rounds < LEAST_ROUNDS {
        return Err(Error::usage(
            "one round has no intervals: nothing could be said of any order",
            "make at least 2 rounds, such as with `--runs 3`",
        ));
    }
    let independence = if args.assume_independent {
        Independence::Assumed
    } else {
        Independence::Proven
    };
    require_comparison(args, independence, &experiment.same_output)?;
    require_different_files(args, inputs.here)?;
    let same_output = args.same_output.clone();
    let output = inputs.output(&args.format, &ShownArgs::default(), args.exports.all());
    Ok(ReorderTask {
        experiment: Experiment {
            rounds: Rounds::Fixed(rounds),
            same_output: same_output.unwrap_or(experiment.same_output),
            // Nothing is said of what the build costs, nor of the compiler's remarks.
            control: Control::Never,
            shard: None,
            ..experiment
        },
        script: args.script.clone(),
        block: match (&args.lines, &args.function) {
            (Some(lines), _) => WantedBlock::Lines(*lines),
            (None, Some(function)) => WantedBlock::Function(function.clone()),
            (None, None) => {
                return Err(Error::usage(
                    "no statements were named",
                    "give `--lines FIRST-LAST` or `--function NAME`",
                ));
            }
        },
        independence,
        orders: args.orders.unwrap_or(defaults::ORDERS),
        write: args.write.clone(),
        judging: judging::resolve(inputs, &[], None),
        output: output.of_kind()?,
        verbosity: inputs.global.verbosity(),
    })
}

/// A promise that statements are independent is worth checking: fails where nothing is said of
/// that.
fn require_comparison(
    args: &ReorderArgs,
    independence: Independence,
    configured: &SameOutput,
) -> Result<()> {
    let is_said = args.same_output.is_some() || !matches!(configured, SameOutput::Off);
    if independence == Independence::Proven || is_said {
        return Ok(());
    }
    Err(Error::usage(
        "with `--assume-independent`, it has to be said how the results are compared",
        "give `--same-output stdout`, `--same-output REGEX` for a part of the output, or \
         `--same-output off`",
    ))
}

/// Fails where the new script and an export would be one file.
fn require_different_files(args: &ReorderArgs, here: &Path) -> Result<()> {
    let full = |file: &Path| -> PathBuf { here.join(file).components().collect() };
    let Some(write) = &args.write else {
        return Ok(());
    };
    let exports = args.exports.all();
    if exports.iter().all(|it| full(&it.file) != full(write)) {
        return Ok(());
    }
    Err(Error::usage(
        format!(
            "`--write` and an export have the same file, `{}`",
            write.display()
        ),
        "give them different names",
    ))
}
