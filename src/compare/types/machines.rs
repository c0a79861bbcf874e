//! The machines on which an experiment was made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::recording::Machine;

/// One of several machines, and what was found on it alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MachineComparison {
    /// Which one.
    pub machine: Machine,
    /// Blocks of runs that were made on it.
    pub blocks: u32,
    /// Rounds that were made on it, of those that are compared.
    pub rounds: u32,
    /// Mean seconds per unit of work before.
    pub seconds_per_unit: f64,
    /// How many times as fast the version after is there.
    pub ratio: f64,
}
