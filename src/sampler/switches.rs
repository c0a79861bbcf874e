//! What a sampler at work and whoever has set it to work tell each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a sampler at work and whoever has set it to work tell each other. Copies are of the same.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    /// True while the process is suspended, as by Ctrl-Z. What is watched stands still in
    /// another way than the kernel's, and cannot be seen to be suspended. Set to false
    /// by who lets it go on.
    pub suspended: Arc<AtomicBool>,
    /// Set to true while nothing has to be seen of the process: it is not stopped for samples
    /// meanwhile.
    pub paused: Arc<AtomicBool>,
    /// Set to true, it ends what the sampler is doing with
    /// [`Error::Interrupted`](crate::error::Error::Interrupted), soon.
    pub cancelled: Arc<AtomicBool>,
    /// Set to true, it has the sampler let go of the process, which goes on, and say what it saw.
    pub enough: Arc<AtomicBool>,
}

impl Switches {
    /// Whether nothing has to be seen.
    pub(super) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// Whether the process is to be let go of.
    pub(super) fn is_enough(&self) -> bool {
        self.enough.load(Ordering::Relaxed)
    }

    /// Whether the sampler is to end, and nobody wants to know what it saw.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
