//! The introductory article's situation: dithering that rounds, against dithering
//! that compares. Both versions spread the error to the right at the same cost, and
//! as the rest gets cheaper the share of that line nearly triples.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::fixture::{
    FILE, Round, aligned, check_accounting, compared, line_after, push, recording,
};
use crate::align::{AlignedFile, Change};
use crate::compare::{Comparison, CostVerdict, Evidence, MetricVerdict};
use crate::recording::Recording;

/// Percent of all samples by line; what `np.round` calls is on the line that calls.
const BEFORE: [f64; 15] = [
    0.1, 0.2, 0.0, 1.0, 0.0, 0.0, 0.0, 40.0, 0.0, 2.0, 0.6, 11.3, 0.9, 2.4, 1.6,
];
const AFTER: [f64; 10] = [0.1, 0.3, 0.1, 4.5, 2.0, 5.5, 5.3, 34.9, 3.6, 6.0];

/// "Spread right" in the after version.
const SPREAD_RIGHT: u32 = 8;

/// How often the article's measurement is done again, by seed.
const SERIES: u64 = 40;

/// Ten rounds of 500 samples drawn by these shares, and rates within 1%.
fn version(name: &str, shares: &[f64], rate: f64, seed: u64) -> Recording {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut recording = recording(name, shares.len());
    let total: f64 = shares.iter().sum();
    for _ in 0..10 {
        let mut counts = vec![0; shares.len()];
        for _ in 0..500 {
            let mut left = random.random::<f64>() * total;
            let drawn = shares.iter().position(|share| {
                left -= share;
                left < 0.0
            });
            counts[drawn.unwrap_or(0)] += 1;
        }
        let lines: Vec<(&str, u32, u64)> = (1..)
            .zip(counts)
            .map(|(number, count)| (FILE, number, count))
            .collect();
        let rate = rate * (1.0 + 0.02 * (random.random::<f64>() - 0.5));
        push(
            &mut recording,
            &Round {
                rate,
                lines: &lines,
                buckets: [2, 0, 0],
            },
        );
    }
    recording
}

/// Lines 4 to 8 before, the clamp and the rounding, became line 4 after.
fn alignment() -> Vec<AlignedFile> {
    let same = |before, after| (Change::Unchanged, Some(before), Some(after), None);
    let mut lines = vec![same(1, 1), same(2, 2), same(3, 3)];
    lines.extend((4..=8).map(|number| (Change::Changed, Some(number), None, Some(0))));
    lines.push((Change::Changed, None, Some(4), Some(0)));
    lines.extend((9..=14).map(|number| same(number, number - 4)));
    lines.push((Change::Removed, Some(15), None, Some(1)));
    aligned(&lines)
}

fn article(seed: u64) -> Comparison {
    let before = version("before", &BEFORE, 255.0, seed);
    let after = version("after", &AFTER, 758.0, seed + 1000);
    compared(&before, &after, &alignment())
}

#[test]
fn throughput_is_that_of_the_article() {
    let is_within = |seed| {
        let throughput = article(seed).throughput;
        assert_eq!(throughput.verdict, MetricVerdict::Faster, "seed {seed}");
        assert!((throughput.before.value - 255.0).abs() < 3.0);
        assert!(throughput.before.low < Some(throughput.before.value));
        assert!(throughput.before.high > Some(throughput.before.value));
        let ratio = throughput.ratio;
        assert!((ratio.value - 2.97).abs() < 0.03, "{ratio:?}");
        ratio.low < Some(758.0 / 255.0) && ratio.high > Some(758.0 / 255.0)
    };
    // Of 40 intervals at 95%, fewer than 35 hold the truth in one series of 70.
    let within = (0..SERIES).filter(|&seed| is_within(seed)).count();
    assert!(within >= 35, "{within} of {SERIES}");
}

#[test]
fn the_innocent_line_is_not_blamed_for_its_share() {
    for seed in 0..SERIES {
        let comparison = article(seed);
        let spread_right = line_after(&comparison, SPREAD_RIGHT);
        let shift = &spread_right.change.share_shift;
        assert!(shift.value > 0.25 && shift.low > Some(0.2), "{shift:?}");
        assert_ne!(
            spread_right.change.verdict,
            CostVerdict::CostsMore,
            "seed {seed}"
        );
        assert_eq!(spread_right.hunk, None);
    }
}

#[test]
fn the_rounding_block_costs_less() {
    for seed in 0..SERIES {
        let comparison = article(seed);
        let hunk = &comparison.hunks[0];
        assert_eq!(hunk.change.verdict, CostVerdict::CostsLess, "seed {seed}");
        assert_eq!(hunk.change.evidence, Evidence::Confirmed, "seed {seed}");
        let ratio = hunk.change.cost_ratio.unwrap();
        assert!(ratio.high < Some(0.1), "{ratio:?}");
        assert_eq!((hunk.before_lines.len(), hunk.after_lines.len()), (5, 1));
        let rows = comparison.lines.iter();
        let rows = rows.filter(|line| line.hunk == Some(1)).count();
        assert_eq!(rows, 6, "all lines of a block with samples are there");
        check_accounting(&comparison);
    }
}

/// Told the other way round: the same facts, with the opposite words.
#[test]
fn the_sides_may_be_swapped() {
    let before = version("before", &BEFORE, 255.0, 3);
    let after = version("after", &AFTER, 758.0, 1003);
    let there = compared(&before, &after, &[]);
    let back = compared(&after, &before, &[]);
    assert!((there.throughput.ratio.value * back.throughput.ratio.value - 1.0).abs() < 1e-12);
    assert_eq!(back.throughput.verdict, MetricVerdict::Slower);
    for line in there.lines.iter().filter(|line| line.before.is_some()) {
        let number = line.before.as_ref().unwrap().line.get();
        let sum =
            line.change.cost_shift_s.value + line_after(&back, number).change.cost_shift_s.value;
        assert!(sum.abs() < 1e-15, "line {number}: {sum}");
    }
}

#[test]
fn recordings_of_two_experiments_are_compared_unpaired_and_said_to_be() {
    let before = version("before", &BEFORE, 255.0, 4);
    let mut after = version("after", &AFTER, 758.0, 1004);
    after.experiment = "another".to_owned();
    after.blocks[0].runs.truncate(16);
    let comparison = compared(&before, &after, &alignment());
    assert!(
        comparison
            .warnings
            .iter()
            .any(|it| it.as_written().contains("not interleaved"))
    );
    assert_eq!(comparison.throughput.verdict, MetricVerdict::Faster);
    assert_eq!(comparison.hunks[0].change.verdict, CostVerdict::CostsLess);
    assert_ne!(
        line_after(&comparison, SPREAD_RIGHT).change.verdict,
        CostVerdict::CostsMore
    );
    check_accounting(&comparison);
}
