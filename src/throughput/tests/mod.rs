mod doubts;
mod forms;
mod properties;
mod sources;
mod traps;

use regex::Regex;

use super::*;
use crate::recording::Better;

/// Settings with this source.
fn settings(source: WantedSource) -> Throughput {
    Throughput {
        source,
        unit: None,
        better: None,
    }
}

fn auto() -> Throughput {
    settings(WantedSource::Auto)
}

fn by_pattern(pattern: &str) -> Throughput {
    settings(WantedSource::Pattern(Regex::new(pattern).unwrap()))
}

/// A reading as `value unit direction`, or how there is none.
fn shown(reading: &Reading) -> String {
    match (&reading.metric, &reading.unread) {
        (Some(metric), _) => {
            let MetricSource { unit, better, .. } = &reading.source;
            assert_eq!(metric.unit, *unit);
            // Twelve digits: what conversions lose is none of them.
            let value: f64 = format!("{:.11e}", metric.value).parse().unwrap();
            format!("{value} {unit} {better:?}")
        }
        (None, Some(_)) => "unread".to_owned(),
        (None, None) => "nothing".to_owned(),
    }
}

/// Output, and what is read of it: `unread` where it looks like a rate and is not certain,
/// `nothing` where it does not.
type Case = (&'static str, &'static str);

#[track_caller]
fn check_all(cases: &[Case]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(output, expected)| {
            let found = match read(&auto(), output, "") {
                Ok(reading) => shown(&reading),
                Err(fault) => format!("{fault:?}"),
            };
            (found != *expected).then(|| format!("{output:?}\n  is {found}\n  not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
