//! What is claimed of the statistics, and the simulated experiments that show it.

use super::{Bar, Cell, Claim, growth, machines, plans, whole};
use crate::stats::simulation::noise::{CALM, Noise};
use crate::stats::simulation::world::{Rate, lines};
use crate::stats::simulation::{
    OF_PROCESSES, OF_RUNS, OF_SAMPLES, cost_coverage, doubled_cold_line, doubled_line,
    false_confirmations, false_confirmations_at_the_end, gate, looks, share_coverage,
    throughput_coverage, throughput_false_positives,
};

pub(super) const ROUNDS: [usize; 4] = [3, 6, 10, 20];

/// A kind of world, with its name.
pub(super) type Named = (&'static str, Noise);

/// An effect of the order that alternates from round to round: an experiment of three rounds
/// may be taken in by it.
pub(super) const ALTERNATING: usize = OF_RUNS.len() - 1;

/// A machine with two speeds.
pub(super) const TWO_SPEEDS: usize = 4;

/// Cells of a claim on throughput, for these worlds and numbers of rounds.
pub(super) fn cells(
    worlds: impl IntoIterator<Item = Named>,
    rounds: &[usize],
    rate: fn(Noise, usize, usize) -> Rate,
) -> Vec<Cell> {
    let worlds = worlds.into_iter();
    let cells = worlds.flat_map(|(name, noise)| {
        let of_world = rounds
            .iter()
            .map(move |&n| Cell::new(format!("{name}, {n} rounds"), move |k| rate(noise, n, k)));
        of_world.collect::<Vec<_>>()
    });
    cells.collect()
}

/// A claim on throughput: in every world of disturbed runs, with few rounds and many, but for
/// three rounds where the effect of the order alternates.
fn throughput(
    what: &'static str,
    bar: Bar,
    seed: u64,
    rate: fn(Noise, usize, usize) -> Rate,
) -> Claim {
    let mut all = cells(OF_RUNS[..ALTERNATING].iter().copied(), &ROUNDS, rate);
    all.extend(cells([OF_RUNS[ALTERNATING]], &ROUNDS[1..], rate));
    Claim::new(what, bar, seed, 500, all)
}

/// A claim on six rounds of 500 samples, under these disturbances.
fn six_rounds(
    what: &'static str,
    bar: Bar,
    seed: u64,
    noises: &[(&'static str, Noise)],
    rate: fn(Noise, usize) -> Rate,
) -> Claim {
    let cells = noises
        .iter()
        .map(|&(name, noise)| Cell::new(name.to_owned(), move |k| rate(noise, k)));
    Claim::new(what, bar, seed, 50, cells.collect())
}

/// All claims, in the order of the table.
pub(super) fn claims() -> Vec<Claim> {
    let mut claims = on_throughput();
    claims.extend(plans::on_throughput());
    claims.extend(on_identical_lines());
    claims.extend(on_changed_lines());
    claims.extend(plans::on_lines());
    claims.extend(on_intervals_of_lines());
    claims.extend(on_gates());
    claims.extend(whole::claims());
    claims.extend(growth::claims());
    claims.extend(machines::claims());
    claims
}

fn on_throughput() -> Vec<Claim> {
    let all_looks = OF_RUNS
        .iter()
        .map(|&(name, noise)| Cell::new(name.to_owned(), move |k| looks::false_verdicts(noise, k)));
    let calm = cells([OF_RUNS[0]], &ROUNDS, throughput_coverage);
    let disturbed = OF_RUNS[..ALTERNATING].iter().enumerate();
    let disturbed = disturbed.filter(|(index, _)| *index != TWO_SPEEDS);
    let disturbed = disturbed.map(|(_, &world)| world);
    vec![
        throughput(
            "identical code: throughput called faster or slower",
            Bar::AtMost(0.055),
            1,
            throughput_false_positives,
        ),
        Claim::new(
            "the same, with three rounds where the effect of the order alternates",
            Bar::None,
            1,
            500,
            cells(
                [OF_RUNS[ALTERNATING]],
                &ROUNDS[..1],
                throughput_false_positives,
            ),
        ),
        Claim::new(
            "the same, at any of the looks",
            Bar::AtMost(0.055),
            11,
            1000,
            all_looks.collect(),
        ),
        Claim::new(
            "intervals of throughput hold the truth",
            Bar::Between(0.94, 0.98),
            2,
            800,
            calm,
        ),
        Claim::new(
            "the same, also where runs are disturbed",
            Bar::AtLeast(0.94),
            2,
            500,
            cells(disturbed, &ROUNDS, throughput_coverage),
        ),
        Claim::new(
            "the same, on a machine with two speeds",
            Bar::None,
            2,
            500,
            cells([OF_RUNS[TWO_SPEEDS]], &ROUNDS, throughput_coverage),
        ),
    ]
}

/// Cells of lines that are the same on both sides.
fn identical_lines(worlds: &'static [Named], samples: &'static [u64]) -> Vec<Cell> {
    let cells = worlds.iter().flat_map(|&(name, noise)| {
        ROUNDS.into_iter().flat_map(move |n| {
            samples.iter().map(move |&samples| {
                Cell::new(format!("{name}, {n} rounds of {samples}"), move |k| {
                    false_confirmations(noise, n, samples, k)
                })
            })
        })
    });
    cells.collect()
}

/// What is said of lines that did not change.
fn on_identical_lines() -> Vec<Claim> {
    let mut identical = identical_lines(&OF_RUNS, &[100, 500, 2000]);
    identical.extend(identical_lines(&OF_SAMPLES, &[100, 500, 2000]));
    identical.extend(identical_lines(&OF_PROCESSES, &[100, 500, 2000]));
    let at_the_end = OF_RUNS.iter().chain(&OF_PROCESSES).map(|&(name, noise)| {
        Cell::new(name.to_owned(), move |k| {
            false_confirmations_at_the_end(noise, k)
        })
    });
    vec![
        Claim::new(
            "identical code: any line confirmed",
            Bar::AtMost(0.055),
            3,
            8,
            identical,
        ),
        Claim::new(
            "the same, at the end of an experiment that ends with a verdict on throughput",
            Bar::AtMost(0.055),
            18,
            8,
            at_the_end.collect(),
        ),
    ]
}

/// How often a line that changed is found, and how often another is blamed.
fn on_changed_lines() -> Vec<Claim> {
    let cold = [3, 4, 5].map(|n| {
        (
            n,
            Cell::new(format!("{n} rounds"), move |k| doubled_cold_line(n, 500, k)),
        )
    });
    let [three, four, five] = cold.map(|(_, cell)| cell);
    let undisturbed = [OF_RUNS[0], OF_RUNS[2], OF_RUNS[3], OF_SAMPLES[0]];
    let worlds: Vec<Named> = OF_RUNS.iter().chain(&OF_SAMPLES).copied().collect();
    vec![
        six_rounds(
            "one 20% line doubled, 6 rounds of 500 samples: it is confirmed",
            Bar::AtLeast(0.99),
            4,
            &undisturbed,
            |noise, k| doubled_line(noise, 6, 500, k).0,
        ),
        six_rounds(
            "the same, with one run in ten disturbed, or samples in fives",
            Bar::None,
            4,
            &[OF_RUNS[1], OF_SAMPLES[1]],
            |noise, k| doubled_line(noise, 6, 500, k).0,
        ),
        six_rounds(
            "the same: any innocent line is confirmed",
            Bar::AtMost(0.05),
            4,
            &worlds,
            |noise, k| doubled_line(noise, 6, 500, k).1,
        ),
        Claim::new(
            "one 3% line doubled, 4 or 5 rounds of 500 samples: it is confirmed",
            Bar::AtLeast(0.8),
            14,
            200,
            vec![four, five],
        ),
        Claim::new("the same, 3 rounds", Bar::None, 14, 200, vec![three]),
    ]
}

/// How often intervals of lines hold the truth.
fn on_intervals_of_lines() -> Vec<Claim> {
    let coverage = OF_RUNS
        .iter()
        .chain(&OF_SAMPLES)
        .flat_map(|&(name, noise)| {
            [0, 1, 5].map(|unit| {
                Cell::new(format!("{name}, line {}", unit + 1), move |k| {
                    cost_coverage(noise, &lines(), unit, 6, 500, k)
                })
            })
        });
    let of_processes = |unit_of: fn(usize) -> usize,
                        rate: fn(Noise, usize, usize, usize) -> Rate| {
        let worlds = OF_PROCESSES.iter().enumerate();
        let cells = worlds.flat_map(move |(index, &(name, noise))| {
            let unit = unit_of(index);
            [3, 6, 10].map(|n| {
                let name = format!("{name}, line {}, {n} rounds", unit + 1);
                Cell::new(name, move |k| rate(noise, unit, n, k))
            })
        });
        cells.collect::<Vec<_>>()
    };
    // The third line is the one that lies well or badly.
    let varying = |index| if index == 0 { 2 } else { 0 };
    let shares = of_processes(varying, share_coverage);
    let costs = of_processes(varying, |noise, unit, n, k| {
        cost_coverage(noise, &lines(), unit, n, 1000, k)
    });
    vec![
        Claim::new(
            "intervals of a line's cost hold the truth, 6 rounds of 500 samples",
            Bar::AtLeast(0.94),
            5,
            30,
            coverage.collect(),
        ),
        Claim::new(
            "the same of a line that costs more in some processes than in others",
            Bar::AtLeast(0.94),
            5,
            30,
            costs,
        ),
        Claim::new(
            "intervals of the shift of such a line's share hold the truth",
            Bar::AtLeast(0.94),
            15,
            30,
            shares,
        ),
    ]
}

fn on_gates() -> Vec<Claim> {
    vec![
        throughput(
            "a rule passes at a loss of exactly its margin",
            Bar::AtMost(0.055),
            10,
            |noise, n, k| gate::gated(noise, gate::MARGIN, n, k).pass,
        ),
        throughput("it fails there", Bar::AtMost(0.055), 10, |noise, n, k| {
            gate::gated(noise, gate::MARGIN, n, k).fail
        }),
        Claim::new(
            "a rule with a margin of 5% passes where nothing was lost",
            Bar::AtLeast(0.95),
            10,
            1000,
            vec![Cell::new("calm, 10 rounds".to_owned(), |k| {
                gate::gated(CALM, 0.0, 10, k).pass
            })],
        ),
    ]
}
