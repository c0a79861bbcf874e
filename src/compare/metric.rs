//! Metrics of the whole script: throughput and peak memory.

use super::rounds::{Rounds, price, price_of};
use super::{Bounds, CompareError, Criteria, Estimate, MetricChange, MetricVerdict};
use crate::pair::{Pair, Side};
use crate::recording::MetricSource;
use crate::stats::{self, Design, Interval, PairedRound};

/// What a metric is of, which decides the words of its verdict.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// How fast work is done.
    Speed,
    /// How much is used.
    Amount,
}

/// How a metric changed. All is done on logarithms of what there is to pay, seconds
/// or bytes, where ratios are differences and both directions of better are one.
pub(super) fn change(
    rounds: &Rounds<'_>,
    source: &MetricSource,
    kind: Kind,
    criteria: &Criteria,
) -> Result<MetricChange, CompareError> {
    let logs = Pair::new(
        log_prices(rounds, source, Side::Before)?,
        log_prices(rounds, source, Side::After)?,
    );
    let gain = gain(rounds, &logs)?;
    let border = criteria.min_effect.ln_1p();
    let interval = gain.interval(criteria.level);
    let verdict = verdict(kind, interval, border);
    let side = |logs: &Vec<f64>| -> Result<Estimate, CompareError> {
        let mean = stats::mean(logs)?;
        let value = |log: f64| price(log.exp(), source.better);
        let ends = mean.interval(criteria.level).map(|ends| ends.map(value));
        // A price that rises is a rate that falls: the ends change places.
        let ordered = ends.map(|ends| Interval {
            low: ends.low.min(ends.high),
            high: ends.low.max(ends.high),
        });
        Ok(Estimate::with(value(mean.value), ordered))
    };
    let open = verdict == MetricVerdict::Inconclusive;
    let distance = (gain.value.abs() - border).abs();
    let needed = || stats::rounds_needed(&gain, distance, criteria.level, rounds.len());
    Ok(MetricChange {
        source: source.source,
        unit: source.unit.clone(),
        better: source.better,
        before: side(&logs.before)?,
        after: side(&logs.after)?,
        ratio: Estimate::with(gain.value.exp(), interval.map(|ends| ends.map(f64::exp))),
        ratio_bounds: bounds(&gain, criteria.level),
        p_value: gain.p_value(),
        verdict,
        smallest_detectable: stats::smallest_detectable(&gain, criteria.level)
            .map(|effect| (border + effect).exp_m1()),
        rounds_needed: if open { needed() } else { None },
    })
}

fn bounds(gain: &stats::Estimate, level: stats::Level) -> Option<Bounds> {
    Some(Bounds {
        low: gain.lower_bound(level)?.exp(),
        high: gain.upper_bound(level)?.exp(),
    })
}

fn log_prices(
    rounds: &Rounds<'_>,
    source: &MetricSource,
    side: Side,
) -> Result<Vec<f64>, CompareError> {
    let runs = rounds.timed.side(side).iter();
    runs.map(|run| Ok(price_of(run, source, side)?.ln()))
        .collect()
}

/// Logarithm of how many times less after pays than before.
fn gain(rounds: &Rounds<'_>, logs: &Pair<Vec<f64>>) -> Result<stats::Estimate, CompareError> {
    Ok(match rounds.design {
        Design::Paired => {
            let pairs = logs.before.iter().zip(&logs.after).zip(rounds.slots());
            let paired: Vec<PairedRound> = pairs
                .map(|((before, after), slot)| PairedRound {
                    difference: before - after,
                    slot,
                })
                .collect();
            stats::paired(&paired)?
        }
        // The difference of the sides as `welch` takes it is the loss.
        Design::Unpaired => stats::welch(&logs.after, &logs.before)?,
    })
}

/// A verdict needs the whole interval of the gain on one side of a border.
fn verdict(kind: Kind, interval: Option<Interval>, border: f64) -> MetricVerdict {
    let (better, worse) = match kind {
        Kind::Amount => (MetricVerdict::Less, MetricVerdict::More),
        Kind::Speed => (MetricVerdict::Faster, MetricVerdict::Slower),
    };
    match interval {
        Some(gain) if gain.is_above(border) => better,
        Some(gain) if gain.is_below(-border) => worse,
        Some(gain) if gain.is_within(-border, border) => MetricVerdict::NoChange,
        _ => MetricVerdict::Inconclusive,
    }
}
