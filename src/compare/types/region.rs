//! The regions of scripts, beside each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::foreign::ForeignText;
use crate::pair::Pair;

/// What was done in a region of either script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionComparison {
    /// The name that the scripts give it.
    pub name: ForeignText,
    /// What was done there, on the sides that entered it.
    pub sides: Pair<Option<RegionSide>>,
}

/// What the timed runs of a version did in a region: means of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionSide {
    /// How often a run entered it.
    pub entries: f64,
    /// Units of work that a run did there; absent where an entry is a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<f64>,
    /// Seconds for which it was open in a run.
    pub seconds: f64,
    /// Which part of the measured window that is. Regions may be within others.
    pub share: f64,
}
