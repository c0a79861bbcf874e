//! Differences of cost of many units at once, with moderated variances.
//!
//! A unit's cost in one run is its share of the samples times the seconds per unit
//! of work. A handful of runs says little of the variance of each unit, but sampling
//! has a variance that is known, and the units of one comparison have much in
//! common: each unit's own variance is shrunk towards what all units show, in the
//! manner of limma (Smyth 2004).

use super::mean::{satterthwaite, settle};
use super::{Estimate, Interval, Level, StatsError, check_finite, count, samples};
use crate::pair::Pair;

/// Units with fewer samples, over all runs of both sides, are not to be tested and
/// do not take part in what the units have in common.
pub(crate) const MIN_SAMPLES: u64 = 10;

/// Weight, in degrees of freedom, of what all units have in common.
const PRIOR_DEGREES: f64 = 6.0;

/// What one run measured as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exposure {
    /// Seconds per unit of work, above 0.
    pub seconds: f64,
    /// Samples of the measured window, above 0.
    pub samples: u64,
}

/// Samples of one unit, a run of the side each; `None` where the unit does not exist
/// on that side, so that its cost there is 0 and not merely unseen.
pub(crate) type UnitCounts = Pair<Option<Vec<u64>>>;

/// How the runs of the two sides belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Design {
    /// The i-th runs of both sides were one round.
    Paired,
    /// They have nothing to do with each other.
    Unpaired,
}

/// The cost of one unit on both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CostFit {
    /// Mean cost on each side, in seconds per unit of work.
    pub cost: Pair<f64>,
    /// After minus before, in seconds per unit of work.
    pub difference: Estimate,
    /// Variances of the mean costs, and their covariance, as moderated.
    variances: Pair<f64>,
    covariance: f64,
}

impl CostFit {
    /// After over before; absent where before costs nothing.
    pub(crate) fn ratio(&self) -> Option<f64> {
        (self.cost.before > 0.0).then(|| self.cost.after / self.cost.before)
    }

    /// The ratios that the data allow at a level, by Fieller's theorem (1954), so
    /// that 1 is among them exactly when 0 is in the interval of the difference.
    /// Absent where the cost before is itself not clearly above 0: then no ratio is
    /// too large.
    pub(crate) fn ratio_interval(&self, level: Level) -> Option<Interval> {
        self.ratios(1.0 - level.alpha() / 2.0)
    }

    /// The ratio that the true one is above, and the one that it is below, each by itself
    /// at a level above 0.5. Absent as [`ratio_interval`](Self::ratio_interval) is.
    pub(crate) fn ratio_bounds(&self, level: Level) -> Option<Interval> {
        self.ratios(level.get())
    }

    /// The ratios between which the true one is, beyond each of which it is with the
    /// chance that this quantile leaves.
    fn ratios(&self, quantile: f64) -> Option<Interval> {
        let spread = self.difference.spread?;
        let t_squared = spread.quantile(quantile)?.powi(2);
        let Pair { before, after } = self.cost;
        // ρ is allowed where (after − ρ·before)² ≤ t²·Var(after − ρ·before).
        let a = before * before - t_squared * self.variances.before;
        let b = before * after - t_squared * self.covariance;
        let c = after * after - t_squared * self.variances.after;
        if a <= 0.0 {
            return None;
        }
        let root = (b * b - a * c).max(0.0).sqrt();
        Some(Interval {
            low: ((b - root) / a).max(0.0),
            high: (b + root) / a,
        })
    }
}

/// Fits the difference of cost of every unit, in the order of the input.
///
/// For each unit v0 is the variance that a run's difference must have, from two
/// known sources: multinomial sampling, Σ t²p(1−p)/N over both sides, and the runs'
/// own speed, which moves every unit in proportion. φ = s²/v0 says how much more it
/// varied, and φ0 = max(1, mean φ) how much more units do. The moderated
/// φ̃ = max(1, (6φ0 + dφ)/(6 + d)), with d residual degrees of freedom, gives the
/// variance φ̃·v0/n, on 6 + d degrees of freedom for the part that is sampling and d
/// for the part that is speed, put together as Satterthwaite does.
///
/// The multinomial variance is the larger of two: at the shares that were seen, and
/// at those that would be seen if the cost were equal. The first alone is too small
/// for a unit without samples on the slower side, where few are expected.
///
/// Fewer than two runs on a side, or rounds, give estimates without spread. Fails
/// where a run has no samples or no time, a time is not finite, or runs are not
/// matched: paired sides with different numbers of runs, a unit without a count for
/// each.
pub(crate) fn cost_differences(
    design: Design,
    runs: &Pair<Vec<Exposure>>,
    units: &[UnitCounts],
) -> Result<Vec<CostFit>, StatsError> {
    check(design, runs, units)?;
    let drafts: Vec<Draft> = units
        .iter()
        .map(|unit| Draft::of(design, runs, unit))
        .collect();
    let excesses: Vec<f64> = drafts
        .iter()
        .zip(units)
        .filter(|(_, unit)| pooled(unit) >= MIN_SAMPLES)
        .filter_map(|(draft, _)| draft.excess())
        .collect();
    let common = if excesses.is_empty() {
        1.0
    } else {
        (excesses.iter().sum::<f64>() / count(excesses.len())).max(1.0)
    };
    Ok(drafts.iter().map(|draft| draft.moderate(common)).collect())
}

fn pooled(unit: &UnitCounts) -> u64 {
    [&unit.before, &unit.after]
        .into_iter()
        .flatten()
        .flatten()
        .sum()
}

fn check(
    design: Design,
    runs: &Pair<Vec<Exposure>>,
    units: &[UnitCounts],
) -> Result<(), StatsError> {
    let all = || runs.before.iter().chain(&runs.after);
    check_finite(all().map(|run| run.seconds))?;
    if runs.before.is_empty() || runs.after.is_empty() {
        return Err(StatsError::Empty);
    }
    if all().any(|run| run.samples == 0 || run.seconds <= 0.0) {
        return Err(StatsError::EmptyRun);
    }
    let matched = |counts: &Option<Vec<u64>>, runs: &[Exposure]| {
        counts
            .as_ref()
            .is_none_or(|counts| counts.len() == runs.len())
    };
    let all_matched = units
        .iter()
        .all(|unit| matched(&unit.before, &runs.before) && matched(&unit.after, &runs.after));
    let paired = design == Design::Unpaired || runs.before.len() == runs.after.len();
    if all_matched && paired {
        Ok(())
    } else {
        Err(StatsError::Unmatched)
    }
}

/// One side of a unit.
struct Side {
    /// Number of runs.
    n: f64,
    /// Cost in each run.
    costs: Vec<f64>,
    /// What the cost in each run would be at the side's mean share.
    smooth: Vec<f64>,
    /// Mean over the runs of the multinomial variance of a run's cost.
    multinomial: f64,
}

impl Side {
    fn of(runs: &[Exposure], counts: Option<&Vec<u64>>) -> Self {
        let n = count(runs.len());
        let counts: Vec<f64> = match counts {
            Some(counts) => counts.iter().map(|&k| samples(k)).collect(),
            None => vec![0.0; runs.len()],
        };
        let all: f64 = runs.iter().map(|run| samples(run.samples)).sum();
        let share = counts.iter().sum::<f64>() / all;
        let weighted = |run: &Exposure| run.seconds * run.seconds / samples(run.samples);
        Self {
            n,
            costs: runs
                .iter()
                .zip(&counts)
                .map(|(run, k)| k / samples(run.samples) * run.seconds)
                .collect(),
            smooth: runs.iter().map(|run| share * run.seconds).collect(),
            multinomial: share * (1.0 - share) * runs.iter().map(weighted).sum::<f64>() / n,
        }
    }

    fn mean(&self) -> f64 {
        self.costs.iter().sum::<f64>() / self.n
    }
}

/// The multinomial variance that both sides' differences would have if the unit cost
/// the same on both: the mean over runs of c·(t − c)/N, each side, where c is the
/// cost that makes the samples of both sides together most likely.
fn multinomial_if_equal(runs: &Pair<Vec<Exposure>>, pooled: u64) -> f64 {
    let all = || runs.before.iter().chain(&runs.after);
    let cost = samples(pooled)
        / all()
            .map(|run| samples(run.samples) / run.seconds)
            .sum::<f64>();
    let side = |runs: &[Exposure]| {
        let variance = |run: &Exposure| cost * (run.seconds - cost).max(0.0) / samples(run.samples);
        runs.iter().map(variance).sum::<f64>() / count(runs.len())
    };
    side(&runs.before) + side(&runs.after)
}

/// A unit before its variance is moderated. All variances are of the mean cost.
struct Draft {
    cost: Pair<f64>,
    /// From multinomial sampling, each side.
    sampling: Pair<f64>,
    /// From the runs' speed, each side, and the sides' covariance.
    speed: Pair<f64>,
    speed_covariance: f64,
    /// Variance of the mean difference as the runs show it.
    seen: f64,
    /// Residual degrees of freedom.
    degrees: f64,
}

impl Draft {
    fn of(design: Design, runs: &Pair<Vec<Exposure>>, unit: &UnitCounts) -> Self {
        let before = Side::of(&runs.before, unit.before.as_ref());
        let after = Side::of(&runs.after, unit.after.as_ref());
        let scale = match unit {
            Pair {
                before: Some(_),
                after: Some(_),
            } => {
                let floor = multinomial_if_equal(runs, pooled(unit));
                let sum = before.multinomial + after.multinomial;
                if sum > 0.0 {
                    (floor / sum).max(1.0)
                } else {
                    1.0
                }
            }
            _ => 1.0,
        };
        let sides = Pair::new(&before, &after);
        let draft = Self {
            cost: sides.map(Side::mean),
            sampling: sides.map(|side| scale * side.multinomial / side.n),
            speed: sides.map(|side| variance(&side.smooth) / side.n),
            speed_covariance: 0.0,
            seen: variance(&before.costs) / before.n + variance(&after.costs) / after.n,
            degrees: before.n + after.n - 2.0,
        };
        match design {
            _ if before.n < 2.0 || after.n < 2.0 => Self {
                degrees: 0.0,
                ..draft
            },
            Design::Unpaired => draft,
            Design::Paired => {
                let pairs = before.costs.iter().zip(&after.costs);
                let differences: Vec<f64> = pairs.map(|(before, after)| after - before).collect();
                Self {
                    speed_covariance: covariance(&before.smooth, &after.smooth) / before.n,
                    seen: variance(&differences) / before.n,
                    degrees: before.n - 1.0,
                    ..draft
                }
            }
        }
    }

    fn sampling_variance(&self) -> f64 {
        self.sampling.before + self.sampling.after
    }

    fn speed_variance(&self) -> f64 {
        (self.speed.before + self.speed.after - 2.0 * self.speed_covariance).max(0.0)
    }

    /// φ: how much more the cost varied than it must; absent where it need not vary.
    fn excess(&self) -> Option<f64> {
        let known = self.sampling_variance() + self.speed_variance();
        (known > 0.0 && self.degrees > 0.0).then(|| self.seen / known)
    }

    /// The fit, with φ shrunk towards `common`.
    fn moderate(&self, common: f64) -> CostFit {
        let value = self.cost.after - self.cost.before;
        let factor = self.excess().map_or(1.0, |excess| {
            let weighted = PRIOR_DEGREES * common + self.degrees * excess;
            (weighted / (PRIOR_DEGREES + self.degrees)).max(1.0)
        });
        let (sampling, speed) = (self.sampling_variance(), self.speed_variance());
        let difference = if self.degrees > 0.0 {
            let degrees = satterthwaite(&[
                (sampling, PRIOR_DEGREES + self.degrees),
                (speed, self.degrees),
            ]);
            Estimate::with_variance(value, factor * (sampling + speed), degrees)
        } else {
            Estimate::without_spread(value)
        };
        CostFit {
            cost: self.cost,
            difference,
            variances: self.sampling.zip(self.speed).map(|(a, b)| factor * (a + b)),
            covariance: factor * self.speed_covariance,
        }
    }
}

/// Sample variance, with n − 1 in the denominator.
fn variance(values: &[f64]) -> f64 {
    covariance(values, values)
}

/// Sample covariance, with n − 1 in the denominator; 0 of fewer than two values, and
/// where it is no more than rounding.
fn covariance(x: &[f64], y: &[f64]) -> f64 {
    if x.len() < 2 {
        return 0.0;
    }
    let n = count(x.len());
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let products: f64 = x
        .iter()
        .zip(y)
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    settle(products.abs() / (n - 1.0), mean_x.abs().max(mean_y.abs())) * products.signum()
}

#[cfg(test)]
mod tests;
