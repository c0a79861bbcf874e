//! `profila diff`: what it concludes of the examples, and that it concludes the same
//! from what it saved.

use std::fs;
use std::path::{Path, PathBuf};

use profila::compare::{Comparison, CostVerdict, Evidence, LineComparison, MetricVerdict};
use profila::document;

use crate::experiment::{DITHER, DITHER2, EXPERIMENT, REORDERED, comparison};
use crate::harness::{Outcome, Sandbox, scripts};

/// Compares saved recordings by rules.
#[track_caller]
fn gated(sandbox: &Sandbox, sides: [&str; 2], arguments: &[&str]) -> Outcome {
    let recordings = sides.map(|side| sandbox.path(&format!("runs/{side}.json")));
    let run = sandbox.profila(["diff"]).args(recordings);
    run.args(arguments).outcome()
}

/// Keeps only the first round of saved recordings.
fn keep_one_round(sandbox: &Sandbox, names: [&str; 2]) {
    for name in names {
        let name = format!("runs/{name}.json");
        let mut recording = sandbox.recording(&name);
        for block in &mut recording.blocks {
            block.runs.retain(|run| run.round == 1);
        }
        sandbox.write(&name, &document::write(&recording));
    }
}

/// A threefold change needs no more than the first look, where the machine is calm.
#[track_caller]
fn check_ended_early(stdout: &str) {
    // A disturbed run may make another look necessary, but not all twenty rounds.
    let ended = |rounds, look| {
        stdout.contains(&format!("Measured in {rounds} rounds"))
            && stdout.contains(&format!("Ended at look {look} of 9"))
    };
    let looks = [
        (3, 1),
        (6, 2),
        (7, 3),
        (9, 4),
        (11, 5),
        (13, 6),
        (15, 7),
        (17, 8),
    ];
    let is_early = looks.iter().any(|&(rounds, look)| ended(rounds, look));
    assert!(is_early, "{stdout}");
}

#[test]
fn a_gate_ends_as_soon_as_there_is_an_answer_and_passes_fails_or_cannot_tell() {
    let sandbox = Sandbox::new();
    let diff = sandbox.profila(["diff", "--fail-if=throughput:5%", "--save"]);
    let diff = diff.arg(sandbox.path("runs"));
    // Lines have samples enough on a busy machine too.
    let diff = diff.args(["--sampler=auto", "--max-stopped=70%"]);
    let diff = diff.args([DITHER, DITHER2, "--", "0.5"]);
    // The second is about three times as fast.
    let outcome = diff.outcome().succeeds();
    let stdout = outcome.stdout();
    assert!(stdout.contains("\nGate: passed.\n"), "{stdout}");
    check_ended_early(&stdout);

    let [slow, fast] = ["dither.py", "dither2.py"];
    let rule = "--fail-if=throughput:5%";
    let again = gated(&sandbox, [slow, fast], &[rule]).exits_with(0);
    assert_eq!(again.stdout(), stdout);
    let outcome = gated(&sandbox, [fast, slow], &[rule]).exits_with(1);
    let stdout = outcome.stdout();
    assert!(stdout.contains("\nGate: failed.\n"), "{stdout}");
    assert!(
        stdout.contains("Throughput may be at most 5% worse, but is at least"),
        "{stdout}"
    );
    let outcome = gated(&sandbox, [slow, fast], &[rule, "--format=json"]).exits_with(0);
    assert!(
        outcome.stdout().contains("\"outcome\": \"pass\""),
        "{outcome:?}"
    );

    // It is their lines that cost more, and those of one function.
    let rules = ["--fail-if=line-cost:20%", "--format=json"];
    let outcome = gated(&sandbox, [fast, slow], &rules);
    // On a busy machine so few rounds may leave it open. It never passes.
    let is_open = outcome.stderr().contains("the gate is undecided");
    let outcome = outcome.exits_with(i32::from(!is_open));
    let comparison: Comparison = document::read(&outcome.stdout()).unwrap();
    let names: Vec<&str> = comparison
        .functions
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["dither"]);
    // On a busy machine its own interval may be too wide for a verdict.
    let change = &comparison.functions[0].change;
    assert!(change.cost_shift_s.value > 0.0, "{change:?}");
    assert_ne!(change.verdict, CostVerdict::CostsLess);

    // A single round tells nothing of anything.
    keep_one_round(&sandbox, [slow, fast]);
    let outcome = gated(&sandbox, [fast, slow], &[rule]).exits_with(0);
    assert!(
        outcome.stderr().contains("the gate is undecided"),
        "{outcome:?}"
    );
    let strict = sandbox.write("strict.toml", "[gate]\non-inconclusive = 'fail'");
    let strict = strict.display().to_string();
    gated(&sandbox, [fast, slow], &[rule, "--config", &strict]).exits_with(3);
}

#[test]
fn versions_that_must_print_the_same_and_do_not() {
    let sandbox = Sandbox::new();
    let script = |sum: &str| format!("print('sum:', {sum})\nfrom work import work\nwork(0.3)\n");
    sandbox.write("a.py", &script("5"));
    sandbox.write("b.py", &script("6"));
    let text = "[compare]\nsame-output = 'sum: .*'\n";
    let config = sandbox.write("profila.toml", text);
    let diff = |after: &str| {
        let run = sandbox
            .profila(["diff", "--runs=1", "--config"])
            .arg(&config);
        let run = run.arg(sandbox.path("a.py")).arg(sandbox.path(after));
        run.env("PYTHONPATH", scripts()).outcome()
    };
    diff("a.py").succeeds();
    let phrases = ["printed different output", "sum: 5", "sum: 6", "hint: "];
    diff("b.py").fails_with(5, &phrases);
}

/// Of two versions, as a comparison and as what `diff` prints.
#[test]
fn what_was_saved_gives_the_same_report() {
    let sandbox = Sandbox::new();
    let export = sandbox.path("diff.json");
    let command = ["diff", "--runs=1", "--save"];
    let run = sandbox.profila(command).arg(sandbox.path("two"));
    let run = run.arg("--export-json").arg(&export);
    let run = run.args([DITHER2, REORDERED, "--", "0.4"]);
    let made = run.outcome().succeeds().stdout();
    let saved = ["dither2.py.json", "dither2_reordered.py.json"];
    let saved = saved.map(|name| sandbox.path("two").join(name));
    let succeeds = |command: &[&str], files: &[PathBuf]| -> String {
        let run = sandbox.profila(command).args(files);
        run.outcome().succeeds().stdout()
    };
    assert_eq!(succeeds(&["diff"], &saved), made);
    assert_eq!(succeeds(&["report"], std::slice::from_ref(&export)), made);
    let exported = fs::read_to_string(&export).unwrap();
    assert_eq!(succeeds(&["diff", "--format=json"], &saved), exported);
    let one = succeeds(&["report"], &saved[..1]);
    assert!(one.contains("## File `examples/dither2.py`"), "{one}");
}

#[test]
fn the_configuration_of_a_self_comparison_runs() {
    let sandbox = Sandbox::new();
    let arguments = [
        "diff",
        "--config",
        "configs/aa.toml",
        "--runs=1",
        "--",
        "0.4",
    ];
    let outcome = sandbox.profila(arguments).outcome().succeeds();
    assert!(outcome.stdout().contains("examples/dither2.py"));
}

/// The pattern in a configuration is for `diff`: what `annotate` passes through it
/// does not see.
#[test]
fn a_configuration_with_a_pattern_does_not_keep_annotate_from_working() {
    let sandbox = Sandbox::new();
    let arguments = [
        "annotate",
        "--config",
        "configs/dither.toml",
        DITHER2,
        "0.5",
    ];
    let outcome = sandbox.profila(arguments).outcome().succeeds();
    assert!(outcome.stdout().contains("# Total samples: "));
}

#[test]
fn each_of_several_versions_is_compared_with_the_first() {
    let several = EXPERIMENT.comparisons();
    let compared = several.comparisons.iter();
    let mut compared: Vec<_> = compared.map(|it| &*it.after.variant.name).collect();
    compared.sort_unstable();
    assert_eq!(compared, ["dither2.py", "dither2_reordered.py"]);
    let ratios = several
        .comparisons
        .iter()
        .map(|it| it.throughput.ratio.value);
    assert!(
        ratios.is_sorted_by(|one, next| one >= next),
        "the best is first"
    );
    for comparison in &several.comparisons {
        assert_eq!(comparison.before.variant.name, "dither.py");
        assert_eq!(comparison.together, 2);
        // Each is about three times as fast. Few rounds, at the level of two comparisons, may
        // leave the interval too wide for a verdict, and turn none round.
        let throughput = &comparison.throughput;
        assert!(throughput.ratio.value > 1.0, "{throughput:?}");
        let verdicts = [MetricVerdict::Faster, MetricVerdict::Inconclusive];
        assert!(verdicts.contains(&throughput.verdict), "{throughput:?}");
    }
    let placebo = several.placebo.expect("a placebo");
    assert_eq!(placebo.after.variant.name, "placebo");
    assert_eq!(placebo.together, 1);

    // The same again, from what was written.
    let sandbox = &EXPERIMENT.sandbox;
    let shown = sandbox.profila(["report"]).arg(&EXPERIMENT.several);
    let shown = shown.outcome().succeeds().stdout();
    assert_eq!(shown, EXPERIMENT.printed);
    // And from the recordings, in whatever order a shell sorts them.
    let saved = [DITHER2, REORDERED, "placebo", DITHER];
    let saved = saved.map(|version| EXPERIMENT.recording(version));
    let again = sandbox.profila(["diff"]).args(saved).outcome();
    assert_eq!(again.succeeds().stdout(), EXPERIMENT.printed);
}

/// The files and lines of which there is such evidence of another cost, on the side after.
fn lines(comparison: &Comparison, is_meant: fn(Evidence) -> bool) -> Vec<(&str, &str)> {
    let lines = comparison.lines.iter().map(|it| (&it.after, &it.change));
    let meant = lines.filter(|(_, change)| is_meant(change.evidence));
    meant
        .filter_map(|(after, _)| after.as_ref())
        .map(|after| {
            let name = Path::new(&after.file).file_name().unwrap();
            (name.to_str().unwrap(), after.text.trim())
        })
        .collect()
}

/// Compares two versions of a program that differ in one number, on which it depends how
/// long the remainder of a division in the function `wrap` takes.
#[track_caller]
fn check_one_number(files: &[(&str, &str)], expected: (&str, &str)) {
    let sandbox = Sandbox::new();
    let scripts = ["before", "after"].map(|side| {
        fs::create_dir(sandbox.path(side)).unwrap();
        for (name, text) in files {
            let number = if side == "before" { "1e2" } else { "1e80" };
            sandbox.write(&format!("{side}/{name}"), &text.replace("NUMBER", number));
        }
        sandbox.path(side).join("main.py")
    });
    let rule = "[[gate.rule]]\nmetric = 'line-cost'\nfunction = 'wrap'\nmax-worse = '20%'\n";
    let config = sandbox.write("profila.toml", rule);
    let diff = sandbox.profila([
        "diff",
        "--format=json",
        "--sampler=ptrace",
        "--max-stopped=50%",
        "--runs=4",
        "--config",
    ]);
    let outcome = diff.arg(config).args(scripts).outcome().exits_with(1);
    let comparison = comparison(&outcome);
    // That of a function may be certain before that of a line of it is, all lines considered.
    let named = lines(&comparison, |evidence| evidence != Evidence::None);
    assert!(named.contains(&expected), "{named:?}: {comparison:#?}");
    // The processor may still be at work on it when it begins the next line, which then costs a
    // little more itself.
    let shift = |it: &LineComparison| it.change.cost_shift_s.value.abs();
    let most = comparison.lines.iter().map(shift).fold(0.0, f64::max);
    let confirmed = comparison.lines.iter();
    let confirmed = confirmed.filter(|it| it.change.evidence == Evidence::Confirmed);
    let large = confirmed.filter(|it| shift(it) > 0.25 * most).count();
    assert!(large <= 1, "{comparison:#?}");
}

const LOOP_OF_FIXED_TIME: &str = "
call()
count, start = 0, time.perf_counter()
while time.perf_counter() < start + 0.5:
    call()
    count += 1
print(count / (time.perf_counter() - start), 'arrays / sec')
";

#[test]
fn of_two_ufuncs_the_line_that_costs_more_is_named_and_no_other() {
    let main = "
import math, time
import numpy as np
from numba import float64, vectorize

@vectorize([float64(float64)])
def smooth(x):
    return math.sin(math.exp(math.sin(x)))

@vectorize([float64(float64)])
def wrap(x):
    return np.fmod(x * NUMBER, 0.7)

values = np.random.default_rng(0).random(20_000)
def call():
    smooth(values)
    wrap(values)
";
    let main = [main, LOOP_OF_FIXED_TIME].concat();
    check_one_number(
        &[("main.py", &main)],
        ("main.py", "return np.fmod(x * 1e80, 0.7)"),
    );
}

#[test]
fn of_a_helper_that_is_inlined_the_line_that_costs_more_is_named_and_no_other() {
    let helper = "
import math
import numpy as np
from numba import njit

@njit(inline='always')
def wrap(x):
    y = math.sin(x)
    return np.fmod(y * NUMBER, 0.7)
";
    let main = "
import math, time
import numpy as np
from helper import wrap
from numba import njit

@njit
def total(values):
    result = 0.0
    for x in values:
        result += math.exp(math.sin(x))
        result += wrap(x)
    return result

values = np.random.default_rng(0).random(20_000)
def call():
    total(values)
";
    let main = [main, LOOP_OF_FIXED_TIME].concat();
    check_one_number(
        &[("main.py", &main), ("helper.py", helper)],
        ("helper.py", "return np.fmod(y * 1e80, 0.7)"),
    );
}
