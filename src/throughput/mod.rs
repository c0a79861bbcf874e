//! What a run counted: finding the metric in what the script wrote.
//!
//! A value is read where its digits and its unit leave one reading, and is kept in units
//! of work per second or in seconds, whatever prefix it was written with. Numbers are read
//! by `number`, units by `unit`, labels before numbers by `label`, the forms of rates in a
//! line by `forms`, those of harnesses by `harness`. `suspect` knows what has the unit of a
//! rate and may be none, `benchmarks` whether a harness printed several results; `choose`
//! decides which value is the result, and `doubt` says what would read what was not read.
//! `named` has values that the user points at, with a pattern or in the metrics file, and
//! `wanted` what the user asked for.

mod benchmarks;
mod choose;
mod doubt;
mod forms;
mod harness;
mod label;
mod named;
mod number;
mod restate;
mod suspect;
#[cfg(test)]
mod tests;
mod text;
mod unit;
mod wanted;
mod words;

pub use doubt::{Direction, Likeness, Unread, Way};
pub use restate::{restate, restate_recording};
pub use wanted::{Clock, Throughput, WantedSource};

use self::choose::Found;
use self::number::Value;
use self::unit::Meaning;
use crate::recording::{Better, Metric, MetricSource, ThroughputSource};

/// What a run counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value that the script reported; `None` where its seconds are measured.
    pub metric: Option<Metric>,
    /// Where it was found and which direction is better.
    pub source: MetricSource,
    /// What looked like a rate and was not read, so that seconds are measured instead.
    pub unread: Option<Unread>,
}

/// Why a run gave no value that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The source that the user asked for has no value.
    Missing,
    /// The value, as it was reported, is not a number above 0.
    Unusable(String),
    /// It is not known whether more of it is better.
    Undirected {
        /// The value as it was reported.
        value: String,
        /// Its unit, where it has one.
        unit: Option<String>,
    },
    /// It is in a unit that does not become the one that the user names.
    OtherUnit {
        /// The value as it was reported.
        value: String,
        /// Its unit.
        unit: String,
        /// The unit that the user names.
        wanted: String,
    },
    /// The digits that the user's pattern matched have more than one reading.
    Ambiguous {
        /// The digits.
        value: String,
        /// What they may be.
        readings: [f64; 2],
    },
}

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

/// What a metric is called that the script gave no name.
const NAME: &str = "throughput";

/// A value as it was given, with what is known of its unit.
struct Given {
    source: ThroughputSource,
    name: String,
    /// The value as it was written.
    digits: String,
    /// The value; `None` where that is no number.
    value: Option<Value>,
    meaning: Meaning,
    /// What it is called the time of, where the unit of that is not said.
    time_per: Option<String>,
    /// The unit as it was written, where it was.
    unit: Option<String>,
}

impl Given {
    /// What is called a time is not made a rate by the unit that the user names.
    fn rate_of_time(&self, settings: &Throughput) -> Option<Fault> {
        let (work, wanted) = (self.time_per.as_ref()?, settings.unit.as_ref()?);
        let is_rate = matches!(unit::understand(wanted), Meaning::Rate { .. });
        (self.meaning == Meaning::Other && is_rate).then(|| Fault::OtherUnit {
            value: self.digits.clone(),
            unit: format!("time/{work}"),
            wanted: wanted.clone(),
        })
    }

    fn reading(self, settings: &Throughput) -> Result<Reading, Fault> {
        let Some(value) = self.value.filter(|it| is_positive(it.number)) else {
            return Err(Fault::Unusable(self.digits));
        };
        if let Some(fault) = self.rate_of_time(settings) {
            return Err(fault);
        }
        let Some(Named {
            meaning,
            name,
            value: Value { number, step },
        }) = named(&self.meaning, value, settings)
        else {
            return Err(Fault::OtherUnit {
                value: self.digits,
                unit: self.meaning.canonical().unwrap_or_default(),
                wanted: settings.unit.clone().unwrap_or_default(),
            });
        };
        let unit = name.or_else(|| meaning.canonical());
        // Progress bars change from a rate to its inverse where that is below one.
        let is_inverse = matches!(meaning, Meaning::Duration { .. }) && meaning.work().is_some();
        if is_inverse && settings.better == Some(Better::Higher) {
            return Err(Fault::OtherUnit {
                value: self.digits,
                unit: unit.unwrap_or_default(),
                wanted: "a rate, where higher is better".to_owned(),
            });
        }
        let better = settings.better.or(meaning.better());
        let Some(better) = better else {
            return Err(Fault::Undirected {
                value: self.digits,
                unit: unit.or(self.unit),
            });
        };
        if !is_positive(number) {
            return Err(Fault::Unusable(self.digits));
        }
        let unit = unit.or(self.unit).unwrap_or_else(|| "units".to_owned());
        Ok(Reading {
            metric: Some(Metric {
                name: self.name,
                unit: unit.clone(),
                value: number,
                step: Some(step),
            }),
            source: MetricSource {
                source: self.source,
                unit,
                better,
            },
            unread: None,
        })
    }
}

fn is_positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

/// A value in the unit that the user names.
struct Named {
    meaning: Meaning,
    /// The unit's name where it is none that is understood.
    name: Option<String>,
    /// The value in the unit that values of this meaning are kept in.
    value: Value,
}

/// A value in the unit that the user names, if he names one. He knows better what is
/// counted; how much of it the value is has been printed with it, and whether it is a rate
/// or a time: one becomes the other only where both are of the same work.
fn named(found: &Meaning, value: Value, settings: &Throughput) -> Option<Named> {
    let scaled = |meaning: Meaning, name| Named {
        value: value.times(meaning.factor()),
        meaning,
        name,
    };
    let Some(unit) = &settings.unit else {
        return Some(scaled(found.clone(), None));
    };
    match (found, unit::understand(unit)) {
        (Meaning::Other, wanted) => {
            let name = (wanted == Meaning::Other).then(|| unit.clone());
            Some(scaled(wanted, name))
        }
        // A name does not tell a rate from a time: their direction has to.
        (found, Meaning::Other) => {
            let is_natural = settings.better.is_none_or(|it| Some(it) == found.better());
            is_natural.then(|| scaled(found.clone(), Some(unit.clone())))
        }
        (&Meaning::Rate { factor, .. }, Meaning::Rate { work, .. }) => {
            Some(scaled(Meaning::Rate { work, factor }, None))
        }
        (&Meaning::Duration { factor, .. }, Meaning::Duration { work, .. }) => {
            Some(scaled(Meaning::Duration { work, factor }, None))
        }
        (found, wanted) => {
            let works = found.work().zip(wanted.work());
            let is_same = works.is_some_and(|(one, other)| unit::is_same_work(one, other));
            // What is better of one is worse of the other, so that a direction of the user's
            // may be meant for either.
            let is_natural = settings.better.is_none_or(|it| Some(it) == wanted.better());
            (is_same && is_natural).then(|| Named {
                value: value.times(found.factor()).reciprocal(),
                meaning: wanted,
                name: None,
            })
        }
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

/// Whether a unit is one of which it is known which direction is better.
pub fn has_direction(unit: &str) -> bool {
    unit::understand(unit) != Meaning::Other
}
