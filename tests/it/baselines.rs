//! `profila baseline`: what is kept under a name, and compared with later.

use std::fs;

use crate::harness::{Outcome, Sandbox, repository};

/// Does nearly all of its work on one line.
const SCRIPT: &str = "tests/scripts/hot_line.py";

#[test]
fn a_baseline_is_kept_listed_compared_with_and_removed() {
    let sandbox = Sandbox::new();
    let script = sandbox.path("hot_line.py");
    fs::copy(repository().join(SCRIPT), &script).unwrap();
    sandbox.write("profila.toml", "");
    sandbox.write("within/file", "");
    let profila = |arguments: &[&str]| -> Outcome {
        let run = sandbox
            .profila(arguments)
            .env("VIRTUAL_ENV", repository().join(".venv"));
        // The configuration says which project that is.
        run.current_dir(sandbox.path("within")).outcome()
    };
    let stdout = profila(&["baseline", "list"]).succeeds().stdout();
    assert!(stdout.starts_with("There are no baselines."), "{stdout}");
    let save = [
        "baseline",
        "save",
        "--runs=1",
        "main",
        "../hot_line.py",
        "0.5",
    ];
    let saved = profila(&save).exits_with(0);
    assert!(saved.stderr().contains("wrote "), "{saved:?}");
    profila(&save).fails_with(2, &["there is a baseline `main` already", "--replace"]);
    let ignored = fs::read_to_string(sandbox.path(".profila/.gitignore")).unwrap();
    assert!(ignored.ends_with("\n*\n"), "{ignored}");
    let stdout = profila(&["baseline", "list"]).succeeds().stdout();
    assert!(stdout.contains("main  ../hot_line.py  "), "{stdout}");

    let diff = ["diff", "--runs=1", "--baseline=main", "../hot_line.py"];
    let other = [&diff[..], &["--", "0.6"]].concat();
    let phrases = [
        "other circumstances",
        "arguments: [\"0.5\"] then, [\"0.6\"] now",
    ];
    profila(&other).fails_with(2, &phrases);
    let allowed = [&diff[..], &["--any-circumstances", "--", "0.6"]].concat();
    let stdout = profila(&allowed).exits_with(0).stdout();
    assert!(
        stdout.contains("now is faster or slower than main"),
        "{stdout}"
    );
    assert!(stdout.contains("runs were not interleaved"), "{stdout}");
    // It is one file, by its path in the project.
    assert!(stdout.contains("\nhot_line.py\n"), "{stdout}");

    profila(&["diff", "--baseline=mein", "../hot_line.py"]).fails_with(2, &["there are: main"]);
    profila(&["baseline", "remove", "main"]).exits_with(0);
    profila(&["baseline", "remove", "main"]).fails_with(2, &["there is no baseline `main`"]);
}
