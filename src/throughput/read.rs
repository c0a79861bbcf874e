//! What a run counted: where it is looked for, in which order.

use super::choose::{self, Found};
use super::given::{Given, NAME};
use super::named;
use super::{Clock, Fault, Reading, Throughput, Unread, WantedSource};
use crate::recording::{Better, MetricSource, ThroughputSource};

/// Finds what a run counted. `stdout` is what it printed, `metrics` what it wrote to
/// the file named by `PROFILA_METRICS`.
///
/// With [`WantedSource::Auto`] the metrics file comes first, then a rate or the time
/// of a unit of work in the output, and then the seconds of the measured window. Fails
/// where there is no value that can be compared.
pub fn read(settings: &Throughput, stdout: &str, metrics: &str) -> Result<Reading, Fault> {
    let given = match &settings.source {
        WantedSource::Pattern(pattern) => named::in_output(pattern, stdout)?,
        WantedSource::Metrics => named::in_metrics(metrics)?,
        WantedSource::Seconds(clock) => return Ok(seconds(*clock)),
        WantedSource::Auto => match named::in_metrics(metrics) {
            Ok(given) => given,
            Err(_) => return in_output(settings, stdout, named::unread_metrics(metrics)),
        },
    };
    given.reading(settings)
}

/// What is found in an output without anybody having said where.
fn in_output(
    settings: &Throughput,
    stdout: &str,
    unread: Option<Unread>,
) -> Result<Reading, Fault> {
    match choose::result(stdout) {
        Found::Result {
            digits,
            value,
            meaning,
        } => Given {
            source: ThroughputSource::Pattern,
            name: NAME.to_owned(),
            digits,
            value: Some(value),
            meaning,
            time_per: None,
            unit: None,
        }
        .reading(settings),
        Found::Unread(found) => Ok(Reading {
            unread: Some(found),
            ..seconds(Clock::Window)
        }),
        Found::Nothing => Ok(Reading {
            unread,
            ..seconds(Clock::Window)
        }),
    }
}

/// The seconds of a run, which are measured and not reported.
pub fn seconds(clock: Clock) -> Reading {
    Reading {
        metric: None,
        source: MetricSource {
            source: clock.into(),
            unit: "s".to_owned(),
            better: Better::Lower,
        },
        unread: None,
    }
}
