//! What runs a version: its interpreter, in its environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::named;
use crate::commands::say;
use crate::config::{Config, Tool, Variant, Verbosity};
use crate::error::Result;
use crate::process::python::{self, Asking, Python};
use crate::source::SourceRoots;

/// The interpreter of a version, and whose files are whose in it.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    /// What the user named.
    tool: Tool,
    pub(super) python: Python,
    /// The environment variables that are set for it.
    pub(super) environment: Environment,
    pub(super) roots: SourceRoots,
}

/// Environment variables, besides those that profila itself was given.
pub(in crate::commands) type Environment = BTreeMap<OsString, OsString>;

/// The variables that a version is run with.
pub(in crate::commands) fn environment(config: &Config, variant: &Variant) -> Environment {
    let variables = config.environment(variant).into_iter();
    variables
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

impl Setup {
    /// The setup of each version, in the order of the configuration. An interpreter is asked
    /// once for each environment in which it is used: with another module path, it has other
    /// packages.
    pub(super) fn of_all(config: &Config, here: &Path, asking: &Asking<'_>) -> Result<Vec<Self>> {
        let mut setups: Vec<Self> = Vec::new();
        for variant in &config.variants {
            let environment = environment(config, variant);
            let mut known = setups.iter();
            let known = known.find(|it| it.tool == variant.python && it.environment == environment);
            let setup = match known {
                Some(known) => known.clone(),
                None => Self::new(config, variant, here, asking)?,
            };
            if setups.iter().all(|it| it.python != setup.python) {
                setup.introduce(config.output.verbosity);
            }
            setups.push(setup);
        }
        Ok(setups)
    }

    /// Finds the Python, which has to have a Numba. Paths are shown relative to `here`.
    fn new(config: &Config, variant: &Variant, here: &Path, asking: &Asking<'_>) -> Result<Self> {
        let environment = environment(config, variant);
        let asking = Asking {
            environment: &environment,
            ..*asking
        };
        let python = python::find(named(&variant.python), &asking)?;
        let roots = SourceRoots {
            working_dir: here.to_owned(),
            library_dirs: python.library_dirs.clone(),
            packages: python.packages.clone(),
            included: config.sampling.include.clone(),
            excluded: config.sampling.exclude.clone(),
        };
        Ok(Self {
            tool: variant.python.clone(),
            python,
            environment,
            roots,
        })
    }

    /// Says which Python is used, where somebody may expect another or wants to know.
    fn introduce(&self, verbosity: Verbosity) {
        let python = &self.python;
        if let Some(passed_over) = &python.passed_over
            && verbosity != Verbosity::Quiet
        {
            say(&format!(
                "profila: {passed_over}: using {} (from {})",
                python.path.display(),
                python.chosen_by,
            ));
        }
        if verbosity == Verbosity::Verbose {
            say(&format!(
                "Python {} with Numba {}: {} (from {})",
                python.version,
                python.numba,
                python.path.display(),
                python.chosen_by,
            ));
        }
    }
}
