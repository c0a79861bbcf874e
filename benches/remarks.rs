//! What helps against what the compiler says of a loop: the scripts of `examples/remarks`,
//! each compared with what it becomes.
//!
//! Run it with `make remarks`; `ROUNDS=10` makes more rounds than 6, and `PYTHON=…` takes another
//! interpreter than that of `.venv`.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod common;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use profila::compare::{Comparison, SaidOfLine};
use profila::document;

use self::common::{sampler, setting};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where the scripts are, `NAME_before.py` and `NAME_after.py`.
const FOLDER: &str = "examples/remarks";

/// Seconds that each run works for.
const SECONDS: &str = "0.5";

fn main() -> Result<()> {
    for name in names()? {
        let comparison = compare(&name)?;
        let ratio = comparison.throughput.ratio;
        println!(
            "{name}: {:.2}× ({:.2} to {:.2}) in {} rounds",
            ratio.value,
            ratio.low.unwrap_or(f64::NAN),
            ratio.high.unwrap_or(f64::NAN),
            comparison.rounds
        );
        for change in &comparison.remarks {
            show("before", &change.before);
            show("after", &change.after);
        }
    }
    Ok(())
}

fn show(side: &str, said: &SaidOfLine) {
    for remark in &said.remarks {
        println!(
            "    {side}, line {}: {}",
            remark.line,
            remark.text.as_written()
        );
    }
}

fn names() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(FOLDER)? {
        let file = entry?.file_name().into_string().unwrap_or_default();
        if let Some(name) = file.strip_suffix("_before.py") {
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}

fn compare(name: &str) -> Result<Comparison> {
    let rounds: u32 = setting("ROUNDS", 6)?;
    let python: String = setting("PYTHON", ".venv/bin/python".to_owned())?;
    let script = |side| Path::new(FOLDER).join(format!("{name}_{side}.py"));
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args(["diff", "--quiet", "--format=json", "--sampler", &sampler()])
        .args(["--python", &python, "--runs", &rounds.to_string()])
        .args([script("before"), script("after")])
        .args(["--", SECONDS])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    document::read(&text).map_err(|_| String::from_utf8_lossy(&output.stderr).into())
}
