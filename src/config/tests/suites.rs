//! Benchmarks of suites, of the command line and of the file.

use super::*;
use crate::config::{Benchmark, Program};
use crate::throughput::CALLS;

/// The names of the benchmarks of a command line and a file, and the region that is measured.
#[track_caller]
fn check(line: &str, text: &str, names: [&str; 2], benchmarks: [&str; 2]) -> Vec<Variant> {
    let experiment = experiment(line, text);
    let variants = experiment.variants;
    let of = |it: &Variant| match &it.program {
        Program::Benchmark(benchmark) => benchmark.name(),
        other => panic!("{other:?}"),
    };
    assert_eq!(variants.iter().map(of).collect::<Vec<_>>(), benchmarks);
    let found: Vec<&str> = variants.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(found, names);
    assert_eq!(experiment.run.region.as_deref(), Some(CALLS));
    variants
}

#[test]
fn operands_are_benchmarks_of_the_suite_that_is_named() {
    let tests = ["b.py::test_x[1/2]", "b.py::test_y"];
    check(
        "diff --pytest-benchmark b.py::test_x[1/2] b.py::test_y",
        "",
        ["test_x[1-2]", "test_y"],
        tests,
    );
    let line = "diff --pytest-benchmark a.py::test_x b.py::test_x -- -q";
    let same = ["before", "after"];
    let variants = check(line, "", same, ["a.py::test_x", "b.py::test_x"]);
    assert_eq!(variants[0].args, ["-q"]);
    let names = ["b.S.time_x(1)", "b.S.time_y"];
    check("diff --asv b.S.time_x(1) b.S.time_y", "", names, names);
    let names = ["HEAD", "working-tree"];
    check(
        "diff --asv --base HEAD b.time_x",
        "",
        names,
        ["b.time_x"; 2],
    );
}

#[test]
fn variants_of_the_file_may_be_benchmarks() {
    let text =
        "[[variant]]\npytest-benchmark = \"b.py::test_x\"\n[[variant]]\nasv = \"b.time_x\"\n";
    let variants = experiment("diff", text).variants;
    assert!(matches!(
        variants[0].program,
        Program::Benchmark(Benchmark::Pytest { .. })
    ));
    let name = "b.time_x".to_owned();
    let asv = Program::Benchmark(Benchmark::Asv { name });
    assert_eq!(variants[1].program, asv);
}

#[test]
fn a_region_of_the_user_is_measured_instead_of_the_calls() {
    let line = "diff --region part --asv b.time_x b.time_y";
    assert_eq!(experiment(line, "").run.region.as_deref(), Some("part"));
}

#[track_caller]
fn check_error(line: &str, text: &str, words: &str) {
    let document = document(text).unwrap();
    let error = resolve_line(line, Some(&document), HERE).unwrap_err();
    let shown = error.render(false);
    assert!(shown.contains(words), "{shown}");
}

#[test]
fn what_has_no_effect_on_benchmarks_is_refused() {
    let one = "[[variant]]\nasv = \"b.time_x\"\n";
    let script = "[[variant]]\nscript = \"b.py\"\n";
    check_error("diff", &format!("{one}{script}"), "`b.py` is none");
    let two = format!("{one}name = \"1\"\n{one}name = \"2\"\n");
    let metric = format!("{two}[throughput]\nsource = \"window\"\n");
    check_error("diff", &metric, "`source` has no effect on benchmarks");
    let both = format!("{one}script = \"b.py\"\n{script}");
    check_error("diff", &both, "both a `script` and a `asv`");
    check_error("diff --asv b.time_x b.time_y -- 3", "", "`3` has no effect");
    check_error("diff --asv", &two, "there is no benchmark to measure");
    check_error("diff --asv a.json b.json", "", "`--asv` has no effect");
}
