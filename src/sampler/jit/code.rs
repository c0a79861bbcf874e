//! The machine code of compiled functions, as the compiler wrote it: calls and addresses of
//! data are names and not numbers, so that it is the same in all processes.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionKind};

use super::{Elf, Function, JitCode, JitObject};
use crate::sample::Place;

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
type Symbols = Vec<(u32, String)>;

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
    /// By offset.
    symbols: Vec<(u64, String)>,
}

impl Text {
    pub(super) fn of(elf: &Elf<'_>) -> Self {
        let sections = elf
            .sections()
            .filter(|section| section.kind() == SectionKind::Text)
            .map(|section| {
                let bytes = section.data().unwrap_or_default().to_vec();
                let symbols = section.relocations().filter_map(|(offset, relocation)| {
                    let RelocationTarget::Symbol(index) = relocation.target() else {
                        return None;
                    };
                    let symbol = elf.symbol_by_index(index).ok()?;
                    let name = symbol.name().ok().filter(|name| !name.is_empty());
                    let section = || elf.section_by_index(symbol.section_index()?).ok();
                    let name = name.map(str::to_owned).or_else(|| {
                        let section = section()?;
                        Some(section.name().ok()?.to_owned())
                    });
                    Some((offset, name?))
                });
                let mut symbols: Vec<_> = symbols.collect();
                symbols.sort_unstable();
                Section {
                    loaded: section.address()..section.address() + bytes.len() as u64,
                    bytes,
                    symbols,
                }
            })
            .collect();
        Self { sections }
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
        let symbols = section.symbols.iter();
        let symbols = symbols.filter(|(offset, _)| (begin..end).contains(offset));
        let symbols = symbols
            .filter_map(|(offset, name)| Some((u32::try_from(offset - begin).ok()?, name.clone())));
        Some((bytes, symbols.collect()))
    }
}

fn index(offset: u64) -> Option<usize> {
    usize::try_from(offset).ok()
}

impl JitCode {
    /// The functions of these names.
    pub fn functions(&self, names: &HashSet<&str>) -> Vec<FunctionCode> {
        let objects = self.objects.values();
        let functions = objects.flat_map(|object| {
            let wanted = object.functions.iter();
            let wanted = wanted.filter(|it| names.contains(&*it.name));
            wanted.filter_map(|function| object.code(function))
        });
        let mut functions: Vec<_> = functions.collect();
        functions.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        functions
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

    /// Where the lines of a function's instructions change.
    fn rows(&self, function: &Function) -> Vec<CodeRow> {
        let Range { start, end } = function.addresses.clone();
        let located = self.lines.find_location_range(start, end);
        let rows = located.ok().into_iter().flatten();
        // Behind a row there may be instructions without a line.
        let begins = rows.flat_map(|(address, length, _)| [address, address + length]);
        let mut begins: Vec<u64> = begins.chain([start]).collect();
        begins.retain(|address| function.addresses.contains(address));
        begins.sort_unstable();
        begins.dedup();
        let mut rows: Vec<CodeRow> = Vec::new();
        for address in begins {
            let resolved = self.resolve(function, address);
            let frames = resolved.map(|it| it.frames).unwrap_or_default();
            let places: Vec<Place> = frames.into_iter().filter_map(|it| it.place).collect();
            if rows.last().is_none_or(|last| last.places != places)
                && let Ok(offset) = u32::try_from(address - start)
            {
                rows.push(CodeRow { offset, places });
            }
        }
        rows
    }
}
