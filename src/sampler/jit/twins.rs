//! Twins of compiled code: objects that have the same instructions, and line tables in
//! which the places are put back that the compiler's optimisations had dropped.
//!
//! The bootstrap writes them to a folder before the code itself is announced. Whether
//! two objects are twins is decided here, by their instructions and their functions.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};
use sha2::{Digest, Sha256};

use super::Elf;

/// What an object executes, as a digest: code and functions, without debug information.
type Code = [u8; 32];

/// The twins of one process's code.
pub struct Twins {
    folder: PathBuf,
    /// The files that were read.
    read: HashSet<OsString>,
    objects: HashMap<Code, Arc<[u8]>>,
}

impl Twins {
    /// The twins in a folder, none of them read yet. It need not exist.
    pub fn within(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            read: HashSet::new(),
            objects: HashMap::new(),
        }
    }

    /// Reads the files that were written since the last time. What cannot be read is no
    /// twin of anything.
    pub(super) fn refresh(&mut self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            // Others are still being written.
            let is_whole = Path::new(&name).extension().is_some_and(|it| it == "o");
            if !is_whole || !self.read.insert(name) {
                continue;
            }
            let Ok(bytes) = fs::read(entry.path()) else {
                continue;
            };
            if let Ok(elf) = Elf::parse(&*bytes) {
                self.objects.insert(code(&elf), bytes.into());
            }
        }
    }

    /// The twin of an object.
    pub(super) fn of(&self, elf: &Elf<'_>) -> Option<Arc<[u8]>> {
        if self.objects.is_empty() {
            return None;
        }
        self.objects.get(&code(elf)).cloned()
    }
}

/// Tells apart what objects execute. Where they were loaded does not matter.
fn code(elf: &Elf<'_>) -> Code {
    let mut digest = Sha256::new();
    for section in elf.sections() {
        if section.kind() == SectionKind::Text {
            let data = section.data().unwrap_or_default();
            digest.update((data.len() as u64).to_le_bytes());
            digest.update(data);
        }
    }
    let functions = elf
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
    let mut functions: Vec<_> = functions
        .map(|symbol| {
            let name = symbol.name_bytes().unwrap_or_default();
            (name, symbol.address(), symbol.size())
        })
        .collect();
    functions.sort_unstable();
    for (name, address, size) in functions {
        digest.update(name);
        digest.update([0]);
        digest.update(address.to_le_bytes());
        digest.update(size.to_le_bytes());
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use object::write;
    use object::{Architecture, BinaryFormat, Endianness, SymbolFlags, SymbolScope};

    use super::*;

    /// An object with a function of these instructions, described in some way.
    fn compiled(function: &str, instructions: &[u8], description: &[u8]) -> Vec<u8> {
        let mut object =
            write::Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        let code = object.section_id(write::StandardSection::Text);
        object.append_section_data(code, instructions, 16);
        object.add_symbol(write::Symbol {
            name: function.as_bytes().to_vec(),
            value: 0,
            size: instructions.len() as u64,
            kind: SymbolKind::Text,
            scope: SymbolScope::Linkage,
            weak: false,
            section: write::SymbolSection::Section(code),
            flags: SymbolFlags::None,
        });
        let debug = object.add_section(Vec::new(), b".debug_line".to_vec(), SectionKind::Debug);
        object.append_section_data(debug, description, 1);
        object.write().unwrap()
    }

    /// Whether an object in the folder, with the function `f` of two instructions, is the
    /// twin of this one.
    #[track_caller]
    fn check(file: &str, announced: &[u8], is_twin: bool) {
        let folder = tempfile::tempdir().unwrap();
        let twin = compiled("f", b"\x90\xc3", b"all lines");
        fs::write(folder.path().join(file), &twin).unwrap();
        let mut twins = Twins::within(folder.path());
        twins.refresh();
        let found = twins.of(&Elf::parse(announced).unwrap());
        assert_eq!(found.as_deref(), is_twin.then_some(&*twin));
    }

    #[test]
    fn what_executes_the_same_is_a_twin_however_it_is_described() {
        check("a.o", &compiled("f", b"\x90\xc3", b"few"), true);
    }

    #[test]
    fn other_instructions_or_functions_make_no_twin() {
        check("a.o", &compiled("f", b"\x90\x90\xc3", b"few"), false);
        check("a.o", &compiled("f", b"\xcc\xc3", b"few"), false);
        check("a.o", &compiled("g", b"\x90\xc3", b"few"), false);
    }

    #[test]
    fn what_is_still_being_written_is_not_read() {
        check(".a.42", &compiled("f", b"\x90\xc3", b"few"), false);
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_twins() {
        let mut twins = Twins::within(Path::new("/no/such/folder"));
        twins.refresh();
        let object = compiled("f", b"\x90\xc3", b"few");
        assert!(twins.of(&Elf::parse(&*object).unwrap()).is_none());
    }

    #[test]
    fn what_is_no_object_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.o"), b"\x7fELF and no more").unwrap();
        let twin = compiled("f", b"\x90\xc3", b"all lines");
        fs::write(folder.path().join("b.o"), &twin).unwrap();
        let mut twins = Twins::within(folder.path());
        twins.refresh();
        assert!(twins.of(&Elf::parse(&*twin).unwrap()).is_some());
    }
}
