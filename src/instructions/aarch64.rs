//! Instructions of 64-bit ARM.

use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::{
    InstDecoder, Instruction, Opcode, Operand, SIMDSizeCode, ShiftStyle, SizeCode,
};

use super::decoded::{self, CONSTANT, Decoded, Flow, Syntax, canonical, symbol_within};
use super::summary::{CodeSummary, Extension, Packed};
use crate::symbols::demangled;

/// Bytes of an instruction.
const LENGTH: usize = 4;

/// The number of the register that is the stack pointer in addresses.
const STACK_POINTER: u16 = 31;

/// Decodes instructions. `symbols` are names that are put in when the code is linked, with the
/// byte at which each is, in ascending order. There is one way to write them.
pub(super) fn decode(
    bytes: &[u8],
    symbols: &[(u32, String)],
    syntax: Option<Syntax>,
) -> Vec<decoded::Instruction> {
    let decoder = InstDecoder::default();
    let words = bytes.chunks_exact(LENGTH).zip((0..).step_by(LENGTH));
    let each = words.map(|(word, offset): (&[u8], u32)| {
        let begin = u64::from(offset);
        let symbol = symbol_within(symbols, begin, begin + LENGTH as u64);
        let symbol = symbol.map(|(_, name)| name.as_str());
        match decoder.decode(&mut U8Reader::new(word)) {
            Ok(it) => instruction(&it, offset, symbol, syntax),
            Err(_) => unknown(word, offset, symbol),
        }
    });
    each.collect()
}

/// One that the decoder does not know, such as those on registers whose width is the
/// processor's own. It is only the same as one with the same bits.
fn unknown(word: &[u8], offset: u32, symbol: Option<&str>) -> decoded::Instruction {
    let bits = word.iter().rev().map(|byte| format!("{byte:02x}"));
    let text = format!(".word 0x{}", bits.collect::<String>());
    decoded::Instruction {
        offset,
        end: offset + 4,
        key: text.clone(),
        text: text.clone(),
        decoded: Decoded::Operation(text),
        is: CodeSummary {
            instructions: 1,
            unknown: 1,
            ..CodeSummary::default()
        },
        flow: Flow::Next,
        symbol: symbol.map(str::to_owned),
        returns_error: false,
    }
}

fn instruction(
    it: &Instruction,
    offset: u32,
    symbol: Option<&str>,
    syntax: Option<Syntax>,
) -> decoded::Instruction {
    let written = it.to_string();
    let mnemonic = written.split_whitespace().next().unwrap_or_default();
    let target = target(it, offset);
    let name = symbol.map(canonical);
    let decoded = decoded(it, mnemonic, name.as_deref());
    let is = match &decoded {
        Decoded::Nothing => CodeSummary::default(),
        Decoded::OnStack => CodeSummary {
            stack: 1,
            ..CodeSummary::default()
        },
        Decoded::Operation(_) => counted(it, mnemonic, symbol),
    };
    decoded::Instruction {
        offset,
        end: offset + 4,
        key: match syntax {
            Some(_) => key(it, mnemonic, name.as_deref()),
            None => String::new(),
        },
        text: match syntax {
            Some(_) => text(it, &written, target, symbol),
            None => String::new(),
        },
        decoded,
        is,
        flow: flow(it, target.filter(|_| symbol.is_none())),
        symbol: symbol.map(str::to_owned),
        returns_error: written == "mov w0, #0x1",
    }
}

/// The byte that a branch or an address within the function is about.
fn target(it: &Instruction, offset: u32) -> Option<u32> {
    if it.opcode == Opcode::ADRP {
        // It is about a page, and where those begin is not known.
        return None;
    }
    let relative = it.operands.iter().find_map(|operand| match operand {
        Operand::PCOffset(relative) => Some(*relative),
        _ => None,
    });
    u32::try_from(i64::from(offset).checked_add(relative?)?).ok()
}

/// The instruction with the byte that it branches to, and behind it the name that is put in when
/// it is linked.
fn text(it: &Instruction, written: &str, target: Option<u32>, symbol: Option<&str>) -> String {
    let has_relative = |operand: &Operand| matches!(operand, Operand::PCOffset(_));
    let relative = it.operands.iter().find(|operand| has_relative(operand));
    let mut text = match (relative, target) {
        (Some(relative), Some(target)) => {
            written.replace(&relative.to_string(), &format!("0x{target:x}"))
        }
        _ => written.to_owned(),
    };
    if let Some(name) = symbol {
        text = format!("{text} // {}", demangled(name));
    }
    text
}

const fn is_conditional(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::Bcc(_) | Opcode::CBZ | Opcode::CBNZ | Opcode::TBZ | Opcode::TBNZ
    )
}

const fn flow(it: &Instruction, target: Option<u32>) -> Flow {
    match (it.opcode, target) {
        (opcode, Some(target)) if is_conditional(opcode) => Flow::Branch(target),
        (Opcode::B, Some(target)) => Flow::Jump(target),
        (Opcode::BR, _) => Flow::Table,
        (Opcode::B | Opcode::RET | Opcode::BRK | Opcode::UDF, _) => Flow::End,
        _ => Flow::Next,
    }
}

/// What an instruction does. `symbol` is the canonical name that is put into it.
fn decoded(it: &Instruction, mnemonic: &str, symbol: Option<&str>) -> Decoded {
    let of_constant = symbol.is_none_or(|symbol| symbol == CONSTANT);
    let is_access = mnemonic.starts_with("ld") || mnemonic.starts_with("st");
    match mnemonic {
        "nop" | "hint" => return Decoded::Nothing,
        "b" if symbol.is_none() => return Decoded::Nothing,
        // Where a value is made that is known beforehand, and how often, is a matter of registers.
        "mov" | "movz" | "movn" | "movk" | "movi" | "mvni" | "adr" | "adrp"
            if of_constant && !has_lane(it) =>
        {
            return Decoded::Nothing;
        }
        "fmov" if it.operands.iter().all(is_known) => return Decoded::Nothing,
        _ if is_access && it.operands.iter().any(is_of_stack) => return Decoded::OnStack,
        _ => {}
    }
    Decoded::Operation(operation(it, mnemonic, symbol))
}

/// Whether it is about one of the values in a register, which is more than a move.
fn has_lane(it: &Instruction) -> bool {
    let is_lane = |operand: &Operand| {
        matches!(
            operand,
            Operand::SIMDRegisterElementsLane(..) | Operand::SIMDRegisterElementsMultipleLane(..)
        )
    };
    it.operands.iter().any(is_lane)
}

const fn is_known(operand: &Operand) -> bool {
    matches!(
        operand,
        Operand::Nothing | Operand::SIMDRegister(..) | Operand::ImmediateDouble(_)
    )
}

const fn is_of_stack(operand: &Operand) -> bool {
    matches!(
        operand,
        Operand::RegPreIndex(STACK_POINTER, ..) | Operand::RegPostIndex(STACK_POINTER, _)
    )
}

/// The operation with the kinds of its operands, such as `fadd v2x64 v2x64 v2x64`.
fn operation(it: &Instruction, mnemonic: &str, symbol: Option<&str>) -> String {
    let (name, condition) = mnemonic.split_once('.').unwrap_or((mnemonic, ""));
    let mut name = name.to_owned();
    if !condition.is_empty() {
        name.push_str(" if ");
        name.push_str(condition_kind(condition));
    }
    if is_conditional(it.opcode) {
        // Those that compare with zero and their opposites turn into each other.
        return match it.opcode {
            Opcode::CBZ | Opcode::CBNZ => "b if zero".to_owned(),
            Opcode::TBZ | Opcode::TBNZ => "b if bit".to_owned(),
            _ => name,
        };
    }
    with_operands(name, it, symbol)
}

/// What two instructions have in common that are the same, but for registers, addresses and the
/// values of constants.
fn key(it: &Instruction, mnemonic: &str, symbol: Option<&str>) -> String {
    with_operands(mnemonic.to_owned(), it, symbol)
}

fn with_operands(mut name: String, it: &Instruction, symbol: Option<&str>) -> String {
    let operands = it.operands.iter();
    for operand in operands.filter(|operand| !matches!(operand, Operand::Nothing)) {
        name.push(' ');
        match operand {
            _ if is_of_stack(operand) => name.push_str("stack"),
            _ => name.push_str(&operand_kind(operand, symbol)),
        }
    }
    name
}

/// A condition by those that turn into each other where operands or ways are exchanged.
fn condition_kind(condition: &str) -> &'static str {
    match condition {
        "eq" | "ne" => "equal",
        "lt" | "ge" | "le" | "gt" => "less",
        "lo" | "cc" | "hs" | "cs" | "ls" | "hi" => "below",
        "mi" | "pl" => "sign",
        "vs" | "vc" => "overflow",
        _ => "other",
    }
}

fn operand_kind(operand: &Operand, symbol: Option<&str>) -> String {
    match operand {
        Operand::Register(size, _) | Operand::RegisterOrSP(size, _) => general(*size).to_owned(),
        Operand::RegisterPair(size, _) => format!("{0}+{0}", general(*size)),
        Operand::SIMDRegister(size, _) => format!("v{}", bits(*size)),
        Operand::SIMDRegisterElements(size, _, element) => elements(*size, *element),
        Operand::SIMDRegisterElementsLane(size, _, element, _)
        | Operand::SIMDRegisterElementsMultipleLane(size, _, element, ..) => {
            format!("{} lane", elements(*size, *element))
        }
        Operand::SIMDRegisterGroup(size, _, element, count) => {
            format!("{count}*{}", elements(*size, *element))
        }
        Operand::SIMDRegisterGroupLane(_, element, count, _) => {
            format!("{count}*v{} lane", bits(*element))
        }
        Operand::RegShift(style, by, size, _) => format!("{} {style:?} {by}", general(*size)),
        Operand::RegRegOffset(.., style, by) => format!("m {style:?} {by}"),
        Operand::RegPreIndex(..) | Operand::RegPostIndex(..) | Operand::RegPostIndexReg(..) => {
            format!("m{}", symbol.unwrap_or_default())
        }
        Operand::PCOffset(_) => symbol.unwrap_or("code").to_owned(),
        Operand::ConditionCode(_) => condition_kind(&operand.to_string()).to_owned(),
        _ if symbol.is_some() => symbol.unwrap_or_default().to_owned(),
        other => other.to_string(),
    }
}

const fn general(size: SizeCode) -> &'static str {
    match size {
        SizeCode::X => "r64",
        SizeCode::W => "r32",
    }
}

const fn bits(size: SIMDSizeCode) -> u32 {
    match size {
        SIMDSizeCode::B => 8,
        SIMDSizeCode::H => 16,
        SIMDSizeCode::S => 32,
        SIMDSizeCode::D => 64,
        SIMDSizeCode::Q => 128,
    }
}

fn elements(size: SIMDSizeCode, element: SIMDSizeCode) -> String {
    format!("v{}x{}", bits(size) / bits(element), bits(element))
}

/// What begins the names of operations on vector registers that move, mix or select values, and
/// compute nothing.
const NO_ARITHMETIC: [&str; 28] = [
    "mov", "ld", "st", "ins", "dup", "ext", "zip", "uzp", "trn", "tbl", "tbx", "rev", "umov",
    "smov", "xtn", "uxtl", "sxtl", "and", "orr", "eor", "bic", "bif", "bit", "bsl", "orn", "mvn",
    "cnt", "rbit",
];

fn counted(it: &Instruction, mnemonic: &str, symbol: Option<&str>) -> CodeSummary {
    let computes = !matches!(mnemonic, "fmov" | "fcsel")
        && !NO_ARITHMETIC.iter().any(|it| mnemonic.starts_with(it));
    let is_float = mnemonic.starts_with('f') || mnemonic.contains("cvtf");
    let packed = it.operands.iter().filter_map(|operand| match operand {
        Operand::SIMDRegisterElements(size, _, element) => Some((bits(*size), bits(*element))),
        _ => None,
    });
    // The wider ones of a conversion.
    let packed = packed.max_by_key(|(_, element)| *element);
    let packed = packed.filter(|_| computes).map(|(bits, element)| Packed {
        float: is_float,
        bits,
        values: bits / element,
        extension: Some(Extension::Neon),
    });
    let packed = packed.filter(|packed| packed.values > 1);
    let has_single = it
        .operands
        .iter()
        .any(|operand| matches!(operand, Operand::SIMDRegister(..)));
    let loads_lane = mnemonic.starts_with("ld")
        && it
            .operands
            .iter()
            .any(|operand| matches!(operand, Operand::SIMDRegisterGroupLane(..)));
    // That is how LLVM adds the length of an array to a negative index.
    let masks_with_sign = it
        .operands
        .iter()
        .any(|operand| matches!(operand, Operand::RegShift(ShiftStyle::ASR, 63, ..)));
    let is_call = match it.opcode {
        Opcode::BL | Opcode::BLR => true,
        Opcode::B => symbol.is_some(),
        _ => false,
    };
    CodeSummary {
        instructions: 1,
        packed,
        scalar: u32::from(computes && is_float && packed.is_none() && has_single),
        divisions: u32::from(matches!(
            it.opcode,
            Opcode::SDIV | Opcode::UDIV | Opcode::FDIV | Opcode::FSQRT
        )),
        gathers: u32::from(loads_lane),
        wraparounds: u32::from(it.opcode == Opcode::AND && masks_with_sign),
        calls: u32::from(is_call),
        ..CodeSummary::default()
    }
}

#[cfg(test)]
mod tests;
