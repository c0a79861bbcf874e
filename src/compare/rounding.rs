//! What printing with few digits takes from the values of runs.

use super::MetricKind;
use super::metric::Quantity;
use super::rounds::Rounds;
use crate::pair::Side;
use crate::recording::{Metric, MetricSource, Run};
use crate::stats;

/// By how much the logarithm of a ratio may be off because the scripts rounded what they
/// reported; what profila measures itself is not rounded.
pub(super) fn allowance(rounds: &Rounds<'_>, quantity: Quantity<'_>) -> f64 {
    if !matches!(quantity.kind, MetricKind::Pattern | MetricKind::Metrics) {
        return 0.0;
    }
    let of_side = |side| of_printed(rounds.timed.side(side).iter().copied());
    of_side(Side::Before) + of_side(Side::After)
}

/// By how much the logarithm of the mean time per unit of work of some runs may be off because
/// their script rounded what it reported.
pub(crate) fn of_runs<'r>(runs: impl Iterator<Item = &'r Run>, source: &MetricSource) -> f64 {
    if source.source.is_reported() {
        of_printed(runs)
    } else {
        0.0
    }
}

fn of_printed<'r>(runs: impl Iterator<Item = &'r Run>) -> f64 {
    let metrics: Vec<&Metric> = runs.filter_map(|run| run.metric.as_ref()).collect();
    let values: Vec<f64> = metrics.iter().map(|metric| metric.value).collect();
    let steps = metrics.iter().map(|metric| printed_step(metric));
    // What ends in a zero may be printed without it.
    let step = steps.fold(f64::INFINITY, f64::min);
    stats::rounding_allowance(&values, step)
}

/// A step of the last digit printed: that of the shortest decimal form, where it was not
/// noted.
pub(super) fn printed_step(metric: &Metric) -> f64 {
    let text = metric.value.to_string();
    let after_point = text.split_once('.').map_or(0, |(_, digits)| digits.len());
    let decimals = i32::try_from(after_point).unwrap_or(i32::MAX);
    metric.step.unwrap_or(0.1_f64.powi(decimals))
}
