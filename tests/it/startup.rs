//! What comes before the measured window, and what is said of a run of which most is not in
//! it.

use profila::recording::{Recording, RunKind};

use crate::harness::{Outcome, Sandbox, python};

/// A kernel that is cached and says, into the file that it is given, how often it was
/// loaded.
const CACHED: &str = r#"
import sys, time
import numpy as np
from numba import njit

@njit(cache=True)
def work(values):
    total = 0.0
    for value in values:
        total += np.sqrt(value) / (value + 1.0)
    return total

values = np.linspace(0.0, 1.0, 10_000)
work(values)
end = time.perf_counter() + 0.7
while time.perf_counter() < end:
    work(values)
with open(sys.argv[1], "a") as file:
    print(sum(work.stats.cache_hits.values()), file=file)
"#;

/// Records one run of a script of this text.
#[track_caller]
fn annotated(sandbox: &Sandbox, script: &str) -> Recording {
    let script = sandbox.write("script.py", script);
    let run = sandbox.profila(["annotate", "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg(script);
    run.outcome().succeeds();
    sandbox.recording("run.json")
}

/// Checks that one of the warnings has these words.
#[track_caller]
fn check_warned(recording: &Recording, words: &str) {
    let warnings = &recording.warnings;
    assert!(
        warnings.iter().any(|it| it.as_written().contains(words)),
        "{warnings:?}"
    );
}

/// The timed runs have the user's cache and the profiled ones another, with line tables. Of
/// both, only the first run compiles. The control run always does: the compiler is to speak
/// about the code.
#[test]
fn one_profiled_run_compiles_and_the_others_load() {
    let sandbox = Sandbox::new();
    let script = sandbox.write("script.py", CACHED);
    let hits = sandbox.path("hits");
    let run = sandbox.profila(["record", "--runs=2", "-o"]);
    let run = run.arg(sandbox.path("run.json")).arg(script).arg(&hits);
    run.outcome().exits_with(0);

    let hits = std::fs::read_to_string(hits).unwrap();
    // Timed, profiled, control, timed, profiled.
    assert_eq!(hits, "0\n0\n0\n1\n1\n");
    let recording = sandbox.recording("run.json");
    let runs = recording.runs();
    let profiles: Vec<_> = runs.filter_map(|run| run.profile.as_ref()).collect();
    assert_eq!(profiles.len(), 2);
    for profile in profiles {
        assert!(profile.samples.numba > 0, "{:?}", profile.samples);
        let on_lines: u64 = profile.lines.iter().map(|line| line.owned).sum();
        assert_eq!(on_lines, profile.samples.numba);
    }
    check_warned(&recording, "compiled 1 function that later ones loaded");
}

/// Numba is imported and the first function compiled with nobody watching.
#[test]
fn nothing_is_sampled_before_the_window() {
    let sandbox = Sandbox::new();
    let script = CACHED
        .replace("(cache=True)", "")
        .replace("sys.argv[1]", "'/dev/null'");
    let recording = annotated(&sandbox, &script);
    let [run] = &recording.blocks[0].runs[..] else {
        panic!("one run: {:?}", recording.blocks);
    };
    assert_eq!(run.kind, RunKind::Profiled);
    let samples = run.profile.as_ref().unwrap().samples;
    assert_eq!((samples.startup, samples.compiling), (0, 0), "{samples:?}");
    assert!(samples.numba > 0, "{samples:?}");
}

#[test]
fn work_in_child_processes_is_said() {
    let sandbox = Sandbox::new();
    let spin = "import subprocess, sys; \
                subprocess.run([sys.executable, '-c', 'for i in range(60_000_000): pass'])\n";
    let script = CACHED
        .replace("(cache=True)", "")
        .replace("sys.argv[1]", "'/dev/null'");
    let recording = annotated(&sandbox, &format!("{spin}{script}"));
    check_warned(&recording, "also works in child processes, for ");
}

#[test]
fn functions_compiled_in_a_loop_are_said() {
    let sandbox = Sandbox::new();
    let script = "from numba import njit\n\
                  import numpy as np\n\
                  def make(k):\n    \
                      @njit\n    \
                      def work(values):\n        \
                          total = 0.0\n        \
                          for value in values:\n            \
                              total += value * k\n        \
                          return total\n    \
                      return work\n\
                  values = np.ones(4_000_000)\n\
                  for k in range(14):\n    \
                      work = make(k)\n    \
                      for _ in range(12):\n        \
                          work(values)\n";
    let recording = annotated(&sandbox, script);
    check_warned(&recording, "functions in the second half of its window");
}

/// Where all the work is in a package, it is said how its lines can be seen; and they can.
#[test]
fn the_include_that_shows_an_installed_package_is_named() {
    let sandbox = Sandbox::new();
    let (package, script) = CACHED.split_once("values = np.linspace").unwrap();
    sandbox.write("env/site-packages/kernels/sums.py", package);
    let script = format!("from kernels.sums import work, np, time\nvalues = np.linspace{script}");
    let script = script.split("with open").next().unwrap();
    let script = sandbox.write("script.py", script);
    let annotate = |options: &[&str]| -> Outcome {
        let run = sandbox.profila(["annotate"]).args(options).arg(&script);
        let run = run.env("PYTHONPATH", sandbox.path("env/site-packages"));
        run.outcome().succeeds()
    };
    let outcome = annotate(&[]);
    let said = outcome.stdout() + &outcome.stderr();
    assert!(said.contains("`--include 'kernels/*'` shows"), "{said}");
    let outcome = annotate(&["--include", "kernels/*"]);
    let said = outcome.stdout() + &outcome.stderr();
    assert!(!said.contains("--include"), "{said}");
    assert!(said.contains("total += np.sqrt"), "{said}");
}

/// Each of these commands runs Python, and could not be profiled.
#[test]
fn a_python_that_cannot_be_heard_is_refused() {
    let sandbox = Sandbox::new();
    let python = python().display().to_string();
    let wrappers = [
        (format!("exec '{python}' -I \"$@\""), "it runs with `-I`"),
        (format!("exec '{python}' -E \"$@\""), "it runs with `-E`"),
        (format!("exec '{python}' -S \"$@\""), "it runs with `-S`"),
        (format!("'{python}' \"$@\"; exit $?"), "it is a wrapper"),
    ];
    for (number, (text, words)) in wrappers.iter().enumerate() {
        let wrapper = sandbox.write_program(&format!("python{number}"), text);
        let run = sandbox.profila(["annotate", "--python"]).arg(&wrapper);
        let outcome = run.arg("tests/scripts/hot_line.py").outcome();
        outcome.fails_with(4, &[words, "hint: ", "--python PATH"]);
        let run = sandbox.profila(["doctor", "--python"]).arg(&wrapper);
        let said = run.outcome().exits_with(4).stdout();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_active_environment_that_is_gone_is_said() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "tests/scripts/hot_line.py"]);
    let run = run.env("VIRTUAL_ENV", "/nowhere/env");
    let said = run.outcome().exits_with(0).stderr();
    assert!(said.contains("VIRTUAL_ENV is /nowhere/env"), "{said}");
}
