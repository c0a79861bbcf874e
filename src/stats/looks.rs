//! Looking more than once: an experiment that ends as soon as it has an answer.
//!
//! After some rounds it is looked whether there is a verdict, and if not the experiment
//! goes on. Each look is one more chance to be wrong, so at each look intervals are of a
//! higher level, such that all looks together err as often as one may. The error is the same
//! at every look, as with Pocock (1977), which ends an experiment soonest where there is
//! something to find.
//!
//! The first look is an early one. Three rounds cannot tell a slower version from a machine
//! that has two speeds and happened to have the slow one for all three runs of one side, which
//! is so in one experiment of 32. What no such machine does needs no more rounds, and only
//! that is said.

use super::Level;

/// After how many rounds it is looked. It is looked often, because a look costs nothing and
/// rounds do; not after 8 or 10, where the intervals are less robust than after one round more.
pub(crate) const LOOKS: [u32; 9] = [3, 6, 7, 9, 11, 13, 15, 17, 20];

/// The number of rounds at which a look is not an early one any more.
const FIRST_FULL: u32 = LOOKS[1];

/// How much further off than they show the truth of early rounds may be, on the scale of
/// logarithms: the ratio of a machine's two speeds, 1.3, which is more than turbo clocks, busy
/// neighbours and shared cores mostly make of it.
const EARLY_ALLOWANCE: f64 = 0.262_364_264_467_491_06;

/// The error rate at each look but the early one, as a part of the error rate of all looks
/// together. Found by simulation with [`paired`](super::paired()), the estimator that is
/// used; a test of the simulation finds it again.
pub(super) const PART: f64 = 0.216;

/// The looks of an experiment of at most `most` rounds: those of [`LOOKS`] up to there,
/// and one after the last round.
pub(crate) fn looks_up_to(most: u32) -> Vec<u32> {
    // After an early look there has to be one that is none.
    let looks = LOOKS
        .into_iter()
        .filter(|&look| look < most && most >= FIRST_FULL);
    let mut looks: Vec<u32> = looks.collect();
    looks.push(most);
    looks
}

/// The level of intervals at each look, such that all looks together have the error rate of
/// `overall`.
pub(crate) fn level_of_looks(overall: Level) -> Level {
    overall.with_part_of_error(PART)
}

/// How much further off than it shows the truth may be at the look after `rounds` rounds, on
/// the scale of logarithms.
pub(crate) const fn allowance_after(rounds: u32) -> f64 {
    if rounds < FIRST_FULL {
        EARLY_ALLOWANCE
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(confidence: f64) -> Level {
        Level::new(confidence).unwrap()
    }

    #[test]
    fn each_look_has_its_part_of_the_error() {
        let each = level_of_looks(level(0.95));
        assert!((each.alpha() - 0.05 * PART).abs() < 1e-12);
    }

    #[test]
    fn the_last_look_is_after_the_last_round() {
        assert_eq!(looks_up_to(20), LOOKS);
        assert_eq!(looks_up_to(12), [3, 6, 7, 9, 11, 12]);
        assert_eq!(looks_up_to(6), [3, 6]);
        assert_eq!(looks_up_to(5), [5]);
        assert_eq!(looks_up_to(2), [2]);
    }

    #[test]
    fn the_early_allowance_is_the_ratio_of_two_speeds() {
        assert!((EARLY_ALLOWANCE.exp() - 1.3).abs() < 1e-12);
        assert!(allowance_after(3) > 0.0 && allowance_after(5) > 0.0);
        assert!(allowance_after(6) <= 0.0);
    }

    /// A threefold change needs no more than the first look, with runs that differ by a
    /// tenth.
    #[test]
    fn what_is_beyond_doubt_is_known_at_the_first_look() {
        let interval = at_the_first_look([0.9, 1.0, 1.1].map(|change| 3.0 * change));
        assert!(interval.is_above(0.01), "{interval:?}");
    }

    /// All three runs of one side were made at the machine's slower speed.
    #[test]
    fn what_a_machine_of_two_speeds_may_do_is_not_known_at_the_first_look() {
        let interval = at_the_first_look([1.25, 1.251, 1.249]);
        assert!(interval.contains(0.0), "{interval:?}");
    }

    fn at_the_first_look(ratios: [f64; 3]) -> crate::stats::Interval {
        let rounds = ratios.map(|ratio| crate::stats::PairedRound {
            difference: ratio.ln(),
            slot: crate::stats::Slot::BeforeFirst,
        });
        let found = crate::stats::paired(&rounds).unwrap();
        let widened = found.widened(allowance_after(3));
        widened.interval(level_of_looks(level(0.95))).unwrap()
    }
}
