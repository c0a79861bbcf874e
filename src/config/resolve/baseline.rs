//! What `baseline` does, and what `diff --baseline` measures.

use std::path::{Path, PathBuf};

use super::inputs::Inputs;
use super::measuring::MeasuringInputs;
use super::{operands, program, variants};
use crate::cli::{BaseArgs, BaselineAction, BaselineSaveArgs, ExperimentArgs, MeasureArgs};
use crate::config::{Baseline, BaselineTask, Experiment, Program, Rounds, SaveTask, Variant};
use crate::error::{Error, Result};
use crate::options::defaults;

/// The name of what is compared with a baseline.
const NOW: &str = "now";

/// What a command about baselines is to do.
pub(super) fn resolve(action: &BaselineAction, inputs: Inputs<'_>) -> Result<BaselineTask> {
    let home = home(inputs);
    Ok(match action {
        BaselineAction::Save(args) => BaselineTask::Save(Box::new(save(args, home, inputs)?)),
        BaselineAction::List(_) => BaselineTask::List {
            home,
            color: inputs.global.color,
        },
        BaselineAction::Remove(args) => BaselineTask::Remove {
            name: checked(&args.name)?,
            home,
            verbosity: inputs.global.verbosity(),
        },
    })
}

fn save(args: &BaselineSaveArgs, home: Option<PathBuf>, inputs: Inputs<'_>) -> Result<SaveTask> {
    let name = checked(&args.name)?;
    let words = program::parse("record", &args.program)?;
    Ok(SaveTask {
        experiment: experiment(words, &name, &args.measure, args.runs.runs, inputs)?,
        name,
        replace: args.replace,
        home,
        verbosity: inputs.global.verbosity(),
    })
}

/// The baseline that `diff` compares with, and what it measures.
pub(super) fn against(
    name: &str,
    versions: &[PathBuf],
    args: &ExperimentArgs,
    inputs: Inputs<'_>,
) -> Result<(Baseline, Experiment)> {
    refuse_what_is_of_revisions(&args.base)?;
    let program = operands::of_base(versions, args)?.ok_or_else(|| {
        Error::usage(
            "there is nothing to compare with the baseline",
            format!("give the script: `profila diff --baseline {name} script.py`"),
        )
    })?;
    let words = (program, args.args.clone());
    let baseline = Baseline {
        name: checked(name)?,
        in_any_circumstances: args.base.any_circumstances,
        home: home(inputs),
    };
    let now = if baseline.name == NOW { "after" } else { NOW };
    let experiment = experiment(words, now, &args.measure, args.runs.runs, inputs)?;
    Ok((baseline, experiment))
}

/// Refuses what brings a revision what it needs: a baseline is not run again.
fn refuse_what_is_of_revisions(args: &BaseArgs) -> Result<()> {
    let given = [
        ("--copy", !args.copy.is_empty()),
        ("--setup", args.setup.is_some()),
        ("--base-python", args.base_python.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((flag, _)) => Err(Error::usage(
            format!("`{flag}` has no effect on a baseline, which was measured before"),
            "omit it, or compare with a revision, `--base REV`",
        )),
    }
}

/// Runs of one program, as `record` makes them.
fn experiment(
    words: (Program, Vec<String>),
    name: &str,
    flags: &MeasureArgs,
    rounds: Option<u32>,
    inputs: Inputs<'_>,
) -> Result<Experiment> {
    let measuring = MeasuringInputs { inputs, flags };
    let run = measuring.run(inputs.here, defaults::TIMEOUT)?;
    let variant = Variant {
        name: name.to_owned(),
        ..measuring.single(words, &run)
    };
    let experiment = measuring.experiment(vec![variant], run, rounds)?;
    let rounds = match experiment.rounds {
        Rounds::Fixed(rounds) => rounds,
        // What ends an experiment early is its own comparison, of which there is none.
        Rounds::UpTo(most) => most.min(defaults::ROUNDS_OF_RECORD),
    };
    Ok(Experiment {
        rounds: Rounds::Fixed(rounds),
        ..experiment
    })
}

/// A name that can be that of a file.
fn checked(name: &str) -> Result<String> {
    if variants::is_name(name) {
        return Ok(name.to_owned());
    }
    Err(Error::usage(
        format!("a baseline cannot be named `{name}`: it is kept in a file of that name"),
        "use a name without `/` that does not start with a dot",
    ))
}

/// The folder of the configuration, if there is one.
fn home(inputs: Inputs<'_>) -> Option<PathBuf> {
    let folder = inputs.document.map(|document| document.folder.as_path());
    folder.map(Path::to_owned)
}
