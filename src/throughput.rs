//! What a run counted: finding the metric in what the script wrote.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::config::{Throughput, ThroughputSource};
use crate::recording::{Better, Metric, MetricKind, MetricSource};

/// What a run counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value that the script reported; `None` where its seconds are measured.
    pub metric: Option<Metric>,
    /// Where it was found and which direction is better.
    pub source: MetricSource,
}

/// The last line of output, where it ends in a rate: `<number> <unit> / sec`, `/s`
/// or `per second`.
static RATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) (?: ^ | [\s:=] ) (?<value> \d [\d_]* \.? \d* (?: e [+-]? \d+ )? )
          \s+ (?<unit> [^\s\d/] [^\d/]*? ) \s*
          (?: / \s* s (?: ec (?: ond )? s? )? | \s per \s+ sec (?: ond )? s? ) \s* \.? \s* $",
    )
    .expect("the pattern is valid")
});

/// Units of time, with their seconds: a metric in one of them is a duration.
const TIME_UNITS: [(&str, f64); 12] = [
    ("s", 1.0),
    ("sec", 1.0),
    ("secs", 1.0),
    ("second", 1.0),
    ("seconds", 1.0),
    ("ms", 1e-3),
    ("milliseconds", 1e-3),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("microseconds", 1e-6),
    ("ns", 1e-9),
    ("min", 60.0),
];

/// Finds what a run counted. `stdout` is what it printed, `metrics` what it wrote to
/// the file named by `PROFILA_METRICS`.
///
/// With [`ThroughputSource::Auto`] the metrics file comes first, then the last line
/// of output, and then the seconds of the measured window. `Err` has the value, as
/// it was reported, that is not a number above 0. `Ok(None)`: the source that the
/// user asked for has no value.
pub fn read(settings: &Throughput, stdout: &str, metrics: &str) -> Result<Option<Reading>, String> {
    let found = match settings.source {
        ThroughputSource::Kind(MetricKind::Pattern) => from_pattern(settings, stdout),
        ThroughputSource::Kind(MetricKind::Metrics) => from_metrics(metrics),
        ThroughputSource::Kind(kind) => return Ok(Some(seconds(kind))),
        ThroughputSource::Auto => from_metrics(metrics).or_else(|| from_rate(stdout)),
    };
    match (found, settings.source) {
        (Some(found), _) => found.reading(settings).map(Some),
        (None, ThroughputSource::Auto) => Ok(Some(seconds(MetricKind::Window))),
        (None, ThroughputSource::Kind(_)) => Ok(None),
    }
}

/// A value as it was written.
struct Found {
    kind: MetricKind,
    name: String,
    unit: String,
    value: String,
}

impl Found {
    fn reading(self, settings: &Throughput) -> Result<Reading, String> {
        let value: f64 = match self.value.replace('_', "").parse() {
            Ok(value) if f64::is_finite(value) && value > 0.0 => value,
            _ => return Err(self.value),
        };
        let unit = settings.unit.clone().unwrap_or(self.unit);
        // A duration is kept in seconds, as everything that is measured.
        let (value, unit, better) = match time_unit(&unit) {
            Some(seconds) => (value * seconds, "s".to_owned(), Better::Lower),
            None => (value, unit, Better::Higher),
        };
        let better = settings.better.unwrap_or(better);
        Ok(Reading {
            metric: Some(Metric {
                name: self.name,
                unit: unit.clone(),
                value,
            }),
            source: MetricSource {
                source: self.kind,
                unit,
                better,
            },
        })
    }
}

/// The seconds of one of `unit`, if it is a unit of time.
fn time_unit(unit: &str) -> Option<f64> {
    let known = TIME_UNITS.iter().find(|(name, _)| *name == unit);
    known.map(|(_, seconds)| *seconds)
}

/// The seconds of a run, which are measured and not reported.
pub fn seconds(kind: MetricKind) -> Reading {
    Reading {
        metric: None,
        source: MetricSource {
            source: kind,
            unit: "s".to_owned(),
            better: Better::Lower,
        },
    }
}

/// The last match of the user's pattern; its group `value` is the number, and its
/// group `unit`, if there is one, the unit.
fn from_pattern(settings: &Throughput, stdout: &str) -> Option<Found> {
    let matched = settings.pattern.as_ref()?.captures_iter(stdout).last()?;
    Some(Found {
        kind: MetricKind::Pattern,
        name: "throughput".to_owned(),
        unit: matched
            .name("unit")
            .map_or("units/s", |unit| unit.as_str())
            .to_owned(),
        value: matched.name("value")?.as_str().to_owned(),
    })
}

/// The rate in the last line that is not empty.
fn from_rate(stdout: &str) -> Option<Found> {
    let last = stdout.lines().rfind(|line| !line.trim().is_empty())?;
    let matched = RATE.captures(last)?;
    Some(Found {
        kind: MetricKind::Pattern,
        name: "throughput".to_owned(),
        unit: format!("{}/s", &matched["unit"]),
        value: matched["value"].to_owned(),
    })
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

/// The last line of the metrics file that holds a value.
fn from_metrics(metrics: &str) -> Option<Found> {
    let read = |line| serde_json::from_str::<MetricsLine>(line).ok();
    let line = metrics.lines().rev().find_map(read)?;
    Some(Found {
        kind: MetricKind::Metrics,
        name: line.name.unwrap_or_else(|| "throughput".to_owned()),
        unit: line.unit.unwrap_or_else(|| "units/s".to_owned()),
        value: line.value.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(source: ThroughputSource, pattern: Option<&str>) -> Throughput {
        Throughput {
            source,
            pattern: pattern.map(|pattern| Regex::new(pattern).unwrap()),
            unit: None,
            better: None,
        }
    }

    /// `expected` is `source value unit better`.
    #[track_caller]
    fn check(settings: &Throughput, stdout: &str, metrics: &str, expected: &str) {
        let reading = read(settings, stdout, metrics).unwrap().unwrap();
        let MetricSource {
            source,
            unit,
            better,
        } = reading.source;
        let value = reading.metric.map(|metric| metric.value);
        assert_eq!(format!("{source:?} {value:?} {unit} {better:?}"), expected);
    }

    #[test]
    fn auto_finds_a_rate_in_the_last_line() {
        let auto = settings(ThroughputSource::Auto, None);
        for (line, value, unit) in [
            ("Processed 255 images / sec", "255.0", "images/s"),
            ("12.5 Mcells/s", "12.5", "Mcells/s"),
            ("done: 1_000 steps per second.", "1000.0", "steps/s"),
            ("rate = 3e5 time steps / s", "300000.0", "time steps/s"),
        ] {
            let expected = format!("Pattern Some({value}) {unit} Higher");
            check(&auto, &format!("first 1 x / s\n{line}\n\n"), "", &expected);
        }
    }

    #[test]
    fn auto_takes_nothing_else_for_a_rate() {
        let auto = settings(ThroughputSource::Auto, None);
        for output in [
            "",
            "took 5 s",
            "5 / sec",
            "3 images / sec\nbye",
            "v1.2 images / sec",
        ] {
            check(&auto, output, "", "Window None s Lower");
        }
    }

    #[test]
    fn auto_prefers_the_metrics_file_and_its_last_value() {
        let auto = settings(ThroughputSource::Auto, None);
        let metrics =
            "{\"value\": 1}\n{\"name\": \"step\", \"value\": 2.5, \"unit\": \"ms\"}\n{\"x\"";
        check(
            &auto,
            "5 images / s",
            metrics,
            "Metrics Some(0.0025) s Lower",
        );
    }

    #[test]
    fn a_pattern_takes_its_last_match() {
        let kind = ThroughputSource::Kind(MetricKind::Pattern);
        let pattern = settings(kind, Some(r"(?P<value>\S+) it"));
        check(
            &pattern,
            "3 it\n4 it",
            "",
            "Pattern Some(4.0) units/s Higher",
        );
        assert_eq!(read(&pattern, "nothing", ""), Ok(None));
        for value in ["nan", "-3", "0", "inf", "x"] {
            assert_eq!(
                read(&pattern, &format!("{value} it"), ""),
                Err(value.to_owned())
            );
        }
    }
}
