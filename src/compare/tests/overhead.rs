//! What profiling costs the runs, as a comparison says it.

use super::degenerate::rounds;
use super::fixture::compared;
use crate::pair::Pair;
use crate::recording::{Recording, RunKind};

/// The build that is profiled runs at 80 units a second where production ran at 100.
#[test]
fn a_control_run_says_what_the_build_costs_and_changes_nothing_else() {
    let before = rounds("before", &[100.0, 102.0, 98.0], &[100, 200]);
    let after = rounds("after", &[110.0, 108.0, 112.0], &[90, 180]);
    let without = compared(&before, &after, &[]);
    let with_control = |mut recording: Recording| {
        let mut control = recording.blocks[0].runs[0].clone();
        control.kind = RunKind::Control;
        control.metric.as_mut().unwrap().value *= 0.8;
        recording.blocks[0].runs.push(control);
        recording
    };
    let mut comparison = compared(&with_control(before), &with_control(after), &[]);
    assert_eq!(comparison.before.timed_runs, 3);
    let Pair { before, after } = &mut comparison.overhead;
    for overhead in [before, after] {
        let slowdown = overhead.build_slowdown.take().unwrap();
        assert!((slowdown - 1.25).abs() < 1e-12, "{slowdown}");
    }
    assert_eq!(comparison, without);
}
