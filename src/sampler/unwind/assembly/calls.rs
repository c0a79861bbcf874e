//! What speaks for it that an address is one to return to.

use iced_x86::{Decoder, DecoderOptions, FlowControl};

/// Bytes of a call.
const LONGEST_CALL: usize = 7;

/// The code of a process.
pub(in super::super) trait Code {
    /// So many bytes from an address on.
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>>;

    /// Whether code is at an address.
    fn has(&mut self, address: u64) -> bool;
}

/// What can be said of a call, the least first: that it was none of a function, that it may have
/// been one, since it calls whatever a register or a table holds, or that it was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    None,
    Possible,
    Sure,
}

/// How much speaks for it that the instruction that ends there called a function.
pub(super) fn evidence(function: u64, after: u64, code: &mut impl Code) -> Evidence {
    if !code.has(after) {
        return Evidence::None;
    }
    let length = LONGEST_CALL as u64;
    let Some(before) = after
        .checked_sub(length)
        .and_then(|at| code.read(at, LONGEST_CALL))
    else {
        return Evidence::None;
    };
    if let [.., 0xe8, a, b, c, d] = before[..] {
        let target = after.wrapping_add_signed(i32::from_le_bytes([a, b, c, d]).into());
        // A stub of the linker for another function: that one may have jumped on.
        let led_to = if target == function {
            Some(target)
        } else {
            led_to(target, code)
        };
        if let Some(led_to) = led_to {
            return if led_to == function {
                Evidence::Sure
            } else {
                Evidence::Possible
            };
        }
    }
    // What is before the instruction may look like anything.
    let is_call = (0..LONGEST_CALL - 1).any(|start| is_indirect_call(&before[start..]));
    if is_call {
        Evidence::Possible
    } else {
        Evidence::None
    }
}

/// Whether the next instruction is the one that returns.
pub(super) fn returns(pc: u64, code: &impl Code) -> bool {
    let next = code.read(pc, 2).unwrap_or_default();
    next.first() == Some(&0xc3) || next == [0xf3, 0xc3]
}

/// Where a stub of the linker jumps to; `None` where there is none.
pub(super) fn led_to(address: u64, code: &mut impl Code) -> Option<u64> {
    if !code.has(address) {
        return None;
    }
    let bytes = code.read(address, 11)?;
    let (mut at, mut rest) = (address, &bytes[..]);
    for prefix in [&[0xf3, 0x0f, 0x1e, 0xfa][..], &[0xf2]] {
        if let Some(behind) = rest.strip_prefix(prefix) {
            at += prefix.len() as u64;
            rest = behind;
        }
    }
    // A jump to what is in memory, at a distance from its own end.
    let [0xff, 0x25, a, b, c, d, ..] = *rest else {
        return None;
    };
    let from = at + 6;
    let place = from.wrapping_add_signed(i32::from_le_bytes([a, b, c, d]).into());
    let word = code.read(place, 8)?;
    Some(u64::from_le_bytes(word.try_into().ok()?))
}

/// Whether the bytes are one call of what a register or a place in memory holds.
fn is_indirect_call(bytes: &[u8]) -> bool {
    let mut decoder = Decoder::new(64, bytes, DecoderOptions::NONE);
    let instruction = decoder.decode();
    instruction.flow_control() == FlowControl::IndirectCall && instruction.len() == bytes.len()
}
