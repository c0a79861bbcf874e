//! What is claimed of the statistics, and the simulated experiments that show it.

use super::recordings::{
    Size, is_any_line_confirmed, is_doubled_confirmed, is_faster_or_slower, is_innocent_confirmed,
    of_doubled, of_identical,
};
use super::{Bar, Cell, Claim};
use crate::stats::simulation::world::{CALM, Noise, Rate, lines};
use crate::stats::simulation::{
    NOISES, cost_coverage, doubled_line, false_confirmations, gate, looks, power_at_stated,
    throughput_coverage, throughput_false_positives,
};

const ROUNDS: [usize; 4] = [3, 6, 10, 20];

/// The disturbances of runs; the others are of samples.
fn of_runs() -> &'static [(&'static str, Noise)] {
    &NOISES[..4]
}

/// A claim on throughput: under every disturbance of runs, with few rounds and many.
fn throughput(
    what: &'static str,
    bar: Bar,
    seed: u64,
    rate: fn(Noise, usize, usize) -> Rate,
) -> Claim {
    let cells = of_runs().iter().flat_map(|&(name, noise)| {
        ROUNDS.map(|n| Cell::new(format!("{name}, {n} rounds"), move |k| rate(noise, n, k)))
    });
    Claim::new(what, bar, seed, 500, cells.collect())
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
    Claim::new(what, bar, seed, 200, cells.collect())
}

const SIX: Size = Size {
    rounds: 6,
    samples: 500,
};

/// All claims, in the order of the table.
pub(super) fn claims() -> Vec<Claim> {
    let mut claims = on_throughput();
    claims.extend(on_lines());
    claims.extend(on_gates());
    claims.extend(on_recordings());
    claims
}

fn on_throughput() -> Vec<Claim> {
    let power =
        ROUNDS.map(|n| Cell::new(format!("calm, {n} rounds"), move |k| power_at_stated(n, k)));
    let all_looks = of_runs()
        .iter()
        .map(|&(name, noise)| Cell::new(name.to_owned(), move |k| looks::false_verdicts(noise, k)));
    vec![
        throughput(
            "identical code: throughput called faster or slower",
            Bar::AtMost(0.055),
            1,
            throughput_false_positives,
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
            ROUNDS
                .map(|n| {
                    Cell::new(format!("calm, {n} rounds"), move |k| {
                        throughput_coverage(CALM, n, k)
                    })
                })
                .into(),
        ),
        throughput(
            "the same, also where runs are disturbed",
            Bar::AtLeast(0.94),
            2,
            throughput_coverage,
        ),
        Claim::new(
            "an effect of the size that is called detectable is found",
            Bar::Between(0.75, 0.85),
            6,
            1000,
            power.into(),
        ),
    ]
}

fn on_lines() -> Vec<Claim> {
    let identical = NOISES.iter().flat_map(|&(name, noise)| {
        ROUNDS.into_iter().flat_map(move |n| {
            [100, 500, 2000].map(|samples| {
                Cell::new(format!("{name}, {n} rounds of {samples}"), move |k| {
                    false_confirmations(noise, n, samples, k)
                })
            })
        })
    });
    let coverage = NOISES.iter().flat_map(|&(name, noise)| {
        [0, 1, 5].map(|unit| {
            Cell::new(format!("{name}, line {}", unit + 1), move |k| {
                cost_coverage(noise, &lines(), unit, 6, 500, k)
            })
        })
    });
    vec![
        Claim::new(
            "identical code: any line confirmed",
            Bar::AtMost(0.055),
            3,
            20,
            identical.collect(),
        ),
        six_rounds(
            "one 20% line doubled, 6 rounds of 500 samples: it is confirmed",
            Bar::AtLeast(0.99),
            4,
            &[NOISES[0], NOISES[2], NOISES[3], NOISES[4]],
            |noise, k| doubled_line(noise, 6, 500, k).0,
        ),
        six_rounds(
            "the same, with one run in ten disturbed, or samples in fives",
            Bar::None,
            4,
            &[NOISES[1], NOISES[5]],
            |noise, k| doubled_line(noise, 6, 500, k).0,
        ),
        six_rounds(
            "the same: any innocent line is confirmed",
            Bar::AtMost(0.05),
            4,
            &NOISES,
            |noise, k| doubled_line(noise, 6, 500, k).1,
        ),
        Claim::new(
            "intervals of a line's cost hold the truth, 6 rounds of 500 samples",
            Bar::AtLeast(0.94),
            5,
            200,
            coverage.collect(),
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

/// The same once more, through whole recordings and all of the comparison.
fn on_recordings() -> Vec<Claim> {
    let through = |what, bar, rate: fn(Noise, usize) -> Rate| {
        let mut claim = six_rounds(what, bar, 12, &NOISES[..1], rate);
        claim.quick = 100;
        claim
    };
    vec![
        through(
            "whole recordings, identical code: throughput called faster or slower",
            Bar::AtMost(0.055),
            |noise, k| of_identical(noise, SIX, k, is_faster_or_slower),
        ),
        through(
            "whole recordings, identical code: any line confirmed",
            Bar::AtMost(0.055),
            |noise, k| of_identical(noise, SIX, k, is_any_line_confirmed),
        ),
        through(
            "whole recordings, one 20% line doubled: it is confirmed",
            Bar::AtLeast(0.99),
            |noise, k| of_doubled(noise, SIX, k, is_doubled_confirmed),
        ),
        through(
            "the same: any innocent line is confirmed",
            Bar::AtMost(0.05),
            |noise, k| of_doubled(noise, SIX, k, is_innocent_confirmed),
        ),
    ]
}
