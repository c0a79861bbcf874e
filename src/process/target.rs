//! A script that was started: what can be done with it, until it has ended.

use std::io::{self, Write};
use std::net::Shutdown;
use std::ops::ControlFlow;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use tempfile::TempDir;
use wait4::Wait4;

use super::channel::{End, receive_events};
use super::children::Door;
use super::inspect::is_suspended;
use super::launch::{Launch, Started, Streams, metrics_path, regions_path};
use super::output::{MOST_OUTPUT, OutputReader, capture_output};
use super::private;
use super::terminal::{LentTerminal, suspend_this};
use super::{Exit, Notice, now};
use crate::error::{Error, Result};
use crate::sample::Moment;

/// How long the end of what the script reports is waited for after it is gone.
const EVENTS_GRACE: Duration = Duration::from_millis(200);

/// How long output is waited for after the script is gone. A child it left behind
/// may hold the pipe open for ever.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// How many events may wait to be received. A script that reports faster waits itself, and
/// takes no memory of this process.
pub(super) const MOST_WAITING: usize = 1024;

/// How long the script may take to stand still before this process does.
const SUSPENSION_GRACE: Duration = Duration::from_secs(2);

/// The longest file of metrics, in bytes. Its last line counts, of some hundred.
const MOST_METRICS: u64 = 1_000_000;

/// The longest file of regions, in bytes: all blocks that the script's module fills.
const MOST_REGIONS: u64 = 1024 * 2048 * 32;

/// What a script wrote, where its streams were captured.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// Standard output; the end of it where it was too long.
    pub stdout: Vec<u8>,
    /// Standard error; the end of it where it was too long.
    pub stderr: Vec<u8>,
    /// Whether standard output was longer than what is kept of it, which is so many bytes.
    pub cut_after: Option<usize>,
}

/// Whether a script stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    GoesOn,
    /// Somebody has suspended it, who may resume it or not.
    Suspended,
    /// It was suspended with this process, and both go on again.
    Followed {
        /// When it was suspended.
        from: Moment,
        /// When it went on.
        to: Moment,
    },
}

/// A script that was started. Dropped before it ended, it is killed and reaped.
#[derive(Debug)]
pub struct Target {
    group: Pid,
    control: UnixStream,
    reaped: Arc<AtomicBool>,
    gone: Receiver<()>,
    /// One for each event that was sent and not received yet.
    waiting: Receiver<()>,
    /// Where children are followed: they come in by it for as long as the target is there.
    #[expect(dead_code, reason = "it acts when it is dropped")]
    door: Option<Door>,
    output: Vec<OutputReader>,
    workspace: TempDir,
    twins: PathBuf,
    terminal: Option<LentTerminal>,
    /// Whether the script is to have the terminal whenever this process could have it.
    was_lent: bool,
}

impl Target {
    /// Starts a script. What it does is sent to `notices`, as made by `wrap`.
    pub fn launch<M: Send + 'static>(
        launch: &Launch<'_>,
        notices: &Sender<M>,
        wrap: fn(Notice) -> M,
    ) -> Result<Self> {
        let Started {
            mut child,
            at: started,
            control,
            listening,
            workspace,
            children,
        } = launch.start()?;
        let group = Pid::from_raw(child.id().cast_signed());
        let guarded = launch.guard.watch(group);
        let terminal = match launch.streams {
            Streams::Inherit => LentTerminal::lend_to(group),
            Streams::Capture => None,
        };
        let output = capture_output(&mut child);
        let reaped = Arc::new(AtomicBool::new(false));
        let (leaving, gone) = mpsc::channel();
        let door = children.map(|listener| Door::open(listener, notices.clone(), wrap));
        let (room, waiting) = mpsc::sync_channel(MOST_WAITING);
        let all_heard = listen(listening, room, notices.clone(), wrap);
        reap(child, started, Arc::clone(&reaped), {
            let notices = notices.clone();
            move |exit| {
                drop(guarded);
                drop(leaving);
                // What it reported comes before its end. A child it forked may hold
                // the channel open.
                all_heard.recv_timeout(EVENTS_GRACE).ok();
                // Nobody listens any more once the run was given up.
                notices.send(wrap(Notice::Exited(exit))).ok();
            }
        });
        Ok(Self {
            group,
            control,
            reaped,
            gone,
            waiting,
            door,
            output,
            workspace,
            twins: launch.mode.cache().join("profila-twins"),
            was_lent: terminal.is_some(),
            terminal,
        })
    }

    /// The process.
    pub const fn process(&self) -> Pid {
        self.group
    }

    /// The folder in which the bootstrap keeps twins of compiled code, which have the
    /// same instructions and more of their places.
    pub fn twins_folder(&self) -> PathBuf {
        self.twins.clone()
    }

    /// Makes room for another event. To be called for each that was received.
    pub fn has_heard(&self) {
        // There is one for each event.
        self.waiting.try_recv().ok();
    }

    /// Lets the script go on after it reported that it is ready.
    pub fn release(&self) -> Result<()> {
        match (&self.control).write_all(b"\n") {
            // It ended while it was waiting; its exit will be reported.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(|source| Error::System {
                action: "release the script".to_owned(),
                source,
            }),
        }
    }

    /// Passes on a signal that this process was sent. The signals of the keyboard go to
    /// the children in the script's process group as well, as a terminal would send them.
    pub fn pass_on(&self, signal: Signal) {
        if matches!(signal, Signal::SIGINT | Signal::SIGQUIT) {
            return self.signal_all(signal);
        }
        if !self.reaped.load(Ordering::SeqCst) {
            // It can only fail because it has just ended.
            kill(self.group, signal).ok();
        }
    }

    /// Sends a signal to the script and the children in its process group.
    fn signal_all(&self, signal: Signal) {
        if !self.reaped.load(Ordering::SeqCst) {
            // It can only fail because all of them have just ended.
            killpg(self.group, signal).ok();
        }
    }

    /// Whether the script is suspended. One that is traced cannot be seen to be suspended:
    /// `watched` says so.
    pub fn is_suspended(&self, watched: Option<&AtomicBool>) -> bool {
        let is_held = watched.is_some_and(|suspended| suspended.load(Ordering::Relaxed));
        is_held || is_suspended(self.group)
    }

    /// The signal by which the script is suspended, where that can be known: of one that is
    /// traced, its tracer is told and nobody else.
    pub fn suspending_signal(&self) -> Option<Signal> {
        if self.reaped.load(Ordering::SeqCst) {
            return None;
        }
        // It stays to be waited for: nothing is taken from who reaps it.
        let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        match waitid(Id::Pid(self.group), flags) {
            Ok(WaitStatus::Stopped(_, signal)) => Some(signal),
            _ => None,
        }
    }

    /// Does as the script does, if it has the terminal and was suspended, as by
    /// Ctrl-Z: gives the terminal back and suspends this process. Where the shell
    /// resumes it, the script goes on as well, and `watched` is told so.
    ///
    /// A shell may resume both in the background: the script has the terminal again as soon as
    /// this process could have it.
    pub fn follow_suspension(&mut self, watched: Option<&AtomicBool>) -> Standing {
        let is_suspended = self.is_suspended(watched);
        if self.was_lent && self.terminal.is_none() {
            self.terminal = LentTerminal::lend_to(self.group);
            if self.terminal.is_some() && is_suspended {
                let at = now();
                self.resume(watched);
                return Standing::Followed { from: at, to: at };
            }
        }
        match (is_suspended, self.was_lent) {
            (false, _) => Standing::GoesOn,
            (true, false) => Standing::Suspended,
            (true, true) => self.stand_still(watched),
        }
    }

    /// Suspends the script and then this process, as Ctrl-Z would do if they were one. Where
    /// the shell resumes this one, both go on.
    pub fn suspend(&mut self, watched: Option<&AtomicBool>) -> Standing {
        self.signal_all(Signal::SIGSTOP);
        let deadline = Instant::now() + SUSPENSION_GRACE;
        // One that is traced stands still when its tracer has seen the signal. Nothing can be
        // asked of that while this process is suspended.
        let is_gone = || self.reaped.load(Ordering::SeqCst);
        while !self.is_suspended(watched) && !is_gone() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        self.stand_still(watched)
    }

    /// Suspends this process, and lets the script go on with it.
    fn stand_still(&mut self, watched: Option<&AtomicBool>) -> Standing {
        let from = now();
        self.terminal.take();
        suspend_this();
        if self.was_lent {
            self.terminal = LentTerminal::lend_to(self.group);
        }
        self.resume(watched);
        Standing::Followed { from, to: now() }
    }

    fn resume(&self, watched: Option<&AtomicBool>) {
        self.signal_all(Signal::SIGCONT);
        if let Some(suspended) = watched {
            suspended.store(false, Ordering::Relaxed);
        }
    }

    /// What the script appended to the file named by `PROFILA_METRICS`; nothing where there
    /// is none. Fails where that is no plain file, or a long one.
    pub fn metrics(&self) -> io::Result<String> {
        match private::read_left(&metrics_path(self.workspace.path()), MOST_METRICS) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(error),
        }
    }

    /// What the script's module noted of its regions; nothing where there is none. Fails where
    /// that is no plain file, or longer than it can be.
    pub fn regions(&self) -> io::Result<Vec<u8>> {
        match private::read_left(&regions_path(self.workspace.path()), MOST_REGIONS) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    /// Gives the terminal back and returns what the script wrote. To be called
    /// once its exit was reported.
    pub fn finish(mut self) -> Captured {
        self.terminal.take();
        let deadline = Instant::now() + OUTPUT_GRACE;
        let mut written = self.output.drain(..).map(|reader| reader.read_by(deadline));
        let stdout = written.next().unwrap_or_default();
        Captured {
            stdout: stdout.bytes,
            stderr: written.next().unwrap_or_default().bytes,
            cut_after: stdout.is_cut.then_some(MOST_OUTPUT),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.signal_all(Signal::SIGKILL);
        // Ends when the reaper has let go of its end. A process killed by SIGKILL
        // ends at once, unless the kernel itself is stuck.
        self.gone.recv_timeout(Duration::from_secs(5)).ok();
    }
}

/// Passes on what the bootstrap reports, as long as there is room for it. The receiver is
/// disconnected when there is no more to come.
pub(super) fn listen<M: Send + 'static>(
    channel: UnixStream,
    room: SyncSender<()>,
    notices: Sender<M>,
    wrap: fn(Notice) -> M,
) -> Receiver<()> {
    let (listening, all_heard) = mpsc::channel();
    thread::spawn(move || {
        let _listening: Sender<()> = listening;
        let end = receive_events(&channel, |event, at| {
            // Nobody listens any more once the run was given up.
            let is_heard =
                room.send(()).is_ok() && notices.send(wrap(Notice::Event(event, at))).is_ok();
            if is_heard {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        // A script that goes on writing is told that nobody reads: it does not wait. It can
        // only fail because the script has ended.
        channel.shutdown(Shutdown::Read).ok();
        notices.send(wrap(Notice::HungUp(now()))).ok();
        if end == End::Misused {
            notices.send(wrap(Notice::Misused)).ok();
        }
    });
    all_heard
}

/// Waits for the process on a thread of its own, and says how it ended.
fn reap(
    mut child: Child,
    started: Moment,
    reaped: Arc<AtomicBool>,
    ended: impl FnOnce(Exit) + Send + 'static,
) {
    thread::spawn(move || {
        let used = child.wait4().expect("a child is waited for only once");
        reaped.store(true, Ordering::SeqCst);
        ended(Exit {
            status: used.status,
            started,
            at: now(),
            cpu_s: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            peak_rss_bytes: used.rusage.maxrss,
        });
    });
}
