//! What is concluded of sizes that were measured by hand.

use super::fixture::{of_costs, recording, scaling, subject};
use super::{GrowthVerdict, LineGrowth, Scaling, conclude};
use crate::recording::{Better, Chosen, Recording, ThroughputSource};

/// The line with this number.
fn line(found: &Scaling, number: u32) -> &LineGrowth {
    let mut lines = found.lines.iter();
    lines
        .find(|it| it.line.get() == number)
        .expect("it has samples")
}

#[track_caller]
fn check(line: &LineGrowth, exponent: f64, verdict: GrowthVerdict) {
    let growth = &line.part.growth;
    let found = growth.exponent.expect("it has samples enough");
    assert!((found.value - exponent).abs() < 0.1, "{growth:?}");
    assert!(
        found.low < Some(exponent) && found.high > Some(exponent),
        "{growth:?}"
    );
    assert_eq!(growth.verdict, verdict, "{growth:?}");
}

#[test]
fn each_line_has_its_power() {
    let found = scaling();
    check(line(&found, 6), 2.0, GrowthVerdict::Grows);
    check(line(&found, 8), 1.0, GrowthVerdict::Grows);
    // The quadratic one costs most in the end.
    assert_eq!(found.lines[0].line.get(), 6);
    assert_eq!(found.lines[0].text.trim(), "total += abs(a - b)");
    assert_eq!(found.rounds, 4);
    assert_eq!(found.check(), Ok(()));
}

/// What is not in the lines is in the rest, which does not grow here.
#[test]
fn every_sample_is_somewhere() {
    let found = scaling();
    for at in 0..3 {
        let lines = found.lines.iter().map(|line| line.part.shares[at].get());
        let all = lines.sum::<f64>() + found.rest.shares[at].get();
        assert!((all - 1.0).abs() < 1e-9, "{all}");
    }
    let exponent = found.rest.growth.exponent.unwrap();
    assert!(exponent.value.abs() < 0.3, "{exponent:?}");
}

/// The whole is the sum of a quadratic and a linear part, and so no power.
#[test]
fn a_sum_of_powers_is_no_power() {
    let found = scaling();
    assert_eq!(found.whole.verdict, GrowthVerdict::NoPower);
    assert_eq!(found.whole.bent_at, Some(1));
    let steps: Vec<f64> = found.whole.steps.iter().map(|it| it.unwrap()).collect();
    assert!(
        (steps[0] - (8.1_f64 / 3.1).log2()).abs() < 0.02,
        "{steps:?}"
    );
    assert!(
        (steps[1] - (24.1_f64 / 8.1).log2()).abs() < 0.02,
        "{steps:?}"
    );
}

#[test]
fn what_costs_the_same_does_not_grow_and_what_costs_less_falls() {
    let found = of_costs([[0.5, 0.4, 0.0], [0.5, 0.2, 0.0], [0.5, 0.1, 0.0]]);
    check(line(&found, 6), 0.0, GrowthVerdict::Constant);
    check(line(&found, 8), -1.0, GrowthVerdict::Shrinks);
    assert_eq!(found.rest.growth.verdict, GrowthVerdict::TooFewSamples);
}

/// A line with samples at the largest size only has no exponent, and its costs all the same.
#[test]
fn of_few_samples_nothing_is_said() {
    let found = of_costs([[0.5, 0.0, 0.0], [0.5, 0.0, 0.0], [0.5, 0.1, 0.0]]);
    let growth = &line(&found, 8).part.growth;
    assert_eq!(growth.verdict, GrowthVerdict::TooFewSamples);
    assert_eq!((growth.exponent, growth.fitted_s.len()), (None, 0));
    assert!(growth.cost_s[2].value > 0.05, "{growth:?}");
}

/// Rates printed as 1, 2 and 4 may be off by so much that no exponent is narrow.
#[test]
fn rounded_rates_make_intervals_wider() {
    let costs = [[0.5, 0.0, 0.5], [0.25, 0.0, 0.25], [0.125, 0.0, 0.125]];
    let recordings = |step: f64| {
        let recordings = costs.into_iter().enumerate().map(|(at, costs)| {
            let mut recording = recording(at, costs);
            let runs = recording.blocks[0].runs.iter_mut();
            for metric in runs.filter_map(|run| run.metric.as_mut()) {
                metric.value = metric.value.round();
                metric.step = Some(step);
            }
            recording
        });
        conclude(&subject(), recordings.collect()).unwrap()
    };
    let width = |found: &Scaling| {
        let exponent = found.whole.exponent.unwrap();
        exponent.high.unwrap() - exponent.low.unwrap()
    };
    let (printed, exact) = (recordings(1.0), recordings(1e-9));
    assert!(width(&exact) < 1e-6 && width(&printed) > 0.4, "{printed:?}");
}

/// A round that is not whole at one size is used at none.
#[test]
fn rounds_are_whole() {
    let mut recordings: Vec<_> = (0..3).map(|at| recording(at, [0.5, 0.4, 0.1])).collect();
    recordings[1].blocks[0].runs.truncate(6);
    let found = conclude(&subject(), recordings.clone()).unwrap();
    assert_eq!(found.rounds, 3);
    let said = format!("{:?}", found.warnings);
    assert!(said.contains("3 of 4 rounds are used"), "{said}");
    recordings[2].blocks[0].runs.clear();
    let error = conclude(&subject(), recordings).unwrap_err();
    assert!(error.to_string().contains("no round"), "{error}");
}

/// What is concluded of scripts that print nothing and whose windows are so long at each size,
/// in seconds.
fn of_windows(windows: [f64; 3], change: impl Fn(&mut Recording)) -> Scaling {
    let recordings = windows.into_iter().enumerate().map(|(at, window_s)| {
        let mut recording = recording(at, [0.5, 0.4, 0.1]);
        let throughput = &mut recording.settings.throughput;
        (throughput.source, throughput.better) = (ThroughputSource::Window, Better::Lower);
        for run in &mut recording.blocks[0].runs {
            run.metric = None;
            run.window_s = window_s * (1.0 + 1e-4 * f64::from(run.round));
        }
        change(&mut recording);
        recording
    });
    conclude(&subject(), recordings.collect()).unwrap()
}

#[track_caller]
fn check_no_basis(found: &Scaling, warning: &str) {
    let lines = found.lines.iter().map(|it| &it.part);
    let parts = lines.chain([&found.rest]).map(|it| &it.growth);
    for growth in parts.chain([&found.whole]) {
        assert_eq!(growth.verdict, GrowthVerdict::NoBasis, "{growth:?}");
        assert_eq!((growth.exponent, growth.bent_at), (None, None));
        assert!(growth.steps.iter().all(Option::is_none), "{growth:?}");
    }
    let said = found.warnings[0].as_written();
    assert!(said.contains(warning), "{said}");
    assert_eq!(found.check(), Ok(()));
}

/// A loop of fixed time takes as long at every size, and one unit of work longer at most.
#[test]
fn windows_of_fixed_time_tell_nothing() {
    for windows in [[1.0, 1.0, 1.0], [1.0, 1.01, 1.05]] {
        check_no_basis(
            &of_windows(windows, |_| {}),
            "fixed-time loop: print a rate",
        );
    }
    let found = of_windows([1.0, 2.0, 4.0], |_| {});
    assert_eq!(found.whole.verdict, GrowthVerdict::Grows);
    assert_eq!(found.warnings, []);
    let named = |recording: &mut Recording| recording.settings.throughput_chosen = Chosen::Named;
    let found = of_windows([1.0, 1.0, 1.0], named);
    assert_eq!(found.whole.verdict, GrowthVerdict::Constant);
}

#[test]
fn a_value_that_never_differs_tells_nothing() {
    let recordings = (0..3).map(|at| {
        let mut recording = recording(at, [0.5, 0.4, 0.1]);
        let runs = recording.blocks[0].runs.iter_mut();
        for metric in runs.filter_map(|run| run.metric.as_mut()) {
            metric.value = 44.1;
        }
        recording
    });
    let found = conclude(&subject(), recordings.collect()).unwrap();
    check_no_basis(&found, "reported the same value");
}

/// Imports cost the same at every size, so that exponents of the whole process are too small.
#[test]
fn whole_processes_are_told_of() {
    let wall = |recording: &mut Recording| {
        recording.settings.throughput.source = ThroughputSource::Wall;
        for run in &mut recording.blocks[0].runs {
            run.wall_s = run.window_s;
        }
    };
    let said = format!("{:?}", of_windows([1.0, 2.0, 4.0], wall).warnings);
    assert!(said.contains("imports and compilation"), "{said}");
}

/// What somebody else wrote is not believed.
#[test]
fn documents_that_do_not_fit_are_told() {
    let check = |change: fn(&mut Scaling), said: &str| {
        let mut found = scaling();
        change(&mut found);
        let error = found.check().unwrap_err();
        assert!(error.contains(said), "{error}");
    };
    check(|it| it.sizes.truncate(2), "`sizes` needs 3 to 16 values");
    check(|it| it.sizes.swap(0, 1), "`sizes` need to ascend");
    check(
        |it| it.rest.shares.truncate(1),
        "`rest` needs one share and one number of samples per size",
    );
    check(
        |it| it.whole.cost_s.truncate(1),
        "`whole.cost_s` needs one value per size",
    );
    check(
        |it| it.whole.steps.truncate(1),
        "`whole.steps` needs one value from each size to the next",
    );
    check(
        |it| it.whole.cost_s[1].value = f64::INFINITY,
        "`whole.cost_s` needs finite numbers",
    );
    check(
        |it| it.lines[0].part.growth.exponent.as_mut().unwrap().value = f64::NAN,
        "`lines[0].part.growth.exponent` needs finite numbers",
    );
    check(
        |it| it.whole.fitted_s[0] = f64::NAN,
        "`whole.fitted_s` needs finite numbers",
    );
    check(
        |it| it.whole.bent_at = Some(2),
        "`whole.bent_at` is no size between two others",
    );
}
