//! Every kind of code that Numba generates: its samples fall on its own lines.
//!
//! The scripts mark the lines that have to have them. They are run with every Numba of
//! the matrix; what the numbers are otherwise, `make attribution` shows.

use std::collections::BTreeSet;
use std::path::Path;

use profila::recording::{LineSamples, Recording};

use crate::harness::{Outcome, Sandbox, repository};
use crate::matrix::Cell;
use crate::report;

/// Profiles a script with every Numba. Of the samples in compiled code, at least `least`
/// have to be on lines that are marked as hot. A busy machine gives few samples, so that it
/// is well below what they have; a line that is lost has next to nothing.
#[track_caller]
fn check(script: &str, arguments: &[&str], least: f64) {
    check_each(script, arguments, least, |_| {});
}

/// Samples in compiled code that say enough.
const ENOUGH: u64 = 20;

/// Runs that are made until there are so many. On a busy machine the threads of one may have waited
/// for each other nearly all the time, or others may have had the processors whenever gdb would
/// have stopped it: what samples the others need not be gdb.
const MOST_RUNS: u32 = 8;

/// Does as [`check`] does, and has a closure look at each outcome too.
#[track_caller]
fn check_each(script: &str, arguments: &[&str], least: f64, look: impl Fn(&Outcome)) {
    for python in Cell::pythons() {
        let mut seen = Seen::default();
        let mut runs = 0;
        while seen.in_all < ENOUGH {
            assert!(runs < MOST_RUNS, "{}: {seen:?}", python.display());
            let sampler = if runs == 0 { "gdb" } else { "auto" };
            runs += 1;
            let (recording, outcome) = run(sampler, script, arguments, &python);
            report::check_sums(&recording);
            look(&outcome);
            seen.add(&recording);
        }
        assert!(seen.hot_share() >= least, "{}: {seen:?}", python.display());
    }
}

/// Samples in compiled code.
#[derive(Debug, Default)]
struct Seen {
    /// On lines that are marked as hot.
    hot: u64,
    in_all: u64,
    /// By line, in the last run.
    lines: Vec<LineSamples>,
}

impl Seen {
    fn add(&mut self, recording: &Recording) {
        let profile = report::profile(recording);
        self.in_all += profile.samples.numba;
        self.hot += samples_on_hot_lines(recording);
        self.lines.clone_from(&profile.lines);
    }

    #[expect(clippy::cast_precision_loss, reason = "there are some hundred samples")]
    fn hot_share(&self) -> f64 {
        self.hot as f64 / self.in_all as f64
    }
}

/// Profiles a script with a Numba.
#[track_caller]
fn run(sampler: &str, script: &str, arguments: &[&str], python: &Path) -> (Recording, Outcome) {
    let path = format!("tests/scripts/lines/{script}");
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--rate=200", "--max-stopped=60%"]);
    let run = run.args(["--sampler", sampler, "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg("--python");
    let run = run.arg(python).arg("--").arg(&path).args(arguments);
    let run = run.env("NUMBA_NUM_THREADS", "2");
    let outcome = run.outcome().exits_with(0);
    (sandbox.recording("run.json"), outcome)
}

/// The samples of lines that are marked as hot.
fn samples_on_hot_lines(recording: &Recording) -> u64 {
    let hot: BTreeSet<_> = recording
        .sources
        .iter()
        .flat_map(|source| {
            let lines = source.text.lines().enumerate();
            let hot = lines.filter(|(_, line)| line.ends_with("# hot"));
            hot.map(|(index, _)| (source.path.clone(), index))
        })
        .collect();
    let lines = report::profile(recording).lines.iter();
    let on_hot = lines.filter(|it| hot.contains(&(it.file.clone(), it.line.index())));
    on_hot.map(|it| it.owned).sum()
}

#[test]
fn scalar_functions_of_numpy() {
    check("scalar_numpy.py", &[], 0.5);
}

#[test]
fn the_entry_of_a_function_is_at_its_def() {
    check("recursion.py", &[], 1.0);
}

#[test]
fn array_expressions() {
    check("array_expression.py", &["serial"], 0.75);
    check("array_expression.py", &["parallel"], 0.7);
}

#[test]
fn ufuncs() {
    check("ufuncs.py", &["eager"], 0.7);
    check("ufuncs.py", &["dynamic"], 0.7);
    check("ufuncs.py", &["moved"], 0.7);
    check("ufuncs.py", &["called"], 0.7);
    check("ufuncs.py", &["generalized"], 0.65);
}

#[test]
fn ufuncs_on_threads() {
    check("ufuncs.py", &["parallel"], 0.55);
    check("ufuncs.py", &["parallel-generalized"], 0.55);
}

#[test]
fn stencils() {
    check("stencils.py", &["serial"], 0.65);
    check("stencils.py", &["parallel"], 0.55);
}

#[test]
fn bodies_of_parallel_loops() {
    check("prange_elementwise.py", &[], 0.55);
}

#[test]
fn reductions_on_threads() {
    check("reductions.py", &[], 0.65);
}

#[test]
fn what_is_inlined_before_it_is_compiled_keeps_its_file() {
    check("inlined/main.py", &[], 0.65);
}

#[test]
fn functions_that_are_called_by_address() {
    check("first_class.py", &["njit"], 0.6);
    check("first_class.py", &["cfunc"], 0.6);
}

/// LLVM says on standard error that it leaves out what is said of a function in object mode,
/// where that is not declared as it should be.
#[test]
fn generators_classes_closures_and_lambdas() {
    check_each("functions.py", &[], 0.85, |outcome| {
        let stderr = outcome.stderr();
        assert!(!stderr.contains("debug info"), "{stderr}");
    });
}

#[test]
fn code_in_no_file_is_told_apart_and_shown_where_python_keeps_its_text() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--save"]);
    let outcome = run
        .arg(sandbox.path("run.json"))
        .args(["--", "tests/scripts/in_no_file.py"])
        .outcome()
        .exits_with(0);
    let recording = sandbox.recording("run.json");
    let profile = recording.blocks[0].runs[0].profile.as_ref().unwrap();
    assert_eq!(profile.samples.misplaced, 0, "{outcome:?}");
    for (name, is_kept) in [
        ("<string>", false),
        ("<string#2>", false),
        ("<cell>", true),
        ("<cell#2>", false),
    ] {
        let source = recording.sources.iter().find(|it| it.path == name).unwrap();
        assert_eq!(!source.text.is_empty(), is_kept, "{source:?}");
        let lines = profile.lines.iter().filter(|it| it.file == name);
        let hot = lines.max_by_key(|it| it.owned).unwrap();
        assert_eq!(hot.line.get(), 6, "{name}: {outcome:?}");
        let is_said = outcome.stdout().contains(&format!("source of {name} is"));
        assert_eq!(is_said, !is_kept, "{outcome:?}");
    }
}

/// Places are put back in a text of LLVM's, of which the scripts that are profiled give no
/// such one: two loops that do the same on different lines.
#[test]
fn a_vector_instruction_takes_no_place_of_another_loop() {
    let sandbox = Sandbox::new();
    let line_tables = repository().join("python/profila/line_tables.py");
    let script = repository().join("tests/scripts/puts_places_back.py");
    let outcome = sandbox.bare([script, line_tables]).outcome();
    assert_eq!(outcome.stdout(), "done\n", "{outcome:?}");
}
