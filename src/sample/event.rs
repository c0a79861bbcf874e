//! An event that a counter has counted.

use super::Sample;
use crate::recording::Counter;

/// An event that was looked at: where a thread was when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What was counted.
    pub counter: Counter,
    /// How many events it stands for: those since the last one that was looked at, or, of what the
    /// kernel counts, as many as are always let pass.
    pub stands_for: u64,
    /// When and where that was.
    pub sample: Sample,
}
