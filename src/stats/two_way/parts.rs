//! What the variation of observations consists of: what comes again in every round, and noise.

use super::{Estimate, Group, Observation, count};

/// Parts of a sum of squares, which sum to 1. Each but the noise may be estimated below 0 where
/// there is none of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parts {
    /// The rows'.
    pub rows: Estimate,
    /// The columns'.
    pub columns: Estimate,
    /// What comes again, and no sum of a row and a column explains.
    pub interaction: Estimate,
    /// What does not come again.
    pub noise: Estimate,
}

/// What deviates, in one round, from the means of the groups: the values, and what the rows,
/// the columns, and both together say that they are. One element for each observation.
#[derive(Clone, Debug, Default)]
pub(super) struct Deviations {
    values: Vec<f64>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    both: Vec<f64>,
}

impl Deviations {
    /// Takes in the observations of a group, and what is fitted to them.
    pub(super) fn add(&mut self, observed: &[Observation], fitted: impl Fn(&Observation) -> f64) {
        let values = observed.iter().map(|it| it.value);
        let middle = values.sum::<f64>() / count(observed.len());
        let mean_where = |is_in: &dyn Fn(&Observation) -> bool| {
            let values = observed.iter().filter(|it| is_in(it)).map(|it| it.value);
            let values: Vec<f64> = values.collect();
            values.iter().sum::<f64>() / count(values.len())
        };
        for it in observed {
            let of_row = mean_where(&|other| other.row == it.row);
            let of_column = mean_where(&|other| other.column == it.column);
            self.values.push(it.value - middle);
            self.rows.push(of_row - middle);
            self.columns.push(of_column - middle);
            self.both.push(fitted(it) - middle);
        }
    }
}

/// The groups in which there is something to tell apart.
pub(super) fn fitted(groups: &[Group]) -> impl Iterator<Item = &Group> {
    groups.iter().filter(|group| group.is_fitted())
}

/// Splits the mean sum of squares of a round.
///
/// The square of an effect that is estimated with noise is too large by the square of the
/// noise. A product of estimates of two different rounds is not, because their noises have
/// nothing to do with each other: what comes again is the mean of the products over all pairs
/// of rounds. The rest of the sum of squares is noise.
///
/// The intervals are those of the jackknife over rounds (Tukey 1958), of which there have to be
/// three. `None` where there is one round, or no variation.
pub(super) fn split(rounds: &[Deviations]) -> Option<Parts> {
    let all: Vec<&Deviations> = rounds.iter().collect();
    let whole = parts_of(&all)?;
    let without = (0..rounds.len()).map(|left_out| {
        let rest = all.iter().enumerate().filter(|(at, _)| *at != left_out);
        parts_of(&rest.map(|(_, it)| *it).collect::<Vec<_>>())
    });
    let without: Option<Vec<[f64; 4]>> = without.collect();
    let estimate = |part: usize| {
        let Some(without) = &without else {
            return Estimate::without_spread(whole[part]);
        };
        let n = count(without.len());
        let mean = without.iter().map(|it| it[part]).sum::<f64>() / n;
        let squares = without.iter().map(|it| (it[part] - mean).powi(2));
        let variance = squares.sum::<f64>() * (n - 1.0) / n;
        Estimate::with_variance(whole[part], variance, n - 1.0)
    };
    Some(Parts {
        rows: estimate(0),
        columns: estimate(1),
        interaction: estimate(2),
        noise: estimate(3),
    })
}

fn parts_of(rounds: &[&Deviations]) -> Option<[f64; 4]> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let n = count(rounds.len());
    let squares = rounds.iter().map(|it| product(&it.values, &it.values));
    let total = squares.sum::<f64>() / n;
    if rounds.len() < 2 || total <= 0.0 {
        return None;
    }
    let again = |of: fn(&Deviations) -> &[f64]| {
        let pairs = rounds.iter().enumerate().flat_map(|(at, one)| {
            let others = rounds[at + 1..].iter();
            others.map(move |other| product(of(one), of(other)))
        });
        pairs.sum::<f64>() * 2.0 / (n * (n - 1.0))
    };
    let (rows, columns) = (again(|it| &it.rows), again(|it| &it.columns));
    let (both, all) = (again(|it| &it.both), again(|it| &it.values));
    let parts = [
        (rows + both - columns) / 2.0,
        (columns + both - rows) / 2.0,
        all - both,
        total - all,
    ];
    Some(parts.map(|part| part / total))
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::super::two_way;
    use super::*;
    use crate::stats::Level;

    /// A sum of twelve uniform values is close to normal.
    fn noise(rng: &mut ChaCha8Rng) -> f64 {
        (0..12).map(|_| rng.random_range(-0.5..0.5)).sum()
    }

    /// Four statements in eight orders, in which each stands at each position twice.
    const ORDERS: [[usize; 4]; 8] = [
        [0, 1, 2, 3],
        [1, 0, 3, 2],
        [2, 3, 0, 1],
        [3, 2, 1, 0],
        [3, 1, 0, 2],
        [0, 2, 3, 1],
        [2, 0, 1, 3],
        [1, 3, 2, 0],
    ];

    fn rounds(
        rng: &mut ChaCha8Rng,
        number: usize,
        value: impl Fn(usize, usize) -> f64,
    ) -> Vec<Vec<Observation>> {
        let mut round = || {
            let orders = ORDERS.iter().flat_map(|order| order.iter().enumerate());
            let observed = orders.map(|(column, &row)| Observation {
                row,
                column,
                value: value(row, column) + noise(rng),
            });
            observed.collect()
        };
        (0..number).map(|_| round()).collect()
    }

    fn all(parts: &Parts) -> [Estimate; 4] {
        [parts.rows, parts.columns, parts.interaction, parts.noise]
    }

    /// Of nothing but noise, the parts that come again are 0 on average, and their intervals
    /// contain 0.
    #[test]
    fn noise_is_no_effect() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let level = Level::new(0.95).unwrap();
        let (repetitions, mut sums, mut covered) = (600, [0.0; 4], [0; 4]);
        for repetition in 0..repetitions {
            let number = if repetition % 2 == 0 { 3 } else { 6 };
            let fit = two_way(&rounds(&mut rng, number, |_, _| 0.0), 4, 4).unwrap();
            for (at, part) in all(&fit.parts.unwrap()).iter().enumerate() {
                let truth = if at == 3 { 1.0 } else { 0.0 };
                sums[at] += part.value - truth;
                covered[at] += u32::from(part.interval(level).unwrap().contains(truth));
            }
        }
        let rate = |number: f64| number / f64::from(repetitions);
        assert!(sums.iter().all(|&sum| rate(sum).abs() < 0.005), "{sums:?}");
        let covered = covered.map(|number| rate(f64::from(number)));
        assert!(covered.iter().all(|&part| part >= 0.93), "{covered:?}");
    }

    /// Rows of 0 to 3, columns of half of that, in noise of 1: of a variance of 1.25 + 0.3125 +
    /// 1, where 31/32 of the noise is beside the mean.
    #[test]
    fn effects_are_found_in_noise() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (repetitions, mut sums) = (400, [0.0; 4]);
        for _ in 0..repetitions {
            let value = |row, column| count(row) + count(column) / 2.0;
            let fit = two_way(&rounds(&mut rng, 3, value), 4, 4).unwrap();
            for (sum, part) in sums.iter_mut().zip(all(&fit.parts.unwrap())) {
                *sum += part.value / f64::from(repetitions);
            }
        }
        let total = 1.25 + 0.3125 + 31.0 / 32.0;
        for (found, expected) in sums.iter().zip([1.25, 0.3125, 0.0, 31.0 / 32.0]) {
            assert!((found - expected / total).abs() < 0.02, "{sums:?}");
        }
    }

    #[test]
    fn two_rounds_have_parts_without_intervals() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let fit = two_way(&rounds(&mut rng, 2, |row, _| count(row)), 4, 4).unwrap();
        assert!(
            all(&fit.parts.unwrap())
                .iter()
                .all(|it| it.spread.is_none())
        );
        let fit = two_way(&rounds(&mut rng, 1, |row, _| count(row)), 4, 4).unwrap();
        assert_eq!(fit.parts, None);
    }
}
