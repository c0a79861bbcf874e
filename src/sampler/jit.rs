//! The code that Numba compiled, as the process itself announces it: which lines of
//! Python an instruction belongs to.
//!
//! The just-in-time compiler keeps an object file with line tables in memory for
//! debuggers. gdb reads it too, and unwinds with it, but its lines will not do:
//!
//! - Where an inlined function begins, gdb shows the line of the call and not that
//!   of the function, for that is where a person who steps expects to be. A library
//!   function of one instruction, as many are in optimised code, is never seen.
//! - Many instructions of optimised code belong to no line: the compiler made them,
//!   and the line table gives them line 0. gdb counts them to the preceding row and
//!   does not say so. Here they are counted like that too, within the function, and
//!   are known to be *folded*.

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
use crate::sample::{CodePlace, Frame, Place};
use crate::source::LineNumber;
use crate::target::memory;

/// More announcements than this are taken for a list that has become a circle
/// while it was read.
const MOST_OBJECTS: usize = 100_000;

/// A larger object is taken for a length read while it was written.
const LARGEST_OBJECT: u64 = 256 << 20;

type Bytes = EndianArcSlice<LittleEndian>;
type Elf<'a> = ElfFile64<'a, ObjectLittleEndian>;

/// The compiled code of one process.
pub struct JitCode {
    process: Pid,
    descriptor: u64,
    /// The list's first entry when it was last read. New code is put before it.
    first: u64,
    /// By the address at which they are announced.
    objects: HashMap<u64, JitObject>,
    /// What was found at each address that was asked for.
    resolved: HashMap<u64, Option<Arc<Resolved>>>,
}

/// One announced object.
struct JitObject {
    functions: Vec<Function>,
    lines: addr2line::Context<Bytes>,
}

/// A compiled function.
struct Function {
    name: Arc<str>,
    addresses: Range<u64>,
}

/// What an instruction belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Its function and those that it was inlined into, innermost first.
    pub frames: Vec<Frame>,
    /// Whether it has no line of its own and was given that of the code before it.
    pub folded: bool,
}

impl JitCode {
    /// The code of a process, none of it read yet.
    pub fn new(process: Pid, interface: &JitInterface) -> Self {
        Self {
            process,
            descriptor: interface.descriptor,
            first: 0,
            objects: HashMap::new(),
            resolved: HashMap::new(),
        }
    }

    /// Reads what was announced since the last time. What cannot be read stays
    /// unknown. It costs one system call where there is nothing new.
    pub fn refresh(&mut self) {
        let Ok(first) = first_entry(self.process, self.descriptor) else {
            return;
        };
        if first != self.first {
            self.first = first;
            self.resolved.clear();
            self.read_objects(first);
        }
    }

    /// What the instruction at an address belongs to; `None` where no code is
    /// announced, or none with lines.
    pub fn resolve(&mut self, address: u64) -> Option<Arc<Resolved>> {
        if let Some(known) = self.resolved.get(&address) {
            return known.clone();
        }
        let found = self.objects.values().find_map(|object| {
            let mut functions = object.functions.iter();
            let function = functions.find(|it| it.addresses.contains(&address))?;
            object.resolve(function, address)
        });
        let resolved = found.map(Arc::new);
        self.resolved.insert(address, resolved.clone());
        resolved
    }

    /// Reads the objects that were not read before, and forgets those that were
    /// withdrawn.
    fn read_objects(&mut self, first: u64) {
        let announced = announcements(self.process, first);
        self.objects
            .retain(|address, _| announced.iter().any(|entry| entry.0 == *address));
        for (address, size) in announced {
            if self.objects.contains_key(&address) || size > LARGEST_OBJECT {
                continue;
            }
            let bytes = usize::try_from(size)
                .map_err(io::Error::other)
                .and_then(|length| memory::read(self.process, address, length));
            if let Some(object) = bytes.ok().and_then(|bytes| JitObject::parse(&bytes)) {
                self.objects.insert(address, object);
            }
        }
    }
}

/// The first entry of the list of announcements, from the descriptor:
/// `struct { u32 version, u32 action, entry *relevant, entry *first }`.
fn first_entry(process: Pid, descriptor: u64) -> io::Result<u64> {
    let [_, _, first] = read_words(process, descriptor)?;
    Ok(first)
}

/// Address and size of the announced objects from an entry on, as far as the list
/// can be read: `struct entry { entry *next, entry *previous, symfile_addr,
/// symfile_size }`.
fn announcements(process: Pid, first: u64) -> Vec<(u64, u64)> {
    let mut announced = Vec::new();
    let mut entry = first;
    while entry != 0
        && announced.len() < MOST_OBJECTS
        && let Ok([next, _, address, size]) = read_words(process, entry)
    {
        announced.push((address, size));
        entry = next;
    }
    announced
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
                Some(Function {
                    name: symbol.name().ok()?.into(),
                    addresses: start..start + symbol.size(),
                })
            })
            .collect();
        let load = |section: SectionId| Ok::<_, gimli::Error>(relocated(&elf, section.name()));
        let dwarf = gimli::Dwarf::load(load).ok()?;
        let lines = addr2line::Context::from_dwarf(dwarf).ok()?;
        Some(Self { functions, lines })
    }

    /// What an instruction of a function belongs to.
    fn resolve(&self, function: &Function, address: u64) -> Option<Resolved> {
        let start = function.addresses.start;
        let rows = self.lines.find_location_range(start, address + 1).ok()?;
        let with_line = rows.filter(|(_, _, location)| location.line.is_some_and(|line| line > 0));
        let (row, length, _) = with_line.last()?;
        let folded = address >= row + length;
        let place = if folded { row } else { address };
        let code = CodePlace {
            function: Arc::clone(&function.name),
            offset: address - start,
        };
        Some(Resolved {
            frames: self.frames_at(place, address, &code)?,
            folded,
        })
    }

    /// The frames at `place`, as those of the instruction at `address`.
    fn frames_at(&self, place: u64, address: u64, code: &CodePlace) -> Option<Vec<Frame>> {
        let mut inlined = self.lines.find_frames(place).skip_all_loads().ok()?;
        let mut frames = Vec::new();
        while let Ok(Some(frame)) = inlined.next() {
            let name = frame.function.as_ref().and_then(|f| f.raw_name().ok());
            frames.push(Frame {
                function: name.map(|name| Arc::from(&*name)),
                place: frame.location.and_then(|location| {
                    Some(Place {
                        file: location.file?.into(),
                        line: LineNumber::new(location.line?)?,
                    })
                }),
                address,
                code: Some(code.clone()),
            });
        }
        Some(frames)
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
