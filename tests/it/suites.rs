//! Benchmarks of pytest-benchmark and of asv, run by the real ones.

use std::fs;
use std::path::PathBuf;

use profila::compare::{Comparison, MetricVerdict};
use profila::document;

use crate::harness::{Outcome, Run, Sandbox, python, repository, scripts};
use crate::revisions::Repository;

const PYTEST: &str = "--pytest-benchmark";
const ASV: &str = "--asv";

/// The Python that has what runs the suites.
fn python_of_suites() -> PathBuf {
    let environment = repository().join(".venv-libraries");
    assert!(environment.join(".suites").exists(), "run `make libraries`");
    environment.join("bin/python")
}

/// A file of the suites that the tests run.
fn text(file: &str) -> String {
    fs::read_to_string(scripts().join("suites").join(file)).unwrap()
}

/// The same with more work in each call.
fn slower(text: &str) -> String {
    let slower = text.replace("\nSTEPS = 1\n", "\nSTEPS = 5\n");
    assert_ne!(text, slower);
    slower
}

/// `profila` with this subcommand, in the folder of the sandbox.
fn profila(sandbox: &Sandbox, command: &str) -> Run {
    let run = sandbox.profila([command, "--sampler=perf", "--python"]);
    run.arg(python_of_suites()).current_dir(sandbox.files())
}

/// What `diff` comes to, and the comparison.
#[track_caller]
fn diff(sandbox: &Sandbox, arguments: &[&str]) -> (Outcome, Comparison) {
    let json = sandbox.path("comparison.json");
    let run = profila(sandbox, "diff").arg("--export-json").arg(&json);
    let outcome = run.args(arguments).outcome();
    let written = fs::read_to_string(json).unwrap_or_else(|_| panic!("{outcome:?}"));
    (outcome, document::read(&written).unwrap())
}

/// Checks that calls were compared and are slower, by the line that works, and that what prepares
/// them is in no line.
#[track_caller]
fn is_slower(outcome: Outcome, comparison: &Comparison, file: &str) {
    let stdout = outcome.exits_with(1).stdout();
    assert_eq!(comparison.throughput.unit, "calls/s", "{stdout}");
    assert_eq!(comparison.throughput.verdict, MetricVerdict::Slower);
    let ratio = comparison.throughput.ratio.value;
    assert!(ratio < 0.6, "{ratio}");
    let after = comparison.lines.iter();
    let after = after.filter_map(|it| it.after.as_ref());
    let most = after
        .max_by_key(|it| it.samples)
        .expect("there are samples");
    assert!(most.text.ends_with("# worked"), "{stdout}");
    assert_eq!(most.file, file, "{stdout}");
    let functions = comparison.functions.iter();
    let functions: Vec<&str> = functions.map(|it| it.name.as_str()).collect();
    assert!(
        functions.iter().all(|name| *name == "work"),
        "{functions:?}"
    );
}

#[test]
fn tests_of_pytest_benchmark_are_compared() {
    let sandbox = Sandbox::new();
    let before = text("test_bench.py");
    sandbox.write("test_before.py", &before);
    sandbox.write("test_after.py", &slower(&before));
    let rule = "--fail-if=throughput:20%";
    let names = ["test_before.py::test_work", "test_after.py::test_work"];
    let (outcome, comparison) = diff(&sandbox, &[PYTEST, rule, names[0], names[1]]);
    is_slower(outcome, &comparison, "test_after.py");

    let same = [PYTEST, "--runs=1", rule, names[0], names[0]];
    let (outcome, comparison) = diff(&sandbox, &same);
    let stdout = outcome.exits_with(0).stdout();
    assert!(comparison.throughput.ratio.value > 0.6, "{stdout}");
    // What pytest and its plugin keep is kept where nobody looks for it.
    for left in [".pytest_cache", ".benchmarks"] {
        assert!(!sandbox.path(left).exists(), "{left}");
    }
}

/// Set-up and tear-down of each call are outside the window, and are done for each.
#[test]
fn what_is_around_a_call_is_not_measured() {
    let sandbox = Sandbox::new();
    sandbox.write("test_bench.py", &text("test_bench.py"));
    let name = "test_bench.py::TestPedantic::test_setup";
    let run = profila(&sandbox, "annotate").args([PYTEST, "--save=profile.json", "--", name]);
    let stdout = run.outcome().exits_with(0).stdout();
    assert!(stdout.contains("1 passed"), "{stdout}");
    assert!(stdout.contains("# worked"), "{stdout}");
    assert!(!stdout.contains("# prepared"), "{stdout}");
    let recording = sandbox.recording("profile.json");
    let [calls] = &recording.runs().next().unwrap().regions[..] else {
        panic!("{recording:?}");
    };
    let entries = f64::from(u32::try_from(calls.entries).unwrap());
    assert_eq!(calls.units, Some(entries));
}

#[test]
fn a_test_is_compared_with_its_revision() {
    let sandbox = Sandbox::new();
    let before = text("test_bench.py");
    let repository = Repository::new(&sandbox, &[("tests/test_bench.py", &before)]);
    fs::write(
        repository.root().join("tests/test_bench.py"),
        slower(&before),
    )
    .unwrap();
    let name = "tests/test_bench.py::test_sizes[2000]";
    let run = profila(&sandbox, "diff").current_dir(repository.root());
    let rule = "--fail-if=throughput:20%";
    let run = run.args([PYTEST, "--base=HEAD", rule, name]);
    let stdout = run.outcome().exits_with(1).stdout();
    assert!(stdout.contains("working-tree is "), "{stdout}");
    // The end of a line may be cut off.
    assert!(stdout.contains("value = np.sin(value)"), "{stdout}");
}

#[test]
fn benchmarks_of_asv_are_compared() {
    let sandbox = Sandbox::new();
    let before = text("benchmarks/bench_work.py");
    sandbox.write(
        "asv.conf.json",
        &text("asv.conf.json").replace("\"benchmarks\"", "\"perf\""),
    );
    sandbox.write("perf/__init__.py", "");
    sandbox.write("perf/bench_before.py", &before);
    sandbox.write("perf/bench_after.py", &slower(&before));
    sandbox.write(
        "profila.toml",
        "[[variant]]\nasv = \"bench_before.Works.time_work(100000, 'float64')\"\n\
         [[variant]]\nasv = \"bench_after.Works.time_work(100000,\\\"float64\\\")\"\n",
    );
    let (outcome, comparison) = diff(&sandbox, &["--fail-if=throughput:20%"]);
    is_slower(outcome, &comparison, "perf/bench_after.py");

    let run = profila(&sandbox, "record").args([ASV, "--runs=1", "-o", "cached.json"]);
    let run = run.args(["--", "bench_before.Cached.time_cached"]);
    run.outcome().exits_with(0);
    let recording = sandbox.recording("cached.json");
    assert_eq!(recording.variant.module.as_deref(), Some("asv"));
    for run in recording.runs() {
        assert_eq!(run.metric.as_ref().unwrap().unit, "calls/s");
    }
}

/// What recording a benchmark comes to.
fn record(sandbox: &Sandbox, suite: &str, name: &str) -> Outcome {
    let run = profila(sandbox, "record").args([suite, "--runs=1", "-o", "none.json", "--", name]);
    run.outcome()
}

#[test]
fn what_cannot_be_measured_of_pytest_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("test_bench.py", &text("test_bench.py"));
    sandbox.write("test_broken.py", "import not_there\n");
    let check = |name: &str, code: i32, phrases: &[&str]| {
        let name = format!("test_bench.py{name}");
        record(&sandbox, PYTEST, &name).fails_with(code, phrases);
    };
    let sizes = ["more than one", "`test_bench.py::test_sizes[10]`"];
    check("::test_sizes", 2, &sizes);
    check("::test_wrok", 2, &["no benchmark", "::test_work`"]);
    check("::test_fails", 5, &["assert 8.4", "== 'a number'"]);
    check("::test_skipped", 5, &["was skipped", "it is too cold"]);
    check("::test_unused", 5, &["calls nothing by the fixture"]);
    check("::test_without", 5, &["calls nothing by the fixture"]);
    let broken = record(&sandbox, PYTEST, "test_broken.py::test_x");
    broken.fails_with(5, &["failed in", "No module named 'not_there'"]);
    record(&sandbox, PYTEST, "gone.py::test_x").fails_with(2, &["no script", "gone.py"]);
}

#[test]
fn what_cannot_be_measured_of_asv_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("benchmarks/__init__.py", "");
    sandbox.write(
        "benchmarks/bench_work.py",
        &text("benchmarks/bench_work.py"),
    );
    let check = |name: &str, code: i32, phrases: &[&str]| {
        let name = format!("bench_work.{name}");
        record(&sandbox, ASV, &name).fails_with(code, phrases);
    };
    let works = ["more than one", "time_work(200000, 'float32')"];
    check("Works.time_work", 2, &works);
    check(
        "Works.time_work(3, 'float32')",
        2,
        &["no benchmark", "200000"],
    );
    check(
        "Cached.time_cahed",
        2,
        &["no benchmark", "Cached.time_cached`"],
    );
    check("Works.track_work", 2, &["measures no time", "`track`"]);
    check("Cached.time_skipped", 5, &["was skipped"]);
    check("time_fails", 5, &["there is nothing to work on"]);
    sandbox.write("asv.conf.json", "{\"benchmark_dir\": \"gone\"}");
    check("time_fails", 2, &["`asv.conf.json`", "gone, is no folder"]);
}

#[test]
fn what_has_to_be_installed_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("test_bench.py", &text("test_bench.py"));
    let check = |suite: &str, name: &str, packages: &str| {
        let run = sandbox.profila(["record", "--sampler=perf", "--runs=1", "-o", "none.json"]);
        let run = run.arg("--python").arg(python()).args([suite, "--", name]);
        let outcome = run.current_dir(sandbox.files()).outcome();
        outcome.fails_with(4, &["must be installed", packages]);
    };
    check(
        PYTEST,
        "test_bench.py::test_work",
        "pip install pytest pytest-benchmark",
    );
    check(ASV, "bench.time_work", "pip install asv_runner");
}
