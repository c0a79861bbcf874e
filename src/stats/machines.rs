//! Rounds that were made on several machines.
//!
//! Both versions run in every round of every machine, so how fast a machine is cancels in its own
//! differences. But rounds on one machine have in common what the change does there, so that the
//! machine is what counts as one observation, however many rounds it has: machines are a random
//! factor, and rounds are nested in them. Where there are enough machines, their values are the
//! replicates, with Student's t on one degree of freedom less than there are machines. In that
//! variance is what the change does differently on each, what the rounds of one do, and how
//! much of each there is need not be known (Searle, Casella and `McCulloch` 1992, section 3.3).
//! Two or three machines say next to nothing of others: by Student's t on two degrees of
//! freedom, an interval is as wide as four standard errors. Their rounds are the replicates then,
//! and what is found is true of these machines, without a claim on others.

use super::mean::{mean, satterthwaite, settle};
use super::paired::{FIRST_TRIMMED, fitted, trimmed};
use super::{Estimate, PairedRound, Shift, StatsError, count, paired};

/// Machines from which on they say something of others of their kind.
pub(crate) const ENOUGH_MACHINES: usize = 4;

/// Which of several machines each round was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machines {
    /// The rounds of each machine, by their index; none is empty.
    rounds: Vec<Vec<usize>>,
    /// What each is known by.
    numbers: Vec<usize>,
}

/// What intervals are true of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The only machine.
    One,
    /// The two or three machines that were measured.
    These,
    /// Machines of which these are some.
    Like,
}

impl Machines {
    /// One machine, on which all of so many rounds were made.
    pub(crate) fn one(rounds: usize) -> Self {
        Self {
            rounds: vec![(0..rounds).collect()],
            numbers: vec![0],
        }
    }

    /// The machine of each round, by any number.
    pub(crate) fn of(machines: impl IntoIterator<Item = usize>) -> Self {
        let mut known: Vec<usize> = Vec::new();
        let mut rounds: Vec<Vec<usize>> = Vec::new();
        for (round, machine) in machines.into_iter().enumerate() {
            if let Some(at) = known.iter().position(|&it| it == machine) {
                rounds[at].push(round);
            } else {
                known.push(machine);
                rounds.push(vec![round]);
            }
        }
        Self {
            rounds,
            numbers: known,
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.rounds.len()
    }

    /// What each is known by, in the order of [`groups`](Self::groups).
    pub(crate) fn numbers(&self) -> &[usize] {
        &self.numbers
    }

    /// What intervals are true of.
    pub(crate) fn scope(&self) -> Scope {
        match self.len() {
            0 | 1 => Scope::One,
            few if few < ENOUGH_MACHINES => Scope::These,
            _ => Scope::Like,
        }
    }

    /// The values of the rounds of each machine.
    pub(crate) fn groups<T: Clone>(&self, of_rounds: &[T]) -> Vec<Vec<T>> {
        let group = |rounds: &Vec<usize>| rounds.iter().map(|&it| of_rounds[it].clone()).collect();
        self.rounds.iter().map(group).collect()
    }

    /// The mean of all machines' means, each of which counts alike.
    pub(crate) fn mean(&self, values: &[f64]) -> Result<Estimate, StatsError> {
        if self.scope() == Scope::One {
            return mean(values);
        }
        let means = self
            .groups(values)
            .iter()
            .map(|it| mean(it))
            .collect::<Result<Vec<_>, _>>()?;
        combine(&means)
    }

    /// What to multiply the times of each round with, so that a machine's mean time before is that
    /// of all machines: seconds of a fast machine and of a slow one then count alike. 1 on a
    /// single machine.
    pub(crate) fn to_common_speed(&self, before_s: &[f64]) -> Vec<f64> {
        let mut factors = vec![1.0; before_s.len()];
        if self.scope() == Scope::One {
            return factors;
        }
        let means: Vec<f64> = self.means(before_s);
        let common = means.iter().sum::<f64>() / count(means.len());
        for (rounds, mean) in self.rounds.iter().zip(means) {
            for &round in rounds {
                factors[round] = common / mean;
            }
        }
        factors
    }

    /// How much less is paid after than before, by paired rounds: an estimate by all of them, and
    /// from so many rounds of each machine on as [`paired()`] has one beside it, one that single
    /// disturbed rounds do not spoil. No machine is left out for being unlike the others.
    ///
    /// Fails as [`paired()`] does.
    pub(crate) fn paired(&self, rounds: &[PairedRound]) -> Result<Shift, StatsError> {
        if self.scope() == Scope::One {
            return paired(rounds);
        }
        let groups = self.groups(rounds);
        let by_all = groups
            .iter()
            .map(|it| fitted(it))
            .collect::<Result<Vec<_>, _>>()?;
        let by_all = combine(&by_all)?;
        if groups.iter().any(|it| it.len() < FIRST_TRIMMED as usize) {
            return Ok(by_all.into());
        }
        let without_ends: Vec<Estimate> = groups.iter().map(|it| trimmed(it)).collect();
        Ok(Shift::of_both(by_all, combine(&without_ends)?))
    }

    /// Degrees of freedom of the variances below.
    pub(super) fn degrees(&self) -> f64 {
        let rounds: usize = self.rounds.iter().map(Vec::len).sum();
        match self.scope() {
            Scope::One | Scope::These => count(rounds) - count(self.len()),
            Scope::Like => count(self.len()) - 1.0,
        }
    }

    /// What counts as one observation, so many there are: it is how often something is drawn
    /// anew that has one value in each.
    pub(super) fn replicates(&self) -> f64 {
        match self.scope() {
            Scope::One | Scope::These => count(self.rounds.iter().map(Vec::len).sum()),
            Scope::Like => count(self.len()),
        }
    }

    /// The mean of each machine.
    fn means(&self, values: &[f64]) -> Vec<f64> {
        let mean = |rounds: &Vec<usize>| {
            rounds.iter().map(|&it| values[it]).sum::<f64>() / count(rounds.len())
        };
        self.rounds.iter().map(mean).collect()
    }

    /// The mean of all machines' means.
    pub(super) fn value(&self, values: &[f64]) -> f64 {
        self.means(values).iter().sum::<f64>() / count(self.len())
    }

    /// The variance of the mean of all machines, of values with these variances that are
    /// independent of each other.
    pub(super) fn variance_of_mean(&self, variances: &[f64]) -> f64 {
        let of_machine = |rounds: &Vec<usize>| {
            rounds.iter().map(|&it| variances[it]).sum::<f64>() / count(rounds.len()).powi(2)
        };
        self.rounds.iter().map(of_machine).sum::<f64>() / count(self.len()).powi(2)
    }

    /// The covariance of the means of all machines as the replicates show it, with
    /// [`degrees`](Self::degrees) degrees of freedom; 0 where there are none, and where it is no
    /// more than rounding.
    pub(super) fn covariance_of_mean(&self, x: &[f64], y: &[f64]) -> f64 {
        let degrees = self.degrees();
        if degrees <= 0.0 {
            return 0.0;
        }
        let (products, size) = match self.scope() {
            Scope::Like => products(&self.means(x), &self.means(y)),
            Scope::One | Scope::These => {
                let pairs = self.groups(x).into_iter().zip(self.groups(y));
                let within = pairs.map(|(x, y)| products(&x, &y));
                within.fold((0.0, 0.0_f64), |(sum, size), (products, of_group)| {
                    (sum + products, size.max(of_group))
                })
            }
        };
        let each = products / degrees;
        let each = if settle(each.abs(), size) > 0.0 {
            each
        } else {
            0.0
        };
        let parts = match self.scope() {
            Scope::Like => 1.0 / count(self.len()),
            Scope::One | Scope::These => self.variance_of_mean(&vec![1.0; x.len()]),
        };
        each * parts
    }
}

/// The sum of the products of deviations from the means, and the largest value.
fn products(x: &[f64], y: &[f64]) -> (f64, f64) {
    let n = count(x.len());
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let products = x
        .iter()
        .zip(y)
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    let size = x
        .iter()
        .chain(y)
        .fold(0.0_f64, |size, it| size.max(it.abs()));
    (products, size)
}

/// The mean of what is estimated on each of several machines.
fn combine(machines: &[Estimate]) -> Result<Estimate, StatsError> {
    let values: Vec<f64> = machines.iter().map(|it| it.value).collect();
    if values.len() >= ENOUGH_MACHINES {
        return mean(&values);
    }
    let n = count(values.len());
    let value = values.iter().sum::<f64>() / n;
    let parts = machines.iter().map(|it| {
        let spread = it.spread?;
        Some(((spread.standard_error / n).powi(2), spread.degrees))
    });
    Ok(match parts.collect::<Option<Vec<_>>>() {
        None => Estimate::without_spread(value),
        Some(parts) => {
            let variance = parts.iter().map(|(variance, _)| variance).sum();
            Estimate::with_variance(value, variance, satterthwaite(&parts))
        }
    })
}
