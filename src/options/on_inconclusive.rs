//! What becomes of a gate that is undecided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How to exit where a rule neither passes nor fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnInconclusive {
    /// Exit with 0.
    Pass,
    /// Exit with 0, and warn.
    Warn,
    /// Exit with 3.
    Fail,
}
