//! What came of the rules, one sentence a rule.

use crate::compare::Bounds;
use crate::gate::{Doubt, Gate, Judged, Lines, Outcome, Subject};
use crate::report::format::{percent, short_percent};
use crate::report::paint::{Meaning, paint};
use crate::report::text::short;

/// The outcome of all rules.
pub(in crate::report) fn sentence(gate: &Gate) -> String {
    format!("Gate: {}.", outcome(gate.outcome))
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Pass => paint(Meaning::Better, "passed"),
        Outcome::Fail => paint(Meaning::Worse, "failed"),
        Outcome::Inconclusive => paint(Meaning::Open, "undecided"),
    }
}

/// `Throughput may be at most 5% worse, and is at most 1.2% worse: passed.`
pub(in crate::report) fn rule(judged: &Judged) -> String {
    let subject = subject(&judged.rule.subject);
    let limit = short_percent(judged.rule.max_worse);
    let is = match (judged.outcome, judged.bounds) {
        _ if judged.doubt == Some(Doubt::FixedTime) => {
            "both sides took about the same time, as fixed-time loops do at any speed".to_owned()
        }
        _ if judged.doubt == Some(Doubt::UnreadRate) => "a printed rate was not read".to_owned(),
        _ if judged.doubt == Some(Doubt::SameValue) => {
            "every run reported the same value, which may not be a measurement".to_owned()
        }
        (_, None) if judged.worse.is_none() => "it had no samples before".to_owned(),
        (_, None) => "there are too few rounds or samples to tell".to_owned(),
        (Outcome::Pass, Some(Bounds { high, .. })) if high <= 0.0 => {
            format!("is at least {} better", percent(-high))
        }
        (Outcome::Pass, Some(Bounds { high, .. })) => format!("is at most {}", worse(high)),
        (Outcome::Fail, Some(Bounds { low, .. })) => format!("is at least {}", worse(low)),
        (Outcome::Inconclusive, Some(Bounds { low, high })) => {
            format!("is between {} and {}", worse(low), worse(high))
        }
    };
    let link = match judged.outcome {
        Outcome::Pass => "and",
        Outcome::Fail | Outcome::Inconclusive => "but",
    };
    let verdict = outcome(judged.outcome);
    format!("{subject} may be at most {limit} worse, {link} {is}: {verdict}.")
}

/// What a rule asks for: `Throughput at most 5% worse`.
pub(in crate::report) fn name(judged: &Judged) -> String {
    let limit = short_percent(judged.rule.max_worse);
    format!("{} at most {limit} worse", subject(&judged.rule.subject))
}

/// What a rule is about: `The cost of dither in dither2.py`.
pub(in crate::report) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Throughput => "Throughput".to_owned(),
        Subject::PeakMemory => "Peak memory".to_owned(),
        Subject::LineCost(Lines { function, file }) => {
            let what = match function {
                Some(function) => short(function),
                None => "your lines".to_owned(),
            };
            let place = file
                .as_ref()
                .map(|file| format!(" in {}", short(file.as_str())));
            format!("The cost of {what}{}", place.unwrap_or_default())
        }
    }
}

fn worse(part: f64) -> String {
    if part < 0.0 {
        format!("{} better", percent(-part))
    } else {
        format!("{} worse", percent(part))
    }
}
