//! The moments at which a process was sampled, or was to be.

use serde::{Deserialize, Serialize};

use super::Moment;

/// A stop of the script that the sampler caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// When that was attempted.
    pub at: Moment,
    /// How much later than planned that was, in seconds.
    pub late_s: f64,
    /// Whether it was planned for later than the rate alone would have it.
    pub put_off: bool,
}
