//! How much of a variation is one between classes.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::count;

/// Degrees of freedom within classes below which nothing is said: of fewer, the part is hardly
/// more than chance.
const LEAST_WITHIN: f64 = 8.0;

/// What a classification explains of the variance of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Explained {
    /// The part of the variance that is between classes, from 0 to 1.
    pub part: f64,
    /// p of "it is none".
    pub p_value: f64,
}

/// What part of the variance of values is between their classes, by an analysis of variance of
/// one way: ω² = (B − ν·s²)/(B + W + s²), at least 0 (Hays 1963), and the F-test.
/// B and W are the sums of squares between and within classes, ν the degrees of freedom of B,
/// and s² the variance within classes.
///
/// `None` of a single class, where too few values share their class with another one, and of
/// values that do not vary within classes.
pub(crate) fn explained_by_class(values: &[(u32, f64)]) -> Option<Explained> {
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
    let degrees_between = count(classes.len() - 1);
    let residual = within / degrees_within;
    let part = (between - degrees_between * residual) / (between + within + residual);
    let ratio = between / degrees_between / residual;
    let distribution = FisherSnedecor::new(degrees_between, degrees_within).ok()?;
    (residual > 0.0 && ratio.is_finite()).then(|| Explained {
        part: part.clamp(0.0, 1.0),
        p_value: distribution.sf(ratio).clamp(0.0, 1.0),
    })
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Three classes of five, worked out by hand: B = 70, W = 30, and F = 35/2.5 = 14.
    #[test]
    fn the_part_and_the_test_are_those_of_the_analysis_of_variance() {
        let deviations = [-2.0, -1.0, 0.0, 1.0, 2.0];
        let means = [1.0, 2.0, 6.0];
        let values: Vec<(u32, f64)> = (0..)
            .zip(means)
            .flat_map(|(class, mean)| deviations.map(|it| (class, mean + it)))
            .collect();
        let found = explained_by_class(&values).unwrap();
        assert!((found.part - 65.0 / 102.5).abs() < 1e-12, "{found:?}");
        // F(2, 12): the tail is (1 + 2·14/12)^(−6).
        let expected = (1.0 + 28.0_f64 / 12.0).powi(-6);
        assert!((found.p_value - expected).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn classes_that_tell_nothing_explain_nothing() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut significant = 0;
        for _ in 0..400 {
            let values: Vec<(u32, f64)> = (0..20)
                .map(|_| (random.random_range(0..4), random.random_range(0.0..1.0)))
                .collect();
            let Some(found) = explained_by_class(&values) else {
                continue;
            };
            significant += u32::from(found.p_value < 0.05);
        }
        assert!((8..=34).contains(&significant), "{significant} of 400");
    }

    #[test]
    fn of_too_few_values_nothing_is_said() {
        let few: Vec<(u32, f64)> = (0..8).map(|i| (i % 2, f64::from(i))).collect();
        assert_eq!(explained_by_class(&few), None);
        let one_class: Vec<(u32, f64)> = (0..20).map(|i| (7, f64::from(i))).collect();
        assert_eq!(explained_by_class(&one_class), None);
        let constant: Vec<(u32, f64)> = (0..20).map(|i| (i % 4, 1.0)).collect();
        assert_eq!(explained_by_class(&constant), None);
        assert_eq!(explained_by_class(&[]), None);
    }
}
