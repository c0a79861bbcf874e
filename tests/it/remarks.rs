//! What the compiler says of loops, asked of every Numba.

use std::path::Path;

use profila::compare::{LinePlace, RemarkChange};
use profila::pair::Pair;
use profila::recording::{Recording, Remark};
use profila::source::LineNumber;

use crate::experiment::comparison;
use crate::harness::Sandbox;
use crate::matrix::Cell;

const BEFORE: &str = "examples/remarks/reduction_before.py";
const AFTER: &str = "examples/remarks/reduction_after.py";

/// The line of the loop in both, and of the statement in it.
const LOOP: u32 = 14;
const STATEMENT: u32 = 15;

fn texts(remarks: &[Remark]) -> Vec<&str> {
    remarks.iter().map(|it| it.text.as_written()).collect()
}

#[test]
fn a_loop_that_is_vectorized_with_fastmath_is_named() {
    for python in Cell::pythons() {
        check_fastmath(&python);
    }
}

#[track_caller]
fn check_fastmath(python: &Path) {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["diff", "--runs=1", "--sampler=ptrace", "--python"]);
    let run = run.arg(python).args(["--format=json", "--save"]);
    let outcome = run
        .arg(sandbox.path("runs"))
        .args([BEFORE, AFTER, "--", "0.2"])
        .outcome()
        .succeeds();
    let comparison = comparison(&outcome);
    let is_of_loop =
        |change: &&RemarkChange| change.before.line.is_some_and(|line| line.get() == LOOP);
    let change = comparison.remarks.iter().find(is_of_loop);
    let change = change.unwrap_or_else(|| panic!("{:#?}", comparison.remarks));
    let reason =
        "loop not vectorized: cannot prove it is safe to reorder floating-point operations";
    let before = &change.before.remarks;
    let refused = before.iter().find(|it| it.text.as_written() == reason);
    let because_of = refused.and_then(|it| it.because_of);
    assert_eq!(
        because_of.map(LineNumber::get),
        Some(STATEMENT),
        "{change:#?}"
    );
    let after = texts(&change.after.remarks);
    assert!(
        after
            .iter()
            .any(|text| text.starts_with("vectorized loop (vectorization width: ")),
        "{change:#?}"
    );
    // The instructions say the same.
    let line = comparison.lines.iter().find(|line| {
        let before = line.before.as_ref();
        before.is_some_and(|at| at.line.get() == STATEMENT)
    });
    let code = line.and_then(|line| line.code.as_ref());
    let code = code.unwrap_or_else(|| panic!("{:#?}", comparison.lines));
    assert!(!code.is_same, "{code:?}");
    assert!(
        code.before.packed.is_none() && code.before.scalar > 0,
        "{code:?}"
    );
    assert!(code.after.packed.is_some_and(|it| it.float), "{code:?}");
    // And in words, from what was saved.
    let [before, after] = [BEFORE, AFTER].map(|script| {
        let name = Path::new(script).file_name().unwrap().to_str().unwrap();
        sandbox.path(&format!("runs/{name}.json"))
    });
    let shown = sandbox.profila(["diff", "--asm"]).arg(&before).arg(&after);
    let shown = shown.outcome().succeeds().stdout();
    assert!(
        shown.contains("The compiler now says something else about:\n"),
        "{shown}"
    );
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ");
    let expected = "not vectorized (cannot prove it is safe to reorder floating-point operations, \
                    line 15) → vectorized, ";
    assert!(words.contains(expected), "{shown}");
    assert_instructions_are_shown(&sandbox, [&before, &after], &shown);
}

/// The hot loops have the instructions that the remarks speak of, and so have the lines.
#[track_caller]
fn assert_instructions_are_shown(sandbox: &Sandbox, [before, after]: [&Path; 2], shown: &str) {
    let json = sandbox.profila(["diff", "--asm", "--format=json"]);
    let comparison = comparison(&json.arg(before).arg(after).outcome().succeeds());
    let assembly = comparison.assembly.expect("it was asked for");
    let hottest = assembly.loops.as_ref().map(|loops| {
        let of_statement = loops
            .iter()
            .find(|it| it.lines.iter().any(|line| line.get() == STATEMENT));
        &of_statement.unwrap_or_else(|| panic!("{loops:#?}")).code
    });
    assert!(
        hottest.before.packed.is_none() && hottest.before.scalar > 0,
        "{hottest:#?}"
    );
    let packed = hottest
        .after
        .packed
        .unwrap_or_else(|| panic!("{hottest:#?}"));
    let width = format!("{} × 64-bit floats at once", packed.values);
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ");
    assert!(words.contains("floats one at a time"), "{shown}");
    assert!(words.contains(&width), "{shown}");
    assert_eq!(
        assembly.astray.as_ref().map(|it| it.get() > 0.01),
        Pair::new(false, false)
    );
    // All samples of the line are on instructions of it.
    let is_statement =
        |at: &Option<LinePlace>| at.as_ref().is_some_and(|it| it.line.get() == STATEMENT);
    let line = assembly
        .lines
        .iter()
        .find(|it| is_statement(&it.line.before));
    let rows = line.expect("the statement has code").functions.iter();
    let rows = rows
        .flat_map(|it| &it.rows)
        .filter_map(|it| it.before.as_ref());
    let of_instructions: f64 = rows.map(|it| it.share.get()).sum();
    let of_line = comparison.lines.iter().find_map(|it| {
        let at = it.before.as_ref()?;
        (at.line.get() == STATEMENT).then(|| at.share.value.get())
    });
    let of_line = of_line.expect("the statement is compared");
    assert!(
        (of_instructions - of_line).abs() < 0.05,
        "{of_instructions} of {of_line}"
    );
    // The profile of one of them says so too, below the line.
    let profile = sandbox
        .profila(["report", "--asm=att"])
        .arg(after)
        .outcome();
    let profile = profile.succeeds().stdout();
    assert!(
        profile.contains("# Loop, without those within it: "),
        "{profile}"
    );
    assert!(
        profile.contains("%xmm") || profile.contains("%ymm") || profile.contains("%zmm"),
        "{profile}"
    );
}

/// A script in the way of which the compiler's remarks could be: it has begun a line of
/// standard error, and asks for remarks itself, before Numba is imported and afterwards.
const ASKS: &str = "
import sys
from llvmlite.binding import set_option
set_option('', '-pass-remarks=inline')
from numba import njit

@njit
def total(n):
    result = 0.0
    for i in range(n):
        result += i * 0.5
    return result

print('compiling', end=' ', file=sys.stderr, flush=True)
set_option('', '-pass-remarks=inline')
total(10)
for _ in range(20):
    total(10_000_000)
";

/// Records a round of a script.
#[track_caller]
fn recorded(sandbox: &Sandbox, script: &Path) -> Recording {
    let run = sandbox.profila(["record", "--quiet", "--runs=1", "--sampler=ptrace", "-o"]);
    let run = run.arg(sandbox.path("run.json")).arg(script);
    run.outcome().succeeds();
    sandbox.recording("run.json")
}

fn has_refusal(recording: &Recording) -> bool {
    let remarks = recording.remarks.as_deref().unwrap_or_default();
    texts(remarks)
        .iter()
        .any(|text| text.starts_with("loop not vectorized: "))
}

#[test]
fn a_script_that_asks_for_remarks_too() {
    let sandbox = Sandbox::new();
    let script = sandbox.write("asks.py", ASKS);
    let recording = recorded(&sandbox, &script);
    assert!(has_refusal(&recording), "{:?}", recording.remarks);
    assert!(recording.warnings.is_empty(), "{:?}", recording.warnings);
}

/// A script that cannot bear anything on standard error is run without remarks, and it is said.
#[test]
fn a_script_that_remarks_are_in_the_way_of() {
    let sandbox = Sandbox::new();
    let checks = "
import os
log = os.open(__file__ + '.log', os.O_RDWR | os.O_CREAT | os.O_TRUNC)
os.dup2(log, 2)
";
    let script = checks.to_owned() + ASKS + "\nassert b'remark: ' not in os.pread(2, 1 << 20, 0)\n";
    let script = script.replace("set_option('', '-pass-remarks=inline')\n", "");
    let script = sandbox.write("checks.py", &script);
    let recording = recorded(&sandbox, &script);
    assert_eq!(recording.remarks, None);
    let warnings = format!("{:?}", recording.warnings);
    assert!(
        warnings.contains("the script failed while the compiler wrote remarks"),
        "{warnings}"
    );
}

/// Code that is in no file is compiled in control runs as well.
#[test]
fn code_in_no_file() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, Path::new("tests/scripts/in_no_file.py"));
}

/// Parallel loops that Numba fuses, and does not, with one within another and an allocation.
const PARALLEL: &str = "
import time
import numpy as np
from numba import njit, prange

@njit(parallel=True)
def work(values, results):
    for i in prange(len(values)):
        values[i] *= 0.5
    for i in prange(len(values)):
        results[i] = values[i] + 1
    for i in prange(len(values) - 1):
        pair = np.empty(2)
        pair[1] = 0.0
        pair[0] = values[i]
        for j in prange(2):
            results[i] += pair[j]

values, results = np.ones(20000), np.ones(20000)
work(values, results)
end = time.perf_counter() + 0.5
while time.perf_counter() < end:
    work(values, results)
";

#[test]
fn what_became_of_parallel_loops_is_said() {
    for python in Cell::pythons() {
        check_parallel(&python);
    }
}

#[track_caller]
fn check_parallel(python: &Path) {
    let sandbox = Sandbox::new();
    let script = sandbox.write("parallel.py", PARALLEL);
    let run = sandbox.profila([
        "record",
        "--quiet",
        "--runs=1",
        "--sampler=ptrace",
        "--python",
    ]);
    // A second thread only waits for the first, and is seen instead of it.
    let run = run.arg(python).env("NUMBA_NUM_THREADS", "1");
    let run = run.arg("-o").arg(sandbox.path("parallel.json"));
    run.arg("--").arg(script).outcome().succeeds();
    let recording = sandbox.recording("parallel.json");
    let remarks = recording.remarks.as_deref().unwrap_or_default();
    let has = |line: u32, text: &str| {
        let mut all = remarks.iter();
        all.any(|it| it.line.get() == line && it.text.as_written().starts_with(text))
    };
    for (line, text) in [
        (8, "loop run in parallel"),
        (10, "parallel loop fused with another one"),
        (12, "parallel loop not fused: "),
        (13, "allocation moved out of the parallel loop"),
        (16, "loop run serially, within a parallel one"),
    ] {
        assert!(has(line, text), "{line}: {text} in {remarks:#?}");
    }
    let fused = remarks
        .iter()
        .find(|it| it.text.as_written().starts_with("parallel loop fused"));
    let with = fused.and_then(|it| it.because_of).map(LineNumber::get);
    assert_eq!(with, Some(8), "{remarks:#?}");
    // What Numba makes of a loop has a name without the address of this process.
    let names: Vec<&str> = recording
        .code
        .iter()
        .map(|it| it.function.as_str())
        .collect();
    let made: Vec<&str> = names
        .into_iter()
        .filter(|it| it.contains("__numba_parfor"))
        .collect();
    assert!(!made.is_empty(), "{:#?}", recording.code);
    for name in made {
        assert!(name.contains("_0x000000"), "{name}");
    }
}
