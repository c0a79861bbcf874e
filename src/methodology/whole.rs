//! What is claimed of whole recordings, through all of the comparison, and the simulated
//! experiments that show it.

use super::claims::{Named, ROUNDS};
use super::recordings::{
    SEED, Setting, Size, holds_no_change, is_any_line_confirmed, is_doubled_confirmed,
    is_faster_or_slower, is_innocent_confirmed, is_no_change, is_of_all_lines, passes,
};
use super::{Bar, Cell, Claim};
use crate::compare::Comparison;
use crate::stats::simulation::OF_RUNS;
use crate::stats::simulation::noise::{CALM, Noise};

const SIX: Size = Size {
    rounds: 6,
    samples: 500,
};

const TEN: Size = Size {
    rounds: 10,
    samples: 500,
};

/// All of them, in the order of the table.
pub(super) fn claims() -> Vec<Claim> {
    let mut claims = on_recordings();
    claims.extend(on_what_comes_between());
    claims.extend(on_many_lines());
    claims
}

/// The same as of the statistics alone.
fn on_recordings() -> Vec<Claim> {
    let through = |what, bar, setting: fn() -> Setting, size: Size, event: Event| {
        let rate = move |k| setting().rate(CALM, size, k, event);
        let cell = Cell::new("calm".to_owned(), rate);
        Claim::new(what, bar, SEED, 100, vec![cell])
    };
    vec![
        through(
            "whole recordings, identical code: throughput called faster or slower",
            Bar::AtMost(0.055),
            Setting::identical,
            SIX,
            is_faster_or_slower,
        ),
        through(
            "whole recordings, identical code: any line confirmed",
            Bar::AtMost(0.055),
            Setting::identical,
            SIX,
            is_any_line_confirmed,
        ),
        through(
            "whole recordings, one 20% line doubled: it is confirmed",
            Bar::AtLeast(0.99),
            Setting::doubled,
            SIX,
            is_doubled_confirmed,
        ),
        through(
            "the same: any innocent line is confirmed",
            Bar::AtMost(0.05),
            Setting::doubled,
            SIX,
            is_innocent_confirmed,
        ),
        through(
            "whole recordings, everything costs 10% more: that is the one finding, 10 rounds",
            Bar::AtLeast(0.9),
            Setting::slower,
            TEN,
            is_of_all_lines,
        ),
        through(
            "whole recordings, one 20% line doubled: all lines are said to have changed",
            Bar::AtMost(0.01),
            Setting::doubled,
            SIX,
            is_of_all_lines,
        ),
    ]
}

/// Something that may be true of a comparison.
type Event = fn(&Comparison) -> bool;

/// Cells of experiments of this setting, with these numbers of rounds.
fn of_rounds(noise: Named, rounds: &[usize], setting: fn() -> Setting, event: Event) -> Vec<Cell> {
    let (name, noise) = noise;
    let cells = rounds.iter().map(|&rounds| {
        let size = Size { rounds, ..SIX };
        let rate = move |k| setting().rate(noise, size, k, event);
        Cell::new(format!("{name}, {rounds} rounds"), rate)
    });
    cells.collect()
}

/// Runs that hardly vary.
const STEADY: Named = (
    "runs vary by 0.2%",
    Noise {
        time_sd: 0.002,
        ..CALM
    },
);

/// Runs that vary by as much as those by which it was measured what the place of code does.
const QUIET: Named = (
    "runs vary by 0.5%",
    Noise {
        time_sd: 0.005,
        ..CALM
    },
);

/// What comes between the truth and what is measured: printing, time, and where code lies.
fn on_what_comes_between() -> Vec<Claim> {
    let printed = |setting: fn() -> Setting, event: Event| {
        let mut cells = of_rounds(STEADY, &ROUNDS, setting, event);
        cells.extend(of_rounds(OF_RUNS[0], &ROUNDS, setting, event));
        cells
    };
    let apart = |event: Event| of_rounds(OF_RUNS[0], &ROUNDS, Setting::apart, event);
    vec![
        Claim::new(
            "rates of 10.49 and 10.51, printed as 10 and 11: called faster or slower",
            Bar::AtMost(0.055),
            SEED,
            30,
            printed(|| Setting::rounded([10.49, 10.51]), is_faster_or_slower),
        ),
        Claim::new(
            "rates of 10.4 and 9.6, both printed as 10: called no change",
            Bar::AtMost(0.055),
            SEED,
            30,
            printed(|| Setting::rounded([10.4, 9.6]), is_no_change),
        ),
        Claim::new(
            "the same: a rule with a margin of 5% passes",
            Bar::AtMost(0.055),
            SEED,
            30,
            printed(|| Setting::rounded([10.4, 9.6]), passes),
        ),
        Claim::new(
            "identical code, not interleaved, on a machine that differs by 1.25 at most: called faster or slower",
            Bar::AtMost(0.055),
            SEED,
            50,
            apart(is_faster_or_slower),
        ),
        Claim::new(
            "the same: the interval of throughput holds the truth",
            Bar::AtLeast(0.94),
            SEED,
            50,
            apart(holds_no_change),
        ),
        Claim::new(
            "identical code at another place, which is drawn for every run: called faster or slower",
            Bar::AtMost(0.055),
            SEED,
            50,
            of_rounds(
                QUIET,
                &ROUNDS,
                || Setting::placed(true),
                is_faster_or_slower,
            ),
        ),
        Claim::new(
            "the same where it is not drawn",
            Bar::None,
            SEED,
            50,
            of_rounds(
                QUIET,
                &ROUNDS,
                || Setting::placed(false),
                is_faster_or_slower,
            ),
        ),
    ]
}

/// One line of 200 that changed.
fn on_many_lines() -> Vec<Claim> {
    let cells = |rounds: &[usize], event: Event| {
        of_rounds(OF_RUNS[0], rounds, Setting::doubled_of_many, event)
    };
    vec![
        Claim::new(
            "one 2% line of 200 doubled, 10 rounds of 500 samples: it is confirmed",
            Bar::AtLeast(0.95),
            SEED,
            10,
            cells(&[10], is_doubled_confirmed),
        ),
        Claim::new(
            "the same, 5 or 6 rounds",
            Bar::None,
            SEED,
            10,
            cells(&[5, 6], is_doubled_confirmed),
        ),
        Claim::new(
            "the same: any innocent line is confirmed",
            Bar::AtMost(0.055),
            SEED,
            10,
            cells(&[5, 6, 10], is_innocent_confirmed),
        ),
    ]
}
