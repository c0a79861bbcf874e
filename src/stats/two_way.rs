//! Two-way additive fits: what of a value is its row's, and what its column's.

use self::parts::{Deviations, fitted, split};
use super::{Estimate, StatsError, check_finite, count, mean};

mod parts;

pub(crate) use self::parts::Parts;

/// A value in a row and a column. There may be several in one cell, and none in another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Observation {
    /// Its row, counted from 0.
    pub row: usize,
    /// Its column, counted from 0.
    pub column: usize,
    /// The value.
    pub value: f64,
}

/// Rows and columns that observations connect: within such a group, what a row does is told
/// apart from what a column does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Its rows, ascending.
    pub rows: Vec<usize>,
    /// Its columns, ascending.
    pub columns: Vec<usize>,
}

impl Group {
    /// Whether there is anything to tell apart.
    pub(crate) const fn is_fitted(&self) -> bool {
        self.rows.len() > 1 && self.columns.len() > 1
    }
}

/// The fit value = row + column + residual, in which the columns of each group sum to 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TwoWay {
    /// What is connected. Rows and columns of groups that are not fitted have no effects.
    pub groups: Vec<Group>,
    /// The effect of each row: its value at an average column of its group.
    pub rows: Vec<Option<Estimate>>,
    /// The effect of each column.
    pub columns: Vec<Option<Estimate>>,
    /// What the variation within groups consists of; absent where there is none.
    pub parts: Option<Parts>,
}

/// Fits rounds of observations, each by itself by least squares: the rounds are the
/// replicates, so that the effects are means over rounds, with Student's t. Every round has its
/// observations in the same cells, in the same order.
///
/// Where rows and columns are not balanced, what they explain together is no sum of what each
/// does alone. Each then gets the mean of what it explains alone and of what it adds to the
/// other (Lindeman, Merenda and Gold 1980).
///
/// Fails on no rounds, on rounds that differ in their cells, and on values that are not finite.
pub(crate) fn two_way(
    rounds: &[Vec<Observation>],
    rows: usize,
    columns: usize,
) -> Result<TwoWay, StatsError> {
    let first = rounds.first().ok_or(StatsError::Empty)?;
    check_finite(rounds.iter().flatten().map(|it| it.value))?;
    let cell = |it: &Observation| (it.row, it.column);
    let is_same = |round: &Vec<Observation>| round.iter().map(cell).eq(first.iter().map(cell));
    if !rounds.iter().all(is_same) {
        return Err(StatsError::Unmatched);
    }
    let groups = groups(first, rows, columns);
    let fits: Vec<Fit> = rounds
        .iter()
        .map(|round| Fit::of(round, &groups, rows, columns))
        .collect();
    let over_rounds = |of: &dyn Fn(&Fit) -> Option<f64>| {
        let values: Option<Vec<f64>> = fits.iter().map(of).collect();
        values.map(|values| mean(&values)).transpose()
    };
    let rows = (0..rows).map(|row| over_rounds(&|fit| fit.rows[row]));
    let columns = (0..columns).map(|column| over_rounds(&|fit| fit.columns[column]));
    let (rows, columns) = (
        rows.collect::<Result<_, _>>()?,
        columns.collect::<Result<_, _>>()?,
    );
    let deviations: Vec<Deviations> = fits.into_iter().map(|fit| fit.deviations).collect();
    Ok(TwoWay {
        rows,
        columns,
        groups,
        parts: split(&deviations),
    })
}

/// The connected rows and columns, by their first rows. What was not observed is in none.
fn groups(observations: &[Observation], rows: usize, columns: usize) -> Vec<Group> {
    // The group of each row, and then of each column: the least that it is connected with.
    let mut group: Vec<usize> = (0..rows + columns).collect();
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for it in observations {
            let (row, column) = (it.row, rows + it.column);
            let least = group[row].min(group[column]);
            is_settled &= group[row] == least && group[column] == least;
            (group[row], group[column]) = (least, least);
        }
    }
    let members = |label: usize| Group {
        rows: (0..rows).filter(|&it| group[it] == label).collect(),
        columns: (0..columns)
            .filter(|&it| group[rows + it] == label)
            .collect(),
    };
    let all = (0..rows).map(members);
    all.filter(|it| !it.rows.is_empty() && !it.columns.is_empty())
        .collect()
}

/// The effects in one round.
struct Fit {
    rows: Vec<Option<f64>>,
    columns: Vec<Option<f64>>,
    deviations: Deviations,
}

impl Fit {
    fn of(round: &[Observation], groups: &[Group], rows: usize, columns: usize) -> Self {
        let mut fit = Self {
            rows: vec![None; rows],
            columns: vec![None; columns],
            deviations: Deviations::default(),
        };
        let mut deviations = Deviations::default();
        for group in fitted(groups) {
            let observed: Vec<Observation> = round
                .iter()
                .filter(|it| group.rows.contains(&it.row))
                .copied()
                .collect();
            if let Some(effects) = effects(&observed, group) {
                let (of_rows, of_columns) = effects.split_at(group.rows.len());
                for (&row, &effect) in group.rows.iter().zip(of_rows) {
                    fit.rows[row] = Some(effect);
                }
                for (&column, &effect) in group.columns.iter().zip(of_columns) {
                    fit.columns[column] = Some(effect);
                }
                deviations.add(&observed, |it| {
                    fit.rows[it.row].unwrap_or(0.0) + fit.columns[it.column].unwrap_or(0.0)
                });
            }
        }
        fit.deviations = deviations;
        fit
    }
}

/// The effects of the rows of a group, and then of its columns, by the normal equations.
/// Effects are known but for a constant that rows have more and columns less. That the columns
/// sum to 0, added as one more observation, fixes it.
fn effects(observed: &[Observation], group: &Group) -> Option<Vec<f64>> {
    let (rows, all) = (group.rows.len(), group.rows.len() + group.columns.len());
    let mut equations = vec![vec![0.0; all + 1]; all];
    for it in observed {
        let row = group.rows.iter().position(|&row| row == it.row)?;
        let column = group
            .columns
            .iter()
            .position(|&column| column == it.column)?;
        for one in [row, rows + column] {
            for other in [row, rows + column] {
                equations[one][other] += 1.0;
            }
            equations[one][all] += it.value;
        }
    }
    for equation in &mut equations[rows..] {
        for factor in &mut equation[rows..all] {
            *factor += 1.0;
        }
    }
    solve(equations)
}

/// Solves linear equations, each of which has its right side behind its factors, by Gauss's
/// elimination with pivots. `None` where they are singular.
fn solve(mut equations: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = equations.len();
    for at in 0..n {
        let rest = (at..n).max_by(|&a, &b| {
            let size = |row: usize| equations[row][at].abs();
            size(a).total_cmp(&size(b))
        });
        equations.swap(at, rest?);
        let pivot = equations[at].clone();
        if pivot[at].abs() < 1e-9 {
            return None;
        }
        for (row, equation) in equations.iter_mut().enumerate() {
            let factor = equation[at] / pivot[at];
            if row != at {
                for (value, &subtracted) in equation.iter_mut().zip(&pivot) {
                    *value -= factor * subtracted;
                }
            }
        }
    }
    let solved = equations.iter().enumerate();
    Some(
        solved
            .map(|(at, equation)| equation[n] / equation[at])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn observed(values: &[(usize, usize, f64)]) -> Vec<Observation> {
        let values = values.iter();
        values
            .map(|&(row, column, value)| Observation { row, column, value })
            .collect()
    }

    #[track_caller]
    fn check(found: &[Option<Estimate>], expected: &[Option<f64>]) {
        let found: Vec<Option<f64>> = found.iter().map(|it| it.map(|it| it.value)).collect();
        let is_near = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        };
        assert!(
            found.iter().zip(expected).all(is_near),
            "{found:?} is not {expected:?}"
        );
    }

    /// Rows of 10 and 20, columns of ∓1, and ±0.5 that no sum explains.
    #[test]
    fn a_square_is_split_into_rows_columns_and_the_rest() {
        let round = observed(&[(0, 0, 9.5), (0, 1, 10.5), (1, 0, 18.5), (1, 1, 21.5)]);
        let fit = two_way(&[round.clone(), round], 2, 2).unwrap();
        check(&fit.rows, &[Some(10.0), Some(20.0)]);
        check(&fit.columns, &[Some(-1.0), Some(1.0)]);
        // 100, 4 and 1 of 105, and the same again in the other round.
        let parts = fit.parts.unwrap();
        assert!((parts.rows.value - 100.0 / 105.0).abs() < 1e-12);
        assert!((parts.columns.value - 4.0 / 105.0).abs() < 1e-12);
        assert!((parts.interaction.value - 1.0 / 105.0).abs() < 1e-12);
        assert!(parts.noise.value.abs() < 1e-12);
    }

    /// Mean 10, and a variance of 2 over two rounds: an error of 1.
    #[test]
    fn rounds_are_the_replicates() {
        let round = |shift: f64| {
            observed(
                &[(0, 0, 9.0), (0, 1, 11.0), (1, 0, 19.0), (1, 1, 21.0)]
                    .map(|(row, column, value)| (row, column, value + shift)),
            )
        };
        let fit = two_way(&[round(-1.0), round(1.0)], 2, 2).unwrap();
        let row = fit.rows[0].unwrap();
        assert!((row.value - 10.0).abs() < 1e-9);
        assert!((row.spread.unwrap().standard_error - 1.0).abs() < 1e-9);
        let column = fit.columns[1].unwrap();
        assert!((column.value - 1.0).abs() < 1e-9);
        assert!(column.spread.unwrap().standard_error < 1e-9);
    }

    /// The first row never moves: whether a value is its own or its column's is unknown.
    #[test]
    fn what_is_not_connected_has_no_effect() {
        let round = observed(&[
            (0, 0, 7.0),
            (1, 1, 1.0),
            (1, 2, 2.0),
            (2, 1, 3.0),
            (2, 2, 4.0),
        ]);
        let fit = two_way(&[round], 3, 3).unwrap();
        assert_eq!(fit.groups.len(), 2);
        assert!(!fit.groups[0].is_fitted() && fit.groups[1].is_fitted());
        check(&fit.rows, &[None, Some(1.5), Some(3.5)]);
        check(&fit.columns, &[None, Some(-0.5), Some(0.5)]);
    }

    #[test]
    fn rounds_with_other_cells_are_refused() {
        assert_eq!(two_way(&[], 1, 1), Err(StatsError::Empty));
        let rounds = [observed(&[(0, 0, 1.0)]), observed(&[(0, 1, 1.0)])];
        assert_eq!(two_way(&rounds, 1, 2), Err(StatsError::Unmatched));
    }

    proptest! {
        /// Whatever is a sum of a row and a column is found again, also where cells are missing.
        #[test]
        fn sums_are_found_again(
            rows in prop::collection::vec(0.0..100.0_f64, 2..6),
            columns in prop::collection::vec(-9.0..9.0_f64, 2..6),
            missing in any::<u64>(),
        ) {
            let middle = columns.iter().sum::<f64>() / count(columns.len());
            let columns: Vec<f64> = columns.iter().map(|it| it - middle).collect();
            let mut round = Vec::new();
            for (row, own) in rows.iter().enumerate() {
                for (column, effect) in columns.iter().enumerate() {
                    // The first row and the first column connect everything.
                    let is_there = missing >> (row * 8 + column) & 1 == 0;
                    if row == 0 || column == 0 || is_there {
                        round.push(Observation { row, column, value: own + effect });
                    }
                }
            }
            let fit = two_way(&[round.clone(), round], rows.len(), columns.len()).unwrap();
            for (found, own) in fit.rows.iter().zip(&rows) {
                prop_assert!((found.unwrap().value - own).abs() < 1e-6);
            }
            for (found, effect) in fit.columns.iter().zip(&columns) {
                prop_assert!((found.unwrap().value - effect).abs() < 1e-6);
            }
            let parts = fit.parts.unwrap();
            prop_assert!((parts.rows.value + parts.columns.value - 1.0).abs() < 1e-9);
            prop_assert!(parts.interaction.value.abs() < 1e-9 && parts.noise.value.abs() < 1e-9);
        }
    }
}
