//! The machine code of compiled functions, as the compiler wrote it: calls and addresses of
//! data are names and not numbers, so that it is the same in all processes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use object::read::elf::ElfSection64;
use object::{
    LittleEndian, Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionKind, SymbolIndex,
};

use super::{Announcement, Elf, Function, JitCode, JitObject};
use crate::sample::{CodePlace, Place};
use crate::symbols::without_addresses;

/// A function that Numba compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionCode {
    /// Its name, as the compiler gave it.
    pub name: Arc<str>,
    /// Its instructions, before they were linked.
    pub bytes: Vec<u8>,
    /// From which byte on it belongs to which lines, in ascending order.
    pub rows: Vec<CodeRow>,
    /// The names that are put in when it is linked, with the byte at which each is.
    pub symbols: Symbols,
}

/// Names, with the byte at which each is.
type Symbols = Vec<(u32, Arc<str>)>;

/// Instructions of the same lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// The first byte.
    pub offset: u32,
    /// The line and those that it was inlined into, innermost first; none where it has none.
    pub places: Vec<Place>,
}

/// The sections of an object that have instructions.
pub(super) struct Text {
    sections: Vec<Section>,
}

struct Section {
    /// Where it was loaded.
    loaded: Range<u64>,
    bytes: Vec<u8>,
    /// By offset. Many are of the same name.
    symbols: Vec<(u64, Arc<str>)>,
}

impl Text {
    pub(super) fn of(elf: &Elf<'_>) -> Self {
        let mut names: HashMap<SymbolIndex, Option<Arc<str>>> = HashMap::new();
        let mut of_section = |section: ElfSection64<'_, '_, LittleEndian>| {
            let bytes = section.data().unwrap_or_default().to_vec();
            let symbols = section.relocations().filter_map(|(offset, relocation)| {
                let RelocationTarget::Symbol(index) = relocation.target() else {
                    return None;
                };
                let name = names.entry(index).or_insert_with(|| name(elf, index));
                Some((offset, Arc::clone(name.as_ref()?)))
            });
            let mut symbols: Vec<_> = symbols.collect();
            symbols.sort_unstable();
            let begin = section.address();
            Some(Section {
                loaded: begin..begin.checked_add(bytes.len() as u64)?,
                bytes,
                symbols,
            })
        };
        let sections = elf.sections();
        let sections = sections.filter(|section| section.kind() == SectionKind::Text);
        Self {
            sections: sections.filter_map(&mut of_section).collect(),
        }
    }

    /// The bytes of a function, and the names in it.
    fn function(&self, addresses: &Range<u64>) -> Option<(Vec<u8>, Symbols)> {
        let section = self
            .sections
            .iter()
            .find(|it| it.loaded.start <= addresses.start && addresses.end <= it.loaded.end)?;
        let begin = addresses.start - section.loaded.start;
        let end = addresses.end - section.loaded.start;
        let bytes = section.bytes.get(index(begin)?..index(end)?)?.to_vec();
        let from = section
            .symbols
            .partition_point(|(offset, _)| *offset < begin);
        let symbols = section.symbols[from..].iter();
        let symbols = symbols.take_while(|(offset, _)| *offset < end);
        let symbols = symbols
            .filter_map(|(offset, name)| Some((u32::try_from(offset - begin).ok()?, name.clone())));
        Some((bytes, symbols.collect()))
    }
}

fn index(offset: u64) -> Option<usize> {
    usize::try_from(offset).ok()
}

/// The name of a symbol, or of the section that it stands for.
fn name(elf: &Elf<'_>, index: SymbolIndex) -> Option<Arc<str>> {
    let symbol = elf.symbol_by_index(index).ok()?;
    if let Some(name) = symbol.name().ok().filter(|name| !name.is_empty()) {
        return Some(without_addresses(name).into());
    }
    let section = elf.section_by_index(symbol.section_index()?).ok()?;
    Some(section.name().ok()?.into())
}

impl JitCode {
    /// The functions that instructions belong to, by name. Numba links what a function calls into
    /// it, so that several may have the same name: of those, the one with the most of these
    /// instructions.
    pub fn functions_at(&self, addresses: impl Iterator<Item = u64>) -> Vec<FunctionCode> {
        let mut counts: HashMap<(Announcement, usize), u64> = HashMap::new();
        for address in addresses {
            if let Some((_, &(announcement, index))) = self.starts.range(..=address).next_back() {
                *counts.entry((announcement, index)).or_default() += 1;
            }
        }
        let mut best: BTreeMap<&str, (u64, &JitObject, &Function)> = BTreeMap::new();
        for ((announcement, index), count) in counts {
            let Some(object) = self.objects.get(&announcement) else {
                continue;
            };
            let function = &object.functions[index];
            let known = best.get(&*function.name);
            // Where they have as many, that at the lower address.
            let key = |count, function: &Function| (count, Reverse(function.addresses.start));
            if known.is_none_or(|(most, _, it)| key(*most, it) < key(count, function)) {
                best.insert(&function.name, (count, object, function));
            }
        }
        let best = best.into_values();
        best.filter_map(|(_, object, function)| object.code(function))
            .collect()
    }
}

impl JitObject {
    fn code(&self, function: &Function) -> Option<FunctionCode> {
        let (bytes, symbols) = self.text.function(&function.addresses)?;
        Some(FunctionCode {
            name: Arc::clone(&function.name),
            bytes,
            rows: self.rows(function),
            symbols,
        })
    }

    /// Where the lines of a function's instructions change. Those without a line belong to that
    /// of the code before them.
    fn rows(&self, function: &Function) -> Vec<CodeRow> {
        let Range { start, end } = function.addresses.clone();
        let located = self.lines.find_location_range(start, end);
        let mut rows: Vec<CodeRow> = Vec::new();
        for (address, _, location) in located.ok().into_iter().flatten() {
            let has_line = location.line.is_some_and(|line| line > 0);
            let Some(offset) = address.checked_sub(start).filter(|_| has_line) else {
                continue;
            };
            let code = CodePlace {
                function: Arc::clone(&function.name),
                offset,
            };
            let frames = self.frames_at(address, address, &code).unwrap_or_default();
            let places: Vec<Place> = frames.into_iter().filter_map(|it| it.place).collect();
            if rows.last().is_none_or(|last| last.places != places)
                && let Ok(offset) = u32::try_from(offset)
            {
                rows.push(CodeRow { offset, places });
            }
        }
        rows
    }
}
