//! Recordings made by hand.

use crate::align::{AlignedFile, AlignedLine, Alignment, Change, Hunk};
use crate::compare::{Comparison, LineComparison, Options, compare};
use crate::pair::Pair;
use crate::recording::{
    Better, Lateness, LineSamples, Machine, Metric, MetricKind, MetricSource, ProfiledRun,
    Recording, Run, RunKind, SCHEMA, SampleCounts, Settings, Source, Variant,
};
use crate::source::LineNumber;

pub(super) const FILE: &str = "script.py";

pub(super) fn line(number: u32) -> LineNumber {
    LineNumber::new(number).unwrap()
}

/// A recording without runs, of rates in `images / sec`.
pub(super) fn recording(name: &str, lines: usize) -> Recording {
    Recording {
        schema: SCHEMA.to_owned(),
        experiment: "one".to_owned(),
        created: "2026-01-01T00:00:00Z".to_owned(),
        variant: Variant {
            name: name.to_owned(),
            script: Some(FILE.to_owned()),
            module: None,
            code: None,
            args: Vec::new(),
        },
        python: "3.13.0".to_owned(),
        numba: "0.68.1".to_owned(),
        sampler: "gdb 16.3".to_owned(),
        settings: Settings {
            rate_hz: 100.0,
            max_stopped: Some(0.2),
            looks: Vec::new(),
            seed: 0,
            throughput: MetricSource {
                source: MetricKind::Pattern,
                unit: "images / sec".to_owned(),
                better: Better::Higher,
            },
        },
        machine: Machine {
            cpu: "cpu".to_owned(),
            cores: 2,
            kernel: "Linux".to_owned(),
        },
        sources: vec![source(FILE, lines)],
        runs: Vec::new(),
        warnings: Vec::new(),
    }
}

pub(super) fn source(path: &str, lines: usize) -> Source {
    Source {
        path: path.to_owned(),
        sha256: String::new(),
        text: (1..=lines).fold(String::new(), |text, number| {
            format!("{text}line {number}\n")
        }),
        user: true,
        functions: Vec::new(),
    }
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
    let number = u32::try_from(recording.runs.len() / 2 + 1).unwrap();
    let first = (recording.variant.name == "before") == (number % 2 == 1);
    let position = 4 * number + u32::from(!first);
    let numba: u64 = round.lines.iter().map(|(.., samples)| samples).sum();
    let [other, waiting, bad] = round.buckets;
    let timed = Run {
        round: number,
        position,
        kind: RunKind::Timed,
        exit_code: 0,
        wall_s: 6.0,
        cpu_s: 5.9,
        window_s: 5.0,
        peak_rss_bytes: 100_000_000 + u64::from(number % 3) * 100_000,
        metric: Some(Metric {
            name: "throughput".to_owned(),
            unit: "images / sec".to_owned(),
            value: round.rate,
        }),
        profile: None,
    };
    let profiled = Run {
        position: position + 2,
        kind: RunKind::Profiled,
        profile: Some(ProfiledRun {
            lateness: Lateness::default(),
            first_sample_s: Some(0.5),
            put_off: 0,
            foreign_stops: 0,
            fallback: None,
            instructions: Vec::new(),
            stopped_s: 0.5,
            longest_stop_s: 0.02,
            samples: SampleCounts {
                window: numba + other + waiting + bad,
                numba,
                other,
                waiting,
                bad,
                ..SampleCounts::default()
            },
            lines: round
                .lines
                .iter()
                .map(|&(file, number, samples)| LineSamples {
                    file: file.to_owned(),
                    line: line(number),
                    self_samples: samples,
                    total: samples,
                    owned: samples,
                })
                .collect(),
        }),
        ..timed.clone()
    };
    recording.runs.extend([timed, profiled]);
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
        alignment: Alignment { lines, hunks },
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
