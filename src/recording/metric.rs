//! What a run is measured by: what its throughput is taken from, and what the script reported.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who chose where the metric of runs comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// Profila, by what it found.
    #[default]
    Found,
    /// The user, with `source` or `pattern`.
    Named,
}

impl Chosen {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a run's metric comes from, and how to read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MetricSource {
    /// What the value is taken from.
    pub source: ThroughputSource,
    /// Unit of the value, such as `images / sec` or `s`.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
}

/// What the throughput of a run is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ThroughputSource {
    /// A pattern matched in the script's standard output.
    Pattern,
    /// A line of the file named by `PROFILA_METRICS`.
    Metrics,
    /// Units of work that the script says it did in the region that was measured, or entries of
    /// that, for each second in it.
    Region,
    /// Seconds of the measured window.
    Window,
    /// Seconds from start to exit.
    Wall,
    /// Seconds of processor time.
    Cpu,
}

impl ThroughputSource {
    /// Whether the script reports what it did, and it is not the time alone that is compared.
    pub const fn is_reported(self) -> bool {
        match self {
            Self::Pattern | Self::Metrics | Self::Region => true,
            Self::Window | Self::Wall | Self::Cpu => false,
        }
    }
}

impl fmt::Display for ThroughputSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pattern => "the script's output",
            Self::Metrics => "the metrics file",
            Self::Region => "the region's units",
            Self::Window => "the measured window",
            Self::Wall => "the time from start to exit",
            Self::Cpu => "processor time",
        })
    }
}

/// Which direction of a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// A rate: units of work per second.
    Higher,
    /// A duration: seconds per unit of work.
    Lower,
}

/// A value that the script reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// Name of the metric.
    pub name: String,
    /// Unit of the value: what is counted per second for a rate, seconds for a time,
    /// whatever prefix the script printed it with.
    pub unit: String,
    /// The value, finite and positive.
    pub value: f64,
    /// The size of one step of the last printed digit, in the same unit, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
}
