//! Which tool takes the samples.

use std::fmt;
use std::path::{Path, PathBuf};

use super::gdb::{self, GdbTracer};
use super::kernel::Linux;
use super::watch::Watcher;
use super::{Sampler, Settings};
use crate::error::Result;
use crate::options;
use crate::process::Guard;

/// Makes samplers of one kind, with a tool that was found once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Factory {
    /// Through this gdb.
    Gdb(PathBuf),
}

impl Factory {
    /// Finds the tool of a sampler: the one that the user named, or that in the usual
    /// places, of which some are beside an interpreter.
    ///
    /// Fails where there is none.
    pub fn find(sampler: options::Sampler, named: Option<&Path>, python: &Path) -> Result<Self> {
        match sampler {
            options::Sampler::Gdb => gdb::find(named, python).map(Self::Gdb),
        }
    }

    /// The program that takes the samples.
    pub fn program(&self) -> &Path {
        match self {
            Self::Gdb(gdb) => gdb,
        }
    }

    /// Starts a sampler. It need not be waited for.
    ///
    /// Fails where the tool cannot be started.
    pub fn start(&self, settings: Settings, guard: &Guard) -> Result<Box<dyn Sampler>> {
        match self {
            Self::Gdb(gdb) => {
                let tracer = GdbTracer::start(gdb, &settings, guard)?;
                Ok(Box::new(Watcher::new(tracer, Linux, settings)))
            }
        }
    }
}

impl fmt::Display for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gdb(gdb) => write!(f, "gdb: {}", gdb.display()),
        }
    }
}
