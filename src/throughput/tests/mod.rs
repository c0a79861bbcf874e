mod forms;
mod properties;
mod sources;

use regex::Regex;

use super::*;

/// Settings with this source.
fn settings(source: ThroughputSource, pattern: Option<&str>) -> Throughput {
    Throughput {
        source,
        pattern: pattern.map(|pattern| Regex::new(pattern).unwrap()),
        unit: None,
        better: None,
    }
}

fn auto() -> Throughput {
    settings(ThroughputSource::Auto, None)
}

fn by_pattern(pattern: &str) -> Throughput {
    settings(ThroughputSource::Kind(MetricKind::Pattern), Some(pattern))
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
