//! What runs a version: its interpreter, in its environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::Surroundings;
use super::laboratory::Conditions;
use crate::config::{Run, Sampling, Tool, Variant};
use crate::error::Result;
use crate::process::Stranger;
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
pub(super) type Environment = BTreeMap<OsString, OsString>;

/// The variables that a version is run with, besides those that profila itself was given.
pub(crate) fn environment(run: &Run, variant: &Variant) -> BTreeMap<OsString, OsString> {
    let variables = run.environment(variant).into_iter();
    variables
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// The folder that the files of a variant are shown relative to.
fn root<'v>(variant: &'v Variant, here: &'v Path) -> &'v Path {
    let place = variant.place.as_ref();
    place.map_or(here, |place| &place.root)
}

impl Setup {
    /// The setup of each version, in their order. An interpreter is asked once for each
    /// environment in which it is used: with another module path, it has other packages.
    pub(super) fn of_all(
        variants: &[Variant],
        conditions: Conditions<'_>,
        surroundings: Surroundings<'_>,
        asking: &Asking<'_>,
    ) -> Result<Vec<Self>> {
        let mut setups: Vec<Self> = Vec::new();
        for variant in variants {
            let environment = environment(conditions.run, variant);
            let mut known = setups.iter();
            let known = known.find(|it| it.tool == variant.python && it.environment == environment);
            let setup = match known {
                Some(known) => known.clone().at(variant, surroundings.here),
                None => Self::new(variant, environment, conditions, surroundings, asking)?,
            };
            if setups.iter().all(|it| it.python != setup.python) {
                surroundings.observer.chose_python(&setup.python);
            }
            setups.push(setup);
        }
        Ok(setups)
    }

    /// What runs a process that was not started by profila, as far as it can be seen.
    pub(super) fn of_stranger(stranger: &Stranger, sampling: &Sampling) -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            tool: Tool::Auto,
            python: Python {
                path: stranger.interpreter.clone().unwrap_or_default(),
                chosen_by: "the process",
                passed_over: None,
                version: stranger.about.python.clone().unwrap_or_else(unknown),
                numba: stranger.about.numba.clone().unwrap_or_else(unknown),
                llvmlite: None,
                library_dirs: stranger.library_dirs.clone(),
                packages: Vec::new(),
            },
            environment: Environment::new(),
            roots: SourceRoots {
                working_dir: stranger.working_dir.clone(),
                library_dirs: stranger.library_dirs.clone(),
                packages: Vec::new(),
                included: sampling.include.clone(),
                excluded: sampling.exclude.clone(),
            },
        }
    }

    /// The same for a variant that may lie elsewhere.
    fn at(mut self, variant: &Variant, here: &Path) -> Self {
        root(variant, here).clone_into(&mut self.roots.working_dir);
        self
    }

    /// Finds the Python, which has to have a Numba.
    fn new(
        variant: &Variant,
        environment: Environment,
        conditions: Conditions<'_>,
        surroundings: Surroundings<'_>,
        asking: &Asking<'_>,
    ) -> Result<Self> {
        let asking = Asking {
            environment: &environment,
            ..*asking
        };
        let python = python::find(variant.python.path(), &asking)?;
        let roots = SourceRoots {
            working_dir: root(variant, surroundings.here).to_owned(),
            library_dirs: python.library_dirs.clone(),
            packages: python.packages.clone(),
            included: conditions.sampling.include.clone(),
            excluded: conditions.sampling.exclude.clone(),
        };
        Ok(Self {
            tool: variant.python.clone(),
            python,
            environment,
            roots,
        })
    }
}
