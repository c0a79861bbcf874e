//! What was concluded: the document that `docs/json.md` describes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Estimate;
use crate::foreign::ForeignText;
use crate::recording::MetricSource;
use crate::share::Share;
use crate::source::LineNumber;

/// The `schema` of what this version writes.
pub const SCHEMA: &str = "profila.scaling/1";

/// How what a script costs grows with a size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scaling {
    /// Always [`SCHEMA`].
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The script or module, as the user named it.
    pub program: String,
    /// What the size is called, such as `size`.
    pub parameter: String,
    /// The sizes, the smallest first.
    pub sizes: Vec<SizeValue>,
    /// Version of Python.
    pub python: String,
    /// Version of the Numba that the first run imported.
    pub numba: String,
    /// Name and version of the sampler.
    pub sampler: String,
    /// Rounds, in each of which every size was timed once and profiled once.
    pub rounds: u32,
    /// Level of the intervals. Those of the exponents of all lines and of the rest hold
    /// together; every other one holds by itself.
    pub confidence: f64,
    /// What a unit of work is taken from.
    pub throughput: MetricSource,
    /// Seconds per unit of work of the whole, in timed runs: geometric means.
    pub whole: Growth,
    /// The lines with samples, those first that cost most at the largest size.
    pub lines: Vec<LineGrowth>,
    /// Everything that is on none of these lines, as what the interpreter does; its costs are
    /// 0 where there is nothing.
    pub rest: PartGrowth,
    /// What the reader should know.
    pub warnings: Vec<ForeignText>,
}

/// A size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SizeValue {
    /// As the script was given it.
    pub text: String,
    /// Its value, above 0.
    pub value: f64,
}

/// How something grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Growth {
    /// What it costs at each size, in seconds per unit of work: of thread time, where it is a
    /// part of the whole.
    pub cost_s: Vec<Estimate>,
    /// The power of the size that it grows as; absent where too little is known, or
    /// nothing can be.
    pub exponent: Option<Estimate>,
    /// What it would cost at each size if it were a power; empty where there is no exponent.
    pub fitted_s: Vec<f64>,
    /// The exponent from each size to the next one; absent where there are too few samples,
    /// or nothing can be known.
    pub steps: Vec<Option<f64>>,
    /// The place of the size, counted from 0, at which the exponent changes most, where it
    /// certainly changes.
    pub bent_at: Option<usize>,
    /// What that says.
    pub verdict: GrowthVerdict,
}

/// How a part of the whole grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartGrowth {
    /// Its part of the samples at each size, over all rounds.
    pub shares: Vec<Share>,
    /// Its samples at each size, over all rounds.
    pub samples: Vec<u64>,
    /// What it costs, and how that grows.
    pub growth: Growth,
}

/// How a line grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineGrowth {
    /// The file.
    pub file: String,
    /// The line.
    pub line: LineNumber,
    /// Its text.
    pub text: String,
    /// The function that it is in, if any.
    pub function: Option<String>,
    /// What it costs, and how that grows.
    pub part: PartGrowth,
}

/// What is said of how something grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GrowthVerdict {
    /// It costs more at larger sizes, and may be a power.
    Grows,
    /// It costs as much at all sizes, as far as matters.
    Constant,
    /// It costs less at larger sizes, and may be a power.
    Shrinks,
    /// It is no power: its exponent is another one at larger sizes.
    NoPower,
    /// It may grow or not.
    Inconclusive,
    /// There are too few samples to tell, or too few rounds.
    TooFewSamples,
    /// The times of the runs cannot tell, however many there are: a warning says why.
    NoBasis,
}
