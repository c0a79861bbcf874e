//! Values that somebody points at: the user with a pattern, the script in the metrics
//! file.

use std::ops::Range;

use regex::Regex;
use serde::Deserialize;

use super::Fault;
use super::doubt::{Likeness, Unread};
use super::forms;
use super::given::{Given, NAME};
use super::number::{self, Number, Value};
use super::text;
use super::unit::{self, Meaning};
use crate::recording::ThroughputSource;

/// The last match of the user's pattern; its group `value` is the number, its group
/// `fraction`, if it has one, the digits after the decimal mark, and its group `unit` the
/// unit. Without such a group the unit is what stands beside the value in its line.
///
/// Fails where nothing matches, and where the digits have more than one reading.
pub(super) fn in_output(pattern: &Regex, stdout: &str) -> Result<Given, Fault> {
    let plain = text::plain(stdout);
    // A pattern may be of the escape sequences.
    let output = if pattern.is_match(&plain) {
        &*plain
    } else {
        stdout
    };
    let matched = pattern.captures_iter(output).last().ok_or(Fault::Missing)?;
    let found = matched.name("value").ok_or(Fault::Missing)?;
    let has_fraction = pattern
        .capture_names()
        .flatten()
        .any(|name| name == "fraction");
    let fraction = matched.name("fraction").map_or("", |it| it.as_str());
    let value = if has_fraction {
        number::parse_parts(found.as_str(), fraction)
    } else {
        certain(found.as_str())?
    };
    let end = matched.name("fraction").map_or(found.end(), |it| it.end());
    let unit = matched.name("unit").map(|it| it.as_str().to_owned());
    let (line, span) = line_of(output, found.start()..end.max(found.end()));
    let meaning = match &unit {
        Some(unit) => unit::understand(unit),
        // What the words beside the value say of it.
        None => forms::meaning_at(line, &span).unwrap_or(Meaning::Other),
    };
    let digits = match fraction {
        "" => found.as_str().to_owned(),
        _ => output[found.start()..end].to_owned(),
    };
    Ok(Given {
        source: ThroughputSource::Pattern,
        name: NAME.to_owned(),
        digits,
        value,
        meaning,
        time_per: forms::time_per_at(line, &span),
        unit,
    })
}

fn certain(digits: &str) -> Result<Option<Value>, Fault> {
    match number::parse(digits) {
        Some(Number::Certain(value)) => Ok(Some(value)),
        Some(Number::Either { grouped, decimal }) => Err(Fault::Ambiguous {
            value: digits.to_owned(),
            readings: [grouped.number, decimal.number],
        }),
        None => Ok(None),
    }
}

/// The line that a value is in, and where in it.
fn line_of(output: &str, span: Range<usize>) -> (&str, Range<usize>) {
    let ends_line = ['\n', '\r'];
    let start = output[..span.start].rfind(ends_line).map_or(0, |at| at + 1);
    let end = output[span.end..]
        .find(ends_line)
        .map_or(output.len(), |at| span.end + at);
    (&output[start..end], span.start - start..span.end - start)
}

/// One line of the metrics file.
#[derive(Deserialize)]
struct MetricsLine {
    #[serde(default)]
    name: Option<String>,
    value: serde_json::Number,
    #[serde(default)]
    unit: Option<String>,
}

/// The last line of the metrics file that holds a value. Where it names no unit its name
/// has to say that it is a rate, as `throughput` and `images_per_second` do.
///
/// Fails where there is no such line.
pub(super) fn in_metrics(metrics: &str) -> Result<Given, Fault> {
    let read = |line| serde_json::from_str::<MetricsLine>(line).ok();
    let line = metrics.lines().rev().find_map(read).ok_or(Fault::Missing)?;
    let digits = line.value.to_string();
    let name = line.name.as_deref().unwrap_or_default();
    let (labelled, span) = (format!("{name}: 1"), name.len() + 2..name.len() + 3);
    let meaning = match &line.unit {
        Some(unit) => unit::understand(unit),
        None => forms::meaning_at(&labelled, &span).unwrap_or(Meaning::Other),
    };
    Ok(Given {
        source: ThroughputSource::Metrics,
        time_per: forms::time_per_at(&labelled, &span),
        name: line.name.unwrap_or_else(|| NAME.to_owned()),
        value: match number::parse(&digits) {
            Some(Number::Certain(value)) => Some(value),
            _ => None,
        },
        digits,
        meaning,
        unit: line.unit,
    })
}

/// What is told of a metrics file in which there is something, and no value.
pub(super) fn unread_metrics(metrics: &str) -> Option<Unread> {
    let last = text::lines(metrics).next_back()?;
    Some(Unread {
        line: last.to_owned(),
        why: "the file named by PROFILA_METRICS has no line such as {\"value\": 12.5, \"unit\": \
              \"images/s\"}"
            .to_owned(),
        ways: Vec::new(),
        likeness: Likeness::Rate,
    })
}
