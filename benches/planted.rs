//! Whether a line that was made slower on purpose is found, and no other blamed.
//!
//! The script is `examples/dither2.py` with a spin in the line that copies the picture:
//! the standard deviation of some of its rows, which nothing but that line depends on.
//! The two versions differ in the number of these rows alone, and that is chosen so that
//! a picture takes a tenth longer.
//!
//! Run it with `make planted`; `TIMES=1 make planted` makes fewer comparisons than 3,
//! `SAMPLER=perf` has that sampler take the samples instead of gdb, and `SLOWDOWN=0.03` and
//! `ROUNDS=6` are for a smaller change and fewer rounds than a tenth and 20.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod common;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use profila::compare::{Comparison, CostVerdict, Evidence, LineComparison};
use profila::document;

use self::common::{sampler, setting};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SCRIPT: &str = "examples/dither2.py";

/// The line that is to cost more, and what it becomes.
const LINE: &str = "    grey = picture.astype(np.int16)\n";
const SPIN: &str =
    "    grey = picture.astype(np.int16) + np.int16(np.std(picture[:ROWS]) * 1e-9)\n";

/// Rows in the spin of the before version, and how many more are tried to learn what a
/// row costs.
const ROWS: f64 = 8.0;
const TRIED: f64 = 512.0;

/// By how much a picture is to take longer, by default.
const SLOWDOWN: f64 = 0.10;

/// Rounds of a comparison by default, and the seconds that each of its runs works for.
const ROUNDS: u32 = 20;
const SECONDS: &str = "2";

fn main() -> Result<()> {
    let times: u32 = setting("TIMES", 3)?;
    let slowdown = setting("SLOWDOWN", SLOWDOWN)?;
    let folder = tempfile::tempdir()?;
    let before = planted(folder.path(), "before.py", ROWS)?;
    let rows = calibrated(folder.path(), &before, slowdown)?;
    let after = planted(folder.path(), "after.py", rows)?;
    println!("{ROWS} rows before, {rows} after");
    let mut failures = 0;
    for number in 1..=times {
        let comparison = compare(number, &before, &after)?;
        let ratio = comparison.throughput.ratio;
        let blamed: Vec<&LineComparison> = confirmed(&comparison).collect();
        let is_found = blamed.iter().any(|line| is_planted(line));
        let innocent = blamed.iter().filter(|line| !is_planted(line)).count();
        println!(
            "{number:>3}: throughput {:.3}; {}{}",
            ratio.value,
            if is_found { "found" } else { "NOT FOUND" },
            match innocent {
                0 => String::from(", no other line confirmed"),
                lines => format!("; CONFIRMED BESIDE IT: {lines} lines"),
            }
        );
        for line in blamed {
            let cost = line.change.cost_shift_s;
            let text = line.after.as_ref().map_or("", |side| side.text.trim());
            println!(
                "     {:+.4} ms ({:+.4} to {:+.4})  {text}",
                cost.value * 1e3,
                cost.low.unwrap_or(f64::NAN) * 1e3,
                cost.high.unwrap_or(f64::NAN) * 1e3,
            );
        }
        failures += u32::from(!is_found || innocent > 0);
    }
    if failures > 0 {
        return Err(format!("{failures} of {times} comparisons went wrong").into());
    }
    Ok(())
}

/// The script with a spin of so many rows, in a file of this name.
fn planted(folder: &Path, name: &str, rows: f64) -> Result<PathBuf> {
    let source = fs::read_to_string(SCRIPT)?;
    let spinning = source.replace(LINE, SPIN);
    if spinning == source {
        return Err(format!("{SCRIPT} has no line `{}`", LINE.trim()).into());
    }
    let path = folder.join(name);
    let rows = format!("WHITE = 255\nROWS = {rows:.0}\n");
    fs::write(&path, spinning.replace("WHITE = 255\n", &rows))?;
    Ok(path)
}

/// The number of rows with which a picture takes longer than in `before`, by this part.
fn calibrated(folder: &Path, before: &Path, wanted: f64) -> Result<f64> {
    let tried = planted(folder, "tried.py", ROWS + TRIED)?;
    let mut slowdowns = Vec::new();
    for _ in 0..5 {
        slowdowns.push(rate(before)? / rate(&tried)? - 1.0);
    }
    slowdowns.sort_by(f64::total_cmp);
    let slowdown = slowdowns[slowdowns.len() / 2];
    println!("{TRIED} rows more take {:.1}% longer", 100.0 * slowdown);
    Ok((ROWS + TRIED * wanted / slowdown)
        .round()
        .clamp(ROWS, 1024.0))
}

/// Pictures a second, as the script prints them.
fn rate(script: &Path) -> Result<f64> {
    let python = Command::new(".venv/bin/python")
        .arg(script)
        .arg("1")
        .output()?;
    let printed = String::from_utf8(python.stdout)?;
    let rate = printed.split_whitespace().nth(1);
    Ok(rate.ok_or("the script printed no rate")?.parse()?)
}

fn compare(seed: u32, before: &Path, after: &Path) -> Result<Comparison> {
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args(["diff", "--format", "json", "--seed", &seed.to_string()])
        .args(["--sampler", &sampler()])
        .args(["--runs", &setting("ROUNDS", ROUNDS)?.to_string()])
        .args([before, after])
        .args(["--", SECONDS])
        .output()?;
    Ok(document::read(&String::from_utf8(output.stdout)?)?)
}

/// The lines that are said for sure to cost more or less.
fn confirmed(comparison: &Comparison) -> impl Iterator<Item = &LineComparison> {
    comparison.lines.iter().filter(|line| {
        let is_verdict = matches!(
            line.change.verdict,
            CostVerdict::CostsMore | CostVerdict::CostsLess
        );
        is_verdict && line.change.evidence == Evidence::Confirmed
    })
}

fn is_planted(line: &LineComparison) -> bool {
    let text = line.after.as_ref().map_or("", |side| side.text.trim());
    text == SPIN.trim() && line.change.verdict == CostVerdict::CostsMore
}
