//! Taking back what a gdb that did not end well has left in a process.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::process::inspect::{Mapping, is_alive, is_suspended, mappings};
use crate::process::memory::{read, write};
use crate::sampler::jit::JitInterface;

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

/// Has a process go on that gdb has stopped by signals.
///
/// gdb stops threads by SIGSTOP, and takes these signals before anybody else does. One that
/// dies leaves some, and they suspend the process: for good, as nobody knows of it. Dropped,
/// this ends it; gdb must be gone by then.
#[derive(Debug)]
pub(super) struct GoesOn {
    process: Pid,
    /// Whether somebody else has suspended it.
    suspended: Arc<AtomicBool>,
}

/// How long a process may take to come upon the signals that were left to it, once gdb is
/// gone.
const BRIEFLY: Duration = Duration::from_millis(100);

impl GoesOn {
    /// Of a process that gdb is about to be attached to; `suspended` says whether it is
    /// somebody else who keeps it from going on.
    pub(super) const fn new(process: Pid, suspended: Arc<AtomicBool>) -> Self {
        Self { process, suspended }
    }
}

impl Drop for GoesOn {
    fn drop(&mut self) {
        let deadline = Instant::now() + BRIEFLY;
        while is_alive(self.process) && !self.suspended.load(Ordering::Relaxed) {
            if is_suspended(self.process) {
                // It can only fail because the process has just ended.
                kill(self.process, Signal::SIGCONT).ok();
                return;
            }
            if Instant::now() >= deadline {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn is_dynamic_linker(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("ld-") || name.starts_with("ld.so")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Whether a process that was stopped by a signal is still, afterwards.
    fn remains_stopped(by_somebody_else: bool) -> bool {
        let mut child = Command::new("sleep").arg("60").spawn().expect("it starts");
        let process = Pid::from_raw(child.id().cast_signed());
        kill(process, Signal::SIGSTOP).expect("it is there");
        while !is_suspended(process) {
            thread::sleep(Duration::from_millis(1));
        }
        drop(GoesOn::new(process, Arc::new(by_somebody_else.into())));
        // A signal that it goes on by is not taken at once.
        let deadline = Instant::now() + Duration::from_secs(5);
        while !by_somebody_else && is_suspended(process) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        let remains = is_suspended(process);
        child.kill().expect("it is there");
        child.wait().expect("it is there");
        remains
    }

    #[test]
    fn a_process_goes_on_that_gdb_has_stopped() {
        assert!(!remains_stopped(false));
        assert!(remains_stopped(true));
    }

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
