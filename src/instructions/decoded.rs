//! Instructions, whatever processor they are for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::summary::CodeSummary;
use super::{aarch64, x86};
use crate::recording::MachineCode;
use crate::symbols::demangled;

/// How instructions are written.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Syntax {
    /// As Intel writes them: where the result goes comes first.
    #[default]
    Intel,
    /// As Unix writes them: where the result goes comes last.
    Att,
}

/// An instruction.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    /// The byte at which it begins.
    pub(super) offset: u32,
    /// The byte behind its last one.
    pub(super) end: u32,
    /// How an assembler writes it; empty where that was not asked for.
    pub(super) text: String,
    /// What it does.
    pub(super) decoded: Decoded,
    /// The same among the things that are counted.
    pub(super) is: CodeSummary,
    /// What comes after it.
    pub(super) flow: Flow,
    /// The name that is put into it when it is linked.
    pub(super) symbol: Option<String>,
    /// What two have in common that are the same, but for registers, addresses and the values of
    /// constants; empty where it was not asked to be written.
    pub(super) key: String,
    /// Whether it puts a 1 where what a function returns is, which says that it raised an
    /// exception.
    pub(super) returns_error: bool,
}

/// What an instruction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// One that is there for where others lie, or which register a value is in.
    Nothing,
    /// A move to the stack or from there.
    OnStack,
    /// Its name and the kinds of its operands.
    Operation(String),
}

/// What comes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one.
    Next,
    /// The one at this byte, or the next one.
    Branch(u32),
    /// The one at this byte.
    Jump(u32),
    /// One of this function, by an address from a table.
    Table,
    /// None of this function.
    End,
}

/// Decodes the instructions of a function, in their order, and writes them down where it is said
/// how. `None` where they are for a processor that is not known here.
pub(super) fn decode(
    code: &MachineCode,
    bytes: &[u8],
    syntax: Option<Syntax>,
) -> Option<Vec<Instruction>> {
    let mut instructions = match code.architecture.as_str() {
        "x86_64" => x86::decode(bytes, &code.symbols, syntax),
        "aarch64" => aarch64::decode(bytes, &code.symbols, syntax),
        _ => return None,
    };
    count_checks(&mut instructions);
    Some(instructions)
}

/// How the names begin of what lies beside the code: constants, by numbers and addresses that
/// say nothing, and the sections that stand for them in some versions of LLVM.
const CONSTANTS: [&str; 7] = [
    ".LCPI",
    ".rodata",
    ".lrodata",
    ".data.rel.ro",
    ".ldata.rel.ro",
    ".const.",
    "numba.dynamic.globals.",
];

/// What stands for each of them.
pub(super) const CONSTANT: &str = "constant";

fn is_constant(symbol: &str) -> bool {
    CONSTANTS.iter().any(|begin| symbol.starts_with(begin))
}

/// A name without what differs between processes, and between builds of the same function.
pub(super) fn canonical(symbol: &str) -> String {
    if is_constant(symbol) {
        CONSTANT.to_owned()
    } else {
        demangled(symbol)
    }
}

/// The names that are put into the instructions between two bytes, by the byte at which each is.
pub(super) fn symbol_within(
    symbols: &[(u32, String)],
    begin: u64,
    end: u64,
) -> Option<&(u32, String)> {
    let from = symbols.partition_point(|(offset, _)| u64::from(*offset) < begin);
    symbols
        .get(from)
        .filter(|(offset, _)| u64::from(*offset) < end)
}

/// How many instructions a way is followed to where an exception is raised.
const FOLLOWED: usize = 24;

/// Counts the branches of which one way raises an exception.
fn count_checks(instructions: &mut [Instruction]) {
    let starts: Vec<u32> = instructions.iter().map(|it| it.offset).collect();
    let raises = |from: Option<usize>| {
        from.is_some_and(|from| leads_to_exception(&instructions[from..], instructions, &starts))
    };
    let checks: Vec<usize> = (0..instructions.len())
        .filter(|&index| {
            let Flow::Branch(target) = instructions[index].flow else {
                return false;
            };
            let next = Some(index + 1).filter(|next| *next < instructions.len());
            raises(starts.binary_search(&target).ok()) || raises(next)
        })
        .collect();
    for index in checks {
        instructions[index].is.checks = 1;
    }
}

/// Whether an exception is raised without another condition: the function ends, returns a 1, and
/// has put the address of a constant somewhere, which is the exception.
fn leads_to_exception(from: &[Instruction], all: &[Instruction], starts: &[u32]) -> bool {
    let mut rest = from;
    let (mut has_exception, mut returns_error) = (false, false);
    for _ in 0..FOLLOWED {
        let Some((first, others)) = rest.split_first() else {
            return false;
        };
        let symbol = first.symbol.as_deref();
        has_exception |= symbol.is_some_and(is_constant);
        returns_error |= first.returns_error;
        rest = match first.flow {
            Flow::Next => others,
            Flow::Jump(target) => match starts.binary_search(&target) {
                Ok(index) => &all[index..],
                Err(_) => return false,
            },
            Flow::End => return has_exception && returns_error,
            Flow::Branch(_) | Flow::Table => return false,
        };
    }
    false
}

#[cfg(test)]
mod tests;
