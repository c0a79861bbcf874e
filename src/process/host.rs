//! What of this machine bears on whether one process may watch another.

use std::path::Path;
use std::str::FromStr;

use nix::unistd::Pid;
use procfs::process::Process;

/// `CAP_SYS_PTRACE` of `linux/capability.h`, as a bit of a set of capabilities.
const SYS_PTRACE: u64 = 1 << 19;

/// What this process finds of the machine that it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// `kernel.yama.ptrace_scope`; `None` where the kernel has no Yama module.
    pub ptrace_scope: Option<u8>,
    /// `kernel.perf_event_paranoid`; `None` where it cannot be read.
    pub perf_event_paranoid: Option<i32>,
    /// What says that this is a container, such as `/.dockerenv`.
    pub container: Option<&'static str>,
    /// Whether this process may trace others whatever Yama says.
    pub has_sys_ptrace: bool,
    /// Whether system calls of this process are filtered.
    pub has_seccomp_filter: bool,
    /// Processors that this process may use, limits of its container included.
    pub processors: usize,
}

impl Host {
    /// That of this machine.
    pub fn of_this_machine() -> Self {
        let this = Process::new(Pid::this().as_raw());
        let status = this.and_then(|this| this.status()).ok();
        Self {
            ptrace_scope: setting("yama/ptrace_scope"),
            perf_event_paranoid: setting("perf_event_paranoid"),
            container: container(),
            has_sys_ptrace: status
                .as_ref()
                .is_some_and(|it| it.capeff & SYS_PTRACE != 0),
            has_seccomp_filter: status.is_some_and(|it| it.seccomp == Some(2)),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// A setting of the kernel's, if it has that.
fn setting<T: FromStr>(name: &str) -> Option<T> {
    let value = std::fs::read_to_string(Path::new("/proc/sys/kernel").join(name)).ok()?;
    value.trim().parse().ok()
}

fn container() -> Option<&'static str> {
    let files = ["/.dockerenv", "/run/.containerenv"];
    let by_file = files.into_iter().find(|file| Path::new(file).exists());
    by_file
        .or_else(|| std::env::var_os("KUBERNETES_SERVICE_HOST").map(|_| "KUBERNETES_SERVICE_HOST"))
        .or_else(|| std::env::var_os("container").map(|_| "container"))
}
