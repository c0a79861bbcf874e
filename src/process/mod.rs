//! The user's Python: finding it, starting it, hearing from it, ending it.
//!
//! The script runs in a process group of its own, with the standard streams that
//! it would have had, or with captured ones. The bootstrap, a `sitecustomize` that
//! goes before the user's own, reports on an inherited channel when Numba compiles,
//! and waits for the tracer in a profiled run, before the first compiled code runs. The
//! script is reaped on every way out.

mod channel;
mod die;
mod guard;
mod host;
pub mod inspect;
mod interrupts;
mod launch;
mod output;
mod private;
pub mod python;
pub(crate) mod search_path;
mod terminal;

use std::io;
use std::path::Path;
use std::process::ExitStatus;

pub use channel::{Event, SourceReport};
/// A signal, by its name.
pub use nix::sys::signal::Signal;

pub use die::die_by;
pub use guard::{Guard, Guarded, MARK};
pub use host::Host;
pub use interrupts::Interrupts;
pub use launch::{Captured, Launch, Mode, Standing, Streams, Target};
pub use terminal::suspend_this;

use crate::error::Error;
use crate::sample::Moment;

/// The longest text of code that is in no file, in bytes.
const MOST_TEXT: u64 = 10_000_000;

/// What went wrong with a temporary file. Where there is no room for it, the error names the
/// folder.
fn no_temporary_file(action: &str, source: io::Error) -> Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match source.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => Error::NoTemporaryFolder {
            within: std::env::temp_dir(),
            source,
        },
        _ => Error::System {
            action: action.to_owned(),
            source,
        },
    }
}

/// Reads a text that the bootstrap has written to a file. `None` where that is gone, or is
/// none that it writes.
pub fn read_told_text(file: &Path) -> Option<String> {
    String::from_utf8(private::read_left(file, MOST_TEXT).ok()?).ok()
}

/// What a running target lets its owner know, in order.
#[derive(Debug)]
pub enum Notice {
    /// The bootstrap reported an event.
    Event(Event, Moment),
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

/// The present moment, on the clock that the bootstrap uses as well.
///
/// # Panics
/// On a system without a monotonic clock, which Linux always has.
pub fn now() -> Moment {
    let time = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC)
        .expect("every Linux has a monotonic clock");
    let nanoseconds = std::time::Duration::from(time).as_nanos();
    Moment(u64::try_from(nanoseconds).expect("uptime is below 584 years"))
}
