//! Where runs are made.

use std::fs;
use std::thread;

use procfs::Current;

use crate::recording::Machine;

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
    }
}
