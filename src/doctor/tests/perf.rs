//! What is found where the kernel's clocks may be used, and where not.

use super::{check, facts};
use crate::doctor::{Check, Facts, Trouble};
use crate::error::{Error, PerfBarrier};
use crate::options::Sampler;

fn perf_denied() -> Trouble {
    let error = Error::PerfDenied {
        barrier: PerfBarrier::Paranoid(4),
        source: std::io::ErrorKind::PermissionDenied.into(),
    };
    (&error).into()
}

#[test]
fn who_may_not_use_the_kernels_clocks_can_use_gdb() {
    let said = "perf warning: `--sampler perf` does not work here: perf_event cannot sample the \
                script: permission denied -> …kernel.perf_event_paranoid=2";
    for sampler in [Sampler::Gdb, Sampler::Auto] {
        let denied = Facts {
            perf: Err(perf_denied()),
            sampler,
            ..facts()
        };
        // What may not be done with the clocks can be done by tracing.
        assert_eq!(denied.needs_gdb(), sampler == Sampler::Gdb);
        check(&denied, true, &[said]);
    }
    let denied = Facts {
        perf: Err(perf_denied()),
        sampler: Sampler::Perf,
        ..facts()
    };
    let said = "perf problem: perf_event cannot sample the script: …kernel.perf_event_paranoid=2";
    check(&denied, false, &[said]);
}

#[test]
fn who_samples_with_the_kernels_clocks_needs_no_gdb() {
    let without_gdb = Facts {
        gdb: Err((&Error::GdbMissing {
            searched: Vec::new(),
        })
            .into()),
        sampler: Sampler::Auto,
        ..facts()
    };
    assert!(!without_gdb.needs_gdb());
    check(&without_gdb, true, &[]);
}

#[test]
fn who_may_not_trace_either_has_nothing_left() {
    let attach_denied = || Trouble {
        about: Check::Attach,
        what: "profila could not attach".to_owned(),
        remedy: Some("allow it".to_owned()),
    };
    let denied = |sampler| Facts {
        perf: Err(perf_denied()),
        ptrace: Err(attach_denied()),
        sampler,
        ..facts()
    };
    assert!(denied(Sampler::Auto).needs_gdb());
    let said = "perf warning: `--sampler perf` does not work here: perf_event cannot sample the \
                script: permission denied -> …kernel.perf_event_paranoid=2";
    let traced = "ptrace warning: `--sampler ptrace` does not work here: profila could not attach \
                  -> allow it";
    check(&denied(Sampler::Gdb), true, &[said, traced]);
    let traced = "ptrace problem: profila could not attach -> allow it";
    check(&denied(Sampler::Ptrace), false, &[said, traced]);
}
