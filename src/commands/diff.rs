//! `profila diff`: which lines got faster or slower between two versions.

use std::fs;
use std::path::{Path, PathBuf};

use super::baseline::measure_against;
use super::input_file::{read_file, unreadable};
use super::output_file::{require_writable, write_file};
use super::progress::Progress;
use super::revisions::Revisions;
use super::show;
use super::streams::say;
use crate::compare::{self, Conclusion};
use crate::config::{self, CompareTask, Judging, MeasureTask, OnInconclusive, Verbosity};
use crate::document;
use crate::error::{Error, ExitCode, Result};
use crate::gate::Outcome;
use crate::measure::{Round, Rounds, Surroundings};
use crate::process::Interrupts;
use crate::recording::Recording;
use crate::report::terminal;

/// Compares recordings as they are.
pub(super) fn compare(task: &CompareTask) -> Result<u8> {
    show::require_writable_exports(&task.output.common)?;
    let recordings = task.recordings.iter().map(|file| read_recording(file));
    let recordings = recordings.collect::<Result<Vec<_>>>()?;
    let conclusion = conclude(&recordings, &task.judging)?;
    show::comparison(&conclusion, &task.output)?;
    Ok(exit_code(
        conclusion.outcome(),
        task.judging.on_inconclusive,
        task.verbosity,
    )
    .code())
}

/// Measures versions, and compares them.
pub(super) fn measure(task: &MeasureTask, here: &Path) -> Result<u8> {
    if let Some(folder) = &task.save {
        create_folder(folder)?;
        for variant in &task.experiment.variants {
            require_writable(Some(&saved(folder, &variant.name)))?;
        }
    }
    show::require_writable_exports(&task.output.common)?;
    let (recordings, conclusion) = match &task.baseline {
        Some(baseline) => measure_against(task, baseline, here)?,
        None => until_answered(task, here)?,
    };
    let saved = match &task.save {
        Some(folder) => save(&recordings, folder),
        None => Ok(()),
    };
    let conclusion = conclusion?;
    show::comparison(&conclusion, &task.output)?;
    // The report is not lost with what could not be written.
    saved?;
    Ok(exit_code(
        conclusion.outcome(),
        task.judging.on_inconclusive,
        task.verbosity,
    )
    .code())
}

/// What the gate makes of the exit code.
fn exit_code(
    outcome: Option<Outcome>,
    on_inconclusive: OnInconclusive,
    verbosity: Verbosity,
) -> ExitCode {
    match (outcome.unwrap_or(Outcome::Pass), on_inconclusive) {
        (Outcome::Fail, _) => ExitCode::GateFailed,
        (Outcome::Inconclusive, OnInconclusive::Fail) => ExitCode::GateInconclusive,
        (Outcome::Inconclusive, OnInconclusive::Warn) => {
            if verbosity != Verbosity::Quiet {
                say(
                    "warning: the gate is undecided: these runs cannot tell whether a rule is broken",
                );
            }
            ExitCode::Success
        }
        (Outcome::Pass, _) | (Outcome::Inconclusive, OnInconclusive::Pass) => ExitCode::Success,
    }
}

/// Makes rounds until there is an answer, or as many as there may be. What was concluded after
/// the last one is what is reported, even where that is why nothing can be.
fn until_answered(task: &MeasureTask, here: &Path) -> Result<(Vec<Recording>, Result<Conclusion>)> {
    config::require_scripts(&task.experiment.variants)?;
    let interrupts = Interrupts::install()?;
    let mut experiment = task.experiment.clone();
    let _revisions = Revisions::check_out(&mut experiment, &interrupts, task.verbosity)?;
    let progress = Progress::new(task.verbosity).giving_advice();
    let surroundings = Surroundings {
        here,
        interrupts: &interrupts,
        observer: &progress,
    };
    let mut rounds = Rounds::new(&experiment, surroundings)?;
    let mut last = None;
    while let Some(round) = rounds.next() {
        let Round { number, is_look } = round?;
        if !is_look && !progress.is_shown() {
            continue;
        }
        let conclusion = conclude(rounds.recordings(), &task.judging);
        if let Ok(conclusion) = &conclusion {
            progress.so_far(number, &so_far(conclusion));
        }
        if is_look {
            let is_answered = conclusion.as_ref().map_or(true, Conclusion::has_answer);
            last = Some(conclusion);
            if is_answered {
                break;
            }
        }
    }
    let conclusion = last.expect("the last round is a look");
    Ok((rounds.into_recordings(), conclusion))
}

pub(super) fn conclude<'r>(
    recordings: impl IntoIterator<Item = &'r Recording>,
    judging: &Judging,
) -> Result<Conclusion> {
    let conclusion = compare::conclude(recordings, judging.attribution, &judging.options);
    conclusion.map_err(|error| Error::Incomparable {
        cause: error.to_string(),
    })
}

/// The throughput in a line.
fn so_far(conclusion: &Conclusion) -> String {
    let each = conclusion.comparisons().iter().map(terminal::so_far);
    each.collect::<Vec<_>>().join("; ")
}

pub(super) fn read_recording(file: &Path) -> Result<Recording> {
    document::read(&read_file(file)?).map_err(|error| unreadable(file, error))
}

pub(super) fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| Error::Io {
        action: "create",
        path: folder.to_owned(),
        source,
    })
}

/// The file in a folder in which the recording of a version is saved.
pub(super) fn saved(folder: &Path, variant: &str) -> PathBuf {
    folder.join(format!("{variant}.json"))
}

pub(super) fn save(recordings: &[Recording], folder: &Path) -> Result<()> {
    for recording in recordings {
        let file = saved(folder, &recording.variant.name);
        write_file(&file, &document::write(recording))?;
    }
    Ok(())
}
