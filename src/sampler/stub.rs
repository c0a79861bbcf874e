//! The stub: a tiny object file that tells gdb where compiled code is announced.
//!
//! A just-in-time compiler announces code to debuggers by calling
//! `__jit_debug_register_code` and by a list in `__jit_debug_descriptor`. In the
//! wheels of llvmlite both are local symbols among 175,000 others: gdb 15 does not
//! find them at all, and any gdb that reads that library stops the script for
//! seconds. So we look the two up and hand gdb an object with nothing else in it.

use std::io;

use nix::unistd::Pid;
use object::read::elf::ElfFile64;
use object::write::{Object as WriteObject, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, Object, ObjectSegment, ObjectSymbol, ReadCache,
    SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};
use rustix::fs::CWD;

use crate::regular_file::{Links, open_at};
use crate::target::memory::{Mapping, mappings};

const REGISTER: &str = "__jit_debug_register_code";
const DESCRIPTOR: &str = "__jit_debug_descriptor";

/// Where a process announces the code that it compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JitInterface {
    /// Address of the function that is called after each announcement.
    pub register: u64,
    /// Address of the list of announcements.
    pub descriptor: u64,
    architecture: Architecture,
}

impl JitInterface {
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
        let mut register = None;
        let mut descriptor = None;
        for symbol in elf.symbols().chain(elf.dynamic_symbols()) {
            match symbol.name() {
                Ok(REGISTER) if symbol.is_definition() => register = Some(symbol.address()),
                Ok(DESCRIPTOR) if symbol.is_definition() => descriptor = Some(symbol.address()),
                _ => {}
            }
        }
        Some(Self {
            register: bias.wrapping_add(register?),
            descriptor: bias.wrapping_add(descriptor?),
            architecture: elf.architecture(),
        })
    }

    /// The object file for gdb's `add-symbol-file`: both names as global symbols at
    /// the start of `.text` and `.data`.
    pub fn stub(&self) -> io::Result<Vec<u8>> {
        let mut object = WriteObject::new(
            BinaryFormat::Elf,
            self.architecture,
            object::Endianness::Little,
        );
        let sections = [
            (".text", SectionKind::Text, SymbolKind::Text, REGISTER),
            (".data", SectionKind::Data, SymbolKind::Data, DESCRIPTOR),
        ];
        for (section_name, section_kind, symbol_kind, name) in sections {
            let section = object.add_section(Vec::new(), section_name.into(), section_kind);
            object.append_section_data(section, &[0; 32], 16);
            object.add_symbol(Symbol {
                name: name.into(),
                value: 0,
                size: 32,
                kind: symbol_kind,
                scope: SymbolScope::Dynamic,
                weak: false,
                section: SymbolSection::Section(section),
                flags: SymbolFlags::None,
            });
        }
        object.write().map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stub_has_both_names_as_global_symbols() {
        let interface = JitInterface {
            register: 0x1000,
            descriptor: 0x2000,
            architecture: Architecture::X86_64,
        };
        let bytes = interface.stub().unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        for name in [REGISTER, DESCRIPTOR] {
            let symbol = file.symbol_by_name(name).unwrap();
            assert!(symbol.is_global() && symbol.is_definition(), "{name}");
        }
    }
}
