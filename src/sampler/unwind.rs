//! From the registers and the top of the stack of a thread to the functions that it is in, by
//! what the compilers have written about each of them for exceptions (`.eh_frame`).

mod module;
mod step;

use std::collections::HashMap;

use gimli::UnwindContext;
use nix::unistd::Pid;

use self::module::{Module, Table};
use self::step::Step;
use super::lines::Lines;
use super::registers::Registers;
use super::tracer::RawFrame;
use crate::process::inspect::mappings;

/// What a thread's stack holds at its end, where that is, and its registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Top<'a> {
    pub(super) registers: &'a Registers,
    pub(super) stack: &'a [u8],
}

/// Why a stack was followed no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Because it is known well enough.
    Enough,
    /// Because it begins there.
    Outermost,
    /// Because no more of it is there.
    Beyond,
    /// Because nobody says how to go on.
    Unknown,
}

/// Follows the stacks of one process.
pub(super) struct Unwinder {
    process: Pid,
    modules: Vec<Module>,
    /// Whether the modules are those of a moment ago.
    are_fresh: bool,
    context: UnwindContext<usize>,
    /// What was found at each address of libraries that was asked for: a program has few that are
    /// sampled.
    steps: HashMap<u64, Option<Step>>,
}

impl Unwinder {
    pub(super) fn new(process: Pid) -> Self {
        Self {
            process,
            modules: Vec::new(),
            are_fresh: false,
            context: UnwindContext::new(),
            steps: HashMap::new(),
        }
    }

    /// From now on libraries may have been loaded that were not there before.
    pub(super) const fn refresh(&mut self) {
        self.are_fresh = false;
    }

    /// The frames of a thread, innermost first, to the first one with a line of the user's, and
    /// no more than so many.
    pub(super) fn frames(
        &mut self,
        top: Top<'_>,
        lines: &mut Lines,
        most: usize,
    ) -> (Vec<RawFrame>, End) {
        let mut registers = top.registers.clone();
        let mut frames: Vec<RawFrame> = Vec::new();
        loop {
            let Some(address) = registers.pc() else {
                return (frames, End::Unknown);
            };
            // A call may be the last instruction of a function: the address behind it is that
            // of another one.
            let within = address.saturating_sub(u64::from(!frames.is_empty()));
            let frame = RawFrame {
                address: Some(address),
                object: if lines.is_compiled(within) {
                    None
                } else {
                    self.module(within).map(|module| module.path.clone())
                },
                ..RawFrame::default()
            };
            let is_enough = lines.has_user_line(&frame, Some(within));
            frames.push(frame);
            if is_enough || frames.len() >= most {
                return (frames, End::Enough);
            }
            registers = match self.caller(within, &registers, top, lines) {
                Ok(caller) => caller,
                Err(end) => return (frames, end),
            };
        }
    }

    /// The registers as the caller of a function has them, or why they are not known.
    fn caller(
        &mut self,
        address: u64,
        registers: &Registers,
        top: Top<'_>,
        lines: &Lines,
    ) -> Result<Registers, End> {
        // Compiled code may be withdrawn, and other code be where it was.
        if let Some((at, bytes)) = lines.unwind_table(address) {
            let step = self.look_up(&Table::of_section(at, bytes), address);
            return step.ok_or(End::Unknown)?.caller(registers, top);
        }
        if !self.steps.contains_key(&address) {
            let table = self.module(address).and_then(Module::table).cloned();
            let step = table.and_then(|table| self.look_up(&table, address));
            self.steps.insert(address, step);
        }
        let step = self.steps.get(&address).and_then(Option::as_ref);
        step.ok_or(End::Unknown)?.caller(registers, top)
    }

    /// How to get from the function at an address to its caller.
    fn look_up(&mut self, table: &Table, address: u64) -> Option<Step> {
        let row = table.row(table.unbiased(address), &mut self.context)?;
        Step::of(row, table)
    }

    /// The file that code was loaded from.
    fn module(&mut self, address: u64) -> Option<&Module> {
        let index = |modules: &[Module]| modules.iter().position(|it| it.contains(address));
        let mut found = index(&self.modules);
        if found.is_none() && !self.are_fresh {
            let mapped = mappings(self.process).unwrap_or_default();
            module::add_new(&mut self.modules, &mapped);
            self.are_fresh = true;
            found = index(&self.modules);
        }
        found.map(|index| &self.modules[index])
    }
}

impl Top<'_> {
    /// A word of the stack, as far as that is there.
    fn word(&self, address: u64) -> Option<u64> {
        let begin = usize::try_from(address.checked_sub(self.registers.sp()?)?).ok()?;
        let bytes = self.stack.get(begin..begin.checked_add(8)?)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use object::Architecture;

    use super::*;
    use crate::sampler::jit::JitInterface;
    use crate::source::SourceRoots;

    /// Lines of a process that compiles nothing.
    fn lines() -> Lines {
        let interface = JitInterface {
            register: 0,
            descriptor: 0,
            architecture: Architecture::X86_64,
        };
        let roots = SourceRoots {
            working_dir: "/work".into(),
            library_dirs: Vec::new(),
            packages: Vec::new(),
            included: Vec::new(),
            excluded: Vec::new(),
        };
        let twins = Path::new("/nonexistent");
        Lines::new(Pid::this(), &interface, twins, roots)
    }

    /// A function that could be unwound.
    #[inline(never)]
    fn no_lines() {
        drop(lines());
    }

    fn frames(pc: u64, stack: &[u64], most: usize) -> (Vec<u64>, End) {
        let registers = Registers::at(pc, 0x7000_0000);
        let stack: Vec<u8> = stack.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let top = Top {
            registers: &registers,
            stack: &stack,
        };
        let (frames, end) = Unwinder::new(Pid::this()).frames(top, &mut lines(), most);
        let addresses = frames.iter().map(|frame| frame.address.unwrap());
        (addresses.collect(), end)
    }

    /// Where a function begins, the address to return to is what was last put on the stack.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_stack_is_followed_as_far_as_it_is_there() {
        let [one, other] = [
            lines as fn() -> Lines as usize as u64,
            no_lines as fn() as usize as u64,
        ];
        // The second one is where a call in it returns to, and it has nothing on the stack yet.
        let stack = [other + 1, one + 1];
        assert_eq!(
            frames(one, &stack, 9),
            (vec![one, other + 1, one + 1], End::Beyond)
        );
        assert_eq!(frames(one, &stack, 2), (vec![one, other + 1], End::Enough));
        assert_eq!(frames(one, &[0], 9), (vec![one], End::Outermost));
        assert_eq!(frames(one, &[], 9), (vec![one], End::Beyond));
    }

    #[test]
    fn of_an_address_without_code_nothing_is_known() {
        assert_eq!(frames(8, &[], 9), (vec![8], End::Unknown));
    }
}
