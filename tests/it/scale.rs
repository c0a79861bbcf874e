//! `profila scale`: as which powers of a size a script grows whose powers are known.

use std::fs;

use serde_json::Value;

use crate::formats::faults_in;
use crate::harness::{Sandbox, scripts};

/// The line of `scales.py` with this comment, of those that were found.
fn line<'f>(found: &'f Value, comment: &str) -> &'f Value {
    let mut lines = found["lines"].as_array().unwrap().iter();
    let is_it = |line: &&Value| line["text"].as_str().unwrap().ends_with(comment);
    lines
        .find(is_it)
        .unwrap_or_else(|| panic!("no {comment} in {found:#}"))
}

fn exponent(growth: &Value) -> f64 {
    growth["exponent"]["value"].as_f64().unwrap()
}

/// Exponents are those of the code, in all forms of the report.
#[test]
fn lines_grow_as_they_are_written() {
    let sandbox = Sandbox::new();
    let exports = ["json", "html", "svg", "markdown"];
    let files = exports.map(|form| sandbox.path(&format!("found.{form}")));
    let options = exports.iter().zip(&files);
    let options = options.map(|(form, file)| format!("--export-{form}={}", file.display()));
    let run = sandbox.profila([
        "scale",
        "--vary=n=1000,2000,4000",
        "--runs=3",
        "--sampler=auto",
    ]);
    let run = run.args(options).arg(scripts().join("scales.py"));
    let outcome = run.args(["--", "{n}", "0.5"]).outcome().exits_with(0);
    let [json, html, svg, markdown] = files.map(|file| fs::read_to_string(file).unwrap());
    let found: Value = serde_json::from_str(&json).unwrap();
    let growth = |comment| &line(&found, comment)["part"]["growth"];
    let (quadratic, linear) = (growth("# quadratic"), growth("# linear"));
    let is_near = |growth, truth: f64| (exponent(growth) - truth).abs() < 0.25;
    assert!(is_near(quadratic, 2.0) && is_near(linear, 1.0), "{found:#}");
    assert!(exponent(quadratic) - exponent(linear) > 0.6, "{found:#}");
    // The whole is a sum of the two.
    let whole = exponent(&found["whole"]);
    assert!((0.9..2.1).contains(&whole), "{found:#}");
    let stdout = outcome.stdout();
    for said in [
        "Time per call ",
        "1000, 2000, 4000",
        "3 rounds",
        "total += 1.0 / (1.0",
    ] {
        assert!(stdout.contains(said), "no `{said}` in {outcome:?}");
    }
    assert!(html.contains("<svg") && svg.starts_with("<svg"), "{svg}");
    assert!(markdown.contains("# quadratic"), "{markdown}");
    let schema = sandbox.profila(["schema", "scaling"]).outcome();
    let schema = serde_json::from_str(&schema.succeeds().stdout()).unwrap();
    assert_eq!(faults_in(&sandbox, &schema, [&found]), [[""; 0]]);
    // What was saved is shown again.
    let again = sandbox.profila(["report"]).arg(sandbox.path("found.json"));
    assert_eq!(again.outcome().succeeds().stdout(), stdout);
}

/// Of one size the script prints a rate, and of the others none.
#[test]
fn a_size_at_which_nothing_is_printed_is_named() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila([
        "scale",
        "--vary=n=1000,2000,4000",
        "--runs=2",
        "--sampler=auto",
    ]);
    let run = run.arg(scripts().join("scales.py"));
    let run = run.args(["--", "{n}", "0.1", "silent-at=2000"]);
    let outcome = run.outcome().exits_with(2);
    let stderr = outcome.stderr();
    assert!(
        stderr.contains("n=2000") && stderr.contains("no rate"),
        "{outcome:?}"
    );
}

#[test]
fn sizes_that_make_no_series_are_told_before_anything_is_run() {
    let sandbox = Sandbox::new();
    for (arguments, said) in [
        (&["--vary=n=1,2,4"][..], "the size is not used"),
        (&["--vary=n=1,2", "--", "{n}"], "at least 3 sizes"),
        (
            &["--vary=n=1,2,x", "--", "{n}"],
            "`x` is not a number above 0",
        ),
        (
            &["--vary=n=0,1,2", "--", "{n}"],
            "`0` is not a number above 0",
        ),
        (
            &["--vary=n=1,2,2.0", "--", "{n}"],
            "`2` and `2.0` are the same size",
        ),
        (&["--", "{n}"], "--vary"),
    ] {
        let run = sandbox.profila(["scale", "not-there.py"]).args(arguments);
        let outcome = run.outcome().exits_with(2);
        assert!(outcome.stderr().contains(said), "{outcome:?}");
    }
}
