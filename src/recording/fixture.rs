//! Recordings made by hand, for tests to fill and to change.

use super::{
    Better, Block, Chosen, CountedEvents, Counter, Lateness, LineEvents, LineSamples, Machine,
    MetricSource, ProfiledRun, Recording, RegionRun, Role, Run, RunKind, SCHEMA, SampleCounts,
    Settings, Source, ThroughputSource, Variant,
};
use std::collections::BTreeSet;

use crate::source::LineNumber;

/// A recording without runs and sources, of a script that gives no metric.
pub(crate) fn recording(name: &str, script: &str) -> Recording {
    Recording {
        schema: SCHEMA.to_owned(),
        experiment: "one".to_owned(),
        created: "2026-01-01T00:00:00Z".to_owned(),
        variant: Variant {
            name: name.to_owned(),
            script: Some(script.to_owned()),
            module: None,
            code: None,
            args: Vec::new(),
            attached: None,
            revision: None,
        },
        role: Role::Base,
        python: "3.13.0".to_owned(),
        numba: "0.68.1".to_owned(),
        sampler: "gdb 16.3".to_owned(),
        settings: Settings {
            rate_hz: 100.0,
            max_stopped: 0.2,
            looks: Vec::new(),
            throughput: MetricSource {
                source: ThroughputSource::Window,
                unit: "s".to_owned(),
                better: Better::Lower,
            },
            throughput_chosen: Chosen::Found,
            unread_rate: None,
            region: None,
        },
        sources: Vec::new(),
        blocks: vec![Block {
            machine: Machine {
                cpu: "cpu".to_owned(),
                cores: 2,
                kernel: "Linux".to_owned(),
                boot: None,
            },
            seed: 0,
            shard: None,
            runs: Vec::new(),
        }],
        remarks: None,
        code: Vec::new(),
        warnings: Vec::new(),
    }
}

/// A metric of images.
pub(crate) fn images_per_second() -> MetricSource {
    MetricSource {
        source: ThroughputSource::Pattern,
        unit: "images / sec".to_owned(),
        better: Better::Higher,
    }
}

/// A file of the user's.
pub(crate) fn source(path: &str, text: String) -> Source {
    Source {
        path: path.to_owned(),
        sha256: String::new(),
        text,
        user: true,
        functions: Vec::new(),
        code: BTreeSet::new(),
    }
}

/// A timed run with a window of so many seconds.
pub(crate) fn timed_run(round: u32, position: u32, window_s: f64) -> Run {
    Run {
        round,
        position,
        kind: RunKind::Timed,
        exit_code: 0,
        wall_s: window_s + 1.0,
        cpu_s: window_s + 0.9,
        window_s,
        peak_rss_bytes: 100_000_000,
        metric: None,
        placement: None,
        regions: Vec::new(),
        processes: None,
        profile: None,
    }
}

/// What a run did in a region.
pub(crate) fn region(name: &str, entries: u64, units: Option<f64>, seconds: f64) -> RegionRun {
    RegionRun {
        name: name.into(),
        entries,
        units,
        seconds,
        left_open: 0,
    }
}

/// The samples of a run: those of lines, and of no line.
pub(crate) fn profile(lines: Vec<LineSamples>, outside: [u64; 3]) -> ProfiledRun {
    let numba: u64 = lines.iter().map(|line| line.owned).sum();
    let [other, waiting, bad] = outside;
    ProfiledRun {
        stopped_s: 0.5,
        longest_stop_s: 0.02,
        lateness: Lateness::default(),
        first_sample_s: Some(0.5),
        put_off: 0,
        unseen: 0,
        foreign_stops: 0,
        fallback: None,
        samples: SampleCounts {
            window: numba + other + waiting + bad,
            numba,
            other,
            waiting,
            bad,
            ..SampleCounts::default()
        },
        lines,
        instructions: Vec::new(),
        counters: Vec::new(),
        unlined: Vec::new(),
        stacks: Vec::new(),
    }
}

/// Page faults, half of them on a line, each of which was looked at.
pub(crate) fn page_faults(file: &str, line: u32, on_line: u64) -> CountedEvents {
    CountedEvents {
        counter: Counter::PageFaults,
        events: 2 * on_line,
        samples: 2 * on_line,
        lost: 0,
        lines: vec![LineEvents {
            file: file.to_owned(),
            line: LineNumber::new(line).unwrap(),
            events: on_line,
            samples: on_line,
        }],
    }
}

/// A line with samples that are all its own.
pub(crate) fn line_samples(file: &str, number: u32, samples: u64) -> LineSamples {
    LineSamples {
        file: file.to_owned(),
        line: LineNumber::new(number).unwrap(),
        self_samples: samples,
        total: samples,
        owned: samples,
    }
}
