//! What is said besides the verdicts.

use super::degenerate::rounds;
use super::fixture::compared;
use crate::compare::Comparison;
use crate::recording::{
    Better, MetricSource, Processes, Recording, SampleCounts, ThroughputSource,
};

#[track_caller]
fn check_warning(change: impl Fn(&mut Recording), expected: &str) {
    let mut before = rounds("before", &[100.5, 101.25, 99.5], &[100, 200]);
    let mut after = rounds("after", &[100.25, 101.5, 99.75], &[100, 200]);
    assert_eq!(compared(&before, &after, &[]).warnings, []);
    change(&mut before);
    change(&mut after);
    let warnings = compared(&before, &after, &[]).warnings;
    assert!(
        warnings.iter().any(|it| it.as_written().contains(expected)),
        "{warnings:?}"
    );
}

fn source_is(recording: &mut Recording, source: ThroughputSource) {
    recording.settings.throughput = MetricSource {
        source,
        unit: "s".to_owned(),
        better: Better::Lower,
    };
}

/// Runs in whose window of 5 s the process was looked at so often.
fn sampled(recording: &mut Recording, ticks: u64, put_off: u64) {
    for profile in recording.runs_mut().filter_map(|run| run.profile.as_mut()) {
        profile.samples.ticks = ticks;
        profile.put_off = put_off;
    }
}

/// What threads that wait for each other do is because of the loop that they are in.
#[test]
fn waiting_for_threads_is_not_outside_the_loop() {
    let waiting = |barrier| {
        let mut before = rounds("before", &[100.5, 101.25, 99.5], &[100, 200]);
        let after = rounds("after", &[100.25, 101.5, 99.75], &[100, 200]);
        for profile in before.runs_mut().filter_map(|run| run.profile.as_mut()) {
            profile.samples.waiting += 200;
            profile.samples.window += 200;
            profile.samples.barrier = barrier;
        }
        compared(&before, &after, &[]).warnings.len()
    };
    assert_eq!([waiting(0), waiting(200)], [1, 0]);
}

/// Threads that spin may do so for a shorter time while they are sampled.
#[test]
fn profiled_runs_that_are_unlike_timed_ones_are_said() {
    check_warning(
        |r| {
            for run in r.runs_mut().filter(|run| run.profile.is_some()) {
                run.metric.as_mut().unwrap().value *= 4.0;
            }
        },
        "took 0.25 times as long in profiled runs",
    );
}

#[test]
fn warnings_say_what_limits_the_answer() {
    check_warning(
        |r| source_is(r, ThroughputSource::Window),
        "which looks like a fixed-time loop",
    );
    check_warning(
        |r| source_is(r, ThroughputSource::Wall),
        "includes imports and compilation",
    );
    check_warning(
        |r| {
            for run in r.runs_mut() {
                run.metric.as_mut().unwrap().value = 8.0;
            }
        },
        "in steps of 12.5%",
    );
    // As it was printed: 1.2 MB/s, say.
    check_warning(
        |r| {
            for run in r.runs_mut() {
                let metric = run.metric.as_mut().unwrap();
                (metric.value, metric.step) = (1_200_001.0, Some(100_000.0));
            }
        },
        "in steps of 8.3%",
    );
    check_warning(
        |r| {
            for profile in r.runs_mut().filter_map(|run| run.profile.as_mut()) {
                profile.samples.other += 200;
                profile.samples.window += 200;
            }
        },
        "work outside the timed loop dilutes",
    );
    check_warning(
        |r| sampled(r, 40, 100),
        "sampled at 8 Hz instead of 100 Hz, because stops took long and were limited to 20%",
    );
    check_warning(|r| sampled(r, 40, 0), "because samples took longer to take");
    check_warning(
        |r| r.warnings.push("the machine was busy".into()),
        "machine was busy",
    );
    check_warning(
        |r| r.python.clone_from(&r.variant.name),
        "different Python: before and after",
    );
    check_warning(
        |r| {
            let profile = r.blocks[0].runs[1].profile.as_mut().unwrap();
            profile.samples = SampleCounts::default();
            profile.lines.clear();
        },
        "1 round is left out",
    );
}

/// Two processes at once in each run.
fn with_processes(recording: &mut Recording) {
    for run in recording.runs_mut() {
        run.processes = Some(Processes {
            followed: 2,
            seconds: 2.0 * run.window_s,
            unwatched: 0,
            left_out: 0,
        });
    }
}

#[test]
fn costs_of_several_processes_are_process_time() {
    let mut before = rounds("before", &[100.5, 101.25, 99.5], &[100, 200]);
    let mut after = rounds("after", &[100.25, 101.5, 99.75], &[100, 200]);
    let costs = |comparison: &Comparison| -> Vec<f64> {
        let sides = comparison.lines.iter().filter_map(|it| it.after.as_ref());
        sides.map(|it| it.cost_s.value).collect()
    };
    let alone = compared(&before, &after, &[]);
    assert!(!alone.is_of_several_processes());
    with_processes(&mut before);
    with_processes(&mut after);
    let both = compared(&before, &after, &[]);
    assert!(both.is_of_several_processes());
    assert_eq!(both.warnings, []);
    assert_eq!(both.throughput, alone.throughput);
    assert!(!costs(&alone).is_empty());
    for (both, alone) in costs(&both).into_iter().zip(costs(&alone)) {
        assert!((both - 2.0 * alone).abs() < 1e-9, "{both} {alone}");
    }
}

#[test]
fn children_that_were_followed_on_one_side_are_said() {
    let before = rounds("before", &[100.5, 101.25, 99.5], &[100, 200]);
    let mut after = rounds("after", &[100.25, 101.5, 99.75], &[100, 200]);
    with_processes(&mut after);
    let warnings = compared(&before, &after, &[]).warnings;
    let expected = "child processes were followed only in the after version";
    assert!(
        warnings.iter().any(|it| it.as_written().contains(expected)),
        "{warnings:?}"
    );
}
