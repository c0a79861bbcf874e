//! What holds of every comparison.

use proptest::prelude::*;

use super::fixture::{Round, check_accounting, line, push, recording, source};
use crate::align::{AlignedFile, AlignedLine, Alignment, Change, Hunk};
use crate::compare::{Buckets, Comparison, CostVerdict, Options, compare};
use crate::pair::Pair;
use crate::recording::Recording;

const FILES: [&str; 3] = ["script.py", "helper.py", "numba/np/arraymath.py"];
const LINES: usize = 6;

/// A rate, samples by file and line, samples on no line, and threads that ran at once.
type Counts = (f64, Vec<(usize, u32, u64)>, [u64; 3], u64);

fn round() -> impl Strategy<Value = Counts> {
    let lines = prop::collection::btree_map((0..FILES.len(), 1..=7_u32), 0..50_u64, 0..12);
    let lines = lines.prop_map(|lines| {
        lines
            .into_iter()
            .map(|((file, line), count)| (file, line, count))
            .collect::<Vec<_>>()
    });
    (
        1.0..1000.0_f64,
        lines,
        [1..20_u64, 0..20_u64, 0..20_u64],
        1..5_u64,
    )
}

fn recorded(name: &str, rounds: &[Counts]) -> Recording {
    let mut recording = recording(name, LINES);
    recording.sources.push(source(FILES[1], LINES));
    for (rate, lines, buckets, threads) in rounds {
        let lines: Vec<(&str, u32, u64)> = lines
            .iter()
            .map(|&(file, line, count)| (FILES[file], line, count))
            .collect();
        push(
            &mut recording,
            &Round {
                rate: *rate,
                lines: &lines,
                buckets: *buckets,
            },
        );
        let last = recording.blocks[0].runs.last_mut();
        let profiled = last.and_then(|run| run.profile.as_mut());
        let samples = &mut profiled.unwrap().samples;
        samples.ticks = samples.window.div_ceil(*threads);
    }
    recording
}

/// An alignment that may miss lines, and name some twice.
fn alignment() -> impl Strategy<Value = Vec<AlignedFile>> {
    let at = prop::option::of(1..=7_u32);
    let lines = prop::collection::vec((at.clone(), at, any::<bool>()), 0..12);
    let path = || prop::option::of(prop::sample::select(FILES.to_vec()));
    let file = (path(), path(), lines).prop_map(|(before, after, lines)| {
        let mut hunk = Hunk {
            lines: Pair::new(Vec::new(), Vec::new()),
        };
        let lines = lines
            .into_iter()
            .map(|(before, after, edited)| {
                let at = Pair::new(before.map(line), after.map(line));
                if edited {
                    hunk.lines.before.extend(at.before);
                    hunk.lines.after.extend(at.after);
                }
                let change = if edited {
                    Change::Changed
                } else {
                    Change::Moved
                };
                AlignedLine {
                    change,
                    at,
                    hunk: edited.then_some(0),
                }
            })
            .collect();
        AlignedFile {
            file: Pair::new(before, after).map(|path| path.map(str::to_owned)),
            alignment: Alignment {
                lines,
                hunks: vec![hunk],
                ..Alignment::default()
            },
        }
    });
    prop::collection::vec(file, 0..3)
}

/// Seconds of thread time per unit of work before: all that is paid for anything.
fn thread_time_before(comparison: &Comparison) -> f64 {
    let Buckets {
        other,
        waiting,
        bad,
    } = &comparison.buckets;
    let buckets = [other, waiting, bad].map(|bucket| bucket.before.cost_s.value);
    let lines = comparison
        .lines
        .iter()
        .filter_map(|line| line.before.as_ref());
    lines.map(|side| side.cost_s.value).chain(buckets).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_sample_is_counted_once_whatever_the_alignment(
        rounds in prop::collection::vec((round(), round()), 1..5),
        alignments in alignment(),
        interleaved in any::<bool>(),
    ) {
        let (before, after): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
        let before = recorded("before", &before);
        let mut after = recorded("after", &after);
        if !interleaved {
            after.experiment = "another".to_owned();
        }
        let comparison = compare(&before, &after, &alignments, &Options::default()).unwrap();
        check_accounting(&comparison);
        let samples = |side: &dyn Fn(&crate::compare::LineComparison) -> u64| {
            comparison.lines.iter().map(side).sum::<u64>()
        };
        let in_lines = samples(&|line| line.before.as_ref().map_or(0, |side| side.samples));
        prop_assert_eq!(in_lines, comparison.before.samples.numba);
        let in_lines = samples(&|line| line.after.as_ref().map_or(0, |side| side.samples));
        prop_assert_eq!(in_lines, comparison.after.samples.numba);
    }

    #[test]
    fn a_verdict_is_never_against_its_interval_and_no_number_is_nan(
        rounds in prop::collection::vec((round(), round()), 1..5),
    ) {
        let (before, after): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
        let (before, after) = (recorded("before", &before), recorded("after", &after));
        let comparison = compare(&before, &after, &[], &Options::default()).unwrap();
        let thread_time_s = thread_time_before(&comparison);
        for line in &comparison.lines {
            let shift = line.change.cost_shift_s;
            match line.change.verdict {
                CostVerdict::CostsMore => prop_assert!(shift.low > Some(0.0)),
                CostVerdict::CostsLess => prop_assert!(shift.high < Some(0.0)),
                CostVerdict::NoChange => {
                    let margin = 0.01 * thread_time_s + 1e-12;
                    prop_assert!(shift.low >= Some(-margin) && shift.high <= Some(margin));
                }
                CostVerdict::Inconclusive | CostVerdict::TooFewSamples => {}
            }
        }
        // A number that is not finite would be written as null, and not read again.
        let text = serde_json::to_string(&comparison).unwrap();
        let back: Comparison = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back.lines.len(), comparison.lines.len());
    }
}
