//! What becomes of the child processes of a script.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of the child processes of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Children {
    /// They run as they would without profila, which sees nothing of them.
    Ignore,
    /// Those that run Python are measured too: workers of `multiprocessing`, of
    /// `concurrent.futures` and of joblib.
    Follow,
}
