//! The registers of a thread that are needed to follow its stack.

use gimli::Register;
use nix::libc::user_regs_struct;

/// Registers, each by the number that the kernel's samples have for it (`asm/perf_regs.h`) and
/// by that of DWARF. They are in the order of the kernel's numbers.
#[cfg(target_arch = "x86_64")]
const KNOWN: &[(u32, u16)] = &[
    (1, 3),   // rbx
    (6, 6),   // rbp
    (7, 7),   // rsp
    (8, 16),  // rip, which DWARF calls the return address
    (20, 12), // r12
    (21, 13), // r13
    (22, 14), // r14
    (23, 15), // r15
];
#[cfg(target_arch = "aarch64")]
const KNOWN: &[(u32, u16)] = &[
    (19, 19),
    (20, 20),
    (21, 21),
    (22, 22),
    (23, 23),
    (24, 24),
    (25, 25),
    (26, 26),
    (27, 27),
    (28, 28),
    (29, 29), // the frame pointer
    (30, 30), // the link register
    (31, 31), // sp
    (32, 32), // pc
];

/// The register of the address of the next instruction.
#[cfg(target_arch = "x86_64")]
const PC: u16 = 16;
#[cfg(target_arch = "aarch64")]
const PC: u16 = 32;

/// The register of the end of the stack.
#[cfg(target_arch = "x86_64")]
const SP: u16 = 7;
#[cfg(target_arch = "aarch64")]
const SP: u16 = 31;

/// DWARF's numbers are below this.
const COUNT: usize = 33;

/// The registers, as the kernel is asked for them.
pub(super) const MASK: u64 = mask();

const fn mask() -> u64 {
    let mut mask = 0;
    let mut index = 0;
    while index < KNOWN.len() {
        mask |= 1 << KNOWN[index].0;
        index += 1;
    }
    mask
}

/// Those of a thread that is traced, in the order of [`Registers::of`], and the end of its stack.
#[cfg(target_arch = "x86_64")]
pub(super) fn values_of(traced: &user_regs_struct) -> (Vec<u64>, u64) {
    let it = traced;
    let values = [
        it.rbx, it.rbp, it.rsp, it.rip, it.r12, it.r13, it.r14, it.r15,
    ];
    (values.to_vec(), it.rsp)
}

/// Those of a thread that is traced, in the order of [`Registers::of`], and the end of its stack.
#[cfg(target_arch = "aarch64")]
pub(super) fn values_of(traced: &user_regs_struct) -> (Vec<u64>, u64) {
    let mut values = traced.regs[19..=30].to_vec();
    values.extend([traced.sp, traced.pc]);
    (values, traced.sp)
}

/// The registers of a thread, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registers {
    values: [Option<u64>; COUNT],
}

impl Registers {
    /// Those of a sample: the values of all of [`MASK`], in the kernel's order. `None` where
    /// there are others.
    pub(super) fn of(values: &[u64]) -> Option<Self> {
        if values.len() != KNOWN.len() {
            return None;
        }
        let mut registers = Self::unknown();
        for (&(_, dwarf), &value) in KNOWN.iter().zip(values) {
            registers.set(Register(dwarf), Some(value));
        }
        Some(registers)
    }

    const fn unknown() -> Self {
        Self {
            values: [None; COUNT],
        }
    }

    /// Those of a function that has just been called.
    #[cfg(test)]
    pub(crate) fn at(pc: u64, sp: u64) -> Self {
        let mut registers = Self::unknown();
        registers.set(Register(PC), Some(pc));
        registers.set(Register(SP), Some(sp));
        registers
    }

    /// The address of the next instruction.
    pub(crate) fn pc(&self) -> Option<u64> {
        self.get(Register(PC))
    }

    /// Notes the address of the instruction.
    pub(crate) fn set_pc(&mut self, pc: u64) {
        self.set(Register(PC), Some(pc));
    }

    /// The end of the stack.
    pub(crate) fn sp(&self) -> Option<u64> {
        self.get(Register(SP))
    }

    /// The value of a register, where it is known.
    pub(crate) fn get(&self, register: Register) -> Option<u64> {
        self.values.get(usize::from(register.0)).copied().flatten()
    }

    /// Notes the value of a register, or that it is not known.
    pub(crate) fn set(&mut self, register: Register, value: Option<u64>) {
        if let Some(known) = self.values.get_mut(usize::from(register.0)) {
            *known = value;
        }
    }

    /// Those of the caller: that of the return address and the stack, and what it left in the
    /// others.
    pub(crate) fn returned(mut self, pc: u64, sp: u64) -> Self {
        self.set(Register(PC), Some(pc));
        self.set(Register(SP), Some(sp));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_the_kernels_order() {
        assert!(KNOWN.is_sorted_by_key(|(kernel, _)| kernel));
        assert_eq!(MASK.count_ones() as usize, KNOWN.len());
    }

    #[test]
    fn a_sample_has_all_of_them_or_none() {
        let values: Vec<u64> = (100..).take(KNOWN.len()).collect();
        let registers = Registers::of(&values).unwrap();
        let place = |dwarf| KNOWN.iter().position(|known| known.1 == dwarf).unwrap();
        assert_eq!(registers.pc(), Some(values[place(PC)]));
        assert_eq!(registers.sp(), Some(values[place(SP)]));
        assert_eq!(Registers::of(&values[1..]), None);
        assert_eq!(Registers::of(&[]), None);
    }
}
