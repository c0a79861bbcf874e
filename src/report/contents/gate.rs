//! What came of the rules, one sentence a rule.

use crate::compare::Bounds;
use crate::gate::{Doubt, Gate, Judged, Outcome, Subject};
use crate::report::format::{percent_of_before, short_percent};
use crate::source::FileGlob;
use crate::text::{Meaning, Text};

/// The outcome of all rules.
pub(in crate::report) fn sentence(gate: &Gate) -> Text {
    Text::from("Gate: ") + outcome(gate.outcome) + "."
}

fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Pass => Text::from("passed").meaning(Meaning::Better),
        Outcome::Fail => Text::from("failed").meaning(Meaning::Worse),
        Outcome::Inconclusive => Text::from("undecided").meaning(Meaning::Open),
    }
}

/// `Throughput may be at most 5% worse, and is at most 1.2% worse: passed.`
pub(in crate::report) fn rule(judged: &Judged) -> Text {
    let link = match judged.outcome {
        Outcome::Pass => " worse, and ",
        Outcome::Fail | Outcome::Inconclusive => " worse, but ",
    };
    let limit = short_percent(judged.rule.max_worse);
    let may_be = subject(&judged.rule.subject) + " may be at most " + limit;
    may_be + link + is(judged) + ": " + outcome(judged.outcome) + "."
}

/// What is the case.
fn is(judged: &Judged) -> Text {
    if let Some(doubt) = judged.doubt {
        return reason(doubt).into();
    }
    match (judged.outcome, judged.bounds) {
        (_, None) if judged.worse.is_none() => "it had no samples before".into(),
        (_, None) => "there are too few rounds or samples to tell".into(),
        (Outcome::Pass, Some(Bounds { high, .. })) if high <= 0.0 => {
            Text::from("is at least ") + percent_of_before(-high) + " better"
        }
        (Outcome::Pass, Some(Bounds { high, .. })) => Text::from("is at most ") + worse(high),
        (Outcome::Fail, Some(Bounds { low, .. })) => Text::from("is at least ") + worse(low),
        (Outcome::Inconclusive, Some(Bounds { low, high })) => {
            Text::from("is between ") + worse(low) + " and " + worse(high)
        }
    }
}

/// Why nothing can be told.
pub(super) const fn reason(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::FixedTime => {
            "both sides took about the same time, as fixed-time loops do at any speed"
        }
        Doubt::UnreadRate => "a printed rate was not read",
        Doubt::SameValue => "every run reported the same value, which may not be a measurement",
    }
}

/// What a rule asks for: `Throughput at most 5% worse`.
pub(in crate::report) fn name(judged: &Judged) -> Text {
    let limit = short_percent(judged.rule.max_worse);
    subject(&judged.rule.subject) + " at most " + limit + " worse"
}

/// What a rule is about: `The cost of dither in dither2.py`.
pub(in crate::report) fn subject(subject: &Subject) -> Text {
    match subject {
        Subject::Throughput => "Throughput".into(),
        Subject::PeakMemory => "Peak memory".into(),
        Subject::LineCost(lines) => {
            let any = |names: Vec<&str>| Text::join(names.into_iter().map(Text::label), " or ");
            let what = match lines.functions.as_slice() {
                [] => "your lines".into(),
                functions => any(functions.iter().map(String::as_str).collect()),
            };
            let place = match lines.files.as_slice() {
                [] => Text::new(),
                files => Text::from(" in ") + any(files.iter().map(FileGlob::as_str).collect()),
            };
            Text::from("The cost of ") + what + place
        }
    }
}

fn worse(part: f64) -> Text {
    if part < 0.0 {
        percent_of_before(-part) + " better"
    } else {
        percent_of_before(part) + " worse"
    }
}
