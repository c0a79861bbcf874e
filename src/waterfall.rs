//! The way from the cost of a unit of work before to that after, step by step.
//!
//! Costs of lines and buckets sum to the cost of the whole on each side, and so do their
//! shifts. [`Waterfall::of`] parts them into what is said of them: changes that have a
//! verdict, each for itself; what is inconclusive; and the rest, of which no change is to be
//! reported. Nothing is left out, and nothing counts twice: an edited block stands for its
//! lines, and a function for its lines where it has a verdict and none of them has.

mod outlook;
mod parts;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

pub(crate) use self::outlook::Outlook;
use self::parts::{Part, entries, with_functions};
use crate::compare::{
    BucketComparison, Comparison, CostChange, CostVerdict, Evidence, FunctionComparison,
    HunkComparison, LineComparison,
};
use crate::pair::Pair;

/// How the cost of a unit of work came from one value to the other. All costs are seconds of
/// thread time per unit of work.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waterfall<'c> {
    /// The cost on each side: that of all lines and buckets together.
    pub(crate) cost_s: Pair<f64>,
    /// The steps from one to the other, in the order in which they are shown: their shifts sum
    /// to the difference of the costs, but for rounding.
    pub(crate) steps: Vec<Step<'c>>,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step<'c> {
    /// What the step stands for.
    pub(crate) what: What<'c>,
    /// Where it begins and where it ends.
    pub(crate) level_s: Pair<f64>,
    /// Both ends of the interval of its shift. Several parts together have none: how their
    /// errors go together is not known.
    pub(crate) interval_s: Option<(f64, f64)>,
}

/// What a step stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What<'c> {
    /// A line that is in no edited block.
    Line(&'c LineComparison),
    /// An edited block.
    Block(&'c HunkComparison),
    /// A function that has a verdict as a whole, and no line that has one.
    Function(&'c FunctionComparison),
    /// Samples outside Numba code.
    Bucket(Bucket, &'c BucketComparison),
    /// Smaller changes that have a verdict.
    Smaller(Sum),
    /// What is inconclusive and may have changed by as much as counts as a change.
    Open(Sum),
    /// Everything else: of none of it a change is to be reported.
    Rest(Sum),
}

/// Why samples are on no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    /// The interpreter and other native code.
    Other,
    /// No thread was running.
    Waiting,
    /// The stack could not be read.
    Bad,
}

/// Several parts together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sum {
    /// How many lines and blocks there are.
    pub(crate) lines: usize,
    /// Whether there are samples outside Numba code among them.
    pub(crate) has_buckets: bool,
    /// By how much those that rose did together, in seconds.
    pub(crate) rises_s: f64,
    /// By how much those that fell did together, in seconds; not above 0.
    pub(crate) falls_s: f64,
    /// The most that any of them may have changed by, up or down, in seconds; absent where
    /// that is not known of one of them.
    pub(crate) reach_s: Option<f64>,
}

impl Step<'_> {
    /// After minus before, in seconds.
    pub(crate) fn shift_s(&self) -> f64 {
        self.level_s.after - self.level_s.before
    }

    /// The change that it is, if it is one.
    pub(crate) const fn change(&self) -> Option<&CostChange> {
        match &self.what {
            What::Line(line) => Some(&line.change),
            What::Block(block) => Some(&block.change),
            What::Function(function) => Some(&function.change),
            What::Bucket(_, bucket) => Some(&bucket.change),
            What::Smaller(_) | What::Open(_) | What::Rest(_) => None,
        }
    }
}

impl<'c> Waterfall<'c> {
    /// The steps of a comparison: so many changes with a verdict at most, what is confirmed
    /// first and the largest of it first, then what is left of them, what is inconclusive, and
    /// the rest. `None` where nothing has a cost.
    pub(crate) fn of(comparison: &'c Comparison, most: usize) -> Option<Self> {
        let entries = entries(comparison);
        let sum = |cost: fn(&Part<'_>) -> f64| entries.iter().map(cost).sum::<f64>();
        let cost_s = Pair::new(
            sum(|part| part.cost_s.before),
            sum(|part| part.cost_s.after),
        );
        if cost_s.before <= 0.0 && cost_s.after <= 0.0 {
            return None;
        }
        let least_s = comparison.min_effect * cost_s.before;
        let parts = with_functions(comparison, entries, cost_s);
        let (mut judged, others): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| has_verdict(part.change));
        let (open, rest): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|part| is_open(part.change, least_s));
        judged.sort_by(|a, b| order(a.change, b.change));
        let smaller = judged.split_off(most.min(judged.len()));
        let mut steps: Vec<Step<'c>> = Vec::new();
        let mut level_s = cost_s.before;
        for part in judged {
            steps.push(step(part.what.into(), &[part], &mut level_s));
        }
        let sums = [
            (What::Smaller as fn(Sum) -> What<'c>, smaller),
            (What::Open, open),
            (What::Rest, rest),
        ];
        for (what, parts) in sums {
            if !parts.is_empty() {
                steps.push(step(what(Sum::of(&parts)), &parts, &mut level_s));
            }
        }
        Some(Self { cost_s, steps })
    }
}

/// The step of these parts, from a level to the next.
fn step<'c>(what: What<'c>, parts: &[Part<'c>], level_s: &mut f64) -> Step<'c> {
    let before = *level_s;
    *level_s += parts.iter().map(Part::shift_s).sum::<f64>();
    Step {
        what,
        level_s: Pair::new(before, *level_s),
        interval_s: match parts {
            [part] => ends(part.change),
            _ => None,
        },
    }
}

impl Sum {
    fn of(parts: &[Part<'_>]) -> Self {
        let mut sum = Self {
            reach_s: Some(0.0),
            ..Self::default()
        };
        for part in parts {
            let shift_s = part.shift_s();
            sum.rises_s += shift_s.max(0.0);
            sum.falls_s += shift_s.min(0.0);
            match part.what {
                parts::Whole::Bucket(..) => sum.has_buckets = true,
                _ => sum.lines += 1,
            }
            let reach_s = reach_s(part.change);
            sum.reach_s = sum.reach_s.zip(reach_s).map(|(one, other)| one.max(other));
        }
        sum
    }
}

const fn has_verdict(change: &CostChange) -> bool {
    matches!(
        change.verdict,
        CostVerdict::CostsMore | CostVerdict::CostsLess
    )
}

/// Whether a change is inconclusive, and may be as large as what counts as one.
fn is_open(change: &CostChange, least_s: f64) -> bool {
    let may_matter = reach_s(change).is_none_or(|most| most >= least_s);
    change.verdict == CostVerdict::Inconclusive && may_matter
}

/// The most that something may have changed by, up or down.
fn reach_s(change: &CostChange) -> Option<f64> {
    ends(change).map(|(low, high)| high.abs().max(low.abs()))
}

fn ends(change: &CostChange) -> Option<(f64, f64)> {
    Some((change.cost_shift_s.low?, change.cost_shift_s.high?))
}

/// What is confirmed comes first, then the larger change.
fn order(one: &CostChange, other: &CostChange) -> Ordering {
    let rank = |change: &CostChange| match change.evidence {
        Evidence::Confirmed => 0,
        Evidence::Suggestive => 1,
        Evidence::None => 2,
    };
    let size = |change: &CostChange| change.cost_shift_s.value.abs();
    rank(one)
        .cmp(&rank(other))
        .then_with(|| size(other).total_cmp(&size(one)))
}
