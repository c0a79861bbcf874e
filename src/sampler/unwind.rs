//! From the registers and the top of the stack of a thread to the functions that it is in, by
//! what the compilers have written about each of them for exceptions (`.eh_frame`).

#[cfg(target_arch = "x86_64")]
mod assembly;
mod module;
mod step;

use std::collections::HashMap;
#[cfg(target_arch = "x86_64")]
use std::collections::HashSet;

use gimli::UnwindContext;
use nix::unistd::Pid;

use self::module::{Module, Table};
use self::step::Step;
use super::lines::Lines;
use super::registers::Registers;
use super::tracer::RawFrame;
use crate::process::inspect::mappings;
use crate::process::memory;

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

/// Bytes of machine code that a function may have: the largest kernels of BLAS have a tenth of it.
#[cfg(target_arch = "x86_64")]
const LONGEST_FUNCTION: u64 = 1 << 20;

/// The instruction that calls the kernel.
#[cfg(target_arch = "x86_64")]
const SYSTEM_CALL: [u8; 2] = [0x0f, 0x05];

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
    /// Those of them behind a system call, of which nothing is written there.
    #[cfg(target_arch = "x86_64")]
    behind_calls: HashSet<u64>,
    /// The names of functions of libraries that were sampled, by where they begin.
    names: HashMap<u64, Option<String>>,
    /// How functions begin of which nothing is written, by where that is.
    #[cfg(target_arch = "x86_64")]
    beginnings: HashMap<u64, Option<std::sync::Arc<assembly::Beginning>>>,
}

impl Unwinder {
    pub(super) fn new(process: Pid) -> Self {
        Self {
            process,
            modules: Vec::new(),
            are_fresh: false,
            context: UnwindContext::new(),
            steps: HashMap::new(),
            #[cfg(target_arch = "x86_64")]
            behind_calls: HashSet::new(),
            names: HashMap::new(),
            #[cfg(target_arch = "x86_64")]
            beginnings: HashMap::new(),
        }
    }

    /// From now on libraries may have been loaded that were not there before.
    pub(super) const fn refresh(&mut self) {
        self.are_fresh = false;
    }

    /// The frames of a thread, innermost first, to the first one with a line of the user's, and
    /// no more than so many. Those have names that compiled code has called.
    pub(super) fn frames(
        &mut self,
        top: Top<'_>,
        lines: &mut Lines,
        most: usize,
    ) -> (Vec<RawFrame>, End) {
        let (mut frames, end) = self.nameless_frames(top, lines, most);
        let is_compiled = |frame: &RawFrame| frame.object.is_none();
        let callees = frames.iter().position(is_compiled).unwrap_or_default();
        for (depth, frame) in frames.iter_mut().take(callees).enumerate() {
            let address = frame.address.unwrap_or_default();
            frame.function = self.name_at(address.saturating_sub(u64::from(depth > 0)));
        }
        (frames, end)
    }

    /// The name of the library's function at an address.
    fn name_at(&mut self, address: u64) -> Option<String> {
        let module = self.module(address)?;
        let function = module.function_around(address)?;
        if let Some(known) = self.names.get(&function.start) {
            return known.clone();
        }
        let name = self.module(address)?.name_of(function);
        self.names.insert(function.start, name.clone());
        name
    }

    /// The same without names.
    fn nameless_frames(
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
            let is_innermost = frames.len() == 1;
            registers = match self.caller(within, &registers, top, lines, is_innermost) {
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
        #[cfg_attr(
            not(target_arch = "x86_64"),
            expect(
                unused_variables,
                reason = "nothing is known there of functions in assembly"
            )
        )]
        is_innermost: bool,
    ) -> Result<Registers, End> {
        // Compiled code may be withdrawn, and other code be where it was.
        if let Some((at, bytes)) = lines.unwind_table(address) {
            let step = self.look_up(&Table::of_section(at, bytes), address);
            return step.ok_or(End::Unknown)?.caller(registers, top);
        }
        if !self.steps.contains_key(&address) {
            let table = self.module(address).and_then(Module::table).cloned();
            let step = table.and_then(|table| self.look_up(&table, address));
            #[cfg(target_arch = "x86_64")]
            let step = step.or_else(|| self.step_behind_call(address));
            self.steps.insert(address, step);
        }
        match self.steps.get(&address).and_then(Option::as_ref) {
            #[cfg(target_arch = "x86_64")]
            Some(step) if self.behind_calls.contains(&address) => {
                let caller = step.caller(registers, top)?;
                let is_code = |pc| lines.is_compiled(pc) || self.module(pc).is_some();
                // A thread that has just been started comes back to nobody.
                Some(caller)
                    .filter(|caller| caller.pc().is_some_and(is_code))
                    .ok_or(End::Outermost)
            }
            Some(step) => step.caller(registers, top),
            #[cfg(target_arch = "x86_64")]
            None => self.caller_of_assembly(address, registers, top, lines, is_innermost),
            // There is nothing to go by.
            #[cfg(not(target_arch = "x86_64"))]
            None => Err(End::Unknown),
        }
    }

    /// The same of a function of which nothing is written.
    #[cfg(target_arch = "x86_64")]
    fn caller_of_assembly(
        &mut self,
        address: u64,
        registers: &Registers,
        top: Top<'_>,
        lines: &Lines,
        is_innermost: bool,
    ) -> Result<Registers, End> {
        let start = self.module(address).and_then(|it| it.function_at(address));
        let start = start.filter(|start| address - start < LONGEST_FUNCTION);
        let start = start.ok_or(End::Unknown)?;
        let known = self.beginnings.get(&start).cloned();
        let mut code = CodeOf {
            unwinder: self,
            lines,
        };
        let beginning = known.unwrap_or_else(|| {
            let beginning = assembly::Beginning::of(start, &code).map(std::sync::Arc::new);
            code.unwinder.beginnings.insert(start, beginning.clone());
            beginning
        });
        let at = assembly::Position {
            address,
            is_innermost,
        };
        let beginning = beginning.ok_or(End::Unknown)?;
        beginning.caller(at, registers, top, &mut code)
    }

    /// The same where a system call has just been made, in a place that the table leaves out. In
    /// glibc that is where `clone3` comes back, to whoever starts a thread and in that thread: both
    /// are stopped just there when they are traced.
    #[cfg(target_arch = "x86_64")]
    fn step_behind_call(&mut self, address: u64) -> Option<Step> {
        let call = address.checked_sub(SYSTEM_CALL.len() as u64)?;
        let table = self.module(address)?.table().cloned()?;
        let made = memory::read(self.process, call, SYSTEM_CALL.len()).ok()?;
        if made != SYSTEM_CALL {
            return None;
        }
        // The call leaves the stack as it was.
        let step = self.look_up(&table, call.checked_sub(1)?)?;
        self.behind_calls.insert(address);
        Some(step)
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
            if self.modules.is_empty() {
                self.modules.extend(module::kernels(self.process));
            }
            module::add_new(&mut self.modules, &mapped);
            self.are_fresh = true;
            found = index(&self.modules);
        }
        found.map(|index| &self.modules[index])
    }
}

/// The code of the process, that of files and that which was compiled.
#[cfg(target_arch = "x86_64")]
struct CodeOf<'a> {
    unwinder: &'a mut Unwinder,
    lines: &'a Lines,
}

#[cfg(target_arch = "x86_64")]
impl assembly::Code for CodeOf<'_> {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        memory::read(self.unwinder.process, address, length).ok()
    }

    fn has(&mut self, address: u64) -> bool {
        self.lines.is_compiled(address) || self.unwinder.module(address).is_some()
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
mod tests;
