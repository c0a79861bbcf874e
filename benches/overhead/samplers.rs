//! The samplers side by side, beside other profilers that watch from outside.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use profila::document;
use profila::recording::Recording;

use crate::{Result, SECONDS, Tools, count, median, output, speed};

/// The script that all are tried on.
const SCRIPT: &str = "examples/dither2.py";

/// Their rates, in Hz.
const RATES: [u32; 2] = [100, 1000];

/// Who may use the kernel's clocks: nobody without privileges from 3 on.
const PARANOID: &str = "/proc/sys/kernel/perf_event_paranoid";

/// The environment that `make bench` puts py-spy into.
const PY_SPY: &str = ".venv-py-spy/bin/py-spy";

/// What watches a script.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Watcher {
    Gdb,
    Perf,
    Ptrace,
    /// `perf record`, of the script's own code.
    PerfRecord,
    PySpy,
}

const WATCHERS: [Watcher; 5] = [
    Watcher::Gdb,
    Watcher::Perf,
    Watcher::Ptrace,
    Watcher::PerfRecord,
    Watcher::PySpy,
];

/// What all runs of a watcher at one rate gave.
#[derive(Default)]
struct Seen {
    /// Speed, as a part of that of the run without a profiler of the same round.
    speeds: Vec<f64>,
    /// Samples per second of the measured window, where profila took them.
    rates: Vec<f64>,
    samples: f64,
    bad: f64,
    stopped: Vec<f64>,
}

impl Watcher {
    const fn name(self) -> &'static str {
        match self {
            Self::Gdb => "gdb",
            Self::Perf => "perf",
            Self::Ptrace => "ptrace",
            Self::PerfRecord => "perf record",
            Self::PySpy => "py-spy",
        }
    }

    /// Whether it is of profila's own samplers.
    const fn is_ours(self) -> bool {
        matches!(self, Self::Gdb | Self::Perf | Self::Ptrace)
    }

    fn is_here(self) -> bool {
        let is_started = |program: &str| {
            let mut command = Command::new(program);
            let silent = command.arg("--version").stdout(Stdio::null());
            silent.status().is_ok_and(|status| status.success())
        };
        match self {
            Self::Gdb | Self::Ptrace => true,
            Self::Perf => fs::read_to_string(PARANOID).is_ok_and(|it| !it.starts_with(['3', '4'])),
            Self::PerfRecord => is_started("perf"),
            Self::PySpy => is_started(PY_SPY),
        }
    }

    /// gdb takes some milliseconds for a sample, so that it is not asked for 1,000 in a second.
    fn rates(self) -> &'static [u32] {
        match self {
            Self::Gdb => &RATES[..1],
            _ => &RATES,
        }
    }

    /// A command that runs the script and watches it, and writes what it sees into a folder.
    fn command(self, python: &Path, rate: u32, folder: &Path) -> Command {
        let rate = rate.to_string();
        let (mut command, options): (Command, &[&str]) = match self {
            Self::Gdb | Self::Perf | Self::Ptrace => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_profila"));
                command.args(["annotate", "--sampler", self.name(), "--rate", &rate]);
                command.arg("--save").arg(saved(folder)).arg("--");
                command.args([SCRIPT, SECONDS]);
                return command;
            }
            Self::PerfRecord => (
                Command::new("perf"),
                &["record", "-q", "-e", "cpu-clock:u", "-g", "-F", &rate, "-o"],
            ),
            Self::PySpy => (
                Command::new(PY_SPY),
                &["record", "--format", "raw", "--rate", &rate, "-o"],
            ),
        };
        command.args(options).arg(folder.join("samples")).arg("--");
        command.arg(python).args([SCRIPT, SECONDS]);
        command
    }
}

fn saved(folder: &Path) -> std::path::PathBuf {
    folder.join("recording.json")
}

/// The lines of the table that are about the samplers.
pub(crate) fn measure(tools: &Tools, rounds: usize) -> Result<()> {
    println!("\nThe samplers on {SCRIPT}, beside other profilers: speed as a part of that without");
    println!("a profiler, mean (range); samples in a second of the measured window; bad samples;");
    println!("the part of the window for which the script was stopped.\n");
    let watchers = WATCHERS.into_iter().filter(|watcher| watcher.is_here());
    let mut ways: Vec<(Watcher, u32)> = watchers
        .flat_map(|watcher| watcher.rates().iter().map(move |rate| (watcher, *rate)))
        .collect();
    let mut seen: BTreeMap<(Watcher, u32), Seen> = BTreeMap::new();
    for round in 0..rounds {
        if round % 2 == 1 {
            ways.reverse();
        }
        let bare = speed(&output(
            Command::new(&tools.python).args([SCRIPT, SECONDS]),
        )?)?;
        for &(watcher, rate) in &ways {
            let run = watch(watcher, &tools.python, rate)?;
            seen.entry((watcher, rate)).or_default().add(&run, bare);
        }
    }
    for ((watcher, rate), seen) in &seen {
        println!("{}", line(*watcher, *rate, seen));
    }
    Ok(())
}

/// How fast a script was that was watched, and what was recorded of it.
fn watch(watcher: Watcher, python: &Path, rate: u32) -> Result<(f64, Option<Recording>)> {
    let folder = tempfile::tempdir()?;
    let speed = speed(&output(&mut watcher.command(python, rate, folder.path()))?)?;
    let recording = if watcher.is_ours() {
        let saved = fs::read_to_string(saved(folder.path()))?;
        Some(document::read(&saved)?)
    } else {
        None
    };
    Ok((speed, recording))
}

impl Seen {
    fn add(&mut self, (speed, recording): &(f64, Option<Recording>), bare: f64) {
        self.speeds.push(speed / bare);
        for run in recording.iter().flat_map(Recording::runs) {
            let Some(profile) = &run.profile else {
                continue;
            };
            self.rates
                .push(count(profile.samples.window) / run.window_s);
            self.samples += count(profile.samples.window);
            self.bad += count(profile.samples.bad);
            self.stopped.push(profile.stopped_s / run.window_s);
        }
    }
}

fn line(watcher: Watcher, rate: u32, seen: &Seen) -> String {
    let speeds = &seen.speeds;
    let mean = speeds.iter().sum::<f64>() / count(speeds.len() as u64);
    let low = speeds.iter().copied().fold(f64::INFINITY, f64::min);
    let high = speeds.iter().copied().fold(0.0, f64::max);
    let name = watcher.name();
    let speed = format!("{name:<12} {rate:>5} Hz {mean:>6.3} ({low:.3} to {high:.3})");
    if !watcher.is_ours() {
        return speed;
    }
    format!(
        "{speed} {:>6.0}/s {:>5.2}% {:>5.1}%",
        median(seen.rates.clone()),
        100.0 * seen.bad / seen.samples,
        100.0 * median(seen.stopped.clone()),
    )
}
