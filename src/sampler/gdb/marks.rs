//! Taking back what a gdb that did not end well has left in a process.

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
    parts: Vec<(u64, Vec<u8>)>,
}

impl PristineCode {
    /// Keeps a copy of the code. What cannot be read is left out.
    pub(super) fn keep(process: Pid, interface: &JitInterface) -> Self {
        let linker = mappings(process).unwrap_or_default().into_iter();
        let linker = linker.filter(|part| part.is_executable && is_dynamic_linker(&part.path));
        let places = linker.filter_map(|part: Mapping| {
            let length = usize::try_from(part.addresses.end - part.addresses.start).ok()?;
            Some((part.addresses.start, length))
        });
        let parts = places
            .chain([(interface.register, AT_REGISTER)])
            .filter_map(|(start, length)| Some((start, read(process, start, length).ok()?)))
            .collect();
        Self { process, parts }
    }
}

impl Drop for PristineCode {
    fn drop(&mut self) {
        for (start, pristine) in &self.parts {
            // Where it cannot be read any more, the process has ended.
            let Ok(now) = read(self.process, *start, pristine.len()) else {
                continue;
            };
            let pairs = (*start..).zip(pristine.iter().zip(&now));
            for (address, (was, _)) in pairs.filter(|(_, (was, is))| was != is) {
                write(self.process, address, &[*was]).ok();
            }
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
