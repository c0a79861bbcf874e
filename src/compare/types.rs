//! The form of a comparison: `profila.comparison/1` of the JSON export, which
//! `docs/json.md` describes.

mod assembly;
mod cost;
mod counters;
mod estimate;
mod machines;
mod metric;
mod region;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::assembly::{
    AssemblyComparison, FunctionAssembly, InstructionPair, LineAssembly, LinePlace,
};
pub use self::cost::{
    BlockSide, BucketComparison, Buckets, CostChange, CostVerdict, Evidence, FunctionComparison,
    HunkComparison, LineComparison, LineKind, LineSide,
};
pub use self::counters::{CountedLine, CounterComparison};
pub use self::estimate::Estimate;
pub use self::machines::MachineComparison;
pub use self::metric::{MetricChange, MetricKind, MetricVerdict};
pub use self::region::{RegionComparison, RegionSide};
use crate::align::Rename;
use crate::foreign::ForeignText;
pub use crate::gate::Bounds;
use crate::gate::{Doubt, Gate};
use crate::instructions::CodeSummary;
use crate::pair::Pair;
use crate::recording::Variant;
use crate::share::Share;
use crate::source::LineNumber;

/// The `schema` of the comparisons this version writes.
pub const SCHEMA: &str = "profila.comparison/1";

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
    /// The region of both scripts that alone was measured; absent where the whole window was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<ForeignText>,
    /// The regions of both scripts, in the order in which they were first entered; none where
    /// one of them alone was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionComparison>,
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
    /// Why nothing can be concluded from the time of a unit of work, if so: no verdict on
    /// throughput or on costs is given then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// Seconds per unit of work of each timed run, by round. Where the runs were
    /// interleaved, those of one round are at the same place. None in comparisons of
    /// versions that did not keep them.
    #[serde(default)]
    pub seconds_by_round: Pair<Vec<f64>>,
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
    /// How many times as much every line costs after, where that is the one finding:
    /// throughput changed, and no line's share of it did.
    #[serde(default)]
    pub all_lines: Option<Estimate>,
    /// The edited blocks, each as a whole.
    pub hunks: Vec<HunkComparison>,
    /// The user's functions in which either side has samples, hottest first. Their lines
    /// are those of `lines`, and a family of tests of their own.
    #[serde(default)]
    pub functions: Vec<FunctionComparison>,
    /// What the compiler says otherwise of the lines after; nothing where it was not asked.
    #[serde(default)]
    pub remarks: Vec<RemarkChange>,
    /// What was counted for a unit of work; nothing where that was not asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<CounterComparison>,
    /// The instructions of the lines, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembly: Option<AssemblyComparison>,
    /// Samples outside Numba code.
    pub buckets: Buckets,
    /// Whether the parts sum to the whole.
    pub accounting: Accounting,
    /// The overhead of profiling, per side.
    #[serde(rename = "observer")]
    pub overhead: Pair<Overhead>,
    /// The outcome of the rules, where there are any.
    #[serde(default)]
    pub gate: Option<Gate>,
    /// The machines on which the rounds were made, where there were several and each had both
    /// versions: each counts as one observation, or, where they are two or three, intervals are
    /// true of these machines only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machines: Vec<MachineComparison>,
    /// What the reader should know.
    pub warnings: Vec<ForeignText>,
}

/// The part of the time for which a second thread has to run for costs to be called thread time.
const THREADS_OF_NOTE: f64 = 0.01;

const fn one() -> u32 {
    1
}

impl Comparison {
    /// Whether several threads ran at once, on either side: costs are then thread time, of which
    /// there is more than time. A second thread that was seen once or twice makes no difference.
    pub fn is_of_several_threads(&self) -> bool {
        let of = |side: &VariantSummary| side.samples.thread_seconds_per_second();
        of(&self.before).max(of(&self.after)) > 1.0 + THREADS_OF_NOTE
    }

    /// Whether worker processes were followed, on either side: costs are then process time, of
    /// which there is more than time.
    pub fn is_of_several_processes(&self) -> bool {
        let most = |side: &VariantSummary| side.followed;
        most(&self.before).max(most(&self.after)) > Some(0)
    }

    /// How much longer the slowest timed run of a version took per unit of work than its fastest,
    /// as a part of the latter: that of the version of which it is more. It cannot be due to an
    /// edit. Absent where no runs were kept.
    pub fn spread(&self) -> Option<f64> {
        let sides = &self.seconds_by_round;
        let of_side = |seconds: &Vec<f64>| {
            let most = seconds.iter().copied().max_by(f64::total_cmp)?;
            let least = seconds.iter().copied().min_by(f64::total_cmp)?;
            Some(most / least - 1.0).filter(|spread| least > 0.0 && spread.is_finite())
        };
        let spreads = [&sides.before, &sides.after].map(of_side);
        spreads.into_iter().flatten().max_by(f64::total_cmp)
    }
}

/// One of the looks at an experiment that ends as soon as it has an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// Which one, from 1.
    pub number: u32,
    /// How many there may be.
    pub of: u32,
    /// Level of the intervals of metrics and rules at this look, such that those of all looks together hold
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
    /// What the place of the code has to do with how timed runs vary; absent where it was not
    /// drawn, or there are too few runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacementEffect>,
    /// The most worker processes that were followed in one run; absent where children were
    /// ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed: Option<u64>,
}

/// How much of the variation between timed runs depends on where, within a line of the cache,
/// the code began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlacementEffect {
    /// The part of the variance that it explains (ω², Hays 1963).
    pub part: Share,
    /// Between which parts the true one is.
    pub low: Share,
    /// The larger one of them.
    pub high: Share,
}

/// A line and its counterpart, or an edited block, of which the compiler says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemarkChange {
    /// What it said of the version before.
    pub before: SaidOfLine,
    /// What it says of the version after.
    pub after: SaidOfLine,
}

/// What became of the machine code of a line or a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeChange {
    /// Whether the instructions are the same, but for registers, addresses and order.
    pub is_same: bool,
    /// The instructions before, in short.
    pub before: CodeSummary,
    /// The instructions after.
    pub after: CodeSummary,
}

/// What the compiler says of a line or a block of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SaidOfLine {
    /// The file.
    pub file: String,
    /// The line; of a block the first one that it is said of, or the first of all. Absent where
    /// the block is not in this version.
    pub line: Option<LineNumber>,
    /// What is said, in the order in which it was.
    pub remarks: Vec<crate::recording::Remark>,
}

/// A file and its counterpart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileComparison {
    /// Its path on the sides where it exists.
    pub file: Pair<Option<String>>,
    /// The names that were changed throughout; lines in which nothing else differs are
    /// unchanged.
    pub renames: Vec<Rename>,
    /// Its text on the sides where it exists, as it was when it was measured; absent of a
    /// library's file that one side alone has.
    #[serde(default)]
    pub text: Pair<Option<String>>,
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
    pub first: Pair<Option<LineNumber>>,
    /// How many there are.
    pub lines: u32,
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
    #[serde(deserialize_with = "crate::share::read_nearest")]
    pub stopped_share: Share,
    /// The longest single stop, in seconds.
    pub longest_stop_s: f64,
    /// How often per second the process was sampled in the measured window; absent where
    /// it was not recorded, or where the windows were too short to tell.
    pub achieved_rate_hz: Option<f64>,
}
