//! The tool that takes the samples.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool that takes the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sampler {
    /// gdb.
    Gdb,
}
