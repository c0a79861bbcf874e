//! Which functions of a library say how they are unwound.

use gimli::{BaseAddresses, EhFrame, EndianSlice, LittleEndian, UnwindSection};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, ObjectSegment, ReadCache};
use rustix::fs::CWD;

use crate::process::inspect::Mapping;
use crate::regular_file::{Links, open_at};

/// Whether the function at an address of a mapped file has unwind information in it;
/// `None` where that cannot be told, as of a file that has none at all.
pub(super) fn has_unwind_info(file: &Mapping, address: u64) -> Option<bool> {
    let cache = ReadCache::new(open_at(CWD, &file.path, Links::Followed).ok()?);
    let elf = ElfFile64::<Endianness, _>::parse(&cache).ok()?;
    let place = address.checked_sub(file.addresses.start)? + file.offset;
    let address = elf.segments().find_map(|segment| {
        let (start, length) = segment.file_range();
        let within = place.checked_sub(start).filter(|it| *it < length)?;
        Some(segment.address() + within)
    })?;
    let section = elf.section_by_name(".eh_frame")?;
    let frames = EhFrame::from(EndianSlice::new(section.data().ok()?, LittleEndian));
    let bases = BaseAddresses::default().set_eh_frame(section.address());
    let found = frames.fde_for_address(&bases, address, EhFrame::cie_from_offset);
    match found {
        Ok(_) => Some(true),
        Err(gimli::Error::NoUnwindInfoForAddress) => Some(false),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use nix::unistd::Pid;

    use super::*;
    use crate::process::inspect::mappings;

    fn mapped_at(address: usize) -> Mapping {
        let mut mappings = mappings(Pid::this()).unwrap().into_iter();
        let holds = |it: &Range<u64>| it.contains(&(address as u64));
        mappings.find(|it| holds(&it.addresses)).unwrap()
    }

    #[test]
    fn functions_of_rust_can_be_unwound_and_what_is_before_them_cannot() {
        let function = mapped_at as fn(usize) -> Mapping as usize;
        let file = mapped_at(function);
        assert_eq!(has_unwind_info(&file, function as u64), Some(true));
        // Where the file begins there is no code.
        let first = Mapping {
            offset: 0,
            ..file.clone()
        };
        assert_eq!(has_unwind_info(&first, first.addresses.start), Some(false));
    }

    #[test]
    fn of_what_is_no_library_nothing_is_known() {
        let file = Mapping {
            path: "/etc/passwd".into(),
            offset: 0,
            addresses: 0..4096,
            is_executable: false,
        };
        assert_eq!(has_unwind_info(&file, 0), None);
        assert_eq!(has_unwind_info(&file, 5000), None);
    }
}
