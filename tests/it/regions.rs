//! Regions of a script, measured one by one.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use profila::compare::{Comparison, MetricVerdict};
use profila::document;
use profila::recording::{Recording, RunKind};

use crate::harness::{Outcome, Sandbox, python, repository, sampler, scripts};

/// The script, and the same with more work in one of its regions.
fn versions(sandbox: &Sandbox) -> [PathBuf; 2] {
    let before = scripts().join("regions.py");
    let text = fs::read_to_string(&before).unwrap();
    let slower = text.replace("STEPS = 1\n", "STEPS = 4\n");
    assert_ne!(text, slower);
    [before, sandbox.write("slower.py", &slower)]
}

/// What `diff` with these arguments comes to, and the comparison.
fn diff(sandbox: &Sandbox, arguments: &[&str]) -> (Outcome, Comparison) {
    let json = sandbox.path("comparison.json");
    let run = sandbox.profila(["diff", "--sampler=auto", "--export-json"]);
    let run = run.arg(&json).args(arguments).args(versions(sandbox));
    let outcome = run.args(["--", "0.4"]).outcome();
    let written = fs::read_to_string(json).unwrap_or_else(|_| panic!("{outcome:?}"));
    (outcome, document::read(&written).unwrap())
}

/// The line of the script that has most samples after.
fn hottest(comparison: &Comparison) -> &str {
    let after = comparison.lines.iter();
    let after = after.filter_map(|it| it.after.as_ref());
    let most = after.max_by_key(|it| it.samples);
    &most.expect("there are samples").text
}

/// The functions that have samples on either side.
fn functions(comparison: &Comparison) -> Vec<&str> {
    let functions = comparison.functions.iter();
    functions.map(|it| it.name.as_str()).collect()
}

#[test]
fn a_region_is_compared_by_itself() {
    let sandbox = Sandbox::new();
    let rule = "--fail-if=throughput:20%";
    // As many rounds as it takes: few, unless others have the processors.
    let (outcome, slower) = diff(&sandbox, &["--region=multiply", rule]);
    let stdout = outcome.exits_with(1).stdout();
    assert!(
        stdout.contains("Region `multiply`: slower.py is "),
        "{stdout}"
    );
    assert_eq!(slower.throughput.verdict, MetricVerdict::Slower);
    assert_eq!(slower.throughput.unit, "units/s");
    let ratio = slower.throughput.ratio.value;
    assert!(ratio < 0.6, "{ratio}");
    assert!(hottest(&slower).ends_with("# multiplied"), "{stdout}");
    assert_eq!(functions(&slower), ["multiply"], "{stdout}");

    // The other one is as fast as it was.
    let (outcome, same) = diff(&sandbox, &["--runs=1", "--region=add", rule]);
    let stdout = outcome.exits_with(0).stdout();
    assert!(same.throughput.ratio.value > 0.6, "{stdout}");
    assert_eq!(functions(&same), ["add"], "{stdout}");
}

#[test]
fn regions_are_listed_and_what_is_none_is_named() {
    let sandbox = Sandbox::new();
    let [script, _] = versions(&sandbox);
    let file = sandbox.path("recording.json");
    let record = |arguments: &[&str]| {
        let run = sandbox.profila(["record", "--runs=1", sampler(), "-o"]);
        let run = run.arg(&file).args(arguments).arg("--").arg(&script);
        run.arg("0.3").outcome()
    };
    record(&["--region=adds"]).fails_with(5, &["`adds`", "`both`, `add`, `multiply`"]);
    record(&[]).exits_with(0);
    let recording: Recording = document::read(&fs::read_to_string(&file).unwrap()).unwrap();
    for run in recording.runs() {
        let names: Vec<&str> = run.regions.iter().map(|it| it.name.as_written()).collect();
        assert_eq!(names, ["both", "add", "multiply"]);
        let [both, add, multiply] = &run.regions[..] else {
            panic!("{run:?}");
        };
        assert_eq!(both.units, None);
        let entries = f64::from(u32::try_from(both.entries).unwrap());
        assert_eq!(add.units, Some(500_000.0 * entries));
        assert_eq!(multiply.entries, both.entries);
        assert!(add.seconds + multiply.seconds <= both.seconds);
        assert!(both.seconds <= run.window_s);
    }
    let shown = sandbox.profila(["report"]).arg(&file).outcome();
    let shown = shown.exits_with(0).stdout();
    assert!(shown.contains("`--region NAME`"), "{shown}");
    assert!(shown.contains("`multiply`: "), "{shown}");

    // What was measured cannot be narrowed afterwards, and not be compared with a part of itself.
    let part = sandbox.path("part.json");
    let whole = fs::read_to_string(&file).unwrap();
    let mut narrowed: serde_json::Value = serde_json::from_str(&whole).unwrap();
    narrowed["settings"]["region"] = "add".into();
    fs::write(&part, narrowed.to_string()).unwrap();
    let run = sandbox.profila(["diff"]).arg(&file).arg(&part);
    run.outcome().fails_with(
        2,
        &["the whole window was measured before, the region `add` after"],
    );
}

/// Samples of a parallel loop are those of the region that has begun it, whichever thread they are
/// of; and entries of threads are those of their threads.
#[test]
fn threads_belong_to_regions() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("recording.json");
    let run = sandbox.profila(["annotate", sampler(), "--region=parallel", "--save"]);
    let run = run
        .arg(&file)
        .args(["--", "tests/scripts/regions_of_threads.py"]);
    run.outcome().exits_with(0);
    let recording: Recording = document::read(&fs::read_to_string(&file).unwrap()).unwrap();
    let run = recording.runs().next().unwrap();
    assert_eq!(run.kind, RunKind::Profiled);
    let profile = run.profile.as_ref().unwrap();
    let source = &recording.sources[0];
    let line = |index: usize| source.text.lines().nth(index).unwrap();
    let hottest = profile.lines.iter().max_by_key(|it| it.owned).unwrap();
    assert!(
        line(hottest.line.index()).ends_with("# parallel"),
        "{profile:?}"
    );
    let of_threads = profile.lines.iter();
    let of_threads = of_threads.filter(|it| line(it.line.index()).ends_with("# alone"));
    assert_eq!(of_threads.map(|it| it.owned).sum::<u64>(), 0);
    let [parallel, alone] = &run.regions[..] else {
        panic!("{run:?}");
    };
    assert_eq!(parallel.name.as_written(), "parallel");
    // Two threads at once are open for no longer than one.
    assert_eq!((alone.name.as_written(), alone.entries), ("alone", 2));
    assert_eq!(alone.left_open, 0);
}

/// What began before the first compilation was over did part of its work before the window, and
/// what has no units beside others that have some did an unknown amount.
#[test]
fn what_would_count_in_part_does_not_count() {
    let sandbox = Sandbox::new();
    let script = sandbox.write("partly.py", PARTLY);
    let annotate = |arguments: &[&str]| {
        let run = sandbox.profila(["annotate", sampler()]);
        run.args(arguments).arg("--").arg(&script).outcome()
    };
    let cold = [
        "`cold` 1× before",
        "call the function that is compiled once",
    ];
    annotate(&["--region=cold"]).fails_with(5, &cold);
    annotate(&["--region=mixed"]).fails_with(5, &["1 of the 2 entries", "give the units"]);
    let report = annotate(&[]).exits_with(0).stdout();
    let said = report.replace("\n#", "");
    let said: Vec<&str> = said.split_whitespace().collect();
    let said = said.join(" ");
    for warning in [
        "1 entry of the region `cold` is left out",
        "1 of the 2 entries of the region `mixed` have no units",
    ] {
        assert!(said.contains(warning), "{report}");
    }
    assert!(!said.contains("`cold`: "), "{report}");
    // Entries have units of their own, and threads that have ended make room for others.
    assert!(said.contains("1,504 entries, 1,631 units"), "{report}");
}

const PARTLY: &str = r#"
import threading
import time

import profila
from numba import njit

@njit
def work(x):
    total = 0.0
    for i in range(100000):
        total += i * x
    return total

def work_for_a_while():
    end = time.process_time() + 0.2
    while time.process_time() < end:
        work(1.0)

with profila.region("cold", units=100):
    work_for_a_while()
with profila.region("mixed", units=100):
    work_for_a_while()
with profila.region("mixed"):
    work_for_a_while()

shared = profila.region("shared", units=1)

def enter(units=None, barrier=None):
    with shared as entry:
        if units is not None:
            entry.units = units
            barrier.wait()

def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

barrier = threading.Barrier(2)
run(*(threading.Thread(target=enter, args=(units, barrier)) for units in (10, 20)))
with shared as outer:
    outer.units = 100
    enter()
for _ in range(1500):
    run(threading.Thread(target=enter))
"#;

/// Without profila, under it, and with the package in the script's own environment.
#[test]
fn the_module_is_there_and_harmless() {
    let sandbox = Sandbox::new();
    let modules = repository().join("python");
    let script = sandbox.write("uses_module.py", USES_MODULE);
    let check = |run: crate::harness::Run, expected: &str| {
        let outcome = run.outcome();
        assert_eq!(outcome.status.signal(), Some(9), "{outcome:?}");
        assert!(outcome.stdout().starts_with(expected), "{outcome:?}");
        outcome.stdout()
    };
    let bare = |script: &Path| sandbox.bare([script.to_str().unwrap()]);
    check(
        bare(&script).env("PYTHONPATH", &modules),
        "8 python False\n",
    );
    // It is found though nobody has installed it, and the installed one is used where there is.
    let annotated = || {
        let run = sandbox.profila(["annotate", sampler(), "--"]);
        run.arg(&script)
    };
    let report = check(annotated(), "8 modules True\n");
    assert!(report.contains("#   `work`: "), "{report}");
    assert!(
        report.contains("ended within its region `last`"),
        "{report}"
    );
    check(annotated().env("PYTHONPATH", &modules), "8 python True\n");
    // What one of another version notes cannot be read.
    let other = fs::read_to_string(modules.join("profila/regions.py")).unwrap();
    let installed = sandbox.write(
        "other/profila/regions.py",
        &other.replace("FORM = ", "FORM = 1000"),
    );
    sandbox.write("other/profila/__init__.py", "from .regions import region\n");
    let other = sandbox.profila(["annotate", sampler(), "--region=add", "--"]);
    let other = other.arg(scripts().join("regions.py")).arg("0.2");
    let other = other.env("PYTHONPATH", installed.ancestors().nth(2).unwrap());
    other
        .outcome()
        .fails_with(5, &["another version of profila", "uninstall it there"]);
    // Another module of the same name is the script's own.
    sandbox.write("profila.py", "region = None\n");
    let own = sandbox.write("own.py", "import profila, numba\nprint(profila.region)\n");
    let own = sandbox.profila(["annotate", sampler(), "--"]).arg(own);
    assert!(own.outcome().stdout().starts_with("None\n"));
    assert!(python().exists());
}

const USES_MODULE: &str = r#"
import asyncio
import os
import sys
import time

import profila
from numba import njit

@njit
def work(x):
    total = 0.0
    for i in range(1000):
        total += i * x
    return total

@profila.region("call")
def call(x):
    """Adds."""
    return x + 1

def refused(kind, function):
    try:
        function()
    except kind:
        return True
    return False

assert call(7) == 8 and call.__doc__ == "Adds." and call.__name__ == "call"
assert refused(ValueError, lambda: profila.region(""))
assert refused(ValueError, lambda: profila.region("a" * 201))
assert refused(TypeError, lambda: profila.region(7))
assert refused(AttributeError, lambda: setattr(profila.region("a"), "units", 1))
assert refused(ValueError, lambda: profila.region("a", units=-1))
assert refused(ValueError, lambda: profila.region("a", units=float("nan")))
async def later(): pass
assert refused(TypeError, lambda: profila.region("a")(later))
try:
    with profila.region("fails") as region:
        region.units = 3
        raise KeyError
except KeyError:
    pass
work(1.0)
folder = os.path.basename(os.path.dirname(os.path.dirname(profila.__file__)))
from profila import regions
print(call(7), folder, regions._recorder is not None, flush=True)
with profila.region("work"):
    # A child notes nothing of its own where this process does.
    if os.fork() == 0:
        assert regions._recorder is None
        with profila.region("child"):
            os._exit(0)
    os.wait()
    end = time.process_time() + 0.3
    while time.process_time() < end:
        work(1.0)
with profila.region("last"):
    # Nobody tidies up, and nothing that was noted is lost.
    os.kill(os.getpid(), 9)
"#;
