//! Which tool takes the samples.

use std::fmt;
use std::path::{Path, PathBuf};

use super::gdb::{self, GdbTracer};
use super::kernel::Linux;
use super::perf::{self, PerfSampler};
use super::ptrace::{self, PtraceSampler};
use super::watch::Watcher;
use super::{Sampler, Settings};
use crate::error::Result;
use crate::options::{self, defaults};
use crate::process::Guard;

/// Makes samplers of one kind, with a tool that was found once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factory {
    tool: Tool,
    /// Why a better tool was passed over, in the user's words.
    passed_over: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Tool {
    /// This gdb.
    Gdb(PathBuf),
    /// The clocks of the kernel.
    Perf,
    /// The system call of debuggers.
    Ptrace,
}

impl Factory {
    /// Finds the tool of a sampler: the one that the user named, or that in the usual
    /// places, of which some are beside an interpreter.
    ///
    /// Fails where there is none.
    pub fn find(sampler: options::Sampler, named: Option<&Path>, python: &Path) -> Result<Self> {
        let gdb = || gdb::find(named, python).map(Tool::Gdb);
        let perf = || perf::check().map(|()| Tool::Perf);
        let ptrace = || ptrace::check().map(|()| Tool::Ptrace);
        let (tool, passed_over) = match sampler {
            options::Sampler::Gdb => (gdb()?, None),
            options::Sampler::Perf => (perf()?, None),
            options::Sampler::Ptrace => (ptrace()?, None),
            options::Sampler::Auto => match perf() {
                Ok(tool) => (tool, None),
                Err(error) => {
                    let passed_over = error.on_one_line();
                    match ptrace() {
                        Ok(tool) => (tool, Some(passed_over)),
                        Err(error) => {
                            let passed_over = format!("{passed_over}; {}", error.on_one_line());
                            (gdb()?, Some(passed_over))
                        }
                    }
                }
            },
        };
        Ok(Self { tool, passed_over })
    }

    /// Samples per second, where nobody says how many.
    pub const fn usual_rate_hz(&self) -> f64 {
        match self.tool {
            Tool::Gdb(_) => defaults::RATE.hz,
            Tool::Perf | Tool::Ptrace => defaults::RATE_WITHOUT_GDB.hz,
        }
    }

    /// Why a tool was passed over that takes more samples, where one was.
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }

    /// Starts a sampler. It need not be waited for.
    ///
    /// Fails where the tool cannot be started.
    pub fn start(&self, settings: Settings, guard: &Guard) -> Result<Box<dyn Sampler>> {
        match &self.tool {
            Tool::Gdb(gdb) => {
                let tracer = GdbTracer::start(gdb, &settings, guard)?;
                Ok(Box::new(Watcher::new(tracer, Linux, settings)))
            }
            Tool::Perf => Ok(Box::new(PerfSampler::new(settings))),
            Tool::Ptrace => Ok(Box::new(PtraceSampler::start(settings, guard)?)),
        }
    }
}

impl fmt::Display for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tool {
            Tool::Gdb(gdb) => write!(f, "gdb: {}", gdb.display()),
            Tool::Perf => f.write_str("perf_event"),
            Tool::Ptrace => f.write_str("ptrace"),
        }
    }
}
