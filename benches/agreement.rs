//! Whether the samplers agree: each is run on the same scripts in turn, and the shares that they
//! give to a line are compared, with what they vary between runs taken into account.
//!
//! Run it with `make agreement`; `RUNS=3 make agreement` makes fewer runs of each than 5, and
//! `BUSY=2` has two processes beside them that take all of a processor each, and `CASE=prange` is
//! for one of the scripts. A sampler is left out where it says that it could often not see what
//! threads do, as gdb and ptrace do of threads that sleep while others work. It prints the lines
//! on which two samplers do not agree, and fails where these are more than chance allows where
//! samplers agree: one line in twenty on average. Lines of one script depend on each other, so that
//! this bound is a rough one.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;
use std::process::{Child, Command, Stdio};

use profila::document;
use profila::recording::Recording;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is compared with what.
const SAMPLERS: [&str; 3] = ["gdb", "perf", "ptrace"];

/// A line counts where any sampler gives it this share at least.
const LEAST_SHARE: f64 = 0.03;

/// The part of the lines that are beyond their joint interval by chance, which holds 95% of them,
/// and how seldom chance may take more than are allowed.
const BEYOND_BY_CHANCE: f64 = 0.05;
const SELDOM: f64 = 0.01;

/// What a recording says where threads could often not be seen.
const UNSEEN: &str = "could often not be seen at work";

/// A script, and how it is run.
struct Case {
    name: &'static str,
    script: &'static str,
    arguments: &'static [&'static str],
    /// Where its packages are.
    environment: &'static str,
    threads: &'static str,
}

/// A script that needs Numba alone.
const fn case(
    name: &'static str,
    script: &'static str,
    arguments: &'static [&'static str],
) -> Case {
    Case {
        name,
        script,
        arguments,
        environment: ".venv",
        threads: "2",
    }
}

const CASES: [Case; 12] = [
    case("dither", "examples/dither.py", &["2"]),
    case("dither2", "examples/dither2.py", &["2"]),
    case(
        "dither2, reordered",
        "examples/dither2_reordered.py",
        &["2"],
    ),
    case("dither3", "examples/dither3.py", &["2"]),
    case("prange", "tests/scripts/lines/prange_elementwise.py", &[]),
    Case {
        threads: "8",
        ..case("8 threads", "tests/scripts/lines/reductions.py", &[])
    },
    Case {
        environment: ".venv-libraries",
        ..case("BLAS", "tests/scripts/calls_blas.py", &[])
    },
    case("libm", "tests/scripts/calls_libm.py", &[]),
    case(
        "generators, jitclass, closures",
        "tests/scripts/lines/functions.py",
        &[],
    ),
    case("scalar NumPy", "tests/scripts/lines/scalar_numpy.py", &[]),
    case("stencils", "tests/scripts/lines/stencils.py", &["serial"]),
    case("ufuncs", "tests/scripts/lines/ufuncs.py", &["generalized"]),
];

/// A line, by its file and number.
type Line = (String, u32);

/// The shares of lines in the runs of one sampler.
#[derive(Default)]
struct Runs {
    shares: Vec<BTreeMap<Line, f64>>,
    samples: u64,
    bad: u64,
    /// Whether it says that it could often not see what threads do.
    is_doubtful: bool,
}

/// The mean of something, its variance, and the number of values.
struct Spread {
    mean: f64,
    variance: f64,
    count: f64,
}

/// Processes that are ended with the benchmark.
struct Busy(Vec<Child>);

impl Busy {
    fn start(count: usize) -> Result<Self> {
        let mut busy = Self(Vec::new());
        for _ in 0..count {
            let spin = ["-c", "while True: pass"];
            busy.0.push(Command::new("python3").args(spin).spawn()?);
        }
        Ok(busy)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // They fail where it has ended by itself.
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// How many lines were compared, and how many of them two samplers do not agree on.
#[derive(Default)]
struct Counts {
    lines: u32,
    beyond: u32,
}

fn main() -> Result<()> {
    let number = |name: &str, default| env::var(name).map_or(Ok(default), |it| it.parse());
    let (runs, busy) = (number("RUNS", 5)?, number("BUSY", 0)?);
    if runs < 2 {
        return Err("what varies between runs cannot be seen in fewer than 2 of them".into());
    }
    let _busy = Busy::start(busy)?;
    println!("{runs} runs of each sampler in turn, beside {busy} busy processes");
    let mut pairs: BTreeMap<[&str; 2], Counts> = BTreeMap::new();
    let wanted = env::var("CASE").unwrap_or_default();
    for case in CASES.iter().filter(|case| case.name.contains(&wanted)) {
        println!("{}:", case.name);
        let seen = measured(case, runs)?;
        for [one, other] in [["gdb", "perf"], ["gdb", "ptrace"], ["perf", "ptrace"]] {
            if seen[one].is_doubtful || seen[other].is_doubtful {
                continue;
            }
            let counts = pairs.entry([one, other]).or_default();
            compare([one, other], [&seen[one], &seen[other]], counts)?;
        }
    }
    println!();
    let mut failures = 0;
    if pairs.is_empty() {
        return Err("nothing was compared".into());
    }
    for ([one, other], Counts { lines, beyond }) in pairs {
        println!(
            "{one} and {other} agree on {} of {lines} lines",
            lines - beyond
        );
        let by_chance = Binomial::new(BEYOND_BY_CHANCE, lines.into())?;
        failures += u32::from(beyond > 0 && by_chance.sf(u64::from(beyond) - 1) < SELDOM);
    }
    match failures {
        0 => Ok(()),
        _ => Err("samplers do not agree".into()),
    }
}

/// Runs a script with each sampler in turn.
fn measured(case: &Case, runs: usize) -> Result<BTreeMap<&'static str, Runs>> {
    let mut seen: BTreeMap<&str, Runs> = BTreeMap::new();
    let mut order = SAMPLERS;
    for _ in 0..runs {
        order.reverse();
        for sampler in order {
            seen.entry(sampler)
                .or_default()
                .add(&record(case, sampler)?);
        }
    }
    for (sampler, runs) in &seen {
        println!(
            "    {sampler:<6} {:>6} samples, {} bad ({:.2}%){}",
            runs.samples,
            runs.bad,
            100.0 * part(runs.bad, runs.samples),
            if runs.is_doubtful {
                ", left out: it could often not see what threads do"
            } else {
                ""
            },
        );
    }
    Ok(seen)
}

fn record(case: &Case, sampler: &str) -> Result<Recording> {
    let folder = tempfile::tempdir()?;
    let saved = folder.path().join("run.json");
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args(["annotate", "--quiet", "--sampler", sampler])
        .args(["--max-stopped=60%", "--python"])
        .arg(format!("{}/bin/python", case.environment))
        .arg("--save")
        .arg(&saved)
        .arg("--")
        .arg(case.script)
        .args(case.arguments)
        .env("NUMBA_NUM_THREADS", case.threads)
        .env("OPENBLAS_NUM_THREADS", "1")
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{sampler}, {}: {}\n{said}", case.name, output.status).into());
    }
    Ok(document::read(&std::fs::read_to_string(saved)?)?)
}

impl Runs {
    fn add(&mut self, recording: &Recording) {
        let mut warnings = recording.warnings.iter();
        self.is_doubtful |= warnings.any(|it| it.as_written().contains(UNSEEN));
        let profiles = recording.runs().filter_map(|run| run.profile.as_ref());
        for profile in profiles {
            let window = profile.samples.window;
            let lines = profile.lines.iter();
            let shares = lines.map(|it| ((it.file.clone(), it.line.get()), part(it.owned, window)));
            self.shares.push(shares.collect());
            self.samples += window;
            self.bad += profile.samples.bad;
        }
    }

    /// What the share of a line is in these runs.
    fn spread(&self, line: &Line) -> Spread {
        let shares = self.shares.iter();
        let values: Vec<f64> = shares
            .map(|shares| shares.get(line).copied().unwrap_or_default())
            .collect();
        let count = part(values.len() as u64, 1);
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Spread {
            mean,
            variance: squares / (count - 1.0),
            count,
        }
    }
}

/// Compares the shares of each line: whether the difference of the means is within its interval
/// of 95% (Welch 1947).
fn compare(names: [&str; 2], seen: [&Runs; 2], counts: &mut Counts) -> Result<()> {
    let runs = seen.iter().flat_map(|runs| &runs.shares);
    let lines: BTreeSet<&Line> = runs.flat_map(BTreeMap::keys).collect();
    for line in lines {
        let spreads = seen.map(|runs| runs.spread(line));
        let [one, other] = &spreads;
        if one.mean.max(other.mean) < LEAST_SHARE {
            continue;
        }
        let reach = reach(one, other)?;
        let difference = other.mean - one.mean;
        counts.lines += 1;
        if difference.abs() > reach {
            counts.beyond += 1;
            println!(
                "    {}:{}: {} {:.1}%, {} {:.1}%: {:+.1} points, beyond ±{:.1}",
                line.0,
                line.1,
                names[0],
                100.0 * one.mean,
                names[1],
                100.0 * other.mean,
                100.0 * difference,
                100.0 * reach,
            );
        }
    }
    Ok(())
}

/// How far two means may be apart by chance.
fn reach(one: &Spread, other: &Spread) -> Result<f64> {
    let [v, w] = [one, other].map(|it| it.variance / it.count);
    if v + w == 0.0 {
        return Ok(0.0);
    }
    let freedom =
        (v + w).powi(2) / (v.powi(2) / (one.count - 1.0) + w.powi(2) / (other.count - 1.0));
    let t = StudentsT::new(0.0, 1.0, freedom)?.inverse_cdf(0.975);
    Ok(t * (v + w).sqrt())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn part(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}
