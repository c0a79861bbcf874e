//! What watching costs: the speed of scripts that print a rate, as a part of the speed
//! they have without a profiler. Beside it, the same of the predecessor; then of each sampler,
//! of `perf record` where there is one, and of py-spy.
//!
//! All ways to run a script take turns, in an order that is reversed every round, and
//! each figure is the median over the rounds: on a shared machine absolute times say
//! nothing. Run it with `make bench`; `ROUNDS=9 make bench` makes more rounds than 5.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod predecessor;
mod samplers;
mod startup;
mod stops;

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Instant;

use profila::document;
use profila::process::{Event, Guard, Kin, Launch, Mode, Notice, Streams, Target, python};
use profila::recording::{ProfiledRun, Recording};
use profila::sampler::gdb;

use self::predecessor::{Predecessor, persist};
use self::stops::longest_stop;

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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// By Python alone.
    Production,
    /// With line tables, but nobody watching.
    Build,
    /// With `profila annotate` at this rate, in Hz.
    Sampled(u32),
    /// In the debug build that the predecessor profiles, nobody watching.
    OldBuild,
    /// With the predecessor, which has one rate, 100 Hz.
    OldSampled,
}

/// What one run gave.
struct Figures {
    /// Units of work per second, as the script printed it.
    speed: f64,
    /// Seconds that all took, but for those of the work.
    start_s: f64,
    /// What was recorded, where profila watched.
    recording: Option<Recording>,
    /// Samples and percent of bad ones, where the predecessor watched.
    old_samples: Option<(f64, f64)>,
}

/// The tools.
struct Tools {
    python: PathBuf,
    predecessor: Option<Predecessor>,
}

fn main() -> Result<()> {
    let rounds: usize = match std::env::var("ROUNDS") {
        Ok(rounds) => rounds.parse()?,
        Err(_) => 5,
    };
    let asking = python::Asking {
        guard: &Guard::start()?,
        working_dir: Path::new("."),
        environment: &BTreeMap::new(),
        is_given_up: &|| false,
    };
    let python = python::find(None, &asking)?.path;
    let gdb = gdb::find(None, &python)?;
    let tools = Tools {
        predecessor: Predecessor::find(&gdb)?,
        python,
    };
    println!(
        "Medians of {rounds} interleaved rounds. Speed, as a part of that without a profiler:"
    );
    println!(
        "the build that is profiled, and that sampled. Then at 100 Hz: samples in a second of"
    );
    println!("the measured window, the longest stop of the script at work, seen from outside, bad");
    println!("samples, seconds to the first sample in the window, and the time that all takes");
    println!("besides the work, as a multiple of that without a profiler.\n");
    println!(
        "{:<26} {:<9} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>6} {:>6} {:>7}",
        "script",
        "",
        "build",
        "20 Hz",
        "100 Hz",
        "250 Hz",
        "smpl/s",
        "stop",
        "bad",
        "first",
        "start"
    );
    for script in SCRIPTS {
        measure(&tools, script, rounds)?;
    }
    samplers::measure(&tools, rounds)?;
    startup::measure(&tools.python, rounds)?;
    if tools.predecessor.is_none() {
        println!("\nThe predecessor is not installed: `make bench` does that.");
    }
    Ok(())
}

/// The lines of the table that are about one script.
fn measure(tools: &Tools, script: &str, rounds: usize) -> Result<()> {
    let mut hows = vec![How::Production, How::Build];
    hows.extend([20, 100, 250].map(How::Sampled));
    if tools.predecessor.is_some() {
        hows.extend([How::OldBuild, How::OldSampled]);
    }
    let mut figures: BTreeMap<How, Vec<Figures>> = BTreeMap::new();
    let mut stops = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        if round % 2 == 1 {
            hows.reverse();
        }
        for how in &hows {
            let run = match how {
                How::OldBuild | How::OldSampled => persist(|| tools.run(script, *how))?,
                _ => tools.run(script, *how)?,
            };
            figures.entry(*how).or_default().push(run);
        }
        let seconds = SECONDS.parse()?;
        let [ours, theirs] = &mut stops;
        ours.push(longest_stop(
            &mut annotate(script, 100, &[]),
            script,
            seconds,
        )?);
        if let Some(predecessor) = &tools.predecessor {
            theirs.push(persist(|| {
                let mut command = predecessor.annotate(&[script, SECONDS]);
                longest_stop(&mut command, script, seconds)
            })?);
        }
    }
    let [ours, theirs] = stops.map(|stops| 1e3 * median(stops));
    println!("{}", our_line(script, &figures, ours));
    if tools.predecessor.is_some() {
        println!("{}", their_line(&figures, theirs));
    }
    Ok(())
}

/// The median over the rounds of a figure of one way over that of production.
fn ratio(all: &BTreeMap<How, Vec<Figures>>, how: How, figure: fn(&Figures) -> f64) -> f64 {
    let pairs = all[&how].iter().zip(&all[&How::Production]);
    median(
        pairs
            .map(|(run, bare)| figure(run) / figure(bare))
            .collect(),
    )
}

fn our_line(script: &str, figures: &BTreeMap<How, Vec<Figures>>, stop_ms: f64) -> String {
    let speed = |how| ratio(figures, how, |run| run.speed);
    let at_100 = How::Sampled(100);
    let recordings = figures[&at_100]
        .iter()
        .filter_map(|run| run.recording.as_ref());
    let runs = recordings.flat_map(Recording::runs);
    let profiled: Vec<(f64, &ProfiledRun)> = runs
        .filter_map(|run| Some((run.window_s, run.profile.as_ref()?)))
        .collect();
    let of_each = |figure: fn(f64, &ProfiledRun) -> f64| -> Vec<f64> {
        profiled.iter().map(|(s, run)| figure(*s, run)).collect()
    };
    let rate = median(of_each(|window_s, run| {
        count(run.samples.window) / window_s
    }));
    let first_s = median(of_each(|_, run| run.first_sample_s.unwrap_or(f64::NAN)));
    let all: f64 = of_each(|_, run| count(run.samples.window)).iter().sum();
    let bad: f64 = of_each(|_, run| count(run.samples.bad)).iter().sum();
    format!(
        "{script:<26} {:<9} {:>6.3} {:>6.3} {:>6.3} {:>6.3} {rate:>6.0} {stop_ms:>5.1} ms {:>5.2}% {first_s:>4.1} s {:>6.2}×",
        "profila",
        speed(How::Build),
        speed(How::Sampled(20)),
        speed(at_100),
        speed(How::Sampled(250)),
        100.0 * bad / all,
        ratio(figures, at_100, |run| run.start_s),
    )
}

fn their_line(figures: &BTreeMap<How, Vec<Figures>>, stop_ms: f64) -> String {
    let speed = |how| ratio(figures, how, |run| run.speed);
    let runs = figures[&How::OldSampled].iter();
    let samples: Vec<(f64, f64)> = runs.filter_map(|run| run.old_samples).collect();
    let bad = median(samples.iter().map(|(_, bad)| *bad).collect());
    // It says how many samples there are, and not in what time.
    format!(
        "{:<26} {:<9} {:>6.3} {:>6} {:>6.3} {:>6} {:>6} {stop_ms:>5.1} ms {bad:>5.2}% {:>6} {:>6.2}×",
        "",
        "0.3.4",
        speed(How::OldBuild),
        "",
        speed(How::OldSampled),
        "",
        "",
        "",
        ratio(figures, How::OldSampled, |run| run.start_s),
    )
}

impl Tools {
    fn run(&self, script: &str, how: How) -> Result<Figures> {
        let folder = tempfile::tempdir()?;
        let saved = folder.path().join("recording.json");
        let work = [script, SECONDS];
        let predecessor = || self.predecessor.as_ref().ok_or("there is no predecessor");
        let start = Instant::now();
        let output = match how {
            How::Production => output(Command::new(&self.python).args(work))?,
            How::Build => run_unwatched(&self.python, script)?,
            How::Sampled(rate) => {
                let save = format!("--save={}", saved.display());
                output(&mut annotate(script, rate, &[&save]))?
            }
            How::OldBuild => output(&mut predecessor()?.build(&work))?,
            How::OldSampled => output(&mut predecessor()?.annotate(&work))?,
        };
        let seconds: f64 = SECONDS.parse()?;
        let start_s = start.elapsed().as_secs_f64() - seconds;
        let recording = match how {
            How::Sampled(_) => Some(document::read(&std::fs::read_to_string(&saved)?)?),
            _ => None,
        };
        Ok(Figures {
            speed: speed(&output)?,
            start_s,
            recording,
            old_samples: predecessor::samples(&output),
        })
    }
}

/// A command that samples a script.
fn annotate(script: &str, rate: u32, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_profila"));
    command.args(["annotate", "--rate", &rate.to_string()]);
    command.args(options).args([script, SECONDS]);
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} ended with {}:\n{said}", output.status).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a script as it is profiled, but lets it go on at once where it would wait
/// for the sampler.
fn run_unwatched(python: &Path, script: &str) -> Result<String> {
    let guard = Guard::start()?;
    let cache = tempfile::tempdir()?;
    let launch = Launch {
        python,
        arguments: [script, SECONDS].map(OsString::from).to_vec(),
        environment: BTreeMap::new(),
        working_dir: Path::new("."),
        mode: Mode::Profiled {
            cache: cache.path(),
        },
        kin: Kin::Script,
        placement: None,
        streams: Streams::Capture,
        guard: &guard,
    };
    let (sender, notices) = channel();
    let target = Target::launch(&launch, &sender, |notice| notice)?;
    for notice in notices {
        if matches!(notice, Notice::Event(..)) {
            target.has_heard();
        }
        match notice {
            Notice::Event(Event::Ready, _) => target.release()?,
            Notice::Event(..) | Notice::Child(_) | Notice::HungUp(_) | Notice::Misused => {}
            Notice::Exited(_) => break,
        }
    }
    Ok(String::from_utf8_lossy(&target.finish().stdout).into_owned())
}

/// The number in the first line of the form `Processed N … / sec`.
fn speed(output: &str) -> Result<f64> {
    let line = output.lines().find(|line| line.starts_with("Processed "));
    let word = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(word
        .ok_or_else(|| format!("the script printed no rate:\n{output}"))?
        .parse()?)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn count(samples: u64) -> f64 {
    samples as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n => f64::midpoint(values[(n - 1) / 2], values[n / 2]),
    }
}
