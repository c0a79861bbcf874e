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

use object::{
    Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SectionKind, SymbolKind,
};
use sha2::{Digest, Sha256};

use super::Elf;
use super::sections::in_front;
use crate::regular_file::{self, Links};

/// The longest object that is read, in bytes. The script could have written it.
const MOST_BYTES: u64 = 64_000_000;

/// What an object executes, as a digest: code and functions, without debug information.
type Code = [u8; 32];

/// What an object says of its code, as a digest: debug information alone.
type Description = [u8; 32];

/// How the names of Numba's constants begin that have an address in them, which is another one
/// in each process.
const NUMBERED: &[u8] = b".const.pickle";

/// A twin, with what it says.
type Twin = (Description, Arc<[u8]>);

/// The twins of one process's code.
pub struct Twins {
    folder: PathBuf,
    /// The files that were read.
    read: HashSet<OsString>,
    /// By what they execute; `None` where several execute the same and say something else of it.
    objects: HashMap<Code, Option<Twin>>,
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
            let Ok(bytes) = regular_file::read(&entry.path(), Links::Refused, MOST_BYTES) else {
                continue;
            };
            if let Ok(elf) = Elf::parse(&*bytes) {
                let (code, description) = (code(&elf), description(&elf));
                self.add(code, description, bytes.into());
            }
        }
    }

    fn add(&mut self, code: Code, description: Description, twin: Arc<[u8]>) {
        self.objects
            .entry(code)
            .and_modify(|known| {
                if known
                    .as_ref()
                    .is_some_and(|(known, _)| *known != description)
                {
                    *known = None;
                }
            })
            .or_insert(Some((description, twin)));
    }

    /// The twin of an object.
    pub(super) fn of(&self, elf: &Elf<'_>) -> Option<Arc<[u8]>> {
        if self.objects.is_empty() {
            return None;
        }
        let (_, twin) = self.objects.get(&code(elf))?.as_ref()?;
        Some(Arc::clone(twin))
    }
}

/// Tells apart what objects execute. Where they were loaded does not matter, nor how much
/// a placement put in front of the code, but whether it did.
fn code(elf: &Elf<'_>) -> Code {
    let mut digest = Sha256::new();
    let in_front = in_front(elf);
    digest.update([u8::from(in_front.is_some())]);
    let begin_of = |section| begin(in_front, section);
    for section in elf.sections() {
        if section.kind() == SectionKind::Text {
            update_with_instructions(&mut digest, elf, &section, begin_of(section.index()));
        }
    }
    let functions = elf
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
    let mut functions: Vec<_> = functions
        .filter_map(|symbol| {
            let name = symbol.name_bytes().unwrap_or_default();
            let begin = symbol.section_index().map_or(0, begin_of);
            Some((name, symbol.address().checked_sub(begin)?, symbol.size()))
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

/// Where code begins in a section.
fn begin(in_front: Option<(SectionIndex, u64)>, section: SectionIndex) -> u64 {
    match in_front {
        Some((displaced, size)) if displaced == section => size,
        _ => 0,
    }
}

/// Tells apart what objects say of their code, wherever in a section that begins.
fn description(elf: &Elf<'_>) -> Description {
    let mut digest = Sha256::new();
    let in_front = in_front(elf);
    for section in elf.sections() {
        let name = section.name_bytes().unwrap_or_default();
        if !name.starts_with(b".debug") {
            continue;
        }
        digest.update(name);
        digest.update([0]);
        digest.update(section.data().unwrap_or_default());
        for (offset, relocation) in section.relocations() {
            let RelocationTarget::Symbol(index) = relocation.target() else {
                continue;
            };
            let symbol = elf.symbol_by_index(index).ok();
            let section = symbol.as_ref().and_then(ObjectSymbol::section_index);
            let address = symbol.map_or(0, |symbol| symbol.address());
            let begin = section.map_or(0, |section| begin(in_front, section));
            let to = address
                .wrapping_add_signed(relocation.addend())
                .wrapping_sub(begin);
            digest.update(offset.to_le_bytes());
            digest.update(section.map_or(0, |section| section.0).to_le_bytes());
            digest.update(to.to_le_bytes());
        }
    }
    digest.finalize().into()
}

/// Adds the instructions of a section from an offset on, and what they refer to: calls of
/// different functions have the same bytes until they are linked.
fn update_with_instructions<'data>(
    digest: &mut Sha256,
    elf: &Elf<'data>,
    section: &impl ObjectSection<'data>,
    begin: u64,
) {
    let data = section.data().unwrap_or_default();
    let data = usize::try_from(begin).ok().and_then(|it| data.get(it..));
    let data = data.unwrap_or_default();
    digest.update((data.len() as u64).to_le_bytes());
    digest.update(data);
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(index) = relocation.target() else {
            continue;
        };
        let symbol = elf.symbol_by_index(index);
        let name = symbol.and_then(|symbol| symbol.name_bytes());
        let name = name.unwrap_or_default();
        let is_numbered = name.starts_with(NUMBERED);
        digest.update(offset.wrapping_sub(begin).to_le_bytes());
        digest.update(if is_numbered { NUMBERED } else { name });
        digest.update([0]);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;
    use object::elf::R_X86_64_PLT32;
    use object::write;
    use object::{
        Architecture, BinaryFormat, Endianness, RelocationFlags, SymbolFlags, SymbolScope,
    };

    use super::*;

    /// An object with a function of these instructions, described in some way.
    fn compiled(function: &str, instructions: &[u8], description: &[u8]) -> Vec<u8> {
        compiled_with_call(function, instructions, description, None)
    }

    /// The same, of which the instructions call another function.
    fn compiled_with_call(
        function: &str,
        instructions: &[u8],
        description: &[u8],
        callee: Option<&str>,
    ) -> Vec<u8> {
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
        if let Some(callee) = callee {
            let symbol = object.add_symbol(write::Symbol {
                name: callee.as_bytes().to_vec(),
                value: 0,
                size: 0,
                kind: SymbolKind::Text,
                scope: SymbolScope::Dynamic,
                weak: false,
                section: write::SymbolSection::Undefined,
                flags: SymbolFlags::None,
            });
            let relocation = write::Relocation {
                offset: 1,
                symbol,
                addend: -4,
                flags: RelocationFlags::Elf {
                    r_type: R_X86_64_PLT32,
                },
            };
            object.add_relocation(code, relocation).unwrap();
        }
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
        // Neither of these ever ends.
        mkfifo(&folder.path().join("fifo.o"), Mode::S_IRWXU).unwrap();
        symlink("/dev/zero", folder.path().join("zero.o")).unwrap();
        let twin = compiled("f", b"\x90\xc3", b"all lines");
        fs::write(folder.path().join("b.o"), &twin).unwrap();
        let mut twins = Twins::within(folder.path());
        twins.refresh();
        assert!(twins.of(&Elf::parse(&*twin).unwrap()).is_some());
    }

    #[test]
    fn what_calls_another_function_is_no_twin() {
        let object = |callee, description| {
            compiled_with_call("f", b"\xe8\0\0\0\0\xc3", description, Some(callee))
        };
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.o"), object("sin", b"all lines")).unwrap();
        let mut twins = Twins::within(folder.path());
        twins.refresh();
        let has_twin = |callee| {
            let announced = object(callee, b"few");
            twins.of(&Elf::parse(&*announced).unwrap()).is_some()
        };
        assert_eq!([has_twin("sin"), has_twin("cos")], [true, false]);
    }

    /// An object with the function `f` behind so many bytes, which nobody runs.
    fn displaced(bytes: u8, instructions: &[u8]) -> Vec<u8> {
        let mut code = vec![0; bytes.into()];
        code.extend_from_slice(instructions);
        let mut object =
            write::Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        let section = object.section_id(write::StandardSection::Text);
        object.append_section_data(section, &code, 16);
        let functions: [(&[u8], u64, usize); 2] = [
            (b"profila.placement", u64::from(bytes) - 1, 1),
            (b"f", bytes.into(), instructions.len()),
        ];
        for (name, value, size) in functions {
            object.add_symbol(write::Symbol {
                name: name.to_vec(),
                value,
                size: size as u64,
                kind: SymbolKind::Text,
                scope: SymbolScope::Linkage,
                weak: false,
                section: write::SymbolSection::Section(section),
                flags: SymbolFlags::None,
            });
        }
        object.write().unwrap()
    }

    #[test]
    fn code_that_lies_elsewhere_is_the_same_code() {
        let code_of = |object: &[u8]| code(&Elf::parse(object).unwrap());
        let here = code_of(&displaced(16, b"\x90\xc3"));
        assert_eq!(code_of(&displaced(48, b"\x90\xc3")), here);
        assert_ne!(code_of(&displaced(48, b"\xcc\xc3")), here);
        // A twin with nothing in front has another name, and may tell other lines.
        assert_ne!(code_of(&compiled("f", b"\x90\xc3", b"few")), here);
    }

    #[test]
    fn of_several_that_tell_other_lines_none_is_the_twin() {
        let folder = tempfile::tempdir().unwrap();
        let announced = compiled("f", b"\x90\xc3", b"few");
        let mut found = Vec::new();
        let mut twins = Twins::within(folder.path());
        for (name, lines) in [
            ("a.o", b"lines 3"),
            ("b.o", b"lines 3"),
            ("c.o", b"lines 9"),
        ] {
            fs::write(folder.path().join(name), compiled("f", b"\x90\xc3", lines)).unwrap();
            twins.refresh();
            found.push(twins.of(&Elf::parse(&*announced).unwrap()).is_some());
        }
        assert_eq!(found, [true, true, false]);
    }
}
