//! Experiments that end as soon as they have an answer.

use super::degenerate::rounds;
use crate::compare::{Comparison, MetricVerdict, Options, compare};
use crate::recording::Recording;

const RATES: [[f64; 4]; 2] = [[100.0, 103.0, 97.0, 101.0], [104.0, 104.5, 108.0, 105.0]];

/// Two recordings of so many rounds, in which it was looked after these.
fn looked(number: usize, looks: &[u32]) -> [Recording; 2] {
    let mut recordings = [("before", RATES[0]), ("after", RATES[1])]
        .map(|(name, rates)| rounds(name, &rates[..number], &[100, 200]));
    for recording in &mut recordings {
        recording.settings.looks = looks.to_vec();
    }
    recordings
}

fn compared(recordings: &[Recording; 2]) -> Comparison {
    let [before, after] = recordings;
    compare(before, after, &[], &Options::default()).unwrap()
}

fn width(comparison: &Comparison) -> f64 {
    let ratio = comparison.throughput.ratio;
    ratio.high.unwrap() - ratio.low.unwrap()
}

#[test]
fn intervals_allow_for_all_looks() {
    let fixed = compared(&looked(3, &[]));
    let at_a_look = compared(&looked(3, &[3, 6, 10, 15, 20]));
    assert_eq!(fixed.look, None);
    let look = at_a_look.look.unwrap();
    assert_eq!((look.number, look.of), (1, 5));
    assert!(look.level > 0.98, "{look:?}");
    assert!(width(&at_a_look) > 1.5 * width(&fixed));
    assert_eq!(at_a_look.confidence.to_bits(), fixed.confidence.to_bits());
}

#[test]
fn rounds_between_two_looks_belong_to_the_later_one() {
    let look = compared(&looked(4, &[3, 6, 10, 15, 20])).look.unwrap();
    assert_eq!((look.number, look.of), (2, 5));
    // A single look is none: nothing could have ended before.
    assert_eq!(compared(&looked(3, &[3])).look, None);
}

/// Recordings of two experiments were not looked at together.
#[test]
fn recordings_made_apart_have_no_looks() {
    let mut recordings = looked(3, &[3, 6]);
    "another".clone_into(&mut recordings[1].experiment);
    assert_eq!(compared(&recordings).look, None);
}

#[test]
fn an_answer_is_a_verdict_on_throughput() {
    let answer = |recordings: &[Recording; 2]| {
        let comparison = compared(recordings);
        let verdict = comparison.throughput.verdict;
        assert_eq!(
            comparison.has_answer(),
            verdict != MetricVerdict::Inconclusive
        );
        comparison.has_answer()
    };
    let looks = [3, 6, 10, 15, 20];
    assert!(!answer(&looked(3, &looks)));
    let mut threefold = looked(3, &looks);
    for run in threefold[1].runs_mut() {
        run.metric.as_mut().unwrap().value *= 3.0;
    }
    assert!(answer(&threefold));
}
