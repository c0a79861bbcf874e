//! What `attach` is.

use std::path::PathBuf;
use std::time::Duration;

use super::output::ProfileOutput;
use super::task::Sampling;
use crate::options::Verbosity;
use crate::recording::Attribution;

/// What `attach` is.
#[derive(Clone, Debug)]
pub struct AttachTask {
    /// What to watch.
    pub attach: Attach,
    /// Which line of a stack a sample is counted for, when it is shown.
    pub attribution: Attribution,
    /// The file to keep the recording in.
    pub save: Option<PathBuf>,
    /// How to show what was found.
    pub output: ProfileOutput,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// A process that runs already, and how to watch it.
#[derive(Clone, Debug)]
pub struct Attach {
    /// Its number, above 0.
    pub pid: u32,
    /// For how long; `None` is until it ends or somebody interrupts profila.
    pub duration: Option<Duration>,
    /// How to sample it.
    pub sampling: Sampling,
    /// The seed of everything that is drawn at random.
    pub seed: u64,
}
