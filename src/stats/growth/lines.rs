//! How the costs of many units grow, of which samples are counted.
//!
//! A unit's cost in a run is its share of the samples times the seconds per unit of work. Few
//! samples say little of its logarithm, and none say nothing: the mean costs are fitted by
//! quasi-likelihood with a logarithmic link (Wedderburn 1974), in which nothing is
//! taken the logarithm of. Its variance is that of [`cost_differences`]: counting, and what is
//! in proportion to the cost (as in `edgeR`), moderated by what all units show.
//!
//! [`cost_differences`]: crate::stats::cost_differences

use super::{Bend, Growth, Sizes, Slope, logarithms};
use crate::stats::costs::trend::{Moderated, Parts, Trend};
use crate::stats::{
    Blocked, Estimate, Exposure, MIN_SAMPLES, StatsError, check_finite, count, samples,
};

/// Rounds of fitting weights to the variances that were found with the weights before.
const REWEIGHTINGS: usize = 2;

/// Steps of a fit, of which it takes a few.
const MOST_STEPS: usize = 60;

/// A step by which nothing moves any more.
const LAST_STEP: f64 = 1e-10;

/// By how much the logarithm of a cost may change in one step: the first of them lead too far
/// otherwise.
const FARTHEST: f64 = 1.0;

/// Relative variance that no measurement is below.
const LEAST_VARIANCE: f64 = 1e-8;

/// A share that is none.
const NOTHING: f64 = 1e-12;

/// How the cost of every unit grows, in the order of the input; `None` where there are too few
/// samples to tell: fewer than [`MIN_SAMPLES`], or all of them at one size.
///
/// Runs are by size and round, with the samples of all units, and the samples of a unit by size
/// and round. Fails where a run has no samples or no time, a time is not finite, or the numbers
/// of runs do not match.
pub(crate) fn growths(
    sizes: &Sizes,
    runs: &[Vec<Exposure>],
    units: &[Vec<Vec<u64>>],
) -> Result<Vec<Option<Growth>>, StatsError> {
    check(sizes, runs, units)?;
    let series = Series::of(sizes, runs)?;
    let units: Vec<Option<Unit>> = units.iter().map(|it| Unit::of(runs, it)).collect();
    let mut trend = None;
    let mut drafts = Vec::new();
    for _ in 0..REWEIGHTINGS {
        let common = series.common(trend.as_ref());
        let fits = units.iter().map(|unit| {
            let unit = unit.as_ref()?;
            Some((unit, series.fit(unit, &common)))
        });
        drafts = fits.collect();
        let parts = drafts.iter().flatten().map(|(unit, fit)| {
            let weights = sizes.slope(&series.all(), &fit.variances);
            series.parts(unit, fit, &weights, &fit.costs)
        });
        let parts: Vec<Parts> = parts.filter(|it| it.degrees > 0.0).collect();
        trend = Some(Trend::of(&parts));
    }
    let trend = trend.unwrap_or_else(|| Trend::of(&[]));
    let grown = drafts.into_iter().map(|draft| {
        let (unit, fit) = draft?;
        Some(series.growth(unit, &fit, &trend))
    });
    Ok(grown.collect())
}

fn check(sizes: &Sizes, runs: &[Vec<Exposure>], units: &[Vec<Vec<u64>>]) -> Result<(), StatsError> {
    check_finite(runs.iter().flatten().map(|run| run.seconds))?;
    let rounds = runs.first().map_or(0, Vec::len);
    if rounds == 0 {
        return Err(StatsError::Empty);
    }
    let mut all = runs.iter().flatten();
    if all.any(|run| run.samples == 0 || run.seconds <= 0.0) {
        return Err(StatsError::EmptyRun);
    }
    let is_whole = |lengths: &mut dyn Iterator<Item = usize>| {
        let lengths: Vec<usize> = lengths.collect();
        lengths.len() == sizes.0.len() && lengths.iter().all(|&it| it == rounds)
    };
    let all_matched = is_whole(&mut runs.iter().map(Vec::len))
        && units
            .iter()
            .all(|unit| is_whole(&mut unit.iter().map(Vec::len)));
    if all_matched {
        Ok(())
    } else {
        Err(StatsError::Unmatched)
    }
}

/// What all units have in common.
struct Series<'a> {
    sizes: &'a Sizes,
    runs: &'a [Vec<Exposure>],
    /// Logarithms of the seconds of the runs.
    seconds: Vec<Vec<f64>>,
    /// Variance of those, beside what a size and a round do.
    speed: f64,
}

/// The variance of costs, but for that of counting.
struct Common {
    overdispersion: f64,
    /// Relative variance of the costs of single runs.
    relative: f64,
}

/// A unit with samples enough.
struct Unit {
    /// Costs by size and round.
    costs: Vec<Vec<f64>>,
    /// Mean cost at each size.
    means: Vec<f64>,
    /// The sizes at which there are samples enough to say more of it.
    well_sampled: Vec<usize>,
}

/// A power that is fitted to the mean costs.
struct Fit {
    /// Logarithms of its costs.
    line: Vec<f64>,
    /// Its costs.
    costs: Vec<f64>,
    /// Relative variance of a run's cost, at each size.
    variances: Vec<f64>,
}

impl Unit {
    fn of(runs: &[Vec<Exposure>], counts: &[Vec<u64>]) -> Option<Self> {
        let pooled: Vec<u64> = counts.iter().map(|it| it.iter().sum()).collect();
        let sampled = pooled.iter().filter(|&&samples| samples > 0).count();
        if pooled.iter().sum::<u64>() < MIN_SAMPLES || sampled < 2 {
            return None;
        }
        let cost =
            |(run, &owned): (&Exposure, &u64)| samples(owned) / samples(run.samples) * run.seconds;
        let of_size = |(runs, counts): (&Vec<Exposure>, &Vec<u64>)| {
            runs.iter().zip(counts).map(cost).collect::<Vec<f64>>()
        };
        let costs: Vec<Vec<f64>> = runs.iter().zip(counts).map(of_size).collect();
        let is_well_sampled = |&at: &usize| pooled[at] >= MIN_SAMPLES;
        Some(Self {
            means: costs.iter().map(|it| mean(it)).collect(),
            costs,
            well_sampled: (0..pooled.len()).filter(is_well_sampled).collect(),
        })
    }
}

impl<'a> Series<'a> {
    fn of(sizes: &'a Sizes, runs: &'a [Vec<Exposure>]) -> Result<Self, StatsError> {
        let seconds = |runs: &Vec<Exposure>| runs.iter().map(|run| run.seconds).collect();
        let seconds: Vec<Vec<f64>> = runs.iter().map(seconds).collect();
        let seconds: Vec<Vec<f64>> = seconds.iter().map(|it| logarithms(it)).collect();
        Ok(Self {
            sizes,
            runs,
            speed: Blocked::of(&seconds)?.variance(),
            seconds,
        })
    }

    /// The places of all sizes.
    fn all(&self) -> Vec<usize> {
        (0..self.runs.len()).collect()
    }

    fn rounds(&self) -> f64 {
        count(self.seconds[0].len())
    }

    fn common(&self, trend: Option<&Trend>) -> Common {
        let cv_squared = trend.map_or(0.0, |trend| trend.cv_squared);
        Common {
            overdispersion: trend.map_or(1.0, |trend| trend.overdispersion),
            relative: (cv_squared + self.speed).max(LEAST_VARIANCE),
        }
    }

    /// Relative variance of a run's cost by counting, at each size with these costs: the mean
    /// of (1 − p)/(N·p), where p is the share that the cost would have.
    fn counting(&self, costs: &[f64]) -> Vec<f64> {
        let of_run = |run: &Exposure, cost: f64| {
            let share = (cost / run.seconds).clamp(NOTHING, 1.0);
            (1.0 - share) / (samples(run.samples) * share)
        };
        let of_size = |(runs, &cost): (&Vec<Exposure>, &f64)| {
            let all: Vec<f64> = runs.iter().map(|run| of_run(run, cost)).collect();
            mean(&all)
        };
        self.runs.iter().zip(costs).map(of_size).collect()
    }

    /// Fits a power to the mean costs, by Fisher's scoring.
    fn fit(&self, unit: &Unit, common: &Common) -> Fit {
        // Half a sample, where there is none.
        let half = |runs: &Vec<Exposure>| {
            let of_run = |run: &Exposure| 0.5 * run.seconds / samples(run.samples);
            runs.iter().map(of_run).sum::<f64>() / self.rounds().powi(2)
        };
        let means = unit.means.iter().zip(self.runs);
        let logs: Vec<f64> = means
            .map(|(mean, runs)| mean.max(half(runs)).ln())
            .collect();
        let alike = vec![1.0; logs.len()];
        let mut fit = self.power(self.sizes.line(&logs, &alike), common);
        for _ in 0..MOST_STEPS {
            let beyond = unit.means.iter().zip(&fit.costs);
            let beyond = beyond.map(|(mean, cost)| mean / cost - 1.0);
            let working: Vec<f64> = fit
                .line
                .iter()
                .zip(beyond)
                .map(|(log, it)| log + it)
                .collect();
            let next = self.sizes.line(&working, &fit.variances);
            let changes = next.iter().zip(&fit.line).map(|(next, now)| next - now);
            let changes: Vec<f64> = changes.collect();
            let farthest = changes.iter().fold(0.0, |most: f64, it| most.max(it.abs()));
            let part = (FARTHEST / farthest).min(1.0);
            let line = fit
                .line
                .iter()
                .zip(changes)
                .map(|(now, change)| now + part * change);
            fit = self.power(line.collect(), common);
            if farthest < LAST_STEP {
                break;
            }
        }
        fit
    }

    /// The power with these logarithms of costs.
    fn power(&self, line: Vec<f64>, common: &Common) -> Fit {
        let costs: Vec<f64> = line.iter().map(|log| log.exp()).collect();
        let variances = self.counting(&costs).into_iter();
        let variances = variances.map(|it| common.overdispersion * it + common.relative);
        Fit {
            variances: variances.collect(),
            line,
            costs,
        }
    }

    /// What the variance of a weighted sum of logarithms of a unit's mean costs is made of,
    /// where the costs are these.
    fn parts(&self, unit: &Unit, fit: &Fit, weights: &[f64], costs: &[f64]) -> Parts {
        let relative = unit.costs.iter().zip(costs);
        let relative = relative.map(|(of_size, cost)| of_size.iter().map(|it| it / cost).collect());
        let relative: Vec<Vec<f64>> = relative.collect();
        let counting = self.counting(costs);
        let squares: Vec<f64> = weights.iter().map(|it| it * it).collect();
        Parts {
            counting: sum_of(&squares, &counting) / self.rounds(),
            proportional: squares.iter().sum::<f64>() / self.rounds(),
            speed: scatter(&self.seconds, &fit.variances, weights),
            seen: scatter(&relative, &fit.variances, weights),
            degrees: (count(self.runs.len()) - 1.0) * (self.rounds() - 1.0),
        }
    }

    fn growth(&self, unit: &Unit, fit: &Fit, trend: &Trend) -> Growth {
        let weights = self.sizes.slope(&self.all(), &fit.variances);
        let parts = self.parts(unit, fit, &weights, &fit.costs);
        // The costs as they are, where they are known.
        let mut costs = fit.costs.clone();
        for &at in &unit.well_sampled {
            costs[at] = unit.means[at];
        }
        let logs = logarithms(&costs);
        let bends = self.sizes.bends(&unit.well_sampled, &fit.variances);
        let bends = bends.into_iter().map(|(at, weights)| {
            let parts = self.parts(unit, fit, &weights, &costs);
            let estimate = moderated(sum_of(&weights, &logs), &parts, trend);
            let change = Slope { estimate, weights };
            Bend { at, change }
        });
        Growth {
            bends: bends.collect(),
            exponent: Slope {
                estimate: moderated(sum_of(&weights, &fit.line), &parts, trend),
                weights,
            },
            fitted: fit.costs.clone(),
        }
    }
}

fn moderated(value: f64, parts: &Parts, trend: &Trend) -> Estimate {
    if parts.degrees <= 0.0 {
        return Estimate::without_spread(value);
    }
    let Moderated { factor, degrees } = trend.moderate(parts);
    Estimate::with_variance(value, factor * trend.variance(parts), degrees)
}

/// The variance of a weighted sum of the means of some values, by size and round, that have
/// variances in these proportions: as all residuals beside what a size and a round do say, or as
/// the sums of single rounds do where that is more.
fn scatter(values: &[Vec<f64>], variances: &[f64], weights: &[f64]) -> f64 {
    let rounds = values.first().map_or(0, Vec::len);
    let beside = values.iter().map(|it| {
        let mean = mean(it);
        it.iter().map(|value| value - mean).collect::<Vec<f64>>()
    });
    let beside: Vec<Vec<f64>> = beside.collect();
    let inverse: Vec<f64> = variances.iter().map(|it| 1.0 / it).collect();
    let total: f64 = inverse.iter().sum();
    let (mut squares, mut own) = (0.0, 0.0);
    for round in 0..rounds {
        let of_round: Vec<f64> = beside.iter().map(|it| it[round]).collect();
        let effect = sum_of(&inverse, &of_round) / total;
        let residuals: Vec<f64> = of_round.iter().map(|it| (it - effect).powi(2)).collect();
        squares += sum_of(&inverse, &residuals);
        own += sum_of(weights, &of_round).powi(2);
    }
    let rounds = count(rounds);
    let weighted = weights.iter().map(|it| it * it).collect::<Vec<f64>>();
    let scale = squares / ((count(values.len()) - 1.0) * (rounds - 1.0));
    let common = scale * sum_of(&weighted, variances);
    common.max(own / (rounds - 1.0)) / rounds
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

fn sum_of(weights: &[f64], values: &[f64]) -> f64 {
    weights
        .iter()
        .zip(values)
        .map(|(weight, value)| weight * value)
        .sum()
}

#[cfg(test)]
mod tests;
