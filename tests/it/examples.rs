//! What is concluded of the examples, from runs that were saved once.

use profila::compare::{Comparison, CostVerdict, Evidence, LineKind, MetricVerdict};

use crate::experiment::{DITHER, DITHER2, EXPERIMENT, REORDERED, comparison};
use crate::harness::Sandbox;

/// Whether the parts sum to the whole, within a thousandth of the time per unit.
#[track_caller]
fn check_accounting(comparison: &Comparison) {
    let sums = comparison.accounting;
    let gap = (sums.sum_of_shifts_s - sums.total_shift_s).abs();
    assert!(
        gap <= 0.001 * comparison.before.seconds_per_unit.value,
        "{sums:?}"
    );
}

#[test]
fn the_rounding_block_is_what_makes_dithering_faster() {
    let comparison = EXPERIMENT.comparison([DITHER, DITHER2]);
    // A busy machine may leave the interval of so few rounds too wide for a verdict: that there
    // is one in the end is what the gate's test shows, which makes as many as it takes.
    let throughput = &comparison.throughput;
    let verdicts = [MetricVerdict::Faster, MetricVerdict::Inconclusive];
    assert!(verdicts.contains(&throughput.verdict), "{throughput:?}");
    assert!(throughput.ratio.value > 1.0, "{throughput:?}");
    let sampled = comparison
        .hunks
        .iter()
        .filter(|hunk| hunk.before.samples > 0);
    let [block] = sampled.collect::<Vec<_>>()[..] else {
        panic!("not one sampled block: {:#?}", comparison.hunks);
    };
    assert_eq!((block.before_lines.len(), block.after_lines.len()), (6, 1));
    assert_eq!(block.change.verdict, CostVerdict::CostsLess);
    assert_ne!(block.change.evidence, Evidence::None);
    let spread_right = comparison.lines.iter().find(|line| {
        let after = line.after.as_ref();
        after.is_some_and(|after| after.text.contains("grey[y, x + 1] +="))
    });
    let spread_right = &spread_right.unwrap().change;
    assert!(spread_right.share_shift.value > 0.0, "{spread_right:?}");
    assert_ne!(spread_right.verdict, CostVerdict::CostsMore);
    check_accounting(&comparison);
}

/// Whether anything at all is said to have changed.
fn flags_something(comparison: &Comparison) -> bool {
    let confirmed = |evidence| evidence == Evidence::Confirmed;
    matches!(
        comparison.throughput.verdict,
        MetricVerdict::Faster | MetricVerdict::Slower
    ) || comparison
        .lines
        .iter()
        .any(|line| confirmed(line.change.evidence))
}

/// One comparison in twenty may be wrong, by the level of its intervals; that two in
/// a row are wrong is a fault.
/// The placebo is the same code, whatever it costs; and has code on the lines that matter.
#[test]
fn identical_scripts_are_the_same_code() {
    let placebo = EXPERIMENT.comparisons().placebo.expect("a placebo");
    let codes = placebo.lines.iter().filter_map(|line| line.code.as_ref());
    let codes: Vec<_> = codes.collect();
    assert!(codes.len() > 5, "{:#?}", placebo.lines);
    for code in codes {
        assert!(code.is_same && code.before == code.after, "{code:?}");
    }
}

#[test]
fn nothing_is_flagged_on_identical_scripts() {
    let placebo = EXPERIMENT.comparisons().placebo.expect("a placebo");
    check_accounting(&placebo);
    if flags_something(&placebo) {
        let sandbox = Sandbox::new();
        let run = sandbox.profila(["diff", "--format=json", "--runs=4", DITHER2, DITHER2]);
        let again = comparison(&run.args(["--", "0.6"]).outcome().succeeds());
        check_accounting(&again);
        assert!(!flags_something(&again), "{placebo:#?}\n{again:#?}");
    }
}

/// Checks that swapped statements are paired with themselves, and keep their own samples.
#[track_caller]
fn check_swapped(comparison: &Comparison) {
    let moved = comparison
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Moved);
    let texts: Vec<[&str; 2]> = moved
        .map(|line| {
            let [before, after] = [&line.before, &line.after].map(|side| side.as_ref().unwrap());
            assert_ne!(before.line, after.line);
            [before, after].map(|side| side.text.trim())
        })
        .collect();
    for statement in [
        "grey[y, x + 1] += error * 7 >> 4",
        "grey[y + 1, x - 1] += error * 3 >> 4",
    ] {
        assert!(texts.contains(&[statement; 2]), "{statement} in {texts:#?}");
    }
    assert!(texts.iter().all(|[before, after]| before == after));
    assert!(comparison.hunks.is_empty(), "{:#?}", comparison.hunks);
    check_accounting(comparison);
}

#[test]
fn swapped_statements_are_moved() {
    check_swapped(&EXPERIMENT.comparison([DITHER2, REORDERED]));
}

#[test]
fn recordings_of_two_experiments_are_compared_with_a_warning() {
    let sandbox = Sandbox::new();
    let other = sandbox.path("other.json");
    let command = ["record", "--runs", "1", "-o"];
    let run = sandbox.profila(command).arg(&other);
    run.args([DITHER, "0.4"]).outcome().exits_with(0);
    let files = [EXPERIMENT.recording(DITHER), other];
    let outcome = sandbox.profila(["diff"]).args(&files).outcome().succeeds();
    let words: Vec<String> = outcome
        .stdout()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert!(words.join(" ").contains("were not interleaved"));
}

#[test]
fn leaf_attribution_counts_library_lines_for_themselves() {
    let config = "version = 1\n[sampling]\nattribution = \"leaf\"\n";
    let config = EXPERIMENT.sandbox.write("leaf.toml", config);
    let config = config.display().to_string();
    let arguments = ["--format", "json", "--config", &config];
    let outcome = EXPERIMENT.diff([DITHER, DITHER2], &arguments);
    let comparison = comparison(&outcome.succeeds());
    let of_library = comparison
        .lines
        .iter()
        .filter_map(|line| line.before.as_ref());
    assert!(
        of_library
            .filter(|side| side.file.starts_with("numba/"))
            .any(|side| side.samples > 0),
        "{comparison:#?}"
    );
}
