//! A value that was found, in the unit that it is kept in.

use super::number::Value;
use super::unit::{self, Meaning};
use super::{Fault, Reading, Throughput};
use crate::recording::{Better, Metric, MetricSource, ThroughputSource};

/// What a metric is called that the script gave no name.
pub(super) const NAME: &str = "throughput";

/// A value as it was given, with what is known of its unit.
pub(super) struct Given {
    pub(super) source: ThroughputSource,
    pub(super) name: String,
    /// The value as it was written.
    pub(super) digits: String,
    /// The value; `None` where that is no number.
    pub(super) value: Option<Value>,
    pub(super) meaning: Meaning,
    /// What it is called the time of, where the unit of that is not said.
    pub(super) time_per: Option<String>,
    /// The unit as it was written, where it was.
    pub(super) unit: Option<String>,
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

    /// The value in the unit that values are kept in. Fails where it cannot be compared.
    pub(super) fn reading(self, settings: &Throughput) -> Result<Reading, Fault> {
        let Some(value) = self.value.filter(|it| is_positive(it.number)) else {
            return Err(Fault::Unusable(self.digits));
        };
        if let Some(fault) = self.rate_of_time(settings) {
            return Err(fault);
        }
        let Some(Named {
            meaning,
            name,
            value,
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
        let unit = unit.or_else(|| self.unit.clone());
        let Some(better) = settings.better.or(meaning.better()) else {
            return Err(Fault::Undirected {
                value: self.digits,
                unit,
            });
        };
        if !is_positive(value.number) {
            return Err(Fault::Unusable(self.digits));
        }
        Ok(self.in_unit(unit.unwrap_or_else(|| "units".to_owned()), value, better))
    }

    /// So much of this unit.
    fn in_unit(self, unit: String, Value { number, step }: Value, better: Better) -> Reading {
        Reading {
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
        }
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
