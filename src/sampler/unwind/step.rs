//! How to get from a function to its caller.

use gimli::{
    CfaRule, Encoding, EvaluationResult, Expression, Format, Location, Register, RegisterRule,
    UnwindTableRow, Value,
};

use super::module::{ADDRESS, Bytes, Table};
use super::{End, Top};
use crate::sampler::registers::Registers;

/// How to get from an instruction of a function to its caller.
#[derive(Debug)]
pub(super) struct Step {
    /// Where the function's frame begins.
    frame: Frame,
    /// What the registers of the caller are; `None` where that is not known.
    restored: Vec<(Register, Option<Restored>)>,
    /// The address to return to; `None` where there is no caller.
    return_address: Option<Restored>,
}

/// Where a function's frame begins.
#[derive(Debug)]
enum Frame {
    /// So much above a register.
    Above(Register, i64),
    /// Where this computes, as in the few instructions by which functions of other libraries are
    /// called.
    Computed(Expression<Bytes>),
}

/// What a register was in the caller.
#[derive(Clone, Copy, Debug)]
enum Restored {
    /// What it is.
    Same(Register),
    /// What is in the stack, so much above the frame.
    Saved(i64),
    /// So much above the frame.
    Frame(i64),
}

impl Step {
    /// That of a row of a table; `None` where that cannot be read.
    pub(super) fn of(row: &UnwindTableRow<usize>, table: &Table) -> Option<Self> {
        let frame = match row.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => Frame::Above(*register, *offset),
            CfaRule::Expression(expression) => Frame::Computed(table.expression(expression)?),
        };
        let restored = row.registers().filter_map(|(register, rule)| {
            let is_of_caller = *register != Table::RETURN_ADDRESS;
            is_of_caller.then(|| (*register, Restored::of(rule, *register)))
        });
        let return_address = match row.register(Table::RETURN_ADDRESS) {
            // Where it is passed in a register, that may not have been saved yet.
            None if cfg!(target_arch = "aarch64") => Some(Restored::Same(Table::RETURN_ADDRESS)),
            None | Some(RegisterRule::Undefined) => None,
            Some(rule) => Some(Restored::of(&rule, Table::RETURN_ADDRESS)?),
        };
        Some(Self {
            frame,
            restored: restored.collect(),
            return_address,
        })
    }

    /// The registers as the caller has them, or why they are not known.
    pub(super) fn caller(&self, registers: &Registers, top: Top<'_>) -> Result<Registers, End> {
        let frame = self.frame.address(registers, top).ok_or(End::Unknown)?;
        // A stack grows downwards: what does not come closer to its beginning never ends.
        let moves = if cfg!(target_arch = "aarch64") {
            Some(frame) >= registers.sp()
        } else {
            Some(frame) > registers.sp()
        };
        if !moves {
            return Err(End::Unknown);
        }
        let value = |it: Restored| it.value(registers, frame, top);
        let pc = match self.return_address {
            None => return Err(End::Outermost),
            Some(restored) => value(restored).ok_or_else(|| restored.unread())?,
        };
        let pc = without_signature(pc);
        if pc == 0 {
            return Err(End::Outermost);
        }
        let mut caller = registers.clone().returned(pc, frame);
        // What is not known is not what it was in the function that was called.
        for &(register, restored) in &self.restored {
            caller.set(register, restored.and_then(value));
        }
        if cfg!(target_arch = "aarch64") {
            caller.set(Table::RETURN_ADDRESS, None);
        }
        Ok(caller)
    }
}

impl Frame {
    fn address(&self, registers: &Registers, top: Top<'_>) -> Option<u64> {
        match self {
            Self::Above(register, offset) => {
                Some(registers.get(*register)?.wrapping_add_signed(*offset))
            }
            Self::Computed(expression) => computed(expression.clone(), registers, top),
        }
    }
}

/// An address without what ARM's processors may have written into its highest bits, to know it
/// again.
const fn without_signature(address: u64) -> u64 {
    #[cfg(target_arch = "aarch64")]
    let address = address & ((1 << 48) - 1);
    address
}

/// What an expression computes of registers and the stack; `None` where it needs anything else.
fn computed(expression: Expression<Bytes>, registers: &Registers, top: Top<'_>) -> Option<u64> {
    let mut evaluation = expression.evaluation(Encoding {
        address_size: ADDRESS,
        format: Format::Dwarf32,
        version: 4,
    });
    let mut result = evaluation.evaluate().ok()?;
    loop {
        let value = match result {
            EvaluationResult::RequiresRegister { register, .. } => registers.get(register)?,
            EvaluationResult::RequiresMemory { address, size, .. } if size == ADDRESS => {
                top.word(address)?
            }
            _ => break,
        };
        let value = Value::Generic(value);
        result = match result {
            EvaluationResult::RequiresRegister { .. } => evaluation.resume_with_register(value),
            _ => evaluation.resume_with_memory(value),
        }
        .ok()?;
    }
    if result != EvaluationResult::Complete {
        return None;
    }
    match evaluation.as_result() {
        [piece] => match piece.location {
            Location::Address { address } => Some(address),
            _ => None,
        },
        _ => None,
    }
}

impl Restored {
    fn of(rule: &RegisterRule<usize>, register: Register) -> Option<Self> {
        match *rule {
            RegisterRule::SameValue => Some(Self::Same(register)),
            RegisterRule::Register(other) => Some(Self::Same(other)),
            RegisterRule::Offset(offset) => Some(Self::Saved(offset)),
            RegisterRule::ValOffset(offset) => Some(Self::Frame(offset)),
            _ => None,
        }
    }

    /// Why it could not be read.
    const fn unread(self) -> End {
        match self {
            Self::Saved(_) => End::Beyond,
            Self::Same(_) | Self::Frame(_) => End::Unknown,
        }
    }

    fn value(self, registers: &Registers, frame: u64, top: Top<'_>) -> Option<u64> {
        match self {
            Self::Same(register) => registers.get(register),
            Self::Saved(offset) => top.word(frame.wrapping_add_signed(offset)),
            Self::Frame(offset) => Some(frame.wrapping_add_signed(offset)),
        }
    }
}
