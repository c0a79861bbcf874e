//! Whether an edit that changes nothing is said to change something, because it moves the code.
//!
//! The scripts are those of the examples, each compared with itself after an inert edit: 16 bytes
//! of no-ops in front of what Numba compiles, or a branch in the kernel that is never taken.
//! With `placement = "fixed"` the code of a version lies at the same place in all runs; with
//! `"random"`, the default, every run draws one.
//!
//! Run it with `make placement`; `TIMES=1 make placement` makes fewer comparisons of each kind
//! than 20, `ROUNDS=10` fewer rounds than 20, and `KERNELS=dither2,combo` leaves the others out.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod common;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use profila::compare::{Comparison, MetricVerdict};
use profila::document;

use self::common::{sampler, setting};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Scripts, each with the array that its kernel gets.
const KERNELS: [(&str, &str); 5] = [
    ("dither", "picture"),
    ("dither2", "picture"),
    ("dither2_reordered", "picture"),
    ("dither3", "picture"),
    ("combo", "values"),
];

/// Seconds that each run works for.
const SECONDS: &str = "0.5";

/// What puts 16 bytes in front of the code of each library.
const NO_OPS: &str = "
from llvmlite import binding as _binding
from numba.core import codegen as _codegen

_begin = _codegen.JITCodeLibrary.__init__


def _begin_further_on(self, *args, **kwargs):
    _begin(self, *args, **kwargs)
    self._final_module.link_in(_binding.parse_assembly(
        'define void @\"no.ops\"() prefix [15 x i8] zeroinitializer {\\n  ret void\\n}\\n'))


_codegen.JITCodeLibrary.__init__ = _begin_further_on
";

/// What is done to a script, which changes nothing that it does.
#[derive(Clone, Copy, Debug)]
enum Edit {
    NoOps,
    Branch,
}

fn main() -> Result<()> {
    let times: u32 = setting("TIMES", 20)?;
    let rounds: u32 = setting("ROUNDS", 20)?;
    let chosen: String = setting("KERNELS", String::new())?;
    let folder = tempfile::tempdir()?;
    let mut wrong = [0; 2];
    let mut all = 0;
    for (kernel, array) in KERNELS {
        if !chosen.is_empty() && !chosen.split(',').any(|it| it == kernel) {
            continue;
        }
        for edit in [Edit::NoOps, Edit::Branch] {
            let scripts = scripts(folder.path(), kernel, array, edit)?;
            for seed in 1..=times {
                all += 1;
                for (wrong, placement) in wrong.iter_mut().zip(["fixed", "random"]) {
                    let comparison = compare(&scripts, placement, seed, rounds)?;
                    let throughput = &comparison.throughput;
                    let is_wrong = matches!(
                        throughput.verdict,
                        MetricVerdict::Faster | MetricVerdict::Slower
                    );
                    *wrong += u32::from(is_wrong);
                    let ratio = throughput.ratio;
                    println!(
                        "{kernel:>17}, {edit:?}, {placement:>6}, {seed:>2}: {:.3} ({:.3} to {:.3}){}",
                        ratio.value,
                        ratio.low.unwrap_or(f64::NAN),
                        ratio.high.unwrap_or(f64::NAN),
                        if is_wrong { ": WRONG" } else { "" },
                    );
                }
            }
        }
    }
    let [fixed, random] = wrong;
    println!("\nwrong verdicts in {all} comparisons each: fixed {fixed}, random {random}");
    // One in twenty may be, and a few more by chance.
    if random > (all / 8).max(1) {
        return Err("more false verdicts than chance allows".into());
    }
    Ok(())
}

/// A script of the examples as it is, and after an edit.
fn scripts(folder: &Path, kernel: &str, array: &str, edit: Edit) -> Result<[PathBuf; 2]> {
    let original = fs::read_to_string(format!("examples/{kernel}.py"))?;
    let edited = match edit {
        Edit::NoOps => original.replacen(
            "from numba import njit\n",
            &format!("from numba import njit\n{NO_OPS}"),
            1,
        ),
        Edit::Branch => {
            let (head, tail) = original
                .split_once("@njit\n")
                .ok_or("the script has no kernel")?;
            let body = tail.find("\"\"\"\n").ok_or("the kernel has no docstring")? + 4;
            let (begin, rest) = tail.split_at(body);
            let branch = format!("    if len({array}) < 0:\n        return {array}[0]\n");
            let branch = match kernel {
                "combo" => branch,
                _ => branch.replace(&format!("return {array}[0]"), &format!("{array}[0, 0] = 1")),
            };
            format!("{head}@njit\n{begin}{branch}{rest}")
        }
    };
    if edited == original {
        return Err(format!("nothing to edit in {kernel}").into());
    }
    let [before, after] = ["before", "after"].map(|side| folder.join(format!("{side}.py")));
    fs::write(&before, original)?;
    fs::write(&after, edited)?;
    Ok([before, after])
}

fn compare(
    [before, after]: &[PathBuf; 2],
    placement: &str,
    seed: u32,
    rounds: u32,
) -> Result<Comparison> {
    let config = before.with_file_name("profila.toml");
    fs::write(
        &config,
        format!("version = 1\n[compare]\nplacement = \"{placement}\"\n"),
    )?;
    let output = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args([
            "diff",
            "--quiet",
            "--format",
            "json",
            "--sampler",
            &sampler(),
        ])
        .arg("--config")
        .arg(&config)
        .args(["--python", ".venv/bin/python"])
        .args(["--seed", &seed.to_string(), "--runs", &rounds.to_string()])
        .args([before, after])
        .args(["--", SECONDS])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    document::read(&text).map_err(|_| String::from_utf8_lossy(&output.stderr).into())
}
