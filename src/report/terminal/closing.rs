//! What was measured and how well, and what the reader should know.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets};

use super::names;
use crate::compare::{Comparison, Look, MetricVerdict, Observer, VariantSummary};
use crate::pair::Pair;
use crate::report::Style;
use crate::report::format::{count, duration, fixed, grouped, percent, short_percent};
use crate::report::paint::{Meaning, paint};
use crate::report::text::{safe, truncate, wrap};

/// Columns of a name in the table.
const NAME: usize = 24;

/// The closing block.
pub(super) fn text(comparison: &Comparison, style: &Style) -> String {
    let intervals = match comparison.rounds {
        // One round has none.
        0 | 1 => String::new(),
        _ => format!(
            ", with {} intervals{}",
            short_percent(comparison.confidence),
            match comparison.together {
                0 | 1 => String::new(),
                all => format!(" that hold for all {all} comparisons together"),
            }
        ),
    };
    let rounds = format!(
        "Measured in {}{intervals}; less than {} is no change.",
        count(comparison.rounds.into(), "round"),
        short_percent(comparison.min_effect),
    );
    let rounds = rounds + &looks(comparison);
    let mut out = format!("{}\n{}\n", wrap(&rounds, style.width, 0), sides(comparison));
    let words = |warning: &String| warning.split_whitespace().map(safe).collect::<Vec<_>>();
    let warnings = comparison
        .warnings
        .iter()
        .map(|warning| words(warning).join(" "));
    for warning in warnings {
        let label = paint(Meaning::Open, "warning:");
        let text = wrap(&format!("{label} {warning}"), style.width, 4);
        let _ = write!(out, "\n{text}\n");
    }
    out
}

/// When it was looked whether there is an answer, where that was done.
fn looks(comparison: &Comparison) -> String {
    let Some(look) = comparison.look else {
        return String::new();
    };
    let Look { number, of, .. } = look;
    let when = match comparison.throughput.verdict {
        MetricVerdict::Inconclusive => {
            format!(" No verdict on throughput at look {number} of {of}")
        }
        _ => format!(" Ended at look {number} of {of}, with a verdict on throughput"),
    };
    format!("{when}; the intervals allow for all looks.")
}

/// What there is one of on each side.
fn sides(comparison: &Comparison) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let names = names(comparison).map(|name| truncate(&name, NAME));
    table.add_row(vec![String::new(), names.before, names.after]);
    let sides = Pair::new(&comparison.before, &comparison.after);
    let observers = comparison.observer.as_ref();
    let mut row = |label: &str, values: Pair<String>| {
        table.add_row(vec![
            paint(Meaning::Quiet, label),
            values.before,
            values.after,
        ]);
    };
    row("runs", sides.map(runs));
    row("samples", sides.map(samples));
    if comparison.is_of_several_threads() {
        row("threads at once", sides.map(threads));
    }
    row(
        "counted to the line before",
        sides.map(|side| percent(side.samples.folded_share())),
    );
    row("sampled at", observers.map(rate));
    row("stopped to sample", observers.map(stopped));
    row(
        "time when sampled",
        observers.map(|observer| times_timed(observer.slowdown)),
    );
    let build = observers.map(|observer| observer.build_slowdown);
    if build.before.or(build.after).is_some() {
        row("time of the build alone", build.map(times_timed));
    }
    row("sampler", sides.map(|side| safe(&side.sampler)));
    row(
        "Python, Numba",
        sides.map(|side| safe(&format!("{}, {}", side.python, side.numba))),
    );
    table.to_string()
}

fn runs(side: &VariantSummary) -> String {
    format!("{} timed, {} profiled", side.timed_runs, side.profiled_runs)
}

fn samples(side: &VariantSummary) -> String {
    let samples = &side.samples;
    format!(
        "{} ({} in Numba)",
        grouped(samples.window),
        grouped(samples.numba)
    )
}

fn threads(side: &VariantSummary) -> String {
    match side.samples.mean_threads() {
        Some(mean) => format!(
            "{} on average, at most {}",
            fixed(mean, 2),
            side.samples.most_threads
        ),
        None => "unknown".to_owned(),
    }
}

fn stopped(observer: &Observer) -> String {
    format!(
        "{}, at most {}",
        percent(observer.stopped_share),
        duration(observer.longest_stop_s)
    )
}

fn rate(observer: &Observer) -> String {
    observer.achieved_rate_hz.map_or_else(
        || "unknown".to_owned(),
        |rate_hz| format!("{} Hz", fixed(rate_hz, 0)),
    )
}

fn times_timed(slowdown: Option<f64>) -> String {
    match slowdown {
        Some(slowdown) => format!("{}× that of timed runs", fixed(slowdown, 2)),
        None => "unknown".to_owned(),
    }
}
