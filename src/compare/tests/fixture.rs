//! Recordings made by hand.

use crate::align::{AlignedFile, AlignedLine, Alignment, Change, Hunk};
use crate::compare::{Comparison, LineComparison, Options, compare};
use crate::pair::Pair;
use crate::recording::{Metric, Recording, Run, RunKind, Source, fixture};
use crate::source::LineNumber;

pub(super) const FILE: &str = "script.py";

pub(super) fn line(number: u32) -> LineNumber {
    LineNumber::new(number).unwrap()
}

/// A recording without runs, of rates in `images / sec`.
pub(super) fn recording(name: &str, lines: usize) -> Recording {
    let mut recording = fixture::recording(name, FILE);
    recording.settings.throughput = fixture::images_per_second();
    recording.sources = vec![source(FILE, lines)];
    recording
}

pub(super) fn source(path: &str, lines: usize) -> Source {
    let numbered = |number| format!("line {number}\n");
    fixture::source(path, (1..=lines).map(numbered).collect())
}

/// One round: what the timed run printed, and what the profiled run saw.
pub(super) struct Round<'a> {
    pub(super) rate: f64,
    /// Samples by file and line.
    pub(super) lines: &'a [(&'a str, u32, u64)],
    /// Samples elsewhere: other, waiting, bad.
    pub(super) buckets: [u64; 3],
}

/// Adds a round in the order that its number gives: even ones run after first.
pub(super) fn push(recording: &mut Recording, round: &Round<'_>) {
    let number = u32::try_from(recording.runs().count() / 2 + 1).unwrap();
    let first = (recording.variant.name == "before") == (number % 2 == 1);
    let position = 4 * number + u32::from(!first);
    let timed = Run {
        peak_rss_bytes: 100_000_000 + u64::from(number % 3) * 100_000,
        metric: Some(Metric {
            name: "throughput".to_owned(),
            unit: "images / sec".to_owned(),
            value: round.rate,
            step: None,
        }),
        ..fixture::timed_run(number, position, 5.0)
    };
    let lines = round.lines.iter();
    let lines = lines.map(|&(file, number, samples)| fixture::line_samples(file, number, samples));
    let profiled = Run {
        position: position + 2,
        kind: RunKind::Profiled,
        profile: Some(fixture::profile(lines.collect(), round.buckets)),
        ..timed.clone()
    };
    recording.blocks[0].runs.extend([timed, profiled]);
}

/// What became of a line, its number on both sides, and its hunk.
pub(super) type Became = (Change, Option<u32>, Option<u32>, Option<usize>);

/// The alignment of [`FILE`] with itself from what became of each line.
pub(super) fn aligned(lines: &[Became]) -> Vec<AlignedFile> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let lines: Vec<AlignedLine> = lines
        .iter()
        .map(|&(change, before, after, hunk)| {
            let at = Pair::new(before.map(line), after.map(line));
            if let Some(index) = hunk {
                let empty = Hunk {
                    lines: Pair::new(Vec::new(), Vec::new()),
                };
                hunks.resize(hunks.len().max(index + 1), empty);
                hunks[index].lines.before.extend(at.before);
                hunks[index].lines.after.extend(at.after);
            }
            AlignedLine { change, at, hunk }
        })
        .collect();
    let file = Pair::new(Some(FILE.to_owned()), Some(FILE.to_owned()));
    vec![AlignedFile {
        file,
        alignment: Alignment {
            lines,
            hunks,
            ..Alignment::default()
        },
    }]
}

pub(super) fn compared(
    before: &Recording,
    after: &Recording,
    alignments: &[AlignedFile],
) -> Comparison {
    compare(before, after, alignments, &Options::default()).unwrap()
}

/// The comparison of the line with this number after.
#[track_caller]
pub(super) fn line_after(comparison: &Comparison, number: u32) -> &LineComparison {
    let is_it = |found: &&LineComparison| {
        found
            .after
            .as_ref()
            .is_some_and(|side| side.line == line(number))
    };
    comparison.lines.iter().find(is_it).unwrap()
}

#[track_caller]
pub(super) fn check_accounting(comparison: &Comparison) {
    let found = comparison.accounting;
    let largest = comparison
        .lines
        .iter()
        .flat_map(|line| [&line.before, &line.after])
        .flatten()
        .map(|side| side.cost_s.value)
        .fold(found.total_shift_s.abs(), f64::max)
        .max(comparison.before.seconds_per_unit.value);
    let off = (found.sum_of_shifts_s - found.total_shift_s).abs();
    assert!(off <= 1e-9 * largest, "{found:?} is off by {off}");
}
