//! Instructions of x86-64.

mod counted;
mod written;

use std::collections::HashMap;

use iced_x86::{
    ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register,
};

use self::counted::{counted, widest_vector};
use self::written::Writer;
use super::decoded::{self, CONSTANT, Decoded, Flow, Syntax, canonical, symbol_within};
use super::summary::CodeSummary;

/// Decodes instructions. `symbols` are names that are put in when the code is linked, with the
/// byte at which each is, in ascending order.
pub(super) fn decode(
    bytes: &[u8],
    symbols: &[(u32, String)],
    syntax: Option<Syntax>,
) -> Vec<decoded::Instruction> {
    let mut writer = syntax.map(Writer::new);
    let mut decoder = Decoder::with_ip(64, bytes, 0, DecoderOptions::NONE);
    let mut it = Instruction::default();
    let mut known: HashMap<&str, String> = HashMap::new();
    let mut instructions: Vec<decoded::Instruction> = Vec::new();
    let mut sign = Register::None;
    while decoder.can_decode() {
        decoder.decode_out(&mut it);
        let name = symbol_within(symbols, it.ip(), it.next_ip()).map(|(_, name)| name.as_str());
        let symbol = name.map(|name| &*known.entry(name).or_insert_with(|| canonical(name)));
        let symbol = symbol.map(String::as_str);
        let (what, mut is) = decoded(&it, symbol);
        is.wraparounds = u32::from(masks_with(&it, sign));
        sign = sign_of(&it);
        let Ok(offset) = u32::try_from(it.ip()) else {
            break;
        };
        instructions.push(decoded::Instruction {
            offset,
            text: writer
                .as_mut()
                .map_or_else(String::new, |writer| writer.write(&it, name)),
            decoded: what,
            is,
            flow: flow(&it, symbol),
            symbol: name.map(str::to_owned),
            returns_error: it.mnemonic() == Mnemonic::Mov
                && it.op0_register() == Register::EAX
                && it.op1_kind() == OpKind::Immediate32
                && it.immediate32() == 1,
        });
    }
    instructions
}

/// The register that has the sign of a number in each of its bits from here on.
fn sign_of(it: &Instruction) -> Register {
    let is_sign = it.mnemonic() == Mnemonic::Sar
        && it.op1_kind() == OpKind::Immediate8
        && it.immediate8() == 63;
    if is_sign {
        it.op0_register()
    } else {
        Register::None
    }
}

/// Whether a number is taken if the sign in a register is negative. That is how LLVM adds the
/// length of an array to a negative index.
fn masks_with(it: &Instruction, sign: Register) -> bool {
    it.mnemonic() == Mnemonic::And
        && sign != Register::None
        && it.op0_register() == sign
        && !is_immediate(it.op1_kind())
}

fn flow(it: &Instruction, symbol: Option<&str>) -> Flow {
    let target = u32::try_from(it.near_branch_target()).ok();
    match (it.flow_control(), target) {
        (FlowControl::ConditionalBranch, Some(target)) => Flow::Branch(target),
        (FlowControl::UnconditionalBranch, Some(target)) if symbol.is_none() => Flow::Jump(target),
        (
            FlowControl::UnconditionalBranch
            | FlowControl::IndirectBranch
            | FlowControl::Return
            | FlowControl::Exception,
            _,
        ) => Flow::End,
        _ => Flow::Next,
    }
}

/// What an instruction does, and what that is among the things that are counted.
fn decoded(it: &Instruction, symbol: Option<&str>) -> (Decoded, CodeSummary) {
    let nothing = || (Decoded::Nothing, CodeSummary::default());
    let on_stack = || {
        let is = CodeSummary {
            stack: 1,
            ..CodeSummary::default()
        };
        (Decoded::OnStack, is)
    };
    let is_masked = it.op_mask() != Register::None;
    let name = lower_case(it.mnemonic());
    match it.mnemonic() {
        Mnemonic::Nop | Mnemonic::Endbr64 | Mnemonic::Int3 | Mnemonic::INVALID => {
            return nothing();
        }
        Mnemonic::Push | Mnemonic::Pop => return on_stack(),
        _ => {}
    }
    let is_jump = it.flow_control() == FlowControl::UnconditionalBranch;
    if is_jump && symbol.is_none() {
        return nothing();
    }
    if is_move(&name) && !is_masked {
        if it.memory_base() == Register::RSP {
            return on_stack();
        }
        // Where a value is made that is known beforehand, and how often, is a matter of registers.
        let has_constant = symbol.is_none_or(|symbol| symbol == CONSTANT);
        let is_known = |kind| kind == OpKind::Register || is_immediate(kind) && has_constant;
        if it.op_kinds().all(is_known) {
            return nothing();
        }
    }
    if name.contains("xor") && is_of_one_register(it) {
        return nothing();
    }
    let is_of_stack = it.memory_base() == Register::RSP && it.mnemonic() != Mnemonic::Lea;
    let is = CodeSummary {
        instructions: 1,
        stack: u32::from(is_of_stack),
        ..counted(it, name.trim_start_matches('v'), symbol)
    };
    (Decoded::Operation(operation(it, name, symbol)), is)
}

fn lower_case(mnemonic: Mnemonic) -> String {
    format!("{mnemonic:?}").to_ascii_lowercase()
}

/// Whether a value is moved as it is.
fn is_move(name: &str) -> bool {
    let name = name.trim_start_matches('v');
    let kinds = [
        "mov", "movaps", "movapd", "movups", "movupd", "movss", "movsd", "movq", "movd", "kmovq",
        "kmovd", "kmovw", "kmovb",
    ];
    kinds.contains(&name) || name.starts_with("movdq")
}

const fn is_immediate(kind: OpKind) -> bool {
    matches!(
        kind,
        OpKind::Immediate8
            | OpKind::Immediate16
            | OpKind::Immediate32
            | OpKind::Immediate64
            | OpKind::Immediate8to16
            | OpKind::Immediate8to32
            | OpKind::Immediate8to64
            | OpKind::Immediate32to64
    )
}

/// Whether all that it works on is the same register, more than once.
fn is_of_one_register(it: &Instruction) -> bool {
    let count = it.op_count();
    let last = it.op_register(count.saturating_sub(1));
    count >= 2
        && last != Register::None
        && it.op_register(count - 2) == last
        && it.op_kinds().all(|kind| kind == OpKind::Register)
}

/// The operation with the kinds of its operands, such as `vaddpd v512 v512 m512`.
fn operation(it: &Instruction, mnemonic: String, symbol: Option<&str>) -> String {
    let mut name = conditional(it).unwrap_or(mnemonic);
    if it.is_jcc_short_or_near() {
        return name;
    }
    for operand in 0..it.op_count() {
        name.push(' ');
        name.push_str(&operand_kind(it, operand, symbol));
    }
    if it.op_mask() != Register::None {
        name.push_str(if it.zeroing_masking() {
            " {k}{z}"
        } else {
            " {k}"
        });
    }
    name
}

/// What depends on a condition, by the conditions that turn into each other where operands or
/// ways are exchanged.
fn conditional(it: &Instruction) -> Option<String> {
    use ConditionCode::{a, ae, b, be, e, g, ge, l, le, ne, no, np, ns, o, p, s};
    let condition = match it.condition_code() {
        ConditionCode::None => return None,
        e | ne => "equal",
        l | ge | le | g => "less",
        b | ae | be | a => "below",
        s | ns => "sign",
        o | no => "overflow",
        p | np => "parity",
    };
    let name = lower_case(it.mnemonic());
    let kind = ["cmov", "set", "j"]
        .into_iter()
        .find(|kind| name.starts_with(kind));
    Some(format!("{} if {condition}", kind.unwrap_or(&name)))
}

fn operand_kind(it: &Instruction, operand: u32, symbol: Option<&str>) -> String {
    let kind = it.op_kind(operand);
    match kind {
        OpKind::Register => register_kind(it.op_register(operand)),
        OpKind::Memory => memory_kind(it, symbol),
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => {
            symbol.unwrap_or("code").to_owned()
        }
        _ if symbol.is_some() => symbol.unwrap_or_default().to_owned(),
        _ => {
            let value = it.try_immediate(operand);
            value.map_or_else(|_| "?".to_owned(), |value| value.to_string())
        }
    }
}

fn register_kind(register: Register) -> String {
    let bits = 8 * register.size();
    match register {
        // A shift by a register is always by this one.
        Register::CL => "cl".to_owned(),
        _ if register.is_gpr() => format!("r{bits}"),
        _ if register.is_vector_register() => format!("v{bits}"),
        _ if register.is_k() => "k".to_owned(),
        _ => format!("{register:?}").to_ascii_lowercase(),
    }
}

fn memory_kind(it: &Instruction, symbol: Option<&str>) -> String {
    let (base, index) = (it.memory_base(), it.memory_index());
    let has_index = index != Register::None;
    let scale = if has_index {
        it.memory_index_scale()
    } else {
        0
    };
    if it.mnemonic() == Mnemonic::Lea {
        // It computes an address, or just a number.
        let has_base = base != Register::None;
        let displacement = match base {
            Register::RSP | Register::RIP => 0,
            _ => it.memory_displacement64().cast_signed(),
        };
        return format!("{}+{scale}*i+{displacement}", u8::from(has_base));
    }
    let bits = 8 * it.memory_size().size();
    match base {
        // As if it were in a register, as it would be if there were more of them.
        Register::RSP if widest_vector(it).is_some() => "v128".to_owned(),
        Register::RSP => format!("r{bits}"),
        _ if has_index => format!("m{bits}*{scale}{}", symbol.unwrap_or_default()),
        _ => format!("m{bits}{}", symbol.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
