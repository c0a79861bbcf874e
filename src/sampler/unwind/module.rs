//! What is written about the functions of a library, and of code that was compiled on the way.

use std::cell::OnceCell;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use gimli::{
    BaseAddresses, EhFrame, EhFrameHdr, EndianArcSlice, Expression, NativeEndian, ParsedEhFrameHdr,
    Register, UnwindContext, UnwindExpression, UnwindSection, UnwindTableRow,
};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, ObjectSegment, ReadCache};
use rustix::fs::CWD;

use crate::process::inspect::Mapping;
use crate::regular_file::{Links, open_at};

pub(super) type Bytes = EndianArcSlice<NativeEndian>;

/// Bytes of an address.
pub(super) const ADDRESS: u8 = 8;

/// A file that is mapped into the process.
pub(super) struct Module {
    pub(super) path: PathBuf,
    addresses: Vec<Range<u64>>,
    /// Where the file's beginning is.
    begin: u64,
    table: OnceCell<Option<Table>>,
}

impl Module {
    pub(super) fn contains(&self, address: u64) -> bool {
        self.addresses.iter().any(|range| range.contains(&address))
    }

    /// What is written about its functions. The file is read when that is first asked for, since
    /// a process has many, and few of them matter.
    pub(super) fn table(&self) -> Option<&Table> {
        self.table.get_or_init(|| Table::of_file(self)).as_ref()
    }
}

/// Adds the files that are mapped and not among the modules.
pub(super) fn add_new(modules: &mut Vec<Module>, mapped: &[Mapping]) {
    for mapping in mapped.iter().filter(|it| it.is_executable) {
        let is_known = |module: &&mut Module| module.path == mapping.path;
        if let Some(module) = modules.iter_mut().find(is_known) {
            if !module.addresses.contains(&mapping.addresses) {
                module.addresses.push(mapping.addresses.clone());
            }
            continue;
        }
        let mut of_file = mapped.iter().filter(|it| it.path == mapping.path);
        let Some(first) = of_file.find(|it| it.offset == 0) else {
            continue;
        };
        modules.push(Module {
            path: mapping.path.clone(),
            addresses: vec![mapping.addresses.clone()],
            begin: first.addresses.start,
            table: OnceCell::new(),
        });
    }
}

/// What is written about functions.
#[derive(Clone)]
pub(super) struct Table {
    section: EhFrame<Bytes>,
    /// By which an address is found; all of the section is searched without it.
    index: Option<Arc<ParsedEhFrameHdr<Bytes>>>,
    bases: BaseAddresses,
    /// How much higher the code is than what is written says.
    bias: u64,
}

/// Says what processor a section is for.
fn set_up(section: &mut EhFrame<Bytes>) {
    section.set_address_size(ADDRESS);
    #[cfg(target_arch = "aarch64")]
    section.set_vendor(gimli::Vendor::AArch64);
}

impl Table {
    /// That of a section as it is in the memory of the process.
    pub(super) fn of_section(at: u64, bytes: Arc<[u8]>) -> Self {
        let mut section = EhFrame::from(Bytes::new(bytes, NativeEndian));
        set_up(&mut section);
        Self {
            section,
            index: None,
            bases: BaseAddresses::default().set_eh_frame(at),
            bias: 0,
        }
    }

    fn of_file(module: &Module) -> Option<Self> {
        let cache = ReadCache::new(open_at(CWD, &module.path, Links::Followed).ok()?);
        let elf = ElfFile64::<Endianness, _>::parse(&cache).ok()?;
        let first_segment = elf
            .segments()
            .map(|segment| segment.address().wrapping_sub(segment.file_range().0))
            .min()?;
        let bytes = |name: &str| {
            let section = elf.section_by_name(name)?;
            let data = section.data().ok()?;
            Some((section.address(), Bytes::new(Arc::from(data), NativeEndian)))
        };
        let (at, data) = bytes(".eh_frame")?;
        let mut bases = BaseAddresses::default().set_eh_frame(at);
        let mut section = EhFrame::from(data);
        set_up(&mut section);
        let index = bytes(".eh_frame_hdr").and_then(|(at, data)| {
            bases = bases.clone().set_eh_frame_hdr(at);
            let header = EhFrameHdr::from(data).parse(&bases, ADDRESS).ok()?;
            header.table().is_some().then(|| Arc::new(header))
        });
        Some(Self {
            section,
            index,
            bases,
            bias: module.begin.wrapping_sub(first_segment),
        })
    }

    /// An address as it is written.
    pub(super) const fn unbiased(&self, address: u64) -> u64 {
        address.wrapping_sub(self.bias)
    }

    /// The register that has, or would have, the address to return to.
    #[cfg(target_arch = "x86_64")]
    pub(super) const RETURN_ADDRESS: Register = Register(16);
    #[cfg(target_arch = "aarch64")]
    pub(super) const RETURN_ADDRESS: Register = Register(30);

    /// What computes an address, as it is written.
    pub(super) fn expression(&self, it: &UnwindExpression<usize>) -> Option<Expression<Bytes>> {
        it.get(&self.section).ok()
    }

    /// What is written about the instruction at an address.
    pub(super) fn row<'c>(
        &self,
        address: u64,
        context: &'c mut UnwindContext<usize>,
    ) -> Option<&'c UnwindTableRow<usize>> {
        let cie = EhFrame::cie_from_offset;
        let found = match self.index.as_deref().and_then(ParsedEhFrameHdr::table) {
            Some(index) => {
                index.unwind_info_for_address(&self.section, &self.bases, context, address, cie)
            }
            None => self
                .section
                .unwind_info_for_address(&self.bases, context, address, cie),
        };
        found.ok()
    }
}
