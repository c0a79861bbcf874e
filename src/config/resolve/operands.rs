//! What `diff` is to compare.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

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

/// What `diff --base` is to compare: this script, or nothing that the command line has.
///
/// Fails for recordings, and for several scripts.
pub(super) fn of_base(versions: &[PathBuf]) -> Result<Option<&Path>> {
    match versions {
        [] => Ok(None),
        [script] if !is_recording(script) => Ok(Some(script)),
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
