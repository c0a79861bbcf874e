//! What watching costs: the speed of scripts that print a rate, as a part of the
//! speed they have without profila.
//!
//! All ways to run a script take turns, in an order that is reversed every round,
//! and each figure is the median of the ratios of the rounds: on a shared machine
//! absolute times say nothing. Run it with `make bench`; `ROUNDS=9 make bench`
//! makes more rounds than 5.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;

use profila::recording::{ProfiledRun, Recording};
use profila::report::json;
use profila::target::{Event, Guard, Launch, Mode, Report, Streams, Target, python};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Scripts that take the seconds to run for, and print a rate.
const SCRIPTS: [&str; 4] = [
    "examples/dither.py",
    "examples/dither2.py",
    "tests/scripts/hot_line.py",
    "tests/scripts/parallel.py",
];

/// Seconds that each run works for.
const SECONDS: &str = "2";

/// How a script is run.
#[derive(Clone, Copy, PartialEq)]
enum How {
    /// By Python alone.
    Production,
    /// With line tables, but nobody watching.
    Build,
    /// With `profila annotate` at this rate, in Hz.
    Sampled(u32),
}

const HOWS: [How; 5] = [
    How::Production,
    How::Build,
    How::Sampled(20),
    How::Sampled(100),
    How::Sampled(250),
];

/// What one run gave.
struct Figures {
    /// Units of work per second, as the script printed it.
    speed: f64,
    /// What was recorded, where it was watched.
    recording: Option<Recording>,
}

fn main() -> Result<()> {
    let rounds: usize = match std::env::var("ROUNDS") {
        Ok(rounds) => rounds.parse()?,
        Err(_) => 5,
    };
    let python = python::find(None, Path::new("."))?.path;
    println!("Speed as a part of production's, median of {rounds} interleaved rounds;");
    println!("from `samples/s` on: at 100 Hz, in the measured window.\n");
    println!(
        "{:<26} {:>7} {:>7} {:>7} {:>7} {:>9} {:>8} {:>12} {:>6}",
        "script",
        "build",
        "20 Hz",
        "100 Hz",
        "250 Hz",
        "samples/s",
        "stopped",
        "longest stop",
        "bad"
    );
    for script in SCRIPTS {
        println!("{}", measure(&python, script, rounds)?);
    }
    Ok(())
}

/// One line of the table.
fn measure(python: &Path, script: &str, rounds: usize) -> Result<String> {
    let mut ratios = HOWS.map(|_| Vec::new());
    let mut at_100_hz = Vec::new();
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..HOWS.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        let mut speeds = HOWS.map(|_| f64::NAN);
        for index in order {
            let figures = run(python, script, HOWS[index])?;
            speeds[index] = figures.speed;
            if HOWS[index] == How::Sampled(100) {
                at_100_hz.extend(figures.recording);
            }
        }
        for (ratios, speed) in ratios.iter_mut().zip(speeds) {
            ratios.push(speed / speeds[0]);
        }
    }
    let medians = ratios.map(|ratios| format!("{:>7.3}", median(ratios)));
    Ok(format!(
        "{script:<26} {} {}",
        medians[1..].join(" "),
        watching(&at_100_hz)
    ))
}

/// What recordings say of the watching itself.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn watching(recordings: &[Recording]) -> String {
    let runs = recordings.iter().flat_map(|recording| &recording.runs);
    let profiled: Vec<(f64, &ProfiledRun)> = runs
        .filter_map(|run| Some((run.window_s, run.profile.as_ref()?)))
        .collect();
    let median_of = |figure: fn(f64, &ProfiledRun) -> f64| {
        median(profiled.iter().map(|(s, run)| figure(*s, run)).collect())
    };
    let rate = median_of(|window_s, run| run.samples.window as f64 / window_s);
    let stopped = 100.0 * median_of(|window_s, run| run.stopped_s / window_s);
    let longest_ms = 1e3 * median_of(|_, run| run.longest_stop_s);
    let samples: u64 = profiled.iter().map(|(_, run)| run.samples.window).sum();
    let bad: u64 = profiled.iter().map(|(_, run)| run.samples.bad).sum();
    let bad = 100.0 * bad as f64 / samples.max(1) as f64;
    format!("{rate:>9.0} {stopped:>7.1}% {longest_ms:>9.1} ms {bad:>5.2}%")
}

fn run(python: &Path, script: &str, how: How) -> Result<Figures> {
    match how {
        How::Production => {
            let output = Command::new(python).args([script, SECONDS]).output()?;
            Ok(Figures {
                speed: speed(&output.stdout)?,
                recording: None,
            })
        }
        How::Build => Ok(Figures {
            speed: speed(&run_unwatched(python, script)?)?,
            recording: None,
        }),
        How::Sampled(rate) => run_sampled(script, rate),
    }
}

/// Runs a script as it is profiled, but lets it go on at once where it would wait
/// for the sampler.
fn run_unwatched(python: &Path, script: &str) -> Result<Vec<u8>> {
    let guard = Guard::start()?;
    let launch = Launch {
        python,
        arguments: [script, SECONDS].map(OsString::from).to_vec(),
        environment: BTreeMap::new(),
        working_dir: Path::new("."),
        mode: Mode::Profiled,
        streams: Streams::Capture,
        guard: &guard,
    };
    let (sender, reports) = channel();
    let target = Target::launch(&launch, &sender, |report| report)?;
    for report in reports {
        match report {
            Report::Event(Event::Ready, _) => target.release()?,
            Report::Event(..) | Report::HungUp(_) => {}
            Report::Exited(_) => break,
        }
    }
    Ok(target.finish().stdout)
}

fn run_sampled(script: &str, rate: u32) -> Result<Figures> {
    let folder = tempfile::tempdir()?;
    let saved = folder.path().join("recording.json");
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args(["annotate", "--rate", &rate.to_string(), "--save"])
        .arg(&saved)
        .args(["--", script, SECONDS])
        .output()?;
    Ok(Figures {
        speed: speed(&output.stdout)?,
        recording: Some(json::read(&std::fs::read_to_string(&saved)?)?),
    })
}

/// The number in the first line of the form `Processed N … / sec`.
fn speed(output: &[u8]) -> Result<f64> {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().find(|line| line.starts_with("Processed "));
    let word = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(word.ok_or("the script printed no rate")?.parse()?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n => f64::midpoint(values[(n - 1) / 2], values[n / 2]),
    }
}
