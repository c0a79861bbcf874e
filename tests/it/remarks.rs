//! What the compiler says of loops, asked of every Numba.

use std::path::Path;

use profila::compare::RemarkChange;
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
    // And in words, from what was saved.
    let [before, after] = [BEFORE, AFTER].map(|script| {
        let name = Path::new(script).file_name().unwrap().to_str().unwrap();
        sandbox.path(&format!("runs/{name}.json"))
    });
    let shown = sandbox.profila(["diff"]).arg(before).arg(after).outcome();
    let shown = shown.succeeds().stdout();
    assert!(
        shown.contains("The compiler says otherwise of:\n"),
        "{shown}"
    );
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ");
    let expected = "not vectorized (cannot prove it is safe to reorder floating-point operations, \
                    line 15) → vectorized, ";
    assert!(words.contains(expected), "{shown}");
}

/// A control run that fails shows what the script wrote, and not what the compiler did.
#[test]
fn what_the_script_writes_is_not_mixed_with_remarks() {
    let sandbox = Sandbox::new();
    let script = "
import sys
from numba import njit

@njit
def total(n):
    result = 0.0
    for i in range(n):
        result += i * 0.5
    return result

print('begin', file=sys.stderr)
# Every way in which it may have been asked for before or is asked for again.
from llvmlite import binding
binding.set_option('', '-pass-remarks=inline')
total(10)
for _ in range(20):
    total(10_000_000)
print('end', file=sys.stderr)
";
    let script = sandbox.write("asks.py", script);
    let run = sandbox.profila(["record", "--quiet", "--runs=1", "--sampler=ptrace", "-o"]);
    let run = run.arg(sandbox.path("run.json")).arg(script);
    run.outcome().succeeds();
    let recording: Recording = sandbox.recording("run.json");
    let remarks = recording.remarks.as_deref().expect("remarks");
    assert!(
        texts(remarks)
            .iter()
            .any(|text| text.starts_with("loop not vectorized: ")),
        "{remarks:?}"
    );
    assert!(recording.warnings.is_empty(), "{:?}", recording.warnings);
}
