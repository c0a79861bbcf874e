//! The form of a comparison: `profila.comparison/1` of the JSON export, which
//! `docs/json.md` describes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::align::{Change, Rename};
use crate::foreign::ForeignText;
pub use crate::gate::Bounds;
use crate::gate::{Gate, Loss};
use crate::recording::{Better, ThroughputSource, Variant};
use crate::share::Share;
use crate::source::LineNumber;

/// The `schema` of the comparisons this version writes.
pub const SCHEMA: &str = "profila.comparison/1";

/// A value with its interval at the comparison's confidence. Without an interval
/// (too few rounds) `low` and `high` are absent. What it is of is said where it is used, but
/// for shares, which are a type of their own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate<T = f64> {
    /// Point estimate.
    pub value: T,
    /// Lower end of the interval.
    pub low: Option<T>,
    /// Upper end of the interval.
    pub high: Option<T>,
}

/// Everything concluded from two recordings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Always [`SCHEMA`].
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The version compared against.
    pub before: VariantSummary,
    /// The version judged.
    pub after: VariantSummary,
    /// Rounds that both sides have.
    pub rounds: u32,
    /// Seconds that a round took, all runs of both sides together; absent in comparisons of
    /// versions that did not say, and where no round was complete.
    #[serde(default)]
    pub seconds_per_round: Option<f64>,
    /// Confidence level of every interval, such as 0.95; it holds for all looks together and,
    /// where other versions were compared too, for all comparisons together.
    pub confidence: f64,
    /// Comparisons that hold together with this confidence.
    #[serde(default = "one")]
    pub together: u32,
    /// Which look this is, where the number of rounds was not fixed.
    #[serde(default)]
    pub look: Option<Look>,
    /// The smallest relative change that counts as one, such as 0.01.
    pub min_effect: f64,
    /// Units of work per second, or seconds per run.
    pub throughput: MetricChange,
    /// Seconds per unit of work of each timed run, by round. Where the runs were
    /// interleaved, those of one round are at the same place. None in comparisons of
    /// versions that did not keep them.
    #[serde(default)]
    pub seconds_by_round: crate::pair::Pair<Vec<f64>>,
    /// Largest resident set of the timed runs, in bytes.
    pub peak_memory: MetricChange,
    /// Seconds of processor time of the timed runs, imports and compilation included;
    /// absent in comparisons of versions that did not compare it.
    #[serde(default)]
    pub cpu_time: Option<MetricChange>,
    /// The user's files, each with its counterpart, and those of libraries that were
    /// changed between the versions.
    #[serde(default)]
    pub files: Vec<FileComparison>,
    /// Every pair of lines in which either side has samples attributed to it, and all lines
    /// of the edited blocks in which any has.
    pub lines: Vec<LineComparison>,
    /// The edited blocks, each as a whole.
    pub hunks: Vec<HunkComparison>,
    /// The user's functions in which either side has samples, hottest first. Their lines
    /// are those of `lines`, and a family of tests of their own.
    #[serde(default)]
    pub functions: Vec<FunctionComparison>,
    /// Samples outside Numba code.
    pub buckets: Buckets,
    /// Whether the parts sum to the whole.
    pub accounting: Accounting,
    /// The overhead of profiling, per side.
    #[serde(rename = "observer")]
    pub overhead: crate::pair::Pair<Overhead>,
    /// The outcome of the rules, where there are any.
    #[serde(default)]
    pub gate: Option<Gate>,
    /// What the reader should know.
    pub warnings: Vec<ForeignText>,
}

const fn one() -> u32 {
    1
}

impl Comparison {
    /// Whether several threads were seen running at once, on either side: costs are
    /// then thread time, of which there is more than time.
    pub fn is_of_several_threads(&self) -> bool {
        let most = |side: &VariantSummary| side.samples.most_threads;
        most(&self.before).max(most(&self.after)) > 1
    }
}

/// One of the looks at an experiment that ends as soon as it has an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// Which one, from 1.
    pub number: u32,
    /// How many there may be.
    pub of: u32,
    /// Level of the intervals at this look, such that those of all looks together hold
    /// with the comparison's confidence.
    pub level: f64,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantSummary {
    /// What was run.
    #[serde(flatten)]
    pub variant: Variant,
    /// Version of the Python that ran it.
    pub python: String,
    /// Version of Numba.
    pub numba: String,
    /// Name and version of the sampler.
    pub sampler: String,
    /// Timed runs.
    pub timed_runs: u32,
    /// Profiled runs.
    pub profiled_runs: u32,
    /// Samples of the measured windows, over all profiled runs.
    pub samples: crate::recording::SampleCounts,
    /// Seconds per unit of work.
    pub seconds_per_unit: Estimate,
}

/// A file and its counterpart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileComparison {
    /// Its path on the sides where it exists.
    pub file: crate::pair::Pair<Option<String>>,
    /// The names that were changed throughout; lines in which nothing else differs are
    /// unchanged.
    pub renames: Vec<Rename>,
    /// Its text on the sides where it exists, as it was when it was measured; absent of a
    /// library's file that one side alone has.
    #[serde(default)]
    pub text: crate::pair::Pair<Option<String>>,
    /// Which line is which, in the order of a merged reading.
    #[serde(default)]
    pub stretches: Vec<Stretch>,
}

/// Lines that follow each other on both sides, and of which the same became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stretch {
    /// What became of them.
    pub kind: LineKind,
    /// The first of them, on the sides where they exist.
    pub first: crate::pair::Pair<Option<LineNumber>>,
    /// How many there are.
    pub lines: u32,
}

/// What a metric of the whole script is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MetricKind {
    /// Throughput by a pattern that matched in the script's standard output.
    Pattern,
    /// Throughput by a line of the file named by `PROFILA_METRICS`.
    Metrics,
    /// Throughput by the seconds of the measured window.
    Window,
    /// Throughput by the seconds from start to exit.
    Wall,
    /// Seconds of processor time, whether throughput is taken from them or not.
    Cpu,
    /// Bytes of the largest resident set.
    Memory,
}

impl From<ThroughputSource> for MetricKind {
    fn from(source: ThroughputSource) -> Self {
        match source {
            ThroughputSource::Pattern => Self::Pattern,
            ThroughputSource::Metrics => Self::Metrics,
            ThroughputSource::Window => Self::Window,
            ThroughputSource::Wall => Self::Wall,
            ThroughputSource::Cpu => Self::Cpu,
        }
    }
}

/// How a metric of the whole script changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricChange {
    /// What it is about, or where its values came from.
    pub source: MetricKind,
    /// Unit of the values.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
    /// Value of the before version, in `unit`.
    pub before: Estimate,
    /// Value of the after version, in `unit`.
    pub after: Estimate,
    /// How many times better after is: above 1 is better, whichever direction is.
    pub ratio: Estimate,
    /// One-sided bounds of the ratio; absent with too few rounds.
    #[serde(default)]
    pub ratio_bounds: Option<Bounds>,
    /// Two-sided p of "no difference"; absent with too few rounds.
    pub p_value: Option<f64>,
    /// What may be claimed.
    pub verdict: MetricVerdict,
    /// Smallest relative change that would have been detected with power 0.8.
    pub smallest_detectable: Option<f64>,
    /// Rounds that would be needed to settle it, where it is not settled.
    pub rounds_needed: Option<u32>,
}

impl MetricChange {
    /// How much worse it became.
    pub fn loss(&self) -> Loss {
        Loss::of_ratio(self.better, self.ratio.value, self.ratio_bounds)
    }
}

/// What may be claimed of a metric of the whole script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MetricVerdict {
    /// Throughput is better by more than the minimal effect.
    #[serde(rename = "faster")]
    Faster,
    /// Throughput is worse by more than the minimal effect.
    #[serde(rename = "slower")]
    Slower,
    /// Uses less (memory), by more than the minimal effect.
    #[serde(rename = "less")]
    Less,
    /// Uses more (memory), by more than the minimal effect.
    #[serde(rename = "more")]
    More,
    /// The whole interval is within the minimal effect.
    #[serde(rename = "no change")]
    NoChange,
    /// The interval allows more than one of the others.
    #[serde(rename = "inconclusive")]
    Inconclusive,
}

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
    /// Rounds that would be needed to settle it, where it is not settled.
    pub rounds_needed: Option<u32>,
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
}

/// One edited block as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HunkComparison {
    /// Number of the block, from 1.
    pub id: u32,
    /// Whether lines were replaced, only added or only removed.
    pub kind: LineKind,
    /// The file, on each side.
    pub file: crate::pair::Pair<String>,
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
}

/// One function as a whole, without the functions within it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionComparison {
    /// Its qualified name.
    pub name: String,
    /// The file, on the sides that have the function.
    pub file: crate::pair::Pair<Option<String>>,
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

/// Whether the parts sum to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accounting {
    /// Shifts of cost of all lines and buckets, in seconds per unit of work.
    pub sum_of_shifts_s: f64,
    /// Change of the thread time per unit of work in the same rounds, in seconds. A
    /// script of one thread has as much of it as time.
    pub total_shift_s: f64,
}

/// The overhead of profiling on one side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Overhead {
    /// Seconds per unit of profiled runs over timed runs; 1 is no effect.
    pub slowdown: Option<f64>,
    /// Seconds per unit of control runs, which have the profiled build and no sampler,
    /// over timed runs of the same rounds; absent where there was no control run.
    #[serde(default)]
    pub build_slowdown: Option<f64>,
    /// Part of the measured window for which the script was stopped.
    pub stopped_share: Share,
    /// The longest single stop, in seconds.
    pub longest_stop_s: f64,
    /// How often per second the process was sampled in the measured window; absent where
    /// it was not recorded, or where the windows were too short to tell.
    pub achieved_rate_hz: Option<f64>,
}
