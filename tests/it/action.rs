//! What the steps of the action for GitHub do, run as it runs them.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use profila::compare::Comparison;
use profila::document;

use crate::harness::{Run, Sandbox, python, repository};
use crate::revisions::{BENCH, FAST, KERNELS, Repository, SLOW};

/// A step of the action.
fn step(sandbox: &Sandbox, script: &str) -> Run {
    sandbox.run(
        Path::new("bash"),
        [repository().join("action").join(script)],
    )
}

/// The step that compares, in a clone that has nothing but the newest commit, where the program is
/// on PATH.
fn compare(sandbox: &Sandbox, clone: &Path) -> Run {
    let programs = sandbox.path("bin");
    if !programs.exists() {
        fs::create_dir(&programs).unwrap();
        symlink(env!("CARGO_BIN_EXE_profila"), programs.join("profila")).unwrap();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&path))).unwrap();
    let run = step(sandbox, "compare.sh").current_dir(clone);
    let run = run.env("PATH", path).env("PROFILA_PYTHON", python());
    run.env("PROFILA_REPORTS", sandbox.path("reports"))
}

/// The repository with a slowdown in its newest commit, and a clone of that commit alone.
fn cloned(sandbox: &Sandbox) -> (Repository<'_>, PathBuf) {
    let files = [
        ("bench.py", BENCH),
        ("pkg/__init__.py", ""),
        ("pkg/kernels.py", KERNELS),
    ];
    let repository = Repository::new(sandbox, &files);
    repository.commit(&[("pkg/kernels.py", &KERNELS.replace(FAST, SLOW))]);
    let url = format!("file://{}", repository.root().display());
    repository.git(&["clone", "--quiet", "--depth=1", &url, "../clone"]);
    (repository, sandbox.path("clone"))
}

/// The name of the commit before the newest.
fn parent(repository: &Repository<'_>) -> String {
    let names = fs::read_to_string(repository.root().join(".git/logs/HEAD")).unwrap();
    let first = names.lines().next().unwrap();
    first.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn a_pull_request_gets_annotations_a_summary_and_reports() {
    let sandbox = Sandbox::new();
    let (repository, clone) = cloned(&sandbox);
    let summary = sandbox.write("summary.md", "");
    let run = compare(&sandbox, &clone)
        .env("PROFILA_BASE", parent(&repository))
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env(
            "PROFILA_ARGUMENTS",
            "--runs 1 --fail-if 'throughput:5%' -m bench",
        );
    let outcome = run.outcome().exits_with(0);
    let stdout = outcome.stdout();
    assert!(stdout.contains("::warning title="), "{stdout}");
    let report = |name: &str| fs::read_to_string(sandbox.path("reports").join(name)).unwrap();
    assert_eq!(fs::read_to_string(summary).unwrap(), report("report.md"));
    assert!(report("report.html").starts_with("<!doctype html>"));
    assert!(report("junit.xml").contains("throughput"));
    let comparison: Comparison = document::read(&report("report.json")).unwrap();
    let sides = comparison
        .lines
        .iter()
        .filter_map(|line| line.after.as_ref());
    let files: Vec<_> = sides.map(|side| &*side.file).collect();
    assert!(files.contains(&"pkg/kernels.py"), "{files:?}");
}

#[test]
fn what_cannot_be_compared_is_told() {
    let sandbox = Sandbox::new();
    let (repository, clone) = cloned(&sandbox);
    let check = |base: &str, arguments: &str, code, phrases: &[&str]| {
        let run = compare(&sandbox, &clone).env("PROFILA_BASE", base);
        let run = run.env("PROFILA_ARGUMENTS", arguments);
        run.outcome().fails_with(code, phrases);
    };
    let new_branch = "0000000000000000000000000000000000000000";
    for base in ["", new_branch] {
        check(
            base,
            "bench.py",
            2,
            &["no revision to compare with", "set `base`"],
        );
    }
    check("HEAD", "'bench.py", 2, &["cannot be split", "quote"]);
    check(
        &parent(&repository),
        "missing.py",
        2,
        &["there is no script"],
    );
    // Of spaces alone no argument comes, not even an empty one.
    check("HEAD", " \n ", 2, &["neither a script nor"]);
}

/// A branch that the clone does not know is fetched by the name that it has here, and a clone that
/// has everything stays one.
#[test]
fn a_branch_is_fetched_into_a_clone_that_stays_complete() {
    let sandbox = Sandbox::new();
    let repository = Repository::new(&sandbox, &[("bench.py", BENCH)]);
    repository.git(&["clone", "--quiet", ".", "../clone"]);
    repository.git(&["switch", "--quiet", "--create=topic"]);
    repository.commit(&[("bench.py", "")]);
    let clone = sandbox.path("clone");
    let run = compare(&sandbox, &clone).env("PROFILA_BASE", "origin/topic");
    let run = run.env("PROFILA_ARGUMENTS", "missing.py");
    run.outcome().fails_with(2, &["there is no script"]);
    assert!(clone.join(".git/FETCH_HEAD").is_file());
    assert!(!clone.join(".git/shallow").exists());
}

/// The key of the cache is another if anything is that the wheel is built from.
#[test]
fn a_fingerprint_tells_builds_apart() {
    let sandbox = Sandbox::new();
    let fingerprint = |script: PathBuf| {
        let outcome = sandbox.run(Path::new("bash"), [script]).outcome();
        let line = outcome.succeeds().stdout();
        let word = line.trim_end().strip_prefix("fingerprint=").unwrap();
        assert_eq!(word.len(), 16, "{word}");
        word.to_owned()
    };
    let copy = sandbox.path("copy");
    for file in [
        "Cargo.toml",
        "Cargo.lock",
        "pyproject.toml",
        "action/fingerprint.sh",
    ] {
        let text = fs::read_to_string(repository().join(file)).unwrap();
        sandbox.write(&format!("copy/{file}"), &text);
    }
    for folder in ["packaging", "python", "src", "templates"] {
        fs::create_dir(copy.join(folder)).unwrap();
    }
    let script = copy.join("action/fingerprint.sh");
    let empty = fingerprint(script.clone());
    assert_eq!(fingerprint(script.clone()), empty);
    sandbox.write("copy/src/main.rs", "fn main() {}\n");
    assert_ne!(fingerprint(script), empty);
    assert_ne!(
        fingerprint(repository().join("action/fingerprint.sh")),
        empty
    );
}
