//! A script does under `profila` what it does without, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nix::sys::signal::Signal;

use crate::harness::{Outcome, Run, Sandbox, python, repository, sampler, scripts};
use crate::report::{self, Report};

/// The variables that a script gets in addition: where it may report metrics, and in runs
/// that are compared one of no meaning.
const EXTRA_VARIABLES: [&str; 2] = ["variable: PROFILA_METRICS=", "variable: PROFILA_PADDING="];

/// What a script shows of itself, without what is documented to be different.
fn without_documented(shown: &str) -> String {
    let lines = shown.split_inclusive('\n');
    lines
        .filter(|line| !EXTRA_VARIABLES.iter().any(|it| line.starts_with(it)))
        .collect()
}

/// What the script printed, and then its report.
#[track_caller]
fn split(outcome: &Outcome) -> (&[u8], Report) {
    let stdout = &outcome.stdout;
    let start = b"\n# Total samples: ";
    let mut places = stdout.windows(start.len());
    let place = places.position(|words| words == start);
    let place = place.unwrap_or_else(|| panic!("no report: {outcome:?}"));
    let report = String::from_utf8_lossy(&stdout[place..]);
    (&stdout[..place], Report::read(&report))
}

/// Runs a program with and without `profila` and checks that there is no difference
/// in its output and its exit code.
#[track_caller]
fn check(program: &[&str], prepare: impl Fn(&Sandbox, Run) -> Run) -> Outcome {
    let (bare, report) = compare(program, prepare);
    let warnings = unexpected(&report);
    assert!(warnings.is_empty(), "{warnings:?}");
    bare
}

/// The warnings, but for those of what these scripts are for: many start child processes,
/// and on a busy machine their short work is a small part of them.
fn unexpected(report: &Report) -> Vec<&String> {
    let expected = [
        "also works in child processes, for",
        "is in the measured window",
    ];
    let warnings = report.warnings.iter();
    warnings
        .filter(|warning| !expected.iter().any(|words| warning.contains(words)))
        .collect()
}

/// Does as [`check`] does with a program of whose end something has to be said.
#[track_caller]
fn check_warned(program: &[&str], words: &str) -> Outcome {
    let (bare, report) = compare(program, as_it_is);
    let warnings = unexpected(&report);
    let [warning] = &warnings[..] else {
        panic!("one warning, not {warnings:?}");
    };
    assert!(warning.contains(words), "{warning}");
    bare
}

/// What is said of a program that cannot be followed to its end.
const LOST: &str = "is not in the report";

#[track_caller]
fn compare(program: &[&str], prepare: impl Fn(&Sandbox, Run) -> Run) -> (Outcome, Report) {
    let sandbox = Sandbox::new();
    let bare = prepare(&sandbox, sandbox.bare(program)).outcome();
    let annotate = sandbox.profila(["annotate", sampler(), "--"]).args(program);
    let profiled = prepare(&sandbox, annotate).outcome();
    let (stdout, report) = split(&profiled);
    assert!(!report.files.is_empty(), "{profiled:?}");
    let stdout = without_documented(&String::from_utf8_lossy(stdout));
    // Line by line where a difference can be shown, then as a whole.
    for (ours, its) in stdout.lines().zip(bare.stdout().lines()) {
        assert_eq!(ours, its);
    }
    assert_eq!(stdout, bare.stdout());
    assert_eq!(profiled.stderr(), bare.stderr());
    // The exit code, or the signal.
    assert_eq!(profiled.status, bare.status);
    (bare, report)
}

fn as_it_is(_: &Sandbox, run: Run) -> Run {
    run
}

#[test]
fn what_a_script_can_see_of_its_process() {
    // Also: its arguments are its own, whatever they look like.
    let arguments = ["-x", "--rate", "7", "--", "-c", "", "--help"];
    let program = [&["tests/scripts/shows_itself.py"], &arguments[..]].concat();
    let shown = check(&program, as_it_is).exits_with(0).stdout();
    for argument in arguments {
        assert!(
            shown.contains(&format!("\nargument: {argument}\n")),
            "{shown}"
        );
    }
    assert!(!shown.contains("module: sitecustomize"), "{shown}");
}

#[test]
fn what_a_module_can_see_of_its_process() {
    let program = ["-m", "tests.scripts.shows_itself", "-m", "x"];
    check(&program, |_, run| run.env("PYTHONPATH", scripts())).exits_with(0);
}

#[test]
fn what_a_child_can_see_of_its_process() {
    let shown = check(&["tests/scripts/runs_child.py"], as_it_is).stdout();
    assert!(shown.contains("\nargument: as a child\n"), "{shown}");
}

#[test]
fn the_users_own_sitecustomize_and_python_path() {
    let shown = check(&["tests/scripts/shows_itself.py"], |sandbox, run| {
        let file = sandbox.write("own/sitecustomize.py", "print('customized', __file__)");
        let folder = file.parent().unwrap();
        run.env("PYTHONPATH", format!("{}:/nowhere", folder.display()))
    })
    .exits_with(0)
    .stdout();
    assert!(shown.starts_with("customized /"), "{shown}");
    assert!(shown.contains("module: sitecustomize"), "{shown}");
    assert!(shown.contains("/own:/nowhere\n"), "{shown}");
}

#[test]
fn a_script_reads_its_standard_input() {
    // More than a pipe holds, and no text.
    let input: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let sandbox = Sandbox::new();
    let program = "tests/scripts/reads_stdin.py";
    let outcome = sandbox
        .profila(["annotate", sampler(), program])
        .stdin(&*input)
        .outcome()
        .exits_with(0);
    let (stdout, _) = split(&outcome);
    assert!(stdout == input, "{} bytes came back", stdout.len());
}

#[test]
fn output_that_ends_within_a_line() {
    let outcome = check(&["tests/scripts/no_newline.py"], as_it_is);
    assert_eq!(outcome.stdout(), "this line has no end");
}

#[test]
fn an_exit_code() {
    check(&["tests/scripts/exits_3.py"], as_it_is).exits_with(3);
}

#[test]
fn a_traceback() {
    let outcome = check(&["tests/scripts/raises.py"], as_it_is).exits_with(1);
    let stderr = outcome.stderr();
    assert!(
        stderr.ends_with("ValueError: raised on purpose\n"),
        "{stderr}"
    );
}

#[test]
fn a_signal_that_is_handled() {
    let outcome = check(&["tests/scripts/gets_signal.py"], as_it_is);
    assert_eq!(outcome.stdout(), "signals received: ['SIGUSR1']\n");
}

#[test]
fn no_signal_is_lost() {
    // How much they stop it, and whether that is said, depends on the machine.
    let (outcome, _) = compare(&["tests/scripts/gets_many_signals.py"], as_it_is);
    assert_eq!(outcome.stdout(), "signals received: 30\n");
}

#[test]
fn a_fork() {
    let outcome = check(&["tests/scripts/forks.py"], as_it_is);
    assert_eq!(outcome.stdout(), "child done\nchild exited with 7\n");
}

#[test]
fn a_fork_that_imports_numba_for_itself() {
    let outcome = check(&["tests/scripts/forks_before_numba.py"], as_it_is);
    assert_eq!(outcome.stdout(), "child exited with 7\n");
}

#[test]
fn a_look_whether_there_is_a_numba() {
    let outcome = check(&["tests/scripts/looks_for_numba.py"], as_it_is);
    assert_eq!(outcome.stdout(), "True\n");
}

#[test]
fn the_signal_that_the_sampler_stops_by() {
    let outcome = check(&["tests/scripts/uses_sigurg.py"], as_it_is);
    assert_eq!(outcome.stdout(), "got 5\n");
}

/// Its files get a number that the channel had, and must not get what was meant for
/// the channel.
#[test]
fn a_script_that_closes_all_descriptors() {
    check_warned(&["tests/scripts/closes_descriptors.py", "late"], LOST);
}

#[test]
fn a_script_that_blocks_all_signals() {
    check(&["tests/scripts/blocks_signals.py"], as_it_is);
}

#[test]
fn the_end_by_a_signal() {
    for signal in [Signal::SIGTERM, Signal::SIGKILL, Signal::SIGSEGV] {
        let words = format!("was killed by {signal}");
        let outcome = check_warned(&["tests/scripts/dies.py", signal.as_str()], &words);
        assert_eq!(outcome.status.signal(), Some(signal as i32));
    }
}

#[test]
fn signals_of_all_kinds_that_are_handled() {
    let outcome = check(&["tests/scripts/handles_signals.py"], as_it_is).exits_with(0);
    let received =
        "['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGALRM', 'SIGCHLD', 'SIGCHLD', 'SIGCHLD', 'SIGALRM']";
    let expected = format!("slept to the end: True\nreceived: {received}\n");
    assert!(outcome.stdout().ends_with(&expected), "{outcome:?}");
}

#[test]
fn signals_for_one_thread() {
    let outcome = check(&["tests/scripts/signals_worker.py"], as_it_is).exits_with(0);
    let stdout = outcome.stdout();
    assert!(
        stdout.contains("read in the worker: [(-1, 4)] received: [10]"),
        "{stdout}"
    );
    assert!(stdout.contains("received by the worker: [10]"), "{stdout}");
}

#[test]
fn a_suspension() {
    // The kernel suspends nobody whose group is orphaned, as that of the tests may be.
    let own_group = |_: &Sandbox, run: Run| run.in_own_group();
    let outcome = check(&["tests/scripts/is_suspended.py"], own_group).exits_with(0);
    let stdout = outcome.stdout();
    assert!(
        stdout.starts_with("SIGSTOP stood still: True []\nSIGTSTP stood still: True []\n"),
        "{stdout}"
    );
}

#[test]
fn other_programs() {
    let outcome = check(&["tests/scripts/uses_subprocess.py"], as_it_is).exits_with(0);
    assert!(outcome.stdout().contains("returncode=5"), "{outcome:?}");
}

#[test]
fn multiprocessing_by_fork() {
    check(&["tests/scripts/uses_multiprocessing.py", "fork"], as_it_is).exits_with(0);
}

#[test]
fn multiprocessing_by_spawn() {
    check(
        &["tests/scripts/uses_multiprocessing.py", "spawn"],
        as_it_is,
    )
    .exits_with(0);
}

#[test]
fn multiprocessing_by_a_server() {
    let program = ["tests/scripts/uses_multiprocessing.py", "forkserver"];
    check(&program, as_it_is).exits_with(0);
}

#[test]
fn a_script_that_becomes_another_program() {
    let shown = check_warned(&["tests/scripts/execs.py"], LOST)
        .exits_with(0)
        .stdout();
    assert!(shown.contains("argument: as another program\n"), "{shown}");
}

#[test]
fn a_timed_run_is_no_different() {
    let sandbox = Sandbox::new();
    let program = "tests/scripts/shows_itself.py";
    let recorded = sandbox
        .profila(["record", "--verbose", "--runs=1", "-o"])
        .arg(sandbox.path("run.json"))
        .arg(program)
        .outcome()
        .exits_with(0);
    let bare = sandbox.bare([program]).outcome().exits_with(0);
    // Output is captured, so that this must differ.
    let comparable = |text: &str| -> String {
        let lines = text.split_inclusive('\n');
        lines.filter(|line| !line.starts_with("open: ")).collect()
    };
    let expected = comparable(&bare.stdout());
    let shown = comparable(&without_documented(&recorded.stderr()));
    // A timed run, a profiled one, and a control.
    assert_eq!(shown.matches(&expected).count(), 3, "{recorded:?}");
}

/// The files below a folder, and when they were last written.
fn files(folder: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            found.insert(path, written);
        }
    }
    found
}

/// Runs a script that uses Numba's cache, before and after the cache was filled, and
/// checks that it is left as it was and that lines are seen nevertheless.
#[track_caller]
fn check_cache(prepare: impl Fn(&Sandbox, Run) -> Run) {
    let sandbox = Sandbox::new();
    let script = sandbox.path("cached.py");
    fs::copy(scripts().join("cached.py"), &script).unwrap();
    let annotate = || {
        let run = sandbox.profila(["annotate", "--save"]);
        let run = run
            .arg(sandbox.path("run.json"))
            .arg("--python")
            .arg(python());
        let outcome = prepare(&sandbox, run.arg(&script)).outcome().succeeds();
        assert_eq!(split(&outcome).0, b"loaded from the cache: 0\n");
        let recording = sandbox.recording("run.json");
        report::check(&recording);
        let hot = report::hottest(&recording);
        assert!(
            report::text_of(&recording, hot).ends_with("# hot"),
            "{hot:?}"
        );
        fs::remove_file(sandbox.path("run.json")).unwrap();
    };
    let before = files(&sandbox.files());
    annotate();
    assert_eq!(files(&sandbox.files()), before);

    let bare = || prepare(&sandbox, sandbox.bare([&script])).outcome();
    assert_eq!(bare().stdout(), "loaded from the cache: 0\n");
    assert_eq!(bare().stdout(), "loaded from the cache: 1\n");
    let filled = files(&sandbox.files());
    assert!(filled.len() > before.len(), "{filled:?}");
    annotate();
    assert_eq!(files(&sandbox.files()), filled);
}

#[test]
fn numbas_cache_beside_a_script_is_not_touched() {
    check_cache(as_it_is);
}

#[test]
fn numbas_cache_in_a_folder_of_the_users_choice_is_not_touched() {
    check_cache(|sandbox, run| run.env("NUMBA_CACHE_DIR", sandbox.path("cache")));
}

#[test]
fn numbas_cache_where_a_class_of_the_users_choice_finds_it_is_not_touched() {
    check_cache(|_, run| run.env("NUMBA_CACHE_LOCATOR_CLASSES", "InTreeCacheLocator"));
}

/// Numba keeps it below the user's home, whatever folder it is told to use. There is
/// nothing in the sandbox's home in the end.
#[test]
fn numbas_cache_of_what_is_in_an_archive_is_not_touched() {
    let sandbox = Sandbox::new();
    let cached = fs::read_to_string(scripts().join("cached.py")).unwrap();
    sandbox.write("cached.py", &cached);
    let script = sandbox.write(
        "main.py",
        "import pathlib, sys, zipfile\n\
         here = pathlib.Path(__file__).parent\n\
         with zipfile.ZipFile(here / 'kernels.zip', 'w') as archive:\n    \
             archive.write(here / 'cached.py', 'zipped.py')\n\
         sys.path.insert(0, str(here / 'kernels.zip'))\n\
         import zipped\n",
    );
    let run = sandbox.profila(["annotate", "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg(&script);
    let outcome = run.outcome().succeeds();
    assert_eq!(split(&outcome).0, b"loaded from the cache: 0\n");
    let recording = sandbox.recording("run.json");
    let hot = report::hottest(&recording);
    assert!(
        report::text_of(&recording, hot).ends_with("# hot"),
        "{hot:?}"
    );
}

/// A handler of a signal may raise wherever the script is, while places are found too.
#[test]
fn what_a_handler_raises_while_places_are_found_is_the_scripts() {
    let sandbox = Sandbox::new();
    let script = sandbox.write(
        "handler.py",
        "import signal, sys\n\
         places = {'__name__': 'profila_line_tables'}\n\
         exec(open(sys.argv[1]).read(), places)\n\
         places['_complaints'].append(print)\n\
         places['_attempt'](int, 'no number')\n\
         def stop(*_):\n    \
             raise TimeoutError('time is up')\n\
         signal.signal(signal.SIGALRM, stop)\n\
         try:\n    \
             places['_attempt'](signal.raise_signal, signal.SIGALRM)\n\
         except TimeoutError as error:\n    \
             print('raised:', error)\n",
    );
    let line_tables = repository().join("python/profila/line_tables.py");
    let outcome = sandbox.bare([script, line_tables]).outcome();
    let said = outcome.stdout();
    let (problem, raised) = said.split_once('\n').unwrap();
    assert!(problem.starts_with("ValueError: invalid literal"), "{said}");
    assert_eq!(raised, "raised: time is up\n");
}
