//! The stub: a tiny object file that tells gdb where compiled code is announced.
//!
//! In the wheels of llvmlite the two symbols are local ones among 175,000 others: gdb 15
//! does not find them at all, and any gdb that reads that library stops the script for
//! seconds. So we look the two up and hand gdb an object with nothing else in it.

use std::io;
use std::path::Path;

use object::write::{Object, Symbol, SymbolSection};
use object::{BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope};
use tempfile::NamedTempFile;

use crate::sampler::jit::JitInterface;

/// Writes the stub into a folder. It goes when the result is dropped.
pub(super) fn write_stub(interface: &JitInterface, folder: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new()
        .prefix("jit-")
        .suffix(".o")
        .tempfile_in(folder)?;
    std::fs::write(file.path(), stub(interface)?)?;
    Ok(file)
}

/// The object file for gdb's `add-symbol-file`: both names as global symbols at
/// the start of `.text` and `.data`.
pub fn stub(interface: &JitInterface) -> io::Result<Vec<u8>> {
    let mut object = Object::new(
        BinaryFormat::Elf,
        interface.architecture,
        Endianness::Little,
    );
    let (text, data) = (JitInterface::REGISTER, JitInterface::DESCRIPTOR);
    let sections = [
        (".text", SectionKind::Text, SymbolKind::Text, text),
        (".data", SectionKind::Data, SymbolKind::Data, data),
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

#[cfg(test)]
mod tests {
    use object::{Architecture, Object as _, ObjectSymbol as _};

    use super::*;

    #[test]
    fn the_stub_has_both_names_as_global_symbols() {
        let interface = JitInterface {
            register: 0x1000,
            descriptor: 0x2000,
            architecture: Architecture::X86_64,
        };
        let bytes = stub(&interface).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        for name in [JitInterface::REGISTER, JitInterface::DESCRIPTOR] {
            let symbol = file.symbol_by_name(name).unwrap();
            assert!(symbol.is_global() && symbol.is_definition(), "{name}");
        }
    }
}
