//! How the costs of lines, blocks, functions and buckets changed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CodeChange;
use super::Estimate;
use crate::align::Change;
use crate::pair::Pair;
use crate::share::Share;
use crate::source::LineNumber;

/// What became of a line; see [`crate::align::Change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are those of `align::Change`")]
pub enum LineKind {
    Unchanged,
    Moved,
    Changed,
    Added,
    Removed,
}

impl From<Change> for LineKind {
    fn from(change: Change) -> Self {
        match change {
            Change::Unchanged => Self::Unchanged,
            Change::Moved => Self::Moved,
            Change::Changed => Self::Changed,
            Change::Added => Self::Added,
            Change::Removed => Self::Removed,
        }
    }
}

/// One side of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineSide {
    /// The file, as in the recording.
    pub file: String,
    /// The line.
    pub line: LineNumber,
    /// Its source text, without the line end.
    pub text: String,
    /// The function that it is in, by its qualified name, where that is known.
    #[serde(default)]
    pub function: Option<String>,
    /// Samples attributed to it, over all rounds.
    pub samples: u64,
    /// Those of them that were in the line itself and not in a library line.
    pub self_samples: u64,
    /// Whether a statement without any compiled code begins here.
    #[serde(default)]
    pub has_no_code: bool,
    /// Share of the measured window.
    pub share: Estimate<Share>,
    /// Seconds of thread time per unit of work.
    pub cost_s: Estimate,
}

/// How the cost of one line, block or bucket changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostChange {
    /// After minus before, in shares (1 is the whole window); a shift, and so no share itself.
    pub share_shift: Estimate,
    /// After minus before, in seconds per unit of work.
    pub cost_shift_s: Estimate,
    /// After over before; absent where before has no samples.
    pub cost_ratio: Option<Estimate>,
    /// Two-sided p of "costs the same"; absent where it was not tested.
    pub p_value: Option<f64>,
    /// The same after Holm's correction within its family.
    pub adjusted_p: Option<f64>,
    /// How strong the evidence of a change is.
    pub evidence: Evidence,
    /// What may be claimed.
    pub verdict: CostVerdict,
    /// Smallest change of cost that these data could have shown with power 0.8,
    /// as part of the thread time per unit of work of the before version.
    pub smallest_detectable: Option<f64>,
    /// Rounds, all of an experiment together, with which it would be settled with a chance of
    /// 0.8, where it is not settled.
    pub rounds_needed: Option<u32>,
    /// Rounds with which it would be as likely settled as not; absent where `rounds_needed` is,
    /// and in comparisons of versions that did not say.
    #[serde(default)]
    pub rounds_at_least: Option<u32>,
}

impl CostChange {
    /// Takes back what was concluded of it, where something else than chance may be the reason.
    pub(in crate::compare) fn withhold(&mut self) {
        if self.verdict != CostVerdict::TooFewSamples {
            self.evidence = Evidence::None;
            self.verdict = CostVerdict::Inconclusive;
            self.rounds_needed = None;
            self.rounds_at_least = None;
        }
    }
}

/// How strong the evidence of a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Significant after Holm's correction over its family.
    Confirmed,
    /// Significant at the Benjamini-Hochberg false discovery rate only.
    Suggestive,
    /// Neither.
    None,
}

/// What may be claimed of a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CostVerdict {
    /// More seconds per unit of work.
    #[serde(rename = "costs more")]
    CostsMore,
    /// Fewer seconds per unit of work.
    #[serde(rename = "costs less")]
    CostsLess,
    /// The whole interval is within the minimal effect, relative to the thread time
    /// per unit of the before version.
    #[serde(rename = "no change")]
    NoChange,
    /// The interval allows more than one of the others.
    #[serde(rename = "inconclusive")]
    Inconclusive,
    /// Too few samples on both sides together to test.
    #[serde(rename = "too few samples")]
    TooFewSamples,
}

/// One line, on the sides where it exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineComparison {
    /// What became of it.
    pub kind: LineKind,
    /// The before version's line.
    pub before: Option<LineSide>,
    /// The after version's line.
    pub after: Option<LineSide>,
    /// How its cost changed.
    #[serde(flatten)]
    pub change: CostChange,
    /// `id` of the hunk it is part of.
    pub hunk: Option<u32>,
    /// What became of its machine code; absent where that is not known on both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeChange>,
}

/// One edited block as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HunkComparison {
    /// Number of the block, from 1.
    pub id: u32,
    /// Whether lines were replaced, only added or only removed.
    pub kind: LineKind,
    /// The file, on each side.
    pub file: Pair<String>,
    /// The before version's lines.
    pub before_lines: Vec<LineNumber>,
    /// The after version's lines.
    pub after_lines: Vec<LineNumber>,
    /// The block's part on the before side; its lines summed.
    pub before: BlockSide,
    /// The block's part on the after side.
    pub after: BlockSide,
    /// How its cost changed.
    #[serde(flatten)]
    pub change: CostChange,
    /// What became of its machine code; absent where that is not known on both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeChange>,
}

/// One function as a whole, without the functions within it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionComparison {
    /// Its qualified name.
    pub name: String,
    /// The file, on the sides that have the function.
    pub file: Pair<Option<String>>,
    /// The before version's part.
    pub before: BlockSide,
    /// The after version's part.
    pub after: BlockSide,
    /// How its cost changed.
    #[serde(flatten)]
    pub change: CostChange,
}

/// One side of a block, function or bucket.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlockSide {
    /// Samples, over all rounds.
    pub samples: u64,
    /// Share of the measured window.
    pub share: Estimate<Share>,
    /// Seconds of thread time per unit of work.
    pub cost_s: Estimate,
}

/// Samples outside Numba code, by reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Buckets {
    /// The interpreter and other native code.
    pub other: BucketComparison,
    /// No thread was running.
    pub waiting: BucketComparison,
    /// The stack could not be read.
    pub bad: BucketComparison,
}

/// One bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BucketComparison {
    /// The before version's part.
    pub before: BlockSide,
    /// The after version's part.
    pub after: BlockSide,
    /// How its cost changed.
    #[serde(flatten)]
    pub change: CostChange,
}
