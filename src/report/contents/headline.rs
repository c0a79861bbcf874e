//! The verdicts on the whole script, one sentence a metric.

use super::{metric_word, names};
use crate::compare::{Comparison, Estimate, MetricChange, MetricVerdict};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::format::{
    count, fixed, interval, ratio_decimals, rough_percent, short_percent, signed, two_durations,
    two_rates, two_sizes, work_unit,
};
use crate::report::paint::{Meaning, paint};
use crate::report::text::short;

/// What is said of one metric.
pub(in crate::report) struct Paragraph {
    /// The verdict in a sentence.
    pub(in crate::report) sentence: String,
    /// The values that it rests on.
    pub(in crate::report) values: String,
    /// What an inconclusive answer owes the reader; empty for any other.
    pub(in crate::report) question: String,
}

/// The metrics, each with its verdict.
pub(in crate::report) fn paragraphs(comparison: &Comparison) -> Vec<Paragraph> {
    let paragraph = |change, sentence, values| Paragraph {
        sentence,
        values,
        question: open_question(change, comparison),
    };
    let throughput = &comparison.throughput;
    let memory = &comparison.peak_memory;
    let mut paragraphs = vec![
        paragraph(
            throughput,
            throughput_sentence(comparison),
            throughput_values(comparison),
        ),
        paragraph(
            memory,
            amount_sentence("peak memory", memory, comparison),
            memory_values(comparison),
        ),
    ];
    if let Some(change) = &comparison.cpu_time {
        let sentence = amount_sentence("processor time", change, comparison);
        paragraphs.push(paragraph(change, sentence, cpu_values(change)));
    }
    paragraphs
}

/// `dither2.py is 2.97× as fast as dither.py (95% interval 2.91 to 3.03): faster.`
pub(in crate::report) fn throughput_sentence(comparison: &Comparison) -> String {
    let names = names(comparison).map(|name| paint(Meaning::Heading, &name));
    let Pair { before, after } = names;
    let change = &comparison.throughput;
    let decimals = ratio_decimals(change.ratio.value);
    let times = format!("{}×", fixed(change.ratio.value, decimals));
    let within = interval_words(comparison, &change.ratio, |end| fixed(end, decimals));
    let verdict = verdict(change.verdict);
    match change.verdict {
        MetricVerdict::NoChange => format!(
            "{after} is as fast as {before} within {} ({times}, {within}): {verdict}.",
            short_percent(comparison.min_effect)
        ),
        MetricVerdict::Inconclusive => format!(
            "It is unclear whether {after} is faster or slower than {before} \
             ({times}, {within}): {verdict}."
        ),
        MetricVerdict::Faster
        | MetricVerdict::Slower
        | MetricVerdict::Less
        | MetricVerdict::More => {
            format!("{after} is {times} as fast as {before} ({within}): {verdict}.")
        }
    }
}

/// `2.97× (2.91 to 3.03)`
pub(in crate::report) fn ratio_words(comparison: &Comparison) -> String {
    let ratio = &comparison.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let value = fixed(ratio.value, decimals);
    match interval(ratio) {
        Some((low, high)) => {
            format!(
                "{value}× ({} to {})",
                fixed(low, decimals),
                fixed(high, decimals)
            )
        }
        None => format!("{value}×"),
    }
}

/// `255 → 758 images/s, 3.92 → 1.32 ms/image`
fn throughput_values(comparison: &Comparison) -> String {
    let change = &comparison.throughput;
    let (time, unit) = two_durations(Pair::new(
        comparison.before.seconds_per_unit.value,
        comparison.after.seconds_per_unit.value,
    ));
    let work = short(&work_unit(change));
    let time = format!("{} → {} {unit}/{work}", time.before, time.after);
    match change.better {
        Better::Lower => time,
        Better::Higher => {
            let values = Pair::new(change.before.value, change.after.value);
            let (rate, unit) = two_rates(values, &change.unit);
            format!("{} → {} {}, {time}", rate.before, rate.after, short(&unit))
        }
    }
}

/// `Peak memory fell by 65.9% (95% interval −66.2% to −65.5%).`
///
/// The ratio of a comparison is above 1 where after is better, so that an amount
/// after over before, which people expect here, is its reciprocal.
fn amount_sentence(what: &str, change: &MetricChange, comparison: &Comparison) -> String {
    let percent = |ratio: f64| format!("{}%", signed((1.0 / ratio - 1.0) * 100.0, 1));
    let flipped = Estimate {
        value: change.ratio.value,
        low: change.ratio.high,
        high: change.ratio.low,
    };
    let within = interval_words(comparison, &flipped, percent);
    let by = percent(change.ratio.value);
    let verdict = verdict(change.verdict);
    let sentence = match change.verdict {
        MetricVerdict::NoChange => format!(
            "{what} is the same within {} ({by}, {within}): {verdict}.",
            short_percent(comparison.min_effect)
        ),
        MetricVerdict::Inconclusive => {
            return format!("It is unclear whether {what} changed ({by}, {within}): {verdict}.");
        }
        MetricVerdict::Faster
        | MetricVerdict::Slower
        | MetricVerdict::Less
        | MetricVerdict::More => {
            let is_less = matches!(change.verdict, MetricVerdict::Faster | MetricVerdict::Less);
            let (_, meaning) = metric_word(change.verdict);
            let moved = paint(meaning, if is_less { "fell" } else { "rose" });
            let by = by.trim_start_matches(['−', '+']);
            format!("{what} {moved} by {by} ({within}).")
        }
    };
    capitalized(&sentence)
}

fn capitalized(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// `5.1 → 4.9 s per run, with imports and compilation`
fn cpu_values(change: &MetricChange) -> String {
    let (time, unit) = two_durations(Pair::new(change.before.value, change.after.value));
    format!(
        "{} → {} {unit} per run, with imports and compilation",
        time.before, time.after
    )
}

fn memory_values(comparison: &Comparison) -> String {
    let change = &comparison.peak_memory;
    let (sizes, unit) = two_sizes(Pair::new(change.before.value, change.after.value));
    format!("{} → {} {unit}", sizes.before, sizes.after)
}

/// What an inconclusive answer owes the reader: what could have been seen, and
/// what it would take.
fn open_question(change: &MetricChange, comparison: &Comparison) -> String {
    if change.verdict != MetricVerdict::Inconclusive {
        return String::new();
    }
    let rounds = count(comparison.rounds.into(), "round");
    let seen = change.smallest_detectable.map(|least| {
        let least = rough_percent(least);
        format!("The smallest change that {rounds} could have detected is {least}.")
    });
    let needed = change.rounds_needed.map(|needed| {
        let time = comparison.seconds_per_round.map(|round_s| {
            let more = needed.saturating_sub(comparison.rounds);
            format!(", which takes {} more", minutes(f64::from(more) * round_s))
        });
        let needed = count(needed.into(), "round");
        format!(
            "About {needed} would settle it{}.",
            time.unwrap_or_default()
        )
    });
    [seen, needed]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// `40 s` or `7 minutes`.
fn minutes(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{} s", fixed(seconds, 0))
    } else {
        match fixed(seconds / 60.0, 0).as_str() {
            "1" => "1 minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        }
    }
}

fn interval_words(
    comparison: &Comparison,
    estimate: &Estimate,
    show: impl Fn(f64) -> String,
) -> String {
    let level = short_percent(comparison.confidence);
    match interval(estimate) {
        Some((low, high)) => format!("{level} interval {} to {}", show(low), show(high)),
        None => "too few rounds for an interval".to_owned(),
    }
}

fn verdict(verdict: MetricVerdict) -> String {
    let (word, meaning) = metric_word(verdict);
    paint(meaning, word)
}
