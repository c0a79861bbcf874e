//! How much of a variation is one between classes.

use std::collections::BTreeMap;

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::ln_gamma;

use super::{Interval, Level, count};

/// Degrees of freedom within classes below which nothing is said: of fewer, the part is hardly
/// more than chance.
const LEAST_WITHIN: f64 = 8.0;

/// What a classification explains of the variance of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Explained {
    /// The part of the variance that is between classes, from 0 to 1.
    pub part: f64,
    /// Between which parts the true one is.
    pub interval: Interval,
}

/// What part of the variance of values is between their classes, by an analysis of variance of
/// one way: ω² = (B − ν·s²)/(B + W + s²), at least 0 (Hays 1963). B and W are the sums of squares
/// between and within classes, ν the degrees of freedom of B, and s² the variance within classes.
///
/// The interval is that of λ/(λ + n), where λ is the noncentrality with which F follows its
/// distribution (Steiger 2004).
///
/// `None` of a single class, where too few values share their class with another one, and of
/// values that do not vary within classes.
pub(crate) fn explained_by_class(values: &[(u32, f64)], level: Level) -> Option<Explained> {
    let mut classes: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for &(class, value) in values {
        classes.entry(class).or_default().push(value);
    }
    let mean_of = |values: &[f64]| values.iter().sum::<f64>() / count(values.len());
    let all: Vec<f64> = values.iter().map(|&(_, value)| value).collect();
    let mean = mean_of(&all);
    let (mut between, mut within) = (0.0, 0.0);
    for members in classes.values() {
        let own = mean_of(members);
        between += count(members.len()) * (own - mean).powi(2);
        within += members.iter().map(|it| (it - own).powi(2)).sum::<f64>();
    }
    let degrees_within = count(all.len()) - count(classes.len());
    if classes.len() < 2 || degrees_within < LEAST_WITHIN {
        return None;
    }
    let degrees = (count(classes.len() - 1), degrees_within);
    let residual = within / degrees_within;
    let part = (between - degrees.0 * residual) / (between + within + residual);
    let ratio = between / degrees.0 / residual;
    if residual <= 0.0 || !ratio.is_finite() {
        return None;
    }
    let tail = level.alpha() / 2.0;
    let part_at = |below: f64| {
        let noncentrality = noncentrality(ratio, degrees, below)?;
        Some(noncentrality / (noncentrality + count(all.len())))
    };
    Some(Explained {
        part: part.clamp(0.0, 1.0),
        interval: Interval {
            low: part_at(1.0 - tail)?,
            high: part_at(tail)?,
        },
    })
}

/// The noncentrality with which F is below `ratio` with this probability; 0 where it is less
/// often below with none.
fn noncentrality(ratio: f64, degrees: (f64, f64), below: f64) -> Option<f64> {
    if below_noncentral(ratio, degrees, 0.0)? <= below {
        return Some(0.0);
    }
    let (mut low, mut high) = (0.0, 1.0);
    while below_noncentral(ratio, degrees, high)? > below {
        high *= 2.0;
        if high > MOST_NONCENTRALITY {
            return Some(MOST_NONCENTRALITY);
        }
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if below_noncentral(ratio, degrees, middle)? > below {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

/// Beyond this the series is too long, and a classification explains practically everything.
const MOST_NONCENTRALITY: f64 = 1e4;

/// Probability of an F below `ratio` with a noncentrality: central ones, each with the probability
/// that a Poisson variable of half the noncentrality has its number.
fn below_noncentral(ratio: f64, degrees: (f64, f64), noncentrality: f64) -> Option<f64> {
    let at = degrees.0 * ratio / (degrees.0 * ratio + degrees.1);
    let mean = noncentrality / 2.0;
    // Farther off than this, terms are too small to matter.
    let reach = 12.0 * mean.sqrt() + 20.0;
    let from = (mean - reach).max(0.0).floor();
    let mut below = 0.0;
    let mut number = from;
    while number <= mean + reach {
        let weight = if mean > 0.0 {
            (number * mean.ln() - mean - ln_gamma(number + 1.0)).exp()
        } else {
            f64::from(u8::from(number < 0.5))
        };
        if weight > 0.0 {
            below +=
                weight * checked_beta_reg(degrees.0 / 2.0 + number, degrees.1 / 2.0, at).ok()?;
        }
        number += 1.0;
    }
    Some(below.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn explained(values: &[(u32, f64)]) -> Option<Explained> {
        explained_by_class(values, Level::new(0.95).unwrap())
    }

    /// Three classes of five, worked out by hand: B = 70, W = 30, and F = 35/2.5 = 14. The
    /// interval is that of λ from 4.8243053 to 64.6348219, by `ncf` of `SciPy`.
    #[test]
    fn the_part_and_its_interval_are_those_of_the_analysis_of_variance() {
        let deviations = [-2.0, -1.0, 0.0, 1.0, 2.0];
        let means = [1.0, 2.0, 6.0];
        let values: Vec<(u32, f64)> = (0..)
            .zip(means)
            .flat_map(|(class, mean)| deviations.map(|it| (class, mean + it)))
            .collect();
        let found = explained(&values).unwrap();
        assert!((found.part - 65.0 / 102.5).abs() < 1e-12, "{found:?}");
        let expected = [4.824_305_3, 64.634_821_9].map(|it: f64| it / (it + 15.0));
        assert!((found.interval.low - expected[0]).abs() < 1e-7, "{found:?}");
        assert!(
            (found.interval.high - expected[1]).abs() < 1e-7,
            "{found:?}"
        );
    }

    /// F(2, 12) below x is 1 − (1 + 2x/12)⁻⁶.
    #[test]
    fn without_noncentrality_it_is_the_usual_distribution() {
        let below = below_noncentral(14.0, (2.0, 12.0), 0.0).unwrap();
        let expected = 1.0 - (1.0 + 28.0_f64 / 12.0).powi(-6);
        assert!((below - expected).abs() < 1e-12, "{below}");
    }

    #[test]
    fn of_classes_that_tell_nothing_nothing_is_within_the_interval() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut covered = 0;
        for _ in 0..400 {
            let values: Vec<(u32, f64)> = (0..20)
                .map(|_| (random.random_range(0..4), random.random_range(0.0..1.0)))
                .collect();
            let found = explained(&values).unwrap();
            assert!(found.interval.low <= found.interval.high, "{found:?}");
            covered += u32::from(found.interval.low == 0.0);
        }
        assert!((380..=398).contains(&covered), "{covered} of 400");
    }

    #[test]
    fn what_explains_practically_everything_is_said_to() {
        let values: Vec<(u32, f64)> = (0..20)
            .map(|i| (i % 2, f64::from(i % 2) + 1e-6 * f64::from(i)))
            .collect();
        let found = explained(&values).unwrap();
        assert!(found.part > 0.999 && found.interval.low > 0.99, "{found:?}");
    }

    #[test]
    fn of_too_few_values_nothing_is_said() {
        let few: Vec<(u32, f64)> = (0..8).map(|i| (i % 2, f64::from(i))).collect();
        assert_eq!(explained(&few), None);
        let one_class: Vec<(u32, f64)> = (0..20).map(|i| (7, f64::from(i))).collect();
        assert_eq!(explained(&one_class), None);
        let constant: Vec<(u32, f64)> = (0..20).map(|i| (i % 4, 1.0)).collect();
        assert_eq!(explained(&constant), None);
        assert_eq!(explained(&[]), None);
    }
}
