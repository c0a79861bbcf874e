//! What profila is asked to do with baselines.

use std::path::PathBuf;

use super::task::Experiment;
use crate::options::{Color, Verbosity};

/// What `baseline` is. The `home` of each is the folder of the configuration, if there is one.
#[derive(Clone, Debug)]
pub enum BaselineTask {
    /// Measures one version, and keeps the recording under a name.
    Save(Box<SaveTask>),
    /// Lists what is kept.
    List {
        /// The folder of the configuration.
        home: Option<PathBuf>,
        /// Whether to use colors.
        color: Color,
    },
    /// Removes one.
    Remove {
        /// Its name, which can name a file.
        name: String,
        /// The folder of the configuration.
        home: Option<PathBuf>,
        /// How much to say on standard error.
        verbosity: Verbosity,
    },
}

/// What `baseline save` is.
#[derive(Clone, Debug)]
pub struct SaveTask {
    /// The name to keep it under, which can name a file.
    pub name: String,
    /// Whether it may take the place of another one.
    pub replace: bool,
    /// What to measure: one variant of that name, in a fixed number of rounds.
    pub experiment: Experiment,
    /// The folder of the configuration.
    pub home: Option<PathBuf>,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// A baseline that something is compared with.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// Its name, which can name a file.
    pub name: String,
    /// Whether it may have been measured in other circumstances.
    pub in_any_circumstances: bool,
    /// The folder of the configuration.
    pub home: Option<PathBuf>,
}
