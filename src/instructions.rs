//! What the instructions of a line are: which operations, on how many values at once, and
//! what is expensive among them. Two versions of a line are the same code where they have the
//! same operations, whatever registers they use, where they lie, and in which order they are.

mod aarch64;
mod assembly;
mod decoded;
mod loops;
mod summary;
mod x86;

use std::collections::BTreeMap;

pub use self::assembly::{Assembly, Function, InstructionAt, LineInstructions, Placed};
pub use self::decoded::Syntax;
use self::decoded::{Decoded, Instruction, decode};
pub use self::loops::LoopCode;
pub use self::summary::{CodeSummary, Extension, Packed};
use crate::recording::MachineCode;
use crate::source::LineNumber;

/// The instructions of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineCode {
    /// How many of each operation there are. What only says where values and code are is left
    /// out: moves between registers and to and from the stack, values that are known beforehand,
    /// and jumps without a condition.
    operations: BTreeMap<String, u32>,
    /// The same in short.
    pub(crate) summary: CodeSummary,
}

impl LineCode {
    /// Whether two lines are the same code.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.operations == other.operations
    }

    /// Adds the code of another line.
    pub(crate) fn add(&mut self, other: &Self) {
        for (operation, count) in &other.operations {
            *self.operations.entry(operation.clone()).or_default() += count;
        }
        self.summary.add(&other.summary);
    }

    /// Counts an instruction with others.
    fn count(&mut self, instruction: &Instruction) {
        if let Decoded::Operation(name) = &instruction.decoded {
            *self.operations.entry(name.clone()).or_default() += 1;
        }
        self.summary.add(&instruction.is);
    }
}

/// Bytes that are decoded of all functions of a version: what is compressed may be much longer
/// than the recording.
const MOST_DECODED: usize = 4 << 20;

/// The code of each line in some functions together, by file and line. `None` where one of them
/// cannot be read, or all are too long, or one is for a processor whose instructions are not known
/// here.
pub(crate) fn of_lines<'c>(
    functions: impl IntoIterator<Item = &'c MachineCode>,
) -> Option<BTreeMap<(&'c str, LineNumber), LineCode>> {
    let mut lines: BTreeMap<(&str, LineNumber), LineCode> = BTreeMap::new();
    let mut room = MOST_DECODED;
    for code in functions {
        let bytes = code.bytes()?;
        room = room.checked_sub(bytes.len())?;
        let rows = code.rows();
        for instruction in decode(code, &bytes, None)? {
            if let Some(place) = code.place(&rows, instruction.offset) {
                lines.entry(place).or_default().count(&instruction);
            }
        }
    }
    Some(lines)
}
