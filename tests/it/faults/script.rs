//! Scripts that end in ways that they should not, and do what scripts seldom do.

use std::fs;
use std::os::unix::process::ExitStatusExt;

use nix::sys::signal::Signal;

use profila::recording::Recording;

use crate::harness::{Outcome, Sandbox, scripts};
use crate::report::{self, Report};

/// A script that a signal ends. In `annotate` the report follows, and says so.
#[track_caller]
fn check_death(script: &str, argument: &str, signal: Signal) -> Report {
    let sandbox = Sandbox::new();
    let annotate = sandbox.profila(["annotate", script, argument]);
    let outcome = annotate.outcome();
    assert_eq!(outcome.status.signal(), Some(signal as i32), "{outcome:?}");
    let report = Report::read(&outcome.stdout());
    let [warning] = &report.warnings[..] else {
        panic!("one warning, not {:?}", report.warnings);
    };
    assert!(
        warning.contains(&format!("was killed by {signal}")),
        "{warning}"
    );
    report
}

#[test]
fn a_script_that_is_killed() {
    check_death("tests/scripts/dies.py", "SIGKILL", Signal::SIGKILL);
}

#[test]
fn a_script_that_dies_in_native_code() {
    check_death("tests/scripts/dies.py", "SIGSEGV", Signal::SIGSEGV);
}

#[test]
fn a_script_that_dies_in_compiled_code() {
    let report = check_death("tests/scripts/dies_in_numba.py", "", Signal::SIGSEGV);
    let hot = report.file("tests/scripts/dies_in_numba.py").hottest();
    assert!(hot.ends_with("# hot"), "{hot}");
}

#[test]
fn a_script_that_dies_in_a_diff() {
    let sandbox = Sandbox::new();
    let script = "tests/scripts/dies_in_numba.py";
    let diff = sandbox.profila(["diff", "--runs=1", script, script]);
    let outcome = diff.outcome();
    outcome.fails_with(5, &["in round 1 was killed by SIGSEGV", "hint: "]);
}

#[test]
fn a_script_that_is_killed_before_there_is_anything_to_report() {
    let sandbox = Sandbox::new();
    let code = "import numba, os; os.kill(os.getpid(), 9)";
    let outcome = sandbox.profila(["annotate", "--", "-c", code]).outcome();
    assert_eq!(outcome.status.signal(), Some(9), "{outcome:?}");
    let said =
        "the script was killed by SIGKILL; no profile: `-c` never compiled a Numba function\n";
    assert_eq!(outcome.stderr(), said);
}

/// At this rate the script stands still for most of the time, also when it is killed.
#[test]
fn a_script_that_is_killed_while_it_stands_still() {
    for _ in 0..3 {
        let sandbox = Sandbox::new();
        let annotate = sandbox.profila(["annotate", "--rate=1000", "--max-stopped=90%"]);
        let outcome = annotate.arg("tests/scripts/is_killed.py").outcome();
        assert_eq!(outcome.status.signal(), Some(9), "{outcome:?}");

        Report::read(&outcome.stdout());
    }
}

#[test]
fn a_script_that_closes_all_descriptors_before_it_imports_numba() {
    let sandbox = Sandbox::new();
    let annotate = sandbox.profila(["annotate", "tests/scripts/closes_descriptors.py", "early"]);
    let outcome = annotate.outcome();
    let phrases = ["closed the descriptor", "before Numba compiled", "hint: "];
    let outcome = outcome.fails_with(5, &phrases);
    let sizes = "sizes: {0}\n";
    assert_eq!(outcome.stdout(), sizes, "{outcome:?}");
}

/// A script of a test's own, recorded.
#[track_caller]
fn recorded(sandbox: &Sandbox, script: &str) -> Recording {
    let annotate = sandbox.profila(["annotate", "--save"]);
    let annotate = annotate.arg(sandbox.path("run.json")).arg("--python");
    let annotate = annotate.arg(crate::harness::python());
    annotate.arg(sandbox.path(script)).outcome().exits_with(0);
    sandbox.recording("run.json")
}

/// The hot line of a script of a test's own, and what is to be warned of.
#[track_caller]
fn hot_text(sandbox: &Sandbox, script: &str) -> (String, Vec<String>) {
    let recording = recorded(sandbox, script);
    report::check_sums(&recording);
    let hot = report::text_of(&recording, report::hottest(&recording));
    let warnings = recording.warnings.iter();
    let warnings = warnings.map(|it| it.as_written().to_owned());
    (hot.to_owned(), warnings.collect())
}

fn hot_script() -> String {
    let script = fs::read_to_string(scripts().join("cached.py")).unwrap();
    let (script, _) = script.split_once("print(").unwrap();
    script.replace("(cache=True)", "")
}

#[test]
fn a_path_with_spaces_quotes_and_line_breaks() {
    let sandbox = Sandbox::new();
    let script = "a \"folder\"\n'of' $HOME/s c,r=i{p}t.py";
    sandbox.write(script, &hot_script());
    let (hot, warnings) = hot_text(&sandbox, script);
    assert!(hot.ends_with("# hot"), "{hot}");
    assert!(warnings.is_empty(), "{warnings:?}");
}

/// Numba reads the source as UTF-8 for its debug information, and fails where it is
/// not. A script must not fail because it is watched.
#[test]
fn a_source_that_is_not_in_utf_8() {
    let sandbox = Sandbox::new();
    let text = format!("# -*- coding: latin-1 -*-\n{}", hot_script());
    let text = text.replace("# hot", "# h\u{f4}t");
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    fs::write(sandbox.path("latin.py"), bytes).unwrap();
    let (hot, warnings) = hot_text(&sandbox, "latin.py");
    assert!(hot.ends_with("# hôt"), "{hot}");
    assert!(warnings.is_empty(), "{warnings:?}");
}

/// A script that does something with its module while that works.
fn with_module(sandbox: &Sandbox, then: &str) -> &'static str {
    sandbox.write("module.py", &hot_script());
    sandbox.write("script.py", &format!("import os, module\n{then}\n"));
    "script.py"
}

#[test]
fn a_source_that_is_removed_while_it_runs() {
    let sandbox = Sandbox::new();
    let recording = recorded(
        &sandbox,
        with_module(&sandbox, "os.remove(module.__file__)"),
    );
    let [said] = &recording.warnings[..] else {
        panic!("one warning, not {:?}", recording.warnings);
    };
    let said = said.as_written();
    assert!(said.contains("module.py is unknown"), "{said}");
    let hot = report::hottest(&recording);
    assert!(hot.file.ends_with("module.py"), "{hot:?}");
    let number = usize::try_from(hot.line.get()).unwrap();
    let line = hot_script().lines().nth(number - 1).map(str::to_owned);
    assert!(line.unwrap().ends_with("# hot"), "{hot:?}");
}

#[test]
fn a_source_that_is_changed_while_it_runs() {
    let sandbox = Sandbox::new();
    let then = "open(module.__file__, 'a').write('# changed')";
    let (hot, warnings) = hot_text(&sandbox, with_module(&sandbox, then));
    let [said] = &warnings[..] else {
        panic!("one warning, not {warnings:?}");
    };
    assert!(
        said.contains("module.py was changed during the measurement"),
        "{said}"
    );
    assert!(hot.ends_with("# hot"), "{hot}");
}

/// No file may get larger than so many blocks of 512 bytes, which stands for a disk that is
/// full.
fn with_limit(sandbox: &Sandbox, blocks: u32, arguments: &[&str]) -> Outcome {
    let shell = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let run = sandbox.run("/bin/sh".as_ref(), ["-c", &shell, "sh"]);
    run.arg(env!("CARGO_BIN_EXE_profila"))
        .args(arguments)
        .outcome()
}

#[test]
fn a_full_folder_for_temporary_files() {
    let sandbox = Sandbox::new();
    let outcome = with_limit(&sandbox, 2, &["annotate", "tests/scripts/hot_line.py"]);
    let phrases = ["failed to create temporary files in `/", "TMPDIR=PATH"];
    outcome.fails_with(4, &phrases);
}

#[test]
fn a_full_disk() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("run.json", "what was there before");
    let save = format!("--save={}", file.display());
    // The recording has the source of the script, which is larger than that.
    let text = fs::read_to_string("tests/scripts/hot_line.py").unwrap();
    let text = text + &"# A line that is long and says nothing.\n".repeat(5_000);
    let script = sandbox.write("hot_line.py", &text);
    let script = script.to_str().unwrap();
    let outcome = with_limit(&sandbox, 128, &["annotate", &save, script, "0.5"]);
    let outcome = outcome.fails_with(4, &["failed to write", "run.json", "cause: "]);
    // The report is not lost with the recording, nor is what was there before.
    Report::read(&outcome.stdout());
    assert_eq!(fs::read_to_string(&file).unwrap(), "what was there before");
    assert_eq!(fs::read_dir(sandbox.files()).unwrap().count(), 2);

    let outcome = sandbox
        .profila(["annotate", "--save=/dev/full", script, "0.5"])
        .outcome();
    let outcome = outcome.fails_with(4, &["failed to write `/dev/full`", "No space left"]);
    Report::read(&outcome.stdout());
}
