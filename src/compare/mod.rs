//! What was concluded: the comparison of two recordings.
//!
//! Verdicts are made here and nowhere else. [`compare`] goes one way: the runs of
//! both sides are matched into rounds (`rounds`), the lines, blocks and buckets that
//! are compared get their samples of each round (`units`), their costs and the
//! metrics of the whole are judged (`costs`, `metric`), and what the reader should
//! know besides is said (`warnings`).

mod assembly;
mod check;
mod code;
mod conclusion;
mod costs;
mod counters;
mod criteria;
mod doubt;
mod drift;
mod error;
mod files;
mod functions;
mod machines;
mod metric;
mod pairwise;
mod placeless;
mod regions;
mod remarks;
mod rounding;
mod rounds;
mod several;
mod summary;
#[cfg(test)]
mod tests;
mod types;
mod units;
mod warnings;

pub use conclusion::{Conclusion, conclude};
pub use criteria::Options;
pub(crate) use doubt::{SAME_WINDOW, are_fixed_time, are_same_value};
pub use error::CompareError;
pub(crate) use machines::incomplete as incomplete_experiment;
pub use pairwise::compare;
pub(crate) use rounding::of_runs as rounding_of_runs;
pub(crate) use rounds::seconds_per_unit;
pub use several::{Comparisons, SCHEMA_OF_SEVERAL};
pub use types::*;
pub(crate) use warnings::{OF_SAME_VALUE, of_fixed_time, of_whole_process};
