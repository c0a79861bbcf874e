//! System calls that are refused, as containers do by a filter: what works without them is used,
//! and what does not is said.

use crate::harness::{Outcome, Sandbox, python};
use crate::report;

/// Profiles a short script with a sampler, and without some system calls.
fn without(calls: &[&str], sampler: &str, sandbox: &Sandbox) -> Outcome {
    let run = sandbox.run(&python(), ["tests/scripts/without.py"]);
    let run = run.args(calls).arg("--").arg(env!("CARGO_BIN_EXE_profila"));
    let run = run.args(["annotate", "--sampler", sampler, "--save"]);
    let run = run.arg(sandbox.path("run.json"));
    run.args(["tests/scripts/hot_line.py", "0.4"]).outcome()
}

/// The sampler that took the samples, most of which are good.
#[track_caller]
fn sampled_by(outcome: Outcome, sandbox: &Sandbox) -> String {
    outcome.exits_with(0);
    let recording = sandbox.recording("run.json");
    let samples = report::profile(&recording).samples;
    assert!(samples.numba > 20, "{samples:?}");
    assert!(samples.bad * 20 <= samples.window, "{samples:?}");
    recording.sampler
}

#[test]
fn clocks_that_are_refused_are_passed_over() {
    let sandbox = Sandbox::new();
    let outcome = without(&["perf_event_open"], "perf", &sandbox);
    let phrases = ["perf_event cannot sample", "hint: ", "--sampler gdb"];
    outcome.fails_with(4, &phrases);

    let outcome = without(&["perf_event_open"], "auto", &sandbox);
    let said = outcome.stderr();
    assert!(said.contains("perf_event cannot sample"), "{said}");
    assert!(said.contains("using ptrace"), "{said}");
    assert_eq!(sampled_by(outcome, &sandbox), "ptrace");
}

#[test]
fn tracing_that_is_refused_is_said() {
    let sandbox = Sandbox::new();
    for sampler in ["ptrace", "gdb"] {
        let outcome = without(&["ptrace"], sampler, &sandbox);
        outcome.fails_with(4, &["could not attach", "ptrace", "hint: ", "SYS_PTRACE"]);
    }
}

/// The same memory is in a file.
#[test]
fn memory_is_read_without_the_system_call_for_it() {
    let sandbox = Sandbox::new();
    let outcome = without(&["process_vm_readv"], "ptrace", &sandbox);
    assert_eq!(sampled_by(outcome, &sandbox), "ptrace");

    let outcome = without(&["process_vm_readv"], "auto", &sandbox);
    sampled_by(outcome, &sandbox);
}
