//! What the user asked to count.

use regex::Regex;

use crate::recording::{Better, ThroughputSource};

/// How to find the throughput of a run.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// Where to look.
    pub source: WantedSource,
    /// The unit, where the user names it.
    pub unit: Option<String>,
    /// Which direction is better, where the user says so.
    pub better: Option<Better>,
}

/// Where the throughput of a run is looked for.
#[derive(Clone, Debug)]
pub enum WantedSource {
    /// In the metrics file, then in the last line of output that has a rate or the time
    /// of a unit of work, else in the seconds of the measured window.
    Auto,
    /// In what the last match of this pattern in the output has in its groups: `value` is the
    /// number, `fraction` what is behind its decimal mark, `unit` the unit.
    Pattern(Regex),
    /// In the metrics file.
    Metrics,
    /// Nowhere: these seconds are what is compared.
    Seconds(Clock),
}

/// Which seconds profila measures itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Those of the measured window.
    Window,
    /// Those from start to exit.
    Wall,
    /// Those of processor time.
    Cpu,
}

impl From<Clock> for ThroughputSource {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Window => Self::Window,
            Clock::Wall => Self::Wall,
            Clock::Cpu => Self::Cpu,
        }
    }
}
