//! The throughput of each round as a picture: a dot a run, and the interval of each side.

use serde::Serialize;

use crate::compare::{Comparison, Estimate};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::contents::names;
use crate::report::format::{duration, fixed, short_unit, two_values, work_unit};
use crate::report::text::{safe, truncate};

/// Where the first and the last value may be, of a width of 1000.
const LEFT: f64 = 220.0;
const RIGHT: f64 = 960.0;

/// Columns of a name.
const NAME: usize = 24;

/// The picture; its width is 1000.
#[derive(Serialize)]
pub(super) struct Chart {
    /// What it shows, in words.
    label: String,
    sides: Vec<Side>,
    /// Where a round's two dots are, from the upper to the lower row.
    rounds: Vec<[String; 2]>,
    least: String,
    most: String,
}

#[derive(Serialize)]
struct Side {
    name: String,
    dots: Vec<Dot>,
    value: String,
    interval: Option<[String; 2]>,
}

#[derive(Serialize)]
struct Dot {
    x: String,
    title: String,
}

/// The picture of a comparison; `None` where no rounds were kept.
pub(super) fn chart(comparison: &Comparison) -> Option<Chart> {
    let change = &comparison.throughput;
    let in_unit = |seconds: &f64| match change.better {
        Better::Higher => 1.0 / seconds,
        Better::Lower => *seconds,
    };
    let values = comparison
        .seconds_by_round
        .as_ref()
        .map(|seconds| seconds.iter().map(in_unit).collect::<Vec<f64>>());
    if values.before.is_empty() || values.after.is_empty() {
        return None;
    }
    let estimates = Pair::new(&change.before, &change.after);
    let ends = |estimate: &Estimate| [estimate.low, estimate.high];
    let all = || {
        let ends = ends(estimates.before)
            .into_iter()
            .chain(ends(estimates.after));
        let values = values.before.iter().chain(&values.after);
        values
            .copied()
            .chain(ends.flatten())
            .filter(|value| value.is_finite())
    };
    let least = all().fold(f64::INFINITY, f64::min);
    let most = all().fold(f64::NEG_INFINITY, f64::max);
    let x = |value: f64| {
        let width = (most - least).max(f64::MIN_POSITIVE);
        let part = if most > least {
            (value - least) / width
        } else {
            0.5
        };
        format!("{:.1}", LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0))
    };
    let text = |value: f64| match change.better {
        Better::Higher => format!(
            "{} {}",
            two_values(Pair::new(value, value)).before,
            safe(&short_unit(&change.unit))
        ),
        Better::Lower => format!("{}/{}", duration(value), safe(&work_unit(change))),
    };
    let names = names(comparison);
    let side = |name: &str, values: &[f64], estimate: &Estimate| Side {
        name: truncate(name, NAME),
        dots: values
            .iter()
            .zip(1..)
            .map(|(value, round)| Dot {
                x: x(*value),
                title: format!("round {round}: {}", text(*value)),
            })
            .collect(),
        value: x(estimate.value),
        interval: estimate
            .low
            .zip(estimate.high)
            .map(|(low, high)| [x(low), x(high)]),
    };
    let rounds = values.before.iter().zip(&values.after);
    Some(Chart {
        label: format!(
            "Throughput of each run: {} about {}, {} about {}; {} rounds",
            names.before,
            text(change.before.value),
            names.after,
            text(change.after.value),
            fixed(f64::from(comparison.rounds), 0),
        ),
        sides: vec![
            side(&names.before, &values.before, estimates.before),
            side(&names.after, &values.after, estimates.after),
        ],
        rounds: rounds
            .map(|(before, after)| [x(*before), x(*after)])
            .collect(),
        least: text(least),
        most: text(most),
    })
}
