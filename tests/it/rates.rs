//! Rates in the forms in which programs print them: a version that does three times the work
//! for a unit is a third as fast in each, and passes no gate.

use profila::compare::{Comparison, MetricVerdict};
use profila::gate::{Doubt, Outcome};
use profila::recording::Better;

use crate::experiment::comparison;
use crate::harness::{Outcome as Ended, Sandbox, python, scripts};

/// Compares a script that prints in one style with itself at three times the work, in
/// another, in so many rounds.
fn diff(sandbox: &Sandbox, styles: [&str; 2], rounds: u32) -> Ended {
    let variant = |name, style, times: u32| {
        let script = scripts().join("rates.py");
        let script = script.display();
        format!(
            "[[variant]]\nname = {name:?}\nscript = '{script}'\nargs = [{style:?}, \"{times}\"]\n"
        )
    };
    let [before, after] = styles;
    let config = variant("one", before, 1) + &variant("three", after, 3);
    let config = sandbox.write("profila.toml", &config);
    let run = sandbox.profila(["diff", "--fail-if=throughput:5%", "--format=json"]);
    run.arg(format!("--runs={rounds}"))
        .arg("--config")
        .arg(config)
        .arg("--python")
        .arg(python())
        .outcome()
}

/// The version after is three times as slow, which a single round shows as well.
#[track_caller]
fn check(styles: [&str; 2], unit: &str, better: Better) {
    check_rounds(styles, 1, unit, better);
}

#[track_caller]
fn check_rounds(styles: [&str; 2], rounds: u32, unit: &str, better: Better) -> Comparison {
    let sandbox = Sandbox::new();
    let comparison = comparison(&diff(&sandbox, styles, rounds));
    let throughput = &comparison.throughput;
    assert_eq!((&*throughput.unit, throughput.better), (unit, better));
    let ratio = throughput.ratio.value;
    assert!((0.1..0.9).contains(&ratio), "{ratio}");
    comparison
}

#[test]
fn a_decimal_comma() {
    check(["european", "european"], "arrays/s", Better::Higher);
}

#[test]
fn bytes_in_a_unit_that_suits_them() {
    check(["scaled", "scaled"], "B/s", Better::Higher);
}

#[test]
fn a_progress_bar_that_changes_to_the_time_of_an_iteration() {
    let sandbox = Sandbox::new();
    let comparison = comparison(&diff(&sandbox, ["tqdm", "inverse"], 1));
    // All values are in the form of the run that was first, which is drawn.
    let throughput = &comparison.throughput;
    let form = (&*throughput.unit, throughput.better);
    let forms = [("it/s", Better::Higher), ("s/it", Better::Lower)];
    assert!(forms.contains(&form), "{form:?}");
    let ratio = throughput.ratio.value;
    assert!((0.1..0.9).contains(&ratio), "{ratio}");
}

#[test]
fn the_time_of_a_loop_which_is_judged_too() {
    let comparison = check_rounds(["msec", "msec"], 2, "s/loop", Better::Lower);
    // Two rounds leave wide intervals: what is asserted is what they cannot turn round.
    let verdict = comparison.throughput.verdict;
    assert_ne!(verdict, MetricVerdict::Faster);
    assert_ne!(verdict, MetricVerdict::NoChange);
    assert_ne!(comparison.gate.unwrap().outcome, Outcome::Pass);
}

#[test]
fn a_run_that_prints_something_else_is_named() {
    let sandbox = Sandbox::new();
    let phrases = ["the timed run of `", "`rows/s`", "`it/s`", "hint: "];
    diff(&sandbox, ["tqdm", "rows"], 1).fails_with(2, &phrases);
}

#[test]
fn a_rate_with_two_readings_is_not_guessed() {
    let sandbox = Sandbox::new();
    let phrases = [
        "cannot be read reliably",
        "may mean 2",
        "pattern = '",
        "(?P<fraction>",
    ];
    diff(&sandbox, ["ambiguous", "ambiguous"], 1).fails_with(2, &phrases);
}

#[test]
fn what_resembles_a_rate_is_shown_and_decides_nothing() {
    let sandbox = Sandbox::new();
    let ended = diff(&sandbox, ["resembling", "resembling"], 1).exits_with(0);
    let stderr = ended.stderr();
    for name in ["one", "three"] {
        let shown = format!("warning: `{name}`: `velocity: ");
        assert_eq!(stderr.matches(&shown).count(), 1, "{stderr}");
    }
    assert!(stderr.contains("pattern = '"), "{stderr}");
    let comparison = comparison(&ended);
    let rule = &comparison.gate.as_ref().unwrap().rules[0];
    assert_eq!(rule.outcome, Outcome::Inconclusive);
    assert_eq!(rule.doubt, Some(Doubt::UnreadRate));
}
