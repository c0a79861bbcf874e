//! Samples: what the sampler saw at one moment in one thread, and what it means.

pub mod tally;
pub mod window;

use std::ops::Add;
use std::sync::Arc;
use std::time::Duration;

use crate::source::LineNumber;

/// A moment on the system's monotonic clock, in nanoseconds. The script's channel
/// and the sampler use the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// Seconds from `earlier` to this moment; 0 if it is not earlier.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        earlier.until(self).as_secs_f64()
    }

    /// The time from this moment to a later one; none if it is not later.
    pub const fn until(self, later: Self) -> Duration {
        Duration::from_nanos(later.0.saturating_sub(self.0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanoseconds))
    }
}

/// One entry of a stack. Inlined functions have a frame of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Name of the function, where it is known.
    pub function: Option<Arc<str>>,
    /// Where in the Python source the frame is; absent in code that has no line
    /// table, which is all code that Numba did not compile.
    pub place: Option<Place>,
    /// Address of the instruction.
    pub address: u64,
    /// Where in the compiled code it is; absent in code that Numba did not compile.
    pub code: Option<CodePlace>,
}

/// An instruction that Numba compiled, by what does not change with where the code was
/// loaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePlace {
    /// Name of the compiled function, as the compiler gave it.
    pub function: Arc<str>,
    /// Bytes from its start.
    pub offset: u64,
}

/// A line of Python source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path of the file, as the compiler was given it.
    pub file: Arc<str>,
    /// The line.
    pub line: LineNumber,
}

/// What the sampler saw of one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The frames of a running thread, innermost first, as far as was needed.
    Stack {
        /// The frames.
        frames: Vec<Frame>,
        /// Whether a line that the sample is counted for, from the innermost one to the
        /// user's, is that of the code before it.
        folded: bool,
        /// Whether the thread waits for others, in code that spreads loops over threads.
        at_barrier: bool,
    },
    /// No thread was running.
    Waiting,
    /// The thread was stopped but its stack could not be read.
    Bad,
}

impl Observation {
    /// Whether it is of a thread that waits for others, in code that spreads loops over
    /// threads.
    pub fn is_at_barrier(&self) -> bool {
        matches!(
            self,
            Self::Stack {
                at_barrier: true,
                ..
            }
        )
    }

    /// Whether any frame has a place in Python source.
    pub fn is_in_python_source(&self) -> bool {
        match self {
            Self::Stack { frames, .. } => frames.iter().any(|frame| frame.place.is_some()),
            Self::Waiting | Self::Bad => false,
        }
    }
}

/// One observation of one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When the thread was seen.
    pub at: Moment,
    /// What was seen.
    pub observation: Observation,
}

impl Sample {
    /// Whether it is of a thread that was running, and not of none.
    pub fn is_of_a_thread(&self) -> bool {
        self.observation != Observation::Waiting
    }
}

/// A stop of the script that the sampler caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// When it was asked for.
    pub at: Moment,
    /// When the script was running again.
    pub until: Moment,
}

impl Stop {
    /// How long the script stood still, in seconds.
    pub fn seconds(&self) -> f64 {
        self.until.seconds_since(self.at)
    }
}

/// A time at which the process was to be sampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// When that was attempted.
    pub at: Moment,
    /// How much later than planned that was, in seconds.
    pub late_s: f64,
    /// Whether it was planned for later than the rate alone would have it.
    pub put_off: bool,
}
