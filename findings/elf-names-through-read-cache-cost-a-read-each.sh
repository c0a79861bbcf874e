#!/usr/bin/env bash
# `object`, reading an ELF file through its ReadCache, reads the file anew for the name of
# every symbol.
#
# Version: object 0.40.0 (Rust 1.92 or later).
# ReadCache looks as if it kept blocks of the file. It keeps exactly the ranges that were
# asked for, each by itself. The table of symbols is one range, but a name has no known
# length: each is a seek, a read of some hundred bytes and an allocation, although one read
# would bring the whole section of names. Looking for one symbol
# among n is then n reads. Reading the section first does not help: names are not looked for
# in ranges that are known already. A StringTable over the bytes of the section does.
#
# Seen: in a C library, 2,800 reads for 3,043 names, against 1 with the section read at once.
# (Names that stand in the same place are read once.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'END'
[package]
name = "reads"
version = "0.0.0"
edition = "2024"

[dependencies]
object = { version = "=0.40.0", default-features = false, features = ["std", "read_core", "elf"] }
END
cat > src/main.rs <<'END'
use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::rc::Rc;

use object::read::StringTable;
use object::read::elf::{ElfFile64, Sym as _};
use object::{Endianness, Object as _, ObjectSection as _, ObjectSymbol as _, ReadCache};

/// A file whose reads are counted.
struct Counted(File, Rc<Cell<usize>>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.1.set(self.1.get() + 1);
        self.0.read(buffer)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.0.seek(to)
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("a library");
    let open = || {
        let reads = Rc::new(Cell::new(0));
        let file = Counted(File::open(&path).expect("it can be opened"), reads.clone());
        (ReadCache::new(file), reads)
    };

    let (cache, reads) = open();
    let elf = ElfFile64::<Endianness, _>::parse(&cache).expect("it is ELF");
    let before = reads.get();
    let names = elf.dynamic_symbols().filter(|it| it.name().is_ok_and(|it| !it.is_empty()));
    let names = names.count();
    let each = reads.get() - before;

    let (cache, reads) = open();
    let elf = ElfFile64::<Endianness, _>::parse(&cache).expect("it is ELF");
    let before = reads.get();
    let table = elf.elf_dynamic_symbol_table();
    let section = elf.section_by_index(table.string_section()).expect("it has names");
    let bytes = section.data().expect("they can be read");
    let strings = StringTable::new(bytes, 0, bytes.len() as u64);
    let named = |it: &&object::elf::Sym64<Endianness>| {
        it.name(elf.endian(), strings).is_ok_and(|it| !it.is_empty())
    };
    assert_eq!(table.iter().filter(named).count(), names);
    let at_once = reads.get() - before;

    eprintln!("{names} names: {each} reads one by one, {at_once} at once");
    println!("one by one: {}", if each * 2 > names { "a read each" } else { "few" });
    println!("at once: {}", if at_once < 20 { "few" } else { "a read each" });
}
END
cargo build --quiet
library=$(ldd target/debug/reads | sed -n 's/.* => \(.*libc\.so[^ ]*\) .*/\1/p')
seen=$(target/debug/reads "$library")
echo "$seen"
test "$seen" = "one by one: a read each
at once: few"
