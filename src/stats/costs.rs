//! Differences of cost of many units at once, with moderated variances.
//!
//! A unit's cost in one run is its share of the samples times the seconds per unit
//! of work. A handful of runs says little of the variance of each unit, but sampling
//! has a variance that is known, and the units of one comparison have much in
//! common: each unit's own variance is shrunk towards what all units show, in the
//! manner of limma (Smyth 2004).

mod fit;
pub(super) mod trend;

pub(crate) use self::fit::CostFit;
use self::trend::{Moderated, Parts, Trend};
use super::mean::satterthwaite;
use super::{Estimate, Machines, StatsError, check_finite, samples};
use crate::pair::Pair;

/// Units with fewer samples, over all runs of both sides, are not to be tested and
/// do not take part in what the units have in common.
pub(crate) const MIN_SAMPLES: u64 = 10;

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

/// Fits the difference of cost of every unit, in the order of the input. Where runs are paired,
/// each was made on one of these machines, of which some are to be replicates ([`Machines`]).
///
/// The variance of a unit's difference is moderated by a [`Trend`] of three parts:
///
/// - multinomial sampling, Σ t²p(1−p)/N over both sides, times an overdispersion of at least 1;
/// - a part in proportion to the squares of the costs, as for a line that takes longer in some
///   processes than in others;
/// - the runs' own speed, which moves every unit in proportion and is known.
///
/// What these rounds show of a unit, in which the covariance of share and speed within a round
/// is included, is shrunk towards the trend as far as all units say that it may be, or taken as
/// it is where it is well beyond. Only of sampling more is known than the unit's rounds tell:
/// the degrees of freedom are put together as Satterthwaite does.
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
    machines: &Machines,
    runs: &Pair<Vec<Exposure>>,
    units: &[UnitCounts],
) -> Result<Vec<CostFit>, StatsError> {
    check(design, runs, units)?;
    let machines = match design {
        Design::Paired => Pair::new(machines.clone(), machines.clone()),
        Design::Unpaired => runs.as_ref().map(|runs| Machines::one(runs.len())),
    };
    let drafts: Vec<Draft> = units
        .iter()
        .map(|unit| Draft::of(design, &machines, runs, unit))
        .collect();
    let with_enough = drafts.iter().zip(units);
    let with_enough = with_enough.filter(|(_, unit)| pooled(unit) >= MIN_SAMPLES);
    let parts: Vec<Parts> = with_enough.filter_map(|(draft, _)| draft.parts()).collect();
    let trend = Trend::of(&parts);
    Ok(drafts.iter().map(|draft| draft.moderate(&trend)).collect())
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
struct Side<'m> {
    /// The machines of its runs.
    machines: &'m Machines,
    /// Cost in each run.
    costs: Vec<f64>,
    /// What the cost in each run would be at the side's mean share.
    smooth: Vec<f64>,
    /// The multinomial variance of the mean cost.
    multinomial: f64,
}

impl<'m> Side<'m> {
    fn of(machines: &'m Machines, runs: &[Exposure], counts: Option<&Vec<u64>>) -> Self {
        let counts: Vec<f64> = match counts {
            Some(counts) => counts.iter().map(|&k| samples(k)).collect(),
            None => vec![0.0; runs.len()],
        };
        let all: f64 = runs.iter().map(|run| samples(run.samples)).sum();
        let share = counts.iter().sum::<f64>() / all;
        let multinomial = runs
            .iter()
            .map(|run| share * (1.0 - share) * run.seconds * run.seconds / samples(run.samples));
        Self {
            machines,
            costs: runs
                .iter()
                .zip(&counts)
                .map(|(run, k)| k / samples(run.samples) * run.seconds)
                .collect(),
            smooth: runs.iter().map(|run| share * run.seconds).collect(),
            multinomial: machines.variance_of_mean(&multinomial.collect::<Vec<_>>()),
        }
    }

    fn mean(&self) -> f64 {
        self.machines.value(&self.costs)
    }

    /// The variance of the mean of some values of the runs, as the runs show it.
    fn variance(&self, values: &[f64]) -> f64 {
        self.machines.covariance_of_mean(values, values)
    }
}

/// The multinomial variance that the difference of the mean costs would have if the unit cost
/// the same on both sides: that of values with the variance c·(t − c)/N in each run, where c is
/// the cost that makes the samples of both sides together most likely.
fn multinomial_if_equal(machines: &Pair<Machines>, runs: &Pair<Vec<Exposure>>, pooled: u64) -> f64 {
    let all = || runs.before.iter().chain(&runs.after);
    let cost = samples(pooled)
        / all()
            .map(|run| samples(run.samples) / run.seconds)
            .sum::<f64>();
    let side = |machines: &Machines, runs: &[Exposure]| {
        let variance = |run: &Exposure| cost * (run.seconds - cost).max(0.0) / samples(run.samples);
        machines.variance_of_mean(&runs.iter().map(variance).collect::<Vec<_>>())
    };
    side(&machines.before, &runs.before) + side(&machines.after, &runs.after)
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
    /// Number of replicates on each side.
    n: Pair<f64>,
    /// By how much the variance from sampling grows for each second of cost after.
    growth: f64,
    /// Residual degrees of freedom.
    degrees: f64,
}

impl Draft {
    fn of(
        design: Design,
        machines: &Pair<Machines>,
        runs: &Pair<Vec<Exposure>>,
        unit: &UnitCounts,
    ) -> Self {
        let before = Side::of(&machines.before, &runs.before, unit.before.as_ref());
        let after = Side::of(&machines.after, &runs.after, unit.after.as_ref());
        let scale = match unit {
            Pair {
                before: Some(_),
                after: Some(_),
            } => {
                let floor = multinomial_if_equal(machines, runs, pooled(unit));
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
            sampling: sides.map(|side| scale * side.multinomial),
            speed: sides.map(|side| side.variance(&side.smooth)),
            speed_covariance: 0.0,
            seen: before.variance(&before.costs) + after.variance(&after.costs),
            n: machines.as_ref().map(Machines::replicates),
            growth: growth(&machines.after, &runs.after),
            degrees: 0.0,
        };
        let degrees = machines.as_ref().map(Machines::degrees);
        match design {
            _ if degrees.before <= 0.0 || degrees.after <= 0.0 => draft,
            Design::Unpaired => Self {
                degrees: satterthwaite(&[
                    (before.variance(&before.costs), degrees.before),
                    (after.variance(&after.costs), degrees.after),
                ]),
                ..draft
            },
            Design::Paired => {
                let pairs = before.costs.iter().zip(&after.costs);
                let differences: Vec<f64> = pairs.map(|(before, after)| after - before).collect();
                let machines = &machines.before;
                Self {
                    speed_covariance: machines.covariance_of_mean(&before.smooth, &after.smooth),
                    seen: machines.covariance_of_mean(&differences, &differences),
                    degrees: degrees.before,
                    ..draft
                }
            }
        }
    }

    fn speed_variance(&self) -> f64 {
        (self.speed.before + self.speed.after - 2.0 * self.speed_covariance).max(0.0)
    }

    /// What the variance would be on each side if the cost's coefficient of variation were 1.
    fn proportional(&self) -> Pair<f64> {
        self.cost.zip(self.n).map(|(cost, n)| cost * cost / n)
    }

    /// What the variance is made of; absent where it need not vary, or was not seen to.
    fn parts(&self) -> Option<Parts> {
        let parts = self.known_parts();
        (parts.counting + parts.speed > 0.0 && self.degrees > 0.0).then_some(parts)
    }

    fn known_parts(&self) -> Parts {
        let proportional = self.proportional();
        Parts {
            counting: self.sampling.before + self.sampling.after,
            proportional: proportional.before + proportional.after,
            speed: self.speed_variance(),
            seen: self.seen,
            degrees: self.degrees,
        }
    }

    /// The fit, with the variance moderated.
    fn moderate(&self, trend: &Trend) -> CostFit {
        let value = self.cost.after - self.cost.before;
        let parts = self.parts();
        let Moderated { factor, degrees } = match &parts {
            Some(parts) => trend.moderate(parts),
            None => Moderated {
                factor: 1.0,
                degrees: self.degrees,
            },
        };
        let Trend {
            overdispersion,
            cv_squared,
            ..
        } = *trend;
        let variance_by_trend = trend.variance(&self.known_parts());
        let difference = Estimate::with_variance(value, factor * variance_by_trend, degrees);
        let sides = self.sampling.zip(self.proportional()).zip(self.speed);
        let variances = sides.map(|((sampling, proportional), speed)| {
            factor * (overdispersion * sampling + cv_squared * proportional + speed)
        });
        CostFit {
            cost: self.cost,
            difference,
            growth: factor * overdispersion * self.growth,
            own_degrees: self.degrees,
            variances,
            covariance: factor * self.speed_covariance,
        }
    }
}

/// By how much the variance of the mean cost grows for each second of it: what a sample stands for,
/// as a variance of a run's cost.
fn growth(machines: &Machines, runs: &[Exposure]) -> f64 {
    let of_run = |run: &Exposure| run.seconds / samples(run.samples);
    machines.variance_of_mean(&runs.iter().map(of_run).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
