//! What a sampler needs of a process, and what may keep it from having that.

use std::io;

use nix::errno::Errno;
use nix::unistd::Pid;

use super::jit::JitInterface;
use crate::error::{AttachBarrier, Error, PerfBarrier, Result};
use crate::process::Host;
use crate::process::inspect::has_tracer;

/// Where a process announces the code that it compiles.
pub(super) fn find_interface(process: Pid) -> Result<JitInterface> {
    let found = JitInterface::find(process).map_err(|source| match source.kind() {
        // Whoever may not read it may not trace it either.
        io::ErrorKind::PermissionDenied => Error::AttachDenied {
            barrier: barrier(process),
            cause: format!("its memory cannot be read: {source}"),
        },
        _ => Error::System {
            action: "read the memory of the script".to_owned(),
            source,
        },
    })?;
    found.ok_or_else(|| Error::System {
        action: "find where Numba announces the code it compiles".to_owned(),
        source: io::Error::new(
            io::ErrorKind::NotFound,
            "no library of the script has the symbol __jit_debug_descriptor",
        ),
    })
}

/// The error of not being allowed to sample with the kernel's clocks.
pub(super) fn perf_denied(source: io::Error) -> Error {
    Error::PerfDenied {
        barrier: perf_barrier_of(&Host::of_this_machine(), &source),
        source,
    }
}

/// Why there is no such counter here.
pub(super) fn counter_missing(error: &io::Error) -> String {
    let barrier = perf_barrier_of(&Host::of_this_machine(), error);
    match (error.raw_os_error().map(Errno::from_raw), barrier) {
        (Some(Errno::ENOENT | Errno::ENODEV | Errno::EOPNOTSUPP), _) => {
            "the processor shows none here, as on most virtual machines".to_owned()
        }
        (Some(Errno::EINVAL), _) => format!(
            "the kernel does not take it ({error}); `kernel.perf_event_max_sample_rate` may be \
             below `rate`"
        ),
        (_, PerfBarrier::Limit) => format!("there is no room for it ({error})"),
        (_, _) => format!("the system does not allow it ({error})"),
    }
}

fn perf_barrier_of(host: &Host, source: &io::Error) -> PerfBarrier {
    let is_full = source.kind() == io::ErrorKind::OutOfMemory
        || source.raw_os_error() == Some(Errno::EMFILE as i32);
    match (is_full, host.perf_event_paranoid) {
        (true, _) => PerfBarrier::Limit,
        (_, Some(paranoid)) if paranoid > 2 => PerfBarrier::Paranoid(paranoid),
        _ if host.container.is_some() || host.has_seccomp_filter => PerfBarrier::Container,
        _ => PerfBarrier::Unknown,
    }
}

/// What keeps a tracer from attaching to a process, as far as it can be seen.
pub(super) fn barrier(process: Pid) -> AttachBarrier {
    if has_tracer(process) {
        return AttachBarrier::OtherTracer;
    }
    barrier_of_this_machine()
}

/// What keeps a tracer from attaching to any process, as far as it can be seen.
pub(super) fn barrier_of_this_machine() -> AttachBarrier {
    barrier_of(&Host::of_this_machine())
}

/// What of a machine is most likely to forbid it. Under Yama's scope 1 a script allows it
/// itself, as the bootstrap has it do: anything else is more likely.
fn barrier_of(host: &Host) -> AttachBarrier {
    let is_confined = host.container.is_some() || host.has_seccomp_filter;
    match host.ptrace_scope {
        Some(scope) if scope > 1 && !host.has_sys_ptrace => AttachBarrier::Yama { scope },
        _ if is_confined => AttachBarrier::Container,
        Some(scope) if scope > 0 && !host.has_sys_ptrace => AttachBarrier::Yama { scope },
        _ => AttachBarrier::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scope: Option<u8>, is_confined: bool, has_sys_ptrace: bool, barrier: AttachBarrier) {
        let host = Host {
            ptrace_scope: scope,
            perf_event_paranoid: None,
            container: is_confined.then_some("/.dockerenv"),
            has_sys_ptrace,
            has_seccomp_filter: is_confined,
            processors: 2,
        };
        assert_eq!(barrier_of(&host), barrier);
    }

    #[test]
    fn perf_is_kept_from_it_by_what_is_most_likely() {
        let host = |perf_event_paranoid, container| Host {
            ptrace_scope: None,
            perf_event_paranoid,
            container,
            has_sys_ptrace: false,
            has_seccomp_filter: false,
            processors: 2,
        };
        let denied = || io::Error::from(Errno::EACCES);
        let barrier = |host: &Host, error: io::Error| perf_barrier_of(host, &error);
        let docker = Some("/.dockerenv");
        assert_eq!(
            barrier(&host(Some(3), docker), denied()),
            PerfBarrier::Paranoid(3)
        );
        assert_eq!(
            barrier(&host(Some(2), docker), denied()),
            PerfBarrier::Container
        );
        assert_eq!(
            barrier(&host(Some(2), None), denied()),
            PerfBarrier::Unknown
        );
        for full in [Errno::ENOMEM, Errno::EMFILE] {
            assert_eq!(
                barrier(&host(Some(3), None), full.into()),
                PerfBarrier::Limit
            );
        }
    }

    #[test]
    fn the_barrier_is_what_most_likely_forbids_it() {
        let yama = |scope| AttachBarrier::Yama { scope };
        check(Some(3), true, false, yama(3));
        check(Some(2), false, false, yama(2));
        check(Some(2), false, true, AttachBarrier::Unknown);
        check(Some(1), true, false, AttachBarrier::Container);
        check(Some(1), false, false, yama(1));
        check(Some(0), true, false, AttachBarrier::Container);
        check(None, false, false, AttachBarrier::Unknown);
    }
}
