//! `profila diff`: which lines got faster or slower between two versions.

use std::fs;
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::show::{self, Kind};
use super::{here, read_file, require_writable, say, unreadable, view, write_file};
use crate::align::align_files;
use crate::cli::{DiffArgs, GlobalArgs};
use crate::compare::{self, CompareError, Comparison, Comparisons, Options};
use crate::config::{self, Config, OnInconclusive, Operands, Verbosity};
use crate::document::{self, AnyDocument};
use crate::error::{Error, ExitCode, Result};
use crate::gate::Outcome;
use crate::measure::{Round, Rounds, Surroundings};
use crate::pair::Pair;
use crate::process::Interrupts;
use crate::recording::{Recording, Role};
use crate::report::terminal;
use crate::throughput;

/// What was concluded.
enum Conclusion {
    /// Of two versions.
    One(Box<Comparison>),
    /// Of more, or with a placebo.
    Several(Comparisons),
}

impl Conclusion {
    /// The worst outcome of a rule; `None` where there are no rules.
    fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::One(comparison) => comparison.gate.as_ref().map(|gate| gate.outcome),
            Self::Several(several) => several.outcome(),
        }
    }

    fn has_answer(&self) -> bool {
        match self {
            Self::One(comparison) => comparison.has_answer(),
            Self::Several(several) => several.has_answer(),
        }
    }

    /// The throughput in a line.
    fn so_far(&self) -> String {
        let comparisons = match self {
            Self::One(comparison) => std::slice::from_ref(&**comparison),
            Self::Several(several) => several.comparisons.as_slice(),
        };
        let each = comparisons.iter().map(terminal::so_far);
        each.collect::<Vec<_>>().join("; ")
    }

    fn into_document(self) -> AnyDocument {
        match self {
            Self::One(comparison) => AnyDocument::Comparison(comparison),
            Self::Several(several) => AnyDocument::Comparisons(several),
        }
    }
}

pub(super) fn diff(args: &DiffArgs, global: &GlobalArgs) -> Result<u8> {
    let here = here()?;
    let document = config::discover(args.config.config.as_deref(), &here)?;
    let config = config::diff(args, global, document.as_ref(), &here)?;
    if let Some(folder) = &config.output.save {
        create_folder(folder)?;
        for variant in &config.variants {
            require_writable(Some(&saved(folder, &variant.name)))?;
        }
    }
    show::require(Kind::Comparison, &config.output)?;
    let (recordings, conclusion) = match config::operands(args)? {
        Operands::Recordings(files) => {
            let recordings = files.iter().map(|file| read_recording(file));
            let recordings = recordings.collect::<Result<Vec<_>>>()?;
            let conclusion = conclude(&recordings, &config);
            (recordings, conclusion)
        }
        Operands::Scripts(_) | Operands::Configured => measure(&config, &here)?,
    };
    let saved = match &config.output.save {
        Some(folder) => save(&recordings, folder),
        None => Ok(()),
    };
    let conclusion = conclusion?;
    let outcome = conclusion.outcome();
    show::show(&conclusion.into_document(), &config.output)?;
    // The report is not lost with what could not be written.
    saved?;
    Ok(exit_code(outcome, &config).code())
}

/// What the gate makes of the exit code.
fn exit_code(outcome: Option<Outcome>, config: &Config) -> ExitCode {
    match (
        outcome.unwrap_or(Outcome::Pass),
        config.gate.on_inconclusive,
    ) {
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

/// Makes rounds until there is an answer, or as many as there may be. What was concluded after
/// the last one is what is reported, even where that is why nothing can be.
fn measure(config: &Config, here: &Path) -> Result<(Vec<Recording>, Result<Conclusion>)> {
    config::require_scripts(config)?;
    let interrupts = Interrupts::install()?;
    let progress = Progress::new(config.output.verbosity);
    let surroundings = Surroundings {
        here,
        interrupts: &interrupts,
        observer: &progress,
    };
    let mut rounds = Rounds::new(config, surroundings)?;
    let mut last = None;
    while let Some(round) = rounds.next() {
        let Round { number, is_look } = round?;
        if !is_look && !progress.is_shown() {
            continue;
        }
        let conclusion = conclude(rounds.recordings(), config);
        if let Ok(conclusion) = &conclusion {
            progress.so_far(number, &conclusion.so_far());
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

fn read_recording(file: &Path) -> Result<Recording> {
    document::read(&read_file(file)?).map_err(|error| unreadable(file, error))
}

fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| Error::Io {
        action: "create",
        path: folder.to_owned(),
        source,
    })
}

/// The file in a folder in which the recording of a version is saved.
fn saved(folder: &Path, variant: &str) -> PathBuf {
    folder.join(format!("{variant}.json"))
}

fn save(recordings: &[Recording], folder: &Path) -> Result<()> {
    for recording in recordings {
        let file = saved(folder, &recording.variant.name);
        write_file(&file, &document::write(recording))?;
    }
    Ok(())
}

/// Compares each recording with the first, the placebo apart from the others.
fn conclude<'r>(
    recordings: impl IntoIterator<Item = &'r Recording>,
    config: &Config,
) -> Result<Conclusion> {
    let attribution = config.sampling.attribution;
    let views = recordings.into_iter().cloned();
    let mut views: Vec<Recording> = views.map(|it| view(it, attribution)).collect();
    let has_placebo = arrange(&mut views);
    restate_all(&mut views);
    let [before, versions @ ..] = views.as_slice() else {
        unreachable!("a comparison has two versions or more");
    };
    let (placebo, versions) = match versions {
        [versions @ .., placebo] if has_placebo => (Some(placebo), versions),
        versions => (None, versions),
    };
    let compared = |after, together| compare_pair(Pair::new(before, after), config, together);
    if let ([after], None) = (versions, placebo) {
        return Ok(Conclusion::One(Box::new(compared(after, 1)?)));
    }
    let together = u32::try_from(versions.len()).unwrap_or(u32::MAX);
    let compared_together = versions.iter().map(|after| compared(after, together));
    let mut comparisons = compared_together.collect::<Result<Vec<_>>>()?;
    let seconds_per_round = compare::seconds_per_round(&views);
    for comparison in &mut comparisons {
        comparison.seconds_per_round = seconds_per_round;
    }
    let placebo = placebo.map(|again| compared(again, 1)).transpose()?;
    Ok(Conclusion::Several(Comparisons::of(comparisons, placebo)))
}

/// Puts the placebo last and its base first, and says whether there is one.
///
/// Recordings are compared in the order in which they are given. But a placebo can only be
/// judged beside the version that it is the placebo of, and a shell sorts `runs/*.json` by
/// name. Where that version is not there, or nothing besides the two, the placebo is a
/// version like any other; so is one of another experiment than the first recording's, which
/// was named first on purpose.
fn arrange(recordings: &mut [Recording]) -> bool {
    let in_role = |role| {
        let experiment = &recordings[0].experiment;
        let mut recordings = recordings.iter();
        recordings.position(|it| it.role == role && it.experiment == *experiment)
    };
    let (placebo, base) = (in_role(Role::Placebo), in_role(Role::Base));
    let (Some(placebo), Some(base), 3..) = (placebo, base, recordings.len()) else {
        return false;
    };
    recordings[placebo..].rotate_left(1);
    let base = base - usize::from(base > placebo);
    recordings[..=base].rotate_right(1);
    true
}

/// Puts the values of all recordings into the form of the first, where that is possible.
fn restate_all(recordings: &mut [Recording]) {
    let [first, others @ ..] = recordings else {
        return;
    };
    for other in others {
        throughput::restate_recording(other, &first.settings.throughput);
    }
}

fn compare_pair(
    recordings: Pair<&Recording>,
    config: &Config,
    together: u32,
) -> Result<Comparison> {
    let sources = recordings.map(|recording| &*recording.sources);
    let scripts = recordings.map(Recording::script);
    let alignments = align_files(sources, scripts);
    let options = Options {
        confidence: config.compare.confidence,
        min_effect: config.compare.min_effect,
        rules: config.gate.rules.clone(),
        together,
    };
    let Pair { before, after } = recordings;
    compare::compare(before, after, &alignments, &options).map_err(|error| incomparable(&error))
}

fn incomparable(error: &CompareError) -> Error {
    Error::Incomparable {
        cause: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::fixture;

    /// Arranges recordings that are given as `NAME:EXPERIMENT:ROLE`.
    #[track_caller]
    fn check(given: &str, has_placebo: bool, names: &str) {
        let recordings = given.split(' ').map(|it| {
            let [name, experiment, role] = it.split(':').collect::<Vec<_>>()[..] else {
                panic!("{it}");
            };
            let mut recording = fixture::recording(name, "a.py");
            experiment.clone_into(&mut recording.experiment);
            recording.role = match role {
                "base" => Role::Base,
                "placebo" => Role::Placebo,
                _ => Role::Candidate,
            };
            recording
        });
        let mut recordings: Vec<Recording> = recordings.collect();
        assert_eq!(arrange(&mut recordings), has_placebo);
        let arranged: Vec<&str> = recordings.iter().map(|it| &*it.variant.name).collect();
        assert_eq!(arranged.join(" "), names);
    }

    #[test]
    fn a_placebo_is_judged_beside_its_base_in_whatever_order_the_two_are_given() {
        check("a:1:base b:1:new p:1:placebo", true, "a b p");
        check("b:1:new p:1:placebo c:1:new a:1:base", true, "a b c p");
        check("p:1:placebo a:1:base b:1:new", true, "a b p");
        check("b:1:new a:1:base c:1:new p:1:placebo", true, "a b c p");
    }

    #[test]
    fn without_its_base_or_anything_else_a_placebo_is_a_version_like_any_other() {
        check("p:1:placebo a:1:base", false, "p a");
        check("b:1:new p:1:placebo c:1:new", false, "b p c");
        check("a:2:base p:1:placebo b:2:new", false, "a p b");
    }

    #[test]
    fn a_placebo_is_that_of_the_first_recordings_experiment() {
        let two = "a:1:base b:1:new p:1:placebo c:2:base d:2:new q:2:placebo";
        check(two, true, "a b c d q p");
        check("r:0:base b:1:new p:1:placebo a:1:base", false, "r b p a");
    }

    #[test]
    fn all_others_are_compared_in_the_order_in_which_they_are_given() {
        check("b:1:new a:1:base", false, "b a");
        check("b:1:new c:1:new a:1:base", false, "b c a");
    }
}
