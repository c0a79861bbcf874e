//! More than two versions: which of them is how fast.

use super::{metric_word, names};
use crate::compare::{Comparison, Comparisons, Evidence, MetricVerdict};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::format::{
    count, fixed, interval, ratio_decimals, short_percent, two_durations, two_rates, work_unit,
};
use crate::report::paint::{Meaning, paint};
use crate::report::text::short;

/// The versions by their throughput.
pub(in crate::report) struct Summary {
    /// What was compared, and how.
    pub(in crate::report) sentence: String,
    /// What the columns are.
    pub(in crate::report) headings: [String; COLUMNS],
    /// A version a row, the fastest first.
    pub(in crate::report) rows: Vec<[String; COLUMNS]>,
}

const COLUMNS: usize = 6;

/// Ranks the versions; `None` where none was compared.
pub(in crate::report) fn summary(several: &Comparisons) -> Option<Summary> {
    let first = several.comparisons.first()?;
    let base = names(first).before;
    let level = short_percent(first.confidence);
    let number = several.comparisons.len();
    let together = match number {
        1 => String::new(),
        _ => format!(" that hold for all {number} comparisons together"),
    };
    let sentence = format!(
        "{} compared with {}, in {}, with {level} intervals{together}.",
        count(number as u64, "version"),
        paint(Meaning::Heading, &base),
        count(first.rounds.into(), "round"),
    );
    let is_faster = |it: &&Comparison| it.throughput.ratio.value >= 1.0;
    let (faster, slower): (Vec<_>, Vec<_>) = several.comparisons.iter().partition(is_faster);
    let rows = faster.into_iter().map(version_row);
    let rows = rows.chain([base_row(first, &base)]);
    Some(Summary {
        sentence,
        headings: [
            "version".to_owned(),
            "throughput".to_owned(),
            format!("× {base}"),
            format!("{level} interval"),
            "verdict".to_owned(),
            "peak memory".to_owned(),
        ],
        rows: rows.chain(slower.into_iter().map(version_row)).collect(),
    })
}

fn version_row(comparison: &Comparison) -> [String; COLUMNS] {
    let ratio = &comparison.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let ends = interval(ratio)
        .map(|(low, high)| format!("{} to {}", fixed(low, decimals), fixed(high, decimals)));
    [
        names(comparison).after,
        throughput(comparison).after,
        fixed(ratio.value, decimals),
        ends.unwrap_or_default(),
        word(comparison.throughput.verdict),
        word(comparison.peak_memory.verdict),
    ]
}

fn base_row(comparison: &Comparison, name: &str) -> [String; COLUMNS] {
    let mut row = [const { String::new() }; COLUMNS];
    name.clone_into(&mut row[0]);
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
            let (rates, unit) = two_rates(values, &change.unit);
            let unit = short(&unit);
            rates.map(|rate| format!("{rate} {unit}"))
        }
        Better::Lower => {
            let work = short(&work_unit(change));
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
pub(in crate::report) fn placebo(placebo: &Comparison) -> String {
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
        "This machine currently shows differences where there are none: do not rely on \
         differences of this size."
    } else {
        "This machine shows no difference where there is none."
    };
    format!(
        "Placebo: {} compared with itself is {}× as fast ({within}): {}; {} of {} confirmed. \
         {meaning}",
        names(placebo).before,
        fixed(ratio.value, decimals),
        word(placebo.throughput.verdict),
        confirmed,
        count(placebo.lines.len() as u64, "line"),
    )
}
