//! The code that Numba compiled, as the process itself announces it.
//!
//! Many instructions of optimised code belong to no line: the compiler made them,
//! and the line table gives them line 0. gdb counts such an instruction to the
//! preceding row of the table and does not say so. How much of a profile was
//! folded like that is read here, from the objects that the just-in-time compiler
//! keeps in memory for debuggers.

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use gimli::{EndianArcSlice, LittleEndian, SectionId};
use nix::unistd::Pid;
use object::read::elf::ElfFile64;
use object::{
    LittleEndian as ObjectLittleEndian, Object, ObjectSection, ObjectSymbol, RelocationKind,
    RelocationTarget, SymbolKind,
};

use super::stub::JitInterface;
use crate::source::LineNumber;
use crate::target::memory;

/// More announcements than this are taken for a list that has become a circle
/// while it was read.
const MOST_OBJECTS: usize = 100_000;

/// A larger object is taken for a length read while it was written.
const LARGEST_OBJECT: u64 = 256 << 20;

type Bytes = EndianArcSlice<LittleEndian>;
type Elf<'a> = ElfFile64<'a, ObjectLittleEndian>;

/// The compiled code of one process, read as far as it was needed.
#[derive(Default)]
pub struct JitCode {
    /// By the address at which they are announced.
    objects: HashMap<u64, JitObject>,
    /// What was found of each instruction that was asked for.
    lineless: HashMap<u64, bool>,
}

/// One announced object.
struct JitObject {
    functions: Vec<Range<u64>>,
    lines: addr2line::Context<Bytes>,
}

impl JitCode {
    /// Whether the instruction at an address was announced by the process and
    /// belongs to no line.
    pub fn is_lineless(&mut self, process: Pid, interface: &JitInterface, address: u64) -> bool {
        if let Some(&lineless) = self.lineless.get(&address) {
            return lineless;
        }
        if self.object_at(address).is_none() {
            // Compiled since the last look. What cannot be read stays unknown.
            self.refresh(process, interface).ok();
        }
        let object = self.object_at(address);
        let lineless = object.is_some_and(|object| object.line_at(address).is_none());
        self.lineless.insert(address, lineless);
        lineless
    }

    fn object_at(&self, address: u64) -> Option<&JitObject> {
        self.objects
            .values()
            .find(|object| object.functions.iter().any(|f| f.contains(&address)))
    }

    /// Reads the objects that were announced since the last time, and forgets
    /// those that were withdrawn.
    fn refresh(&mut self, process: Pid, interface: &JitInterface) -> io::Result<()> {
        let announced = announcements(process, interface.descriptor)?;
        // The place of code that was withdrawn may be taken by other code.
        self.lineless.clear();
        self.objects
            .retain(|address, _| announced.iter().any(|entry| entry.0 == *address));
        for (address, size) in announced {
            if self.objects.contains_key(&address) || size > LARGEST_OBJECT {
                continue;
            }
            let length = usize::try_from(size).map_err(io::Error::other)?;
            let Ok(bytes) = memory::read(process, address, length) else {
                continue;
            };
            if let Some(object) = JitObject::parse(&bytes) {
                self.objects.insert(address, object);
            }
        }
        Ok(())
    }
}

/// Address and size of every announced object: a walk along the list of
/// `struct jit_code_entry { next, previous, symfile_addr, symfile_size }`.
fn announcements(process: Pid, descriptor: u64) -> io::Result<Vec<(u64, u64)>> {
    let mut announced = Vec::new();
    // struct jit_descriptor { u32 version, u32 action, relevant_entry, first_entry }
    let [_, _, mut entry] = read_words(process, descriptor)?;
    while entry != 0 && announced.len() < MOST_OBJECTS {
        let [next, _, address, size] = read_words(process, entry)?;
        announced.push((address, size));
        entry = next;
    }
    Ok(announced)
}

fn read_words<const N: usize>(process: Pid, address: u64) -> io::Result<[u64; N]> {
    let bytes = memory::read(process, address, N * 8)?;
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*chunk);
    }
    Ok(words)
}

impl JitObject {
    /// `None` if these bytes are no object with a line table, or were changed
    /// while they were read.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let elf = Elf::parse(bytes).ok()?;
        let functions = elf
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0)
            .filter_map(|symbol| {
                let start = loaded_address(&elf, symbol.section_index()?, symbol.address())?;
                Some(start..start + symbol.size())
            })
            .collect();
        let load = |section: SectionId| Ok::<_, gimli::Error>(relocated(&elf, section.name()));
        let dwarf = gimli::Dwarf::load(load).ok()?;
        let lines = addr2line::Context::from_dwarf(dwarf).ok()?;
        Some(Self { functions, lines })
    }

    /// The line of the instruction at an address; `None` if it belongs to none.
    fn line_at(&self, address: u64) -> Option<LineNumber> {
        let mut rows = self.lines.find_location_range(address, address + 1).ok()?;
        let (.., location) = rows.next()?;
        LineNumber::new(location.line?)
    }
}

/// Where a place in a section was loaded; the loader writes the address of each
/// section it loads into the announced object.
fn loaded_address(elf: &Elf<'_>, section: object::SectionIndex, offset: u64) -> Option<u64> {
    Some(elf.section_by_index(section).ok()?.address() + offset)
}

/// A section of debug information with its relocations applied: the announced
/// object is as the compiler wrote it. Empty if there is no such section.
fn relocated(elf: &Elf<'_>, name: &str) -> Bytes {
    let Some(section) = elf.section_by_name(name) else {
        return Bytes::new(Arc::default(), LittleEndian);
    };
    let mut data = section.data().unwrap_or_default().to_vec();
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(symbol) = relocation.target() else {
            continue;
        };
        let Ok(symbol) = elf.symbol_by_index(symbol) else {
            continue;
        };
        if relocation.kind() != RelocationKind::Absolute {
            continue;
        }
        let base = symbol
            .section_index()
            .and_then(|section| loaded_address(elf, section, symbol.address()))
            .unwrap_or(0);
        let value = base.wrapping_add_signed(relocation.addend()).to_le_bytes();
        let width = usize::from(relocation.size() / 8);
        let place = usize::try_from(offset)
            .ok()
            .and_then(|start| data.get_mut(start..start + width));
        if let (Some(place), Some(value)) = (place, value.get(..width)) {
            place.copy_from_slice(value);
        }
    }
    Bytes::new(data.into(), LittleEndian)
}
