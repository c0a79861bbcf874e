//! What was concluded: the document that `docs/json.md` describes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Estimate;
use crate::foreign::ForeignText;
use crate::recording::MetricSource;

/// The `schema` of what this version writes.
pub const SCHEMA: &str = "profila.reordering/1";

/// What the orders of a block cost, and what of that is each statement's and each position's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reordering {
    /// Always [`SCHEMA`].
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The script, as the user named it.
    pub script: String,
    /// The function that the block is in, if any.
    pub function: Option<String>,
    /// The first line of the block.
    pub first: u32,
    /// The last line of the block.
    pub last: u32,
    /// Versions of Python and Numba, and the sampler.
    pub python: String,
    /// Version of the Numba that the first run imported.
    pub numba: String,
    /// Name and version of the sampler.
    pub sampler: String,
    /// Rounds, in each of which every order was timed once and profiled once.
    pub rounds: u32,
    /// Level of the intervals. Those of the `speedup` of all orders hold together, and so do
    /// those of their `speedup_over_placebo`; every other one holds by itself.
    pub confidence: f64,
    /// The smallest relative change that is called one.
    pub min_effect: f64,
    /// What a unit of work is taken from.
    pub throughput: MetricSource,
    /// Whether orders are known to be legal, or as far as the user promises.
    pub independence: Independence,
    /// Whether the orders were checked to print the same.
    pub results: Results,
    /// How many legal orders there are, those that were measured among them; absent where there
    /// are very many.
    pub legal_orders: Option<usize>,
    /// Why statements have to stay in their order, in words.
    pub dependences: Vec<ForeignText>,
    /// The statements, in the order as it is.
    pub statements: Vec<Statement>,
    /// The positions, the first one first.
    pub positions: Vec<Position>,
    /// What each statement costs at each position at which it stood.
    pub cells: Vec<Cell>,
    /// Statements and positions that can be told apart from each other. Those of other groups
    /// never met.
    pub groups: Vec<Group>,
    /// What the variation of the costs consists of; absent where no statement moved.
    pub parts: Option<Parts>,
    /// The orders, the fastest first. One of them is the order as it is.
    pub orders: Vec<OrderResult>,
    /// How many other orders the fastest one is not told apart from.
    pub as_fast: usize,
    /// The order as it is once more, with an edit that changes nothing.
    pub placebo: Placebo,
    /// What the reader should know.
    pub warnings: Vec<ForeignText>,
}

/// By what statements are taken for independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Independence {
    /// By their reads and writes.
    Proven,
    /// By a promise of the user's about memory and calls.
    Assumed,
}

/// Whether what the orders print was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Results {
    /// Their whole output was, in all timed runs, and was the same.
    Same,
    /// What a pattern matches in it was.
    SameMatches,
    /// It was not.
    NotCompared,
}

/// A statement of the block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    /// Its number, from 1, in the order as it is.
    pub number: usize,
    /// Its first line.
    pub first: u32,
    /// Its last line.
    pub last: u32,
    /// Its lines.
    pub text: String,
    /// What it costs at an average position of its group, in seconds of thread time per unit
    /// of work; absent where it is alone in its group.
    pub own_s: Option<Estimate>,
}

/// A position in the block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// Its number, from 1.
    pub number: usize,
    /// What it adds to the cost of whichever statement stands there, in seconds of thread time
    /// per unit of work; absent where its group has no other. They sum to 0 in each group.
    pub effect_s: Option<Estimate>,
}

/// A statement at a position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// The statement.
    pub statement: usize,
    /// The position.
    pub position: usize,
    /// How many orders have it there.
    pub orders: usize,
    /// What it costs there, in seconds of thread time per unit of work.
    pub cost_s: Estimate,
}

/// Statements and positions that orders connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// The statements.
    pub statements: Vec<usize>,
    /// The positions.
    pub positions: Vec<usize>,
}

/// Parts of the sum of squares of the costs. They sum to 1, but for parts that were estimated
/// below 0 and are 0 here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parts {
    /// That of the statements.
    pub own: Estimate,
    /// That of the positions.
    pub position: Estimate,
    /// That of neither, which comes again in every round: what depends on more than the
    /// position.
    pub interaction: Estimate,
    /// What does not come again.
    pub noise: Estimate,
}

/// The block in one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderResult {
    /// The statements by position.
    pub statements: Vec<usize>,
    /// Seconds per unit of work of the whole script, in timed runs: the geometric mean.
    pub seconds_per_unit: Estimate,
    /// What the statements of the block cost together, in seconds of thread time per unit of
    /// work.
    pub block_s: Estimate,
    /// How many times as fast the script is as with the order as it is; absent for that one.
    pub speedup: Option<Estimate>,
    /// The same of the placebo.
    pub speedup_over_placebo: Estimate,
    /// What that says.
    pub verdict: OrderVerdict,
}

/// What is said of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrderVerdict {
    /// It is the order as it is.
    #[serde(rename = "as it is")]
    AsItIs,
    /// Faster than the order as it is, and than the placebo, by at least the smallest change.
    Faster,
    /// Slower than both.
    Slower,
    /// Not told apart from one of them.
    #[serde(rename = "not told apart")]
    NotToldApart,
}

/// The order as it is with an edit that changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Placebo {
    /// Seconds per unit of work of the whole script, in timed runs: the geometric mean.
    pub seconds_per_unit: Estimate,
    /// What the statements of the block cost together, in seconds of thread time per unit of
    /// work.
    pub block_s: Estimate,
    /// How many times as fast the script is as without the edit. This interval holds by
    /// itself.
    pub speedup: Estimate,
}

impl Reordering {
    /// The best order, if it is told to be better than the order as it is and the placebo.
    pub fn best(&self) -> Option<&OrderResult> {
        let best = self.orders.first()?;
        (best.verdict == OrderVerdict::Faster).then_some(best)
    }

    /// Whether the placebo is told apart from the order as it is, which it should not be.
    pub fn is_placebo_told_apart(&self) -> bool {
        let Estimate { low, high, .. } = self.placebo.speedup;
        low.is_some_and(|low| low > 1.0) || high.is_some_and(|high| high < 1.0)
    }
}
