//! Names of versions, and verdicts, in words.

use crate::compare::{Comparison, CostVerdict, MetricVerdict};
use crate::pair::Pair;
use crate::text::{Meaning, Text};

/// What is said where there are no lines to say anything of.
pub(in crate::report) const NO_LINES: &str =
    "No samples were attributed to lines of Numba code, so no line can be judged.";

/// The names of the two versions, told apart even where they are equal.
pub(in crate::report) fn names(comparison: &Comparison) -> Pair<Text> {
    let names = Pair::new(&comparison.before, &comparison.after);
    let names = names.map(|side| Text::name(&side.variant.name));
    if names.before == names.after {
        let ends = Pair::new(" (before)", " (after)");
        Pair::new(
            names.before.followed_by(ends.before),
            names.after.followed_by(ends.after),
        )
    } else {
        names
    }
}

/// A verdict on a metric in the words of `docs/reading-a-report.md`.
pub(in crate::report) fn metric_word(verdict: MetricVerdict) -> Text {
    let (word, meaning) = match verdict {
        MetricVerdict::Faster => ("faster", Meaning::Better),
        MetricVerdict::Slower => ("slower", Meaning::Worse),
        MetricVerdict::Less => ("less", Meaning::Better),
        MetricVerdict::More => ("more", Meaning::Worse),
        MetricVerdict::NoChange => ("no change", Meaning::Quiet),
        MetricVerdict::Inconclusive => ("inconclusive", Meaning::Open),
    };
    Text::from(word).meaning(meaning)
}

/// A verdict on a cost in the same words.
pub(in crate::report) fn cost_word(verdict: CostVerdict) -> Text {
    let (word, meaning) = match verdict {
        CostVerdict::CostsMore => ("costs more", Meaning::Worse),
        CostVerdict::CostsLess => ("costs less", Meaning::Better),
        CostVerdict::NoChange => ("no change", Meaning::Quiet),
        CostVerdict::Inconclusive => ("inconclusive", Meaning::Open),
        CostVerdict::TooFewSamples => ("too few samples", Meaning::Quiet),
    };
    Text::from(word).meaning(meaning)
}
