//! What a run did in one of its regions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ForeignText;

/// What a run did in a region of its script, within the measured window of the whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionRun {
    /// The name that the script gives it.
    pub name: ForeignText,
    /// How often it was entered, by all threads.
    pub entries: u64,
    /// The units of work that the script says it did there; absent where it says nothing, and an
    /// entry is a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<f64>,
    /// Seconds in which it was open in any thread, regions within it included.
    pub seconds: f64,
    /// How many of the entries were not left before the run ended.
    #[serde(default, skip_serializing_if = "super::profiled::is_none")]
    pub left_open: u64,
}

impl RegionRun {
    /// Units of work: entries where the script does not say how many.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a script enters regions some million times at most"
    )]
    pub fn work(&self) -> f64 {
        self.units.unwrap_or(self.entries as f64)
    }
}
