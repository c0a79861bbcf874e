//! What was counted, before beside after.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Estimate, LinePlace};
use crate::pair::Pair;
use crate::recording::Counter;

/// What one counter counted for a unit of work.
///
/// Of a side, `None` where it was not counted there. Intervals are those of each number by itself;
/// there is no verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CounterComparison {
    /// The counter.
    pub counter: Counter,
    /// All events, on lines and elsewhere.
    pub events: Pair<Option<Estimate>>,
    /// Those on lines, the line with the most on either side first.
    pub lines: Vec<CountedLine>,
}

/// What was counted on one line for a unit of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountedLine {
    /// The line, on the sides where it exists.
    pub line: Pair<Option<LinePlace>>,
    /// Its events.
    pub events: Pair<Option<Estimate>>,
}
