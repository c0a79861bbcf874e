//! Where compiled code lies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where compiled code begins within a page of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// At a place that every run draws.
    Random,
    /// At the start, in every run.
    Fixed,
}
