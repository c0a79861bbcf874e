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
