//! What the user asked to count.

use regex::Regex;

use crate::recording::{Better, ThroughputSource};

/// How to find the throughput of a run.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// Where to look.
    pub source: WantedSource,
    /// What to look for: present if and only if the source is
    /// [`ThroughputSource::Pattern`]. Its group `value` is the number, `fraction` what is behind
    /// its decimal mark, `unit` the unit.
    pub pattern: Option<Regex>,
    /// The unit, where the user names it.
    pub unit: Option<String>,
    /// Which direction is better, where the user says so.
    pub better: Option<Better>,
}

/// Where the throughput of a run is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedSource {
    /// In the metrics file, then in the last line of output that has a rate or the time
    /// of a unit of work, else in the seconds of the measured window.
    Auto,
    /// Only there.
    Only(ThroughputSource),
}
