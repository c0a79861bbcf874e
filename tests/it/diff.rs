//! `profila diff`, `record` and `report`: an experiment, what is kept of it, and what
//! is concluded from it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use profila::compare::{Comparison, Evidence, LineKind, MetricVerdict};
use profila::recording::{Better, MetricKind, Recording, RunKind};
use profila::report::json::{AnyDocument, read_any};

use crate::harness::{Sandbox, python, repository, scripts};
use crate::report::{self, Report};

/// The line of `hot_line.py` that takes nearly all of its time, and a cheaper one.
const HOT: &str = "total += np.round(1.0 / value, 2)  # hot";
const CHEAPER: &str = "total += 1.0 / value";

/// Writes two versions of a script.
fn versions(sandbox: &Sandbox) -> [PathBuf; 2] {
    let text = fs::read_to_string(scripts().join("hot_line.py")).unwrap();
    assert!(text.contains(HOT));
    let before = sandbox.write("before.py", &text);
    let after = sandbox.write("after.py", &text.replace(HOT, CHEAPER));
    [before, after]
}

#[track_caller]
fn comparison(text: &str) -> Comparison {
    match read_any(text) {
        Ok(AnyDocument::Comparison(comparison)) => *comparison,
        other => panic!("{other:?} in {text}"),
    }
}

/// Checks the recordings of one experiment of two versions.
#[track_caller]
fn check_recordings(before: &Recording, after: &Recording, rounds: u32) {
    assert_eq!(before.experiment, after.experiment);
    assert_eq!(before.created, after.created);
    let mut positions = BTreeSet::new();
    for recording in [before, after] {
        report::check(recording);
        for kind in [RunKind::Timed, RunKind::Profiled] {
            let runs = recording.runs.iter().filter(|run| run.kind == kind);
            let in_rounds: Vec<u32> = runs.map(|run| run.round).collect();
            assert_eq!(in_rounds, (1..=rounds).collect::<Vec<_>>());
        }
        for run in &recording.runs {
            assert_eq!(run.exit_code, 0);
            assert_eq!(run.profile.is_some(), run.kind == RunKind::Profiled);
            assert!(run.metric.as_ref().is_some_and(|it| it.value > 0.0));
            assert!(
                run.peak_rss_bytes > 10_000_000 && run.cpu_s > 0.0,
                "{run:?}"
            );
            assert!(run.window_s < run.wall_s, "{run:?}");
            positions.insert(run.position);
        }
    }
    assert_eq!(positions, (0..4 * rounds).collect());
}

/// Checks what a comparison of [`versions`] has to say.
#[track_caller]
fn check_comparison(comparison: &Comparison) {
    assert_eq!(comparison.rounds, 2);
    let throughput = &comparison.throughput;
    assert_eq!(throughput.source, MetricKind::Pattern);
    assert_eq!(throughput.better, Better::Higher);
    assert!(throughput.ratio.value > 1.0, "{throughput:?}");

    let accounting = comparison.accounting;
    let missing = accounting.sum_of_shifts_s - accounting.total_shift_s;
    assert!(
        missing.abs() <= 0.001 * accounting.total_shift_s.abs(),
        "{accounting:?}"
    );
    let hunk = &comparison.hunks[0];
    assert_eq!(comparison.hunks.len(), 1, "{:#?}", comparison.hunks);
    assert_eq!(hunk.kind, LineKind::Changed);
    assert_eq!(hunk.before_lines.len(), 1);
    assert_eq!(hunk.after_lines.len(), 1);
    assert!(hunk.change.cost_shift_s.value < 0.0, "{hunk:#?}");
    let mut lines = comparison.lines.iter();
    let hot = lines.find(|line| line.before.as_ref().is_some_and(|it| it.text.contains(HOT)));
    let hot = hot.unwrap_or_else(|| panic!("{:#?}", comparison.lines));
    assert_eq!(hot.hunk, Some(hunk.id));
    assert_eq!(comparison.buckets.bad.before.samples, 0);
    assert_eq!(comparison.buckets.bad.after.samples, 0);
}

#[test]
fn two_versions_are_compared_and_again_from_what_was_kept() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("runs");
    let file = sandbox.path("comparison.json");
    let measured = sandbox
        .profila(["diff", "--runs=2", "--save"])
        .arg(&folder)
        .arg("--export-json")
        .arg(&file)
        .args(versions(&sandbox))
        .args(["--", "0.5"])
        .outcome()
        .succeeds();
    let report = measured.stdout();
    // A line that is too long for the table is cut off at its end.
    for shown in ["before.py → ", "after.py\n", "total += np.round(", CHEAPER] {
        assert!(report.contains(shown), "no `{shown}` in {report}");
    }

    let kept = ["before.py.json", "after.py.json"];
    let [before, after] = kept.map(|name| sandbox.recording(&format!("runs/{name}")));
    check_recordings(&before, &after, 2);
    assert_eq!(before.variant.args, ["0.5"]);
    let exported = fs::read_to_string(&file).unwrap();
    check_comparison(&comparison(&exported));

    let kept = kept.map(|name| folder.join(name));
    let again = sandbox.profila(["diff"]).args(&kept).outcome().succeeds();
    assert_eq!(again.stdout(), report);
    let as_json = sandbox.profila(["diff", "--format=json"]).args(&kept);
    assert_eq!(as_json.outcome().succeeds().stdout(), exported);
    let shown = sandbox.profila(["report"]).arg(&file).outcome().succeeds();
    assert_eq!(shown.stdout(), report);

    let swapped = sandbox.profila(["diff", "--format=json"]);
    let swapped = swapped.args(kept.iter().rev()).outcome().succeeds();
    let ratio = comparison(&swapped.stdout()).throughput.ratio.value;
    assert!(ratio < 1.0, "{ratio}");
}

#[test]
fn nothing_is_found_where_nothing_was_changed() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "profila.toml",
        &format!(
            r#"
version = 1
[[variant]]
name = "once"
script = "{script}"
args = ["0.5"]
[[variant]]
name = "again"
script = "{script}"
args = ["0.5"]
[run]
python = "{python}"
env = {{ NUMBA_NUM_THREADS = "1" }}
[throughput]
pattern = 'Processed (?P<value>[\d.]+) arrays / sec'
unit = "arrays/s"
better = "higher"
[compare]
rounds = 3
# By chance alone a difference is found once in ten thousand times.
confidence = 0.9999
[output]
format = "json"
"#,
            script = scripts().join("hot_line.py").display(),
            python = python().display(),
        ),
    );
    let run = sandbox.profila(["diff", "--quiet"]);
    let outcome = run.current_dir(sandbox.files()).outcome().succeeds();
    let comparison = comparison(&outcome.stdout());
    assert_eq!(comparison.before.variant.name, "once");
    assert_eq!(comparison.after.variant.name, "again");
    assert_eq!(comparison.rounds, 3);
    assert_eq!(comparison.throughput.unit, "arrays/s");
    assert!(
        matches!(
            comparison.throughput.verdict,
            MetricVerdict::NoChange | MetricVerdict::Inconclusive
        ),
        "{:?}",
        comparison.throughput
    );
    assert!(comparison.hunks.is_empty());
    for line in &comparison.lines {
        assert_eq!(line.kind, LineKind::Unchanged, "{line:?}");
        assert_eq!(line.change.evidence, Evidence::None, "{line:?}");
    }
}

#[test]
fn recordings_made_one_after_the_other_are_compared_with_a_warning() {
    let sandbox = Sandbox::new();
    let versions = versions(&sandbox);
    let files = ["before.json", "after.json"].map(|name| sandbox.path(name));
    for (script, file) in versions.iter().zip(&files) {
        let run = sandbox.profila(["record", "--runs=1", "-o"]).arg(file);
        let outcome = run.arg(script).arg("0.5").outcome().exits_with(0);
        assert_eq!(outcome.stdout(), "");
        assert_eq!(outcome.stderr(), format!("wrote {}\n", file.display()));
    }
    let outcome = sandbox.profila(["diff"]).args(&files).outcome().succeeds();
    assert!(outcome.stdout().contains("not interleaved"), "{outcome:?}");

    let shown = sandbox
        .profila(["report"])
        .arg(&files[0])
        .outcome()
        .succeeds();
    let report = Report::read(&format!("\n{}", shown.stdout()));
    assert!(report.files[0].hottest().starts_with("total += np.round("));
}

#[test]
fn a_script_can_report_its_metric_in_a_file() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["record", "--quiet", "--runs=1", "-o"]);
    run.arg(sandbox.path("run.json"))
        .arg("tests/scripts/metrics.py")
        .outcome()
        .succeeds();
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    let throughput = &recording.settings.throughput;
    assert_eq!(throughput.source, MetricKind::Metrics);
    assert_eq!(throughput.unit, "roots/s");
    for run in &recording.runs {
        let metric = run.metric.as_ref().unwrap();
        assert_eq!((&*metric.name, &*metric.unit), ("throughput", "roots/s"));
        // What was done in the time that it took.
        assert!(metric.value >= 50_000_000.0 / run.window_s, "{run:?}");
    }
}

#[test]
fn a_script_that_does_not_print_what_is_looked_for() {
    let sandbox = Sandbox::new();
    let config = "[throughput]\npattern = 'frames: (?P<value>[0-9]+)'\n";
    let config = sandbox.write("profila.toml", config);
    let run = sandbox.profila(["record", "--runs=1", "--config"]);
    run.arg(config)
        .arg("-o")
        .arg(sandbox.path("run.json"))
        .arg(repository().join("tests/scripts/hot_line.py"))
        .arg("0.3")
        .env("VIRTUAL_ENV", repository().join(".venv"))
        .outcome()
        .fails_with(5, &["nothing that matches `frames: ", "Processed "]);
}

#[test]
fn a_configuration_to_start_from_is_written_once() {
    let sandbox = Sandbox::new();
    let init = || sandbox.profila(["init"]).current_dir(sandbox.files());
    init().outcome().succeeds();
    let text = fs::read_to_string(sandbox.path("profila.toml")).unwrap();
    assert!(text.contains("[[variant]]"), "{text}");
    let phrases = ["profila.toml` exists already", "hint: "];
    init().outcome().fails_with(2, &phrases);
    // It can be used: what it names is only not there.
    let diff = sandbox.profila(["diff"]).current_dir(sandbox.files());
    diff.outcome().fails_with(2, &["there is no script `"]);
}
