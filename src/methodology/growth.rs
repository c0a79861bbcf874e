//! What is claimed of exponents, and the simulated experiments that show it.

use super::claims::Named;
use super::{Bar, Cell, Claim};
use crate::stats::simulation::growth::{
    bent, bent_line, joint_coverage, line_coverage, whole_coverage,
};
use crate::stats::simulation::noise::{CALM, Noise};
use crate::stats::simulation::world::Rate;
use crate::stats::simulation::{OF_PROCESSES, OF_RUNS, OF_SAMPLES};

const ROUNDS: [usize; 2] = [3, 6];

/// Samples of a run, as few as gdb takes in some seconds and as many as the kernel's clocks do.
const SAMPLES: [u64; 2] = [300, 2000];

/// Cells of these worlds, with few rounds and more, and few samples and more.
fn cells(worlds: &[Named], rate: fn(Noise, usize, u64, usize) -> Rate) -> Vec<Cell> {
    let mut cells = Vec::new();
    for &(name, noise) in worlds {
        for n in ROUNDS {
            for samples in SAMPLES {
                let name = format!("{name}, {n} rounds of {samples}");
                cells.push(Cell::new(name, move |k| rate(noise, n, samples, k)));
            }
        }
    }
    cells
}

/// All of them, in the order of the table.
pub(super) fn claims() -> Vec<Claim> {
    let of_whole = OF_RUNS.iter().flat_map(|&(name, noise)| {
        ROUNDS.map(|n| {
            Cell::new(format!("{name}, {n} rounds"), move |k| {
                whole_coverage(noise, n, k)
            })
        })
    });
    let calm = [OF_RUNS[0], OF_RUNS[2], OF_SAMPLES[0]];
    let of_lines = [0, 1, 5, 15].into_iter().flat_map(|line| {
        let of_line = calm.map(|(name, noise)| {
            ROUNDS.map(|n| {
                let name = format!("{name}, line {}, {n} rounds", line + 1);
                Cell::new(name, move |k| line_coverage(noise, line, n, 500, k))
            })
        });
        of_line.into_iter().flatten()
    });
    let of_processes = OF_PROCESSES.iter().flat_map(|&(name, noise)| {
        let line = if name == "layout" { 2 } else { 0 };
        ROUNDS.map(|n| {
            let name = format!("{name}, line {}, {n} rounds", line + 1);
            Cell::new(name, move |k| line_coverage(noise, line, n, 1000, k))
        })
    });
    let [found, blamed] = [0, 1].map(|at| {
        ROUNDS.map(|n| {
            Cell::new(format!("calm, {n} rounds"), move |k| {
                bent_line(CALM, n, 1000, k)[at]
            })
        })
    });
    let worlds: Vec<Named> = calm.into_iter().chain(OF_PROCESSES).collect();
    vec![
        Claim::new(
            "intervals of the exponent of the whole hold the truth",
            Bar::AtLeast(0.94),
            21,
            150,
            of_whole.collect(),
        ),
        Claim::new(
            "intervals of a line's exponent hold the truth, 500 samples at each of 4 sizes",
            Bar::AtLeast(0.94),
            22,
            20,
            of_lines.collect(),
        ),
        Claim::new(
            "the same of a line that costs more in some processes than in others",
            Bar::AtLeast(0.94),
            22,
            20,
            of_processes.collect(),
        ),
        Claim::new(
            "the joint intervals of the exponents of 25 lines hold together",
            Bar::AtLeast(0.94),
            23,
            6,
            cells(&worlds, joint_coverage),
        ),
        Claim::new(
            "lines that grow as powers: any is called none",
            Bar::AtMost(0.055),
            24,
            6,
            cells(&worlds, bent),
        ),
        Claim::new(
            "a 40% line, linear up to a size and then quadratic, is called none",
            Bar::AtLeast(0.95),
            25,
            20,
            found.into(),
        ),
        Claim::new(
            "the same: any other line is",
            Bar::AtMost(0.055),
            25,
            20,
            blamed.into(),
        ),
    ]
}
