//! The instructions of lines, before beside after.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::instructions::{CodeSummary, InstructionAt, LoopCode, Syntax};
use crate::pair::Pair;
use crate::share::Share;
use crate::source::LineNumber;

/// The machine code of both versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssemblyComparison {
    /// How instructions are written.
    pub syntax: Syntax,
    /// What executes them, such as `x86_64`; absent where there are none.
    pub architecture: Pair<Option<String>>,
    /// The lines of [`Comparison::lines`](super::Comparison::lines) that have instructions, in
    /// their order.
    pub lines: Vec<LineAssembly>,
    /// The loops with samples, hottest first.
    pub loops: Pair<Vec<LoopCode>>,
    /// Samples that are at no instruction, as the function was other code in other runs.
    pub astray: Pair<Share>,
    /// Functions that are too long to be shown, or cannot be decoded.
    pub left_out: Pair<u32>,
}

/// The instructions of a line and its counterpart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineAssembly {
    /// The line of each version, where it exists.
    pub line: Pair<Option<LinePlace>>,
    /// Its instructions in short; absent where it has none.
    pub code: Pair<Option<CodeSummary>>,
    /// Its instructions in each compiled function that has any, hottest first.
    pub functions: Vec<FunctionAssembly>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct LinePlace {
    /// The file, as in the recording.
    pub file: String,
    /// The line.
    pub line: LineNumber,
}

/// The instructions of a line in one compiled function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionAssembly {
    /// The function of each version, by Python's name and the types of its arguments; absent
    /// where none was recorded.
    pub function: Pair<Option<String>>,
    /// Its instructions, those that are the same beside each other.
    pub rows: Vec<InstructionPair>,
}

/// An instruction beside one of the other version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InstructionPair {
    /// The version before's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<InstructionAt>,
    /// The version after's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<InstructionAt>,
    /// Whether they are the same, but for registers and addresses.
    pub is_same: bool,
}
