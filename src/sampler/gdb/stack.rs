//! From gdb's frames to what they mean.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::unistd::Pid;

use super::unwind_info::has_unwind_info;
use crate::mi::MiFrame;
use crate::sample::{Frame, Observation, Place};
use crate::sampler::CodeLines;
use crate::sampler::jit::{JitCode, Twins};
use crate::sampler::jit::JitInterface;
use crate::source::{Origin, SourceRoots};
use crate::target::memory::{Mapping, mappings};

/// Reads the stacks of one process.
pub(super) struct StackReader {
    process: Pid,
    code: JitCode,
    roots: SourceRoots,
    mapped: Vec<Mapping>,
    libraries_read: HashSet<PathBuf>,
    /// Functions of these that were asked for unwind information.
    functions_asked: HashSet<(PathBuf, String)>,
}

impl StackReader {
    pub(super) fn new(
        process: Pid,
        interface: &JitInterface,
        twins: &Path,
        roots: SourceRoots,
    ) -> Self {
        Self {
            process,
            code: JitCode::new(process, interface, Twins::within(twins)),
            roots,
            // Where it cannot be read, all code with lines is taken for Numba's.
            mapped: mappings(process).unwrap_or_default(),
            libraries_read: HashSet::new(),
            functions_asked: HashSet::new(),
        }
    }

    /// Takes in the code that was compiled since the last time. To be done while
    /// the process runs, so that it does not wait for it.
    pub(super) fn refresh(&mut self) {
        self.code.refresh();
    }

    /// The lines that compiled code has machine instructions for.
    pub(super) const fn code_lines(&self) -> &CodeLines {
        self.code.lines()
    }

    /// Whether the innermost frame, with those it is inlined into, has a line of
    /// the user's: then the frames around it cannot matter.
    pub(super) fn has_user_line(&mut self, innermost: &MiFrame) -> bool {
        let (frames, _) = self.resolve(innermost, innermost.address);
        self.any_is_users(&frames)
    }

    fn any_is_users(&self, frames: &[Frame]) -> bool {
        let mut places = frames.iter().filter_map(|frame| frame.place.as_ref());
        places.any(|place| self.roots.locate(Path::new(&*place.file)).origin == Origin::User)
    }

    /// Whether a stack reaches a line of the user's.
    pub(super) fn reaches_users(&self, observation: &Observation) -> bool {
        match observation {
            Observation::Stack { frames, .. } => self.any_is_users(frames),
            Observation::Waiting | Observation::Bad => false,
        }
    }

    /// Whether the frames beyond those of a stack could matter: none of them is on a line
    /// of the user's, and one is compiled code, or gdb knows how to unwind them all.
    pub(super) fn goes_on(&self, stack: &[MiFrame], observation: &Observation) -> bool {
        let Observation::Stack { frames, .. } = observation else {
            return false;
        };
        let is_known = observation.is_in_python_source()
            || stack.iter().all(|frame| self.can_be_unwound(frame));
        is_known && !self.any_is_users(frames)
    }

    /// What a stack says, innermost frame first.
    pub(super) fn observe(&mut self, stack: &[MiFrame]) -> Observation {
        let Some(innermost) = stack.first() else {
            return Observation::Bad;
        };
        let (mut frames, mut folded) = self.resolve(innermost, innermost.address);
        let mut last_address = innermost.address;
        for frame in &stack[1..] {
            // gdb shows inlined functions as frames at the address of the function
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
    /// are folded; the frame as gdb sees it, where no code is announced there.
    fn resolve(&mut self, frame: &MiFrame, address: Option<u64>) -> (Vec<Frame>, bool) {
        match address.and_then(|address| self.code.resolve(address)) {
            Some(resolved) => (resolved.frames.clone(), resolved.folded),
            None => (vec![self.convert(frame)], false),
        }
    }

    /// The library whose symbols gdb has to read before it can unwind a stack that
    /// reaches no line of the user's, by the pattern that gdb takes. Each is named once.
    /// Compiled code may have been reached all the same: by a guess, which fails beyond.
    pub(super) fn unread_library(&mut self, stack: &[MiFrame]) -> Option<String> {
        // Beyond the first frame that gdb does not know how to unwind, the others
        // are guesses.
        let mut frames = stack.iter();
        let guessed_from = frames.find(|frame| !self.can_be_unwound(frame))?;
        // What the kernel calls the library may be another name, after symbolic
        // links: `/lib` is one where `/usr` is merged, and so is many a `lib*.so.1`.
        let library = guessed_from.from.clone()?;
        if is_never_called_by_compiled_code(&library) {
            return None;
        }
        let name = library.file_name()?.to_string_lossy().into_owned();
        self.libraries_read.insert(library);
        // It may have been loaded since, and have lines, which are not Numba's.
        self.mapped = mappings(self.process).unwrap_or_default();
        // Of a file's name only the dots are special to gdb, and they may be any
        // character.
        Some(name)
    }

    /// An address in a function that gdb can only guess how to unwind, for its library has no
    /// unwind information for it: the innermost such function of a stack that reaches no line
    /// of the user's. Each is named once.
    pub(super) fn function_to_guess(&mut self, stack: &[MiFrame]) -> Option<u64> {
        for (level, frame) in stack.iter().enumerate() {
            if !self.can_be_unwound(frame) {
                return None;
            }
            let (Some(library), Some(function)) = (&frame.from, &frame.function) else {
                continue;
            };
            let asked = (library.clone(), function.clone());
            if !self.functions_asked.insert(asked) {
                continue;
            }
            // A caller goes on behind the call, which may be the last thing that it does.
            let address = frame.address?.saturating_sub(u64::from(level > 0));
            let file = self.mapped_at(address)?;
            if has_unwind_info(file, address) == Some(false) {
                return Some(address);
            }
        }
        None
    }

    fn can_be_unwound(&self, frame: &MiFrame) -> bool {
        match &frame.from {
            Some(library) => self.libraries_read.contains(library),
            // Compiled by Numba, or a line of a library that was read.
            None => frame.function.is_some(),
        }
    }

    fn convert(&self, frame: &MiFrame) -> Frame {
        let address = frame.address.unwrap_or(0);
        // Compiled code is in no file. Lines in one are of C, where the system has
        // its debug symbols.
        let compiled = self.mapped_at(address).is_none();
        let place = match (&frame.file, frame.line) {
            (Some(file), Some(line)) if compiled => Some(Place {
                file: Arc::from(file.to_string_lossy()),
                line,
            }),
            _ => None,
        };
        Frame {
            function: frame.function.as_deref().map(Arc::from),
            place,
            address,
            code: None,
        }
    }

    fn mapped_at(&self, address: u64) -> Option<&Mapping> {
        self.mapped
            .iter()
            .find(|mapping| mapping.addresses.contains(&address))
    }
}

/// The compiler and the interpreter call compiled code, and are hardly ever called by it:
/// only where it goes back to Python, as in object mode and in printing. What they do then
/// is not counted to the line. They have many symbols, which take seconds to read.
/// Extension modules, named `….cpython-….so`, are called.
fn is_never_called_by_compiled_code(library: &Path) -> bool {
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_lowercase();
    name.starts_with("libpython") || name.starts_with("libllvm")
}

/// Whether the innermost code is that of a library that spreads loops over threads, perhaps
/// through the C library. What it does with time worth speaking of is to wait: the loops
/// themselves are compiled code.
fn is_in_threading_layer(stack: &[MiFrame]) -> bool {
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
    let is_of = |frame: &&MiFrame, names: &[&str]| {
        let name = frame.from.as_deref().and_then(Path::file_name);
        let name = name.unwrap_or_default().to_string_lossy();
        names.iter().any(|start| name.starts_with(start))
    };
    let mut frames = stack.iter();
    let outside = frames.find(|frame| !is_of(frame, &BELOW));
    outside.is_some_and(|frame| is_of(&frame, &LAYERS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The libraries of a stack, innermost frame first; compiled code is in none.
    #[track_caller]
    fn check(libraries: &[&str], expected: bool) {
        let frame = |library: &&str| MiFrame {
            level: 0,
            address: Some(1),
            function: None,
            file: None,
            line: None,
            from: (!library.is_empty()).then(|| PathBuf::from(format!("/usr/lib/{library}"))),
        };
        let stack: Vec<MiFrame> = libraries.iter().map(frame).collect();
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
