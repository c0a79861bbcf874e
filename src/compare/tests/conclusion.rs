//! What is concluded of all recordings together.

use super::degenerate::rounds;
use crate::compare::{Comparison, Conclusion, Options, conclude};
use crate::recording::{Attribution, Recording, Role};

/// Recordings of one experiment, of the versions with these names.
fn recordings<const N: usize>(names: [(&str, Role); N]) -> [Recording; N] {
    names.map(|(name, role)| {
        let mut recording = rounds(name, &[100.0, 103.0, 97.0, 101.0], &[100, 200]);
        recording.role = role;
        recording
    })
}

#[track_caller]
fn concluded(recordings: &[Recording], attribution: Attribution) -> Conclusion {
    conclude(recordings, attribution, &Options::default()).unwrap()
}

#[test]
fn two_versions_are_one_comparison() {
    let two = recordings([("before", Role::Base), ("after", Role::Candidate)]);
    let Conclusion::One(one) = concluded(&two, Attribution::UserLine) else {
        panic!("there are two versions");
    };
    assert_eq!(one.together, 1);
    assert_eq!(one.after.variant.name, "after");
}

#[test]
fn more_versions_hold_together_and_the_placebo_by_itself() {
    let four = recordings([
        ("again", Role::Placebo),
        ("before", Role::Base),
        ("b", Role::Candidate),
        ("c", Role::Candidate),
    ]);
    let conclusion = concluded(&four, Attribution::UserLine);
    let comparisons = conclusion.comparisons();
    assert_eq!(comparisons.len(), 2);
    for comparison in comparisons {
        assert_eq!(comparison.before.variant.name, "before");
        assert_eq!(comparison.together, 2);
    }
    let Conclusion::Several(several) = &conclusion else {
        panic!("there are four versions");
    };
    let placebo = several.placebo.as_ref().unwrap();
    assert_eq!(placebo.after.variant.name, "again");
    assert_eq!(placebo.together, 1);
    let answers = comparisons.iter().all(Comparison::has_answer);
    assert_eq!(conclusion.has_answer(), answers);
}

#[test]
fn samples_are_counted_for_the_lines_that_are_asked_for() {
    let mut two = recordings([("before", Role::Base), ("after", Role::Candidate)]);
    let runs = two.iter_mut().flat_map(Recording::runs_mut);
    for profile in runs.filter_map(|run| run.profile.as_mut()) {
        // Half of what the first line owns is in the second, which it calls.
        for (line, samples) in profile.lines.iter_mut().zip([50, 250]) {
            line.self_samples = samples;
            line.total = line.owned.max(samples);
        }
    }
    let by_line = concluded(&two, Attribution::UserLine);
    let by_leaf = concluded(&two, Attribution::Leaf);
    let seen = two.map(|recording| recording.seen(Attribution::Leaf).into_owned());
    assert_ne!(by_leaf, by_line);
    assert_eq!(by_leaf, concluded(&seen, Attribution::UserLine));
}
