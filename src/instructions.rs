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
    /// How many of each operation there are. Moves between registers and to and from the stack
    /// are left out, as are jumps that only say where code lies.
    operations: BTreeMap<String, u32>,
    /// The same in short.
    pub(crate) summary: CodeSummary,
}

/// The instructions of a line in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSummary {
    /// How many there are.
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
    /// Values that are put on the stack, or taken from there, for want of registers.
    #[serde(default, skip_serializing_if = "is_none")]
    pub spills: u32,
    /// Calls, which LLVM could not work into the code, or did not want to.
    #[serde(default, skip_serializing_if = "is_none")]
    pub calls: u32,
}

/// So many values at once, of so many bits each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Packed {
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
        self.summary.instructions += 1;
        match instruction {
            Decoded::Nothing => {}
            Decoded::Spill => self.summary.spills += 1,
            Decoded::Operation { name, is } => {
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
        self.spills += other.spills;
        self.calls += other.calls;
    }
}

/// An instruction.
enum Decoded {
    /// One that is there for where others lie, or which register a value is in.
    Nothing,
    /// A move to the stack or from there.
    Spill,
    Operation {
        /// Its name and the kinds of its operands.
        name: String,
        /// What it is among the things that are counted, once each.
        is: CodeSummary,
    },
}

/// Bytes that are decoded of all functions of a version: what is compressed may be much longer
/// than the recording.
const MOST_DECODED: usize = 32 << 20;

/// The code of each line in some functions together, by file and line. What cannot be read is
/// left out, and what is for a processor whose instructions are not known here.
pub(crate) fn of_lines<'c>(
    functions: impl IntoIterator<Item = &'c MachineCode>,
) -> BTreeMap<(&'c str, LineNumber), LineCode> {
    let mut lines: BTreeMap<(&str, LineNumber), LineCode> = BTreeMap::new();
    let mut room = MOST_DECODED;
    for code in functions {
        let Some(bytes) = code.bytes().filter(|_| code.architecture == "x86_64") else {
            continue;
        };
        let Some(left) = room.checked_sub(bytes.len()) else {
            break;
        };
        room = left;
        x86::decode(&bytes, &code.symbols, |offset, instruction| {
            if let Some(place) = code.place(offset) {
                lines.entry(place).or_default().count(&instruction);
            }
        });
    }
    lines
}
