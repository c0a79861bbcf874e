//! The tool that takes the samples.

use schemars::JsonSchema;
use serde::Deserialize;

/// The tool that takes the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sampler {
    /// gdb.
    #[default]
    Gdb,
}
