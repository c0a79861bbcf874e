//! Worker processes are followed: those of `multiprocessing`, of `concurrent.futures` and of
//! joblib.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use profila::compare::{Comparison, MetricVerdict};
use profila::document;
use profila::recording::{Processes, Recording};

use crate::harness::{Outcome, Run, Sandbox, python, repository, scripts};
use crate::report;

/// A Python with joblib.
#[track_caller]
fn python_with_joblib() -> PathBuf {
    let environment = repository().join(".venv-libraries");
    assert!(
        environment.join(".workers").exists(),
        "run `make libraries`"
    );
    environment.join("bin/python")
}

/// Profiles a script, with its children, in this Python.
fn followed(sandbox: &Sandbox, python: PathBuf) -> Run {
    let run = sandbox.profila(["annotate", "--sampler=auto", "--children=follow", "--save"]);
    let run = run.arg(sandbox.path("run.json"));
    run.arg("--python").arg(python).arg("--")
}

/// The processes of the one run.
#[track_caller]
fn processes(recording: &Recording) -> Processes {
    let run = &recording.blocks[0].runs[0];
    run.processes.expect("children were followed")
}

/// Checks that workers that are started in this way are followed, and that the script does what
/// it does by itself.
#[track_caller]
fn check_workers(kind: &str, python: PathBuf) {
    let sandbox = Sandbox::new();
    let script = scripts().join("workers.py");
    let alone = Command::new(&python).arg(&script).arg(kind).output();
    let alone = String::from_utf8(alone.unwrap().stdout).unwrap();
    let sum = alone.lines().next().expect("it prints a sum");

    let run = followed(&sandbox, python).arg(script).arg(kind);
    let outcome = run.outcome().succeeds();
    let stdout = outcome.stdout();
    assert_eq!(stdout.lines().next(), Some(sum), "{stdout}");
    let words = "# 2 worker processes were followed; ";
    assert!(stdout.contains(words), "{stdout}");

    let recording = sandbox.recording("run.json");
    report::check_sums(&recording);
    let hot = report::hottest(&recording);
    let text = report::text_of(&recording, hot);
    assert!(text.ends_with("# hot"), "{stdout}");
    let processes = processes(&recording);
    assert_eq!((processes.followed, processes.unwatched), (2, 0));
    assert!(processes.seconds > 0.0, "{processes:?}");
}

#[test]
fn forks_of_multiprocessing_are_followed() {
    check_workers("fork", python());
}

#[test]
fn workers_that_are_spawned_are_followed() {
    check_workers("spawn", python());
}

#[test]
fn workers_of_a_fork_server_are_followed() {
    check_workers("forkserver", python());
}

#[test]
fn workers_of_an_executor_are_followed() {
    check_workers("futures", python());
}

#[test]
fn workers_of_joblib_are_followed() {
    check_workers("loky", python_with_joblib());
}

#[test]
fn a_line_of_workers_that_is_slower_is_found() {
    let sandbox = Sandbox::new();
    let before = scripts().join("workers.py");
    let text = fs::read_to_string(&before).unwrap();
    let slower = text.replace("STEPS = 1\n", "STEPS = 8\n");
    assert_ne!(text, slower);
    let json = sandbox.path("comparison.json");
    let run = sandbox.profila(["diff", "--sampler=auto", "--children=follow", "--runs=3"]);
    let run = run.arg("--export-json").arg(&json).arg(before);
    let run = run.arg(sandbox.write("slower.py", &slower));
    let outcome = run.args(["--", "fork", "16"]).outcome().exits_with(0);
    let stdout = outcome.stdout();
    let written = fs::read_to_string(json).unwrap();
    let comparison: Comparison = document::read(&written).unwrap();

    assert_eq!(comparison.throughput.verdict, MetricVerdict::Slower);
    assert_eq!(comparison.before.followed, Some(2));
    assert_eq!(comparison.after.followed, Some(2));
    let words = "Process time of one task";
    assert!(stdout.contains(words), "{stdout}");
    let words = "2 worker processes were";
    assert!(stdout.contains(words), "{stdout}");
    let hot = comparison.lines.iter().find_map(|line| {
        let (before, after) = (line.before.as_ref()?, line.after.as_ref()?);
        let is_hot = before.text.ends_with("# hot");
        is_hot.then_some((before.cost_s.value, after.cost_s.value))
    });
    let (before, after) = hot.expect("the line has samples on both sides");
    assert!(after > 1.7 * before, "{before} → {after}: {stdout}");
}

/// What the worker of [`with_worker`] computes in.
const SUM: &str = "\
import os, signal, sys, time
from numba import njit

@njit
def roots(count):
    total = 0.0
    for i in range(count):
        total += i ** 0.5  # hot
    return total

def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        roots(1_000_000)

roots(1)
child = os.fork()
";

/// Profiles a script with a fork that does something, while the script does something else.
fn with_worker(sandbox: &Sandbox, child: &str, main: &str) -> Outcome {
    let text = format!("{SUM}if child == 0:\n    {child}\n    os._exit(0)\n{main}\n");
    let script = sandbox.write("worker.py", &text);
    followed(sandbox, python()).arg(script).outcome()
}

/// Checks that the hot line has samples, of one worker.
#[track_caller]
fn check_one_worker(sandbox: &Sandbox) {
    let recording = sandbox.recording("run.json");
    assert_eq!(processes(&recording).followed, 1);
    let hot = report::hottest(&recording);
    assert!(report::text_of(&recording, hot).ends_with("# hot"));
    assert!(hot.owned > 20, "{hot:?}");
}

#[test]
fn a_worker_that_is_killed_has_its_samples() {
    let sandbox = Sandbox::new();
    let child = "work(0.5); os.kill(os.getpid(), signal.SIGKILL)";
    let main = "print('ended by', os.WTERMSIG(os.waitpid(child, 0)[1]))";
    let outcome = with_worker(&sandbox, child, main).succeeds();
    assert!(outcome.stdout().starts_with("ended by 9\n"), "{outcome:?}");
    check_one_worker(&sandbox);
}

#[test]
fn a_worker_that_outlives_the_script_is_not_waited_for() {
    let sandbox = Sandbox::new();
    let outcome = with_worker(&sandbox, "work(3600)", "time.sleep(0.5); print('over')");
    // It goes on, as it would without profila.
    sandbox.kill_all("worker.py");
    let outcome = outcome.succeeds();
    assert!(outcome.stdout().starts_with("over\n"), "{outcome:?}");
    check_one_worker(&sandbox);
}

#[test]
fn children_that_are_ignored_see_nothing_and_are_not_seen() {
    let sandbox = Sandbox::new();
    let text = format!(
        "{SUM}if child == 0:\n    os._exit(0)\nwork(0.3)\nimport subprocess\n\
         code = 'import os; print([name for name in os.environ if name.startswith(\"PROFILA\")])'\n\
         print(subprocess.check_output([sys.executable, '-c', code], text=True))\n"
    );
    let script = sandbox.write("alone.py", &text);
    let run = sandbox.profila(["annotate", "--sampler=auto", "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg(script);
    let outcome = run.outcome().succeeds();
    assert!(
        !outcome.stdout().contains("PROFILA_CHILDREN"),
        "{outcome:?}"
    );
    assert!(
        !outcome.stdout().contains("PROFILA_BOOTSTRAP"),
        "{outcome:?}"
    );
    let recording = sandbox.recording("run.json");
    assert_eq!(recording.blocks[0].runs[0].processes, None);
}

#[test]
fn gdb_and_children_exclude_each_other() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--children=follow", "--sampler=gdb"]);
    let outcome = run.arg("tests/scripts/workers.py").outcome();
    outcome.fails_with(2, &["gdb watches one process", "--sampler auto"]);
}

#[test]
fn children_and_a_region_exclude_each_other() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--children=follow", "--region=load"]);
    let outcome = run.arg("tests/scripts/workers.py").outcome();
    outcome.fails_with(2, &["the region `load`", "hint: "]);
}
