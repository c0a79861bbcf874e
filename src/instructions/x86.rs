//! Instructions of x86-64.

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register};

use super::{CodeSummary, Decoded, Packed};

/// How the names of constants begin that the compiler keeps beside the code, by a number that
/// says nothing; and of sections, which stand for them in other versions of LLVM.
const CONSTANTS: [&str; 2] = [".LCPI", ".rodata"];

/// Decodes instructions, each with the byte at which it begins. `symbols` are names that are
/// put in when the code is linked, with the byte at which each is, in ascending order.
pub(super) fn decode(bytes: &[u8], symbols: &[(u32, String)], mut each: impl FnMut(u32, Decoded)) {
    let mut decoder = Decoder::with_ip(64, bytes, 0, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        let range = instruction.ip()..instruction.next_ip();
        let from = symbols.partition_point(|(offset, _)| u64::from(*offset) < range.start);
        let symbol = symbols
            .get(from)
            .filter(|(offset, _)| range.contains(&u64::from(*offset)))
            .map(|(_, name)| name.as_str());
        if let Ok(offset) = u32::try_from(range.start) {
            each(offset, decoded(&instruction, symbol));
        }
    }
}

fn decoded(it: &Instruction, symbol: Option<&str>) -> Decoded {
    match it.mnemonic() {
        Mnemonic::Nop | Mnemonic::Endbr64 | Mnemonic::Int3 | Mnemonic::INVALID => Decoded::Nothing,
        Mnemonic::Push | Mnemonic::Pop => Decoded::Spill,
        _ if it.flow_control() == FlowControl::UnconditionalBranch => Decoded::Nothing,
        _ if is_move(it) && is_between_registers(it) => Decoded::Nothing,
        _ if is_move(it) && it.memory_base() == Register::RSP => Decoded::Spill,
        _ => Decoded::Operation {
            name: name(it, symbol),
            is: counted(it),
        },
    }
}

fn lower_case(mnemonic: Mnemonic) -> String {
    format!("{mnemonic:?}").to_ascii_lowercase()
}

/// Whether a value is moved as it is.
fn is_move(it: &Instruction) -> bool {
    let name = lower_case(it.mnemonic());
    let name = name.trim_start_matches('v');
    let kinds = [
        "mov", "movaps", "movapd", "movups", "movupd", "movss", "movsd", "movq", "movd",
    ];
    kinds.contains(&name) || name.starts_with("movdq")
}

fn is_between_registers(it: &Instruction) -> bool {
    it.op_kinds().all(|kind| kind == OpKind::Register)
}

/// The operation with the kinds of its operands, such as `vaddpd v512 v512 m512`.
fn name(it: &Instruction, symbol: Option<&str>) -> String {
    let mut name = match it.flow_control() {
        // Which of two ways is the one without a jump is a matter of where they lie.
        FlowControl::ConditionalBranch => return "jcc".to_owned(),
        _ => lower_case(it.mnemonic()),
    };
    for operand in 0..it.op_count() {
        name.push(' ');
        name.push_str(&operand_kind(it, operand, symbol));
    }
    name
}

fn operand_kind(it: &Instruction, operand: u32, symbol: Option<&str>) -> String {
    let symbol = symbol.map(|symbol| {
        let is_constant = CONSTANTS.iter().any(|begin| symbol.starts_with(begin));
        if is_constant { "constant" } else { symbol }
    });
    match it.op_kind(operand) {
        OpKind::Register => register_kind(it.op_register(operand)),
        OpKind::Memory => {
            let bits = 8 * it.memory_size().size();
            format!("m{bits}{}", symbol.unwrap_or_default())
        }
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => {
            symbol.unwrap_or("code").to_owned()
        }
        _ => match symbol {
            Some(symbol) => symbol.to_owned(),
            None => it
                .try_immediate(operand)
                .map_or_else(|_| "?".to_owned(), |it| it.to_string()),
        },
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

/// Operations that move, mix or make values, and compute nothing.
const NO_ARITHMETIC: [&str; 14] = [
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
];

/// What an operation is among the things that are counted.
fn counted(it: &Instruction) -> CodeSummary {
    let name = lower_case(it.mnemonic());
    let name = name.trim_start_matches('v');
    let is_gather = name.contains("gather");
    let is_arithmetic = NO_ARITHMETIC.iter().all(|begin| !name.starts_with(begin))
        && !name.starts_with("zero")
        && !name.contains("xor");
    // One whose elements are single values ends in sd or ss, and works on a part of a register.
    let is_scalar_float = name.ends_with("sd") || name.ends_with("ss");
    let is_call = matches!(
        it.flow_control(),
        FlowControl::Call | FlowControl::IndirectCall
    );
    CodeSummary {
        packed: packed(it, name).filter(|_| is_arithmetic && !is_gather),
        scalar: u32::from(is_arithmetic && is_scalar_float && widest_vector(it).is_some()),
        divisions: u32::from(name.contains("div") || name.contains("sqrt")),
        gathers: u32::from(is_gather),
        calls: u32::from(is_call),
        ..CodeSummary::default()
    }
}

/// Values that it works on at once, for more than one.
fn packed(it: &Instruction, name: &str) -> Option<Packed> {
    let bits = widest_vector(it)?;
    let is_integer = name.starts_with('p') && name != "popcnt";
    let element = match name {
        _ if name.ends_with("pd") => 64,
        _ if name.ends_with("ps") => 32,
        _ if is_integer && name.ends_with('q') => 64,
        _ if is_integer && name.ends_with('d') => 32,
        _ if is_integer && name.ends_with('w') => 16,
        _ if is_integer && name.ends_with('b') => 8,
        _ => return None,
    };
    let values = bits / element;
    (values > 1).then_some(Packed { bits, values })
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
mod tests {
    use super::*;
    use crate::instructions::LineCode;

    /// The code of some instructions, without symbols.
    fn line(bytes: &[u8]) -> LineCode {
        with_symbols(bytes, &[])
    }

    fn with_symbols(bytes: &[u8], symbols: &[(u32, String)]) -> LineCode {
        let mut line = LineCode::default();
        decode(bytes, symbols, |_, instruction| line.count(&instruction));
        line
    }

    /// `vaddpd` of three registers of 512 bits, by their numbers below 8.
    fn add_packed(to: u8, one: u8, other: u8) -> Vec<u8> {
        let vvvv = (!one & 0xf) << 3;
        vec![0x62, 0xf1, 0x85 | vvvv, 0x48, 0x58, 0xc0 | to << 3 | other]
    }

    #[test]
    fn registers_and_order_make_no_difference() {
        let one = [add_packed(0, 1, 2), vec![0xf2, 0x0f, 0x59, 0xc1]].concat();
        let other = [vec![0xf2, 0x0f, 0x59, 0xd3], add_packed(3, 4, 5)].concat();
        assert!(line(&one).is_same_as(&line(&other)));
        // mulsd became divsd.
        let division = [add_packed(0, 1, 2), vec![0xf2, 0x0f, 0x5e, 0xc1]].concat();
        assert!(!line(&one).is_same_as(&line(&division)));
    }

    #[test]
    fn moves_and_spills_and_jumps_make_no_difference_and_spills_are_counted() {
        // mov rax, rbx; mov [rsp+8], rax; nop; jmp +0; add rax, rcx
        let padded = [
            &[0x48, 0x89, 0xd8][..],
            &[0x48, 0x89, 0x44, 0x24, 0x08],
            &[0x90],
            &[0xeb, 0x00],
            &[0x48, 0x01, 0xc8],
        ]
        .concat();
        let plain = line(&[0x48, 0x01, 0xca]);
        let padded = line(&padded);
        assert!(padded.is_same_as(&plain));
        assert_eq!((padded.summary.spills, padded.summary.instructions), (1, 5));
    }

    #[test]
    fn the_widest_arithmetic_counts() {
        let summary = line(&add_packed(0, 1, 2)).summary;
        assert_eq!(
            summary.packed,
            Some(Packed {
                bits: 512,
                values: 8
            })
        );
        assert_eq!(summary.scalar, 0);
        // addsd xmm0, xmm1: one value; movapd is no arithmetic.
        let summary = line(&[0xf2, 0x0f, 0x58, 0xc1, 0x66, 0x0f, 0x28, 0xc8]).summary;
        assert_eq!((summary.packed, summary.scalar), (None, 1));
        // sqrtsd xmm0, xmm1; idiv rcx
        let summary = line(&[0xf2, 0x0f, 0x51, 0xc1, 0x48, 0xf7, 0xf9]).summary;
        assert_eq!(summary.divisions, 2);
    }

    #[test]
    fn what_is_called_makes_a_difference() {
        // movabs rax, SYMBOL; call rax
        let call = [&[0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0xff, 0xd0]].concat();
        let of = |name: &str| with_symbols(&call, &[(2, name.to_owned())]);
        assert!(of("sin").is_same_as(&of("sin")));
        assert!(!of("sin").is_same_as(&of("cos")));
        assert!(of(".LCPI0_1").is_same_as(&of(".rodata.cst8")));
        assert_eq!(of("sin").summary.calls, 1);
    }

    #[test]
    fn any_bytes_are_decoded_to_their_end() {
        let mut seed = 1_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        };
        let bytes: Vec<u8> = (0..100_000).map(|_| next()).collect();
        assert!(line(&bytes).summary.instructions > 10_000);
    }
}
