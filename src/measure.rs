//! Measuring: the runs of an experiment, and the recordings they come to.
//!
//! An experiment is made round by round: [`Rounds`] is an iterator that makes a round
//! whenever one is asked for, and the caller decides when there are enough.
//! [`profile_once()`] makes one run with the user's own streams, and [`profile_attached()`] watches
//! a process that runs already. Nothing is shown here: an
//! [`Observer`] is told what happens.

mod advice;
mod agreement;
mod attached;
mod forms;
mod laboratory;
mod meter;
mod observer;
mod recorder;
mod remarks;
mod rounds;
mod run;
mod setup;
mod single;
mod sources;
mod versions;
mod windows;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

pub(crate) use self::attached::profile_attached;
pub(crate) use self::observer::Observer;
pub(crate) use self::rounds::{Round, Rounds};
pub(crate) use self::setup::environment;
pub(crate) use self::single::profile_once;
use crate::config::Variant;
use crate::error::Ending;
use crate::plan::{Purpose, Step};
use crate::process::{Interrupts, Signal};

/// Where and for whom something is measured.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The working directory of profila: paths are shown relative to it.
    pub here: &'a Path,
    /// What ends the measurement before its time.
    pub interrupts: &'a Interrupts,
    /// Gets told what happens.
    pub observer: &'a dyn Observer,
}

/// How a process ended.
pub(crate) fn ending(status: ExitStatus) -> Ending {
    match status.signal() {
        Some(number) => Ending::Signal(match Signal::try_from(number) {
            Ok(signal) => signal.as_str().to_owned(),
            Err(_) => format!("signal {number}"),
        }),
        None => Ending::Code(status.code().unwrap_or_default()),
    }
}

/// The exit code a shell would show.
fn exit_code(status: ExitStatus) -> i32 {
    let by_signal = status.signal().map(|signal| 128 + signal);
    status.code().or(by_signal).unwrap_or_default()
}

/// A run by its name in messages.
fn run_name(variant: &Variant, step: Step) -> String {
    let name = &variant.name;
    match step.purpose {
        Purpose::WarmUp => format!("the warm-up run of `{name}`"),
        Purpose::Timed => format!("the timed run of `{name}` in round {}", step.round),
        Purpose::Profiled => format!("the profiled run of `{name}` in round {}", step.round),
        Purpose::Control => format!("the control run of `{name}` in round {}", step.round),
    }
}

/// Lines of a script's last words that are worth showing.
const LAST_LINES: usize = 20;

fn last_lines(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
