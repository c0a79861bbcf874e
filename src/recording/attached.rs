//! A process that was not started by profila.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A process that ran before profila attached to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attached {
    /// Its number.
    pub pid: u32,
    /// Its command line.
    pub command: String,
}
