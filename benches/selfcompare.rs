//! What is said of a script that is compared with itself: nothing has changed, and
//! whatever is said to have changed is a false alarm.
//!
//! Run it with `make selfcompare`; `TIMES=10 make selfcompare` makes fewer comparisons
//! than 40, and `SAMPLER=perf` has that sampler take the samples instead of gdb. It prints
//! every comparison with an alarm, and fails where there are more of them than chance allows.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod common;

use std::error::Error;
use std::process::Command;

use profila::compare::{Comparison, CostVerdict, Evidence, MetricVerdict};
use profila::document;

use self::common::{sampler, setting};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SCRIPT: &str = "examples/dither2.py";

/// Seconds that each run works for.
const SECONDS: &str = "0.5";

fn main() -> Result<()> {
    let times: u32 = setting("TIMES", 40)?;
    let mut alarms = 0;
    for number in 1..=times {
        let comparison = compare(number)?;
        let said = alarm(&comparison);
        let ratio = comparison.throughput.ratio;
        println!(
            "{number:>3}: {} rounds, {:.3} ({:.3} to {:.3}): {:?}{said}",
            comparison.rounds,
            ratio.value,
            ratio.low.unwrap_or(f64::NAN),
            ratio.high.unwrap_or(f64::NAN),
            comparison.throughput.verdict,
        );
        alarms += u32::from(!said.is_empty());
    }
    // If one comparison in twenty had an alarm, more than 5 of 40 would in one series of 70.
    let allowed = (times / 8).max(1);
    println!("\n{alarms} of {times} comparisons with an alarm, and {allowed} are allowed");
    if alarms > allowed {
        return Err("more false alarms than chance allows".into());
    }
    Ok(())
}

fn compare(seed: u32) -> Result<Comparison> {
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args(["diff", "--format", "json", "--seed", &seed.to_string()])
        .args(["--sampler", &sampler()])
        .args(["--runs", "6", SCRIPT, SCRIPT, "--", SECONDS])
        .output()?;
    Ok(document::read(&String::from_utf8(output.stdout)?)?)
}

/// What is said to have changed, if anything.
fn alarm(comparison: &Comparison) -> String {
    let mut said = String::new();
    if matches!(
        comparison.throughput.verdict,
        MetricVerdict::Faster | MetricVerdict::Slower
    ) {
        said += "; ALARM: throughput";
    }
    for line in &comparison.lines {
        let changed = matches!(
            line.change.verdict,
            CostVerdict::CostsMore | CostVerdict::CostsLess
        );
        if changed && line.change.evidence == Evidence::Confirmed {
            let number = line.after.as_ref().map_or(0, |side| side.line.get());
            said.push_str("; ALARM: line ");
            said.push_str(&number.to_string());
        }
    }
    said
}
