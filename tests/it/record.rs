//! What is kept of an experiment: the recordings, and the metrics in them.

use std::collections::BTreeSet;

use profila::recording::{Recording, RunKind, ThroughputSource};

use crate::experiment::{DITHER, DITHER2, EXPERIMENT, REORDERED, ROUNDS};
use crate::harness::{Sandbox, repository};
use crate::report;

/// Checks the recordings of all versions of one experiment.
#[track_caller]
fn check_recordings(recordings: &[Recording], rounds: u32) {
    let first = &recordings[0];
    let mut positions = BTreeSet::new();
    for recording in recordings {
        assert_eq!(recording.experiment, first.experiment);
        assert_eq!(recording.created, first.created);
        report::check(recording);
        for kind in [RunKind::Timed, RunKind::Profiled] {
            let runs = recording.runs().filter(|run| run.kind == kind);
            let in_rounds: Vec<u32> = runs.map(|run| run.round).collect();
            assert_eq!(in_rounds, (1..=rounds).collect::<Vec<_>>());
        }
        let control = recording.runs();
        let control = control.filter(|run| run.kind == RunKind::Control);
        assert_eq!(control.map(|run| run.round).collect::<Vec<_>>(), [1]);
        for run in recording.runs() {
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
    // A timed and a profiled run in each round, and a control run.
    let runs = (2 * rounds + 1) * u32::try_from(recordings.len()).unwrap();
    assert_eq!(positions, (0..runs).collect());
}

#[test]
fn every_run_of_an_experiment_is_kept() {
    let versions = [DITHER, DITHER2, REORDERED, "placebo"];
    let recordings = versions.map(|version| EXPERIMENT.read(version));
    check_recordings(&recordings, ROUNDS);
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
    assert_eq!(throughput.source, ThroughputSource::Metrics);
    assert_eq!(throughput.unit, "roots/s");
    for run in recording.runs() {
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
