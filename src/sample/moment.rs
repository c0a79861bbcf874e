//! The time of everything that is seen.

use std::ops::Add;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment on the system's monotonic clock, in nanoseconds. The script's channel
/// and the sampler use the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
