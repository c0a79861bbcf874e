//! Where a process announces the code that it compiles.
//!
//! A just-in-time compiler announces code to debuggers by calling
//! `__jit_debug_register_code` and by a list in `__jit_debug_descriptor`.

use std::io;

use nix::unistd::Pid;
use object::elf::{SHT_DYNSYM, SHT_SYMTAB};
use object::read::StringTable;
use object::read::elf::{ElfFile64, Sym as _};
use object::{Architecture, Endianness, Object, ObjectSection, ObjectSegment, ReadCache, ReadRef};
use rustix::fs::CWD;

use crate::process::inspect::{Mapping, mappings};
use crate::regular_file::{Links, open_at};

/// Where a process announces the code that it compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JitInterface {
    /// Address of the function that is called after each announcement.
    pub register: u64,
    /// Address of the list of announcements.
    pub descriptor: u64,
    /// What the code is for.
    pub architecture: Architecture,
}

impl JitInterface {
    /// Name of the function.
    pub const REGISTER: &str = "__jit_debug_register_code";
    /// Name of the list.
    pub const DESCRIPTOR: &str = "__jit_debug_descriptor";

    /// Looks in every file mapped into a process, those named after LLVM first;
    /// `None` if none of them announces code.
    pub fn find(process: Pid) -> io::Result<Option<Self>> {
        let mut files = mappings(process)?;
        // The first part of a file says where all of it was loaded.
        files.retain(|mapping| mapping.offset == 0);
        let named_after_llvm =
            |file: &Mapping| file.path.to_string_lossy().to_lowercase().contains("llvm");
        files.sort_by_key(|file| !named_after_llvm(file));
        Ok(files.iter().find_map(Self::in_file))
    }

    /// `None` also for files that cannot be read as a shared object: fonts, caches
    /// and deleted files are mapped as well.
    fn in_file(file: &Mapping) -> Option<Self> {
        let cache = ReadCache::new(open_at(CWD, &file.path, Links::Followed).ok()?);
        let elf = ElfFile64::<Endianness, _>::parse(&cache).ok()?;
        let first_segment = elf
            .segments()
            .map(|segment| segment.address() - segment.file_range().0)
            .min()?;
        let bias = file.addresses.start.wrapping_sub(first_segment);
        let [register, descriptor] = definitions(&elf, [Self::REGISTER, Self::DESCRIPTOR])?;
        Some(Self {
            register: bias.wrapping_add(register?),
            descriptor: bias.wrapping_add(descriptor?),
            architecture: elf.architecture(),
        })
    }
}

/// The addresses at which symbols with these names are defined, where they are; `None` if a
/// table of symbols cannot be read. One whose names cannot be read is passed over.
fn definitions<'data, R: ReadRef<'data>, const N: usize>(
    elf: &ElfFile64<'data, Endianness, R>,
    names: [&str; N],
) -> Option<[Option<u64>; N]> {
    let endian = elf.endian();
    let mut found = [None; N];
    for kind in [SHT_SYMTAB, SHT_DYNSYM] {
        let sections = elf.elf_section_table();
        let table = sections.symbols(endian, elf.data(), kind).ok()?;
        if table.is_empty() {
            continue;
        }
        // All of the names are read at once. Asked for one by one, each would be a system call
        // of its own, in libraries with a hundred thousand of them.
        let strings = elf.section_by_index(table.string_section());
        let Ok(strings) = strings.and_then(|section| section.data()) else {
            continue;
        };
        let strings = StringTable::new(strings, 0, strings.len() as u64);
        for symbol in table.iter() {
            let Ok(name) = symbol.name(endian, strings) else {
                continue;
            };
            let index = names.iter().position(|it| it.as_bytes() == name);
            if let Some(index) = index.filter(|_| symbol.is_definition(endian, strings)) {
                found[index] = Some(symbol.st_value(endian));
            }
        }
    }
    Some(found)
}
