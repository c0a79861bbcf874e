//! The verdicts on the whole script, one sentence a metric.

use super::gate::reason;
use super::{metric_word, names, noise, regions};
use crate::compare::{Comparison, Estimate, MetricChange, MetricKind, MetricVerdict};
use crate::pair::Pair;
use crate::recording::Better;
use crate::report::format::{
    count, fixed, from_to, interval, ratio_decimals, rough_percent, rounds_range, short_percent,
    signed, two_durations, two_rates, two_sizes, work_unit,
};
use crate::text::{Meaning, Number, Text};

/// What is said of one metric.
pub(in crate::report) struct Paragraph {
    /// The verdict in a sentence.
    pub(in crate::report) sentence: Text,
    /// The values that it rests on.
    pub(in crate::report) values: Text,
    /// What an inconclusive answer owes the reader; empty for any other.
    pub(in crate::report) question: Text,
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
            amount_sentence(&PEAK_MEMORY, memory, comparison),
            memory_values(comparison),
        ),
    ];
    if let Some(change) = &comparison.cpu_time {
        let sentence = amount_sentence(&PROCESSOR_TIME, change, comparison);
        paragraphs.push(paragraph(change, sentence, cpu_values(change)));
    }
    paragraphs
}

/// `dither2.py is 2.97× as fast as dither.py (95% interval 2.91 to 3.03): faster.`
pub(in crate::report) fn throughput_sentence(comparison: &Comparison) -> Text {
    let Pair { before, after } = names(comparison);
    let change = &comparison.throughput;
    let decimals = ratio_decimals(change.ratio.value);
    let times = fixed(change.ratio.value, decimals) + "×";
    let within = interval_words(comparison, &change.ratio, |end| fixed(end, decimals));
    let region = regions::introduction(comparison.region.as_ref());
    let sentence = match change.verdict {
        MetricVerdict::NoChange => {
            let least = short_percent(comparison.min_effect);
            after + " is as fast as " + before + " within " + least + " (" + times + ", " + within
        }
        MetricVerdict::Inconclusive => {
            let (unclear, why) = match (comparison.doubt, noise::much(comparison)) {
                (Some(doubt), _) => ("It is unclear whether ", Text::from(": ") + reason(doubt)),
                (None, Some(noise)) => ("Too noisy to tell whether ", noise.words()),
                (None, None) => ("It is unclear whether ", Text::new()),
            };
            let whether = Text::from(unclear) + after + " is faster or slower than " + before;
            whether + why + " (" + times + ", " + within
        }
        MetricVerdict::Faster
        | MetricVerdict::Slower
        | MetricVerdict::Less
        | MetricVerdict::More => after + " is " + times + " as fast as " + before + " (" + within,
    };
    let said = region + sentence + "): " + metric_word(change.verdict) + ".";
    match &comparison.all_lines {
        Some(ratio) => said + " " + all_lines(ratio),
        None => said,
    }
}

/// `All lines cost 10.2% more; none stands out.`
fn all_lines(ratio: &Estimate) -> Text {
    let percent = 100.0 * (ratio.value - 1.0);
    let more = if percent < 0.0 { "less" } else { "more" };
    let by = Number::new(format_args!("{}%", signed(percent, 1)));
    Text::from("All lines cost ") + by.unsigned() + " " + more + "; none stands out."
}

/// `2.97× (2.91 to 3.03)`
pub(in crate::report) fn ratio_words(comparison: &Comparison) -> Text {
    let ratio = &comparison.throughput.ratio;
    let decimals = ratio_decimals(ratio.value);
    let value = fixed(ratio.value, decimals) + "×";
    match interval(ratio) {
        Some(ends) => value + " (" + from_to(ends, |end| fixed(end, decimals)) + ")",
        None => value,
    }
}

/// `255 → 758 images/s, 3.92 → 1.32 ms/image`
fn throughput_values(comparison: &Comparison) -> Text {
    let change = &comparison.throughput;
    let (time, unit) = two_durations(Pair::new(
        comparison.before.seconds_per_unit.value,
        comparison.after.seconds_per_unit.value,
    ));
    let time = arrow(time) + " " + unit + "/" + work_unit(change);
    match change.better {
        Better::Lower => time,
        Better::Higher => {
            let values = Pair::new(change.before.value, change.after.value);
            let (rate, unit) = two_rates(values, &change.unit);
            arrow(rate) + " " + unit + ", " + time
        }
    }
}

/// `255 → 758`
fn arrow(values: Pair<Number>) -> Text {
    values.before + " → " + values.after
}

/// What there may be more or less of, at the start of a sentence and within it.
struct Amount {
    at_start: &'static str,
    within: &'static str,
}

const PEAK_MEMORY: Amount = Amount {
    at_start: "Peak memory",
    within: "peak memory",
};

const PROCESSOR_TIME: Amount = Amount {
    at_start: "Processor time",
    within: "processor time",
};

/// `Peak memory fell by 65.9% (95% interval −66.2% to −65.5%).`
///
/// The ratio of a comparison is above 1 where after is better, so that an amount
/// after over before, which people expect here, is its reciprocal.
fn amount_sentence(what: &Amount, change: &MetricChange, comparison: &Comparison) -> Text {
    let percent =
        |ratio: f64| Number::new(format_args!("{}%", signed((1.0 / ratio - 1.0) * 100.0, 1)));
    let flipped = Estimate {
        value: change.ratio.value,
        low: change.ratio.high,
        high: change.ratio.low,
    };
    let within = interval_words(comparison, &flipped, percent);
    let by = percent(change.ratio.value);
    let verdict = metric_word(change.verdict);
    match change.verdict {
        MetricVerdict::NoChange => {
            let least = short_percent(comparison.min_effect);
            let same = Text::from(what.at_start) + " is the same within " + least;
            same + " (" + by + ", " + within + "): " + verdict + "."
        }
        MetricVerdict::Inconclusive => {
            let unclear = Text::from("It is unclear whether ") + what.within + " changed";
            unclear + " (" + by + ", " + within + "): " + verdict + "."
        }
        MetricVerdict::Faster
        | MetricVerdict::Slower
        | MetricVerdict::Less
        | MetricVerdict::More => {
            let moved = moved(change.verdict);
            Text::from(what.at_start) + " " + moved + " by " + by.unsigned() + " (" + within + ")."
        }
    }
}

fn moved(verdict: MetricVerdict) -> Text {
    if matches!(verdict, MetricVerdict::Faster | MetricVerdict::Less) {
        Text::from("fell").meaning(Meaning::Better)
    } else {
        Text::from("rose").meaning(Meaning::Worse)
    }
}

/// `5.1 → 4.9 s per whole run`, which is with imports and compilation.
fn cpu_values(change: &MetricChange) -> Text {
    let (time, unit) = two_durations(Pair::new(change.before.value, change.after.value));
    arrow(time) + " " + unit + " per whole run"
}

fn memory_values(comparison: &Comparison) -> Text {
    let change = &comparison.peak_memory;
    let (sizes, unit) = two_sizes(Pair::new(change.before.value, change.after.value));
    arrow(sizes) + " " + unit
}

/// What an inconclusive answer owes the reader: what could have been seen or what would help,
/// and what it would take.
fn open_question(change: &MetricChange, comparison: &Comparison) -> Text {
    if change.verdict != MetricVerdict::Inconclusive {
        return Text::new();
    }
    if comparison.doubt.is_some() && std::ptr::eq(change, &raw const comparison.throughput) {
        return WHAT_IS_WORK.into();
    }
    let is_of_time = change.source != MetricKind::Memory;
    let is_noisy = is_of_time && noise::much(comparison).is_some();
    let seen = if is_noisy {
        Some(Text::from(noise::WHAT_HELPS))
    } else {
        change.smallest_detectable.map(|least| {
            let rounds = count(comparison.rounds.into(), "round");
            let shown = rounds + " would probably have shown a change of ";
            shown + rough_percent(least) + " or more."
        })
    };
    let needed = change.rounds_needed.map(|needed| {
        let time = comparison.seconds_per_round.map(|round_s| {
            let more = needed.saturating_sub(comparison.rounds);
            let time = minutes(f64::from(more) * round_s);
            Text::from(", up to ") + time + " more"
        });
        let rounds = rounds_range(change.rounds_at_least, needed);
        Text::from("It would take ") + rounds + " to settle it" + time + "."
    });
    Text::join([seen, needed].into_iter().flatten(), " ")
}

/// What is said where windows agree as those of loops of fixed time do.
const WHAT_IS_WORK: &str = "Print a rate, such as `120.5 images / sec`, or set `source = \
    \"window\"` in [throughput] if both do the same work.";

/// `40 s` or `7 minutes`.
fn minutes(seconds: f64) -> Text {
    if seconds < 60.0 {
        return fixed(seconds, 0) + " s";
    }
    let minutes = fixed(seconds / 60.0, 0);
    let noun = match minutes.as_str() {
        "1" => " minute",
        _ => " minutes",
    };
    minutes + noun
}

/// `95% interval 2.91 to 3.03`
pub(super) fn interval_words(
    comparison: &Comparison,
    estimate: &Estimate,
    show: impl Fn(f64) -> Number,
) -> Text {
    let level = short_percent(comparison.confidence);
    match interval(estimate) {
        Some(ends) => level + " interval " + from_to(ends, show),
        None => "too few rounds for an interval".into(),
    }
}
