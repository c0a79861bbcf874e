//! What the kernel shows of a process, whoever traces it, and what time it is.

use std::io;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::process::inspect::ThreadState;
use crate::process::{Stay, inspect, now, own_processor};
use crate::sample::Moment;

/// What the kernel shows of a process without stopping it, and the time.
pub(super) trait Kernel: Send {
    /// The time.
    fn now(&self) -> Moment;

    /// Whether it shows which threads have a processor.
    fn shows_processors(&self) -> bool;

    /// Has this thread stay on one of its processors, as [`Stay::on_any`] does; `None` where
    /// that is not possible.
    fn stay(&self, draw: &mut dyn FnMut(usize) -> usize) -> Option<Stay>;

    /// Which threads there are, and what they do. Fails where the process has ended.
    fn snapshot(&self, process: Pid) -> io::Result<Snapshot>;

    /// Whether a thread that is stopped sleeps until others wake it.
    fn sleeps_until_woken(&self, process: Pid, thread: i32) -> bool;

    /// Whether the process is there and has not exited.
    fn is_alive(&self, process: Pid) -> bool;

    /// Whether the process neither handles nor ignores a signal.
    fn has_default_action(&self, process: Pid, signal: Signal) -> bool;

    /// Whether the process was sent a signal that it has not taken yet.
    fn is_pending(&self, process: Pid, signal: Signal) -> bool;
}

/// The threads as they were at a moment.
pub(super) struct Snapshot {
    pub(super) at: Moment,
    /// The processor that was needed to see them.
    pub(super) from: Option<i32>,
    pub(super) threads: Vec<ThreadState>,
}

/// The kernel of this machine.
pub(super) struct Linux;

impl Kernel for Linux {
    fn now(&self) -> Moment {
        now()
    }

    fn shows_processors(&self) -> bool {
        inspect::shows_processors()
    }

    fn stay(&self, draw: &mut dyn FnMut(usize) -> usize) -> Option<Stay> {
        Stay::on_any(draw).ok()
    }

    fn snapshot(&self, process: Pid) -> io::Result<Snapshot> {
        let at = now();
        let from = own_processor();
        inspect::threads(process).map(|threads| Snapshot { at, from, threads })
    }

    fn sleeps_until_woken(&self, process: Pid, thread: i32) -> bool {
        inspect::sleeps_until_woken(process, thread)
    }

    fn is_alive(&self, process: Pid) -> bool {
        inspect::is_alive(process)
    }

    fn has_default_action(&self, process: Pid, signal: Signal) -> bool {
        inspect::has_default_action(process, signal)
    }

    fn is_pending(&self, process: Pid, signal: Signal) -> bool {
        inspect::is_pending(process, signal)
    }
}
