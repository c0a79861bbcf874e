//! What keeps profila from watching a process.

use std::time::Duration;

use super::message::quoted;
use super::{Error, ExitCode};
use crate::text::{Number, Text};

/// What keeps gdb from attaching to a process of the same user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachBarrier {
    /// The Yama security module, by its `kernel.yama.ptrace_scope`.
    Yama {
        /// 1 allows named tracers, 2 administrators, 3 nobody.
        scope: u8,
    },
    /// A container or sandbox without the `SYS_PTRACE` capability.
    Container,
    /// Another debugger, tracer or profiler holds the process.
    OtherTracer,
    /// Nothing that is recognised.
    Unknown,
}

impl AttachBarrier {
    /// How to get it out of the way.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Yama { scope: 3 } => {
                "kernel.yama.ptrace_scope is 3, which forbids attaching until the next boot: \
                 reboot with another value"
            }
            Self::Yama { scope: 2.. } => {
                "the Yama module forbids attaching: `sudo sysctl kernel.yama.ptrace_scope=1` \
                 allows it until the next boot"
            }
            Self::Yama { .. } => {
                "the Yama module forbids attaching: `sudo sysctl kernel.yama.ptrace_scope=0` \
                 allows it until the next boot"
            }
            Self::Container => {
                "allow tracing in the container: `docker run --cap-add=SYS_PTRACE …`, or \
                 `securityContext.capabilities.add: [SYS_PTRACE]` in Kubernetes"
            }
            Self::OtherTracer => "detach the debugger or tracer that is attached to the script",
            Self::Unknown => {
                "check `sysctl kernel.yama.ptrace_scope` and, in a container, the SYS_PTRACE \
                 capability"
            }
        }
    }
}

/// What keeps the kernel's clocks from sampling a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PerfBarrier {
    /// The setting `kernel.perf_event_paranoid` of the machine, which is above 2.
    Paranoid(i32),
    /// A container or sandbox that filters system calls.
    Container,
    /// A limit on open files or on locked memory.
    Limit,
    /// Nothing that is recognised.
    Unknown,
}

impl PerfBarrier {
    /// How to get it out of the way.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Paranoid(_) => {
                "`sudo sysctl kernel.perf_event_paranoid=2` allows it until the next boot; \
                 `--sampler gdb` needs no permission for that"
            }
            Self::Container => {
                "allow perf_event_open in the container: `docker run --cap-add=PERFMON \
                 --security-opt seccomp=unconfined …`; or use `--sampler gdb`"
            }
            Self::Limit => {
                "raise the limits on open files and locked memory (`ulimit -n`, `ulimit -l`), or \
                 use `--sampler gdb`"
            }
            Self::Unknown => {
                "check `sysctl kernel.perf_event_paranoid`, which should be at most 2, or use \
                 `--sampler gdb`"
            }
        }
    }
}

/// Why a process that runs already cannot be profiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachError {
    /// There is no such process.
    Missing {
        /// Its number.
        pid: u32,
    },
    /// It is this one, or one that has started it.
    Own {
        /// Its number.
        pid: u32,
    },
    /// It is suspended, as by Ctrl-Z.
    Suspended {
        /// Its number.
        pid: u32,
    },
    /// It has no code compiled by Numba.
    WithoutNumba {
        /// Its number.
        pid: u32,
        /// Its command line.
        command: String,
    },
    /// It ended before anything was seen of it.
    Ended {
        /// Its number.
        pid: u32,
    },
    /// It was watched for too short a time.
    Unsampled {
        /// Its number.
        pid: u32,
        /// For how long.
        watched: Duration,
    },
}

impl AttachError {
    /// What failed.
    pub(super) fn message(&self) -> Text {
        match self {
            Self::Missing { pid } => Text::from("there is no process ") + Number::new(pid),
            Self::Own { pid } => {
                let process = Text::from("process ") + Number::new(pid);
                process + " is profila itself, or one that has started it"
            }
            Self::Suspended { pid } => {
                Text::from("process ") + Number::new(pid) + " is suspended, and does nothing"
            }
            Self::WithoutNumba { pid, command } => {
                let process = Text::from("process ") + Number::new(pid) + " (";
                process + quoted(command) + ") has no code compiled by Numba"
            }
            Self::Ended { pid } => {
                let process = Text::from("process ") + Number::new(pid);
                process + " ended before there was a sample of it"
            }
            Self::Unsampled { pid, watched } => {
                let sample = Text::from("no sample of process ") + Number::new(pid);
                let ms = Number::new(format_args!("{} ms", watched.as_millis()));
                sample + " could be taken in " + ms
            }
        }
    }

    /// What to do about it.
    pub(super) const fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing { .. } => {
                "in the process, `import os; os.getpid()` says its number; from outside, `pgrep -a \
                 python` lists the Python processes"
            }
            Self::Own { .. } => "run `profila attach` from another terminal or process",
            Self::Suspended { .. } => "resume it first: `fg` in its terminal, or `kill -CONT PID`",
            Self::WithoutNumba { .. } => {
                "it is no Python, or it has not imported Numba: is it the parent of the process \
                 that computes, as of a server's workers?"
            }
            Self::Unsampled { .. } => "watch it for longer: `--duration 10s`",
            Self::Ended { .. } => return None,
        })
    }

    /// What profila exits with.
    pub(super) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Missing { .. } | Self::Own { .. } => ExitCode::Usage,
            Self::Suspended { .. }
            | Self::WithoutNumba { .. }
            | Self::Ended { .. }
            | Self::Unsampled { .. } => ExitCode::Script,
        }
    }
}

impl From<AttachError> for Error {
    fn from(error: AttachError) -> Self {
        Self::Attach(error)
    }
}
