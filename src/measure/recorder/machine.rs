//! Where runs are made.

use std::fs;
use std::thread;

use procfs::Current;

use crate::recording::Machine;
use crate::source::sha256_hex;

/// The machine that this process runs on.
pub(super) fn machine() -> Machine {
    let unknown = || "unknown".to_owned();
    let cpu = procfs::CpuInfo::current()
        .ok()
        .and_then(|info| info.model_name(0).map(str::to_owned));
    let release = fs::read_to_string("/proc/sys/kernel/osrelease");
    Machine {
        cpu: cpu.unwrap_or_else(unknown),
        cores: thread::available_parallelism().map_or(1, usize::from),
        kernel: release.map_or_else(|_| unknown(), |release| format!("Linux {}", release.trim())),
        boot: boot(),
    }
}

/// What tells this machine from others of its kind until it is started again. Containers on one
/// machine share it, as they share the machine; the identifier in `/etc/machine-id`, which nodes
/// that start from one image have in common, does neither. It is not kept as it is, because
/// other programs may use it to recognise the machine.
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(sha256_hex(format!("profila {}", id.trim()).as_bytes())[..16].to_owned())
}
