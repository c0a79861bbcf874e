//! What a profiled run takes beyond its measured window, beside a timed one.

use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use profila::document;
use profila::recording::{Recording, Run, RunKind};
use tempfile::TempDir;

use super::{Result, median, output};

/// Kernels of the package that is made for this.
const KERNELS: usize = 12;

/// Prints the ratio for a script that compiles, and for one whose package is cached.
pub(super) fn measure(python: &Path, rounds: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let package = cached_package(&folder)?;
    println!(
        "\nTime beyond the measured window: a profiled run's, as a multiple of that of the timed"
    );
    println!(
        "run of the same round. Of the package, the first profiled run compiles, and the others"
    );
    println!("load: it is not counted.\n");
    println!(
        "{:<26} {:>6} {:>15} {:>7}",
        "script", "median", "range", "rounds"
    );
    for (name, script) in [
        ("examples/dither2.py", PathBuf::from("examples/dither2.py")),
        ("a cached package", package),
    ] {
        let saved = folder.path().join("recording.json");
        let runs = rounds + 1;
        let mut command = Command::new(env!("CARGO_BIN_EXE_profila"));
        command.args(["record", "--runs", &runs.to_string(), "--python"]);
        command.args([python.as_os_str(), OsStr::new("-o"), saved.as_os_str()]);
        output(command.arg(&script).arg("1"))?;
        let recording: Recording = document::read(&fs::read_to_string(&saved)?)?;
        let mut ratios = ratios(&recording.blocks[0].runs);
        ratios.sort_by(f64::total_cmp);
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        let range = format!("{least:.2} to {most:.2}");
        let number = ratios.len();
        println!(
            "{name:<26} {:>5.2}× {range:>15} {number:>7}",
            median(ratios)
        );
    }
    Ok(())
}

/// The ratio of each round but the first.
fn ratios(runs: &[Run]) -> Vec<f64> {
    let beyond = |round: u32, kind: RunKind| {
        let mut runs = runs.iter();
        let run = runs.find(|run| run.round == round && run.kind == kind)?;
        Some(run.wall_s - run.window_s)
    };
    let last = runs.iter().map(|run| run.round).max().unwrap_or(0);
    let pairs = (2..=last)
        .map(|round| Some(beyond(round, RunKind::Profiled)? / beyond(round, RunKind::Timed)?));
    pairs.flatten().collect()
}

/// Writes a package of kernels that Numba caches, and a script that uses all of them.
fn cached_package(folder: &TempDir) -> Result<PathBuf> {
    let mut package = "import numpy as np\nfrom numba import njit\n".to_owned();
    let mut calls = String::new();
    for number in 0..KERNELS {
        write!(
            package,
            "\n@njit(cache=True)\ndef kernel_{number}(values):\n    \
             found = np.sort(values * {number}.5)\n    total = 0.0\n    \
             for value in found:\n        total += np.round(np.sqrt(value), 2)\n    \
             return total + found.mean() + np.median(found)\n"
        )?;
        writeln!(calls, "    kernels.kernel_{number}(values)")?;
    }
    let script = format!(
        "import sys, time\nimport numpy as np\nimport kernels\n\n\
         values = np.linspace(0.0, 1.0, 1000)\n\
         def work():\n{calls}\n\
         work()\ncount, start = 0, time.perf_counter()\n\
         while time.perf_counter() - start < float(sys.argv[1]):\n    work()\n    count += 1\n\
         print(f'Processed {{count / (time.perf_counter() - start):.2f}} arrays / sec')\n"
    );
    fs::write(folder.path().join("kernels.py"), package)?;
    let path = folder.path().join("uses_kernels.py");
    fs::write(&path, script)?;
    Ok(path)
}
