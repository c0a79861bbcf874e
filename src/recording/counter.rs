//! What the processor and the kernel counted in one run, by line.

use std::fmt;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profiled::is_none;
use crate::source::LineNumber;

/// Something that the processor, or the kernel, can count.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Counter {
    /// Cycles of the processor.
    Cycles,
    /// Instructions that it has completed.
    Instructions,
    /// Branches that it predicted wrongly.
    BranchMisses,
    /// Accesses to memory that the last cache could not serve.
    CacheMisses,
    /// Accesses to pages of memory that the kernel has to provide, nearly always the first ones. It
    /// counts these itself, on any machine.
    PageFaults,
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cycles => "cycles",
            Self::Instructions => "instructions",
            Self::BranchMisses => "branch misses",
            Self::CacheMisses => "cache misses",
            Self::PageFaults => "page faults",
        })
    }
}

/// What one counter counted in the measured window of one run, in the script's own code: not in
/// what the kernel did for it.
///
/// Not every event is looked at: one in so many is, and stands for those before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountedEvents {
    /// The counter.
    pub counter: Counter,
    /// All events, on lines and elsewhere.
    pub events: u64,
    /// How many were looked at.
    pub samples: u64,
    /// How many were to be looked at, and were not: there was no room to note them. Then `events`
    /// are too few.
    #[serde(default, skip_serializing_if = "is_none")]
    pub lost: u64,
    /// Those on lines, sorted by file and line.
    pub lines: Vec<LineEvents>,
}

/// The events of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineEvents {
    /// The file, by its path in [`Recording::sources`](super::Recording::sources).
    pub file: String,
    /// The line: the innermost one of the user's, as for samples.
    pub line: LineNumber,
    /// How many.
    pub events: u64,
    /// How many of them were looked at.
    pub samples: u64,
}
