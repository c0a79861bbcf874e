//! One process.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Metric, Processes, ProfiledRun, RegionRun};

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Round of the block, counted from 1.
    pub round: u32,
    /// Place among the block's runs of all variants, counted from 0.
    pub position: u32,
    /// Whether the run was timed or profiled.
    pub kind: RunKind,
    /// Exit code of the script.
    pub exit_code: i32,
    /// Seconds from start to exit.
    pub wall_s: f64,
    /// Seconds of processor time, user and system.
    pub cpu_s: f64,
    /// Seconds of the measured window, or of the region where only that was measured.
    pub window_s: f64,
    /// Largest resident set, in bytes.
    pub peak_rss_bytes: u64,
    /// Where the code that was compiled began, in bytes behind the start of a page; absent
    /// where that was not drawn, and it began at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<u32>,
    /// What the script reported, where it did.
    pub metric: Option<Metric>,
    /// What was done in each region of the script, in the order in which they were first entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionRun>,
    /// Its processes, where children were followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processes: Option<Processes>,
    /// What the sampler saw; absent in timed runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfiledRun>,
}

impl Run {
    /// Seconds of the measured windows of all processes that were measured.
    pub fn process_seconds(&self) -> f64 {
        self.processes.map_or(self.window_s, |it| it.seconds)
    }

    /// Seconds of process time for each second of the measured window: how many processes that
    /// were measured there were at a time. 1 where children were ignored.
    pub fn processes_at_once(&self) -> f64 {
        match self.processes {
            Some(processes) if self.window_s > 0.0 => processes.seconds / self.window_s,
            _ => 1.0,
        }
    }
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// No tracer, no line tables: gives throughput.
    Timed,
    /// Under the sampler: gives shares.
    Profiled,
    /// Line tables, but no tracer: gives what the build alone costs.
    Control,
}

impl fmt::Display for RunKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timed => "timed",
            Self::Profiled => "profiled",
            Self::Control => "control",
        })
    }
}
