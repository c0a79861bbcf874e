//! How the script changed as a whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Estimate;
use crate::gate::{Bounds, Loss};
use crate::recording::{Better, ThroughputSource};

/// What a metric of the whole script is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MetricKind {
    /// Throughput by a pattern that matched in the script's standard output.
    Pattern,
    /// Throughput by a line of the file named by `PROFILA_METRICS`.
    Metrics,
    /// Throughput by the units of work of a region.
    Region,
    /// Throughput by the seconds of the measured window.
    Window,
    /// Throughput by the seconds from start to exit.
    Wall,
    /// Seconds of processor time, whether throughput is taken from them or not.
    Cpu,
    /// Bytes of the largest resident set.
    Memory,
}

impl From<ThroughputSource> for MetricKind {
    fn from(source: ThroughputSource) -> Self {
        match source {
            ThroughputSource::Pattern => Self::Pattern,
            ThroughputSource::Metrics => Self::Metrics,
            ThroughputSource::Region => Self::Region,
            ThroughputSource::Window => Self::Window,
            ThroughputSource::Wall => Self::Wall,
            ThroughputSource::Cpu => Self::Cpu,
        }
    }
}

/// How a metric of the whole script changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricChange {
    /// What it is about, or where its values came from.
    pub source: MetricKind,
    /// Unit of the values.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
    /// Value of the before version, in `unit`.
    pub before: Estimate,
    /// Value of the after version, in `unit`.
    pub after: Estimate,
    /// How many times better after is: above 1 is better, whichever direction is.
    pub ratio: Estimate,
    /// One-sided bounds of the ratio; absent with too few rounds.
    #[serde(default)]
    pub ratio_bounds: Option<Bounds>,
    /// Two-sided p of "no difference"; absent with too few rounds.
    pub p_value: Option<f64>,
    /// What may be claimed.
    pub verdict: MetricVerdict,
    /// Smallest relative change that would have been detected with power 0.8.
    pub smallest_detectable: Option<f64>,
    /// Rounds, all of an experiment together, with which it would be settled with a chance of
    /// 0.8, where it is not settled.
    pub rounds_needed: Option<u32>,
    /// Rounds with which it would be as likely settled as not; absent where `rounds_needed` is,
    /// and in comparisons of versions that did not say.
    #[serde(default)]
    pub rounds_at_least: Option<u32>,
}

impl MetricChange {
    /// Takes back what was concluded of it, where something else than chance may be the reason.
    pub(in crate::compare) const fn withhold(&mut self) {
        self.verdict = MetricVerdict::Inconclusive;
        self.rounds_needed = None;
        self.rounds_at_least = None;
    }

    /// How much worse it became.
    pub fn loss(&self) -> Loss {
        Loss::of_ratio(self.better, self.ratio.value, self.ratio_bounds)
    }
}

/// What may be claimed of a metric of the whole script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MetricVerdict {
    /// Throughput is better by more than the minimal effect.
    #[serde(rename = "faster")]
    Faster,
    /// Throughput is worse by more than the minimal effect.
    #[serde(rename = "slower")]
    Slower,
    /// Uses less (memory), by more than the minimal effect.
    #[serde(rename = "less")]
    Less,
    /// Uses more (memory), by more than the minimal effect.
    #[serde(rename = "more")]
    More,
    /// The whole interval is within the minimal effect.
    #[serde(rename = "no change")]
    NoChange,
    /// The interval allows more than one of the others.
    #[serde(rename = "inconclusive")]
    Inconclusive,
}
