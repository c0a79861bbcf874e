//! The code that is profiled is the code that is shipped.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use crate::harness::{Run, Sandbox, python};
use crate::matrix::Cell;

pub(crate) const SCRIPT: &str = "tests/scripts/shows_code.py";

/// How many kinds of code it shows.
pub(crate) const KINDS: usize = 20;

/// The first kinds. A debug build of the last one is known to differ.
const FIRST: [&str; 2] = ["plain", "calls"];

/// The machine code of each of so many kinds of functions, as the script shows it, compiled
/// into a cache of its own.
#[track_caller]
pub(crate) fn code(
    run: Run,
    count: usize,
    sandbox: &Sandbox,
    cache: &str,
) -> Vec<(String, String)> {
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
    assert_eq!(kinds.len(), count, "{kinds:?}");
    for (title, code) in &kinds {
        assert!(code.contains("ret"), "no code of {title}");
    }
    kinds
}

/// How many of each instruction there are, whatever it works on.
pub(crate) fn operations(code: &str) -> BTreeMap<&str, usize> {
    let mut operations = BTreeMap::new();
    for line in code.lines() {
        let operation = line.split_whitespace().next().unwrap_or_default();
        *operations.entry(operation).or_default() += 1;
    }
    operations
}

/// The code of all kinds as the newest Numba compiles it without profila, which more than one
/// test looks at.
pub(crate) static PRODUCTION: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let sandbox = Sandbox::new();
    code(
        sandbox.run(&python(), [SCRIPT]),
        KINDS,
        &sandbox,
        "production",
    )
});

#[test]
fn profiled_code_is_production_code() {
    for python in Cell::pythons() {
        check_that_profiled_code_is_production_code(&python);
    }
}

#[track_caller]
fn check_that_profiled_code_is_production_code(python: &Path) {
    let sandbox = Sandbox::new();
    // LLVM 14 orders constants and what is moved by addresses in its own memory, so that two
    // production builds differ as well, but for which instructions there are.
    let is_stable = python == crate::harness::python();
    let production = if is_stable {
        PRODUCTION.clone()
    } else {
        let production = sandbox.run(python, [SCRIPT]);
        code(production, KINDS, &sandbox, "production")
    };
    let profiled = sandbox.profila(["annotate", "--python"]);
    let profiled = profiled.arg(python).args(["--", SCRIPT]);
    let profiled = code(profiled, KINDS, &sandbox, "profiled");
    let same = |one: &str, other: &str| {
        if is_stable {
            one == other
        } else {
            operations(one) == operations(other)
        }
    };
    for ((kind, production), (profiled_kind, profiled)) in production.iter().zip(&profiled) {
        assert!(
            kind == profiled_kind && same(production, profiled),
            "{kind}:\n{production}\n--- profiled as {profiled_kind}:\n{profiled}",
        );
    }
    // What is compared would show a difference, if there were one.
    let debug = sandbox.run(python, [SCRIPT]).args(FIRST);
    let debug = debug.env("NUMBA_DEBUGINFO", "1");
    let debug = code(debug, FIRST.len(), &sandbox, "debug");
    let [.., (kind, debug)] = &debug[..] else {
        unreachable!("the kinds were counted")
    };
    let (_, production) = &production[FIRST.len() - 1];
    assert!(!same(production, debug), "{kind} was no different");
}
