//! How to unwind functions that say nothing of it themselves: assembly without unwind information,
//! such as the kernels of BLAS.
//!
//! Where the caller is is read off the instructions with which the function begins, and checked:
//! what is taken for a return address must be behind a call that can have led there. Nothing is
//! searched for on the stack, where addresses of calls long past are left over. It is the method
//! that gdb is taught as well (`gdb/unwinder.py`).

mod calls;

use gimli::Register;
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind};

pub(super) use self::calls::Code;
use self::calls::{Evidence, evidence, returns};
use super::{End, Top};
use crate::sampler::registers::Registers;

/// Bytes of a word.
const WORD: i64 = 8;

/// Instructions of a function that are looked at, at most, and bytes that they may have.
const LONGEST_BEGINNING: usize = 40;
const BYTES_OF_BEGINNING: usize = LONGEST_BEGINNING * 15;

/// Those registers that a function gives back to its caller as they were.
const KEPT: [iced_x86::Register; 6] = [
    iced_x86::Register::RBX,
    iced_x86::Register::RBP,
    iced_x86::Register::R12,
    iced_x86::Register::R13,
    iced_x86::Register::R14,
    iced_x86::Register::R15,
];

/// What the first instructions of a function do to its frame, up to the first jump.
///
/// Distances are in bytes below the end of the frame, which is where the caller's stack pointer
/// was before the call.
#[derive(Debug)]
pub(super) struct Beginning {
    start: u64,
    /// Distance of the stack pointer from each instruction on, by address, in order; `None` where
    /// only running it could tell.
    depths: Vec<(u64, Option<i64>)>,
    /// A register that keeps the stack pointer.
    copy: Option<Kept>,
    /// Where registers of the caller's are.
    saved: Vec<Kept>,
}

/// A register, what distance it has or is kept at, and from which address on.
#[derive(Clone, Copy, Debug)]
struct Kept {
    register: Register,
    distance: i64,
    since: u64,
}

/// The instruction that is looked for when a function is followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Its address.
    pub(super) address: u64,
    /// Whether the function has called no other.
    pub(super) is_innermost: bool,
}

impl Beginning {
    /// That of the function that begins at an address, where its code can be read.
    pub(super) fn of(start: u64, code: &impl Code) -> Option<Self> {
        // Behind the last function there may be nothing.
        let lengths = [BYTES_OF_BEGINNING, BYTES_OF_BEGINNING / 4, 16];
        let bytes = lengths
            .into_iter()
            .find_map(|length| code.read(start, length))?;
        let mut beginning = Self {
            start,
            depths: vec![(start, Some(WORD))],
            copy: None,
            saved: Vec::new(),
        };
        let decoder = Decoder::with_ip(64, &bytes, start, DecoderOptions::NONE);
        for instruction in decoder.into_iter().take(LONGEST_BEGINNING) {
            if !beginning.follow(&instruction) {
                break;
            }
        }
        Some(beginning)
    }

    /// Takes in an instruction; false if it is one too many.
    fn follow(&mut self, it: &Instruction) -> bool {
        if it.is_invalid() || it.flow_control() != FlowControl::Next {
            return false;
        }
        let end = it.next_ip();
        let last = self.depths.last().and_then(|(_, depth)| *depth);
        let (Some(moved), Some(last)) = (moved(it), last) else {
            self.depths.push((end, None));
            return false;
        };
        let depth = last + moved;
        if moved != 0 {
            self.depths.push((end, Some(depth)));
        }
        match it.mnemonic() {
            Mnemonic::Push => self.save(it.op0_register(), depth, end),
            Mnemonic::Mov if is_in_stack(it) => {
                let at = it.memory_displacement64().cast_signed();
                self.save(it.op1_register(), depth - at, end);
            }
            Mnemonic::Mov if it.op1_register() == iced_x86::Register::RSP => {
                let register = dwarf(it.op0_register());
                self.copy = self.copy.or(register.map(|register| Kept {
                    register,
                    distance: depth,
                    since: end,
                }));
            }
            _ => {}
        }
        true
    }

    fn save(&mut self, register: iced_x86::Register, distance: i64, since: u64) {
        let Some(register) = dwarf(register).filter(|_| KEPT.contains(&register)) else {
            return;
        };
        if self.saved.iter().all(|kept| kept.register != register) {
            self.saved.push(Kept {
                register,
                distance,
                since,
            });
        }
    }

    /// The registers as the caller has them, or why they are not known.
    pub(super) fn caller(
        &self,
        at: Position,
        registers: &Registers,
        top: Top<'_>,
        code: &mut impl Code,
    ) -> Result<Registers, End> {
        let end = self.frame_end(at, registers, top, code)?;
        let word = |distance: i64| top.word(end.wrapping_add_signed(-distance));
        let pc = word(WORD).ok_or(End::Beyond)?;
        let mut caller = registers.clone().returned(pc, end);
        for kept in &self.saved {
            if at.address >= kept.since {
                caller.set(kept.register, word(kept.distance));
            }
        }
        Ok(caller)
    }

    /// Where the frame ends, where something speaks for one place alone.
    fn frame_end(
        &self,
        at: Position,
        registers: &Registers,
        top: Top<'_>,
        code: &mut impl Code,
    ) -> Result<u64, End> {
        let ends = if at.is_innermost && returns(at.address, code) {
            let sp = registers.sp().ok_or(End::Unknown)?;
            vec![sp.wrapping_add_signed(WORD)]
        } else {
            self.ends(at.address, registers)
        };
        let mut is_beyond = false;
        let mut found = Vec::new();
        for end in ends {
            match top.word(end.wrapping_add_signed(-WORD)) {
                Some(caller) => found.push((evidence(self.start, caller, code), end)),
                // The stack was not copied so far, or the register holds something else by now.
                None => is_beyond = true,
            }
        }
        let most = found.iter().map(|(evidence, _)| *evidence).max();
        let most = most.filter(|it| *it > Evidence::None);
        let mut likeliest = found.iter().filter(|(it, _)| Some(*it) == most);
        match (likeliest.next(), likeliest.next()) {
            (Some((Evidence::Sure, end)), None) => Ok(*end),
            // More may speak for what was not copied.
            _ if is_beyond => Err(End::Beyond),
            (Some((_, end)), None) => Ok(*end),
            _ => Err(End::Unknown),
        }
    }

    /// Where the frame may end.
    fn ends(&self, pc: u64, registers: &Registers) -> Vec<u64> {
        let mut ends = Vec::new();
        if let Some(copy) = self.copy.filter(|copy| pc >= copy.since) {
            let value = registers.get(copy.register);
            ends.extend(value.map(|it| it.wrapping_add_signed(copy.distance)));
        }
        let before = self.depths.partition_point(|(place, _)| *place <= pc);
        let depth = self.depths[..before].last().and_then(|(_, depth)| *depth);
        if let (Some(sp), Some(depth)) = (registers.sp(), depth) {
            ends.push(sp.wrapping_add_signed(depth));
        }
        ends.dedup();
        // A stack grows downwards: what does not come closer to its beginning is none of it.
        ends.retain(|&end| Some(end) > registers.sp());
        ends
    }
}

/// By how many bytes an instruction moves the stack pointer, downwards; `None` where only running
/// it could tell.
fn moved(it: &Instruction) -> Option<i64> {
    let is_of_sp = it.op_count() > 0
        && it.op0_kind() == OpKind::Register
        && it.op0_register().full_register() == iced_x86::Register::RSP;
    match it.mnemonic() {
        Mnemonic::Push if it.op0_kind() == OpKind::Register => Some(WORD),
        Mnemonic::Cmp | Mnemonic::Test => Some(0),
        Mnemonic::Sub if is_of_sp && is_number(it) => Some(it.immediate(1).cast_signed()),
        Mnemonic::Add if is_of_sp && is_number(it) => Some(-it.immediate(1).cast_signed()),
        Mnemonic::Lea if is_of_sp && is_above_stack_pointer(it) => {
            Some(-it.memory_displacement64().cast_signed())
        }
        _ if is_of_sp || it.is_stack_instruction() => None,
        _ => Some(0),
    }
}

fn is_number(it: &Instruction) -> bool {
    matches!(
        it.op1_kind(),
        OpKind::Immediate8to64 | OpKind::Immediate32to64 | OpKind::Immediate64
    )
}

/// Whether the memory that an instruction names is at a fixed distance from the stack pointer.
fn is_above_stack_pointer(it: &Instruction) -> bool {
    it.memory_base() == iced_x86::Register::RSP && it.memory_index() == iced_x86::Register::None
}

/// Whether an instruction writes a register to such memory.
fn is_in_stack(it: &Instruction) -> bool {
    it.op0_kind() == OpKind::Memory
        && it.op1_kind() == OpKind::Register
        && is_above_stack_pointer(it)
}

/// DWARF's number of a register, of those that are known of a thread.
fn dwarf(register: iced_x86::Register) -> Option<Register> {
    Some(Register(match register {
        iced_x86::Register::RBX => 3,
        iced_x86::Register::RBP => 6,
        iced_x86::Register::R12 => 12,
        iced_x86::Register::R13 => 13,
        iced_x86::Register::R14 => 14,
        iced_x86::Register::R15 => 15,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::calls::led_to;
    use super::*;

    const START: u64 = 0x40_0000;
    const CALLER: u64 = 0x50_0000;
    const SP_NOW: u64 = 0x7000_0000;

    /// Code at two places.
    struct Fixed(Vec<(u64, Vec<u8>)>);

    impl Code for Fixed {
        fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
            self.0.iter().find_map(|(start, bytes)| {
                let begin = usize::try_from(address.checked_sub(*start)?).ok()?;
                bytes.get(begin..begin + length).map(<[u8]>::to_vec)
            })
        }

        fn has(&mut self, address: u64) -> bool {
            self.read(address, 1).is_some()
        }
    }

    /// A function, and what is before the instruction at [`CALLER`].
    fn code(function: &[u8], call: &[u8]) -> Fixed {
        let padded = |bytes: &[u8]| [bytes, &[0x90; BYTES_OF_BEGINNING]].concat();
        let at = CALLER - call.len() as u64 - 16;
        let before = [&[0x90; 16], call, &[0x90; 16]].concat();
        Fixed(vec![(START, padded(function)), (at, before)])
    }

    /// A call of the function by a distance.
    fn direct_call() -> Vec<u8> {
        let distance = i32::try_from(START.cast_signed() - CALLER.cast_signed()).unwrap();
        [&[0xe8][..], &distance.to_le_bytes()].concat()
    }

    /// push rbp; push rbx; sub rsp,0x20; mov [rsp+8],r12; mov rbx,rsp; and rsp,-64; nop
    const FUNCTION: [u8; 20] = [
        0x55, 0x53, 0x48, 0x83, 0xec, 0x20, 0x4c, 0x89, 0x64, 0x24, 0x08, 0x48, 0x89, 0xe3, 0x48,
        0x83, 0xe4, 0xc0, 0x90, 0x90,
    ];

    /// The stack from the stack pointer on: so many words, with the return address at one.
    fn caller(pc: u64, rbx: u64, returns_at: usize, code: &mut Fixed) -> Result<Registers, End> {
        let mut registers = Registers::at(pc, SP_NOW);
        registers.set(Register(3), Some(rbx));
        let mut words: Vec<u64> = (1..=32).collect();
        words[returns_at] = CALLER;
        let stack: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let top = Top {
            registers: &registers,
            stack: &stack,
        };
        let at = Position {
            address: pc,
            is_innermost: true,
        };
        let beginning = Beginning::of(START, code).unwrap();
        beginning.caller(at, &registers, top, code)
    }

    #[test]
    fn a_function_is_left_from_each_of_its_first_instructions() {
        let code = &mut code(&FUNCTION, &direct_call());
        for (offset, returns_at) in [(0, 0), (1, 1), (2, 2), (6, 6), (11, 6)] {
            let found = caller(START + offset, 77, returns_at, code).unwrap();
            assert_eq!(found.pc(), Some(CALLER), "{offset}");
            assert_eq!(found.sp(), Some(SP_NOW + 8 * (returns_at as u64 + 1)));
        }
        // What it has put on the stack it gives back: rbx, which was the second.
        let found = caller(START + 6, 77, 6, code).unwrap();
        assert_eq!(found.get(Register(3)), Some(5));
        assert_eq!(found.get(Register(6)), Some(6));
        let found = caller(START, 77, 0, code).unwrap();
        assert_eq!(found.get(Register(3)), Some(77));
    }

    /// Once the stack pointer is rounded down only the copy of it is of use.
    #[test]
    fn a_copy_of_the_stack_pointer_leads_to_the_caller() {
        let code = &mut code(&FUNCTION, &direct_call());
        let copy = SP_NOW + 8 * 4;
        let found = caller(START + 18, copy, 10, code).unwrap();
        assert_eq!(found.pc(), Some(CALLER));
        assert_eq!(found.get(Register(12)), Some(6));
        assert_eq!(caller(START + 18, 3, 10, code), Err(End::Unknown));
        // It is further away than what was copied of the stack.
        let far = SP_NOW + (1 << 20);
        assert_eq!(caller(START + 18, far, 10, code), Err(End::Beyond));
    }

    #[test]
    fn before_it_returns_the_address_is_the_last_word() {
        let function = [&FUNCTION[..], &[0xc3]].concat();
        let code = &mut code(&function, &direct_call());
        let found = caller(START + 20, 3, 0, code).unwrap();
        assert_eq!(found.pc(), Some(CALLER));
    }

    #[test]
    fn a_return_address_is_behind_a_call() {
        // call [rax+16]; call rdx
        for call in [&[0xff, 0x50, 0x10][..], &[0xff, 0xd2]] {
            let code = &mut code(&FUNCTION, call);
            assert!(caller(START, 77, 0, code).is_ok());
        }
        // mov rax,rdx; a call of something else
        for other in [&[0x48, 0x89, 0xd0][..], &[0xe8, 1, 0, 0, 0]] {
            let code = &mut code(&FUNCTION, other);
            assert_eq!(caller(START, 77, 0, code), Err(End::Unknown));
        }
    }

    #[test]
    fn a_stub_of_the_linker_leads_to_the_function() {
        // endbr64; jmp [rip+0], and behind it the address
        let stub = 0x60_0000_u64;
        let mut bytes = vec![0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0, 0, 0, 0];
        bytes.extend(START.to_le_bytes());
        bytes.extend([0; 16]);
        let distance = i32::try_from(stub.cast_signed() - CALLER.cast_signed()).unwrap();
        let call = [&[0xe8][..], &distance.to_le_bytes()].concat();
        let mut code = code(&FUNCTION, &call);
        code.0.push((stub, bytes));
        assert_eq!(led_to(stub, &mut code), Some(START));
        assert!(caller(START, 77, 0, &mut code).is_ok());
        assert_eq!(evidence(START, CALLER, &mut code), Evidence::Sure);
    }
}
