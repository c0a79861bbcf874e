//! Why parts of an experiment cannot be joined.

use std::path::PathBuf;

use super::Error;
use super::message::{file, quoted};
use crate::text::{Number, Text};

/// Why parts of an experiment cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// There is no recording at all.
    Nothing,
    /// A folder has no recording.
    Empty {
        /// The folder.
        folder: PathBuf,
    },
    /// A recording is of a whole experiment.
    NoPart {
        /// Its file.
        file: PathBuf,
    },
    /// Two recordings are not of one experiment.
    Different {
        /// Their files.
        files: [PathBuf; 2],
        /// What differs, with what it is in each.
        differences: Vec<String>,
    },
    /// A part is there twice.
    Repeated {
        /// Which part.
        part: u32,
        /// Its files.
        files: [PathBuf; 2],
    },
    /// A version is missing in a part that others are there of.
    Incomplete {
        /// Which part.
        part: u32,
        /// The version that is missing.
        version: String,
    },
    /// The versions of a part were not measured in turn.
    Apart {
        /// Which part.
        part: u32,
        /// Files of two versions.
        files: [PathBuf; 2],
    },
    /// A part would be overwritten by the whole.
    Overwritten {
        /// The file of the part.
        file: PathBuf,
    },
}

impl MergeError {
    /// What failed.
    pub(super) fn message(&self) -> Text {
        match self {
            Self::Nothing => "there is nothing to merge".into(),
            Self::Empty { folder } => file(folder) + " has no recordings (*.json)",
            Self::NoPart { file: path } => {
                file(path) + " is no part of an experiment: it was made without `--shard`"
            }
            Self::Different { files, .. } => both(files) + " are not parts of one experiment",
            Self::Repeated { part, files } => {
                Text::from("part ") + number(*part) + " is there twice: in " + both(files)
            }
            Self::Incomplete { part, version } => {
                Text::from("part ") + number(*part) + " has no recording of " + quoted(version)
            }
            Self::Apart { part, files } => {
                let apart = both(files) + " are of part " + number(*part);
                apart + ", but were not measured in turn"
            }
            Self::Overwritten { file: path } => {
                file(path) + " is one of the parts, and would be overwritten"
            }
        }
    }

    /// What differs, line by line.
    pub(super) fn why(&self) -> Option<Vec<Text>> {
        match self {
            Self::Different { differences, .. } => Some(Text::lines(&differences.join("\n"))),
            _ => None,
        }
    }

    /// What the user can do about it.
    pub(super) fn remedy(&self) -> Text {
        match self {
            Self::Nothing | Self::Empty { .. } => {
                "give the folders that `profila diff --shard K/N --save DIR` wrote"
            }
            Self::NoPart { .. } => {
                "measure the parts with `profila diff --shard K/N`; whole experiments are compared \
                 by `profila diff` as they are"
            }
            Self::Different { .. } => {
                "measure all parts of the same sources, with the same versions and options; only \
                 the machine may differ"
            }
            Self::Repeated { .. } => "give each part once",
            Self::Incomplete { .. } => "give the whole folder that was saved, or omit that part",
            Self::Apart { .. } => "give both recordings of one `profila diff`",
            Self::Overwritten { .. } => "name another folder with `-o`",
        }
        .into()
    }
}

fn number(part: u32) -> Number {
    Number::new(part)
}

fn both([one, other]: &[PathBuf; 2]) -> Text {
    file(one) + " and " + file(other)
}

impl From<MergeError> for Error {
    fn from(error: MergeError) -> Self {
        Self::Unmergeable(Box::new(error))
    }
}
