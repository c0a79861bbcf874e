//! Which run of which variant comes when.
//!
//! The sides are interleaved and their order is balanced, so that a machine that
//! warms up, cools down or favours the first of two runs does not favour a side. The order is
//! drawn for every round, so that what comes and goes from round to round does not either.

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

/// Rounds of a block, in which two variants are first equally often, in turn. The first full
/// look at an experiment is after the first block.
const BLOCKS: [usize; 2] = [6, 4];

/// How often a block is drawn anew that is not as it should be. With two variants 16 of 20
/// orders are; with so many variants that none is, a block may be as it comes.
const DRAWS: u32 = 100;

/// The seed of a part of an experiment, counted from 1: each has orders of its own. It can be
/// written as a number in JSON without any loss.
pub(crate) fn seed_of_part(seed: u64, number: u32) -> u64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let drawn = (0..number).fold(0, |_, _| rng.random::<u64>());
    drawn >> (u64::BITS - f64::MANTISSA_DIGITS)
}

/// All runs of an experiment, in order.
///
/// In each round the timed runs of all variants come next to each other, then the
/// profiled ones, and in the first the control runs. The orders are drawn separately for timed
/// and profiled runs, in blocks.
pub(crate) fn plan(size: Size, seed: u64) -> Vec<Step> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut steps = Vec::new();
    for _ in 0..size.warm_up {
        let order = 0..size.variants;
        push_runs(&mut steps, 0, order, Purpose::WarmUp);
    }
    let mut blocks = BLOCKS.into_iter().cycle();
    let mut left: [Vec<Order>; 2] = [Vec::new(), Vec::new()];
    for round in 1..=size.rounds {
        if left[0].is_empty() {
            let length = blocks.next().unwrap_or(BLOCKS[0]);
            left = left.map(|_| block(size.variants, length, &mut rng));
        }
        for (orders, purpose) in left.iter_mut().zip([Purpose::Timed, Purpose::Profiled]) {
            let order = orders.pop().unwrap_or_default();
            push_runs(&mut steps, round, order.into_iter(), purpose);
        }
        if round == 1 {
            push_runs(&mut steps, round, 0..size.variants, Purpose::Control);
        }
    }
    steps
}

/// The variants in the order of their runs.
type Order = Vec<usize>;

/// The orders of a block of rounds, of even length.
///
/// Half of them are drawn and the others are their reverses, so that of two variants each is
/// first equally often, and then they are shuffled. Drawn anew is a block in which a variant
/// and the first one take turns from round to round, as a disturbance may that every second
/// round has, and one that begins with the same of the two three times, as an experiment may
/// end after three rounds.
fn block(variants: usize, length: usize, rng: &mut ChaCha8Rng) -> Vec<Order> {
    let mut draw = || {
        let drawn: Vec<Order> = (0..length / 2).map(|_| shuffled(variants, rng)).collect();
        let reverses = drawn
            .iter()
            .map(|order| order.iter().rev().copied().collect());
        let orders: Vec<Order> = drawn.iter().cloned().chain(reverses).collect();
        let places = shuffled(length, rng).into_iter();
        places
            .map(|place| orders[place].clone())
            .collect::<Vec<_>>()
    };
    let mut drawn = draw();
    for _ in 1..DRAWS {
        if (1..variants).all(|variant| is_mixed(&drawn, variant)) {
            break;
        }
        drawn = draw();
    }
    // Rounds take them from the end.
    drawn.reverse();
    drawn
}

/// Whether the first variant is before another one now and then, and after it now and then.
fn is_mixed(orders: &[Order], other: usize) -> bool {
    let is_first_before = |order: &Order| {
        let place = |variant| order.iter().position(|&it| it == variant);
        place(0) < place(other)
    };
    let first: Vec<bool> = orders.iter().map(is_first_before).collect();
    let alternates = first.windows(2).all(|two| two[0] != two[1]);
    let begins_alike = first.len() > 4 && first[..3].iter().all(|&it| it == first[0]);
    !alternates && !begins_alike
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

    /// The variants that are first in the timed runs of so many rounds.
    fn firsts(rounds: u32, seed: u64) -> Vec<usize> {
        let size = Size {
            variants: 2,
            rounds,
            warm_up: 0,
        };
        let steps = plan(size, seed);
        let rounds = 1..=rounds;
        rounds.map(|n| first_in_timed_runs(&steps, n)).collect()
    }

    #[test]
    fn two_variants_are_first_equally_often() {
        for seed in 0..50 {
            for rounds in [6, 10, 16, 20] {
                let firsts: usize = firsts(rounds, seed).iter().sum();
                assert_eq!(2 * firsts, rounds as usize, "seed {seed}");
            }
        }
    }

    /// What every second round has must not be what every second round does.
    #[test]
    fn two_variants_do_not_take_turns_at_being_first() {
        for seed in 0..200 {
            let firsts = firsts(6, seed);
            let alternate = |phase: usize| (0..6).all(|n| firsts[n] == (n + phase) % 2);
            assert!(!alternate(0) && !alternate(1), "seed {seed}: {firsts:?}");
            let begin = firsts[..3].iter().sum::<usize>();
            assert!(begin == 1 || begin == 2, "seed {seed}: {firsts:?}");
        }
    }

    #[test]
    fn all_orders_that_are_mixed_occur() {
        let drawn: std::collections::BTreeSet<Vec<usize>> =
            (0..2000).map(|seed| firsts(6, seed)).collect();
        assert_eq!(drawn.len(), 16);
    }

    /// So many that hardly a block is mixed for all of them still have a plan.
    #[test]
    fn each_of_many_variants_is_before_the_first_in_half_of_the_rounds() {
        let size = Size {
            variants: 12,
            rounds: 10,
            warm_up: 0,
        };
        let steps = plan(size, 3);
        let position = |round, variant| {
            let mut timed = steps.iter().filter(|step| step.purpose == Purpose::Timed);
            let run = timed.find(|step| step.round == round && step.variant == variant);
            run.unwrap().position
        };
        for variant in 1..12 {
            let before = (1..=10).filter(|&round| position(round, variant) < position(round, 0));
            assert_eq!(before.count(), 5, "{variant}");
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
    fn every_part_has_a_seed_of_its_own() {
        let seeds: std::collections::BTreeSet<u64> = (0..10)
            .flat_map(|seed| (1..=100).map(move |number| seed_of_part(seed, number)))
            .collect();
        assert_eq!(seeds.len(), 1000);
        assert!(seeds.iter().all(|&seed| seed < 1 << 53));
        assert_eq!(seed_of_part(3, 5), seed_of_part(3, 5));
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
