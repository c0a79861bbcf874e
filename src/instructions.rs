//! What the instructions of a line are: which operations, on how many values at once, and
//! what is expensive among them. Two versions of a line are the same code where they have the
//! same operations, whatever registers they use, where they lie, and in which order they are.

mod x86;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// The instructions of a line in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSummary {
    /// How many operations there are.
    pub instructions: u32,
    /// The widest arithmetic on several values at once, if there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<Packed>,
    /// Arithmetic on single floating-point values.
    #[serde(default, skip_serializing_if = "is_none")]
    pub scalar: u32,
    /// Divisions and square roots.
    #[serde(default, skip_serializing_if = "is_none")]
    pub divisions: u32,
    /// Loads of several values, each by an address of its own.
    #[serde(default, skip_serializing_if = "is_none")]
    pub gathers: u32,
    /// Accesses to the stack: values for which there are too few registers, and arguments.
    #[serde(default, skip_serializing_if = "is_none")]
    pub stack: u32,
    /// Calls of what LLVM did not inline.
    #[serde(default, skip_serializing_if = "is_none")]
    pub calls: u32,
}

/// So many values at once, of so many bits each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Packed {
    /// Whether they are floating-point numbers, whose arithmetic counts before that of others.
    pub float: bool,
    /// Bits of all of them together.
    pub bits: u32,
    /// How many.
    pub values: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_none(count: &u32) -> bool {
    *count == 0
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
    fn count(&mut self, instruction: &Decoded) {
        match instruction {
            Decoded::Nothing => {}
            Decoded::OnStack => self.summary.stack += 1,
            Decoded::Operation { name, is } => {
                self.summary.instructions += 1;
                *self.operations.entry(name.clone()).or_default() += 1;
                self.summary.add(is);
            }
        }
    }
}

impl CodeSummary {
    fn add(&mut self, other: &Self) {
        self.instructions += other.instructions;
        self.packed = self.packed.max(other.packed);
        self.scalar += other.scalar;
        self.divisions += other.divisions;
        self.gathers += other.gathers;
        self.stack += other.stack;
        self.calls += other.calls;
    }
}

/// An instruction.
enum Decoded {
    /// One that is there for where others lie, or which register a value is in.
    Nothing,
    /// A move to the stack or from there.
    OnStack,
    Operation {
        /// Its name and the kinds of its operands.
        name: String,
        /// What it is among the things that are counted, once each.
        is: CodeSummary,
    },
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
        if code.architecture != "x86_64" {
            return None;
        }
        let bytes = code.bytes()?;
        room = room.checked_sub(bytes.len())?;
        let rows = code.rows();
        x86::decode(&bytes, &code.symbols, |offset, instruction| {
            if let Some(place) = code.place(&rows, offset) {
                lines.entry(place).or_default().count(&instruction);
            }
        });
    }
    Some(lines)
}
