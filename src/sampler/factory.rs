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

/// What the samplers beside gdb bring.
const PERF_WORKS: &str =
    "`--sampler perf` works here: it takes ten times the samples and never stops the script";
const PTRACE_WORKS: &str = "`--sampler ptrace` works here: it takes ten times the samples, and \
                            each stops the script only briefly";

/// Makes samplers of one kind, with a tool that was found once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factory {
    tool: Tool,
    /// Why better tools were passed over.
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
            options::Sampler::Auto => cheapest([&perf, &ptrace, &gdb])?,
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

    /// What another tool would bring that works here, which is tried.
    pub fn advice(&self) -> Option<&'static str> {
        match self.tool {
            Tool::Gdb(_) if perf::check().is_ok() => Some(PERF_WORKS),
            Tool::Gdb(_) if ptrace::check().is_ok() => Some(PTRACE_WORKS),
            _ => None,
        }
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

/// The first tool that works, and why those before it do not.
fn cheapest(tools: [&dyn Fn() -> Result<Tool>; 3]) -> Result<(Tool, Option<String>)> {
    let mut passed_over = Vec::new();
    let [rest @ .., last] = tools;
    for tool in rest {
        match tool() {
            Ok(tool) => return Ok((tool, said(&passed_over))),
            Err(error) => passed_over.push(error.on_one_line()),
        }
    }
    Ok((last()?, said(&passed_over)))
}

/// Why tools were passed over, in one line.
fn said(passed_over: &[String]) -> Option<String> {
    (!passed_over.is_empty()).then(|| passed_over.join("; "))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn fails(cause: &str) -> Result<Tool> {
        Err(Error::TracerDied {
            cause: cause.to_owned(),
        })
    }

    #[test]
    fn the_first_tool_that_works_is_taken_and_the_others_are_accounted_for() {
        let works = || Ok(Tool::Ptrace);
        let unused = || -> Result<Tool> { unreachable!("one before it works") };
        let (tool, passed_over) = cheapest([&works, &unused, &unused]).unwrap();
        assert_eq!((tool, passed_over), (Tool::Ptrace, None));

        let (one, other) = (|| fails("of this"), || fails("of that"));
        let (tool, passed_over) = cheapest([&one, &works, &unused]).unwrap();
        assert_eq!(tool, Tool::Ptrace);
        assert!(passed_over.unwrap().ends_with("of this"));

        let (_, passed_over) = cheapest([&one, &other, &works]).unwrap();
        let passed_over = passed_over.unwrap();
        assert!(passed_over.contains("of this; ") && passed_over.ends_with("of that"));
        assert!(cheapest([&one, &other, &one]).is_err());
    }
}
