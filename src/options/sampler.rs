//! The tool that takes the samples.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool that takes the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Sampler {
    /// gdb, which stops the script for each sample.
    Gdb,
    /// The kernel's own clocks (`perf_event`), which do not stop it.
    Perf,
    /// The system call of debuggers (`ptrace`), which stops it for about a tenth of a millisecond.
    Ptrace,
    /// `perf` where the system allows it, else `ptrace`, else `gdb`.
    Auto,
}
