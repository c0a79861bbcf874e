//! The same value in another form: programs change from `it/s` to `s/it` by themselves
//! where that gives handier numbers.

use super::Reading;
use super::unit::{self, Meaning};
use crate::recording::{Better, Metric, MetricSource, Recording};

/// A reading in the form of others; `None` where it is of something else.
pub fn restate(reading: Reading, form: &MetricSource) -> Option<Reading> {
    let how = how(&reading.source, form)?;
    let source = form.clone();
    let metric = reading.metric.map(|metric| how.apply(metric, form));
    Some(Reading {
        metric,
        source,
        unread: reading.unread,
    })
}

/// The values of a recording in the form of another's, where that is possible.
pub fn restate_recording(recording: &mut Recording, form: &MetricSource) {
    let Some(how) = how(&recording.settings.throughput, form) else {
        return;
    };
    recording.settings.throughput = form.clone();
    for run in recording.runs_mut() {
        run.metric = run.metric.take().map(|metric| how.apply(metric, form));
    }
}

/// How values of one form become values of another.
#[derive(Clone, Copy)]
enum How {
    /// They are the same.
    Same,
    /// They are the reciprocals, as of a rate and the time of a unit of work.
    Reciprocal,
}

impl How {
    fn apply(self, metric: Metric, form: &MetricSource) -> Metric {
        let Metric {
            name, value, step, ..
        } = metric;
        let (value, step) = match self {
            Self::Same => (value, step),
            // A step changes the reciprocal by the same part of it.
            Self::Reciprocal => (1.0 / value, step.map(|step| step / value / value)),
        };
        Metric {
            name,
            unit: form.unit.clone(),
            value,
            step,
        }
    }
}

fn how(from: &MetricSource, to: &MetricSource) -> Option<How> {
    if from == to {
        return Some(How::Same);
    }
    if from.source != to.source || !from.source.is_reported() {
        return None;
    }
    match (unit::understand(&from.unit), unit::understand(&to.unit)) {
        (Meaning::Rate { work: one, .. }, Meaning::Rate { work: other, .. })
            if from.better == to.better && unit::is_same_work(&one, &other) =>
        {
            Some(How::Same)
        }
        (
            Meaning::Duration {
                work: Some(one), ..
            },
            Meaning::Duration {
                work: Some(other), ..
            },
        ) if from.better == to.better && unit::is_same_work(&one, &other) => Some(How::Same),
        (
            Meaning::Rate { work: one, .. },
            Meaning::Duration {
                work: Some(other), ..
            },
        ) if is_natural(from, to) && unit::is_same_work(&one, &other) => Some(How::Reciprocal),
        (
            Meaning::Duration {
                work: Some(one), ..
            },
            Meaning::Rate { work: other, .. },
        ) if is_natural(to, from) && unit::is_same_work(&one, &other) => Some(How::Reciprocal),
        _ => None,
    }
}

/// Whether of a rate more is better, and of a duration less.
fn is_natural(rate: &MetricSource, duration: &MetricSource) -> bool {
    rate.better == Better::Higher && duration.better == Better::Lower
}
