//! Reading what the kernel shows of a running process, without stopping it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use nix::libc::SYS_futex;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use procfs::ProcError;
use procfs::process::{MMPermissions, MMapPath, Process, Status, Task};

/// A part of a file that is mapped into a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The file.
    pub path: PathBuf,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its addresses.
    pub addresses: Range<u64>,
    /// Whether it holds code.
    pub is_executable: bool,
}

/// What is mapped of files into a process, in the order of the addresses.
pub fn mappings(process: Pid) -> io::Result<Vec<Mapping>> {
    let maps = open(process)?.maps().map_err(into_io)?;
    let of_files = maps.into_iter().filter_map(|map| match map.pathname {
        MMapPath::Path(path) => Some(Mapping {
            path,
            offset: map.offset,
            addresses: map.address.0..map.address.1,
            is_executable: map.perms.contains(MMPermissions::EXECUTE),
        }),
        _ => None,
    });
    Ok(of_files.collect())
}

/// Where the kernel has mapped its own library into a process, if it has.
pub fn vdso(process: Pid) -> Option<Range<u64>> {
    let maps = open(process).ok()?.maps().ok()?;
    let mut maps = maps.into_iter();
    let map = maps.find(|map| map.pathname == MMapPath::Vdso)?;
    Some(map.address.0..map.address.1)
}

/// A thread as the kernel's scheduler sees it at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadState {
    /// The kernel's number of it.
    pub thread: i32,
    /// Whether it runs, or would if it had a processor.
    pub is_runnable: bool,
    /// Whether it has a processor.
    pub is_on_processor: bool,
    /// For how long it has had one, in nanoseconds. Of a thread that has one, the time since
    /// the last tick of the kernel's clock is missing.
    pub ran_ns: u64,
    /// How often it has given its processor away to sleep.
    pub slept: u64,
    /// The processor that it has, or had last; `None` where the kernel does not say.
    pub processor: Option<i32>,
}

/// The threads of a process. Those that end meanwhile may be missing.
pub fn threads(process: Pid) -> io::Result<Vec<ThreadState>> {
    let tasks = open(process)?.tasks().map_err(into_io)?;
    Ok(tasks.filter_map(|task| thread_state(&task.ok()?)).collect())
}

/// For how long each thread of a process has had a processor or waited for one, in nanoseconds,
/// by the kernel's number of it. Those that end meanwhile may be missing.
pub fn busy_ns(process: Pid) -> io::Result<HashMap<i32, u64>> {
    let tasks = open(process)?.tasks().map_err(into_io)?;
    let busy = tasks.filter_map(|task| {
        let task = task.ok()?;
        let given = task.schedstat().ok()?;
        Some((task.tid, given.sum_exec_runtime + given.run_delay))
    });
    Ok(busy.collect())
}

/// Whether the kernel shows which threads have a processor: the one that asks has one.
pub fn shows_processors() -> bool {
    let this = nix::unistd::gettid().as_raw();
    threads(Pid::this()).is_ok_and(|threads| {
        let this = threads.iter().find(|state| state.thread == this);
        this.is_some_and(|state| state.is_on_processor)
    })
}

/// The kernel does not say which threads have a processor at the moment. It counts how often
/// a thread was given one and how often it was taken away: between the two it has one.
fn thread_state(task: &Task) -> Option<ThreadState> {
    let given = task.schedstat().ok();
    let status = task.status().ok()?;
    let taken = status.voluntary_ctxt_switches.unwrap_or(0)
        + status.nonvoluntary_ctxt_switches.unwrap_or(0);
    Some(ThreadState {
        thread: task.tid,
        is_runnable: status.state.starts_with('R'),
        is_on_processor: given.as_ref().is_some_and(|it| it.pcount > taken),
        ran_ns: given.map_or(0, |it| it.sum_exec_runtime),
        slept: status.voluntary_ctxt_switches.unwrap_or(0),
        processor: task.stat().ok().and_then(|stat| stat.processor),
    })
}

/// Whether a thread that is stopped stands in the system call by which threads sleep until
/// others wake them. False where the kernel does not show it.
pub fn sleeps_until_woken(process: Pid, thread: i32) -> bool {
    let call = fs::read_to_string(format!("/proc/{process}/task/{thread}/syscall"));
    let number = call.ok().and_then(|call| {
        let number = call.split_whitespace().next()?;
        number.parse().ok()
    });
    number == Some(SYS_futex)
}

/// A signal in the sets that the kernel shows.
const fn bit(signal: Signal) -> u64 {
    1 << (signal as u32 - 1)
}

/// Whether any thread of a process takes a signal that is sent to it, and does not
/// block it.
pub fn takes(process: Pid, signal: Signal) -> bool {
    let tasks = open(process).and_then(|process| process.tasks().map_err(into_io));
    tasks.is_ok_and(|mut tasks| {
        tasks.any(|task| {
            let status = task.and_then(|task| task.status());
            status.is_ok_and(|status| status.sigblk & bit(signal) == 0)
        })
    })
}

/// Whether the thread that a process began with takes a signal, and does not block it.
/// True where that cannot be seen.
pub fn first_thread_takes(process: Pid, signal: Signal) -> bool {
    // The status of a process is that of its first thread.
    status(process).map_or(true, |status| status.sigblk & bit(signal) == 0)
}

/// Whether the thread that a process began with is there and is not in the midst of something
/// that signals do not interrupt.
pub fn can_take_signals(process: Pid) -> bool {
    // The state of a process is that of its first thread.
    let stat = open(process).and_then(|process| process.stat().map_err(into_io));
    stat.is_ok_and(|stat| !matches!(stat.state, 'Z' | 'X' | 'D'))
}

/// Whether a process neither handles nor ignores a signal.
pub fn has_default_action(process: Pid, signal: Signal) -> bool {
    status(process).is_ok_and(|status| (status.sigcgt | status.sigign) & bit(signal) == 0)
}

/// Whether a process was sent a signal that it has not taken yet.
pub fn is_pending(process: Pid, signal: Signal) -> bool {
    status(process).is_ok_and(|status| (status.shdpnd | status.sigpnd) & bit(signal) != 0)
}

/// Whether this process ignores the signal of this number.
pub fn is_ignored(signal: i32) -> bool {
    status(Pid::this()).is_ok_and(|status| status.sigign & (1 << (signal - 1)) != 0)
}

/// Whether a process is there and has not exited. One that has exited but was not
/// waited for is not alive.
pub fn is_alive(process: Pid) -> bool {
    let stat = open(process).and_then(|process| process.stat().map_err(into_io));
    stat.is_ok_and(|stat| !matches!(stat.state, 'Z' | 'X'))
}

/// Whether a process is suspended, as by Ctrl-Z. One that a tracer has stopped is
/// not.
pub fn is_suspended(process: Pid) -> bool {
    let stat = open(process).and_then(|process| process.stat().map_err(into_io));
    stat.is_ok_and(|stat| stat.state == 'T')
}

/// Whether some process traces this one.
pub fn has_tracer(process: Pid) -> bool {
    status(process).is_ok_and(|status| status.tracerpid != 0)
}

fn status(process: Pid) -> io::Result<Status> {
    open(process)?.status().map_err(into_io)
}

fn open(process: Pid) -> io::Result<Process> {
    Process::new(process.as_raw()).map_err(into_io)
}

fn into_io(error: ProcError) -> io::Error {
    match error {
        ProcError::Io(error, _) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::memory;

    #[test]
    fn this_process_is_mapped_and_running() {
        let this = Pid::this();
        let executable = std::env::current_exe().unwrap();
        let mappings = mappings(this).unwrap();
        let mut of_executable = mappings.iter().filter(|it| it.path == executable);
        let first = of_executable.find(|it| it.offset == 0).unwrap();
        let start = memory::read(this, first.addresses.start, 4).unwrap();
        assert_eq!(start, b"\x7fELF");
        let threads = threads(this).unwrap();
        let this_thread = nix::unistd::gettid().as_raw();
        let this_thread = threads.iter().find(|it| it.thread == this_thread);
        assert!(this_thread.unwrap().is_runnable && shows_processors());
    }

    #[test]
    fn a_thread_that_sleeps_has_no_processor() {
        let (wake, woken) = std::sync::mpsc::channel::<()>();
        let (say, said) = std::sync::mpsc::channel();
        let sleeper = std::thread::spawn(move || {
            say.send(nix::unistd::gettid().as_raw()).unwrap();
            woken.recv().ok();
        });
        let number = said.recv().unwrap();
        let sleeps = || {
            let threads = threads(Pid::this()).unwrap();
            let state = *threads.iter().find(|it| it.thread == number).unwrap();
            (!state.is_runnable).then_some(state)
        };
        let state = std::iter::repeat_with(sleeps).flatten().next().unwrap();
        assert!(!state.is_on_processor && state.ran_ns > 0);
        drop(wake);
        sleeper.join().unwrap();
    }

    #[test]
    fn a_blocked_signal_is_not_taken() {
        let mut blocked = nix::sys::signal::SigSet::empty();
        blocked.add(Signal::SIGURG);
        // Other threads of this process still take it.
        blocked.thread_block().unwrap();
        assert!(takes(Pid::this(), Signal::SIGURG));
        blocked.thread_unblock().unwrap();
        assert!(!takes(Pid::from_raw(i32::MAX), Signal::SIGURG));
    }
}
