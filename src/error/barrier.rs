//! What keeps gdb from attaching.

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
