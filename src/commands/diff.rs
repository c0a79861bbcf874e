//! `profila diff`: which lines got faster or slower between two versions.

use std::fs;
use std::path::Path;

use super::measure::{Laboratory, Looks};
use super::{
    here, install_interrupts, print, read_file, require_writable, say, style, unreadable, view,
    write_file,
};
use crate::align::align_files;
use crate::cli::{DiffArgs, GlobalArgs};
use crate::compare::{self, CompareError, Comparison, Options};
use crate::config::{self, Config, Format, OnInconclusive, Operands, Output, Rounds, Verbosity};
use crate::error::{Error, ExitCode, Result};
use crate::gate::{Gate, Outcome};
use crate::pair::Pair;
use crate::plan::{Size, plan};
use crate::recording::Recording;
use crate::report::{json, terminal};
use crate::stats;

pub(super) fn diff(args: &DiffArgs, global: &GlobalArgs) -> Result<u8> {
    let here = here()?;
    let document = config::discover(args.config.config.as_deref(), &here)?;
    let config = config::diff(args, global, document.as_ref(), &here)?;
    if let Some(folder) = &config.output.save {
        create_folder(folder)?;
    }
    require_writable(config.output.exports.json.as_deref())?;
    let recordings = match config::operands(args)? {
        Operands::Recordings(files) => files.try_map(|file| read_recording(&file))?,
        Operands::Scripts(_) | Operands::Configured => measure(&config, &here)?,
    };
    let saved = match &config.output.save {
        Some(folder) => save(recordings.as_ref(), folder),
        None => Ok(()),
    };
    let recordings = recordings.map(|recording| view(recording, config.sampling.attribution));
    let comparison = conclude(recordings.as_ref(), &config)?;
    print(&render(&comparison, &config.output))?;
    // The report is not lost with what could not be written.
    saved?;
    if let Some(file) = &config.output.exports.json {
        write_file(file, &json::write(&comparison))?;
    }
    Ok(exit_code(comparison.gate.as_ref(), &config).code())
}

/// What the gate makes of the exit code.
fn exit_code(gate: Option<&Gate>, config: &Config) -> ExitCode {
    let outcome = gate.map_or(Outcome::Pass, |gate| gate.outcome);
    match (outcome, config.gate.on_inconclusive) {
        (Outcome::Fail, _) => ExitCode::GateFailed,
        (Outcome::Inconclusive, OnInconclusive::Fail) => ExitCode::GateInconclusive,
        (Outcome::Inconclusive, OnInconclusive::Warn) => {
            if config.output.verbosity != Verbosity::Quiet {
                say(
                    "warning: the gate is undecided: these runs cannot tell whether a rule is broken",
                );
            }
            ExitCode::Success
        }
        (Outcome::Pass, _) | (Outcome::Inconclusive, OnInconclusive::Pass) => ExitCode::Success,
    }
}

fn measure(config: &Config, here: &Path) -> Result<Pair<Recording>> {
    config::require_scripts(config)?;
    let interrupts = install_interrupts()?;
    let laboratory = Laboratory::new(config, here, &interrupts)?;
    let (rounds, looks) = match config.compare.rounds {
        Rounds::Fixed(rounds) => (rounds, Vec::new()),
        Rounds::UpTo(most) => (most, stats::looks_up_to(most)),
    };
    let size = Size {
        variants: config.variants.len(),
        rounds,
        warm_up: config.compare.warmup,
    };
    let looks = Looks {
        after: &looks,
        has_answer: &|recordings| has_answer(recordings, config),
    };
    let recordings = laboratory.measure(&plan(size, config.compare.seed), &looks)?;
    match <[Recording; 2]>::try_from(recordings) {
        Ok([before, after]) => Ok(Pair::new(before, after)),
        Err(recordings) => unreachable!("{} variants instead of two", recordings.len()),
    }
}

/// Whether there is an answer already.
fn has_answer(recordings: &[Recording], config: &Config) -> Result<bool> {
    let [before, after] = recordings else {
        return Ok(false);
    };
    let shown = |recording: &Recording| view(recording.clone(), config.sampling.attribution);
    let recordings = Pair::new(before, after).map(shown);
    Ok(conclude(recordings.as_ref(), config)?.has_answer())
}

fn read_recording(file: &Path) -> Result<Recording> {
    json::read(&read_file(file)?).map_err(|error| unreadable(file, error))
}

fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| Error::Io {
        action: "create",
        path: folder.to_owned(),
        source,
    })?;
    require_writable(Some(&folder.join("recording.json")))
}

fn save(recordings: Pair<&Recording>, folder: &Path) -> Result<()> {
    recordings.try_map(|recording| {
        let file = folder.join(format!("{}.json", recording.variant.name));
        write_file(&file, &json::write(recording))
    })?;
    Ok(())
}

fn conclude(recordings: Pair<&Recording>, config: &Config) -> Result<Comparison> {
    let sources = recordings.map(|recording| &*recording.sources);
    let scripts = recordings.map(Recording::script);
    let alignments = align_files(sources, scripts);
    let Pair { before, after } = recordings;
    compare::compare(before, after, &alignments, &options(config))
        .map_err(|error| incomparable(&error))
}

fn options(config: &Config) -> Options {
    Options {
        confidence: config.compare.confidence,
        min_effect: config.compare.min_effect,
        rules: config.gate.rules.clone(),
    }
}

fn incomparable(error: &CompareError) -> Error {
    Error::Incomparable {
        cause: error.to_string(),
    }
}

/// A comparison in the form that was asked for.
pub(super) fn render(comparison: &Comparison, output: &Output) -> String {
    match output.format {
        Format::Text => terminal::comparison(comparison, &style(output)),
        Format::Json => json::write(comparison),
    }
}
