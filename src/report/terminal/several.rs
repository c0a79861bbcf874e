//! More than two versions: which of them is how fast, and then each comparison.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{metric_word, names};
use crate::compare::{Comparison, Comparisons, Evidence, MetricVerdict};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::Style;
use crate::report::format::{
    count, fixed, interval, ratio_decimals, short_percent, short_unit, two_durations, two_values,
    work_unit,
};
use crate::report::paint::{Meaning, finish, paint};
use crate::report::text::{safe, truncate, wrap};

/// Columns of a name in the table.
const NAME: usize = 28;

/// Shows several comparisons: a summary, then one after the other.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let mut out = summary(several, style);
    if let Some(placebo) = &several.placebo {
        let _ = write!(out, "\n{}\n", wrap(&placebo_words(placebo), style.width, 4));
    }
    let mut out = finish(&out, style.color);
    for comparison in &several.comparisons {
        let Pair { before, after } = names(comparison);
        let title = paint(Meaning::Heading, &format!("{after} against {before}"));
        let rule = "─".repeat(style.width.min(60));
        let heading = format!("\n{rule}\n{title}\n\n");
        out.push_str(&finish(&heading, style.color));
        out.push_str(&super::comparison(comparison, style));
    }
    out
}

/// The versions by their throughput, the fastest first.
fn summary(several: &Comparisons, style: &Style) -> String {
    let Some(first) = several.comparisons.first() else {
        return String::new();
    };
    let base = names(first).before;
    let level = short_percent(first.confidence);
    let number = several.comparisons.len();
    let together = match number {
        1 => String::new(),
        _ => format!(", which hold for all {number} comparisons together"),
    };
    let sentence = format!(
        "{} compared with {}, in {}, with {level} intervals{together}.",
        count(number as u64, "version"),
        paint(Meaning::Heading, &base),
        count(first.rounds.into(), "round"),
    );
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let heading = |words: &str| paint(Meaning::Quiet, words);
    table.add_row(vec![
        heading("version"),
        heading("throughput"),
        heading(&format!("× {}", truncate(&base, NAME))),
        heading(&format!("{level} interval")),
        heading("verdict"),
        heading("peak memory"),
    ]);
    let is_faster = |it: &&Comparison| it.throughput.ratio.value >= 1.0;
    let (faster, slower): (Vec<_>, Vec<_>) = several.comparisons.iter().partition(is_faster);
    for comparison in &faster {
        table.add_row(version_row(comparison));
    }
    table.add_row(base_row(first, &base));
    for comparison in &slower {
        table.add_row(version_row(comparison));
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}\n\n{table}\n", wrap(&sentence, style.width, 4))
}

fn version_row(comparison: &Comparison) -> Vec<String> {
    let ratio = &comparison.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let ends = interval(ratio)
        .map(|(low, high)| format!("{} to {}", fixed(low, decimals), fixed(high, decimals)));
    vec![
        truncate(&names(comparison).after, NAME),
        throughput(comparison).after,
        fixed(ratio.value, decimals),
        ends.unwrap_or_default(),
        word(comparison.throughput.verdict),
        word(comparison.peak_memory.verdict),
    ]
}

fn base_row(comparison: &Comparison, name: &str) -> Vec<String> {
    let mut row = vec![String::new(); 6];
    row[0] = truncate(name, NAME);
    row[1] = throughput(comparison).before;
    "1".clone_into(&mut row[2]);
    row
}

/// `758 images/s`, or the time per unit of work.
fn throughput(comparison: &Comparison) -> Pair<String> {
    let change = &comparison.throughput;
    let values = Pair::new(change.before.value, change.after.value);
    match change.better {
        Better::Higher => {
            let unit = safe(&short_unit(&change.unit));
            two_values(values).map(|value| format!("{value} {unit}"))
        }
        Better::Lower => {
            let work = safe(&work_unit(change));
            let (times, unit) = two_durations(values);
            times.map(|time| format!("{time} {unit}/{work}"))
        }
    }
}

fn word(verdict: MetricVerdict) -> String {
    let (word, meaning) = metric_word(verdict);
    paint(meaning, word)
}

/// What this machine shows where nothing was changed.
fn placebo_words(placebo: &Comparison) -> String {
    let ratio = &placebo.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let level = short_percent(placebo.confidence);
    let within = match interval(ratio) {
        Some((low, high)) => format!(
            "{level} interval {} to {}",
            fixed(low, decimals),
            fixed(high, decimals)
        ),
        None => "too few rounds for an interval".to_owned(),
    };
    let is_confirmed = |evidence| evidence == Evidence::Confirmed;
    let lines = placebo.lines.iter().map(|line| line.change.evidence);
    let confirmed = lines.filter(|&evidence| is_confirmed(evidence)).count();
    let is_alarm = confirmed > 0
        || matches!(
            placebo.throughput.verdict,
            MetricVerdict::Faster | MetricVerdict::Slower
        );
    let meaning = if is_alarm {
        "The machine shows differences where there are none: today, do not rely on differences \
         of this size."
    } else {
        "The machine shows no difference where there is none."
    };
    format!(
        "Placebo: {} against itself is {}× as fast ({within}): {}; {} of {} confirmed. {meaning}",
        names(placebo).before,
        fixed(ratio.value, decimals),
        word(placebo.throughput.verdict),
        confirmed,
        count(placebo.lines.len() as u64, "line"),
    )
}
