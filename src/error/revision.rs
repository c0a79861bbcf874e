//! Why an earlier revision cannot be measured.

use super::message::quoted;
use super::{Error, ExitCode};
use crate::text::Text;

/// Why an earlier revision cannot be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevisionError {
    /// No git was found.
    GitMissing {
        /// The places looked at, in order.
        searched: Vec<String>,
    },
    /// git could not do what it was asked.
    GitFailed {
        /// What was tried, such as `check out HEAD~1`.
        action: String,
        /// Its own words, or how it ended.
        cause: String,
    },
    /// The command that sets up a revision failed.
    SetupFailed {
        /// The command, and how it ended.
        said: [String; 2],
    },
    /// A run of a revision imported modules of the working tree.
    FromWorkingTree {
        /// Which run.
        run: String,
        /// Each module with its file.
        modules: Vec<String>,
    },
}

impl RevisionError {
    /// Whose fault it is: that of the command that the user gave, or of what is there.
    pub(super) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::SetupFailed { .. } => ExitCode::Script,
            _ => ExitCode::Environment,
        }
    }

    /// What failed.
    pub(super) fn message(&self) -> Text {
        match self {
            Self::GitMissing { .. } => "git was not found".into(),
            Self::GitFailed { action, .. } => Text::from("git failed to ") + Text::foreign(action),
            Self::SetupFailed { said: [command, _] } => {
                Text::from("the command that sets up the revision failed: ") + quoted(command)
            }
            Self::FromWorkingTree { run, .. } => {
                Text::foreign(run) + " imported modules of the working tree instead of its own"
            }
        }
    }

    /// Why, in the words of git, of the command or of Python.
    pub(super) fn words(&self) -> String {
        match self {
            Self::GitMissing { searched } if searched.is_empty() => String::new(),
            Self::GitMissing { searched } => format!("searched {}", searched.join(", ")),
            Self::GitFailed { cause, .. } => cause.clone(),
            Self::SetupFailed { said: [_, ending] } => ending.clone(),
            Self::FromWorkingTree { modules, .. } => modules.join("\n"),
        }
    }

    /// What the user can do about it, where it is not git that says so.
    pub(super) fn remedy(&self) -> Option<Text> {
        match self {
            Self::GitMissing { .. } => Some("install git with the system's package manager".into()),
            Self::FromWorkingTree { .. } => Some(
                "they are installed in the environment so that Python finds them in the working \
                 tree: give the revision an environment of its own with `--setup COMMAND` and \
                 `--base-python PATH`, or set PYTHONPATH to the folder that they are in, which \
                 becomes that of the revision"
                    .into(),
            ),
            Self::GitFailed { .. } | Self::SetupFailed { .. } => None,
        }
    }
}

impl From<RevisionError> for Error {
    fn from(error: RevisionError) -> Self {
        Self::Revision(Box::new(error))
    }
}
