//! Instructions in short.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Some instructions in short: those of a line, a block or a loop.
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
    /// Checks whether an index is negative and counts from the end of its array.
    #[serde(default, skip_serializing_if = "is_none")]
    pub wraparounds: u32,
    /// Conditions under which an exception is raised: an index out of bounds, a division by zero.
    #[serde(default, skip_serializing_if = "is_none")]
    pub checks: u32,
    /// Accesses to the stack: values for which there are too few registers, and arguments.
    #[serde(default, skip_serializing_if = "is_none")]
    pub stack: u32,
    /// Calls of what LLVM did not inline.
    #[serde(default, skip_serializing_if = "is_none")]
    pub calls: u32,
    /// Instructions that are not known here, such as those of ARM's SVE.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unknown: u32,
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
    /// The extension of the processor that has such instructions; absent in documents of
    /// versions that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
}

/// An extension of a processor's instructions, for arithmetic on several values at once.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Extension {
    /// Registers of 128 bits of x86-64, of which all processors have these.
    #[serde(rename = "SSE")]
    Sse,
    /// Registers of 256 bits, and instructions with three operands.
    #[serde(rename = "AVX")]
    Avx,
    /// Registers of 512 bits, more of them, and masks.
    #[serde(rename = "AVX-512")]
    Avx512,
    /// Registers of 128 bits of ARM's.
    #[serde(rename = "NEON")]
    Neon,
}

impl Extension {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sse => "SSE",
            Self::Avx => "AVX",
            Self::Avx512 => "AVX-512",
            Self::Neon => "NEON",
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

impl CodeSummary {
    /// Counts others with these.
    pub(crate) fn add(&mut self, other: &Self) {
        self.instructions += other.instructions;
        self.packed = self.packed.max(other.packed);
        self.scalar += other.scalar;
        self.divisions += other.divisions;
        self.gathers += other.gathers;
        self.wraparounds += other.wraparounds;
        self.checks += other.checks;
        self.stack += other.stack;
        self.calls += other.calls;
        self.unknown += other.unknown;
    }
}
