//! Recordings at the edge of what can be compared.

use super::fixture::{
    FILE, Round, aligned, check_accounting, compared, line_after, push, recording, source,
};
use crate::align::Change;
use crate::compare::{
    CompareError, Comparison, CostVerdict, Evidence, LineKind, MetricKind, MetricVerdict, Options,
    compare,
};
use crate::pair::{Pair, Side};
use crate::recording::{Better, MetricSource, Recording, ThroughputSource};

/// A recording whose rounds have these rates and these counts of lines 1, 2, ….
pub(super) fn rounds(name: &str, rates: &[f64], counts: &[u64]) -> Recording {
    let mut recording = recording(name, counts.len());
    let lines: Vec<(&str, u32, u64)> = (1..)
        .zip(counts)
        .map(|(number, &count)| (FILE, number, count))
        .collect();
    for &rate in rates {
        push(
            &mut recording,
            &Round {
                rate,
                lines: &lines,
                buckets: [3, 2, 1],
            },
        );
    }
    recording
}

fn refused(before: &Recording, after: &Recording) -> CompareError {
    compare(before, after, &[], &Options::default()).unwrap_err()
}

#[test]
fn one_round_claims_nothing() {
    let before = rounds("before", &[100.5], &[100, 200]);
    let after = rounds("after", &[200.5], &[100, 20]);
    let comparison = compared(&before, &after, &[]);
    assert_eq!(comparison.throughput.verdict, MetricVerdict::Inconclusive);
    assert_eq!(comparison.throughput.ratio.low, None);
    assert_eq!(comparison.throughput.p_value, None);
    assert_eq!(comparison.throughput.smallest_detectable, None);
    let line = line_after(&comparison, 2);
    assert_eq!(line.change.verdict, CostVerdict::Inconclusive);
    assert_eq!(line.change.evidence, Evidence::None);
    assert_eq!(line.change.cost_ratio.unwrap().low, None);
    assert!(
        comparison
            .warnings
            .iter()
            .any(|it| it.as_written().contains("one round"))
    );
    check_accounting(&comparison);
}

/// Says at how many moments the samples of each run were taken.
fn with_ticks(mut recording: Recording, ticks: u64) -> Recording {
    for run in recording.runs_mut() {
        if let Some(profile) = &mut run.profile {
            profile.samples.ticks = ticks;
        }
    }
    recording
}

/// Line 1 is serial and takes a second. Line 2 takes a second of one thread, and then
/// half a second of two.
#[test]
fn work_shared_among_threads_costs_what_it_did() {
    let before = with_ticks(rounds("before", &[0.5; 4], &[100, 94]), 200);
    let after = with_ticks(rounds("after", &[1.0 / 1.5; 4], &[100, 94]), 150);
    let comparison = compared(&before, &after, &[]);
    assert_eq!(comparison.throughput.verdict, MetricVerdict::Faster);
    for number in [1, 2] {
        let line = line_after(&comparison, number);
        let sides = [&line.before, &line.after].map(|side| side.as_ref().unwrap().cost_s.value);
        assert!((sides[0] - sides[1]).abs() < 1e-12, "{sides:?}");
        assert_eq!(line.change.evidence, Evidence::None);
    }
    check_accounting(&comparison);
}

#[test]
fn more_ticks_than_samples_are_refused() {
    let good = rounds("before", &[100.5], &[100]);
    let bad = with_ticks(rounds("after", &[100.5], &[100]), 1000);
    assert!(matches!(
        refused(&good, &bad),
        CompareError::Inconsistent { .. }
    ));
}

#[test]
fn identical_recordings_differ_in_nothing() {
    let before = rounds("before", &[100.5, 101.25, 99.5, 100.75], &[100, 200, 0]);
    let mut after = before.clone();
    after.variant.name = "after".to_owned();
    let comparison = compared(&before, &after, &[]);
    assert_eq!(comparison.throughput.verdict, MetricVerdict::NoChange);
    assert_eq!(comparison.throughput.p_value, Some(1.0));
    assert_eq!(comparison.peak_memory.verdict, MetricVerdict::NoChange);
    for line in &comparison.lines {
        assert_eq!(line.change.evidence, Evidence::None);
        assert_eq!(line.change.cost_shift_s.value.to_bits(), 0);
        assert_eq!(line.change.p_value, Some(1.0));
    }
    assert_eq!(
        comparison.lines.len(),
        2,
        "a line without samples is not there"
    );
    assert_eq!(comparison.accounting.sum_of_shifts_s.to_bits(), 0);
}

#[test]
fn rates_that_never_vary_are_as_sure_as_their_digits() {
    let before = rounds("before", &[100.25; 4], &[100, 200]);
    let after = rounds("after", &[200.5; 4], &[100, 200]);
    let ratio = compared(&before, &after, &[]).throughput.ratio;
    assert!((ratio.value - 2.0).abs() < 1e-12);
    // Half of the last digit, of 100.25 and of 200.5.
    assert!(ratio.low.unwrap() < 2.0 && ratio.low.unwrap() > 1.999);
    assert!(ratio.high.unwrap() > 2.0 && ratio.high.unwrap() < 2.001);
}

/// 10.4 and 9.6 are both printed as 10: what looks equal may be 8% slower.
#[test]
fn rates_of_few_digits_are_not_known_to_be_unchanged() {
    let before = rounds("before", &[10.0, 10.0, 10.0, 11.0], &[100, 200]);
    let after = rounds("after", &[10.0; 4], &[100, 200]);
    let comparison = compared(&before, &after, &[]);
    let throughput = &comparison.throughput;
    assert_eq!(throughput.verdict, MetricVerdict::Inconclusive);
    assert!(throughput.ratio.low.unwrap() < 0.93, "{throughput:?}");
    let bounds = throughput.ratio_bounds.unwrap();
    assert!(bounds.low < 0.93, "a rule must not pass: {bounds:?}");
}

#[test]
fn a_line_on_one_side_only_costs_all_or_nothing() {
    let before = rounds("before", &[100.5, 100.75, 100.25, 100.5], &[100, 200]);
    let after = rounds("after", &[100.25, 100.5, 100.75, 100.5], &[100, 5, 195]);
    let alignment = aligned(&[
        (Change::Unchanged, Some(1), Some(1), None),
        (Change::Removed, Some(2), None, Some(0)),
        (Change::Unchanged, None, Some(2), None),
        (Change::Added, None, Some(3), Some(1)),
    ]);
    let comparison = compared(&before, &after, &alignment);
    let added = line_after(&comparison, 3);
    assert_eq!((added.kind, added.hunk), (LineKind::Added, Some(2)));
    assert!(added.before.is_none() && added.change.cost_ratio.is_none());
    assert_eq!(added.change.verdict, CostVerdict::CostsMore);
    let removed = comparison
        .lines
        .iter()
        .find(|line| line.after.is_none())
        .unwrap();
    assert_eq!(removed.change.verdict, CostVerdict::CostsLess);
    assert_eq!(removed.change.cost_ratio.unwrap().value.to_bits(), 0);
    let hunk = &comparison.hunks[0];
    assert_eq!(
        (hunk.kind, hunk.after.cost_s.high),
        (LineKind::Removed, Some(0.0))
    );
    check_accounting(&comparison);
}

#[test]
fn too_few_samples_are_said_to_be_too_few() {
    let before = rounds("before", &[100.5, 100.75], &[100, 2]);
    let after = rounds("after", &[100.25, 100.5], &[100, 2]);
    let comparison = compared(&before, &after, &[]);
    let line = line_after(&comparison, 2);
    assert_eq!(line.change.verdict, CostVerdict::TooFewSamples);
    assert_eq!(
        (line.change.p_value, line.change.rounds_needed),
        (None, None)
    );
}

#[test]
fn a_file_that_no_alignment_has_is_paired_by_its_path_or_not_at_all() {
    let with_library = |name, path: &str| {
        let mut recording = recording(name, 3);
        recording.sources.push(source(path, 3));
        let lines = [(FILE, 1, 50), (path, 2, 40)];
        for rate in [10.5, 10.25, 10.75] {
            push(
                &mut recording,
                &Round {
                    rate,
                    lines: &lines,
                    buckets: [0, 0, 0],
                },
            );
        }
        recording
    };
    let alignment = aligned(&[(Change::Unchanged, Some(1), Some(1), None)]);
    let kinds = |comparison: &Comparison| {
        comparison
            .lines
            .iter()
            .map(|line| line.kind)
            .collect::<Vec<_>>()
    };
    let before = with_library("before", "numba/a.py");
    let same = compared(&before, &with_library("after", "numba/a.py"), &alignment);
    assert_eq!(kinds(&same), [LineKind::Unchanged; 2]);
    let other = compared(&before, &with_library("after", "numba/b.py"), &alignment);
    assert_eq!(
        kinds(&other),
        [LineKind::Unchanged, LineKind::Removed, LineKind::Added]
    );
    check_accounting(&other);
}

/// A file on one side only is one block, of which the sampled lines are enough.
#[test]
fn a_new_file_does_not_fill_the_report_with_its_cold_lines() {
    let before = rounds("before", &[10.5, 10.25], &[50, 0, 0, 0]);
    let after = rounds("after", &[10.5, 10.25], &[50, 20, 0, 0]);
    let mut alignment = aligned(&[
        (Change::Added, None, Some(1), Some(0)),
        (Change::Added, None, Some(2), Some(0)),
        (Change::Added, None, Some(3), Some(0)),
    ]);
    alignment[0].file = Pair::new(None, Some(FILE.to_owned()));
    let comparison = compared(&before, &after, &alignment);
    assert_eq!(comparison.hunks.len(), 1);
    assert_eq!(comparison.lines.len(), 3, "{:#?}", comparison.lines);
}

#[test]
fn values_that_no_measurement_gives_are_refused() {
    let before = rounds("before", &[100.0, 101.0], &[100]);
    for wrong in [f64::NAN, f64::INFINITY, 0.0, -3.0, 1e-320] {
        let after = rounds("after", &[100.0, wrong], &[100]);
        let error = refused(&before, &after);
        assert!(
            matches!(
                error,
                CompareError::BadValue {
                    side: Side::After,
                    round: 2,
                    ..
                }
            ),
            "{wrong}: {error}"
        );
    }
    let mut after = before.clone();
    after.blocks[0].runs[0].metric = None;
    assert_eq!(
        refused(&before, &after),
        CompareError::NoMetric {
            side: Side::After,
            round: 1
        }
    );
}

#[test]
fn samples_that_do_not_add_up_are_refused() {
    let before = rounds("before", &[100.0, 101.0], &[100]);
    let mut after = before.clone();
    after.blocks[0].runs[3].profile.as_mut().unwrap().lines[0].owned = 99;
    let expected = CompareError::Inconsistent {
        side: Side::After,
        round: 2,
    };
    assert_eq!(refused(&before, &after), expected);
}

#[test]
fn sides_that_measured_different_things_are_refused_with_both_named() {
    let before = rounds("before", &[100.0], &[100]);
    let mut after = before.clone();
    after.settings.throughput.unit = "rows / sec".to_owned();
    let error = refused(&before, &after).to_string();
    assert!(
        error.contains("images / sec") && error.contains("rows / sec"),
        "{error}"
    );
}

#[test]
fn a_side_without_runs_or_samples_is_named() {
    let before = rounds("before", &[100.0, 101.0], &[100]);
    let mut after = before.clone();
    after.blocks[0].runs.retain(|run| run.profile.is_some());
    assert_eq!(
        refused(&before, &after),
        CompareError::NoTimedRun { side: Side::After }
    );
    let mut after = before.clone();
    after.blocks[0].runs.retain(|run| run.profile.is_none());
    assert_eq!(
        refused(&before, &after),
        CompareError::NoSamples { side: Side::After }
    );
    let mut after = before.clone();
    for run in after.runs_mut() {
        run.round += 10;
    }
    assert_eq!(refused(&before, &after), CompareError::NoCommonRound);
    let mut after = before.clone();
    after.blocks[0].runs[2].round = 1;
    assert!(matches!(
        refused(&before, &after),
        CompareError::RepeatedRound { round: 1, .. }
    ));
}

#[test]
fn options_are_checked() {
    let before = rounds("before", &[100.0], &[100]);
    for (confidence, min_effect) in [(1.0, 0.01), (95.0, 0.01), (0.95, -0.1), (0.95, f64::NAN)] {
        let options = Options {
            confidence,
            min_effect,
            rules: Vec::new(),
            together: 1,
            assembly: None,
        };
        assert!(
            compare(&before, &before, &[], &options).is_err(),
            "{options:?}"
        );
    }
}

/// Seconds of the window are compared as they are: less is better.
#[test]
fn less_time_is_faster_as_more_units_are() {
    let timed = |name, seconds: [f64; 4]| {
        let mut recording = rounds(name, &[1.0; 4], &[100]);
        recording.settings.throughput = MetricSource {
            source: ThroughputSource::Window,
            unit: "s".to_owned(),
            better: Better::Lower,
        };
        let seconds = seconds.iter().flat_map(|s| [s, s]);
        for (run, seconds) in recording.runs_mut().zip(seconds) {
            run.window_s = *seconds;
        }
        recording
    };
    let slow = timed("before", [4.01, 4.0, 3.99, 4.0]);
    let fast = timed("after", [2.0, 2.01, 2.0, 1.99]);
    let throughput = compared(&slow, &fast, &[]).throughput;
    assert_eq!(throughput.verdict, MetricVerdict::Faster);
    assert!((throughput.ratio.value - 2.0).abs() < 0.01);
    assert!((throughput.before.value - 4.0).abs() < 0.01);
}

/// Memory that falls is less, and its value is in bytes.
#[test]
fn peak_memory_is_compared_like_throughput() {
    let before = rounds("before", &[100.5, 101.25, 99.5], &[100]);
    let mut after = rounds("after", &[100.25, 101.5, 99.75], &[100]);
    for run in after.runs_mut() {
        run.peak_rss_bytes /= 3;
    }
    let memory = compared(&before, &after, &[]).peak_memory;
    assert_eq!(memory.verdict, MetricVerdict::Less);
    assert!((memory.ratio.value - 3.0).abs() < 0.01);
    assert!((memory.before.value - 1e8).abs() < 1e6);
    assert_eq!(
        (memory.source, memory.unit.as_str()),
        (MetricKind::Memory, "bytes")
    );
}

/// Close calls say what would settle them.
#[test]
fn what_is_open_says_what_would_close_it() {
    let before = rounds("before", &[100.5, 104.25, 97.5, 100.25], &[100, 200]);
    let after = rounds("after", &[103.25, 101.5, 103.75, 99.5], &[110, 190]);
    let comparison = compared(&before, &after, &[]);
    assert_eq!(comparison.throughput.verdict, MetricVerdict::Inconclusive);
    assert!(comparison.throughput.smallest_detectable.unwrap() > 0.01);
    assert!(comparison.throughput.rounds_at_least.unwrap() > 4);
    let line = line_after(&comparison, 1);
    assert_eq!(line.change.verdict, CostVerdict::Inconclusive);
    assert!(line.change.smallest_detectable.unwrap() > 0.01);
    assert!(line.change.rounds_at_least.unwrap() > 4);
}
