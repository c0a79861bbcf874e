//! What goes wrong: one clear message, the right exit code, and nothing left behind.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::harness::{Outcome, Run, Sandbox, python, repository};

/// A script that works.
const SCRIPT: &str = "tests/scripts/calls_libm.py";

/// Runs `profila` in the repository, and checks how it fails.
#[track_caller]
fn check(arguments: &[&str], code: i32, phrases: &[&str]) -> Outcome {
    let sandbox = Sandbox::new();
    let outcome = sandbox.profila(arguments).outcome();
    outcome.fails_with(code, phrases)
}

#[test]
fn no_script() {
    let phrases = ["there is no script `tests/none.py`"];
    for arguments in [
        &["annotate", "tests/none.py"][..],
        &["diff", "tests/none.py", SCRIPT],
        &["diff", SCRIPT, "tests/none.py"],
        &["record", "-o", "/nowhere/run.json", "tests/none.py"],
    ] {
        let outcome = check(arguments, 2, &phrases);
        assert_eq!(outcome.stdout(), "");
    }
}

#[test]
fn a_notebook_is_no_script() {
    let phrases = [
        "`examples/notebook.ipynb` is a notebook",
        "nbconvert",
        "%%profila",
    ];
    check(&["annotate", "examples/notebook.ipynb"], 2, &phrases);
    check(&["diff", SCRIPT, "examples/notebook.ipynb"], 2, &phrases);
}

#[test]
fn no_command_line_that_makes_sense() {
    check(&["annotate"], 2, &["SCRIPT"]);
    check(&["diff", SCRIPT], 2, &["compares two versions", "--base"]);
    check(&["diff", "--rate", "fast", SCRIPT, SCRIPT], 2, &["--rate"]);
    check(&["diff", SCRIPT, "run.json"], 2, &["is a script, but"]);
    for command in ["annotate", "diff", "record"] {
        let phrases = ["no option `--pid`", "has to start the script itself"];
        check(&[command, "--pid", "17"], 2, &phrases);
    }
}

#[test]
fn a_script_whose_name_is_no_text() {
    let sandbox = Sandbox::new();
    let name: &OsStr = OsStrExt::from_bytes(b"none-\xff.py");
    let run = sandbox.profila(["diff"]).arg(name).arg(SCRIPT);
    run.outcome().fails_with(2, &["there is no script `none-"]);
}

#[test]
fn no_python_where_it_was_said_to_be() {
    let arguments = ["annotate", "--python", "/nowhere/python", SCRIPT];
    let phrases = ["`/nowhere/python` cannot be used", "hint: ", "--python"];
    check(&arguments, 4, &phrases);
}

#[test]
fn no_python_at_all() {
    let sandbox = Sandbox::new();
    let script = sandbox.write("script.py", "");
    let run = sandbox.profila(["annotate"]).arg(&script);
    // There is no `.venv` in this folder, and nothing on this PATH.
    run.current_dir(sandbox.files())
        .env("PATH", sandbox.files())
        .outcome()
        .fails_with(4, &["no Python interpreter was found", ".venv", "hint: "]);
}

#[test]
fn a_python_that_is_none() {
    let arguments = ["annotate", "--python", "/bin/true", SCRIPT];
    check(
        &arguments,
        4,
        &["`/bin/true` cannot be used", "printed nothing"],
    );
}

#[test]
fn a_python_without_numba() {
    let sandbox = Sandbox::new();
    let venv = ["-m", "venv", "--without-pip"];
    let made = sandbox.bare(venv).arg(sandbox.path("venv")).outcome();
    made.exits_with(0);
    sandbox
        .profila(["annotate", SCRIPT])
        .env("VIRTUAL_ENV", sandbox.path("venv"))
        .outcome()
        .fails_with(4, &["Numba is not installed", "-m pip install numba"]);
}

#[test]
fn no_gdb_where_it_was_said_to_be() {
    let arguments = ["annotate", "--gdb", "no-such-gdb", SCRIPT];
    check(
        &arguments,
        4,
        &["gdb was not found", "no-such-gdb", "hint: "],
    );
}

#[test]
fn no_gdb_at_all() {
    let sandbox = Sandbox::new();
    // An environment without a gdb beside its Python.
    let lent = format!("exec '{}' \"$@\"", python().display());
    let python = sandbox.write_program("bin/python", &lent);
    sandbox
        .profila(["annotate", "--python"])
        .arg(&python)
        .arg(SCRIPT)
        .env("PATH", sandbox.files())
        .outcome()
        .fails_with(4, &["gdb was not found", "gdb on PATH", "gdb-for-pwndbg"]);
}

/// As `pipx` and `uv tool` install it: by a link to a program beside which there is a gdb, which
/// is none here.
#[test]
fn the_gdb_of_the_environment_that_profila_is_in() {
    let sandbox = Sandbox::new();
    let lent = format!("exec '{}' \"$@\"", python().display());
    let python = sandbox.write_program("bin/python", &lent);
    let gdb = sandbox.write_program("own/bin/gdb", "exit 1");
    let program = gdb.with_file_name("profila");
    fs::copy(env!("CARGO_BIN_EXE_profila"), &program).unwrap();
    let link = sandbox.path("profila");
    symlink(program, &link).unwrap();
    let run = sandbox.run(&link, ["annotate", "--python"]).arg(&python);
    let run = run.arg(SCRIPT).env("PATH", sandbox.files());
    run.outcome().fails_with(4, &["gdb ended while"]);
}

#[test]
fn a_gdb_that_is_none() {
    let arguments = ["annotate", "--gdb", "/bin/true", "tests/scripts/forever.py"];
    check(&arguments, 4, &["gdb", "hint: ", "--gdb PATH"]);
}

#[test]
fn a_gdb_that_is_too_old() {
    let sandbox = Sandbox::new();
    let says_so = r#"read command; printf '%s\n' '~"GNU gdb (GDB) 9.2\n"' 1^done; exec sleep 1000"#;
    let gdb = sandbox.write_program("gdb", says_so);
    let run = sandbox.profila(["annotate", "--gdb"]).arg(&gdb);
    run.arg("tests/scripts/forever.py")
        .outcome()
        .fails_with(4, &["it is version 9.2, but 12 or later is needed"]);
}

#[test]
fn a_gdb_that_says_nothing_for_seconds() {
    let sandbox = Sandbox::new();
    let gdb = sandbox.write_program("gdb", "exec sleep 1000");
    let run = sandbox.profila(["annotate", "--gdb"]).arg(&gdb);
    run.arg("tests/scripts/forever.py")
        .outcome()
        .fails_with(4, &["gdb did not answer within 8s", "attaching", "hint: "]);
}

#[test]
fn a_gdb_that_is_killed_while_it_samples() {
    let sandbox = Sandbox::new();
    // It notes its process id, and is then gdb.
    let note = format!(
        "echo $$ > {}\nexec gdb \"$@\"",
        sandbox.path("pid").display()
    );
    let gdb = sandbox.write_program("gdb", &note);
    let run = sandbox.profila(["annotate", "--gdb"]).arg(&gdb);
    let running = run
        .arg("tests/scripts/kills_gdb.py")
        .arg(sandbox.path("pid"));
    let outcome = running
        .outcome()
        .fails_with(4, &["gdb ended while profila"]);
    // The script has the user's own streams, and was left to finish. Nothing of what
    // gdb had put into it is left to trip over.
    assert_eq!(outcome.stdout(), "compiled: 42\nkilled gdb, and went on\n");
}

#[test]
fn a_script_that_never_compiles() {
    let phrases = ["`tests/scripts/never_compiles.py` never compiled a Numba function"];
    let outcome = check(
        &["annotate", "tests/scripts/never_compiles.py"],
        5,
        &phrases,
    );
    assert_eq!(outcome.stdout(), "done without compiling\n");
    let same = "tests/scripts/never_compiles.py";
    let outcome = check(&["diff", "--runs=1", same, same], 5, &phrases);
    assert_eq!(outcome.stdout(), "");
}

#[test]
fn a_script_that_never_imports_numba() {
    let arguments = ["annotate", "tests/scripts/no_numba.py"];
    let outcome = check(
        &arguments,
        5,
        &["never compiled a Numba function", "hint: "],
    );
    assert_eq!(outcome.stdout(), "333332833333500000\n");
}

#[test]
fn a_script_that_is_too_short() {
    // At this rate no sample can fall into the time that the script takes.
    let arguments = ["annotate", "--rate=1", "tests/scripts/too_short.py"];
    let outcome = check(
        &arguments,
        5,
        &["too briefly to be sampled: 0 samples", "hint: "],
    );
    assert_eq!(outcome.stdout(), "3\n");
}

#[test]
fn a_script_that_fails_in_a_diff() {
    let arguments = ["diff", "--runs=1", SCRIPT, "tests/scripts/raises.py"];
    let phrases = [
        "run of `raises.py` in round 1 failed with exit code 1",
        "Traceback (most recent call last):",
        "ValueError: raised on purpose",
        "hint: ",
    ];
    let outcome = check(&arguments, 5, &phrases);
    assert_eq!(outcome.stdout(), "");
}

#[test]
fn a_script_that_fails_while_it_is_recorded() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("run.json");
    let run = sandbox.profila(["record", "--runs=1", "-o"]).arg(&file);
    run.arg("tests/scripts/exits_3.py")
        .outcome()
        .fails_with(5, &["of `exits_3.py` in round 1 failed with exit code 3"]);
    assert!(!file.exists());
}

#[test]
fn a_script_that_takes_too_long_is_killed_with_its_child() {
    let forever = "tests/scripts/forever.py";
    for arguments in [
        &["diff", "--timeout=4s", "--runs=1", forever, forever][..],
        &["annotate", "--timeout=4s", forever],
    ] {
        check(arguments, 5, &["took longer than 4s", "--timeout 10m"]);
    }
}

/// Nobody resumes a script that has no terminal, and what is traced stands still otherwise
/// than what is not. The time is enough for Python to start, and not for anything else.
#[test]
fn a_script_that_is_suspended_takes_too_long() {
    let sandbox = Sandbox::new();
    let code = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)";
    let script = sandbox.write("stops.py", code);
    let record = sandbox.profila(["record", "--runs=1", "--timeout=10s", "-o"]);
    let record = record.arg(sandbox.path("run.json")).arg(&script);
    let phrases = [
        "took longer than 10s, and was suspended by SIGSTOP",
        "hint: ",
    ];
    record.outcome().fails_with(5, &phrases);

    let code = "import os, signal, sys\n\
        sys.path.insert(0, sys.argv[1])\n\
        from work import work\n\
        work(0.1)\n\
        os.kill(os.getpid(), signal.SIGTSTP)\n";
    let script = sandbox.write("stops.py", code);
    let annotate = sandbox.profila(["annotate", "--timeout=10s"]).arg(&script);
    let annotate = annotate.arg(repository().join("tests/scripts"));
    let phrases = ["took longer than 10s", "hint: "];
    annotate.in_own_group().outcome().fails_with(5, &phrases);
}

/// Events without end keep neither the timeout nor an interrupt from ending a script, and
/// text without end is no event.
#[test]
fn a_script_that_writes_where_it_reports() {
    let sandbox = Sandbox::new();
    let channel = "import os, stat\n\
        fds = [int(fd) for fd in os.listdir('/proc/self/fd') if int(fd) > 2]\n\
        def is_socket(fd):\n    \
            try:\n        \
                return stat.S_ISSOCK(os.fstat(fd).st_mode)\n    \
            except OSError:\n        \
                return False\n\
        channel = next(fd for fd in fds if is_socket(fd))\n";
    let run = |text: &str| {
        let script = sandbox.write("writes.py", &format!("{channel}while True: {text}\n"));
        let record = sandbox.profila(["record", "--runs=1", "--timeout=10s", "-o"]);
        record.arg(sandbox.path("run.json")).arg(script).outcome()
    };
    let events = run("os.write(channel, b'compiled 1 \\n' * 1000)");
    events.fails_with(5, &["took longer than 10s"]);
    let endless = run("os.write(channel, b'x' * 1000)");
    endless.fails_with(5, &["wrote data of its own to the descriptor", "hint: "]);
}

#[test]
fn a_script_that_prints_more_than_is_kept() {
    let sandbox = Sandbox::new();
    let code = "for _ in range(70): print('x' * 1_000_000)";
    let script = sandbox.write("prints.py", code);
    let record = sandbox.profila(["record", "--runs=1", "-o"]);
    let record = record.arg(sandbox.path("run.json")).arg(script);
    let phrases = ["printed more than 64 MB to standard output", "hint: "];
    record.outcome().fails_with(5, &phrases);
}

/// Runs `profila diff` where there is this configuration, and checks how it fails.
#[track_caller]
fn check_config(text: &str, phrases: &[&str]) {
    let sandbox = Sandbox::new();
    sandbox.write("profila.toml", text);
    let run: Run = sandbox.profila(["diff"]).current_dir(sandbox.files());
    run.outcome().fails_with(2, phrases);
}

#[test]
fn a_configuration_with_a_key_that_is_none() {
    let text = "[sampling]\nrat = 50\n";
    let phrases = [
        "profila.toml:2:1",
        "\n2 | rat = 50\n",
        "| ^^^",
        "did you mean `rate`?",
    ];
    check_config(text, &phrases);
}

#[test]
fn a_configuration_with_a_value_that_is_none() {
    let text = "[[variant]]\nscript = \"a.py\"\n\n[compare]\nrounds = \"many\"\n";
    check_config(text, &["profila.toml:5:10", "rounds = \"many\"", "^^^^^^"]);
}

#[test]
fn a_configuration_that_is_no_toml() {
    check_config(
        "version = 1\n[sampling\n",
        &["profila.toml:2:", "[sampling", "^"],
    );
}

#[test]
fn a_configuration_that_names_no_script() {
    let text = "[[variant]]\nscript = \"a.py\"\n[[variant]]\nscript = \"b.py\"\n";
    check_config(text, &["there is no script `", "a.py`"]);
}

#[test]
fn files_that_are_no_recordings() {
    let sandbox = Sandbox::new();
    let other = sandbox.write("other.json", "{\"schema\": \"profila.recording/9\"}");
    let older = sandbox.write("older.json", "{\"schema\": \"profila.recording/1\"}");
    let cut_off = sandbox.write("cut-off.json", "{\"schema\": ");
    let missing = sandbox.path("missing.json");
    for (file, code, phrase) in [
        (&other, 2, "has the schema `profila.recording/9`"),
        (&older, 2, "again with this version: `profila record -o"),
        (&cut_off, 2, "is not a profila recording or comparison"),
        (&missing, 4, "failed to read `"),
    ] {
        let diff = sandbox.profila(["diff"]).args([file, file]);
        diff.outcome().fails_with(code, &[phrase]);
        let report = sandbox.profila(["report"]).arg(file);
        report.outcome().fails_with(code, &[phrase]);
    }
}

#[test]
fn a_report_that_nobody_reads_to_its_end_is_a_success() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", SCRIPT]);
    run.outcome_with_closed_stdout().succeeds();
    let run = sandbox.profila(["completions", "bash"]);
    run.outcome_with_closed_stdout().succeeds();
}

#[test]
fn a_recording_that_cannot_be_written() {
    let arguments = ["annotate", "--save", "/nowhere/run.json", SCRIPT];
    check(&arguments, 4, &["failed to write `/nowhere/run.json`"]);
}

#[test]
fn a_configuration_to_start_from_is_written_once() {
    let sandbox = Sandbox::new();
    let init = || sandbox.profila(["init"]).current_dir(sandbox.files());
    init().outcome().succeeds();
    let text = std::fs::read_to_string(sandbox.path("profila.toml")).unwrap();
    assert!(text.contains("[[variant]]"), "{text}");
    let phrases = ["profila.toml` already exists", "hint: "];
    init().outcome().fails_with(2, &phrases);
    // It can be used: what it names is only not there.
    let diff = sandbox.profila(["diff"]).current_dir(sandbox.files());
    diff.outcome().fails_with(2, &["there is no script `"]);
}

#[test]
fn a_working_directory_that_is_not_there() {
    let sandbox = Sandbox::new();
    let text = "version = 1\n[run]\ncwd = \"/no/such/folder\"\n";
    let file = sandbox.write("profila.toml", text);
    for command in ["annotate", "doctor"] {
        let run = sandbox.profila([command, "--config"]).arg(&file);
        let run = match command {
            "annotate" => run.arg(repository().join("tests/scripts/hot_line.py")),
            _ => run,
        };
        let outcome = run.outcome().exits_with(4);
        let said = [outcome.stdout(), outcome.stderr()].concat();
        assert!(said.contains("/no/such/folder"), "{outcome:?}");
        assert!(!said.contains("as the Python interpreter"), "{outcome:?}");
    }
}

/// As of one in a folder that may not be entered, which root may always do.
#[test]
fn a_script_that_cannot_be_looked_for() {
    let sandbox = Sandbox::new();
    std::os::unix::fs::symlink("circle.py", sandbox.path("circle.py")).unwrap();
    let run = sandbox.profila(["annotate"]).arg(sandbox.path("circle.py"));
    let phrases = ["failed to find the script", "Too many levels"];
    run.outcome().fails_with(4, &phrases);
}

/// Nothing is known of what came after, which is longer than a process takes to be gone.
#[test]
fn a_script_that_closes_all_descriptors_soon_after_it_has_compiled() {
    let sandbox = Sandbox::new();
    let script = sandbox.write(
        "closes.py",
        "import os, time\n\
         from numba import njit\n\
         @njit\n\
         def total(count):\n    \
             result = 0.0\n    \
             for i in range(count):\n        \
                 result += i ** 0.5\n    \
             return result\n\
         total(1)\n\
         os.closerange(3, 4096)\n\
         end = time.perf_counter() + 2\n\
         while time.perf_counter() < end:\n    \
             total(10_000)\n",
    );
    let outcome = sandbox.profila(["annotate"]).arg(&script).outcome();
    outcome.fails_with(5, &["closed the descriptor", "is not measured"]);
}
