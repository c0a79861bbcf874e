//! Instructions of x86-64.

use std::collections::HashMap;

use iced_x86::{
    ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register,
};

use super::{CodeSummary, Decoded, Packed};
use crate::symbols::demangled;

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
const CONSTANT: &str = "constant";

/// Decodes instructions, each with the byte at which it begins. `symbols` are names that are
/// put in when the code is linked, with the byte at which each is, in ascending order.
pub(super) fn decode(bytes: &[u8], symbols: &[(u32, String)], mut each: impl FnMut(u32, Decoded)) {
    let mut decoder = Decoder::with_ip(64, bytes, 0, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    let mut known: HashMap<&str, String> = HashMap::new();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        let range = instruction.ip()..instruction.next_ip();
        let from = symbols.partition_point(|(offset, _)| u64::from(*offset) < range.start);
        let symbol = symbols
            .get(from)
            .filter(|(offset, _)| range.contains(&u64::from(*offset)));
        let symbol = symbol.map(|(_, name)| {
            let canonical = known.entry(name).or_insert_with(|| canonical(name));
            canonical.as_str()
        });
        if let Ok(offset) = u32::try_from(range.start) {
            each(offset, decoded(&instruction, symbol));
        }
    }
}

/// A name without what differs between processes, and between builds of the same function.
fn canonical(symbol: &str) -> String {
    if CONSTANTS.iter().any(|begin| symbol.starts_with(begin)) {
        CONSTANT.to_owned()
    } else {
        demangled(symbol)
    }
}

fn decoded(it: &Instruction, symbol: Option<&str>) -> Decoded {
    let is_masked = it.op_mask() != Register::None;
    let name = lower_case(it.mnemonic());
    match it.mnemonic() {
        Mnemonic::Nop | Mnemonic::Endbr64 | Mnemonic::Int3 | Mnemonic::INVALID => {
            return Decoded::Nothing;
        }
        Mnemonic::Push | Mnemonic::Pop => return Decoded::OnStack,
        _ => {}
    }
    let is_jump = it.flow_control() == FlowControl::UnconditionalBranch;
    if is_jump && symbol.is_none() {
        return Decoded::Nothing;
    }
    if is_move(&name) && !is_masked {
        if it.memory_base() == Register::RSP {
            return Decoded::OnStack;
        }
        // Where a value is made that is known beforehand, and how often, is a matter of registers.
        let has_constant = symbol.is_none_or(|symbol| symbol == CONSTANT);
        let is_known = |kind| kind == OpKind::Register || is_immediate(kind) && has_constant;
        if it.op_kinds().all(is_known) {
            return Decoded::Nothing;
        }
    }
    if name.contains("xor") && is_of_one_register(it) {
        return Decoded::Nothing;
    }
    let is_of_stack = it.memory_base() == Register::RSP && it.mnemonic() != Mnemonic::Lea;
    let is = CodeSummary {
        stack: u32::from(is_of_stack),
        ..counted(it, name.trim_start_matches('v'), symbol)
    };
    Decoded::Operation {
        name: operation(it, name, symbol),
        is,
    }
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

/// What begins the names of operations on vector registers that move, mix, select or make values,
/// and compute nothing.
const NO_ARITHMETIC: [&str; 27] = [
    "mov",
    "unpck",
    "punpck",
    "shuf",
    "pshuf",
    "perm",
    "blend",
    "pblend",
    "extract",
    "pextr",
    "insert",
    "pinsr",
    "broadcast",
    "pbroadcast",
    "and",
    "or",
    "pand",
    "por",
    "pternlog",
    "pmov",
    "maskmov",
    "pmaskmov",
    "scatter",
    "compress",
    "expand",
    "pslldq",
    "psrldq",
];

/// What an operation is among the things that are counted.
fn counted(it: &Instruction, name: &str, symbol: Option<&str>) -> CodeSummary {
    let is_gather = name.contains("gather");
    let makes_ones = name.starts_with("pcmpeq") && is_of_one_register(it);
    let computes_nothing = NO_ARITHMETIC.iter().any(|begin| name.starts_with(begin))
        || name.starts_with("zero")
        || name.contains("xor");
    let is_arithmetic = !computes_nothing && !makes_ones;
    // One whose elements are single values ends in sd or ss, and works on a part of a register.
    let is_scalar = (name.ends_with("sd") || name.ends_with("ss")) && !name.starts_with('p');
    let is_call = match it.flow_control() {
        FlowControl::Call | FlowControl::IndirectCall | FlowControl::IndirectBranch => true,
        FlowControl::UnconditionalBranch => symbol.is_some(),
        _ => false,
    };
    CodeSummary {
        packed: packed(it, name).filter(|_| is_arithmetic && !is_gather && !is_scalar),
        scalar: u32::from(is_arithmetic && is_scalar && widest_vector(it).is_some()),
        divisions: u32::from(name.contains("div") || name.contains("sqrt")),
        gathers: u32::from(is_gather),
        calls: u32::from(is_call),
        ..CodeSummary::default()
    }
}

/// Values that it works on at once, for more than one.
fn packed(it: &Instruction, name: &str) -> Option<Packed> {
    let bits = widest_vector(it)?;
    let is_integer = name.starts_with('p');
    let element = match name {
        // The wider ones of a conversion.
        _ if name.starts_with("cvt") && name.contains("pd") => 64,
        _ if name.ends_with("pd") => 64,
        _ if name.ends_with("ps") => 32,
        _ if is_integer && name.ends_with('q') => 64,
        _ if is_integer && name.ends_with('d') => 32,
        _ if is_integer && name.ends_with('w') => 16,
        _ if is_integer && name.ends_with('b') => 8,
        _ => return None,
    };
    let values = bits / element;
    (values > 1).then_some(Packed {
        float: !is_integer,
        bits,
        values,
    })
}

/// Bits of its widest vector register.
fn widest_vector(it: &Instruction) -> Option<u32> {
    let registers = (0..it.op_count()).filter(|&operand| it.op_kind(operand) == OpKind::Register);
    let sizes = registers.filter_map(|operand| {
        let register = it.op_register(operand);
        register
            .is_vector_register()
            .then(|| 8 * u32::try_from(register.size()).unwrap_or(0))
    });
    sizes.max()
}

#[cfg(test)]
mod tests;
