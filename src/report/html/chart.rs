//! The throughput of each round as a picture: one dot per run, and the interval of each side.

use crate::compare::{Comparison, Estimate, MetricChange};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::contents::names;
use crate::report::format::{count, duration, interval, two_rates, work_unit};
use crate::text::{Number, Text};

/// Where the first and the last value may be, of a width of 1000.
const LEFT: f64 = 220.0;
const RIGHT: f64 = 960.0;

/// Columns of a name.
const NAME: usize = 24;

/// The picture; its width is 1000.
pub(super) struct Chart {
    /// What it shows, in words.
    pub(super) label: Text,
    pub(super) sides: Vec<Side>,
    /// Where a round's two dots are, from the upper to the lower row.
    pub(super) rounds: Vec<[String; 2]>,
    pub(super) least: Text,
    pub(super) most: Text,
}

/// The row of a version.
pub(super) struct Side {
    pub(super) name: Text,
    pub(super) dots: Vec<Dot>,
    /// Where its mean is.
    pub(super) value: String,
    pub(super) interval: Option<Bar>,
}

/// A round of a version.
pub(super) struct Dot {
    pub(super) x: String,
    pub(super) title: Text,
}

/// An interval.
pub(super) struct Bar {
    pub(super) x: String,
    pub(super) width: String,
}

/// The values that the picture is of, from left to right.
struct Axis {
    least: f64,
    most: f64,
}

impl Axis {
    /// From the least to the most of some values; those that are none are left out.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) = values.filter(|value| value.is_finite()).fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(least, most), value| (least.min(value), most.max(value)),
        );
        Self { least, most }
    }

    /// Where a value is, as it is written.
    fn x(&self, value: f64) -> String {
        tenths(self.at(value))
    }

    fn bar(&self, low: f64, high: f64) -> Bar {
        Bar {
            x: self.x(low),
            width: tenths(self.at(high) - self.at(low)),
        }
    }

    fn at(&self, value: f64) -> f64 {
        let part = if self.most > self.least {
            (value - self.least) / (self.most - self.least)
        } else {
            0.5
        };
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }
}

fn tenths(value: f64) -> String {
    format!("{value:.1}")
}

/// The picture of a comparison; `None` where no rounds were kept.
pub(super) fn chart(comparison: &Comparison) -> Option<Chart> {
    let change = &comparison.throughput;
    let in_unit = |seconds: &f64| match change.better {
        Better::Higher => 1.0 / seconds,
        Better::Lower => *seconds,
    };
    let seconds = comparison.seconds_by_round.as_ref();
    let values = seconds.map(|seconds| seconds.iter().map(in_unit).collect::<Vec<f64>>());
    if values.before.is_empty() || values.after.is_empty() {
        return None;
    }
    let ends = |estimate: &Estimate| [estimate.low, estimate.high].into_iter().flatten();
    let ends = ends(&change.before).chain(ends(&change.after));
    let all = values
        .before
        .iter()
        .chain(&values.after)
        .copied()
        .chain(ends);
    let axis = Axis::of(all);
    let names = names(comparison);
    let rounds = values.before.iter().zip(&values.after);
    let rounds = rounds.map(|(before, after)| [axis.x(*before), axis.x(*after)]);
    Some(Chart {
        label: label(comparison, &names),
        rounds: rounds.collect(),
        sides: vec![
            side(names.before, &values.before, change, &change.before, &axis),
            side(names.after, &values.after, change, &change.after, &axis),
        ],
        least: in_words(change, axis.least),
        most: in_words(change, axis.most),
    })
}

/// `Throughput of each run: a.py about 255 images/s, b.py about 758 images/s; 6 rounds`
fn label(comparison: &Comparison, names: &Pair<Text>) -> Text {
    let change = &comparison.throughput;
    let about = |name: &Text, value| name.clone() + " about " + in_words(change, value);
    let before = about(&names.before, change.before.value);
    let after = about(&names.after, change.after.value);
    let of_each = Text::from("Throughput of each run: ") + before + ", " + after;
    of_each + "; " + count(comparison.rounds.into(), "round")
}

fn side(
    name: Text,
    values: &[f64],
    change: &MetricChange,
    estimate: &Estimate,
    axis: &Axis,
) -> Side {
    let dots = values.iter().zip(1_u32..).map(|(value, round)| Dot {
        x: axis.x(*value),
        title: Text::from("round ") + Number::new(round) + ": " + in_words(change, *value),
    });
    Side {
        name: name.truncated(NAME),
        dots: dots.collect(),
        value: axis.x(estimate.value),
        interval: interval(estimate).map(|(low, high)| axis.bar(low, high)),
    }
}

/// A value with its unit.
fn in_words(change: &MetricChange, value: f64) -> Text {
    match change.better {
        Better::Higher => {
            let (rates, unit) = two_rates(Pair::new(value, value), &change.unit);
            rates.before + " " + unit
        }
        Better::Lower => duration(value) + "/" + work_unit(change),
    }
}
