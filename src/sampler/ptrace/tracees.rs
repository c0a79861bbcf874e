//! The threads of a process that this thread traces: what happens to them, and how one is read.
//!
//! They are seized, which does not stop them. A thread of this process that ends lets go of all
//! that it traces, and the kernel then has them do what they were about to, see [`Left`].

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

use crate::process::{inspect, memory, now};
use crate::sample::{Moment, Stop};
use crate::sampler::registers::values_of;

/// What the kernel reports beside a signal where that is not what a thread was stopped for.
const EVENT_STOP: i32 = libc::PTRACE_EVENT_STOP;

/// How often it is tried to seize all threads while new ones come, or others let go of them.
const TRIES: u32 = 200;

/// How long is waited before it is tried again.
const RETRY_INTERVAL: Duration = Duration::from_millis(1);

/// How long is waited for a thread to stop, which it does at once but where the kernel is at work
/// for it, or has no processor for it.
const LONGEST_WAIT: Duration = Duration::from_millis(50);

/// The threads of one process. All of it is to be used by the thread that made it.
pub(super) struct Tracees {
    process: Pid,
    /// How many there are.
    count: usize,
    /// The stops for signals that were not asked for yet.
    stops: Vec<Stop>,
    /// When it was last known that nothing had happened that was not dealt with.
    looked: Moment,
}

/// Why no thread is to be traced any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// The process has ended.
    Ended,
    /// They have to be let go of, by the end of the thread that traces them: because a signal
    /// suspends the process, or because one came that only the kernel can pass on as it is, a
    /// real-time signal.
    LetGo,
    /// The system does not allow it, or has failed.
    Denied(Errno),
}

/// What was read of a thread that was stopped.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// When the thread had stopped.
    pub(super) at: Moment,
    pub(super) registers: Vec<u64>,
    pub(super) stack: Vec<u8>,
    pub(super) sleeps: bool,
}

impl From<Errno> for Left {
    fn from(error: Errno) -> Self {
        match error {
            // There is nobody left.
            Errno::ESRCH | Errno::ECHILD => Self::Ended,
            // A signal that `nix` does not know is waited for: a real-time signal.
            Errno::EINVAL => Self::LetGo,
            error => Self::Denied(error),
        }
    }
}

impl Tracees {
    /// Seizes all threads of a process. New ones are traced from the start.
    pub(super) fn seize(process: Pid) -> Result<Self, Left> {
        let mut tracees = Self {
            process,
            count: 0,
            stops: Vec::new(),
            looked: now(),
        };
        let mut seized = Vec::new();
        // Whoever traced it before may be about to let go.
        let was_traced = inspect::has_tracer(process);
        for attempt in 0..TRIES {
            let threads = thread_numbers(process).map_err(|_| Left::Ended)?;
            let mut is_done = true;
            for thread in threads {
                if seized.contains(&thread) {
                    continue;
                }
                match ptrace::seize(Pid::from_raw(thread), Options::PTRACE_O_TRACECLONE) {
                    Ok(()) => {
                        seized.push(thread);
                        tracees.count += 1;
                        is_done = false;
                    }
                    Err(Errno::ESRCH) => {}
                    // It was started by one that was seized before.
                    Err(Errno::EPERM) if !seized.is_empty() => seized.push(thread),
                    // One that has ended may not be traced either.
                    Err(Errno::EPERM) if !inspect::is_alive(process) => return Err(Left::Ended),
                    Err(error) if attempt + 1 == TRIES => return Err(Left::Denied(error)),
                    Err(Errno::EPERM) if attempt > 0 || was_traced => is_done = false,
                    Err(error) => return Err(Left::Denied(error)),
                }
            }
            if is_done {
                break;
            }
            if seized.is_empty() {
                thread::sleep(RETRY_INTERVAL);
            }
        }
        Ok(tracees)
    }

    /// Deals with all that has happened. Whether anything has.
    pub(super) fn take_events(&mut self) -> Result<bool, Left> {
        let mut has_any = false;
        while let Some(status) = next_event(WaitPidFlag::WNOHANG)? {
            has_any = true;
            self.deal_with(status)?;
        }
        self.looked = now();
        Ok(has_any)
    }

    /// The stops for signals since the last time.
    pub(super) fn take_stops(&mut self) -> Vec<Stop> {
        std::mem::take(&mut self.stops)
    }

    /// Stops a thread, reads its registers and so many bytes of its stack, and lets it go on.
    /// `None` where it has ended, or does not stop because the kernel is at work for it. What
    /// happens to others meanwhile is dealt with.
    ///
    /// `pause` waits until something happens, for so long at most.
    pub(super) fn read(
        &mut self,
        thread: i32,
        length: usize,
        mut pause: impl FnMut(Duration),
    ) -> Result<Option<Read>, Left> {
        let thread = Pid::from_raw(thread);
        if ptrace::interrupt(thread).is_err() && !self.seize_late(thread) {
            return Ok(None);
        }
        let asked_at = now();
        loop {
            let Some(status) = next_event(WaitPidFlag::WNOHANG)? else {
                let left = LONGEST_WAIT.saturating_sub(asked_at.until(now()));
                if left.is_zero() {
                    // It will stop later, and is let go on then.
                    return Ok(None);
                }
                pause(left);
                continue;
            };
            let is_it = status.pid() == Some(thread);
            match status {
                WaitStatus::PtraceEvent(_, Signal::SIGTRAP, EVENT_STOP) if is_it => break,
                WaitStatus::Exited(..) | WaitStatus::Signaled(..) if is_it => {
                    self.deal_with(status)?;
                    return Ok(None);
                }
                _ => {
                    self.deal_with(status)?;
                    // Any stop may take the place of the one that was asked for.
                    if is_it && ptrace::interrupt(thread).is_err() {
                        return Ok(None);
                    }
                }
            }
        }
        let at = now();
        let sleeps = self.count > 1 && inspect::sleeps_until_woken(self.process, thread.as_raw());
        let registers = ptrace::getregs(thread).map(|it| values_of(&it));
        let stack = registers.as_ref().map_or_else(
            |_| Vec::new(),
            |(_, sp)| memory::read_as_far_as_mapped(self.process, *sp, length),
        );
        go_on(thread, None);
        Ok(registers.ok().map(|(registers, _)| Read {
            at,
            registers,
            stack,
            sleeps,
        }))
    }

    /// Seizes and stops a thread that was being started while all others were seized. Whether it
    /// is there.
    fn seize_late(&mut self, thread: Pid) -> bool {
        if ptrace::seize(thread, Options::PTRACE_O_TRACECLONE).is_err() {
            return false;
        }
        self.count += 1;
        ptrace::interrupt(thread).is_ok()
    }

    /// Deals with what happened to a thread.
    fn deal_with(&mut self, status: WaitStatus) -> Result<(), Left> {
        match status {
            WaitStatus::Exited(thread, _) | WaitStatus::Signaled(thread, ..) => {
                take(thread);
                if thread == self.process {
                    return Err(Left::Ended);
                }
                self.count = self.count.saturating_sub(1);
            }
            WaitStatus::PtraceEvent(thread, Signal::SIGTRAP, EVENT_STOP) => self.welcome(thread),
            // A signal has suspended the process.
            WaitStatus::PtraceEvent(_, _, EVENT_STOP) => return Err(Left::LetGo),
            WaitStatus::PtraceEvent(thread, signal, 0) => {
                // At most for so long: when it was stopped is not told.
                let at = self.looked;
                self.pass_on(thread, signal);
                self.looked = now();
                let until = self.looked;
                self.stops.push(Stop { at, until });
            }
            // It has started a thread.
            WaitStatus::PtraceEvent(thread, ..) => {
                self.count += 1;
                go_on(thread, None);
            }
            other => other.pid().into_iter().for_each(take),
        }
        Ok(())
    }

    /// Notes that until now nothing had happened that is yet to be dealt with.
    pub(super) fn was_idle(&mut self) {
        self.looked = now();
    }

    /// Lets a thread go on that has just been started. What is not of the process is let go of.
    fn welcome(&mut self, thread: Pid) {
        let Self { process, .. } = self;
        if fs::exists(format!("/proc/{process}/task/{thread}")).unwrap_or(true) {
            go_on(thread, None);
        } else {
            take(thread);
            self.count = self.count.saturating_sub(1);
            ptrace::detach(thread, None).ok();
        }
    }

    /// Has the thread have a signal that it was meant for. One that is sent to the process goes
    /// to its first thread, unless that is stopped at the moment, or blocks it: then another one
    /// has it, which Python does not notice. That one is not given it, and it is sent again.
    fn pass_on(&self, thread: Pid, signal: Signal) {
        if self.is_misdirected(thread, signal) {
            // While this thread stands still it does not get it again. It can only fail where the
            // process has just ended.
            kill(self.process, signal).ok();
            go_on(thread, None);
        } else {
            go_on(thread, signal);
        }
    }

    fn is_misdirected(&self, thread: Pid, signal: Signal) -> bool {
        // Those that are sent to a thread for what it does, and the one that acts when it is sent.
        let never_sent_again = [
            Signal::SIGCONT,
            Signal::SIGPROF,
            Signal::SIGVTALRM,
            Signal::SIGSEGV,
            Signal::SIGBUS,
            Signal::SIGFPE,
            Signal::SIGILL,
            Signal::SIGTRAP,
            Signal::SIGSYS,
            Signal::SIGPIPE,
            Signal::SIGXFSZ,
        ];
        let may_be_sent_to_all = || {
            let code = ptrace::getsiginfo(thread).map(|it| it.si_code);
            code.is_ok_and(|code| [libc::SI_USER, libc::SI_KERNEL].contains(&code))
        };
        thread != self.process
            && !never_sent_again.contains(&signal)
            && may_be_sent_to_all()
            && inspect::first_thread_takes(self.process, signal)
            && inspect::can_take_signals(self.process)
    }
}

/// What has happened, which is kept until it is taken; `None` where nothing has. Fails with
/// `EINVAL` where it is a signal that `nix` does not know, which the kernel then still has.
fn next_event(wait: WaitPidFlag) -> Result<Option<WaitStatus>, Errno> {
    let flags = WaitPidFlag::WEXITED
        | WaitPidFlag::WSTOPPED
        | WaitPidFlag::WNOWAIT
        | WaitPidFlag::__WALL
        | wait;
    match waitid(Id::All, flags) {
        Ok(WaitStatus::StillAlive) | Err(Errno::EINTR) => Ok(None),
        Ok(status) => Ok(Some(status)),
        Err(error) => Err(error),
    }
}

/// Takes what has happened to a thread, so that it is not told again.
fn take(thread: Pid) {
    // It fails only where there is nothing to take.
    waitpid(thread, Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG)).ok();
}

/// Lets a thread go on. One that was killed meanwhile ends, which is told.
///
/// What happened is not taken before that: where this process is killed, the kernel does what it
/// was about to.
fn go_on(thread: Pid, signal: impl Into<Option<Signal>>) {
    ptrace::cont(thread, signal).ok();
}

fn thread_numbers(process: Pid) -> io::Result<Vec<i32>> {
    let tasks = fs::read_dir(format!("/proc/{process}/task"))?;
    let names = tasks.filter_map(|task| Some(task.ok()?.file_name()));
    Ok(names.filter_map(|it| it.to_str()?.parse().ok()).collect())
}
