//! What windows of equal length can decide: nothing, unless the user says that they are of
//! equal work.

use super::degenerate::rounds;
use crate::compare::{Comparison, CostVerdict, MetricVerdict, Options, compare};
use crate::foreign::ForeignText;
use crate::gate::{Doubt, Outcome, Rule, Subject};
use crate::recording::{Better, Chosen, MetricSource, Recording, ThroughputSource};
use crate::selection::Selection;

/// Windows of the two sides, in seconds, with hardly any noise.
fn compared(windows: [f64; 2], change: impl Fn(&mut Recording), subject: Subject) -> Comparison {
    let noise = [1.0, 1.0001, 0.9999, 1.0, 1.0001, 0.9999];
    let [before, after] = ["before", "after"].map(|name| {
        let mut recording = rounds(name, &[100.0; 6], &[100, 200]);
        let seconds = windows[usize::from(name == "after")];
        for run in recording.runs_mut() {
            run.metric = None;
            run.window_s = seconds * noise[run.round as usize - 1];
        }
        recording.settings.throughput = MetricSource {
            source: ThroughputSource::Window,
            unit: "s".to_owned(),
            better: Better::Lower,
        };
        change(&mut recording);
        recording
    });
    let options = Options {
        rules: vec![Rule {
            subject,
            max_worse: 0.05,
        }],
        ..Options::default()
    };
    compare(&before, &after, &[], &options).unwrap()
}

#[track_caller]
fn check(
    windows: [f64; 2],
    change: impl Fn(&mut Recording),
    subject: Subject,
    expected: (Outcome, Option<Doubt>),
) {
    let comparison = compared(windows, change, subject);
    let gate = comparison.gate.as_ref().unwrap();
    assert_eq!((gate.outcome, gate.rules[0].doubt), expected);
}

const NOTHING: fn(&mut Recording) = |_| {};
const UNDECIDED: (Outcome, Option<Doubt>) = (Outcome::Inconclusive, Some(Doubt::FixedTime));

#[test]
fn equal_windows_pass_nothing() {
    for after in [1.0, 1.01, 0.99, 1.03, 0.96] {
        check([1.0, after], NOTHING, Subject::Throughput, UNDECIDED);
        let lines = Subject::LineCost(Selection::default());
        check([1.0, after], NOTHING, lines, UNDECIDED);
    }
    // It is over all the same: more rounds would not tell.
    assert!(compared([1.0, 1.0], NOTHING, Subject::Throughput).has_answer());
}

#[test]
fn windows_that_differ_decide() {
    let fails = (Outcome::Fail, None);
    check([1.0, 1.5], NOTHING, Subject::Throughput, fails);
    let passes = (Outcome::Pass, None);
    check([1.0, 0.5], NOTHING, Subject::Throughput, passes);
    check([1.0, 1.0], NOTHING, Subject::PeakMemory, passes);
}

#[test]
fn a_value_that_never_differs_is_not_measured() {
    let [before, after] = ["before", "after"].map(|name| rounds(name, &[44.1; 6], &[100, 200]));
    let options = Options {
        rules: vec![Rule {
            subject: Subject::Throughput,
            max_worse: 0.05,
        }],
        ..Options::default()
    };
    let comparison = compare(&before, &after, &[], &options).unwrap();
    let rule = &comparison.gate.unwrap().rules[0];
    assert_eq!(rule.outcome, Outcome::Inconclusive);
    assert_eq!(rule.doubt, Some(Doubt::SameValue));
    let warned = |warning: &ForeignText| warning.as_written().contains("reported the same value");
    assert!(comparison.warnings.iter().any(warned));
}

#[test]
fn who_names_the_window_is_believed() {
    let named = |recording: &mut Recording| recording.settings.throughput_chosen = Chosen::Named;
    check(
        [1.0, 1.0],
        named,
        Subject::Throughput,
        (Outcome::Pass, None),
    );
}

#[test]
fn a_rate_that_was_not_read_leaves_everything_open() {
    let unread = |recording: &mut Recording| {
        recording.settings.unread_rate = Some("velocity: 3 m/s".to_owned());
    };
    let doubt = (Outcome::Inconclusive, Some(Doubt::UnreadRate));
    for after in [1.0, 0.5, 1.5] {
        check([1.0, after], unread, Subject::Throughput, doubt);
    }
}

/// In a loop of fixed time, a line that became cheaper leaves more time to the others, which
/// seem to cost more.
#[test]
fn equal_windows_have_no_verdicts() {
    let unread = |recording: &mut Recording| {
        recording.settings.unread_rate = Some("velocity: 3 m/s".to_owned());
    };
    let more_of_one_line = |recording: &mut Recording| {
        let is_after = recording.variant.name == "after";
        let profiles = recording
            .runs_mut()
            .filter_map(|run| run.profile.as_mut())
            .filter(|_| is_after);
        for profile in profiles {
            let [one, other] = &mut profile.lines[..] else {
                panic!("{profile:#?}");
            };
            std::mem::swap(&mut one.owned, &mut other.owned);
            std::mem::swap(&mut one.self_samples, &mut other.self_samples);
            std::mem::swap(&mut one.total, &mut other.total);
        }
    };
    let named = |recording: &mut Recording| {
        recording.settings.throughput_chosen = Chosen::Named;
        more_of_one_line(recording);
    };
    let verdicts = |comparison: &Comparison| {
        let lines = comparison.lines.iter();
        let lines = lines.map(|line| line.change.verdict).collect::<Vec<_>>();
        (comparison.throughput.verdict, lines)
    };
    let open = (
        MetricVerdict::Inconclusive,
        vec![CostVerdict::Inconclusive; 2],
    );
    let comparison = compared([1.0, 1.0], unread, Subject::Throughput);
    assert_eq!(comparison.doubt, Some(Doubt::UnreadRate));
    assert_eq!(verdicts(&comparison).0, open.0);
    let comparison = compared([1.0, 1.0], more_of_one_line, Subject::Throughput);
    assert_eq!(comparison.doubt, Some(Doubt::FixedTime));
    assert_eq!(verdicts(&comparison), open);
    let comparison = compared([1.0, 1.0], named, Subject::Throughput);
    assert_eq!(comparison.doubt, None);
    let told = [CostVerdict::CostsLess, CostVerdict::CostsMore];
    let (throughput, mut lines) = verdicts(&comparison);
    lines.sort_by_key(|verdict| *verdict == told[1]);
    assert_eq!(
        (throughput, &lines[..]),
        (MetricVerdict::NoChange, &told[..])
    );
}
