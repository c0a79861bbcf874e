//! How long it takes to show a comparison of two versions of 20,000 lines, one in ten of which
//! has samples, in each form, and how long the reports are. More have none: an experiment
//! takes some thousand samples. Each version has as many instructions as lines.
//!
//! Run it with `make render`. It prints growth over size beside the bars: text and JSON
//! within 200 ms, a page within 500 ms and 5 MB.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

use std::error::Error;
use std::time::Instant;

use profila::align::align_files;
use profila::compare::{Comparison, Options, compare};
use profila::document;
use profila::instructions::Syntax;
use profila::pair::Pair;
use profila::recording::{
    Better, Block, Chosen, Lateness, LineSamples, Machine, MachineCode, MetricSource, ProfiledRun,
    Recording, Role, Run, RunKind, SampleCounts, Settings, Source, ThroughputSource, Variant,
};
use profila::report::{Style, csv, html, markdown, terminal};
use profila::source::LineNumber;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Lines of a version.
const SIZES: [u32; 3] = [5_000, 10_000, 20_000];

/// Every so many lines one is edited.
const EDITED: u32 = 10;

/// Every so many lines one has samples.
const SAMPLED: u32 = 10;

/// The first that has.
const FIRST: u32 = 3;

/// A renderer.
type Render = fn(&Comparison, &Style) -> String;

fn main() -> Result<()> {
    let forms: [(&str, Render); 6] = [
        ("text", terminal::comparison),
        ("json", |comparison, _| document::write(comparison)),
        ("html", html::comparison),
        ("markdown", markdown::comparison),
        ("csv", |comparison, _| csv::comparison(comparison)),
        ("text, lines that matter", terminal::comparison),
    ];
    for lines in SIZES {
        let comparison = comparison(lines)?;
        for (number, (name, render)) in forms.iter().enumerate() {
            let style = Style {
                all: number != 5,
                ..Style::default()
            };
            // The first one warms up.
            let mut fastest = f64::INFINITY;
            let mut bytes = 0;
            for _ in 0..5 {
                let start = Instant::now();
                bytes = render(&comparison, &style).len();
                fastest = fastest.min(start.elapsed().as_secs_f64());
            }
            println!(
                "{lines:>6} lines {name:<24} {:>7.1} ms {:>6} kB",
                fastest * 1e3,
                bytes / 1000
            );
        }
    }
    Ok(())
}

fn comparison(lines: u32) -> Result<Comparison> {
    let before = recording("before.py", lines, |number| {
        format!("        total[{number}] += image[y, x + {number}] * weights[{number}]")
    });
    let after = recording("after.py", lines, |number| match number % EDITED {
        0 => format!("        total[{number}] = image[y, x + {number}] + bias[{number}]"),
        _ => format!("        total[{number}] += image[y, x + {number}] * weights[{number}]"),
    });
    let sides = Pair::new(&before, &after);
    let alignments = align_files(
        sides.map(|recording| &*recording.sources),
        sides.map(Recording::script),
    );
    let options = Options {
        assembly: Some(Syntax::Intel),
        ..Options::default()
    };
    Ok(compare(&before, &after, &alignments, &options)?)
}

/// A function in which every line with samples has ten instructions, two of each kind: in all as
/// many as there are lines.
fn code(script: &str, lines: u32) -> MachineCode {
    let of_line: Vec<u8> = [INSTRUCTIONS.concat(), INSTRUCTIONS.concat()].concat();
    let sampled = lines / SAMPLED;
    let bytes: Vec<u8> = (0..sampled).flat_map(|_| of_line.clone()).collect();
    let mut code = MachineCode::new("kernel", &bytes);
    code.files = vec![script.to_owned()];
    let length = u32::try_from(of_line.len()).unwrap_or(u32::MAX);
    let rows: Vec<_> = (0..sampled)
        .map(|number| [number * length, 0, number * SAMPLED + FIRST])
        .collect();
    code.set_rows(&rows);
    code
}

/// movsx r14, word ptr [r11+rcx*2+2]; cmp r14, 0x7f; vaddsd xmm0, xmm0, [rcx+rdx*8+16];
/// lea rdi, [rcx+2]; inc rcx
const INSTRUCTIONS: [&[u8]; 5] = [
    b"\x4d\x0f\xbf\x74\x4b\x02",
    b"\x49\x83\xfe\x7f",
    b"\xc5\xfb\x58\x44\xd1\x10",
    b"\x48\x8d\x79\x02",
    b"\x48\xff\xc1",
];

/// Six rounds in which every line has samples.
fn recording(script: &str, lines: u32, text: impl Fn(u32) -> String) -> Recording {
    let text: Vec<String> = (1..=lines).map(text).collect();
    Recording {
        schema: profila::recording::SCHEMA.to_owned(),
        experiment: "one".to_owned(),
        created: "2026-01-01T00:00:00Z".to_owned(),
        variant: Variant {
            name: script.to_owned(),
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
        sources: vec![Source {
            path: script.to_owned(),
            sha256: String::new(),
            text: text.join("\n"),
            user: true,
            functions: Vec::new(),
            code: std::collections::BTreeSet::new(),
        }],
        blocks: vec![Block {
            machine: Machine {
                cpu: "a processor".to_owned(),
                cores: 2,
                kernel: "Linux".to_owned(),
                boot: None,
            },
            seed: 0,
            shard: None,
            runs: (1..=6)
                .flat_map(|round| runs(script, round, lines))
                .collect(),
        }],
        remarks: None,
        code: vec![code(script, lines)],
        warnings: Vec::new(),
    }
}

fn runs(script: &str, round: u32, lines: u32) -> [Run; 2] {
    let timed = Run {
        round,
        position: 4 * round,
        kind: RunKind::Timed,
        exit_code: 0,
        wall_s: 3.0,
        cpu_s: 3.0,
        window_s: 2.0 + f64::from(round) * 0.01,
        peak_rss_bytes: 150_000_000,
        placement: None,
        metric: None,
        regions: Vec::new(),
        processes: None,
        profile: None,
    };
    let samples = |line: u32| u64::from(1 + (line * 7 + round) % 5);
    let numbers = (FIRST..=lines).step_by(SAMPLED as usize);
    let lines = numbers.filter_map(|number| {
        Some(LineSamples {
            file: script.to_owned(),
            line: LineNumber::new(number)?,
            self_samples: samples(number),
            total: samples(number),
            owned: samples(number),
        })
    });
    let lines: Vec<LineSamples> = lines.collect();
    let window = lines.iter().map(|line| line.owned).sum();
    let profile = ProfiledRun {
        stopped_s: 0.2,
        longest_stop_s: 0.004,
        lateness: Lateness::default(),
        first_sample_s: Some(1.0),
        put_off: 0,
        unseen: 0,
        foreign_stops: 0,
        fallback: None,
        samples: SampleCounts {
            window,
            ticks: window,
            most_threads: 1,
            numba: window,
            ..SampleCounts::default()
        },
        lines,
        instructions: Vec::new(),
        counters: Vec::new(),
        stacks: Vec::new(),
        unlined: Vec::new(),
    };
    let profiled = Run {
        kind: RunKind::Profiled,
        position: 4 * round + 1,
        profile: Some(profile),
        ..timed.clone()
    };
    [timed, profiled]
}
