//! Values that are estimated, with their intervals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::share::Share;
use crate::stats::{Estimate as Found, Interval, Level};

/// A value with its interval at the comparison's confidence. Without an interval
/// (too few rounds) `low` and `high` are absent. Its unit is given where it is used; shares
/// have a type of their own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate<T = f64> {
    /// Point estimate.
    pub value: T,
    /// Lower end of the interval.
    pub low: Option<T>,
    /// Upper end of the interval.
    pub high: Option<T>,
}

impl Estimate {
    /// What `stats` found, with its interval at a level.
    pub(crate) fn of(found: &Found, level: Level) -> Self {
        Self::with(found.value, found.interval(level))
    }

    pub(crate) fn with(value: f64, interval: Option<Interval>) -> Self {
        Self {
            value,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    }

    /// The same, without what seconds cannot be: below 0.
    pub(crate) fn at_least_0(self) -> Self {
        let clamp = |end: f64| end.max(0.0);
        Self {
            value: self.value,
            low: self.low.map(clamp),
            high: self.high.map(clamp),
        }
    }

    /// The same as that of a share, which is from 0 to 1.
    pub(crate) fn as_share(self) -> Estimate<Share> {
        Estimate {
            value: Share::nearest(self.value),
            low: self.low.map(Share::nearest),
            high: self.high.map(Share::nearest),
        }
    }
}
