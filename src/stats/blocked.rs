//! Treatments that are all applied in every round: a randomized complete block design.

use super::mean::settle;
use super::{Estimate, StatsError, check_finite, count};

/// Treatments by their mean over rounds, and how much single values vary beside what a
/// treatment and a round do.
///
/// The variance is one of all treatments, with (treatments − 1)(rounds − 1) degrees of
/// freedom (Fisher 1935): with many treatments, few rounds say how much values vary. Where the
/// differences of two treatments vary more than that says, their own variance counts, so that
/// one that varies more than the others is not soon told apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Blocked {
    values: Vec<Vec<f64>>,
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
            values: values.to_vec(),
            means,
            rounds: count(rounds),
            variance: settle(squares / degrees, size),
            degrees,
        })
    }

    /// The mean of each treatment.
    pub(super) fn means(&self) -> &[f64] {
        &self.means
    }

    /// The variance of single values, beside what a treatment and a round do; 0 where it is not
    /// known.
    pub(super) fn variance(&self) -> f64 {
        self.variance.max(0.0)
    }

    /// By how much one treatment is above another. Without spread where there is a single
    /// round or a single treatment.
    pub(crate) fn difference(&self, one: usize, other: usize) -> Estimate {
        let weight = |at: usize| f64::from(u8::from(at == one)) - f64::from(u8::from(at == other));
        self.contrast(&(0..self.means.len()).map(weight).collect::<Vec<_>>())
    }

    /// The sum of the treatments' means, each times its weight; the weights sum to 0, so that
    /// what rounds do is not in it. Without spread where there is a single round or a single
    /// treatment.
    pub(super) fn contrast(&self, weights: &[f64]) -> Estimate {
        let sum = |of: &dyn Fn(usize) -> f64| -> f64 {
            let weights = weights.iter().enumerate();
            weights.map(|(at, weight)| weight * of(at)).sum()
        };
        let value = sum(&|at| self.means[at]);
        let rounds = 0..self.values.first().map_or(0, Vec::len);
        let of_rounds = rounds.map(|round| sum(&|at| self.values[at][round]));
        let squares: f64 = of_rounds.map(|it| (it - value).powi(2)).sum();
        let own = squares / (self.rounds - 1.0);
        let common = self.variance * weights.iter().map(|it| it * it).sum::<f64>();
        Estimate::with_variance(value, common.max(own) / self.rounds, self.degrees)
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

    /// How often any of seven orders is told apart from the first arrangement, and how often
    /// from that and the last one in the same direction, as a verdict asks for: of nine
    /// arrangements of the same code in three rounds, each with its own level. The noise of one
    /// of them is three times that of the others.
    fn alarms(noisy: Option<usize>) -> [f64; 2] {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let level = Level::new(0.95).unwrap().shared_among(7);
        let (mut alarms, repetitions) = ([0, 0], 1_000);
        for _ in 0..repetitions {
            let levels: Vec<f64> = (0..3).map(|_| 5.0 * noise(&mut rng)).collect();
            let values = (0..9).map(|at| {
                let spread = if noisy == Some(at) { 3.0 } else { 1.0 };
                let values = levels.iter().map(|it| it + spread * noise(&mut rng));
                values.collect()
            });
            let blocked = Blocked::of(&values.collect::<Vec<_>>()).unwrap();
            let side = |order: usize, other: usize| {
                let interval = blocked.difference(order, other).interval(level).unwrap();
                (!interval.contains(0.0)).then_some(interval.low > 0.0)
            };
            let told: Vec<_> = (1..8)
                .filter_map(|order| Some((order, side(order, 0)?)))
                .collect();
            let is_judged = |(order, told): &(usize, bool)| side(*order, 8) == Some(*told);
            alarms[0] += u32::from(!told.is_empty());
            alarms[1] += u32::from(told.iter().any(is_judged));
        }
        alarms.map(|alarms| f64::from(alarms) / f64::from(repetitions))
    }

    #[test]
    fn what_is_the_same_is_seldom_told_apart() {
        let [told, judged] = alarms(None);
        assert!((0.015..0.055).contains(&told), "{told}");
        assert!(judged < 0.02, "{judged}");
    }

    /// The order as it is may be the noisy one, which makes the intervals of all orders too
    /// narrow, but not the verdicts wrong.
    #[test]
    fn what_varies_more_is_seldom_told_apart() {
        let [told, judged] = alarms(Some(1));
        assert!(told < 0.065 && judged < 0.04, "{told} {judged}");
        let [told, judged] = alarms(Some(0));
        assert!(told < 0.15 && judged < 0.02, "{told} {judged}");
    }
}
