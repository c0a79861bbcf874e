//! The samplers beside gdb: what they see of a script is what gdb sees, and where the system
//! does not allow one, that is said.

use std::fs;

use profila::recording::Recording;

use crate::harness::{Outcome, Sandbox, repository};
use crate::report;

/// Whether something of this machine may forbid the kernel's clocks.
fn perf_may_be_forbidden() -> bool {
    let paranoid = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid");
    let paranoid = paranoid.ok().and_then(|it| it.trim().parse::<i32>().ok());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    paranoid.is_none_or(|it| it > 2) || !status.contains("Seccomp:\t0")
}

/// Whether this machine allows the kernel's clocks. Where it does not, what is checked is that
/// profila says so.
#[track_caller]
fn perf_is_allowed(outcome: &Outcome) -> bool {
    let is_refused = outcome.stderr().contains("perf_event cannot sample");
    if is_refused {
        assert!(perf_may_be_forbidden(), "{outcome:?}");
        let phrases = ["perf_event", "hint: ", "--sampler gdb"];
        outcome.clone().fails_with(4, &phrases);
    }
    !is_refused
}

/// Records a script with the kernel's clocks, where they are allowed.
#[track_caller]
fn recorded(script: &str, arguments: &[&str]) -> Option<(Recording, Outcome)> {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--sampler=perf", "--save"]);
    let run = run.arg(sandbox.path("run.json"));
    let run = run.arg(format!("tests/scripts/{script}")).args(arguments);
    let outcome = run.env("NUMBA_NUM_THREADS", "2").outcome();
    if !perf_is_allowed(&outcome) {
        return None;
    }
    let outcome = outcome.exits_with(0);
    Some((sandbox.recording("run.json"), outcome))
}

/// The part of the samples in compiled code that lines have which end with a mark.
#[expect(
    clippy::cast_precision_loss,
    reason = "there are some thousand samples"
)]
fn share(recording: &Recording, mark: &str) -> f64 {
    let profile = report::profile(recording);
    let lines = profile.lines.iter();
    let marked = lines.filter(|line| report::text_of(recording, line).ends_with(mark));
    let owned: u64 = marked.map(|line| line.owned).sum();
    owned as f64 / profile.samples.numba as f64
}

#[track_caller]
fn check(script: &str, arguments: &[&str], least: f64) {
    let Some((recording, outcome)) = recorded(script, arguments) else {
        return;
    };
    let hot = share(&recording, "# hot");
    assert!(hot >= least, "{hot}: {outcome:?}");
    let profile = report::profile(&recording);
    // It is never stopped, and what it runs is read.
    assert!(profile.stopped_s.abs() < f64::EPSILON, "{profile:#?}");
    let samples = profile.samples;
    assert!(samples.bad * 50 <= samples.window, "{samples:?}");
}

#[test]
fn the_hot_line_is_first_and_there_are_many_samples() {
    let Some((recording, outcome)) = recorded("hot_line.py", &["0.5"]) else {
        return;
    };
    report::check_sums(&recording);
    assert_eq!(recording.sampler, "perf_event");
    assert!((recording.settings.rate_hz - 1000.0).abs() < f64::EPSILON);
    let hottest = report::hottest(&recording);
    assert!(
        report::text_of(&recording, hottest).ends_with("# hot"),
        "{outcome:?}"
    );
    // Half a second of processor time, of which a clock of 100 Hz would see 50.
    let samples = report::profile(&recording).samples;
    assert!(samples.numba > 150, "{samples:?}");
}

/// What the C library does is on the line that calls it, which takes a look at the stack.
#[test]
fn libraries_are_on_the_line_that_calls_them() {
    check("lines/scalar_numpy.py", &[], 0.5);
}

#[test]
fn threads_that_start_later_are_sampled_too() {
    check("lines/prange_elementwise.py", &[], 0.55);
    let Some((recording, outcome)) = recorded("parallel.py", &["0.6"]) else {
        return;
    };
    let counts = report::profile(&recording).samples;
    assert_eq!(counts.most_threads, 2, "{outcome:?}");
    // Costs are of both together.
    let threads = counts.thread_seconds_per_second();
    assert!((1.0..2.2).contains(&threads), "{counts:?}");
}

/// Its functions need tens of KiB of the stack, of which the kernel notes a part at first. Those in
/// assembly cannot be followed, and are said to be unread.
#[test]
fn deep_stacks_are_noted_once_there_are_some() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--sampler=perf", "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg("--python");
    let run = run.arg(repository().join(".venv-libraries/bin/python"));
    let run = run.arg("tests/scripts/calls_blas.py");
    let outcome = run.env("OPENBLAS_NUM_THREADS", "1").outcome();
    if !perf_is_allowed(&outcome) {
        return;
    }
    let recording = sandbox.recording("run.json");
    let counts = report::profile(&recording).samples;
    assert!(counts.other * 10 <= counts.window, "{counts:?}");
    assert!(counts.numba > 0, "{counts:?}");
}

#[test]
fn code_without_a_line_of_the_users_is_followed_to_one() {
    check("lines/ufuncs.py", &["generalized"], 0.65);
    check("lines/array_expression.py", &["serial"], 0.75);
}

/// A script that sleeps waits, and the samples say for how long.
#[test]
fn time_without_work_is_waiting() {
    let sandbox = Sandbox::new();
    let script = "import time\nfrom work import work\nwork(0.2)\ntime.sleep(0.5)\nwork(0.2)\n";
    let script = sandbox.write("sleeps.py", script);
    let run = sandbox.profila(["annotate", "--sampler=perf", "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg(script);
    let outcome = run.env("PYTHONPATH", crate::harness::scripts()).outcome();
    if !perf_is_allowed(&outcome) {
        return;
    }
    let recording = sandbox.recording("run.json");
    let samples = report::profile(&recording).samples;
    // Half a second at 1,000 Hz, and none of it twice.
    assert!((400..=600).contains(&samples.waiting), "{samples:?}");
}

#[test]
fn auto_takes_what_works_here() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--sampler=auto", "--save"]);
    let run = run.arg(sandbox.path("run.json"));
    let run = run.args(["tests/scripts/hot_line.py", "0.4"]);
    run.outcome().exits_with(0);
    let sampler = sandbox.recording("run.json").sampler;
    let works = sandbox.profila(["doctor", "--json"]).outcome().stdout();
    let perf_works = works.contains("the kernel's clocks work here");
    assert_eq!(sampler == "perf_event", perf_works, "{sampler}: {works}");
}

#[test]
fn two_versions_are_compared() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["diff", "--runs=1", "--sampler=perf", "--save"]);
    let run = run.arg(sandbox.path("runs"));
    let run = run.args([
        "examples/dither2.py",
        "examples/dither2_reordered.py",
        "--",
        "0.4",
    ]);
    let outcome = run.outcome();
    if perf_is_allowed(&outcome) {
        let stdout = outcome.exits_with(0).stdout();
        assert!(stdout.contains("perf_event"), "{stdout}");
        report::check_sums(&sandbox.recording("runs/dither2.py.json"));
    }
}
