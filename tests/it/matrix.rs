//! Every version of Numba with every version of gdb.
//!
//! `PROFILA_MATRIX` names the cells, which the Makefile makes: an environment with
//! Numba, `+`, and one with gdb, or `auto` for the gdb that is found without being
//! named. Without the variable there is the one cell of `.venv`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use profila::recording::Recording;

use crate::harness::{Sandbox, repository};
use crate::report;

/// What is run in every cell, and how the line ends that must be the hottest.
const SCRIPT: (&str, &str) = ("tests/scripts/hot_line.py", "# hot");

/// What is run with every Numba.
const SCRIPTS: [(&str, &str); 2] = [
    ("tests/scripts/parallel.py", "# hot"),
    ("examples/dither2.py", ""),
];

/// Seconds that a script works for.
const SECONDS: &str = "0.6";

/// A Python with Numba, and a gdb, as the command is told of them.
pub(crate) struct Cell {
    name: String,
    python: PathBuf,
    gdb: Option<PathBuf>,
}

impl Cell {
    #[track_caller]
    fn named(name: &str) -> Self {
        let (numba, gdb) = name.split_once('+').expect("a cell is NUMBA+GDB");
        let program = |environment: &str, program: &str| {
            let path = repository().join(environment).join("bin").join(program);
            assert!(
                path.exists(),
                "{name}: no {}: `make matrix`",
                path.display()
            );
            path
        };
        Self {
            name: name.to_owned(),
            python: program(numba, "python"),
            gdb: (gdb != "auto").then(|| program(gdb, "gdb")),
        }
    }

    /// The cells that are asked for; at least one.
    fn all() -> Vec<Self> {
        let names = std::env::var("PROFILA_MATRIX").unwrap_or_else(|_| ".venv+auto".to_owned());
        let cells: Vec<_> = names.split_whitespace().map(Self::named).collect();
        assert!(!cells.is_empty(), "PROFILA_MATRIX names no cell");
        cells
    }

    /// The Python of each version of Numba, each once.
    #[track_caller]
    pub(crate) fn pythons() -> BTreeSet<PathBuf> {
        Self::all().into_iter().map(|cell| cell.python).collect()
    }

    /// The versions of gdb, each once; `None` for the one that is found without being named.
    pub(crate) fn gdbs() -> BTreeSet<Option<PathBuf>> {
        Self::all().into_iter().map(|cell| cell.gdb).collect()
    }

    #[track_caller]
    fn record(&self, script: &str) -> Recording {
        let sandbox = Sandbox::new();
        let run = sandbox.profila(["annotate", "--python"]).arg(&self.python);
        let run = match &self.gdb {
            Some(gdb) => run.arg("--gdb").arg(gdb),
            None => run,
        };
        let run = run.arg("--save").arg(sandbox.path("run.json"));
        run.args(["--", script, SECONDS]).outcome().succeeds();
        sandbox.recording("run.json")
    }
}

/// Checks that nearly all samples in Numba code are on a line of the user's: 99 of 100,
/// and in few samples all but one.
#[track_caller]
fn check_user_lines(recording: &Recording) {
    let profile = report::profile(recording);
    let is_users = |file: &str| {
        let mut sources = recording.sources.iter();
        sources.any(|source| source.path == file && source.user)
    };
    let lines = profile.lines.iter().filter(|line| !is_users(&line.file));
    let elsewhere: u64 = lines.map(|line| line.owned).sum();
    let allowed = 1.max(profile.samples.numba / 100);
    assert!(elsewhere <= allowed, "{elsewhere} elsewhere: {profile:#?}");
}

#[expect(
    clippy::print_stdout,
    reason = "who runs the matrix wants to see its cells"
)]
#[track_caller]
fn check(cell: &Cell, script: &str, hot: &str) {
    let recording = cell.record(script);
    // Among others that nothing is warned of, such as that a debug build was profiled.
    report::check(&recording);
    check_user_lines(&recording);
    let hottest = report::hottest(&recording);
    assert_eq!(Path::new(&hottest.file), Path::new(script), "{}", cell.name);
    let text = report::text_of(&recording, hottest);
    assert!(text.ends_with(hot), "{}, {script}: {text}", cell.name);
    println!(
        "{}: {script}: Numba {}, {}: {} samples, hot: {}",
        cell.name,
        recording.numba,
        recording.sampler,
        report::profile(&recording).samples.window,
        text.trim(),
    );
}

#[test]
fn every_numba_with_every_gdb() {
    let mut pythons = Cell::pythons();
    for cell in Cell::all() {
        let (script, hot) = SCRIPT;
        check(&cell, script, hot);
        if pythons.remove(&cell.python) {
            for (script, hot) in SCRIPTS {
                check(&cell, script, hot);
            }
        }
    }
}
