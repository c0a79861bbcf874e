//! What instructions are among the things that are counted.

use iced_x86::{EncodingKind, FlowControl, Instruction, OpKind};

use super::is_of_one_register;
use crate::instructions::{CodeSummary, Extension, Packed};

/// What begins the names of operations on vector registers that move, mix, select or make values,
/// and compute nothing.
const NO_ARITHMETIC: [&str; 30] = [
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
    "pcompress",
    "pexpand",
    "pscatter",
];

/// What an operation is among the things that are counted.
pub(super) fn counted(it: &Instruction, name: &str, symbol: Option<&str>) -> CodeSummary {
    let is_gather = name.contains("gather");
    let makes_ones = name.starts_with("pcmpeq") && is_of_one_register(it);
    let computes_nothing = NO_ARITHMETIC.iter().any(|begin| name.starts_with(begin))
        || name.starts_with("zero")
        || name.contains("xor");
    let is_arithmetic = !computes_nothing && !makes_ones;
    // One whose elements are single values ends in sd or ss, and works on a part of a register.
    let is_scalar = (name.ends_with("sd") || name.ends_with("ss")) && !name.starts_with('p');
    let is_call = match it.flow_control() {
        FlowControl::Call | FlowControl::IndirectCall => true,
        FlowControl::UnconditionalBranch | FlowControl::IndirectBranch => symbol.is_some(),
        _ => false,
    };
    CodeSummary {
        packed: packed(it, name).filter(|_| is_arithmetic && !is_gather && !is_scalar),
        scalar: u32::from(is_arithmetic && is_scalar && widest_vector(it).is_some()),
        divisions: u32::from(name.contains("div") || name.starts_with("sqrt")),
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
        extension: extension(it),
    })
}

/// The extension of the processor that it is of.
fn extension(it: &Instruction) -> Option<Extension> {
    match it.code().encoding() {
        EncodingKind::Legacy => Some(Extension::Sse),
        EncodingKind::VEX => Some(Extension::Avx),
        EncodingKind::EVEX => Some(Extension::Avx512),
        _ => None,
    }
}

/// Bits of its widest vector register.
pub(super) fn widest_vector(it: &Instruction) -> Option<u32> {
    let registers = (0..it.op_count()).filter(|&operand| it.op_kind(operand) == OpKind::Register);
    let sizes = registers.filter_map(|operand| {
        let register = it.op_register(operand);
        register
            .is_vector_register()
            .then(|| 8 * u32::try_from(register.size()).unwrap_or(0))
    });
    sizes.max()
}
