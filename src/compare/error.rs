//! Why two recordings cannot be compared.

use crate::pair::Side;
use crate::recording::RunKind;
use crate::stats::StatsError;

/// Why two recordings cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// The sides measured different things.
    #[error("the two sides measured different things: {before} before, {after} after")]
    DifferentMetrics {
        /// What was measured before.
        before: String,
        /// What was measured after.
        after: String,
    },
    /// The sides are of different regions of their scripts.
    #[error("{before} was measured before, {after} after")]
    DifferentRegions {
        /// What was measured before.
        before: String,
        /// What was measured after.
        after: String,
    },
    /// A side has no timed run.
    #[error("the {side} version has no timed run")]
    NoTimedRun {
        /// The side.
        side: Side,
    },
    /// The recordings are of one experiment but share no round.
    #[error("no round has a timed and a profiled run of both versions")]
    NoCommonRound,
    /// The recordings are of one experiment, but not of the same blocks.
    #[error(
        "both recordings are of one experiment, but its blocks, which the rounds are paired by, \
         differ in their number, machines or seeds"
    )]
    DifferentBlocks,
    /// A side has no run with samples in its measured window.
    #[error("no sample of the {side} version fell in its measured window")]
    NoSamples {
        /// The side.
        side: Side,
    },
    /// A timed run reported no metric.
    #[error("the timed run of the {side} version in round {round} reported no metric")]
    NoMetric {
        /// The side.
        side: Side,
        /// The round.
        round: u32,
    },
    /// A value is not finite or not above 0.
    #[error(
        "round {round} of the {side} version reported {value}, which is not a finite number above 0"
    )]
    BadValue {
        /// The side.
        side: Side,
        /// The round.
        round: u32,
        /// The value.
        value: f64,
    },
    /// A profiled run's counts contradict each other.
    #[error("the samples of round {round} of the {side} version do not add up")]
    Inconsistent {
        /// The side.
        side: Side,
        /// The round.
        round: u32,
    },
    /// Two runs of one side claim the same place.
    #[error("the {side} version has two {kind} runs in round {round}")]
    RepeatedRound {
        /// The side.
        side: Side,
        /// The round.
        round: u32,
        /// Timed or profiled.
        kind: RunKind,
    },
    /// The least effect is not a number from 0 on.
    #[error("the minimum effect must be a number of at least 0, not {0}")]
    MinEffect(f64),
    /// The numbers have no answer.
    #[error(transparent)]
    Stats(#[from] StatsError),
}
