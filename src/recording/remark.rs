//! What the compiler says of its own work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ForeignText;
use crate::source::LineNumber;

/// What LLVM said of the code that a line became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// The file, by its path in [`Recording::sources`](super::Recording::sources).
    pub file: String,
    /// The line; of a loop, the one at which it begins.
    pub line: LineNumber,
    /// What was said, in LLVM's words, such as `vectorized loop (vectorization width: 8,
    /// interleaved count: 4)`.
    pub text: ForeignText,
    /// The line that is the reason, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because_of: Option<LineNumber>,
}
