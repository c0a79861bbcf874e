//! `profila diff --base`: a script and a revision of itself, of which nothing is left.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use profila::compare::{Comparison, CostVerdict, LineComparison};
use profila::document;

use crate::harness::{Outcome, Run, Sandbox, python};

/// What is measured lies in a package.
pub(crate) const BENCH: &str = "\
import sys, time
from pkg.kernels import work

work(10)
begin, rounds = time.perf_counter(), 0
while time.perf_counter() - begin < 0.3:
    work(1_000_000)
    rounds += 1
print(rounds / (time.perf_counter() - begin), 'rounds / sec')
";

pub(crate) const KERNELS: &str = "\
import math
from numba import njit

@njit
def work(n):
    total = 0.0
    for i in range(n):
        total += math.sqrt(i)
    return total
";

/// The line that has all the work, and one that has several times as much.
pub(crate) const FAST: &str = "total += math.sqrt(i)";
pub(crate) const SLOW: &str = "total += math.sqrt(i) + math.sqrt(i + 1.5) + math.sqrt(i + 2.5)";

/// A repository in a sandbox.
pub(crate) struct Repository<'s> {
    sandbox: &'s Sandbox,
    name: &'static str,
}

impl<'s> Repository<'s> {
    /// With one commit, of these files.
    pub(crate) fn new(sandbox: &'s Sandbox, files: &[(&str, &str)]) -> Self {
        let name = "repository";
        fs::create_dir(sandbox.path(name)).unwrap();
        let repository = Self { sandbox, name };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.git(&["config", "user.name", "A User"]);
        repository.git(&["config", "user.email", "user@example.org"]);
        repository.write(".gitignore", "__pycache__/\n");
        repository.commit(files);
        repository
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.sandbox.path(self.name)
    }

    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) {
        let run = self.sandbox.run(Path::new("/usr/bin/env"), ["git"]);
        let run = run.args(arguments).current_dir(self.root());
        run.outcome().exits_with(0);
    }

    fn write(&self, file: &str, text: &str) {
        self.sandbox.write(&format!("{}/{file}", self.name), text);
    }

    #[track_caller]
    pub(crate) fn commit(&self, files: &[(&str, &str)]) {
        for (file, text) in files {
            self.write(file, text);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=A change"]);
    }

    /// `profila diff` in it.
    fn diff(&self, arguments: &[&str]) -> Run {
        let run = self.sandbox.profila(["diff", "--python"]).arg(python());
        run.args(arguments).current_dir(self.root())
    }

    /// Checks that git knows of no other working tree, and that the user's has not changed.
    #[track_caller]
    fn is_as_it_was(&self) {
        let entries = self.root().join(".git/worktrees");
        crate::harness::await_that("no worktrees", || !entries.exists());
        let run = self.sandbox.run(Path::new("/usr/bin/env"), ["git"]);
        let run = run.args(["status", "--short"]).current_dir(self.root());
        let status = run.outcome().exits_with(0).stdout();
        assert_eq!(status.trim_start_matches("?? untracked/\n"), "");
    }
}

/// As a job of a pull request does it, in one step.
#[test]
fn a_slowdown_in_an_imported_module_fails_the_gate_and_a_comment_does_not() {
    let sandbox = Sandbox::new();
    let files = [
        ("bench.py", BENCH),
        ("pkg/__init__.py", ""),
        ("pkg/kernels.py", KERNELS),
    ];
    let repository = Repository::new(&sandbox, &files);
    let commented = KERNELS.replace(FAST, &format!("{FAST}  # a comment"));
    repository.commit(&[("pkg/kernels.py", &commented)]);
    let rule = "--fail-if=throughput:5%";
    // From a folder within, as a module.
    fs::create_dir(repository.root().join("untracked")).unwrap();
    let arguments = ["--base=HEAD~1", "--runs=1", rule, "../bench.py"];
    let run = repository.diff(&arguments);
    let outcome = run
        .current_dir(repository.root().join("untracked"))
        .outcome();
    assert!(matches!(outcome.status.code(), Some(0)), "{outcome:?}");
    repository.is_as_it_was();

    let slow = KERNELS.replace(FAST, SLOW);
    // What is not committed counts as well.
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.write("pkg/kernels.py", &slow);
    repository.git(&["add", "--all"]);
    let exported = sandbox.path("comparison.json");
    let export = format!("--export-json={}", exported.display());
    let module = ["--base=HEAD~1", &*export, rule, "-m", "bench"];
    let outcome = repository.diff(&module).outcome().exits_with(1);
    let stdout = outcome.stdout();
    assert!(stdout.starts_with("working-tree is "), "{stdout}");
    assert!(stdout.contains("\nGate: failed.\n"), "{stdout}");
    let comparison: Comparison = document::read(&fs::read_to_string(exported).unwrap()).unwrap();
    let shift = |line: &&LineComparison| line.change.cost_shift_s.value;
    let lines = comparison.lines.iter();
    let slowed = lines.max_by(|a, b| shift(a).total_cmp(&shift(b))).unwrap();
    for side in [&slowed.before, &slowed.after] {
        let side = side.as_ref().unwrap();
        assert_eq!((&*side.file, side.line.get()), ("pkg/kernels.py", 8));
    }
    assert_ne!(slowed.change.verdict, CostVerdict::CostsLess);
    assert!(stdout.contains("pkg/kernels.py"), "{stdout}");
    repository.git(&["commit", "--quiet", "--all", "--message=Slow"]);
    repository.is_as_it_was();
}

/// In a configuration, with what a revision needs: a submodule, data, and a build.
#[test]
fn a_revision_gets_what_it_needs() {
    let sandbox = Sandbox::new();
    let check = "\
import pathlib
assert pathlib.Path('library/part.txt').read_text() == 'a part'
assert pathlib.Path('untracked/data.txt').read_text() == 'data'
assert pathlib.Path('untracked/built.txt').exists()
";
    let bench = [check, &BENCH.replace("pkg.", "")].concat();
    let config = "\
[[variant]]
script = 'bench.py'
revision = 'HEAD~1'
copy = ['data.txt']
setup = 'echo building; cp library/part.txt untracked/built.txt'
[[variant]]
script = 'bench.py'
env = {}
[run]
env = { NUMBA_CACHE_DIR = 'none-of-it' }
";
    let files = [
        ("bench.py", &*bench),
        ("source/kernels.py", KERNELS),
        ("profila.toml", config),
    ];
    let repository = Repository::new(&sandbox, &files);
    let part = sandbox.path("part");
    fs::create_dir(&part).unwrap();
    let library = Repository {
        sandbox: &sandbox,
        name: "part",
    };
    library.git(&["init", "--quiet", "--initial-branch=main"]);
    library.git(&["config", "user.name", "A User"]);
    library.git(&["config", "user.email", "user@example.org"]);
    library.commit(&[("part.txt", "a part")]);
    let part = part.to_str().unwrap();
    let allowed = ["-c", "protocol.file.allow=always"];
    repository.git(
        &[
            &allowed[..],
            &["submodule", "--quiet", "add", part, "library"],
        ]
        .concat(),
    );
    repository.commit(&[]);
    repository.commit(&[("source/kernels.py", &KERNELS.replace(FAST, SLOW))]);
    repository.write("untracked/data.txt", "data");
    repository.write("untracked/built.txt", "as well");
    let save = sandbox.path("saved");
    let run = repository.diff(&["--runs=1", "--save"]).arg(&save);
    // It becomes that of the revision there.
    let run = run.env("PYTHONPATH", repository.root().join("source"));
    let outcome = run.outcome().exits_with(0);
    let stderr = outcome.stderr();
    assert!(stderr.contains("\nbuilding\n"), "{stderr}");
    let recordings = ["HEAD~1", "bench.py"].map(|name| {
        let recording = sandbox.recording(&format!("saved/{name}.json"));
        let mut users = recording.sources.iter().filter(|source| source.user);
        let kernels = users.find(|source| source.path == "source/kernels.py");
        assert!(kernels.is_some(), "{:#?}", recording.sources);
        (kernels.unwrap().text.contains(SLOW), recording.variant)
    });
    let [(is_slow, before), (is_slow_after, after)] = recordings;
    assert!(!is_slow && is_slow_after);
    let revision = before.revision.expect("a revision");
    assert_eq!((&*revision.name, revision.commit.len()), ("HEAD~1", 40));
    assert_eq!(after.revision, None);
    repository.is_as_it_was();
}

/// As where a package is installed from the working tree in a way that nobody knows of.
#[test]
fn modules_of_the_working_tree_are_not_taken_for_those_of_a_revision() {
    let sandbox = Sandbox::new();
    let bench = BENCH.replace("pkg.", "");
    let files = [("bench.py", &*bench), ("source/kernels.py", KERNELS)];
    let repository = Repository::new(&sandbox, &files);
    let installed = sandbox.path("installed");
    fs::create_dir(&installed).unwrap();
    let kernels = repository.root().join("source/kernels.py");
    symlink(kernels, installed.join("kernels.py")).unwrap();
    let run = repository.diff(&["--base=HEAD", "--runs=1", "bench.py"]);
    let outcome = run.env("PYTHONPATH", installed).outcome();
    let phrases = [
        "`HEAD` in round 1 imported modules of the working tree",
        "`kernels` from ",
        "hint: ",
    ];
    outcome.fails_with(4, &phrases);
    repository.is_as_it_was();
}

/// Commands that wait in a revision at some moment, with the words by which that is known, and
/// how many processes have them then.
const WAITS: [(&[&str], &str, usize); 3] = [
    // While git checks it out.
    (&["--base=slow", "bench.py"], "sleep 601", 1),
    // The command itself has them, too.
    (
        &["--base=HEAD", "--setup=sleep 602; true", "bench.py"],
        "sleep 602",
        3,
    ),
    (&["--base=HEAD", "bench.py"], "sleep 603", 1),
];

/// A repository in which those wait.
fn waiting(sandbox: &Sandbox) -> Repository<'_> {
    let bench = "import subprocess\nsubprocess.run(['sh', '-c', 'sleep 603; true'])\n";
    let repository = Repository::new(sandbox, &[("bench.py", bench)]);
    repository.git(&["config", "filter.slow.smudge", "sleep 601; cat"]);
    repository.git(&["checkout", "--quiet", "-b", "slow"]);
    repository.commit(&[(".gitattributes", "*.txt filter=slow"), ("a.txt", "text")]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository
}

#[test]
fn killed_at_whatever_moment_it_leaves_no_worktree() {
    for (arguments, words, count) in WAITS {
        let sandbox = Sandbox::new();
        let repository = waiting(&sandbox);
        let running = repository.diff(arguments).start();
        sandbox.await_processes(words, count);
        assert!(repository.root().join(".git/worktrees").exists());
        running.signal(Signal::SIGKILL);
        let outcome = running.outcome();
        assert_eq!(outcome.status.signal(), Some(9), "{outcome:?}");
        repository.is_as_it_was();
    }
}

#[test]
fn interrupted_at_whatever_moment_it_leaves_no_worktree() {
    for (arguments, words, count) in WAITS {
        let sandbox = Sandbox::new();
        let repository = waiting(&sandbox);
        let running = repository.diff(arguments).start();
        sandbox.await_processes(words, count);
        running.signal(Signal::SIGINT);
        running.outcome().fails_with(130, &["error: interrupted"]);
        repository.is_as_it_was();
    }
}

#[track_caller]
fn check_refused(repository: &Repository<'_>, arguments: &[&str], code: i32, phrases: &[&str]) {
    let outcome: Outcome = repository.diff(arguments).outcome();
    outcome.fails_with(code, phrases);
    repository.is_as_it_was();
}

#[test]
fn what_cannot_be_compared_with_a_revision_is_told() {
    let sandbox = Sandbox::new();
    let repository = Repository::new(&sandbox, &[("bench.py", "pass\n")]);
    repository.commit(&[("new.py", "pass\n")]);
    let check = |arguments: &[&str], code, phrases: &[&str]| {
        check_refused(&repository, arguments, code, phrases);
    };
    check(
        &["--base=nowhere", "bench.py"],
        2,
        &["`nowhere` is no revision", "hint: "],
    );
    check(&["--base=--all", "bench.py"], 2, &["is no revision"]);
    check(
        &["--base=HEAD~1", "new.py"],
        2,
        &["`new.py` is not in HEAD~1", "--copy"],
    );
    check(&["--base=HEAD", "missing.py"], 2, &["there is no script"]);
    check(&["--base=HEAD", "a.json"], 2, &["is a recording"]);
    check(&["--base=HEAD", "a.py", "b.py"], 2, &["one script"]);
    check(&["--base=HEAD"], 2, &["neither a script nor"]);
    check(
        &["--base=HEAD", "--setup=echo no >&2; exit 3", "bench.py"],
        5,
        &["the command that sets up the revision failed"],
    );
    check(
        &["--base=HEAD", "--copy=*.npy", "bench.py"],
        2,
        &["`*.npy` matches no file"],
    );

    let url = format!("file://{}", repository.root().display());
    repository.git(&["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let shallow = Repository {
        sandbox: &sandbox,
        name: "shallow",
    };
    let phrases = [
        "this clone is shallow",
        "fetch-depth: 0",
        "git fetch --depth",
    ];
    check_refused(&shallow, &["--base=HEAD~1", "bench.py"], 2, &phrases);

    let alone = sandbox.write("alone/bench.py", "pass\n");
    let run = repository.diff(&["--base=HEAD"]).arg(&alone);
    run.outcome().fails_with(2, &["is in no git repository"]);
    let run = repository.diff(&["--base=HEAD", "bench.py"]);
    let outcome = run.env("PATH", sandbox.files()).outcome();
    outcome.fails_with(4, &["git was not found", "hint: "]);
}
