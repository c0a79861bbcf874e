//! What was seen of a thread.

use super::{Frame, Moment};

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

    /// Whether any frame is of announced code, be it with a place or without.
    pub fn is_in_compiled_code(&self) -> bool {
        match self {
            Self::Stack { frames, .. } => frames.iter().any(|frame| frame.code.is_some()),
            Self::Waiting | Self::Bad => false,
        }
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
    /// Which thread, by the kernel's number; `None` of no thread, or of one that is unknown.
    pub thread: Option<u32>,
    /// What was seen.
    pub observation: Observation,
}

impl Sample {
    /// Whether it is of a thread that was running, and not of none.
    pub fn is_of_a_thread(&self) -> bool {
        self.observation != Observation::Waiting
    }
}
