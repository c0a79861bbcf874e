use proptest::prelude::*;

use super::*;
use crate::compare::{BlockSide, Estimate, LineSide};
use crate::report::fixture;

/// The steps by what they are called here, with their shifts in microseconds.
fn named(waterfall: &Waterfall<'_>) -> Vec<(String, f64)> {
    let name = |step: &Step<'_>| match &step.what {
        What::Line(line) => format!("line {}", line.after.as_ref().unwrap().line),
        What::Block(block) => format!("block {}", block.id),
        What::Function(function) => function.name.clone(),
        What::Bucket(bucket, _) => format!("{bucket:?}"),
        What::Smaller(sum) => format!("{} smaller", sum.lines),
        What::Open(sum) => format!("{} open", sum.lines),
        What::Rest(sum) => format!("{} and the rest", sum.lines),
    };
    let steps = waterfall.steps.iter();
    steps
        .map(|step| (name(step), (step.shift_s() * 1e6).round()))
        .collect()
}

#[track_caller]
fn check(comparison: &Comparison, most: usize, expected: &[(&str, f64)]) {
    let waterfall = Waterfall::of(comparison, most).unwrap();
    let named = named(&waterfall);
    let named: Vec<(&str, f64)> = named
        .iter()
        .map(|(name, us)| (name.as_str(), *us))
        .collect();
    assert_eq!(named, expected);
    check_accounting(&waterfall);
}

/// The steps lead from the cost before to that after, each from where the last one ended.
#[track_caller]
fn check_accounting(waterfall: &Waterfall<'_>) {
    let Pair { before, after } = waterfall.cost_s;
    let rounding = 1e-9 * before.max(after);
    let mut level = before;
    for step in &waterfall.steps {
        assert_eq!(step.level_s.before.to_bits(), level.to_bits());
        level = step.level_s.after;
    }
    assert!((level - after).abs() <= rounding, "{level} and {after}");
}

#[test]
fn what_is_confirmed_comes_first_and_the_rest_last() {
    let comparison = fixture::dither().comparison;
    let block = ("block 1", -2499.0);
    let (line, open, rest) = (
        ("line 20", 38.0),
        ("1 open", 64.0),
        ("9 and the rest", -126.0),
    );
    check(&comparison, 9, &[block, line, open, rest]);
    check(&comparison, 1, &[block, ("1 smaller", 38.0), open, rest]);
}

#[test]
fn a_function_stands_for_its_lines_where_it_alone_has_a_verdict() {
    let mut comparison = fixture::dither().comparison;
    comparison.hunks.clear();
    comparison.lines.retain(|line| line.hunk.is_none());
    let sum = |side: fn(&LineComparison) -> &Option<LineSide>| {
        let sides = comparison
            .lines
            .iter()
            .filter_map(|line| side(line).as_ref());
        sides.map(|at| at.cost_s.value).sum::<f64>()
    };
    let cost_s = Pair::new(sum(|line| &line.before), sum(|line| &line.after));
    for line in &mut comparison.lines {
        line.change.verdict = CostVerdict::Inconclusive;
        for side in [&mut line.before, &mut line.after].into_iter().flatten() {
            side.function = Some("dither".to_owned());
        }
    }
    let mut change = comparison.lines[0].change.clone();
    change.verdict = CostVerdict::CostsMore;
    change.evidence = Evidence::Confirmed;
    let side = |value| BlockSide {
        cost_s: Estimate::with(value, None),
        ..comparison.buckets.bad.before
    };
    let files = Pair::new("dither.py", "dither2.py").map(|file| Some(file.to_owned()));
    comparison.functions = vec![FunctionComparison {
        name: "dither".to_owned(),
        file: files,
        before: side(cost_s.before),
        after: side(cost_s.after),
        change,
    }];
    let shift_us = ((cost_s.after - cost_s.before) * 1e6).round();
    let other = ("0 and the rest", -1.0);
    check(&comparison, 9, &[("dither", shift_us), other]);
    // It does not where its lines are not all of it, or one of them has a verdict.
    comparison.functions[0].before.cost_s.value *= 1.5;
    check(
        &comparison,
        9,
        &[("7 open", -13.0), ("4 and the rest", -11.0)],
    );
    comparison.functions[0].before.cost_s.value = cost_s.before;
    comparison.lines[3].change.verdict = CostVerdict::CostsMore;
    let waterfall = Waterfall::of(&comparison, 9).unwrap();
    assert!(matches!(waterfall.steps[0].what, What::Line(_)));
}

#[test]
fn a_block_that_its_lines_do_not_account_for_is_shown_by_them() {
    let mut comparison = fixture::dither().comparison;
    comparison.hunks[0].after.cost_s.value *= 2.0;
    let waterfall = Waterfall::of(&comparison, 20).unwrap();
    let lines = waterfall.steps.iter();
    let lines = lines.filter(|step| matches!(step.what, What::Line(line) if line.hunk.is_some()));
    assert_eq!(lines.count(), 4);
    check_accounting(&waterfall);
}

#[test]
fn what_cannot_matter_is_not_called_open() {
    let mut comparison = fixture::inconclusive();
    let change = &mut comparison.lines[0].change;
    change.cost_shift_s = Estimate {
        value: 1e-6,
        low: Some(0.0),
        high: Some(2e-6),
    };
    let waterfall = Waterfall::of(&comparison, 9).unwrap();
    assert!(matches!(
        waterfall.steps[..],
        [Step {
            what: What::Rest(_),
            ..
        }]
    ));
}

#[test]
fn of_no_cost_there_is_none() {
    assert_eq!(Waterfall::of(&fixture::no_samples(), 9), None);
}

/// A line of any cost, verdict, function and block.
type Line = ([u32; 2], usize, usize, Option<u32>, bool);

fn compared(lines: &[Line], blocks: u32) -> Comparison {
    const VERDICTS: [CostVerdict; 5] = [
        CostVerdict::CostsMore,
        CostVerdict::CostsLess,
        CostVerdict::NoChange,
        CostVerdict::Inconclusive,
        CostVerdict::TooFewSamples,
    ];
    const EVIDENCE: [Evidence; 3] = [Evidence::Confirmed, Evidence::Suggestive, Evidence::None];
    let mut comparison = fixture::dither().comparison;
    let model = comparison
        .lines
        .iter()
        .find(|it| it.before.is_some() && it.after.is_some());
    let model = model.unwrap().clone();
    let block = comparison.hunks.remove(0);
    comparison.lines.clear();
    for ([before, after], verdict, evidence, hunk, is_whole) in lines {
        let mut line = model.clone();
        let cost_s = Pair::new(f64::from(*before) * 1e-7, f64::from(*after) * 1e-7);
        line.before.as_mut().unwrap().cost_s.value = cost_s.before;
        line.after.as_mut().unwrap().cost_s.value = cost_s.after;
        if *before == 0 {
            line.before = None;
        }
        line.change.cost_shift_s = Estimate::with(cost_s.after - cost_s.before, None);
        line.change.verdict = VERDICTS[*verdict % VERDICTS.len()];
        line.change.evidence = EVIDENCE[*evidence % EVIDENCE.len()];
        line.hunk = *hunk;
        for side in [&mut line.before, &mut line.after].into_iter().flatten() {
            side.function = is_whole.then(|| "dither".to_owned());
        }
        comparison.lines.push(line);
    }
    for id in 0..blocks {
        let mut hunk = block.clone();
        hunk.id = id;
        let of_block = comparison.lines.iter().filter(|line| line.hunk == Some(id));
        let (mut before, mut after) = (0.0, 0.0);
        for line in of_block {
            before += line.before.as_ref().map_or(0.0, |at| at.cost_s.value);
            after += line.after.as_ref().map_or(0.0, |at| at.cost_s.value);
        }
        hunk.before.cost_s.value = before;
        hunk.after.cost_s.value = after;
        comparison.hunks.push(hunk);
    }
    comparison
}

proptest! {
    #[test]
    fn start_and_steps_and_rest_come_to_the_end(
        lines in prop::collection::vec(
            ([0..100_000_u32, 0..100_000_u32], 0..5_usize, 0..3_usize, prop::option::of(0..4_u32), any::<bool>()),
            0..30,
        ),
        blocks in 0..4_u32,
        most in 0..8_usize,
    ) {
        let comparison = compared(&lines, blocks);
        let Some(waterfall) = Waterfall::of(&comparison, most) else { return Ok(()) };
        check_accounting(&waterfall);
        let costs = |side: fn(&LineComparison) -> &Option<LineSide>| {
            let sides = comparison.lines.iter().filter_map(|line| side(line).as_ref());
            sides.map(|at| at.cost_s.value).sum::<f64>()
        };
        let all = Pair::new(costs(|line| &line.before), costs(|line| &line.after));
        let buckets = &comparison.buckets.other;
        let rounding = 1e-9 * waterfall.cost_s.before.max(waterfall.cost_s.after);
        let before = all.before + buckets.before.cost_s.value;
        let after = all.after + buckets.after.cost_s.value;
        prop_assert!((waterfall.cost_s.before - before).abs() <= rounding);
        prop_assert!((waterfall.cost_s.after - after).abs() <= rounding);
        let named = waterfall.steps.iter().filter(|step| step.change().is_some());
        prop_assert!(named.count() <= most);
        for step in &waterfall.steps {
            if let What::Smaller(sum) | What::Open(sum) | What::Rest(sum) = step.what {
                let together = sum.rises_s + sum.falls_s;
                prop_assert!((together - step.shift_s()).abs() <= rounding);
            }
        }
    }
}
