//! A gdb that does not do what a gdb does.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use profila::recording::{Recording, SampleCounts};

use crate::harness::{Outcome, Run, Sandbox, python};
use crate::report;

/// A gdb with a fault, built from `fake_gdb.rs`.
fn fake_gdb() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        // `cargo test --test it` does not build it.
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--example", "fake_gdb"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
        let tests = std::env::current_exe().unwrap();
        tests.ancestors().nth(2).unwrap().join("examples/fake_gdb")
    })
}

fn with_fault(sandbox: &Sandbox, command: &str, fault: &str) -> Run {
    let real = profila::sampler::gdb::find(None, &python()).unwrap();
    let run = sandbox.profila([command, "--gdb"]).arg(fake_gdb());
    let run = run.env("FAKE_GDB", fault).env("REAL_GDB", real);
    // Of these the script says when it is at work.
    let is_death = ["dies", "ends-in-line", "closes"]
        .iter()
        .any(|it| fault.starts_with(it));
    if is_death {
        run.env("AT_WORK", sandbox.path("at-work"))
    } else {
        run
    }
}

/// A script that takes a second, and says when it is done.
const SCRIPT: &str = "tests/scripts/outlives_gdb.py";

/// Runs a script under a gdb with a fault that is the end of the profile. The script has
/// the user's own streams and is left to finish; then the error is told.
#[track_caller]
fn check_error(fault: &str, phrases: &[&str]) {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", fault).arg(SCRIPT);
    let outcome = run.outcome().fails_with(4, phrases);
    assert_eq!(outcome.stdout(), "compiled: 42\nthe script is done\n");
}

/// Runs a script under a gdb with a fault that costs a sample or nothing.
#[track_caller]
fn check_noted(fault: &str, note: impl Fn(&SampleCounts) -> bool) -> Outcome {
    check_noted_in(SCRIPT, fault, note)
}

#[track_caller]
fn check_noted_in(script: &str, fault: &str, note: impl Fn(&SampleCounts) -> bool) -> Outcome {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", fault).arg("--save");
    let run = run.arg(sandbox.path("run.json")).arg(script);
    let outcome = run.outcome().exits_with(0);
    let recording: Recording = sandbox.recording("run.json");
    report::check_sums(&recording);
    let samples = &recording.blocks[0].runs[0]
        .profile
        .as_ref()
        .unwrap()
        .samples;
    assert!(note(samples), "{samples:?}");
    outcome
}

#[test]
fn a_gdb_that_says_nothing_and_does_not_end() {
    let phrases = ["gdb did not answer within", "attaching", "hint: "];
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "silent").arg(SCRIPT);
    // The script waits for gdb. It has not begun, and need not.
    let outcome = run.outcome().fails_with(4, &phrases);
    assert_eq!(outcome.stdout(), "");
}

#[test]
fn a_gdb_that_prints_a_line_without_an_end() {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "endless-line").arg(SCRIPT);
    run.outcome()
        .fails_with(4, &["a line of more than", "hint: "]);
}

#[test]
fn a_gdb_that_prints_lines_without_an_end() {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "flood").arg(SCRIPT);
    run.outcome()
        .fails_with(4, &["gdb did not answer within", "hint: "]);
}

#[test]
fn garbage_is_passed_over() {
    check_noted("garbage-first", |samples| samples.numba > 0);
    check_noted("garbage@9", |samples| samples.numba > 0);
}

#[test]
fn a_long_line_is_passed_over() {
    check_noted("long-line@9", |samples| samples.numba > 0);
}

#[test]
fn a_gdb_that_dies_while_it_samples() {
    check_error("dies@9", &["gdb ended while profila", "hint: "]);
}

/// Its child holds the pipe open on which its last words are awaited.
#[test]
fn a_gdb_that_leaves_a_child_behind() {
    let sandbox = Sandbox::new();
    // Whoever waited for an hour would be taken to hang.
    let gdb = sandbox.write_program("gdb", "sleep 3600 >/dev/null </dev/null &\nexit 1");
    let run = sandbox.profila(["annotate", "--gdb"]).arg(&gdb).arg(SCRIPT);
    run.outcome().fails_with(4, &["gdb ended while profila"]);
}

/// Then the script's own exit code is passed on, as ever where it is not 0.
#[test]
fn a_gdb_that_dies_under_a_script_that_fails() {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "dies@9").args([SCRIPT, "3"]);
    let outcome = run.outcome().exits_with(3);
    let said = "no profile: gdb ended while profila";
    assert!(outcome.stderr().starts_with(said), "{outcome:?}");
}

#[test]
fn a_gdb_that_dies_within_a_line() {
    check_error("ends-in-line@9", &["gdb ended while profila", "hint: "]);
}

#[test]
fn a_gdb_that_closes_its_output() {
    check_error("closes@9", &["gdb ended while profila", "hint: "]);
}

#[test]
fn a_gdb_that_says_nothing_any_more() {
    check_error(
        "mute@9",
        &["gdb did not answer within", "stopping the script"],
    );
}

#[test]
fn a_gdb_that_cuts_a_line() {
    check_error(
        "cuts-line@9",
        &["gdb did not answer within", "stopping the script"],
    );
}

#[test]
fn a_gdb_that_never_says_that_the_script_has_stopped() {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "never-stopped").arg(SCRIPT);
    run.outcome()
        .fails_with(4, &["gdb did not answer within", "attaching"]);
}

/// In `diff` nobody waits for the script.
#[test]
fn a_gdb_that_dies_in_a_diff() {
    let sandbox = Sandbox::new();
    let forever = "tests/scripts/outlives_gdb.py";
    let run = with_fault(&sandbox, "diff", "dies@9").args(["--runs=1", forever, forever]);
    let outcome = run.outcome().fails_with(4, &["gdb ended while profila"]);
    assert_eq!(outcome.stdout(), "");
}

/// It cannot be told what is true. What counts is that it comes to an end: the script
/// does, and there is a report or an error.
#[test]
fn a_gdb_that_lies() {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "lies@9").arg(SCRIPT);
    let outcome = run.outcome();
    assert!(matches!(outcome.status.code(), Some(0 | 4)), "{outcome:?}");
    let stdout = outcome.stdout();
    assert!(
        stdout.starts_with("compiled: 42\nthe script is done\n"),
        "{stdout}"
    );
}

const CONSOLE: &str = "-interpreter-exec console";

/// Among them is the one by which gdb listens while the script runs: on a busy machine it may
/// then never come to a sample, which is said.
#[test]
fn a_gdb_that_refuses_all_settings() {
    let sandbox = Sandbox::new();
    let run = with_fault(&sandbox, "annotate", "refuses -gdb-set").arg(SCRIPT);
    let outcome = run.outcome();
    let stdout = outcome.stdout();
    assert!(
        stdout.starts_with("compiled: 42\nthe script is done\n"),
        "{outcome:?}"
    );
    match outcome.status.code() {
        Some(0) => assert!(stdout.contains("# Total samples: "), "{outcome:?}"),
        _ => drop(outcome.fails_with(4, &["no sample of", "hint: "])),
    }
}

#[test]
fn a_gdb_that_refuses_what_can_be_done_without() {
    for command in [
        "-gdb-version",
        &format!("{CONSOLE} \"maintenance"),
        "-file-exec-file",
        &format!("{CONSOLE} \"sharedlibrary"),
        "-gdb-exit",
    ] {
        check_noted(&format!("refuses {command}"), |samples| samples.numba > 0);
    }
}

#[test]
fn a_gdb_that_refuses_to_read_stacks() {
    // Where the stop itself shows a line of the user's, no stack is needed.
    check_noted("refuses -stack-list-frames", |samples| samples.numba > 0);
    let calls_library = "tests/scripts/calls_libm.py";
    check_noted_in(calls_library, "refuses -stack-list-frames", |samples| {
        samples.bad > 0
    });
    let outcome = check_noted("refuses -thread-info", |samples| {
        samples.bad * 2 > samples.window
    });
    let warning = "samples could not be read";
    assert!(outcome.stdout().contains(warning), "{outcome:?}");
}

#[test]
fn a_gdb_that_refuses_what_is_needed() {
    for (command, phrase) in [
        (&*format!("{CONSOLE} \"handle"), "cannot be used as gdb"),
        (
            &*format!("{CONSOLE} \"add-symbol-file"),
            "cannot be used as gdb",
        ),
        ("-target-attach", "profila could not attach to the script"),
        ("-exec-continue", "cannot be used as gdb"),
    ] {
        let sandbox = Sandbox::new();
        let run = with_fault(&sandbox, "annotate", &format!("refuses {command}"));
        let outcome = run.arg(SCRIPT).outcome();
        outcome.fails_with(4, &[phrase, "refused on purpose", "hint: "]);
    }
}
