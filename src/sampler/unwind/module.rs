//! What is written about the functions of a library, and of code that was compiled on the way.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use gimli::{
    BaseAddresses, EhFrame, EhFrameHdr, EndianArcSlice, Expression, NativeEndian, ParsedEhFrameHdr,
    Register, UnwindContext, UnwindExpression, UnwindSection, UnwindTableRow,
};
use nix::unistd::Pid;
use object::read::elf::ElfFile64;
use object::{
    Endianness, Object, ObjectSection, ObjectSegment, ObjectSymbol, ObjectSymbolTable, ReadCache,
    ReadRef, SymbolIndex, SymbolKind,
};
use rustix::fs::CWD;

use crate::process::inspect::{self, Mapping};
use crate::process::memory;
use crate::regular_file::{Links, open_at};

pub(super) type Bytes = EndianArcSlice<NativeEndian>;

/// Bytes of an address.
pub(super) const ADDRESS: u8 = 8;

/// Labels within a function that are passed over, at most.
const MOST_LABELS: usize = 32;

/// A file that is mapped into the process.
pub(super) struct Module {
    pub(super) path: PathBuf,
    addresses: Vec<Range<u64>>,
    /// Where the file's beginning is.
    begin: u64,
    table: OnceCell<Option<Table>>,
    /// The functions, in the order of where they begin.
    functions: OnceCell<Vec<Function>>,
}

/// A function of a file, by a symbol of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Where it begins.
    pub(super) start: u64,
    /// Bytes that it has; 0 of a label.
    size: u64,
    symbol: SymbolIndex,
    /// Which of the two tables of symbols it is in.
    is_dynamic: bool,
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

    /// Where the function begins that is at an address, by the symbol before it.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn function_at(&self, address: u64) -> Option<u64> {
        self.functions_before(address).last().map(|it| it.start)
    }

    /// The function that an address is certainly within: what lies behind one may be another that
    /// has no symbol, and labels within one are symbols without a size.
    pub(super) fn function_around(&self, address: u64) -> Option<Function> {
        let before = self.functions_before(address).iter().rev();
        let mut nearest = before.take(MOST_LABELS);
        nearest.find(|it| it.contains(address)).copied()
    }

    /// The functions that begin before an address or there. They are read when that is first asked
    /// for.
    fn functions_before(&self, address: u64) -> &[Function] {
        let functions = self
            .functions
            .get_or_init(|| functions(self).unwrap_or_default());
        let before = functions.partition_point(|it| it.start <= address);
        &functions[..before]
    }

    /// The name of one of its functions.
    pub(super) fn name_of(&self, function: Function) -> Option<String> {
        let cache = ReadCache::new(open_at(CWD, &self.path, Links::Followed).ok()?);
        let elf = ElfFile64::<Endianness, _>::parse(&cache).ok()?;
        let symbol = if function.is_dynamic {
            let table = elf.dynamic_symbol_table()?;
            table.symbol_by_index(function.symbol).ok()?
        } else {
            elf.symbol_by_index(function.symbol).ok()?
        };
        let name = symbol.name().ok()?;
        let demangled = cpp_demangle::Symbol::new(name).ok();
        let demangled = demangled.and_then(|symbol| symbol.demangle().ok());
        (!name.is_empty()).then(|| demangled.unwrap_or_else(|| name.to_owned()))
    }
}

impl Function {
    const fn contains(&self, address: u64) -> bool {
        self.start <= address && address - self.start < self.size
    }
}

/// The library that the kernel maps into each process, by which clocks are read; `None` where
/// there is none. It is in no file.
pub(super) fn kernels(process: Pid) -> Option<Module> {
    let addresses = inspect::vdso(process)?;
    let length = usize::try_from(addresses.end - addresses.start).ok()?;
    let bytes = memory::read(process, addresses.start, length).ok()?;
    let elf = ElfFile64::parse(&*bytes).ok();
    let table = elf.and_then(|elf| Table::of_elf(&elf, addresses.start));
    Some(Module {
        path: PathBuf::from("[vdso]"),
        begin: addresses.start,
        addresses: vec![addresses],
        table: OnceCell::from(table),
        functions: OnceCell::new(),
    })
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
            functions: OnceCell::new(),
        });
    }
}

/// The functions of a file in the order of where they begin, by its symbols. Their names are not
/// read: there are many, and few matter.
fn functions(module: &Module) -> Option<Vec<Function>> {
    let cache = ReadCache::new(open_at(CWD, &module.path, Links::Followed).ok()?);
    let elf = ElfFile64::<Endianness, _>::parse(&cache).ok()?;
    let bias = module.begin.wrapping_sub(first_segment(&elf)?);
    let symbols = elf.symbols().map(|symbol| (symbol, false));
    let symbols = symbols.chain(elf.dynamic_symbols().map(|symbol| (symbol, true)));
    let mut functions: Vec<Function> = symbols
        .filter(|(it, _)| it.kind() == SymbolKind::Text && it.is_definition())
        .map(|(it, is_dynamic)| Function {
            start: it.address().wrapping_add(bias),
            size: it.size(),
            symbol: it.index(),
            is_dynamic,
        })
        .collect();
    // Of several names for one function, that of the most of its bytes.
    functions.sort_by_key(|it| (it.start, Reverse(it.size), it.is_dynamic, it.symbol.0));
    functions.dedup_by_key(|it| it.start);
    Some(functions)
}

/// The address that a file has for its own beginning.
fn first_segment<'d>(elf: &ElfFile64<'d, Endianness, impl ReadRef<'d>>) -> Option<u64> {
    elf.segments()
        .map(|segment| segment.address().wrapping_sub(segment.file_range().0))
        .min()
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
        Self::of_elf(&ElfFile64::parse(&cache).ok()?, module.begin)
    }

    /// That of a file whose beginning is mapped to an address.
    fn of_elf<'d>(elf: &ElfFile64<'d, Endianness, impl ReadRef<'d>>, begin: u64) -> Option<Self> {
        let first_segment = first_segment(elf)?;
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
            bias: begin.wrapping_sub(first_segment),
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
