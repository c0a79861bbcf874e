//! More than two versions: which of them is how fast.

use super::headline::interval_words;
use super::{metric_word, names};
use crate::compare::{Comparison, Comparisons, Evidence, MetricVerdict};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::format::{
    count, fixed, from_to, interval, ratio_decimals, short_percent, two_durations, two_rates,
    work_unit,
};
use crate::text::{Number, Text};

mod dots;

pub(in crate::report) use dots::{Dots, dots};

/// The versions by their throughput.
pub(in crate::report) struct Summary {
    /// What was compared, and how.
    pub(in crate::report) sentence: Text,
    /// What the columns are.
    pub(in crate::report) headings: [Text; COLUMNS],
    /// One row per version, the fastest first.
    pub(in crate::report) rows: Vec<[Text; COLUMNS]>,
}

const COLUMNS: usize = 6;

/// Ranks the versions; `None` where none was compared.
pub(in crate::report) fn summary(several: &Comparisons) -> Option<Summary> {
    let first = several.comparisons.first()?;
    let base = names(first).before;
    let level = short_percent(first.confidence);
    let number = several.comparisons.len();
    let together = match number {
        1 => Text::new(),
        _ => Text::from(" that hold for all ") + Number::new(number) + " comparisons together",
    };
    let versions = count(number as u64, "version");
    let rounds = count(first.rounds.into(), "round");
    let compared = versions + " compared with " + base.clone() + ", in " + rounds;
    let sentence = compared + ", with " + level.clone() + " intervals" + together + ".";
    let base = base.plainly();
    let (faster, slower): (Vec<_>, Vec<_>) =
        several.comparisons.iter().partition(|it| is_faster(it));
    let rows = faster.into_iter().map(version_row);
    let rows = rows.chain([base_row(first, &base)]);
    Some(Summary {
        sentence,
        headings: [
            "version".into(),
            "throughput".into(),
            Text::from("× ") + base.clone(),
            level + " interval",
            "verdict".into(),
            "peak memory".into(),
        ],
        rows: rows.chain(slower.into_iter().map(version_row)).collect(),
    })
}

/// Whether a version comes before the one that it is compared with.
fn is_faster(comparison: &Comparison) -> bool {
    comparison.throughput.ratio.value >= 1.0
}

fn version_row(comparison: &Comparison) -> [Text; COLUMNS] {
    let ratio = &comparison.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let ends = interval(ratio).map(|ends| from_to(ends, |end| fixed(end, decimals)));
    [
        names(comparison).after.plainly(),
        throughput(comparison).after,
        fixed(ratio.value, decimals).into(),
        ends.into(),
        metric_word(comparison.throughput.verdict),
        metric_word(comparison.peak_memory.verdict),
    ]
}

fn base_row(comparison: &Comparison, name: &Text) -> [Text; COLUMNS] {
    let mut row = [const { Text::new() }; COLUMNS];
    row[0] = name.clone();
    row[1] = throughput(comparison).before;
    row[2] = Number::new(1).into();
    row
}

/// `758 images/s`, or the time per unit of work.
fn throughput(comparison: &Comparison) -> Pair<Text> {
    let change = &comparison.throughput;
    let values = Pair::new(change.before.value, change.after.value);
    match change.better {
        Better::Higher => {
            let (rates, unit) = two_rates(values, &change.unit);
            rates.map(|rate| rate + " " + unit.clone())
        }
        Better::Lower => {
            let (times, unit) = two_durations(values);
            times.map(|time| time + " " + unit + "/" + work_unit(change))
        }
    }
}

/// What this machine shows where nothing was changed.
pub(in crate::report) fn placebo(placebo: &Comparison) -> Text {
    let ratio = &placebo.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let times = fixed(ratio.value, decimals);
    let within = interval_words(placebo, ratio, |end| fixed(end, decimals));
    let lines = placebo.lines.iter().map(|line| line.change.evidence);
    let confirmed = lines.filter(|&evidence| evidence == Evidence::Confirmed);
    let confirmed = confirmed.count();
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
    let name = names(placebo).before.plainly();
    let itself = Text::from("Placebo: ") + name + " compared with itself is " + times;
    let verdict = metric_word(placebo.throughput.verdict);
    let of_lines = count(placebo.lines.len() as u64, "line");
    let confirmed = Number::new(confirmed) + " of " + of_lines + " confirmed. ";
    itself + "× as fast (" + within + "): " + verdict + "; " + confirmed + meaning
}
