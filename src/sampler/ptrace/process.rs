//! The process that traces, as the one that starts it sees it.

use std::io::{BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use nix::unistd::Pid;

use super::note::{Note, Order};
use crate::error::{Error, Result};
use crate::process::{Guard, Guarded, MARK};
use crate::sampler::Settings;

/// The name by which this program knows that it is to trace.
pub(super) const NAME: &str = "profila-ptrace";

/// What it is told to try whether it may trace.
pub(super) const CHECK: &str = "check";

/// This program.
pub(super) const PROGRAM: &str = "/proc/self/exe";

/// Notes that may wait to be dealt with, of up to 56 KiB each.
const MOST_WAITING: usize = 256;

/// How often, a millisecond apart, it is looked whether a process that says nothing any more has
/// ended.
const FAREWELL_LOOKS: u32 = 100;

/// A process that traces. Dropped, it is killed and reaped, and the kernel lets whatever it traces
/// go on.
pub(super) struct Helper {
    child: Child,
    #[expect(dead_code, reason = "it acts when it is dropped")]
    guarded: Guarded,
    orders: ChildStdin,
    notes: Receiver<Note>,
}

/// What was heard within a time.
pub(super) enum Heard {
    Note(Note),
    Nothing,
    /// The process has ended.
    End,
}

impl Helper {
    /// Starts it. It need not be waited for.
    pub(super) fn start(settings: &Settings, guard: &Guard) -> Result<Self> {
        let mut child = Command::new(PROGRAM)
            .arg0(NAME)
            .arg(settings.rate_hz.to_string())
            .arg(settings.max_stopped.to_string())
            .arg(settings.seed.to_string())
            .env(MARK, guard.mark())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A Ctrl-C of the user is not for it.
            .process_group(0)
            .spawn()
            .map_err(|source| Error::System {
                action: "start a process that traces the script".to_owned(),
                source,
            })?;
        let guarded = guard.watch(Pid::from_raw(child.id().cast_signed()));
        let output = child.stdout.take().expect("standard output is piped");
        let orders = child.stdin.take().expect("standard input is piped");
        let (sender, notes) = sync_channel(MOST_WAITING);
        thread::spawn(move || read_notes(BufReader::with_capacity(1 << 16, output), &sender));
        Ok(Self {
            child,
            guarded,
            orders,
            notes,
        })
    }

    /// Tells it something. That it is gone is noticed when it is listened to.
    pub(super) fn tell(&mut self, order: Order) {
        self.orders.write_all(order.line().as_bytes()).ok();
    }

    /// What it says within a time.
    pub(super) fn hear(&self, wait: Duration) -> Heard {
        match self.notes.recv_timeout(wait) {
            Ok(note) => Heard::Note(note),
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    /// The error of its having ended before the script.
    pub(super) fn has_died(&mut self) -> Error {
        // It has closed its output, and is about to end.
        for _ in 0..FAREWELL_LOOKS {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.child.kill().ok();
        Error::TracerDied {
            cause: match self.child.wait() {
                Ok(status) => format!("it ended with {status}"),
                Err(error) => error.to_string(),
            },
        }
    }
}

impl Helper {
    /// Ends it: the kernel lets whatever it traces go on, with the signals that it has stopped
    /// for.
    pub(super) fn let_go(&mut self) {
        // It fails only where it has ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Has a process try to trace another. The number of the system's reason not to allow it, or 0.
pub(super) fn check() -> Result<i32> {
    let output = Command::new(PROGRAM)
        .arg0(NAME)
        .arg(CHECK)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C of the user is not for it.
        .process_group(0)
        .output()
        .map_err(|source| Error::System {
            action: "start a process that tries to trace another".to_owned(),
            source,
        })?;
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().map_err(|_| Error::TracerDied {
        cause: format!("it ended with {}", output.status),
    })
}

fn read_notes(mut output: BufReader<impl std::io::Read>, notes: &SyncSender<Note>) {
    while let Ok(Some(note)) = Note::read(&mut output) {
        if notes.send(note).is_err() {
            return;
        }
    }
}
