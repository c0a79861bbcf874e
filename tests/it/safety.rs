//! Other users of the machine, and what lies in the working directory.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use nix::unistd::Uid;

use crate::harness::{Outcome, Run, Sandbox, python, repository, scripts};

/// A script that lists all that there is of its run, with the modes, and that another user
/// attacks, where this one may become another.
const ATTACKED: &str = "tests/scripts/is_attacked.py";

/// A number that no user of the machine has.
const STRANGER: &str = "54321";

/// Runs something under a umask.
fn under_umask(sandbox: &Sandbox, umask: &str, arguments: &[&str]) -> Run {
    let command = format!("umask {umask}; exec \"$@\"");
    let run = sandbox.run(Path::new("/bin/sh"), ["-c", &*command, "sh"]);
    run.arg(env!("CARGO_BIN_EXE_profila")).args(arguments)
}

/// Lets all users come to the folder for temporary files, which gets this mode.
fn open_to_all(sandbox: &Sandbox, mode: u32) {
    for (folder, mode) in [("..", 0o755), ("../tmp", mode)] {
        fs::set_permissions(sandbox.path(folder), Permissions::from_mode(mode)).unwrap();
    }
}

/// What a line of the script's output says, as of the modes it has seen.
fn said<'a>(outcome: &'a str, what: &str) -> Vec<&'a str> {
    let lines = outcome.lines();
    lines.filter_map(|line| line.strip_prefix(what)).collect()
}

/// Whether another user can be played: only root may become one.
fn may_become_another() -> bool {
    Uid::effective().is_root()
}

#[track_caller]
fn check_private(umask: &str) {
    let sandbox = Sandbox::new();
    // As the system's own, in which everybody may make files.
    open_to_all(&sandbox, 0o1777);
    let run = under_umask(
        &sandbox,
        umask,
        &["record", "--runs", "1", "--verbose", "-o"],
    );
    let run = run.arg(sandbox.path("run.json")).args([ATTACKED, STRANGER]);
    let outcome = run.outcome().exits_with(0);
    let output = [outcome.stdout(), outcome.stderr()].concat();
    // The files of Numba's cache are Numba's. They lie in a folder of ours.
    let seen = said(&output, "seen: ");
    assert!(
        seen.iter().any(|it| it.ends_with("sitecustomize.py")),
        "{outcome:?}"
    );
    for entry in seen {
        let is_private = entry.starts_with("drwx------ ") || entry.starts_with("-rw------- ");
        assert!(is_private, "{entry}");
    }
    let tried = said(&output, "tried: ");
    assert_eq!(!tried.is_empty(), may_become_another(), "{outcome:?}");
    assert!(
        tried.iter().all(|it| it.ends_with("PermissionError")),
        "{tried:#?}"
    );
}

#[test]
fn what_is_made_for_a_run_is_for_its_user_alone() {
    for umask in ["000", "002", "022"] {
        check_private(umask);
    }
}

/// Where everybody may rename what is in the folder for temporary files, another user puts
/// folders of their own in place of those of a run. No code of theirs is run.
#[test]
fn what_gets_the_name_of_a_folder_is_not_trusted() {
    let sandbox = Sandbox::new();
    open_to_all(&sandbox, 0o777);
    let run = sandbox.profila(["record", "--runs", "2", "--verbose", "-o"]);
    let run = run.arg(sandbox.path("run.json"));
    let outcome = run
        .args([ATTACKED, STRANGER, "replace"])
        .outcome()
        .exits_with(0);
    let output = [outcome.stdout(), outcome.stderr()].concat();
    assert!(!said(&output, "replaced: ").is_empty(), "{outcome:?}");
    assert!(!output.contains("planted"), "{outcome:?}");
    let recording = sandbox.recording("run.json");
    let mut runs = recording.runs();
    assert!(runs.any(|it| it.round == 2 && it.profile.is_some()));
    // What was planted is another's, and is left to them. What was moved is gone.
    let left: Vec<_> = fs::read_dir(sandbox.path("../tmp")).unwrap().collect();
    assert!(!left.is_empty(), "what was planted was removed");
    for entry in left {
        let path = entry.unwrap().path();
        assert!(path.join("planted").exists(), "{path:?}");
        fs::remove_dir_all(path).unwrap();
    }
}

/// Modules of the names that profila's own questions import, and programs.
#[track_caller]
fn check_runs_nothing_here(arguments: &[&str], path: Option<&str>) -> Outcome {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("here");
    fs::create_dir(&folder).unwrap();
    for module in [
        "json",
        "ast",
        "sysconfig",
        "importlib",
        "math",
        "time",
        "numba",
    ] {
        let text = format!(
            "open('{}', 'w')\nraise SystemExit('it ran')\n",
            folder.join("ran").display()
        );
        sandbox.write(&format!("here/{module}.py"), &text);
    }
    for program in ["python3", "gdb"] {
        let text = format!("touch {}", folder.join("ran").display());
        sandbox.write_program(&format!("here/{program}"), &text);
    }
    let scripts = scripts().join("hot_line.py");
    symlink(&scripts, folder.join("hot_line.py")).unwrap();
    let run = sandbox.profila(arguments).current_dir(&folder);
    let run = match path {
        Some(path) => {
            let users = std::env::var("PATH").unwrap();
            run.env("PATH", format!("{path}:{users}"))
        }
        None => run.arg("--python").arg(python()),
    };
    let outcome = run.outcome();
    assert!(!folder.join("ran").exists(), "{outcome:?}");
    outcome
}

#[test]
fn nothing_in_the_working_directory_is_run_to_ask_python() {
    check_runs_nothing_here(&["doctor"], None).exits_with(0);
}

#[test]
fn nothing_in_the_working_directory_is_found_on_the_path() {
    for path in ["", ".", "./"] {
        let outcome = check_runs_nothing_here(&["doctor"], Some(path));
        let stdout = outcome.stdout();
        let words: Vec<&str> = stdout.split_whitespace().collect();
        let said = words.join(" ");
        assert!(said.contains("is first on PATH"), "{outcome:?}");
    }
}

/// Runs a script that writes something else than a plain file of metrics.
#[track_caller]
fn check_metrics(statement: &str, cause: &str) {
    let sandbox = Sandbox::new();
    let script = sandbox.write(
        "metrics.py",
        &format!("import os\npath = os.environ['PROFILA_METRICS']\n{statement}\n"),
    );
    let hot = fs::read_to_string(scripts().join("hot_line.py")).unwrap();
    let work = fs::read_to_string(scripts().join("work.py")).unwrap();
    sandbox.write("work.py", &work);
    let text = [fs::read_to_string(&script).unwrap(), hot].concat();
    fs::write(&script, text).unwrap();
    let run = sandbox.profila(["record", "--runs", "1", "-o"]);
    let run = run.arg(sandbox.path("run.json")).arg(&script);
    let phrases = ["the metrics file of the", cause];
    run.outcome().fails_with(5, &phrases);
}

#[test]
fn metrics_are_read_from_a_plain_file_of_a_bounded_length() {
    check_metrics("os.mkfifo(path)", "not a regular file");
    check_metrics("os.symlink('/dev/zero', path)", "symbolic link");
    check_metrics("open(path, 'w').write('x' * 1_000_001)", "longer than");
}

/// While a script runs, its sources become pipes that nobody writes to.
#[test]
fn sources_that_cannot_be_read_to_their_end_are_not_waited_for() {
    let sandbox = Sandbox::new();
    let work = fs::read_to_string(scripts().join("work.py")).unwrap();
    sandbox.write("work.py", &work);
    let script = sandbox.write(
        "main.py",
        // Numba reads the source of what it compiles, which it has done by then.
        "import os\nimport work\nwork.work(0.1)\nos.unlink(work.__file__)\n\
        os.mkfifo(work.__file__)\nos.unlink(__file__)\n\
        os.mkfifo(__file__)\nend = work.time.perf_counter() + 2\n\
        while work.time.perf_counter() < end:\n    work.add_roots(10_000)\n",
    );
    let run = sandbox.profila(["annotate"]).arg(&script);
    let outcome = run.outcome().exits_with(0);
    let said = [outcome.stdout(), outcome.stderr()].concat();
    assert!(said.contains("work.py"), "{outcome:?}");
}

/// What another user leaves in a folder above names programs to run.
#[test]
fn a_configuration_of_another_user_is_not_obeyed() {
    let sandbox = Sandbox::new();
    let program = sandbox.path("python");
    let text = format!("touch '{}'", sandbox.path("ran").display());
    sandbox.write_program("python", &text);
    let file = sandbox.write(
        "profila.toml",
        &format!("[run]\npython = '{}'\n", program.display()),
    );
    fs::create_dir(sandbox.path("here")).unwrap();
    if may_become_another() {
        let stranger = STRANGER.parse().unwrap();
        chown(&file, Some(stranger), Some(stranger)).unwrap();
        // As in /tmp, where nobody may remove it.
        let sticky = Permissions::from_mode(0o1777);
        fs::set_permissions(sandbox.files(), sticky).unwrap();
    } else {
        fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
    }
    let run = |arguments: &[&str]| {
        let run = sandbox.profila(["record", "-o"]);
        let run = run.arg(sandbox.path("run.json")).args(arguments);
        let run = run.arg(scripts().join("hot_line.py"));
        run.current_dir(sandbox.path("here")).outcome()
    };
    let phrases = ["profila.toml` was found but is not used", "--config"];
    run(&[]).fails_with(2, &phrases);
    assert!(!sandbox.path("ran").exists());
    run(&["--config", file.to_str().unwrap()]);
    assert!(sandbox.path("ran").exists());
}

/// What the log of a job has so far stays, and what follows comes behind.
#[test]
fn a_report_on_standard_output_is_appended() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["record", "--runs=1", "-o"]);
    let run = run.arg(sandbox.path("run.json"));
    run.arg("tests/scripts/hot_line.py").outcome().exits_with(0);
    let log = sandbox.write("ci.log", "before\n");
    for redirection in [">>", "1<>"] {
        let command = format!(
            "{{ echo first; \"$1\" report \"$2\" --export-json /dev/stdout; echo last; }} \
             {redirection} \"$3\""
        );
        let run = sandbox.run(Path::new("/bin/sh"), ["-c", &*command, "sh"]);
        let run = run.arg(env!("CARGO_BIN_EXE_profila"));
        let run = run.arg(sandbox.path("run.json")).arg(&log);
        run.outcome().succeeds();
        let text = fs::read_to_string(&log).unwrap();
        let is_appended = text.starts_with("before\n") == (redirection == ">>");
        assert!(is_appended, "{text}");
        let places = ["first\n", "profila.recording/", "last\n"];
        let places = places.map(|words| text.find(words));
        assert!(places[0].is_some() && places.is_sorted(), "{text}");
    }
}

/// A report that replaces a private one is private, and one that cannot be written is
/// refused before anything runs.
#[test]
fn reports_are_like_what_they_replace() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("run.json", "before");
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    symlink(&file, sandbox.path("link.json")).unwrap();
    let run = sandbox.profila(["annotate", "--quiet", "--save"]);
    let run = run.arg(sandbox.path("link.json"));
    run.arg("tests/scripts/hot_line.py").outcome().exits_with(0);
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert!(sandbox.path("link.json").is_symlink());
    sandbox.recording("run.json");

    let long = format!("{}.json", "n".repeat(300));
    let run = sandbox.profila(["annotate", "--save", &long]);
    let outcome = run.arg("tests/scripts/hot_line.py").outcome();
    assert_eq!(outcome.stdout(), "");
    outcome.fails_with(4, &["failed to write", "File name too long"]);
}

/// A terminal obeys escape codes, a log commands at the start of a line.
#[test]
fn names_of_files_are_not_obeyed() {
    let sandbox = Sandbox::new();
    let name = "\u{1b}[31m\n::error::red.py";
    let script = repository().join("tests/scripts/hot_line.py");
    fs::copy(script, sandbox.path(name)).unwrap();
    let run = sandbox.profila(["record", "--verbose", "--runs=1", "-o"]);
    let run = run.arg(sandbox.path("\u{1b}[2J\n::error::.json"));
    let outcome = run.arg(sandbox.path(name)).outcome().exits_with(0);
    let said = outcome.stderr();
    assert!(said.contains("wrote ") && said.contains("␛[2J"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    assert!(
        !said.lines().any(|line| line.starts_with("::error::")),
        "{said}"
    );
}

/// A colon parts the elements of PYTHONPATH.
#[test]
fn a_folder_for_temporary_files_with_a_colon_in_its_name() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("a:b");
    fs::create_dir(&folder).unwrap();
    let run = sandbox.profila(["annotate", "tests/scripts/hot_line.py"]);
    run.env("TMPDIR", &folder).outcome().succeeds();
    assert!(fs::read_dir(&folder).unwrap().next().is_none());
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "tests/scripts/hot_line.py"]);
    let outcome = run.env("TMPDIR", "/no/such/folder").outcome();
    let phrases = [
        "temporary files in `/no/such/folder`",
        "No such file",
        "TMPDIR=PATH",
    ];
    outcome.fails_with(4, &phrases);
    assert!(repository().join(ATTACKED).exists());
}

#[test]
fn few_descriptors_are_enough() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(
        Path::new("/bin/sh"),
        ["-c", "ulimit -n 32; exec \"$@\"", "sh"],
    );
    let run = run.arg(env!("CARGO_BIN_EXE_profila"));
    run.args(["annotate", "tests/scripts/hot_line.py"])
        .outcome()
        .succeeds();
}
