//! Which run of which variant comes when.
//!
//! The sides are interleaved and their order is balanced, so that a machine that
//! warms up, cools down or favours the first of two runs does not favour a side.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Not measured: brings caches and clocks to a steady state.
    WarmUp,
    /// Without a tracer: gives throughput.
    Timed,
    /// Under the sampler: gives shares.
    Profiled,
    /// As it is profiled, but with nobody watching: shows what part of the slowdown of
    /// profiled runs is the sampler's, and what the build's.
    Control,
}

/// One run to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Round, counted from 1; 0 while warming up.
    pub round: u32,
    /// Place among all measured runs, counted from 0.
    pub position: u32,
    /// Index of the variant.
    pub variant: usize,
    /// What the run is for.
    pub purpose: Purpose,
}

/// How many runs of how many variants to plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// Variants to interleave.
    pub variants: usize,
    /// Measured rounds, of which the last ones may be left out: a timed and a profiled run of
    /// each variant in each, and in the first a control run.
    pub rounds: u32,
    /// Rounds of one unmeasured run of each variant, before all others.
    pub warm_up: u32,
}

/// All runs of an experiment, in order.
///
/// In each round the timed runs of all variants come next to each other, then the
/// profiled ones, and in the first the control runs. Rounds come in pairs: the second has
/// the reverse of the order that was drawn for the first, separately for timed and profiled
/// runs. So after an even number of rounds two variants have been first equally often.
pub(crate) fn plan(size: Size, seed: u64) -> Vec<Step> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut steps = Vec::new();
    for _ in 0..size.warm_up {
        let order = 0..size.variants;
        push_runs(&mut steps, 0, order, Purpose::WarmUp);
    }
    let mut drawn = [Vec::new(), Vec::new()];
    for round in 1..=size.rounds {
        for (order, purpose) in drawn.iter_mut().zip([Purpose::Timed, Purpose::Profiled]) {
            if round % 2 == 1 {
                *order = shuffled(size.variants, &mut rng);
            } else {
                order.reverse();
            }
            push_runs(&mut steps, round, order.iter().copied(), purpose);
        }
        if round == 1 {
            push_runs(&mut steps, round, 0..size.variants, Purpose::Control);
        }
    }
    steps
}

fn push_runs(
    steps: &mut Vec<Step>,
    round: u32,
    order: impl Iterator<Item = usize>,
    purpose: Purpose,
) {
    let mut position = steps
        .iter()
        .rfind(|step| step.purpose != Purpose::WarmUp)
        .map_or(0, |step| step.position + 1);
    for variant in order {
        steps.push(Step {
            round,
            position,
            variant,
            purpose,
        });
        if purpose != Purpose::WarmUp {
            position += 1;
        }
    }
}

/// The numbers below `n` in random order (Fisher-Yates).
fn shuffled(n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, rng.random_range(0..=last));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_in_timed_runs(steps: &[Step], round: u32) -> usize {
        let timed = |step: &&Step| step.round == round && step.purpose == Purpose::Timed;
        steps.iter().find(timed).unwrap().variant
    }

    #[test]
    fn two_variants_are_first_equally_often() {
        for seed in 0..50 {
            let size = Size {
                variants: 2,
                rounds: 6,
                warm_up: 0,
            };
            let steps = plan(size, seed);
            let firsts: usize = (1..=6).map(|n| first_in_timed_runs(&steps, n)).sum();
            assert_eq!(firsts, 3, "seed {seed}");
        }
    }

    #[test]
    fn the_seed_decides_the_order() {
        let size = Size {
            variants: 2,
            rounds: 20,
            warm_up: 0,
        };
        assert_eq!(plan(size, 7), plan(size, 7));
        assert_ne!(plan(size, 7), plan(size, 8));
    }

    #[test]
    fn every_round_has_every_run_once_and_positions_count_up() {
        let size = Size {
            variants: 3,
            rounds: 5,
            warm_up: 2,
        };
        let steps = plan(size, 1);
        let (warm_up, measured) = steps.split_at(6);
        assert!(warm_up.iter().all(|step| step.purpose == Purpose::WarmUp));
        assert!(
            measured
                .iter()
                .enumerate()
                .all(|(n, step)| step.position as usize == n)
        );
        for round in 1..=5 {
            for purpose in [Purpose::Timed, Purpose::Profiled, Purpose::Control] {
                let mut variants: Vec<_> = measured
                    .iter()
                    .filter(|step| step.round == round && step.purpose == purpose)
                    .map(|step| step.variant)
                    .collect();
                variants.sort_unstable();
                let expected: &[usize] = match (purpose, round) {
                    (Purpose::Control, 2..) => &[],
                    _ => &[0, 1, 2],
                };
                assert_eq!(variants, expected);
            }
        }
    }
}
