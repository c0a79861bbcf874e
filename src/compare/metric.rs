//! Metrics of the whole script: throughput and peak memory.

use super::criteria::Criteria;
use super::rounding;
use super::rounds::{Rounds, price, price_of};
use super::{Bounds, CompareError, Estimate, MetricChange, MetricKind, MetricVerdict};
use crate::pair::{Pair, Side};
use crate::recording::{Better, MetricSource};
use crate::stats::{self, Aim, Design, Interval, NOMINAL_POWER, PairedRound, Scope, Shift};

/// What is compared of runs, and in what words.
#[derive(Clone, Copy)]
pub(super) struct Quantity<'a> {
    /// What it is.
    pub(super) kind: MetricKind,
    /// The unit of its values.
    pub(super) unit: &'a str,
    /// Which direction is better.
    pub(super) better: Better,
    words: Words,
}

/// The words of a verdict.
#[derive(Clone, Copy)]
enum Words {
    /// Work is done faster or slower.
    Speed,
    /// More is used, or less.
    Amount,
}

impl<'a> Quantity<'a> {
    /// Largest resident set.
    pub(super) const PEAK_MEMORY: Self = Self {
        kind: MetricKind::Memory,
        unit: "bytes",
        better: Better::Lower,
        words: Words::Amount,
    };

    /// Processor time, whatever throughput is taken from.
    pub(super) const CPU_TIME: Self = Self {
        kind: MetricKind::Cpu,
        unit: "s",
        better: Better::Lower,
        words: Words::Amount,
    };

    /// How fast work is done.
    pub(super) fn throughput(source: &'a MetricSource) -> Self {
        Self {
            kind: source.source.into(),
            unit: &source.unit,
            better: source.better,
            words: Words::Speed,
        }
    }
}

/// How a quantity changed. All is done on logarithms of what there is to pay, seconds
/// or bytes, where ratios are differences and both directions of better are one.
pub(super) fn change(
    rounds: &Rounds<'_>,
    quantity: Quantity<'_>,
    criteria: &Criteria,
) -> Result<MetricChange, CompareError> {
    let logs = Pair::new(
        log_prices(rounds, quantity, Side::Before)?,
        log_prices(rounds, quantity, Side::After)?,
    );
    // How much memory is used does not depend on how fast the machine is.
    let of_time = match quantity.kind {
        MetricKind::Memory => 0.0,
        _ => criteria.allowance + criteria.drift.log(),
    };
    let allowance = of_time + rounding::allowance(rounds, quantity);
    let gain = gain(rounds, &logs)?.widened(allowance);
    let border = criteria.min_effect.ln_1p();
    let interval = gain.interval(criteria.level);
    // Of two estimates the sharper one may be just outside of what both allow.
    let value = interval.map_or(gain.value(), |it| gain.value().clamp(it.low, it.high));
    let verdict = verdict(quantity.words, interval, border);
    let side = |logs: &Vec<f64>| -> Result<Estimate, CompareError> {
        let mean = rounds.mean_of_timed(logs)?;
        let value = |log: f64| price(log.exp(), quantity.better);
        let ends = mean.interval(criteria.level).map(|ends| ends.map(value));
        // A price that rises is a rate that falls: the ends change places.
        let ordered = ends.map(|ends| Interval {
            low: ends.low.min(ends.high),
            high: ends.low.max(ends.high),
        });
        Ok(Estimate::with(value(mean.value), ordered))
    };
    // How many machines are needed is another question, which rounds do not answer.
    let is_on_one = rounds.machines.scope() == Scope::One;
    let open = verdict == MetricVerdict::Inconclusive && is_on_one;
    let aim = Aim {
        beyond: (border, criteria.level),
        within: (border, criteria.level),
    };
    let needed = stats::rounds_needed(&gain, aim, rounds.len()).filter(|_| open);
    Ok(MetricChange {
        source: quantity.kind,
        unit: quantity.unit.to_owned(),
        better: quantity.better,
        before: side(&logs.before)?,
        after: side(&logs.after)?,
        ratio: Estimate::with(value.exp(), interval.map(|ends| ends.map(f64::exp))),
        ratio_bounds: bounds(&gain, criteria.level),
        p_value: gain.p_value(),
        verdict,
        smallest_detectable: stats::smallest_detectable(&gain, criteria.level, 0.0, NOMINAL_POWER)
            .map(|effect| (border + effect).exp_m1()),
        rounds_needed: needed.map(|it| it.high),
        rounds_at_least: needed.map(|it| it.low),
    })
}

fn bounds(gain: &Shift, level: stats::Level) -> Option<Bounds> {
    Some(Bounds {
        low: gain.lower_bound(level)?.exp(),
        high: gain.upper_bound(level)?.exp(),
    })
}

fn log_prices(
    rounds: &Rounds<'_>,
    quantity: Quantity<'_>,
    side: Side,
) -> Result<Vec<f64>, CompareError> {
    let runs = rounds.timed.side(side).iter();
    runs.map(|run| Ok(price_of(run, quantity, side)?.ln()))
        .collect()
}

/// The rounds of both sides, by the logarithm of how many times less after pays.
pub(super) fn paired_rounds(
    rounds: &Rounds<'_>,
    quantity: Quantity<'_>,
) -> Result<Vec<PairedRound>, CompareError> {
    let logs = Pair::new(
        log_prices(rounds, quantity, Side::Before)?,
        log_prices(rounds, quantity, Side::After)?,
    );
    Ok(paired_of(rounds, &logs))
}

fn paired_of(rounds: &Rounds<'_>, logs: &Pair<Vec<f64>>) -> Vec<PairedRound> {
    let pairs = logs.before.iter().zip(&logs.after).zip(rounds.slots());
    let paired = pairs.map(|((before, after), slot)| PairedRound {
        difference: before - after,
        slot,
    });
    paired.collect()
}

/// Logarithm of how many times less after pays than before.
fn gain(rounds: &Rounds<'_>, logs: &Pair<Vec<f64>>) -> Result<Shift, CompareError> {
    Ok(match rounds.design {
        Design::Paired => rounds.machines.paired(&paired_of(rounds, logs))?,
        // The difference of the sides as `welch` takes it is the loss.
        Design::Unpaired => stats::welch(&logs.after, &logs.before)?.into(),
    })
}

/// A verdict needs the whole interval of the gain on one side of a border.
fn verdict(words: Words, interval: Option<Interval>, border: f64) -> MetricVerdict {
    let (better, worse) = match words {
        Words::Amount => (MetricVerdict::Less, MetricVerdict::More),
        Words::Speed => (MetricVerdict::Faster, MetricVerdict::Slower),
    };
    match interval {
        Some(gain) if gain.is_above(border) => better,
        Some(gain) if gain.is_below(-border) => worse,
        Some(gain) if gain.is_within(-border, border) => MetricVerdict::NoChange,
        _ => MetricVerdict::Inconclusive,
    }
}
