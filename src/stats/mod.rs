//! Numbers only: estimates, intervals, tests, corrections, power.
//!
//! Nothing here knows of a line, a file or a verdict. Every estimator gives an
//! [`Estimate`]: a value with a standard error and degrees of freedom, from which
//! intervals, bounds, p-values and power all follow in one way. Too few values
//! give an estimate without a standard error, never a NaN.
//!
//! Of `statrs` only distributions and the gamma function are used.

mod blocked;
mod classes;
mod costs;
mod estimate;
mod growth;
mod looks;
mod machines;
mod mean;
mod multiple;
mod numbers;
mod paired;
mod power;
mod rounding;
mod shift;
#[cfg(test)]
pub(crate) mod simulation;
mod student;
mod two_way;

pub(crate) use blocked::Blocked;
pub(crate) use classes::explained_by_class;
pub(crate) use costs::{CostFit, Design, Exposure, MIN_SAMPLES, UnitCounts, cost_differences};
pub(crate) use estimate::{Estimate, Interval, Level, Spread};
pub(crate) use growth::{Growth, LEAST_BEND, Sizes, growth, growths};
pub(crate) use looks::{LOOKS, allowance_after, level_of_looks, looks_up_to};
pub(crate) use machines::{ENOUGH_MACHINES, Machines, Scope};
pub(crate) use mean::{mean, welch};
pub(crate) use multiple::{benjamini_hochberg, holm};
use numbers::check_finite;
pub(crate) use numbers::{count, samples};
pub(crate) use paired::{PairedRound, Slot, paired};
pub(crate) use power::{
    Aim, NOMINAL_POWER, POWER, RoundsNeeded, rounds_needed, smallest_detectable,
};
pub(crate) use rounding::rounding_allowance;
pub(crate) use shift::Shift;
pub(crate) use two_way::{Group, Observation, TwoWay, two_way};

/// What was asked of this module that has no answer.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum StatsError {
    /// A value is NaN or infinite.
    #[error("a value is not a finite number: {0}")]
    NotFinite(f64),
    /// There are no values at all.
    #[error("there are no values to estimate from")]
    Empty,
    /// A confidence level is not between 0 and 1.
    #[error("a confidence level lies between 0 and 1, not at {0}")]
    Level(f64),
    /// A run has no samples, or takes no time, so that it has no costs.
    #[error("a run without samples or without duration has no costs")]
    EmptyRun,
    /// Values that belong together are not equally many.
    #[error("values that belong together are not equally many")]
    Unmatched,
}
