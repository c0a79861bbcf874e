//! The processes of a run whose children were followed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Recording;
use super::profiled::is_none;

/// The processes of a run whose children were followed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Processes {
    /// Children that were followed and had compiled code to run.
    pub followed: u64,
    /// Seconds of the windows of all processes together, that of the script with them unless
    /// nothing was compiled in it.
    pub seconds: f64,
    /// Those of the children that no sampler could watch: the run has no samples of them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unwatched: u64,
    /// Children that were not followed, because there were too many at once. Whether they had
    /// anything to do with compiled code is unknown.
    #[serde(default, skip_serializing_if = "is_none")]
    pub left_out: u64,
}

impl Recording {
    /// The most children that were followed in one run and had compiled code to run; `None` where
    /// children were ignored.
    pub fn most_followed(&self) -> Option<u64> {
        let processes = self.runs().filter_map(|run| run.processes);
        processes.map(|it| it.followed).max()
    }
}
