//! The sections of an announced object, and where they were loaded.

use std::ops::Range;
use std::sync::Arc;

use gimli::LittleEndian;
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationKind, RelocationTarget, SectionIndex,
    SectionKind,
};

use super::{Bytes, Elf};

/// Where a place in a section was loaded; the loader writes the address of each
/// section it loads into the announced object.
pub(super) fn loaded_address(
    elf: &Elf<'_>,
    section: object::SectionIndex,
    offset: u64,
) -> Option<u64> {
    Some(elf.section_by_index(section).ok()?.address() + offset)
}

/// Where a section was loaded. In the announced object it has not the addresses that the code was
/// loaded at.
pub(super) fn loaded_section(elf: &Elf<'_>, name: &str) -> Option<Range<u64>> {
    let section = elf.section_by_name(name)?;
    let start = section.address();
    Some(start..start.checked_add(section.size())?)
}

/// What the placement of a run puts before the code (`_displace` of the bootstrap).
const IN_FRONT: &[u8] = b"profila.placement";

/// In which section there is something in front of the code, and how many bytes that takes.
/// `None` where there is nothing, or where it is not in front of all functions.
pub(super) fn in_front(elf: &Elf<'_>) -> Option<(SectionIndex, u64)> {
    let is_in_front = |name: object::Result<&[u8]>| name.is_ok_and(|name| name == IN_FRONT);
    let symbol = elf.symbols().find(|it| is_in_front(it.name_bytes()))?;
    let section = symbol.section_index()?;
    if elf.section_by_index(section).ok()?.kind() != SectionKind::Text {
        return None;
    }
    let end = symbol.address().checked_add(symbol.size())?;
    let mut functions = elf.symbols().filter(|it| {
        it.section_index() == Some(section) && it.size() > 0 && it.index() != symbol.index()
    });
    functions
        .all(|it| it.address() >= end)
        .then_some((section, end))
}

/// A section of debug information with its relocations applied: the object is as the
/// compiler wrote it. Empty if there is no such section. Where code is, `loaded` says:
/// the object itself, or that which it is a twin of, with more or less in front.
pub(super) fn relocated(elf: &Elf<'_>, name: &str, loaded: &Elf<'_>) -> Bytes {
    let Some(section) = elf.section_by_name(name) else {
        return Bytes::new(Arc::default(), LittleEndian);
    };
    let code_section = in_front(elf).map(|(section, _)| section);
    let [before, after] = [elf, loaded].map(|elf| in_front(elf).map_or(0, |(_, size)| size));
    let moved = after.wrapping_sub(before);
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
            .and_then(|index| {
                let name = elf.section_by_index(index).ok()?.name_bytes().ok()?;
                let section = loaded.section_by_name_bytes(name)?;
                let moved = if code_section == Some(index) {
                    moved
                } else {
                    0
                };
                Some((section.address() + symbol.address()).wrapping_add(moved))
            })
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
