//! The attribution corpus, in small: kernels of the kinds whose lines are lost most
//! easily. `make attribution` has all of them.

use serde_json::Value;

use crate::harness::{Sandbox, python, repository};

/// How far a share may be from the truth. Both are measured on a machine that does
/// other things as well, the share from few samples. A line that is lost is farther away.
const TOLERANCE: f64 = 0.25;

/// Measures a kernel as `make attribution` does, with fewer samples, and checks that its
/// heavy line is the first of all lines with about the share that it has in truth.
#[track_caller]
fn check(kernel: &str) {
    let sandbox = Sandbox::new();
    let outcome = sandbox
        .run(
            &python(),
            [repository().join("tests/attribution/measure.py")],
        )
        .arg("--profila")
        .arg(env!("CARGO_BIN_EXE_profila"))
        .arg("--folder")
        .arg(sandbox.path("kernels"))
        .arg("--export")
        .arg(sandbox.path("results.json"))
        .args(["--samples", "80", "--seconds", "1.3", kernel])
        .outcome();
    let text = std::fs::read_to_string(sandbox.path("results.json"))
        .unwrap_or_else(|error| panic!("{error}: {outcome:?}"));
    let results: Value = serde_json::from_str(&text).unwrap();
    let result = &results[0];
    assert_eq!(result["kernel"], kernel, "{outcome:?}");
    let build = &result["builds"][env!("CARGO_BIN_EXE_profila")];
    assert_eq!(build["first"], true, "{outcome:?}");
    let truth = result["truth"].as_f64().unwrap();
    let share = build["share"].as_f64().unwrap();
    assert!((share - truth).abs() <= TOLERANCE, "{outcome:?}");
}

#[test]
fn a_function_of_a_number_is_on_the_line_that_calls_it() {
    check("scalar/sin");
}

#[test]
fn a_function_of_a_number_in_a_branch_is_on_the_line_that_calls_it() {
    check("scalar/exp-branch");
}

#[test]
fn an_elementwise_loop_is_on_the_lines_of_its_body() {
    check("parallel/elementwise");
}

#[test]
fn a_replaced_reduction_is_on_the_line_that_asks_for_it() {
    check("parallel/sum");
}

#[test]
fn an_array_expression_is_on_its_line() {
    check("ufuncs/expression");
}

#[test]
fn a_vectorized_function_is_on_its_own_lines() {
    check("ufuncs/vectorize-eager");
}

#[test]
fn a_generalized_ufunc_is_on_its_own_lines() {
    check("ufuncs/guvectorize-small");
}

#[test]
fn a_function_inlined_by_numba_is_on_the_lines_of_its_own_file() {
    check("functions/inline-always-other-module");
}

#[test]
fn a_function_that_is_a_value_is_on_its_own_lines() {
    check("functions/first-class-cfunc");
}

#[test]
fn a_stencil_is_on_its_own_lines() {
    check("functions/stencil-loop");
}

#[test]
fn a_function_of_numbas_own_is_on_the_line_that_calls_it() {
    check("library/sort");
}
