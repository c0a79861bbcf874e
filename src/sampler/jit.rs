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

mod code;
mod interface;
mod sections;
mod twins;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use gimli::{EndianArcSlice, LittleEndian, SectionId};
use nix::unistd::Pid;
use object::read::elf::ElfFile64;
use object::{LittleEndian as ObjectLittleEndian, Object, ObjectSymbol, SymbolKind};

use self::code::Text;
pub use self::code::{CodeRow, FunctionCode};
pub use self::interface::JitInterface;
use self::sections::{loaded_address, loaded_section, relocated};
pub use self::twins::Twins;
use super::CodeLines;
use crate::process::memory;
use crate::sample::{CodePlace, Frame, Place};
use crate::source::LineNumber;
use crate::symbols::without_addresses;

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
    first: Option<Announcement>,
    objects: HashMap<Announcement, JitObject>,
    twins: Twins,
    /// Where each function begins, in which object it is, and its place there.
    starts: BTreeMap<u64, (Announcement, usize)>,
    /// The lines of all code that was ever read.
    lines: CodeLines,
    /// Objects that were announced after those that were read first.
    later: usize,
    /// What was found at each address that was asked for.
    resolved: HashMap<u64, Option<Arc<Resolved>>>,
}

/// An entry in the list of what is announced. Memory is used again: only all of it
/// together tells one object from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Announcement {
    /// Where the entry is.
    entry: u64,
    /// Where the next entry is, 0 at the end.
    next: u64,
    /// Where the object is.
    address: u64,
    /// Its length in bytes.
    size: u64,
}

/// One announced object.
struct JitObject {
    functions: Vec<Function>,
    text: Text,
    lines: addr2line::Context<Bytes>,
    /// Where it was loaded how to unwind its functions (`.eh_frame`).
    unwind_table: Option<Range<u64>>,
    /// The same as it was read.
    unwind_bytes: OnceCell<Arc<[u8]>>,
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
    pub fn new(process: Pid, interface: &JitInterface, twins: Twins) -> Self {
        Self {
            process,
            descriptor: interface.descriptor,
            first: None,
            objects: HashMap::new(),
            twins,
            starts: BTreeMap::new(),
            lines: CodeLines::new(),
            later: 0,
            resolved: HashMap::new(),
        }
    }

    /// Reads what was announced since the last time. What cannot be read stays
    /// unknown. It costs two system calls where there is nothing new.
    pub fn refresh(&mut self) {
        let first = first_entry(self.process, self.descriptor)
            .and_then(|entry| Announcement::read(self.process, entry));
        let Ok(first) = first else {
            return;
        };
        if Some(first) != self.first {
            let is_later = self.first.replace(first).is_some();
            self.resolved.clear();
            let read = self.read_objects(first.entry);
            self.later += if is_later { read } else { 0 };
        }
    }

    /// The lines that have machine instructions in the code that was read so far, be it
    /// where they are or where they were inlined.
    pub const fn lines(&self) -> &CodeLines {
        &self.lines
    }

    /// How many objects were announced after those that were read first.
    pub const fn later(&self) -> usize {
        self.later
    }

    /// What the instruction at an address belongs to; `None` where no code is announced.
    pub fn resolve(&mut self, address: u64) -> Option<Arc<Resolved>> {
        if let Some(known) = self.resolved.get(&address) {
            return known.clone();
        }
        let resolved = self.look_up(address).map(Arc::new);
        self.resolved.insert(address, resolved.clone());
        resolved
    }

    /// How to unwind the function at an address (`.eh_frame` of all that was compiled with it),
    /// and where that was loaded; `None` where no code is announced.
    pub fn unwind_table(&self, address: u64) -> Option<(u64, Arc<[u8]>)> {
        let (object, _) = self.function(address)?;
        let Range { start, end } = object.unwind_table.clone()?;
        if let Some(bytes) = object.unwind_bytes.get() {
            return Some((start, Arc::clone(bytes)));
        }
        // It is complete by now: the code has run.
        let length = usize::try_from(end - start).ok()?;
        let bytes: Arc<[u8]> = memory::read(self.process, start, length).ok()?.into();
        let bytes = object.unwind_bytes.get_or_init(|| bytes);
        Some((start, Arc::clone(bytes)))
    }

    /// Whether code is announced at an address.
    pub fn has(&self, address: u64) -> bool {
        self.function(address).is_some()
    }

    fn look_up(&self, address: u64) -> Option<Resolved> {
        let (object, function) = self.function(address)?;
        Some(object.resolve(function, address))
    }

    /// The function at an address, and the object that it is in.
    fn function(&self, address: u64) -> Option<(&JitObject, &Function)> {
        let (_, (announcement, index)) = self.starts.range(..=address).next_back()?;
        let object = self.objects.get(announcement)?;
        let function = &object.functions[*index];
        let is_within = function.addresses.contains(&address);
        is_within.then_some((object, function))
    }

    /// Reads the objects that were not read before, and forgets those that were
    /// withdrawn. How many were read.
    fn read_objects(&mut self, first: u64) -> usize {
        let mut read = 0;
        let announced = announcements(self.process, first);
        let still_there: HashSet<&Announcement> = announced.iter().collect();
        self.objects.retain(|known, _| still_there.contains(known));
        self.twins.refresh();
        for announcement in announced {
            let Announcement { address, size, .. } = announcement;
            if self.objects.contains_key(&announcement) || size > LARGEST_OBJECT {
                continue;
            }
            let bytes = usize::try_from(size)
                .map_err(io::Error::other)
                .and_then(|length| memory::read(self.process, address, length));
            if let Some(object) = bytes
                .ok()
                .and_then(|bytes| JitObject::parse(&bytes, &self.twins))
            {
                read += 1;
                object.add_lines(&mut self.lines);
                self.objects.insert(announcement, object);
            }
        }
        let functions = self.objects.iter().flat_map(|(announcement, object)| {
            let functions = object.functions.iter().enumerate();
            functions.map(|(index, it)| (it.addresses.start, (*announcement, index)))
        });
        self.starts = functions.collect();
        read
    }
}

/// The first entry of the list of announcements, from the descriptor:
/// `struct { u32 version, u32 action, entry *relevant, entry *first }`.
fn first_entry(process: Pid, descriptor: u64) -> io::Result<u64> {
    let [_, _, first] = read_words(process, descriptor)?;
    Ok(first)
}

/// The announced objects from an entry on, as far as the list can be read.
fn announcements(process: Pid, first: u64) -> Vec<Announcement> {
    let mut announced = Vec::new();
    let mut entry = first;
    while entry != 0
        && announced.len() < MOST_OBJECTS
        && let Ok(announcement) = Announcement::read(process, entry)
    {
        announced.push(announcement);
        entry = announcement.next;
    }
    announced
}

impl Announcement {
    /// `struct entry { entry *next, entry *previous, symfile_addr, symfile_size }`.
    fn read(process: Pid, entry: u64) -> io::Result<Self> {
        let [next, _, address, size] = read_words(process, entry)?;
        Ok(Self {
            entry,
            next,
            address,
            size,
        })
    }
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
    /// `None` if these bytes are no object, or were changed while they were read. It may have
    /// no line table.
    fn parse(bytes: &[u8], twins: &Twins) -> Option<Self> {
        let elf = Elf::parse(bytes).ok()?;
        let functions = elf
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0)
            .filter_map(|symbol| {
                let start = loaded_address(&elf, symbol.section_index()?, symbol.address())?;
                Some(Function {
                    name: without_addresses(symbol.name().ok()?).into(),
                    addresses: start..start + symbol.size(),
                })
            })
            .collect::<Vec<_>>();
        let twin = twins.of(&elf);
        let twin = twin.as_ref().and_then(|bytes| Elf::parse(&**bytes).ok());
        let described = twin.as_ref().unwrap_or(&elf);
        let load =
            |section: SectionId| Ok::<_, gimli::Error>(relocated(described, section.name(), &elf));
        let dwarf = gimli::Dwarf::load(load).ok()?;
        let lines = addr2line::Context::from_dwarf(dwarf).ok()?;
        let object = Self {
            functions,
            text: Text::of(&elf),
            lines,
            unwind_table: loaded_section(&elf, ".eh_frame"),
            unwind_bytes: OnceCell::new(),
        };
        // What is asked for later is asked for while the process stands still: the tables
        // are read now, and not then.
        for function in &object.functions {
            object.resolve(function, function.addresses.start);
        }
        Some(object)
    }

    /// Adds the lines that its instructions belong to, and those that these were inlined
    /// into.
    fn add_lines(&self, lines: &mut CodeLines) {
        for Range { start, end } in self.functions.iter().map(|it| it.addresses.clone()) {
            let rows = self.lines.find_location_range(start, end);
            for (address, _, _) in rows.ok().into_iter().flatten() {
                let Ok(mut frames) = self.lines.find_frames(address).skip_all_loads() else {
                    continue;
                };
                while let Ok(Some(frame)) = frames.next() {
                    add_line(frame.location, lines);
                }
            }
        }
    }

    /// What an instruction of a function belongs to. Where the function has no line table, it is
    /// that function and no line.
    fn resolve(&self, function: &Function, address: u64) -> Resolved {
        self.placed(function, address).unwrap_or_else(|| Resolved {
            frames: vec![Frame {
                function: Some(Arc::clone(&function.name)),
                place: None,
                address,
                code: Some(CodePlace {
                    function: Arc::clone(&function.name),
                    offset: address - function.addresses.start,
                }),
            }],
            folded: false,
        })
    }

    /// The lines that an instruction belongs to; `None` where there are none before it.
    fn placed(&self, function: &Function, address: u64) -> Option<Resolved> {
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
                function: name.map(|name| Arc::from(without_addresses(&name))),
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

/// Adds the line of a location, if it has one.
fn add_line(location: Option<addr2line::Location<'_>>, lines: &mut CodeLines) {
    let Some((file, line)) = location.and_then(|it| Some((it.file?, LineNumber::new(it.line?)?)))
    else {
        return;
    };
    match lines.get_mut(file) {
        Some(known) => known.insert(line),
        None => lines.entry(file.into()).or_default().insert(line),
    };
}
