//! The code that is profiled is the code that is shipped.

use crate::harness::{Run, Sandbox};

const SCRIPT: &str = "tests/scripts/shows_code.py";

/// The machine code of every kind of function, as the script shows it, compiled into
/// a cache of its own.
#[track_caller]
fn code(run: Run, sandbox: &Sandbox, cache: &str) -> Vec<(String, String)> {
    let outcome = run
        .env("NUMBA_CACHE_DIR", sandbox.path(cache))
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONWARNINGS", "ignore")
        .outcome();
    let stdout = outcome.stdout();
    let (shown, _) = stdout
        .split_once("== end\n")
        .unwrap_or_else(|| panic!("{outcome:?}"));
    let kinds = shown.split("== ").skip(1);
    let kinds: Vec<_> = kinds
        .map(|kind| {
            let (title, code) = kind.split_once('\n').expect("a title is a line");
            (title.to_owned(), code.to_owned())
        })
        .collect();
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    for (title, code) in &kinds {
        assert!(code.contains("ret"), "no code of {title}");
    }
    kinds
}

#[test]
fn profiled_code_is_production_code() {
    let sandbox = Sandbox::new();
    let production = code(sandbox.bare([SCRIPT]), &sandbox, "production");
    let profiled = code(sandbox.profila(["annotate", SCRIPT]), &sandbox, "profiled");
    for (production, profiled) in production.iter().zip(&profiled) {
        assert!(
            production == profiled,
            "{}:\n{}\n--- profiled as {}:\n{}",
            production.0,
            production.1,
            profiled.0,
            profiled.1
        );
    }
    // What is compared would show a difference, if there were one.
    let debug = sandbox.bare([SCRIPT]).env("NUMBA_DEBUGINFO", "1");
    let debug = code(debug, &sandbox, "debug");
    let pairs = production.iter().zip(&debug);
    let different = pairs.filter(|(production, debug)| production != debug);
    assert!(different.count() >= 5, "a debug build was no different");
}
