//! From the addresses of a stack to lines of Python, and to what they mean.

use std::path::Path;
use std::sync::Arc;

use nix::unistd::Pid;

use super::CodeLines;
use super::jit::{FunctionCode, JitCode, JitInterface, Twins};
use super::tracer::{RawFrame, Reach};
use crate::process::inspect::{Mapping, mappings};
use crate::sample::{Frame, Observation};
use crate::source::{Origin, SourceRoots};

/// The lines of what one process runs.
pub(super) struct Lines {
    process: Pid,
    code: JitCode,
    roots: SourceRoots,
    mapped: Vec<Mapping>,
}

impl Lines {
    /// Of a process that announces its code there, and has the twins of it in a folder.
    pub(super) fn new(
        process: Pid,
        interface: &JitInterface,
        twins: &Path,
        roots: SourceRoots,
    ) -> Self {
        let mut lines = Self {
            process,
            code: JitCode::new(process, interface, Twins::within(twins)),
            roots,
            mapped: Vec::new(),
        };
        lines.refresh_mappings();
        lines
    }

    /// Takes in the code that was compiled since the last time. To be done while
    /// the process runs, so that it does not wait for it.
    pub(super) fn refresh(&mut self) {
        self.code.refresh();
    }

    /// Takes in which files were loaded since the last time.
    pub(super) fn refresh_mappings(&mut self) {
        // Where it cannot be read, all code with lines is taken for Numba's.
        self.mapped = mappings(self.process).unwrap_or_default();
    }

    /// The lines that compiled code has machine instructions for.
    pub(super) const fn code_lines(&self) -> &CodeLines {
        self.code.lines()
    }

    /// How many objects of code were announced after those that were there at first.
    pub(super) const fn announced_later(&self) -> usize {
        self.code.later()
    }

    /// The machine code of the functions that instructions belong to.
    pub(super) fn functions_at(&self, addresses: impl Iterator<Item = u64>) -> Vec<FunctionCode> {
        self.code.functions_at(addresses)
    }

    /// Whether a frame, of which an instruction is at `address`, or one that it is inlined into
    /// has a line of the user's: then the frames around it cannot matter.
    pub(super) fn has_user_line(&mut self, frame: &RawFrame, address: Option<u64>) -> bool {
        let (frames, _) = self.resolve(frame, address);
        self.any_is_users(&frames)
    }

    /// Whether code is announced at an address.
    pub(super) fn is_compiled(&self, address: u64) -> bool {
        self.code.has(address)
    }

    /// What the compiler wrote for exceptions about the code at an address, and where that is;
    /// `None` where no code is announced.
    pub(super) fn unwind_table(&self, address: u64) -> Option<(u64, Arc<[u8]>)> {
        self.code.unwind_table(address)
    }

    /// How far out a stack reaches.
    pub(super) fn reach(&self, observation: &Observation) -> Reach {
        match observation {
            Observation::Stack { frames, .. } if self.any_is_users(frames) => Reach::User,
            _ if observation.is_in_python_source() => Reach::Compiled,
            _ => Reach::Outside,
        }
    }

    /// What a stack says, innermost frame first.
    pub(super) fn observe(&mut self, stack: &[RawFrame]) -> Observation {
        let Some(innermost) = stack.first() else {
            return Observation::Bad;
        };
        let (mut frames, mut folded) = self.resolve(innermost, innermost.address);
        let mut last_address = innermost.address;
        for frame in &stack[1..] {
            // A tracer may show inlined functions as frames at the address of the function
            // that they are in, which was resolved with all that is in it.
            if frame.address != last_address {
                last_address = frame.address;
                // It returns behind the call, which may be on another line.
                let call = frame.address.map(|address| address.saturating_sub(1));
                let (callers, is_guess) = self.resolve(frame, call);
                // Up to the line of the user's: it is what the sample is counted for.
                folded |= is_guess && !self.any_is_users(&frames);
                frames.extend(callers);
            }
        }
        Observation::Stack {
            frames,
            folded,
            at_barrier: is_in_threading_layer(stack),
        }
    }

    /// The frames that the instruction at `address` belongs to, and whether they
    /// are folded; the frame as the tracer sees it, where no code is announced there.
    fn resolve(&mut self, frame: &RawFrame, address: Option<u64>) -> (Vec<Frame>, bool) {
        match address.and_then(|address| self.code.resolve(address)) {
            Some(resolved) => (resolved.frames.clone(), resolved.folded),
            None => (vec![self.convert(frame)], false),
        }
    }

    fn convert(&self, frame: &RawFrame) -> Frame {
        let address = frame.address.unwrap_or(0);
        // Compiled code is in no file. Lines in one are of C, where the system has
        // its debug symbols.
        let compiled = !self.is_mapped(address);
        Frame {
            function: frame.function.as_deref().map(Arc::from),
            place: frame.place.clone().filter(|_| compiled),
            address,
            code: None,
        }
    }

    fn is_mapped(&self, address: u64) -> bool {
        let mut mapped = self.mapped.iter();
        mapped.any(|mapping| mapping.addresses.contains(&address))
    }

    fn any_is_users(&self, frames: &[Frame]) -> bool {
        let mut places = frames.iter().filter_map(|frame| frame.place.as_ref());
        places.any(|place| self.roots.locate(Path::new(&*place.file)).origin == Origin::User)
    }
}

/// Whether the innermost code is that of a library that spreads loops over threads, perhaps
/// through the C library. What it does with time worth speaking of is to wait: the loops
/// themselves are compiled code.
fn is_in_threading_layer(stack: &[RawFrame]) -> bool {
    const LAYERS: [&str; 7] = [
        "libgomp",
        "libomp",
        "libiomp",
        "libtbb",
        "workqueue.",
        "omppool.",
        "tbbpool.",
    ];
    const BELOW: [&str; 3] = ["libc.", "libpthread", "libstdc++"];
    let is_of = |frame: &&RawFrame, names: &[&str]| {
        let name = frame.object.as_deref().and_then(Path::file_name);
        let name = name.unwrap_or_default().to_string_lossy();
        names.iter().any(|start| name.starts_with(start))
    };
    let mut frames = stack.iter();
    let outside = frames.find(|frame| !is_of(frame, &BELOW));
    outside.is_some_and(|frame| is_of(&frame, &LAYERS))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// The libraries of a stack, innermost frame first; compiled code is in none.
    #[track_caller]
    fn check(libraries: &[&str], expected: bool) {
        let frame = |library: &&str| RawFrame {
            address: Some(1),
            object: (!library.is_empty()).then(|| PathBuf::from(format!("/usr/lib/{library}"))),
            ..RawFrame::default()
        };
        let stack: Vec<RawFrame> = libraries.iter().map(frame).collect();
        assert_eq!(is_in_threading_layer(&stack), expected);
    }

    #[test]
    fn waiting_is_what_the_layer_of_threads_does() {
        check(&["libgomp.so.1", ""], true);
        check(&["libgomp-24e2ab19.so.1.0.0"], true);
        check(
            &["libc.so.6", "workqueue.cpython-311-x86_64-linux-gnu.so"],
            true,
        );
        check(&["libc.so.6", "libtbb.so.12", "libc.so.6"], true);
        check(&["", "libgomp.so.1"], false);
        check(&["libm.so.6", "", "libgomp.so.1"], false);
        check(&["libc.so.6", ""], false);
        check(&[], false);
    }
}
