//! Endurance: many runs in a row, and many samples.
//!
//! `make soak` runs `profila annotate` on a short script 100 times and checks that
//! each gives a report and leaves no process behind; then it takes 10,000 samples and
//! counts those that are bad, and those of compiled code that are on a line of the
//! user's. `RUNS=10 SAMPLES=1000 make soak` is shorter, and `SAMPLER=perf` has that sampler
//! take the samples instead of gdb.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod common;

use std::error::Error;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use profila::document;
use profila::recording::{ProfiledRun, Recording};

use self::common::{sampler, setting};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Compiles a small function, and is done in a moment.
const SHORT_SCRIPT: [&str; 2] = ["examples/dither2.py", "0.3"];

/// The scripts that many samples are taken of, for some seconds each.
const LONG_SCRIPTS: [[&str; 2]; 2] = [["examples/dither.py", "10"], ["examples/dither2.py", "10"]];

/// Percent of all samples that may be bad, at most.
const MOST_BAD: f64 = 0.1;

/// Percent of the samples in Numba code that have to be on a line of the user's.
const LEAST_ON_USER_LINES: f64 = 99.0;

/// Set in everything that is started here, so that what is left over can be found.
const MARK: &str = "PROFILA_SOAK";

fn main() -> Result<()> {
    let mark = std::process::id().to_string();
    many_runs(setting("RUNS", 100)?, &mark)?;
    many_samples(setting("SAMPLES", 10_000)?, &mark)
}

fn many_runs(runs: u64, mark: &str) -> Result<()> {
    let mut good = 0;
    for run in 1..=runs {
        let output = annotate(&[], &SHORT_SCRIPT, mark)?;
        match fault(&output, mark) {
            None => good += 1,
            Some(fault) => println!("run {run}: {fault}"),
        }
    }
    println!("{good} of {runs} runs gave a report and left no process behind");
    if good < runs {
        return Err("not all runs were good".into());
    }
    Ok(())
}

/// What is wrong with a run, if anything.
fn fault(output: &Output, mark: &str) -> Option<String> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let left = left_running(mark);
    if !output.status.success() || !stderr.is_empty() {
        Some(format!("{}\n{stderr}", output.status))
    } else if !stdout.contains("\n# Total samples: ") || !stdout.contains("% |") {
        Some(format!("no report in\n{stdout}"))
    } else if left.is_empty() {
        None
    } else {
        Some(format!("left running: {left:?}"))
    }
}

/// The command lines of the processes that were started here and still run.
fn left_running(mark: &str) -> Vec<String> {
    let Ok(all) = procfs::process::all_processes() else {
        return Vec::new();
    };
    let this = std::process::id().cast_signed();
    let marked = all.flatten().filter(|process| {
        let environment = process.environ().unwrap_or_default();
        process.pid != this
            && environment
                .get(OsStr::new(MARK))
                .is_some_and(|it| it == mark)
    });
    marked
        .map(|process| process.cmdline().unwrap_or_default().join(" "))
        .collect()
}

/// Counts of samples, over several runs.
#[derive(Default)]
struct Counts {
    window: u64,
    numba: u64,
    bad: u64,
    on_user_line: u64,
    runs: u64,
}

impl Counts {
    fn add(&mut self, recording: &Recording) {
        let profiles = recording.runs().filter_map(|run| run.profile.as_ref());
        for profile in profiles {
            self.runs += 1;
            self.window += profile.samples.window;
            self.numba += profile.samples.numba;
            self.bad += profile.samples.bad;
            self.on_user_line += on_user_line(profile, recording);
        }
    }
}

fn on_user_line(profile: &ProfiledRun, recording: &Recording) -> u64 {
    let is_users = |file: &str| {
        let source = recording.sources.iter().find(|source| source.path == file);
        source.is_some_and(|source| source.user)
    };
    let lines = profile.lines.iter().filter(|line| is_users(&line.file));
    lines.map(|line| line.owned).sum()
}

fn many_samples(samples: u64, mark: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let saved = folder.path().join("recording.json");
    let mut counts = Counts::default();
    for script in LONG_SCRIPTS.iter().cycle() {
        if counts.window >= samples {
            break;
        }
        let options = ["--rate=250".as_ref(), "--save".as_ref(), saved.as_os_str()];
        let output = annotate(&options, script, mark)?;
        if let Some(fault) = fault(&output, mark) {
            return Err(fault.into());
        }
        counts.add(&document::read(&std::fs::read_to_string(&saved)?)?);
    }
    println!(
        "{} samples in {} runs: {} bad ({:.3}%); {} in Numba code, {:.2}% of them on a line of the user's",
        counts.window,
        counts.runs,
        counts.bad,
        percent(counts.bad, counts.window),
        counts.numba,
        percent(counts.on_user_line, counts.numba),
    );
    if percent(counts.bad, counts.window) >= MOST_BAD {
        return Err("too many samples could not be read".into());
    }
    if percent(counts.on_user_line, counts.numba) < LEAST_ON_USER_LINES {
        return Err("too few samples are on a line of the user's".into());
    }
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn annotate(options: &[&OsStr], script: &[&str; 2], mark: &str) -> Result<Output> {
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env(MARK, mark)
        .args(["annotate", "--sampler", &sampler()])
        .args(options)
        .arg("--")
        .args(script)
        .stdin(Stdio::null())
        .output()?;
    Ok(output)
}
