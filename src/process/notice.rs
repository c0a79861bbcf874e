//! What is heard of a script that was started, up to its end.

use std::process::ExitStatus;

use super::{Child, Event};
use crate::sample::Moment;

/// What a running target lets its owner know, in order.
#[derive(Debug)]
pub enum Notice {
    /// The bootstrap reported an event.
    Event(Event, Moment),
    /// A child of the script reports too, where children are followed.
    Child(Child),
    /// The script can report no more: it has ended, has become another program, or
    /// has closed the channel.
    HungUp(Moment),
    /// The script wrote something of its own where it reports. Nothing more is heard of it.
    Misused,
    /// The process ended and was reaped.
    Exited(Exit),
}

/// How a process ended and what it used.
#[derive(Clone, Copy, Debug)]
pub struct Exit {
    /// Its exit code, or the signal that ended it.
    pub status: ExitStatus,
    /// When it was started.
    pub started: Moment,
    /// When it was gone.
    pub at: Moment,
    /// Seconds of processor time, user and system, with waited-for children.
    pub cpu_s: f64,
    /// Largest resident set, in bytes.
    pub peak_rss_bytes: u64,
}

impl Exit {
    /// Seconds from start to end.
    pub fn wall_s(&self) -> f64 {
        self.at.seconds_since(self.started)
    }
}
