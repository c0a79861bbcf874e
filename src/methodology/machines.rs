//! What is claimed of experiments on several machines, and the simulated ones that show it.

use super::{Bar, Cell, Claim};
use crate::stats::simulation::machines::{
    cost_coverage, false_confirmations, false_verdicts, power, throughput_coverage,
};
use crate::stats::simulation::world::{Effect, Fleet, Rate};

/// Machines whose values are the replicates, and rounds on each.
const MANY: [(usize, usize); 4] = [(4, 6), (8, 3), (8, 10), (64, 3)];

/// Machines that say nothing of others, and rounds on each.
const FEW: [(usize, usize); 3] = [(2, 6), (2, 10), (3, 4)];

/// What the change does on each machine, of whole scripts.
const OF_WHOLE: [(&str, Effect); 2] = [
    ("equal effects", Effect::Equal),
    ("effects ±2%", Effect::Varied(0.02)),
];

/// The same of lines.
const OF_LINES: [(&str, Effect); 3] = [
    OF_WHOLE[0],
    OF_WHOLE[1],
    ("a line ±10%", Effect::OfALine(0.1)),
];

/// Samples of a run.
const SAMPLES: u64 = 200;

/// Cells of these numbers of machines and rounds, and of these effects.
fn cells(
    numbers: &[(usize, usize)],
    effects: &[(&str, Effect)],
    rate: fn(Fleet, usize) -> Rate,
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for &(machines, rounds) in numbers {
        for &(name, effect) in effects {
            let fleet = Fleet {
                machines,
                rounds,
                effect,
            };
            let machines = match machines {
                1 => "1 machine".to_owned(),
                several => format!("{several} machines"),
            };
            let name = format!("{machines}, {rounds} rounds on each, {name}");
            cells.push(Cell::new(name, move |k| rate(fleet, k)));
        }
    }
    cells
}

/// All of them, in the order of the table.
pub(super) fn claims() -> Vec<Claim> {
    let mut claims = on_throughput();
    claims.extend(on_lines());
    claims
}

fn on_throughput() -> Vec<Claim> {
    let mut identical = cells(&MANY, &OF_WHOLE, false_verdicts);
    identical.extend(cells(&FEW, &OF_WHOLE[..1], false_verdicts));
    vec![
        Claim::new(
            "identical code on several machines: throughput called faster or slower",
            Bar::AtMost(0.055),
            31,
            100,
            identical,
        ),
        Claim::new(
            "intervals of throughput hold the truth of all such machines, 4 machines or more",
            Bar::AtLeast(0.94),
            32,
            100,
            cells(&MANY, &OF_WHOLE, |fleet, k| {
                throughput_coverage(fleet, k).before
            }),
        ),
        Claim::new(
            "they hold the truth of these machines, 2 or 3 machines",
            Bar::AtLeast(0.94),
            32,
            200,
            cells(&FEW, &OF_WHOLE, |fleet, k| {
                throughput_coverage(fleet, k).after
            }),
        ),
        Claim::new(
            "they hold the truth of all such machines, 2 or 3 machines that differ",
            Bar::None,
            32,
            200,
            cells(&FEW, &OF_WHOLE[1..], |fleet, k| {
                throughput_coverage(fleet, k).before
            }),
        ),
        Claim::new(
            "a change of 1% on 64 machines, 3 rounds on each: the interval tells it from none",
            Bar::AtLeast(0.95),
            33,
            100,
            cells(&[(64, 3)], &OF_WHOLE[..1], |fleet, k| power(fleet, 0.01, k)),
        ),
        Claim::new(
            "the same, where it is a different one on each, by ±2%",
            Bar::None,
            33,
            100,
            cells(&[(64, 3)], &OF_WHOLE[1..], |fleet, k| power(fleet, 0.01, k)),
        ),
        Claim::new(
            "the same, on 8 machines",
            Bar::None,
            33,
            200,
            cells(&[(8, 3)], &OF_WHOLE, |fleet, k| power(fleet, 0.01, k)),
        ),
        Claim::new(
            "the same, on 1 machine",
            Bar::None,
            33,
            200,
            cells(&[(1, 3)], &OF_WHOLE[..1], |fleet, k| power(fleet, 0.01, k)),
        ),
    ]
}

fn on_lines() -> Vec<Claim> {
    let mut identical = cells(&MANY, &OF_WHOLE, |fleet, k| {
        false_confirmations(fleet, SAMPLES, k)
    });
    identical.extend(cells(&FEW, &OF_WHOLE[..1], |fleet, k| {
        false_confirmations(fleet, SAMPLES, k)
    }));
    vec![
        Claim::new(
            "identical code on several machines: any line confirmed",
            Bar::AtMost(0.055),
            34,
            8,
            identical,
        ),
        Claim::new(
            "intervals of a 40% line's cost hold the truth of all such machines, 4 or more",
            Bar::AtLeast(0.94),
            35,
            16,
            cells(&MANY, &OF_LINES, |fleet, k| {
                cost_coverage(fleet, SAMPLES, k).before
            }),
        ),
        Claim::new(
            "they hold the truth of these machines, 2 or 3 machines",
            Bar::AtLeast(0.94),
            35,
            30,
            cells(&FEW, &OF_LINES, |fleet, k| {
                cost_coverage(fleet, SAMPLES, k).after
            }),
        ),
    ]
}
