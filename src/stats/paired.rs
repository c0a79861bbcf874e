//! Paired differences of rounds, with the order of the two runs taken out.

use super::mean::{Moments, settle};
use super::{Estimate, Shift, StatsError, check_finite, count};

/// Number of rounds from which there is a trimmed mean as well. With 8 it would keep 6 of
/// them for two parameters, and on a machine of two speeds its intervals would hold the truth
/// in 93% of experiments instead of 95%.
pub(super) const FIRST_TRIMMED: u32 = 9;

/// Part of the values that trimming cuts off at each end (Yuen 1974).
const TRIM: f64 = 0.2;

/// Which side's run came first in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// The before version ran first.
    BeforeFirst,
    /// The after version ran first.
    AfterFirst,
}

impl Slot {
    const fn sign(self) -> f64 {
        match self {
            Self::BeforeFirst => 1.0,
            Self::AfterFirst => -1.0,
        }
    }
}

/// One round: the difference between its two runs, and their order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PairedRound {
    /// The difference, such as the logarithm of the ratio of two times.
    pub difference: f64,
    /// Which run came first.
    pub slot: Slot,
}

/// The mean difference Δ of rounds that are δᵢ = Δ + π·slotᵢ + εᵢ, where π is what
/// being first does to a run.
///
/// There is the least-squares fit, with n − 2 degrees of freedom, or
/// n − 1 and π = 0 where an order occurs less than twice and π cannot be told from Δ
/// or from one disturbed run. From
/// [`FIRST_TRIMMED`] rounds on there is the 20% trimmed mean of δᵢ − π̂·slotᵢ as well, with its
/// winsorised standard error (Yuen 1974), which one run in ten that was disturbed
/// does not spoil; its π̂ is from the two orders' trimmed means. A single
/// round gives an estimate without spread.
///
/// The first is the sharper one where nothing disturbs the runs, the second where something
/// does, and both have to allow what is allowed.
///
/// Fails on no rounds and on differences that are not finite.
pub(crate) fn paired(rounds: &[PairedRound]) -> Result<Shift, StatsError> {
    check_finite(rounds.iter().map(|round| round.difference))?;
    let order = OrderEffect::of(rounds);
    let fitted = fitted_mean(rounds, order.as_ref()).ok_or(StatsError::Empty)?;
    Ok(if rounds.len() < FIRST_TRIMMED as usize {
        Shift::of_one_until(fitted, FIRST_TRIMMED)
    } else {
        Shift::of_both(fitted, trimmed_mean(rounds, order.as_ref()))
    })
}

/// The least-squares fit alone.
///
/// Fails as [`paired`] does.
pub(super) fn fitted(rounds: &[PairedRound]) -> Result<Estimate, StatsError> {
    check_finite(rounds.iter().map(|round| round.difference))?;
    fitted_mean(rounds, OrderEffect::of(rounds).as_ref()).ok_or(StatsError::Empty)
}

/// The trimmed mean alone, of at least [`FIRST_TRIMMED`] rounds.
pub(super) fn trimmed(rounds: &[PairedRound]) -> Estimate {
    trimmed_mean(rounds, OrderEffect::of(rounds).as_ref())
}

/// What the order of the runs does, where both orders occur.
struct OrderEffect {
    /// By how much π̂ inflates the variance of Δ̂: 1 for balanced orders.
    inflation: f64,
    /// Differences of rounds in which before, and after, ran first.
    groups: [Vec<f64>; 2],
}

impl OrderEffect {
    fn of(rounds: &[PairedRound]) -> Option<Self> {
        let group = |slot| {
            let rounds = rounds.iter().filter(move |round| round.slot == slot);
            rounds.map(|round| round.difference).collect::<Vec<_>>()
        };
        let groups = [group(Slot::BeforeFirst), group(Slot::AfterFirst)];
        let [first, second] = [count(groups[0].len()), count(groups[1].len())];
        // An order that occurs once cannot be told from a disturbed run: fitted, it
        // would take the whole disturbance for its own, and leave Δ wrong and sure.
        if groups.iter().any(|group| group.len() < 2) {
            return None;
        }
        let mean_slot = (first - second) / (first + second);
        // Var Δ̂ = σ²(1/n + m²/Σ(slotᵢ − m)²), and Σ(slotᵢ − m)² = n(1 − m²).
        let inflation = 1.0 / (1.0 - mean_slot * mean_slot);
        Some(Self { inflation, groups })
    }

    /// π̂ by least squares: half the difference of the orders' means.
    fn least_squares(&self) -> f64 {
        let [first, second] = self
            .groups
            .each_ref()
            .map(|group| group.iter().sum::<f64>() / count(group.len()));
        (first - second) / 2.0
    }

    /// π̂ that single disturbed runs do not move: half the difference of the orders'
    /// trimmed means, each without at least one value at both ends.
    fn robust(&self) -> f64 {
        let [first, second] = self.groups.each_ref().map(|group| {
            let mut sorted = group.clone();
            sorted.sort_by(f64::total_cmp);
            let cut = trimmed_at_each_end(sorted.len())
                .max(1)
                .min((sorted.len() - 1) / 2);
            let kept = &sorted[cut..sorted.len() - cut];
            kept.iter().sum::<f64>() / count(kept.len())
        });
        (first - second) / 2.0
    }
}

/// `None` of no rounds.
fn fitted_mean(rounds: &[PairedRound], order: Option<&OrderEffect>) -> Option<Estimate> {
    let effect = order.map_or(0.0, OrderEffect::least_squares);
    let moments = Moments::of(&centre(rounds, effect))?;
    let degrees = moments.n - parameters(order);
    if degrees <= 0.0 {
        return Some(Estimate::without_spread(moments.mean));
    }
    let squares = moments.variance.unwrap_or(0.0) * (moments.n - 1.0);
    let residual = settle(squares / degrees, size(rounds));
    Some(Estimate::with_variance(
        moments.mean,
        inflation(order) * residual / moments.n,
        degrees,
    ))
}

fn trimmed_mean(rounds: &[PairedRound], order: Option<&OrderEffect>) -> Estimate {
    let effect = order.map_or(0.0, OrderEffect::robust);
    let mut centred = centre(rounds, effect);
    centred.sort_by(f64::total_cmp);
    let cut = trimmed_at_each_end(centred.len());
    let kept = &centred[cut..centred.len() - cut];
    let h = count(kept.len());
    let degrees = h - parameters(order);
    let squares = settle(winsorised_squares(&centred, cut), size(rounds));
    let mean = kept.iter().sum::<f64>() / h;
    Estimate::with_variance(mean, inflation(order) * squares / (h * degrees), degrees)
}

/// Parameters that the model fits: Δ, and π where it can be told apart.
fn parameters(order: Option<&OrderEffect>) -> f64 {
    if order.is_some() { 2.0 } else { 1.0 }
}

fn inflation(order: Option<&OrderEffect>) -> f64 {
    order.map_or(1.0, |order| order.inflation)
}

/// The largest difference, which decides what is rounding.
fn size(rounds: &[PairedRound]) -> f64 {
    rounds
        .iter()
        .map(|round| round.difference.abs())
        .fold(0.0, f64::max)
}

/// The rounds' differences without what the order does to them.
fn centre(rounds: &[PairedRound], order_effect: f64) -> Vec<f64> {
    rounds
        .iter()
        .map(|round| round.difference - order_effect * round.slot.sign())
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a fifth of a length, rounded down, is a length"
)]
fn trimmed_at_each_end(n: usize) -> usize {
    (TRIM * count(n)).floor() as usize
}

/// Sum of squared deviations after the `cut` values at each end of the ascending
/// `values` were set to the nearest one that is kept.
fn winsorised_squares(values: &[f64], cut: usize) -> f64 {
    let (low, high) = (values[cut], values[values.len() - 1 - cut]);
    let winsorised: Vec<f64> = values.iter().map(|value| value.clamp(low, high)).collect();
    let mean = winsorised.iter().sum::<f64>() / count(winsorised.len());
    winsorised.iter().map(|value| (value - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::Level;

    fn level() -> Level {
        Level::new(0.95).unwrap()
    }

    fn rounds(differences: &[f64], first: &str) -> Vec<PairedRound> {
        let slots = first.chars().cycle().map(|side| match side {
            'B' => Slot::BeforeFirst,
            _ => Slot::AfterFirst,
        });
        let pairs = differences.iter().zip(slots);
        pairs
            .map(|(&difference, slot)| PairedRound { difference, slot })
            .collect()
    }

    /// `expected` is value, standard error and degrees of freedom.
    #[track_caller]
    fn check(differences: &[f64], first: &str, expected: (f64, Option<(f64, f64)>)) {
        let found = paired(&rounds(differences, first)).unwrap().to_plan_by();
        assert!((found.value - expected.0).abs() < 1e-12, "{found:?}");
        match (found.spread, expected.1) {
            (None, None) => {}
            (Some(spread), Some((error, degrees))) => {
                assert!((spread.standard_error - error).abs() < 1e-12, "{found:?}");
                assert!((spread.degrees - degrees).abs() < 1e-12, "{found:?}");
            }
            _ => panic!("{found:?} is not {expected:?}"),
        }
    }

    #[test]
    fn what_the_order_does_is_taken_out() {
        // Δ = 2, π = 1, residuals ±0.5: Σε² = 1 over 2 degrees of freedom.
        check(
            &[3.5, 1.5, 2.5, 0.5],
            "BA",
            (2.0, Some((0.125_f64.sqrt(), 2.0))),
        );
    }

    #[test]
    fn one_order_only_leaves_it_in() {
        check(
            &[3.5, 1.5, 2.5, 0.5],
            "B",
            (2.0, Some(((5.0_f64 / 3.0 / 4.0).sqrt(), 3.0))),
        );
    }

    /// Before first three times, after first twice: Δ̂ is the mean of the orders'
    /// means, 2, with σ̂² = 0.5/3 and Var Δ̂ = σ²/5 / (1 − (1/5)²).
    #[test]
    fn unequal_orders_are_weighed_as_least_squares_does() {
        check(
            &[2.5, 1.0, 3.5, 1.0, 3.0],
            "BA",
            (2.0, Some(((5.0_f64 / 144.0).sqrt(), 3.0))),
        );
    }

    /// Both rounds of one order agree, and the third is far off: fitted, its order
    /// would explain it away.
    #[test]
    fn an_order_that_occurs_once_is_not_fitted() {
        check(&[3.0, 0.0, 0.0], "BAA", (1.0, Some((1.0, 2.0))));
    }

    #[test]
    fn too_few_rounds_have_no_spread() {
        check(&[3.0], "B", (3.0, None));
        check(&[3.0, 1.0], "BA", (2.0, Some((1.0, 1.0))));
        check(&[3.0, 1.0], "B", (2.0, Some((1.0, 1.0))));
    }

    #[test]
    fn rounds_that_agree_but_for_their_order_have_zero_width() {
        for n in 4..12 {
            let differences: Vec<f64> =
                (0..n).map(|i| if i % 2 == 0 { 0.3 } else { 0.1 }).collect();
            let found = paired(&rounds(&differences, "BA")).unwrap();
            assert!((found.value() - 0.2).abs() < 1e-9, "{n}: {found:?}");
            let interval = found.interval(level()).unwrap();
            assert!(interval.high - interval.low < 1e-12, "{n}: {found:?}");
        }
    }

    #[test]
    fn from_nine_rounds_on_disturbed_runs_do_not_count() {
        let differences = [0.01, -0.01, 0.02, -0.02, 0.0, 0.01, -0.01, 0.0, 5.0];
        let found = paired(&rounds(&differences, "B")).unwrap();
        let interval = found.interval(level()).unwrap();
        assert!(interval.is_within(-0.03, 0.03), "{interval:?}");
        // Seven of nine kept, and the slot is not estimated.
        let sharper = found.to_plan_by();
        assert!((sharper.spread.unwrap().degrees - 6.0).abs() < 1e-12);
    }

    /// The trimmed mean alone would be as unsure as if it had two rounds less.
    #[test]
    fn of_undisturbed_runs_all_count() {
        let differences = [1.0, -1.0, 0.5, -0.5, 0.2, -0.2, 0.7, -0.7, 0.1, -0.1];
        let sharper = paired(&rounds(&differences, "BAAB")).unwrap().to_plan_by();
        assert!((sharper.spread.unwrap().degrees - 8.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert_eq!(paired(&[]), Err(StatsError::Empty));
        assert!(paired(&rounds(&[1.0, f64::NAN], "B")).is_err());
    }

    proptest! {
        #[test]
        fn swapping_the_sides_turns_the_estimate_round(
            differences in prop::collection::vec(-1.0..1.0_f64, 1..20),
            first in prop::sample::select(vec!["B", "A", "BA", "ABBA", "BBA"]),
        ) {
            let there = paired(&rounds(&differences, first)).unwrap();
            let swapped: Vec<_> = rounds(&differences, first)
                .into_iter()
                .map(|round| PairedRound {
                    difference: -round.difference,
                    slot: match round.slot {
                        Slot::BeforeFirst => Slot::AfterFirst,
                        Slot::AfterFirst => Slot::BeforeFirst,
                    },
                })
                .collect();
            let back = paired(&swapped).unwrap();
            prop_assert!((there.value() + back.value()).abs() < 1e-12);
            let intervals = (there.interval(level()), back.interval(level()));
            if let (Some(there), Some(back)) = intervals {
                prop_assert!((there.low + back.high).abs() < 1e-9);
                prop_assert!((there.high + back.low).abs() < 1e-9);
            }
            prop_assert_eq!(intervals.0.is_some(), intervals.1.is_some());
        }
    }
}
