//! Looking more than once: an experiment that ends as soon as it has an answer.
//!
//! After some rounds it is looked whether there is a verdict, and if not the experiment
//! goes on. Each look is one more chance to be wrong. Intervals of the usual level at
//! every look would err in 13% of experiments instead of 5%; so at each look they are
//! of a higher level, such that all looks together err as often as one may.
//!
//! The shape is that of Pocock (1977), the same error at every look, but for the first,
//! which is stricter: it has few rounds, and what is beyond doubt there needs no more.

use super::Level;

/// After how many rounds it is looked.
pub(crate) const LOOKS: [u32; 5] = [3, 6, 10, 15, 20];

/// The error rate at each look relative to the others.
pub(super) const SHAPE: [f64; LOOKS.len()] = [0.25, 1.0, 1.0, 1.0, 1.0];

/// The error rate at a look of shape 1, as a part of the error rate of all looks
/// together. Found by simulation with [`paired`](super::paired()), the estimator that is
/// used; a test of the simulation finds it again.
pub(super) const PART: f64 = 0.27;

/// The looks of an experiment of at most `most` rounds: those of [`LOOKS`] up to there,
/// and one after the last round.
pub(crate) fn looks_up_to(most: u32) -> Vec<u32> {
    let mut looks: Vec<u32> = LOOKS.into_iter().filter(|&look| look < most).collect();
    looks.push(most);
    looks
}

/// The level of intervals at the look after `rounds` rounds, such that all looks
/// together have the error rate of `overall`. Between two looks it is that of the later
/// one, and after the last look that of the last.
pub(crate) fn level_after(rounds: u32, overall: Level) -> Level {
    let later = LOOKS.iter().position(|&look| rounds <= look);
    let part = PART * SHAPE[later.unwrap_or(LOOKS.len() - 1)];
    overall.with_part_of_error(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(confidence: f64) -> Level {
        Level::new(confidence).unwrap()
    }

    #[test]
    fn the_level_is_that_of_the_next_look() {
        let at = |rounds| level_after(rounds, level(0.95));
        assert!((at(3).alpha() - 0.05 * PART / 4.0).abs() < 1e-12);
        assert_eq!(at(1), at(3));
        assert_eq!(at(4), at(6));
        assert!((at(20).alpha() - 0.05 * PART).abs() < 1e-12);
        assert_eq!(at(25), at(20));
    }

    #[test]
    fn the_last_look_is_after_the_last_round() {
        assert_eq!(looks_up_to(20), LOOKS);
        assert_eq!(looks_up_to(12), [3, 6, 10, 12]);
        assert_eq!(looks_up_to(6), [3, 6]);
        assert_eq!(looks_up_to(2), [2]);
    }

    /// A threefold change needs no more than the first look, with runs that differ by a
    /// tenth.
    #[test]
    fn what_is_beyond_doubt_is_known_at_the_first_look() {
        let rounds = [0.9_f64, 1.0, 1.1].map(|change| crate::stats::PairedRound {
            difference: (3.0 * change).ln(),
            slot: crate::stats::Slot::BeforeFirst,
        });
        let found = crate::stats::paired(&rounds).unwrap();
        let interval = found.interval(level_after(3, level(0.95))).unwrap();
        assert!(interval.is_above(0.01), "{interval:?}");
    }
}
