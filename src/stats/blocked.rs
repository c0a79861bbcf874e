//! Treatments that are all applied in every round: a randomized complete block design.

use super::mean::settle;
use super::{Estimate, StatsError, check_finite, count};

/// Treatments by their mean over rounds, and how much single values vary beside what a
/// treatment and a round do.
///
/// The variance is one of all treatments, with (treatments − 1)(rounds − 1) degrees of
/// freedom (Fisher 1935): with many treatments, few rounds say how much values vary.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Blocked {
    means: Vec<f64>,
    rounds: f64,
    variance: f64,
    degrees: f64,
}

impl Blocked {
    /// Of the values of each treatment, in the order of the rounds.
    ///
    /// Fails on no values, on treatments with unequally many, and on values that are not
    /// finite.
    pub(crate) fn of(values: &[Vec<f64>]) -> Result<Self, StatsError> {
        check_finite(values.iter().flatten().copied())?;
        let rounds = values.first().map_or(0, Vec::len);
        if rounds == 0 {
            return Err(StatsError::Empty);
        }
        if values.iter().any(|it| it.len() != rounds) {
            return Err(StatsError::Unmatched);
        }
        let average = |sum: f64, n: usize| sum / count(n);
        let means: Vec<f64> = values
            .iter()
            .map(|it| average(it.iter().sum(), rounds))
            .collect();
        let grand = average(means.iter().sum(), means.len());
        let of_round =
            |round: usize| average(values.iter().map(|it| it[round]).sum(), values.len());
        let of_rounds: Vec<f64> = (0..rounds).map(of_round).collect();
        let mut squares = 0.0;
        for (values, mean) in values.iter().zip(&means) {
            for (value, of_round) in values.iter().zip(&of_rounds) {
                squares += (value - mean - of_round + grand).powi(2);
            }
        }
        let size = values
            .iter()
            .flatten()
            .fold(0.0, |size: f64, it| size.max(it.abs()));
        let degrees = (count(values.len()) - 1.0) * (count(rounds) - 1.0);
        Ok(Self {
            means,
            rounds: count(rounds),
            variance: settle(squares / degrees, size),
            degrees,
        })
    }

    /// By how much one treatment is above another. Without spread where there is a single
    /// round or a single treatment.
    pub(crate) fn difference(&self, one: usize, other: usize) -> Estimate {
        Estimate::with_variance(
            self.means[one] - self.means[other],
            2.0 * self.variance / self.rounds,
            self.degrees,
        )
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::stats::Level;

    /// Residuals of ±0.5 in each of four cells, on one degree of freedom.
    #[test]
    fn what_rounds_do_is_taken_out() {
        let blocked = Blocked::of(&[vec![1.5, 10.5], vec![2.5, 13.5]]).unwrap();
        let difference = blocked.difference(1, 0);
        assert!((difference.value - 2.0).abs() < 1e-12);
        let spread = difference.spread.unwrap();
        assert!((spread.standard_error - 1.0).abs() < 1e-12);
        assert!((spread.degrees - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_round_has_no_spread() {
        let blocked = Blocked::of(&[vec![1.0], vec![3.0]]).unwrap();
        assert_eq!(blocked.difference(1, 0), Estimate::without_spread(2.0));
        assert_eq!(
            Blocked::of(&[vec![1.0], vec![]]),
            Err(StatsError::Unmatched)
        );
        assert_eq!(Blocked::of(&[]), Err(StatsError::Empty));
    }

    /// A sum of twelve uniform values is close to normal.
    fn noise(rng: &mut ChaCha8Rng) -> f64 {
        (0..12).map(|_| rng.random_range(-0.5..0.5)).sum()
    }

    /// Eight orders and a placebo of the same code, in three rounds of which each has its own
    /// level: how often any order is told apart from the first, and from the placebo, with an
    /// error of 5% shared among seven.
    #[test]
    fn what_is_the_same_is_seldom_told_apart() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let level = Level::new(0.95).unwrap().shared_among(7);
        let (mut alarms, repetitions) = (0, 4_000);
        for _ in 0..repetitions {
            let levels: Vec<f64> = (0..3).map(|_| 5.0 * noise(&mut rng)).collect();
            let values: Vec<Vec<f64>> = (0..9)
                .map(|_| levels.iter().map(|it| it + noise(&mut rng)).collect())
                .collect();
            let blocked = Blocked::of(&values).unwrap();
            let is_told = |order: usize| {
                let interval = blocked.difference(order, 0).interval(level).unwrap();
                !interval.contains(0.0)
            };
            alarms += u32::from((1..8).any(is_told));
        }
        let rate = f64::from(alarms) / f64::from(repetitions);
        assert!((0.02..0.055).contains(&rate), "{rate}");
    }
}
