//! What is claimed of plans: that an effect called detectable is found, and that as many rounds
//! as are said to be needed settle what was left open.

use super::claims::{ALTERNATING, Named, ROUNDS, TWO_SPEEDS, cells};
use super::{Bar, Cell, Claim};
use crate::stats::simulation::noise::{CALM, Noise, Speeds};
use crate::stats::simulation::world::Rate;
use crate::stats::simulation::{
    OF_PROCESSES, OF_RUNS, OF_SAMPLES, power_at_stated, power_at_stated_of_a_line,
    settled_when_said,
};

/// A chance of 80% as it may turn out in a world that nobody knows.
const ABOUT_80: Bar = Bar::Between(0.75, 0.9);

/// The same where runs vary more than they do in the long run.
const AT_LEAST_ABOUT_80: Bar = Bar::AtLeast(0.75);

/// Runs that vary more than those of other worlds.
const NOISY: Named = (
    "runs vary by 5%",
    Noise {
        time_sd: 0.05,
        ..CALM
    },
);

/// Claims on plans of throughput.
pub(super) fn on_throughput() -> Vec<Claim> {
    let mut of_one_speed = OF_RUNS.to_vec();
    of_one_speed.remove(TWO_SPEEDS);
    of_one_speed.push(NOISY);
    let (surprising, others): (Vec<Named>, Vec<Named>) = OF_RUNS[..ALTERNATING]
        .iter()
        .copied()
        .partition(|(_, noise)| noise.spikes > 0.0);
    let mut detected = cells(others, &ROUNDS, power_at_stated);
    detected.extend(cells(surprising.clone(), &ROUNDS[1..], power_at_stated));
    vec![
        Claim::new(
            "an effect of the size that is called detectable is found",
            ABOUT_80,
            6,
            500,
            detected,
        ),
        Claim::new(
            "the same, 3 rounds, with one run in ten disturbed",
            Bar::None,
            6,
            500,
            cells(surprising, &ROUNDS[..1], power_at_stated),
        ),
        Claim::new(
            "the same where the effect of the order alternates",
            AT_LEAST_ABOUT_80,
            6,
            500,
            cells([OF_RUNS[ALTERNATING]], &ROUNDS, power_at_stated),
        ),
        Claim::new(
            "what is left open after six rounds is settled by the rounds that are said to be needed",
            ABOUT_80,
            17,
            100,
            settled(of_one_speed),
        ),
        Claim::new(
            "the same on a machine with two speeds",
            Bar::None,
            17,
            100,
            settled([OF_RUNS[TWO_SPEEDS]]),
        ),
        Claim::new(
            "the same of effects of 0%, 2% and 5% alone",
            Bar::None,
            17,
            100,
            settled_of_each([OF_RUNS[0], NOISY]),
        ),
    ]
}

fn settled(worlds: impl IntoIterator<Item = Named>) -> Vec<Cell> {
    let worlds = worlds.into_iter();
    let cells = worlds.map(|(name, noise)| {
        Cell::new(name.to_owned(), move |k| settled_when_said(noise, None, k))
    });
    cells.collect()
}

/// For each of some effects by itself.
fn settled_of_each(worlds: [Named; 2]) -> Vec<Cell> {
    let cells = worlds.into_iter().flat_map(|(name, noise)| {
        [0.0, 0.02, 0.05].map(|effect| {
            let name = format!("{name}, {:.0}%", 100.0 * effect);
            Cell::new(name, move |k| settled_when_said(noise, Some(effect), k))
        })
    });
    cells.collect()
}

/// Claims on plans of lines.
pub(super) fn on_lines() -> Vec<Claim> {
    let worlds = OF_RUNS.iter().chain(&OF_SAMPLES).chain(&OF_PROCESSES);
    let (changing, steady): (Vec<Named>, Vec<Named>) = worlds
        .copied()
        .partition(|(_, noise)| !matches!(noise.speeds, Speeds::One));
    // Three rounds do not show that the others will be disturbed, or that samples come together.
    let (surprising, steady): (Vec<Named>, Vec<Named>) = steady
        .into_iter()
        .partition(|(_, noise)| noise.spikes > 0.0 || noise.clustering > 1);
    let rate: fn(Noise, usize, usize) -> Rate = power_at_stated_of_a_line;
    let mut of_steady = cells(steady, &[3, 6, 10], rate);
    of_steady.extend(cells(surprising.iter().copied(), &[6, 10], rate));
    vec![
        Claim::new(
            "a change of the size that is called detectable of a 2% line is found",
            ABOUT_80,
            16,
            40,
            of_steady,
        ),
        Claim::new(
            "the same on a machine that changes its speed",
            AT_LEAST_ABOUT_80,
            16,
            40,
            cells(changing, &[3, 6, 10], rate),
        ),
        Claim::new(
            "the same, 3 rounds, with one run in ten disturbed, or samples in twos or fives",
            Bar::None,
            16,
            40,
            cells(surprising, &[3], rate),
        ),
    ]
}
