//! The task of `reorder`.

use super::inputs::Inputs;
use super::judging;
use super::measuring::MeasuringInputs;
use crate::cli::{ReorderArgs, ShownArgs};
use crate::config::{Control, Experiment, Program, ReorderTask, Rounds, WantedBlock};
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
    let same_output = args.same_output.clone();
    let output = inputs.output(&args.format, &ShownArgs::default(), args.exports.all());
    Ok(ReorderTask {
        experiment: Experiment {
            rounds: Rounds::Fixed(rounds),
            same_output: same_output.unwrap_or(experiment.same_output),
            // Nothing is said of what the build costs, nor of the compiler's remarks.
            control: Control::Never,
            ..experiment
        },
        script: args.script.clone(),
        block: match (&args.lines, &args.function) {
            (Some(lines), _) => WantedBlock::Lines(*lines),
            (None, Some(function)) => WantedBlock::Function(function.clone()),
            (None, None) => {
                return Err(Error::usage(
                    "it is not said which statements to reorder",
                    "give `--lines FIRST-LAST` or `--function NAME`",
                ));
            }
        },
        independence: if args.assume_independent {
            Independence::Assumed
        } else {
            Independence::Proven
        },
        orders: args.orders.unwrap_or(defaults::ORDERS),
        write: args.write.clone(),
        judging: judging::resolve(inputs, &[], None),
        output: output.of_kind()?,
        verbosity: inputs.global.verbosity(),
    })
}
