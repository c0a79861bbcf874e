//! Why a benchmark of a suite cannot be measured.

use serde::Deserialize;

use super::message::quoted;
use super::{Error, ExitCode};
use crate::text::Text;

/// Names that are shown of those that there are.
const MOST_KNOWN: usize = 20;

/// Why a benchmark of a suite cannot be measured.
#[derive(Clone, Debug)]
pub struct SuiteError {
    /// Which run has shown it.
    pub run: String,
    /// The reason.
    pub problem: SuiteProblem,
}

/// What is wrong with a benchmark, as what runs it reports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SuiteProblem {
    /// What runs the suite is not installed for that Python.
    NotInstalled {
        /// The packages that it needs.
        packages: Vec<String>,
    },
    /// It is installed, in a version that works in another way.
    OtherVersion {
        /// The package, with its version.
        package: String,
    },
    /// Another module has the name of profila's.
    OtherProfila {
        /// Its file.
        file: String,
    },
    /// The configuration of the suite cannot be used.
    NoSuite {
        /// The configuration.
        file: String,
        /// What is wrong with it.
        words: String,
    },
    /// There is no such benchmark.
    Unknown {
        /// What was asked for.
        wanted: String,
        /// Those that there are, the most similar first.
        known: Vec<String>,
    },
    /// There are several.
    Several {
        /// What was asked for.
        wanted: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// It does not measure time.
    OtherKind {
        /// What was asked for.
        wanted: String,
        /// What it is, such as `peakmemory`.
        of: String,
    },
    /// The test calls nothing by the fixture.
    Unused {
        /// What was asked for.
        wanted: String,
    },
    /// The test has failed.
    Failed {
        /// What was asked for.
        wanted: String,
        /// Why, in the words of its suite.
        words: String,
    },
    /// The suite has skipped it.
    Skipped {
        /// What was asked for.
        wanted: String,
        /// Why, in the words of its suite.
        words: String,
    },
}

impl SuiteError {
    /// What failed.
    pub(super) fn message(&self) -> Text {
        match &self.problem {
            SuiteProblem::NotInstalled { packages } => {
                let packages = Text::join(packages.iter().map(Text::foreign), " and ");
                packages + " must be installed in the Python of " + Text::foreign(&self.run)
            }
            SuiteProblem::OtherVersion { package } => {
                Text::from("profila cannot run benchmarks with ") + Text::foreign(package)
            }
            SuiteProblem::OtherProfila { file } => {
                Text::from("the module `profila` of the benchmark's Python is another one: ")
                    + quoted(file)
            }
            SuiteProblem::NoSuite { file, words } => {
                quoted(file) + " does not lead to a suite: " + Text::foreign(words)
            }
            SuiteProblem::Unknown { wanted, .. } => {
                Text::from("there is no benchmark ") + quoted(wanted)
            }
            SuiteProblem::Several { wanted, known } => {
                quoted(wanted) + " is more than one benchmark: " + listed(known)
            }
            SuiteProblem::OtherKind { wanted, of } => {
                quoted(wanted) + " measures no time: it is of the kind " + quoted(of)
            }
            SuiteProblem::Unused { wanted } => {
                quoted(wanted) + " calls nothing by the fixture `benchmark`"
            }
            SuiteProblem::Failed { wanted, .. } => {
                quoted(wanted) + " failed in " + Text::foreign(&self.run)
            }
            SuiteProblem::Skipped { wanted, .. } => {
                quoted(wanted) + " was skipped in " + Text::foreign(&self.run)
            }
        }
    }

    /// Why, in the words of the suite.
    pub(super) fn words(&self) -> Option<&str> {
        match &self.problem {
            SuiteProblem::Failed { words, .. } | SuiteProblem::Skipped { words, .. } => Some(words),
            _ => None,
        }
    }

    /// What the user can do about it.
    pub(super) fn remedy(&self) -> Text {
        match &self.problem {
            SuiteProblem::NotInstalled { packages } => {
                let packages = Text::join(packages.iter().map(Text::foreign), " ");
                let install = Text::from("run `pip install ") + packages;
                install + "` there, or name another Python with `--python PATH`"
            }
            SuiteProblem::OtherVersion { .. } => "install the newest version of it".into(),
            SuiteProblem::OtherProfila { .. } => {
                "rename it, or have Python not find it: profila brings its own".into()
            }
            SuiteProblem::NoSuite { .. } => {
                "run profila in the folder in which asv is run, with a valid `benchmark_dir`".into()
            }
            SuiteProblem::Unknown { known, .. } if known.is_empty() => {
                "there are none: is it the right file and folder?".into()
            }
            SuiteProblem::Unknown { known, .. } => {
                Text::from("name one of those that there are: ") + listed(known)
            }
            SuiteProblem::Several { .. } => {
                "name one of them, in quotes as the shell needs it".into()
            }
            SuiteProblem::OtherKind { .. } => {
                "name a `time_*` benchmark: only calls in this process can be measured".into()
            }
            SuiteProblem::Unused { .. } => {
                "have the test call what it measures with `benchmark(function, …)`".into()
            }
            SuiteProblem::Failed { .. } => "does the benchmark run without profila?".into(),
            SuiteProblem::Skipped { .. } => "name one that is not skipped here".into(),
        }
    }

    pub(super) const fn exit_code(&self) -> ExitCode {
        match self.problem {
            SuiteProblem::NotInstalled { .. }
            | SuiteProblem::OtherVersion { .. }
            | SuiteProblem::OtherProfila { .. } => ExitCode::Environment,
            SuiteProblem::NoSuite { .. }
            | SuiteProblem::Unknown { .. }
            | SuiteProblem::Several { .. }
            | SuiteProblem::OtherKind { .. } => ExitCode::Usage,
            SuiteProblem::Unused { .. }
            | SuiteProblem::Failed { .. }
            | SuiteProblem::Skipped { .. } => ExitCode::Script,
        }
    }
}

/// Names, of which there may be many.
fn listed(known: &[String]) -> Text {
    let shown = Text::join(known.iter().take(MOST_KNOWN).map(quoted), ", ");
    match known.len().saturating_sub(MOST_KNOWN) {
        0 => shown,
        more => shown + " and " + crate::text::Number::new(more) + " more",
    }
}

impl From<SuiteError> for Error {
    fn from(error: SuiteError) -> Self {
        Self::Suite(Box::new(error))
    }
}
