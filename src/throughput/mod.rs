//! What a run counted: finding the metric in what the script wrote.
//!
//! A value is read where its digits and its unit leave one reading, and is kept in units
//! of work per second or in seconds, whatever prefix it was written with. Numbers are read
//! by `number`, units by `unit`, labels before numbers by `label`, the forms of rates in a
//! line by `forms`, those of harnesses by `harness`. `suspect` knows what has the unit of a
//! rate and may be none, `benchmarks` whether a harness printed several results; `choose`
//! decides which value is the result, and `doubt` says what would read what was not read.
//! `named` has values that the user points at, with a pattern or in the metrics file, and
//! `wanted` what the user asked for. `read` asks them in their order, and `given` makes a
//! reading of the value that one of them has.

mod benchmarks;
mod choose;
mod doubt;
mod forms;
mod given;
mod harness;
mod label;
mod named;
mod number;
mod read;
mod region;
mod restate;
mod suspect;
#[cfg(test)]
mod tests;
mod text;
mod unit;
mod wanted;
mod words;

pub use doubt::{Direction, Likeness, Unread, Way};
pub use read::{read, seconds};
pub use region::{CALLS, of_region};
pub use restate::{restate, restate_recording};
pub use unit::has_direction;
pub use wanted::{Clock, Throughput, WantedSource};

use crate::recording::{Metric, MetricSource};

/// What a run counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value that the script reported; `None` where its seconds are measured.
    pub metric: Option<Metric>,
    /// Where it was found and which direction is better.
    pub source: MetricSource,
    /// What looked like a rate and was not read, so that seconds are measured instead.
    pub unread: Option<Unread>,
}

/// Why a run gave no value that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The source that the user asked for has no value.
    Missing,
    /// The value, as it was reported, is not a number above 0.
    Unusable(String),
    /// It is not known whether more of it is better.
    Undirected {
        /// The value as it was reported.
        value: String,
        /// Its unit, where it has one.
        unit: Option<String>,
    },
    /// It is in a unit that does not become the one that the user names.
    OtherUnit {
        /// The value as it was reported.
        value: String,
        /// Its unit.
        unit: String,
        /// The unit that the user names.
        wanted: String,
    },
    /// The digits that the user's pattern matched have more than one reading.
    Ambiguous {
        /// The digits.
        value: String,
        /// What they may be.
        readings: [f64; 2],
    },
}
