//! What `diff` is to compare.

use std::path::{Path, PathBuf};

use crate::cli::ExperimentArgs;
use crate::config::{Benchmark, Program};
use crate::error::{Error, Result};
use crate::options::Suite;

/// What `diff` is to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operands {
    /// Two scripts or more, as the user named them; `None` for the variants of the
    /// configuration.
    Scripts(Option<Vec<PathBuf>>),
    /// Two recordings or more, as the user named them.
    Recordings(Vec<PathBuf>),
}

impl Operands {
    /// Says what these are: recordings end in `.json`.
    ///
    /// Fails if some are scripts and others recordings.
    pub(super) fn of(versions: &[PathBuf]) -> Result<Self> {
        if let [one] = versions {
            return Err(Error::usage(
                format!(
                    "`diff` compares two versions, but only `{}` is given",
                    one.display()
                ),
                "give the other one, or compare a script with a revision of itself: `profila diff \
                 --base HEAD~1 script.py`",
            ));
        }
        let recording = versions.iter().find(|path| is_recording(path));
        let script = versions.iter().find(|path| !is_recording(path));
        match (script, recording) {
            (Some(script), Some(recording)) => Err(Error::MixedOperands {
                script: script.clone(),
                recording: recording.clone(),
            }),
            (None, Some(_)) => Ok(Self::Recordings(versions.to_vec())),
            (Some(_), None) => Ok(Self::Scripts(Some(versions.to_vec()))),
            (None, None) => Ok(Self::Scripts(None)),
        }
    }
}

/// What an operand that is no recording is: a script, or a benchmark of a suite.
pub(super) fn program(name: &Path, suite: Option<Suite>) -> Program {
    match suite {
        None => Program::Script(name.to_owned()),
        Some(suite) => Program::Benchmark(Benchmark::of(suite, &name.to_string_lossy())),
    }
}

/// That it is said of which suite benchmarks are, but not which ones.
pub(super) fn no_benchmark() -> Error {
    Error::usage(
        "there is no benchmark to measure",
        "give two, or one with `--base REV`: FILE.py::TEST with `--pytest-benchmark`, and \
         MODULE.time_NAME with `--asv`; those of the configuration need neither option",
    )
}

/// What `diff --base` is to compare: this script, benchmark or module, or nothing that the command
/// line has.
///
/// Fails for recordings, and for several scripts.
pub(super) fn of_base(versions: &[PathBuf], args: &ExperimentArgs) -> Result<Option<Program>> {
    let suite = args.suite.suite();
    match versions {
        [] if suite.is_some() => Err(no_benchmark()),
        [] => Ok(args.base.module.clone().map(Program::Module)),
        [script] if !is_recording(script) => Ok(Some(program(script, suite))),
        [recording] => Err(Error::usage(
            format!(
                "`{}` is a recording, and has no revisions",
                recording.display()
            ),
            "give a script, or compare two recordings without `--base`",
        )),
        more => Err(Error::usage(
            format!(
                "`--base` compares one script with itself, but {} are given",
                more.len()
            ),
            "give one of them",
        )),
    }
}

fn is_recording(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}
