//! What the processor and the kernel counted.

use crate::compare::{Comparison, CountedLine, CounterComparison, Estimate, LinePlace};
use crate::pair::Pair;
use crate::profile::PooledEvents;
use crate::recording::Counter;
use crate::report::format::{fixed, grouped, interval, percent, work_unit};
use crate::share::Share;
use crate::text::{Number, Text};

/// Lines of a counter that are named; JSON has all of them.
const MOST_LINES: usize = 5;

/// The part of a counter's events that a line has at least that is named.
const LEAST_PART: f64 = 0.01;

/// What one counter says: how much there is in all, and of which lines.
pub(in crate::report) struct Section {
    pub(in crate::report) heading: Text,
    pub(in crate::report) lines: Vec<Text>,
}

/// What was counted for a unit of work, before and after.
pub(in crate::report) fn of_comparison(comparison: &Comparison) -> Vec<Section> {
    let unit = work_unit(&comparison.throughput);
    let counters = comparison.counters.iter();
    counters.map(|it| compared(it, unit.clone())).collect()
}

fn compared(counted: &CounterComparison, unit: Text) -> Section {
    let name = capitalized(counted.counter);
    let most = largest(&counted.events);
    let of_note =
        |it: &&CountedLine| largest(&it.events) >= LEAST_PART * most.max(f64::MIN_POSITIVE);
    let lines: Vec<&CountedLine> = counted.lines.iter().filter(of_note).collect();
    Section {
        heading: name + " per " + unit + ": " + before_after(&counted.events),
        lines: first(&lines, |line| places(&line.line) + ": " + of_line(line)),
    }
}

/// What was counted in all runs of one version.
pub(in crate::report) fn of_profile(counted: &[PooledEvents]) -> Vec<Section> {
    counted.iter().map(pooled).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a recording has at most 2^53 events of a run"
)]
fn pooled(counted: &PooledEvents) -> Section {
    let all = counted.events;
    let of_note = |events: u64| events as f64 >= LEAST_PART * all as f64;
    let lines: Vec<_> = counted
        .lines
        .iter()
        .filter(|it| it.events > 0 && of_note(it.events))
        .collect();
    let mut heading = capitalized(counted.counter) + ": " + events(all as f64);
    if counted.seconds > 0.0 {
        let rate = all as f64 / counted.seconds;
        heading = heading + ", " + events(rate) + " in a second of the measured window";
    }
    Section {
        heading,
        lines: first(&lines, |it| {
            let share = percent(Share::of_samples(it.events, all));
            Text::from(share) + " " + Text::foreign(&it.file) + ":" + Number::new(it.line)
        }),
    }
}

/// The first of some lines, and how many more there are.
fn first<T>(lines: &[T], show: impl Fn(&T) -> Text) -> Vec<Text> {
    let more = lines.len().saturating_sub(MOST_LINES) as u64;
    let rest = (more > 0).then(|| Text::from("and ") + grouped(more) + " more, in JSON");
    let shown = lines.iter().take(MOST_LINES).map(show);
    shown.chain(rest).collect()
}

/// `Page faults`
fn capitalized(counter: Counter) -> Text {
    let name = counter.to_string();
    let (first, rest) = name.split_at(1);
    Text::from(Number::new(first.to_uppercase() + rest))
}

/// `a.py:9 → b.py:9`, `a.py:9 (gone)`
fn places(line: &Pair<Option<LinePlace>>) -> Text {
    let place = |it: &LinePlace| Text::foreign(&it.file) + ":" + Number::new(it.line);
    match (&line.before, &line.after) {
        (Some(before), Some(after)) => place(before) + " → " + place(after),
        (Some(before), None) => place(before) + " (gone)",
        (None, Some(after)) => place(after) + " (new)",
        (None, None) => Text::new(),
    }
}

/// The events of a line: of one that is on one side only, those there.
fn of_line(line: &CountedLine) -> Text {
    match (&line.line.before, &line.line.after) {
        (Some(_), None) => one(line.events.before.as_ref()),
        (None, Some(_)) => one(line.events.after.as_ref()),
        _ => before_after(&line.events),
    }
}

/// `2,000 (1,990 to 2,010) → 0`
fn before_after(values: &Pair<Option<Estimate>>) -> Text {
    one(values.before.as_ref()) + " → " + one(values.after.as_ref())
}

fn one(value: Option<&Estimate>) -> Text {
    let Some(estimate) = value else {
        return Text::from("not counted");
    };
    let value = Text::from(events(estimate.value));
    match interval(estimate) {
        // There are no events before the first.
        Some((low, high)) if low < high => {
            value + " (" + events(low.max(0.0)) + " to " + events(high) + ")"
        }
        _ => value,
    }
}

fn largest(values: &Pair<Option<Estimate>>) -> f64 {
    let values = [&values.before, &values.after];
    let values = values.into_iter().flatten().map(|it| it.value);
    values.fold(0.0, f64::max)
}

/// A number of events with three digits or more: `0.250`, `12.5`, `2,010`, `1.36 million`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is from 100 to a million"
)]
fn events(number: f64) -> Number {
    let in_words = |size: f64, word: &str| {
        let scaled = number / size;
        let decimals = if scaled < 10.0 {
            2
        } else {
            usize::from(scaled < 100.0)
        };
        Number::new(format_args!("{} {word}", fixed(scaled, decimals)))
    };
    match number {
        _ if number >= 1e12 => in_words(1e12, "trillion"),
        _ if number >= 1e9 => in_words(1e9, "billion"),
        _ if number >= 1e6 => in_words(1e6, "million"),
        _ if number >= 100.0 => grouped(number.round() as u64),
        _ if number >= 10.0 => fixed(number, 1),
        _ if number > 0.0 => fixed(number, 3),
        _ => Number::new("0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::LineNumber;

    fn place(file: &str, line: u32) -> Option<LinePlace> {
        let file = file.to_owned();
        LineNumber::new(line).map(|line| LinePlace { file, line })
    }

    fn estimate(value: f64, ends: impl Into<Option<(f64, f64)>>) -> Estimate {
        let ends = ends.into();
        Estimate {
            value,
            low: ends.map(|it| it.0),
            high: ends.map(|it| it.1),
        }
    }

    #[test]
    fn numbers_of_events() {
        let shown = [
            0.0,
            0.25,
            12.46,
            99.96,
            2010.4,
            999_999.0,
            1_360_000.0,
            2.5e10,
            3e12,
        ];
        let shown = shown.map(|it| events(it).as_str().to_owned());
        let expected = [
            "0",
            "0.250",
            "12.5",
            "100.0",
            "2,010",
            "999,999",
            "1.36 million",
            "25.0 billion",
            "3.00 trillion",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn lines_of_a_comparison() {
        let line = |before, after, events| CountedLine {
            line: Pair::new(before, after),
            events,
        };
        let counted = CounterComparison {
            counter: Counter::PageFaults,
            events: Pair::new(
                estimate(2000.0, (1990.0, 2010.0)).into(),
                estimate(500.0, (-3.0, 1003.0)).into(),
            ),
            lines: vec![
                line(
                    place("a.py", 19),
                    place("b.py", 21),
                    Pair::new(
                        estimate(1999.0, None).into(),
                        estimate(0.0, (0.0, 0.0)).into(),
                    ),
                ),
                line(
                    None,
                    place("b.py", 3),
                    Pair::new(None, estimate(500.0, None).into()),
                ),
                line(
                    place("a.py", 7),
                    None,
                    Pair::new(estimate(1.0, None).into(), None),
                ),
            ],
        };
        let section = compared(&counted, "image".into());
        assert_eq!(
            section.heading.plain(),
            "Page faults per image: 2,000 (1,990 to 2,010) → 500 (0 to 1,003)"
        );
        let lines: Vec<String> = section.lines.iter().map(Text::plain).collect();
        // The third has too small a part of them.
        let expected = ["a.py:19 → b.py:21: 1,999 → 0", "b.py:3 (new): 500"];
        assert_eq!(lines, expected);
    }

    #[test]
    fn lines_of_a_profile() {
        let pooled = pooled(&PooledEvents {
            counter: Counter::CacheMisses,
            events: 4_000_000,
            seconds: 2.0,
            lines: (1..=8)
                .map(|line| crate::profile::PooledLine {
                    file: "k.py".to_owned(),
                    line: LineNumber::new(line).unwrap(),
                    events: if line < 8 { 500_000 } else { 9 },
                })
                .collect(),
        });
        assert_eq!(
            pooled.heading.plain(),
            "Cache misses: 4.00 million, 2.00 million in a second of the measured window"
        );
        let lines: Vec<String> = pooled.lines.iter().map(Text::plain).collect();
        assert_eq!(lines.len(), MOST_LINES + 1);
        assert_eq!(lines[0], "12.5% k.py:1");
        assert_eq!(lines[MOST_LINES], "and 2 more, in JSON");
    }
}
