//! Taking back what a gdb that did not end well has left in a process.

use std::ops::Range;
use std::path::Path;

use nix::unistd::Pid;

use crate::sampler::stub::JitInterface;
use crate::target::memory::{Mapping, mappings, read, write};

/// Bytes from the start of the function that announces code, more than a breakpoint
/// takes on any processor.
const AT_REGISTER: usize = 16;

/// The code in which gdb marks places by breakpoints, as it was before gdb came: the
/// function that announces compiled code, and the dynamic linker, which announces
/// libraries.
///
/// A gdb that ends as it should takes its breakpoints back. One that is killed leaves
/// them, and the process would die by the next that it comes upon. Dropped, this puts
/// back what is not as it was; gdb must be gone by then.
#[derive(Debug)]
pub(super) struct PristineCode {
    process: Pid,
    parts: Vec<Part>,
}

/// A piece of code, and the file that it is of.
#[derive(Debug)]
struct Part {
    start: u64,
    bytes: Vec<u8>,
    file: Mapping,
}

impl PristineCode {
    /// Keeps a copy of the code. What cannot be read is left out.
    pub(super) fn keep(process: Pid, interface: &JitInterface) -> Self {
        let code = mappings(process).unwrap_or_default().into_iter();
        let parts = code
            .filter(|file| file.is_executable)
            .filter_map(|file| Part::of(process, file, interface.register))
            .collect();
        Self { process, parts }
    }
}

impl Part {
    /// What is to be kept of a file, if anything.
    fn of(process: Pid, file: Mapping, register: u64) -> Option<Self> {
        let Range { start, end } = file.addresses;
        let (start, length) = if file.addresses.contains(&register) {
            (register, AT_REGISTER)
        } else if is_dynamic_linker(&file.path) {
            (start, usize::try_from(end - start).ok()?)
        } else {
            return None;
        };
        let bytes = read(process, start, length).ok()?;
        Some(Self { start, bytes, file })
    }

    /// Puts back what is not as it was.
    fn restore(&self, process: Pid) {
        // Where it cannot be read any more, the process has ended.
        let Ok(now) = read(process, self.start, self.bytes.len()) else {
            return;
        };
        let pairs = (self.start..).zip(self.bytes.iter().zip(&now));
        for (address, (was, _)) in pairs.filter(|(_, (was, is))| was != is) {
            write(process, address, &[*was]).ok();
        }
    }
}

impl Drop for PristineCode {
    fn drop(&mut self) {
        // It may have become another program, with something else at these addresses.
        let mapped = mappings(self.process).unwrap_or_default();
        for part in self.parts.iter().filter(|part| mapped.contains(&part.file)) {
            part.restore(self.process);
        }
    }
}

fn is_dynamic_linker(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("ld-") || name.starts_with("ld.so")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dynamic_linkers_by_their_names() {
        for linker in ["ld-linux-x86-64.so.2", "ld-2.31.so", "ld-musl-aarch64.so.1"] {
            assert!(
                is_dynamic_linker(&Path::new("/lib").join(linker)),
                "{linker}"
            );
        }
        assert!(!is_dynamic_linker(Path::new("/lib/libldap.so.2")));
    }
}
