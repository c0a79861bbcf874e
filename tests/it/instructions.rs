//! Instructions of real Numba's, of the oldest and the newest.

use std::path::Path;

use crate::harness::Sandbox;
use crate::matrix::Cell;

/// A loop that asks, of each element, whether three indices are within their arrays, whether
/// the first of them is negative, and whether it divides by zero.
const CHECKED: &str = "
import time
import numpy as np
from numba import njit

@njit(boundscheck=True)
def gather(values, indices, results):
    for i in range(len(indices)):
        results[i] = values[indices[i]] / results[i]

values = np.ones(4096)
indices = np.arange(4096)
results = np.ones(4096)
gather(values, indices, results)
end = time.perf_counter() + 0.5
while time.perf_counter() < end:
    gather(values, indices, results)
";

#[test]
fn what_a_loop_asks_of_each_element_is_said() {
    for python in Cell::pythons() {
        check_checked(&python);
    }
}

#[track_caller]
fn check_checked(python: &Path) {
    let sandbox = Sandbox::new();
    let script = sandbox.write("checked.py", CHECKED);
    let run = sandbox.profila(["annotate", "--sampler=ptrace", "--asm", "--python"]);
    let outcome = run.arg(python).arg(script).outcome().succeeds();
    let shown = outcome.stdout();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ").replace(" # ", " ");
    assert!(words.contains("Loop, without those within it: "), "{shown}");
    let expected = "floats one at a time, 1 division or root, 5 checks that may raise, 1 check for \
                    a negative index";
    assert!(words.contains(expected), "{shown}");
}
