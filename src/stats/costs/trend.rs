//! What the variances of all units of a comparison have in common.
//!
//! limma (Smyth 2004) shrinks the variance of each of many units towards what it should be by
//! a trend, and estimates from the units themselves how much that is worth. As in `edgeR` and
//! `DESeq2`, the trend has two parts: the variance of counting, and one that grows with the
//! square of the cost, as that of a line does which takes longer in some processes than in
//! others. With the first alone hot units would be shrunk towards cold ones, of which nothing
//! but counting can be seen.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};
use statrs::function::gamma::digamma;

use crate::stats::count;
use crate::stats::mean::satterthwaite;

/// Degrees of freedom of the prior: at least these, as few units tell little of it, and at
/// most those, from which on nothing changes.
const PRIOR_DEGREES: (f64, f64) = (2.0, 1000.0);

/// Units from which there is an estimate of the prior.
const ENOUGH_UNITS: usize = 3;

/// Rounds of reweighting, after which the trend does not move any more.
const REWEIGHTINGS: usize = 15;

/// A unit whose counting error is below this part of its cost, in a run, is a hot one: what
/// else its cost does between processes is then seen in its own variance.
const HOT: f64 = 0.15;

/// How rare a variance as large as a unit's must be by the trend for the unit to be judged by
/// its own variance instead: a hot unit wherever it is larger than usual, a cold one where
/// chance hardly explains it.
const OWN: (f64, f64) = (0.5, 0.05);

/// What the variance of a unit's difference of mean costs is made of, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::stats) struct Parts {
    /// That of counting, if samples are independent of each other.
    pub counting: f64,
    /// That which a coefficient of variation of 1 between processes would have.
    pub proportional: f64,
    /// That of the runs' speed.
    pub speed: f64,
    /// As the runs show it.
    pub seen: f64,
    /// Residual degrees of freedom of what was seen, at least 1.
    pub degrees: f64,
}

/// The trend, and how closely units follow it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::stats) struct Trend {
    /// By how much counting varies more than samples that are independent: at least 1.
    pub overdispersion: f64,
    /// Square of the coefficient of variation of a unit's cost between processes.
    pub cv_squared: f64,
    /// What the prior is worth.
    prior_degrees: f64,
    /// The variance of a usual unit over that of the trend, at least 1.
    prior_scale: f64,
}

/// The variance of a unit's difference, moderated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::stats) struct Moderated {
    /// The variance over the trend's.
    pub factor: f64,
    /// Its degrees of freedom.
    pub degrees: f64,
}

impl Trend {
    /// That of units with enough samples.
    pub(in crate::stats) fn of(units: &[Parts]) -> Self {
        let mut trend = Self {
            overdispersion: 1.0,
            cv_squared: 0.0,
            prior_degrees: PRIOR_DEGREES.0,
            prior_scale: 1.0,
        };
        for _ in 0..REWEIGHTINGS {
            (trend.overdispersion, trend.cv_squared) = trend.reweighted(units);
        }
        if units.len() >= ENOUGH_UNITS {
            (trend.prior_degrees, trend.prior_scale) = trend.prior(units);
        }
        trend
    }

    /// The variance by the trend.
    pub(in crate::stats) fn variance(&self, unit: &Parts) -> f64 {
        self.overdispersion * unit.counting + self.cv_squared * unit.proportional + unit.speed
    }

    /// Overdispersion and squared coefficient of variation by least squares, weighted as
    /// variances are that vary in proportion to what they are by the trend so far. Where the
    /// best pair is not allowed, the better one of those at the border.
    fn reweighted(&self, units: &[Parts]) -> (f64, f64) {
        let mut sums = [0.0; 5];
        for unit in units {
            let weight = self.variance(unit).powi(-2);
            let (x, y, z) = (unit.counting, unit.proportional, unit.seen - unit.speed);
            for (sum, product) in sums.iter_mut().zip([x * x, x * y, y * y, x * z, y * z]) {
                *sum += weight * product;
            }
        }
        let [xx, xy, yy, xz, yz] = sums;
        let determinant = xx * yy - xy * xy;
        let inside = (
            (xz * yy - yz * xy) / determinant,
            (xx * yz - xy * xz) / determinant,
        );
        if determinant > 1e-12 * xx * yy && inside.0 >= 1.0 && inside.1 >= 0.0 {
            return inside;
        }
        let part = |of: f64, all: f64| if all > 0.0 { of / all } else { 0.0 };
        let borders = [
            (1.0, part(yz - xy, yy).max(0.0)),
            (part(xz, xx).max(1.0), 0.0),
        ];
        let loss = |&(a, b): &(f64, f64)| {
            a * a * xx + 2.0 * a * b * xy + b * b * yy - 2.0 * (a * xz + b * yz)
        };
        let [one, other] = borders;
        if loss(&other) < loss(&one) {
            other
        } else {
            one
        }
    }

    /// Degrees of freedom and scale of the prior, by the mean and variance of the logarithms of
    /// the units' variances over the trend (Smyth 2004, section 6.2).
    fn prior(&self, units: &[Parts]) -> (f64, f64) {
        let ratios = units.iter().map(|unit| unit.seen / self.variance(unit));
        let ratios: Vec<f64> = ratios.collect();
        let n = count(units.len());
        let floor = 1e-5 * (ratios.iter().sum::<f64>() / n).max(1e-9);
        // Units of recordings made apart may have different degrees of freedom.
        let halves = units.iter().map(|unit| unit.degrees / 2.0);
        let logs = ratios.iter().zip(halves.clone());
        let logs = logs.map(|(ratio, half)| ratio.max(floor).ln() + half.ln() - digamma(half));
        let logs: Vec<f64> = logs.collect();
        let by_chance = halves.map(trigamma).sum::<f64>() / n;
        let mean = logs.iter().sum::<f64>() / n;
        let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
        let beyond_chance = squares / (n - 1.0) - by_chance;
        let (least, most) = PRIOR_DEGREES;
        if beyond_chance <= trigamma(most / 2.0) {
            return (most, mean.exp().max(1.0));
        }
        let half_prior = inverse_trigamma(beyond_chance);
        let scale = (mean + digamma(half_prior) - half_prior.ln()).exp();
        ((2.0 * half_prior).clamp(least, most), scale.max(1.0))
    }

    /// A unit's variance, with what was seen of it shrunk towards the trend: at least that of
    /// counting alone.
    pub(in crate::stats) fn moderate(&self, unit: &Parts) -> Moderated {
        let trend = self.variance(unit);
        if trend <= 0.0 {
            return Moderated {
                factor: 1.0,
                degrees: unit.degrees,
            };
        }
        let prior = self.prior_scale * trend;
        let is_own = self.is_beyond(unit, unit.seen / prior);
        let shrunk = (self.prior_degrees * prior + unit.degrees * unit.seen)
            / (self.prior_degrees + unit.degrees);
        let variance = if is_own { unit.seen } else { shrunk };
        let degrees = if is_own {
            unit.degrees
        } else {
            // Only of counting is more known than the unit's own rounds tell.
            satterthwaite(&[
                (
                    self.overdispersion * unit.counting,
                    self.prior_degrees + unit.degrees,
                ),
                (self.cv_squared * unit.proportional, unit.degrees),
                (unit.speed, unit.degrees),
            ])
        };
        Moderated {
            factor: variance.max(unit.counting) / trend,
            degrees,
        }
    }

    /// Whether a unit with this ratio of the variance seen to that of the prior is judged by
    /// its own.
    fn is_beyond(&self, unit: &Parts, ratio: f64) -> bool {
        let is_hot = unit.counting < HOT * HOT * unit.proportional;
        let rare = if is_hot { OWN.0 } else { OWN.1 };
        let f = FisherSnedecor::new(unit.degrees, self.prior_degrees);
        f.is_ok_and(|f| ratio > 0.0 && f.sf(ratio) < rare)
    }
}

/// The second derivative of ln Γ, by its recurrence and asymptotic series (Abramowitz and
/// Stegun 6.4.6 and 6.4.12). `x` is above 0.
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 10.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = 1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square / 30.0));
    sum + 1.0 / x + square / 2.0 + series * square / x
}

/// The value above 0 whose trigamma is `y`, above 0: it falls with every step.
fn inverse_trigamma(y: f64) -> f64 {
    let (mut low, mut high) = (1e-8_f64, 1e8_f64);
    for _ in 0..200 {
        let middle = (low * high).sqrt();
        if trigamma(middle) > y {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low * high).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A unit of this counting variance and squared cost, of which this was seen.
    fn unit(counting: f64, proportional: f64, seen: f64) -> Parts {
        Parts {
            counting,
            proportional,
            speed: 0.0,
            seen,
            degrees: 5.0,
        }
    }

    #[test]
    fn trigamma_is_that_of_the_tables() {
        let pi = std::f64::consts::PI;
        assert!((trigamma(1.0) - pi * pi / 6.0).abs() < 1e-9);
        assert!((trigamma(0.5) - pi * pi / 2.0).abs() < 1e-9);
        for x in [0.1, 1.0, 4.5, 300.0] {
            assert!((inverse_trigamma(trigamma(x)) / x - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_trend_finds_the_variance_that_was_put_in() {
        let costs = [0.4, 0.2, 0.1, 0.05, 0.02, 0.01];
        let units = costs.map(|cost| {
            let (counting, proportional) = (cost * 0.001, cost * cost);
            unit(counting, proportional, 1.5 * counting + 0.01 * proportional)
        });
        let trend = Trend::of(&units);
        assert!((trend.overdispersion - 1.5).abs() < 1e-6, "{trend:?}");
        assert!((trend.cv_squared - 0.01).abs() < 1e-6, "{trend:?}");
    }

    #[test]
    fn units_vary_at_least_as_counting_does() {
        let units = [1.0, 0.5, 0.1].map(|counting| unit(counting, 1e3, 0.01 * counting));
        let trend = Trend::of(&units);
        assert!(trend.overdispersion >= 1.0 && trend.cv_squared >= 0.0);
        for unit in units {
            let moderated = trend.moderate(&unit);
            assert!(moderated.factor * trend.variance(&unit) >= unit.counting);
        }
    }

    /// One that varies as no other does keeps its own variance; if counting says little of a
    /// unit, as of a hot one, that is so as soon as its variance is larger than usual.
    #[test]
    fn a_unit_unlike_the_others_is_judged_by_itself() {
        let usual = |seen: f64| unit(1.0, 1.0, seen);
        let mut units = [0.8, 1.1, 0.9, 1.2, 1.0, 0.7, 1.3].map(usual).to_vec();
        let trend = Trend::of(&units);
        let wild = trend.moderate(&usual(30.0));
        assert!((wild.factor * trend.variance(&usual(30.0)) - 30.0).abs() < 1e-9);
        assert!((wild.degrees - 5.0).abs() < 1e-12);
        let calm = trend.moderate(&usual(1.3));
        assert!(calm.degrees > 10.0, "{calm:?}");
        let hot = |seen: f64| unit(1.0, 1e3, seen);
        units.extend([0.9, 1.0, 1.1, 2.0].map(hot));
        let own = Trend::of(&units).moderate(&hot(2.0));
        assert!((own.degrees - 5.0).abs() < 1e-12, "{own:?}");
    }

    /// Variances twice as large as the trend's are so whatever their degrees of freedom are.
    #[test]
    fn the_prior_is_that_of_all_units_in_any_order() {
        let units: Vec<Parts> = (1..9)
            .map(|n| Parts {
                degrees: f64::from(n) + 1.5,
                ..unit(1.0, 0.01, 0.5 + 0.3 * f64::from(n))
            })
            .collect();
        let there = Trend::of(&units);
        let back = Trend::of(&units.iter().rev().copied().collect::<Vec<_>>());
        assert!((there.prior_degrees / back.prior_degrees - 1.0).abs() < 1e-6);
        assert!((there.prior_scale / back.prior_scale - 1.0).abs() < 1e-6);
    }

    #[test]
    fn without_variance_there_is_nothing_to_moderate() {
        let nothing = unit(0.0, 0.0, 0.0);
        let moderated = Trend::of(&[]).moderate(&nothing);
        assert!((moderated.factor - 1.0).abs() < 1e-12);
    }
}
