//! What the process that traces is told, and what it says.
//!
//! Orders are words, one line each. Notes are JSON, one line each; behind one of a thread come the
//! bytes of its stack.

use std::io::{self, BufRead, Read, Write};

use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::sample::{Moment, Stop, Tick};

/// What the process that traces is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// To begin to trace a process.
    Attach(Pid),
    /// To take no samples until it is told to go on.
    Pause,
    GoOn,
    /// To copy more of the stacks from now on.
    Deepen,
}

impl Order {
    /// The line that says so.
    pub(super) fn line(self) -> String {
        match self {
            Self::Attach(process) => format!("attach {process}\n"),
            Self::Pause => "pause\n".to_owned(),
            Self::GoOn => "go-on\n".to_owned(),
            Self::Deepen => "deepen\n".to_owned(),
        }
    }

    /// What a line says, if it is an order.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        Some(match line.trim_end() {
            "pause" => Self::Pause,
            "go-on" => Self::GoOn,
            "deepen" => Self::Deepen,
            line => Self::Attach(Pid::from_raw(line.strip_prefix("attach ")?.parse().ok()?)),
        })
    }
}

/// What the process that traces says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Note {
    /// All threads are traced.
    Attached,
    /// The system does not allow it, for the reason of this number.
    Denied(i32),
    /// What came of an attempt to take a sample.
    Attempt(Tick, Seen),
    /// A thread was stopped for a signal.
    Signal(Stop),
    /// The process has ended.
    Ended,
}

/// What was seen at one tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Seen {
    /// No thread was runnable.
    Waiting,
    /// Some were, and none had a processor, or what was runnable may have been stopped.
    Displaced,
    /// The thread that was chosen has ended or did not stop: so many were running.
    Unread(usize),
    /// A thread.
    Thread(Thread),
}

/// A thread as it was when it was stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Thread {
    /// The kernel's number of it.
    pub(super) number: u32,
    /// When it had stopped.
    pub(super) at: Moment,
    /// For how long it was kept from its work.
    pub(super) stop: Stop,
    /// How many threads were running, for which it counts.
    pub(super) running: usize,
    /// Whether it slept until others would wake it.
    pub(super) sleeps: bool,
    /// Its registers, in the order of [`Registers::of`](crate::sampler::registers::Registers::of).
    pub(super) registers: Vec<u64>,
    /// How many bytes of its stack follow.
    pub(super) stack_length: usize,
    /// The top of its stack.
    #[serde(skip)]
    pub(super) stack: Vec<u8>,
}

impl Note {
    /// Writes it.
    pub(super) fn write(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")?;
        if let Self::Attempt(_, Seen::Thread(thread)) = self {
            out.write_all(&thread.stack)?;
        }
        out.flush()
    }

    /// Reads one; `None` where there is none any more.
    pub(super) fn read(mut input: impl BufRead) -> io::Result<Option<Self>> {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let mut note: Self = serde_json::from_slice(&line)?;
        if let Self::Attempt(_, Seen::Thread(thread)) = &mut note {
            let length = u64::try_from(thread.stack_length).unwrap_or(u64::MAX);
            input.take(length).read_to_end(&mut thread.stack)?;
        }
        Ok(Some(note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_are_written() {
        let orders = [
            Order::Attach(Pid::from_raw(4711)),
            Order::Pause,
            Order::GoOn,
            Order::Deepen,
        ];
        for order in orders {
            assert_eq!(Order::of_line(&order.line()), Some(order));
        }
        assert_eq!(Order::of_line("attach me\n"), None);
        assert_eq!(Order::of_line(""), None);
    }

    #[test]
    fn notes_are_read_as_they_are_written() {
        let tick = Tick {
            at: Moment(7),
            late_s: 0.25,
            put_off: true,
        };
        let stop = Stop {
            at: Moment(8),
            until: Moment(u64::MAX),
        };
        let thread = Thread {
            number: 4712,
            at: Moment(9),
            stop,
            running: 3,
            sleeps: true,
            registers: vec![1, u64::MAX],
            stack_length: 4,
            stack: b"\n\0{\n".to_vec(),
        };
        let notes = [
            Note::Attached,
            Note::Denied(1),
            Note::Attempt(tick, Seen::Thread(thread)),
            Note::Attempt(tick, Seen::Unread(2)),
            Note::Attempt(tick, Seen::Waiting),
            Note::Signal(stop),
            Note::Ended,
        ];
        let mut bytes = Vec::new();
        for note in &notes {
            note.write(&mut bytes).unwrap();
        }
        let mut input = &bytes[..];
        for note in notes {
            assert_eq!(Note::read(&mut input).unwrap(), Some(note));
        }
        assert_eq!(Note::read(&mut input).unwrap(), None);
        assert!(Note::read(&b"{}\n"[..]).is_err());
    }
}
