//! What the steps are made of: each line, block and bucket once.

use std::collections::{BTreeMap, HashMap};

use super::{Bucket, What, has_verdict};
use crate::compare::{
    BlockSide, BucketComparison, Comparison, CostChange, Evidence, FunctionComparison,
    HunkComparison, LineComparison, LineSide,
};
use crate::pair::Pair;

/// Part of the cost by which a whole may differ from the sum of its parts, and be it.
const ROUNDING: f64 = 1e-9;

/// A part of the cost, on both sides.
#[derive(Clone, Copy)]
pub(super) struct Part<'c> {
    pub(super) what: Whole<'c>,
    pub(super) cost_s: Pair<f64>,
    pub(super) change: &'c CostChange,
}

/// What a part is.
#[derive(Clone, Copy)]
pub(super) enum Whole<'c> {
    Line(&'c LineComparison),
    Block(&'c HunkComparison),
    Function(&'c FunctionComparison),
    Bucket(Bucket, &'c BucketComparison),
}

impl<'c> From<Whole<'c>> for What<'c> {
    fn from(whole: Whole<'c>) -> Self {
        match whole {
            Whole::Line(line) => Self::Line(line),
            Whole::Block(block) => Self::Block(block),
            Whole::Function(function) => Self::Function(function),
            Whole::Bucket(bucket, compared) => Self::Bucket(bucket, compared),
        }
    }
}

impl<'c> Part<'c> {
    pub(super) fn shift_s(&self) -> f64 {
        self.cost_s.after - self.cost_s.before
    }

    fn line(line: &'c LineComparison) -> Self {
        let cost_s = |side: &Option<LineSide>| side.as_ref().map_or(0.0, |at| at.cost_s.value);
        Self {
            what: Whole::Line(line),
            cost_s: Pair::new(cost_s(&line.before), cost_s(&line.after)),
            change: &line.change,
        }
    }

    fn block(block: &'c HunkComparison) -> Self {
        Self {
            what: Whole::Block(block),
            cost_s: costs(block.before, block.after),
            change: &block.change,
        }
    }

    fn function(function: &'c FunctionComparison) -> Self {
        Self {
            what: Whole::Function(function),
            cost_s: costs(function.before, function.after),
            change: &function.change,
        }
    }

    fn bucket(bucket: Bucket, compared: &'c BucketComparison) -> Self {
        Self {
            what: Whole::Bucket(bucket, compared),
            cost_s: costs(compared.before, compared.after),
            change: &compared.change,
        }
    }
}

fn costs(before: BlockSide, after: BlockSide) -> Pair<f64> {
    Pair::new(before.cost_s.value, after.cost_s.value)
}

/// Whether parts account for the whole that has them.
fn account_for(whole: Pair<f64>, parts: &[Part<'_>], all_s: Pair<f64>) -> bool {
    let is_close = |one: f64, other: f64, all_s: f64| (one - other).abs() <= ROUNDING * all_s;
    let before = parts.iter().map(|part| part.cost_s.before).sum();
    let after = parts.iter().map(|part| part.cost_s.after).sum();
    is_close(whole.before, before, all_s.before) && is_close(whole.after, after, all_s.after)
}

/// Every line, block and bucket that has a cost, once. A block stands for its lines where they
/// account for it.
pub(super) fn entries(comparison: &Comparison) -> Vec<Part<'_>> {
    let lines: Vec<Part<'_>> = comparison.lines.iter().map(Part::line).collect();
    let sum = |side: fn(&Pair<f64>) -> f64| lines.iter().map(|it| side(&it.cost_s)).sum();
    let all_s = Pair::new(sum(|it| it.before), sum(|it| it.after));
    let mut of_blocks: HashMap<u32, Vec<Part<'_>>> = HashMap::new();
    for (line, part) in comparison.lines.iter().zip(&lines) {
        if let Some(id) = line.hunk {
            of_blocks.entry(id).or_default().push(*part);
        }
    }
    let mut parts = Vec::new();
    for block in &comparison.hunks {
        let whole = Part::block(block);
        let stands = |of_block: &Vec<_>| account_for(whole.cost_s, of_block, all_s);
        if of_blocks.get(&block.id).is_some_and(stands) {
            of_blocks.remove(&block.id);
            parts.push(whole);
        }
    }
    let by_themselves = comparison.lines.iter().zip(lines);
    parts.extend(
        by_themselves
            .filter(|(line, _)| line.hunk.is_none_or(|id| of_blocks.contains_key(&id)))
            .map(|(_, part)| part),
    );
    let buckets = &comparison.buckets;
    parts.extend([
        Part::bucket(Bucket::Other, &buckets.other),
        Part::bucket(Bucket::Waiting, &buckets.waiting),
        Part::bucket(Bucket::Bad, &buckets.bad),
    ]);
    parts.retain(|part| part.cost_s.before > 0.0 || part.cost_s.after > 0.0);
    parts
}

/// A function of a version: its file and its name.
type Home<'c> = (&'c str, &'c str);

/// The same, with a function in the place of its lines where it alone has a verdict, and they
/// account for it.
pub(super) fn with_functions<'c>(
    comparison: &'c Comparison,
    entries: Vec<Part<'c>>,
    all_s: Pair<f64>,
) -> Vec<Part<'c>> {
    let homes = homes_of_blocks(comparison);
    let mut by_home: BTreeMap<Home<'c>, Vec<Part<'c>>> = BTreeMap::new();
    let mut parts = Vec::new();
    for part in entries {
        match home(&part, &homes) {
            Some(home) => by_home.entry(home).or_default().push(part),
            None => parts.push(part),
        }
    }
    for function in &comparison.functions {
        let whole = Part::function(function);
        let file = function
            .file
            .after
            .as_ref()
            .or(function.file.before.as_ref());
        let home = file.map(|file| (file.as_str(), function.name.as_str()));
        let Some(inside) = home.and_then(|home| by_home.remove(&home)) else {
            continue;
        };
        let is_judged = has_verdict(whole.change) && whole.change.evidence == Evidence::Confirmed;
        let says_more = is_judged && !inside.iter().any(|part| has_verdict(part.change));
        if says_more && account_for(whole.cost_s, &inside, all_s) {
            parts.push(whole);
        } else {
            parts.extend(inside);
        }
    }
    parts.extend(by_home.into_values().flatten());
    parts
}

/// The function that all lines of a block are in, by the block's number.
fn homes_of_blocks(comparison: &Comparison) -> HashMap<u32, Option<Home<'_>>> {
    let mut homes: HashMap<u32, Option<Home<'_>>> = HashMap::new();
    for line in &comparison.lines {
        let Some(id) = line.hunk else { continue };
        let of_line = home_of_line(line);
        let of_block = homes.entry(id).or_insert(of_line);
        if of_block.map(|it| it.1) == of_line.map(|it| it.1) {
            // The file after is the one that it is known by.
            *of_block = if line.after.is_some() {
                of_line
            } else {
                *of_block
            };
        } else {
            *of_block = None;
        }
    }
    homes
}

fn home<'c>(part: &Part<'c>, homes: &HashMap<u32, Option<Home<'c>>>) -> Option<Home<'c>> {
    match part.what {
        Whole::Line(line) => home_of_line(line),
        Whole::Block(block) => homes.get(&block.id).copied().flatten(),
        Whole::Function(_) | Whole::Bucket(..) => None,
    }
}

fn home_of_line(line: &LineComparison) -> Option<Home<'_>> {
    let at = line.after.as_ref().or(line.before.as_ref())?;
    Some((at.file.as_str(), at.function.as_deref()?))
}
