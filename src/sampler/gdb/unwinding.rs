//! What gdb has to be told before it can unwind a stack, and how deep stacks are read.

use std::cell::LazyCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use nix::unistd::Pid;

use super::unwind_info::has_unwind_info;
use crate::process::inspect::mappings;
use crate::sampler::tracer::{RawFrame, Reach};

/// Frames of a stack to ask for at first. Each takes time, and mostly these are enough.
const FIRST_DEPTH: u32 = 10;

/// What gdb has been told about unwinding the stacks of a process.
pub(super) struct Unwinding {
    /// Frames of a stack to ask for.
    depth: u32,
    max_depth: u32,
    libraries_read: HashSet<PathBuf>,
    /// Functions of these that were asked for unwind information.
    functions_asked: HashSet<(PathBuf, String)>,
}

impl Unwinding {
    /// Nothing was told yet, and no stack will be read deeper than this.
    pub(super) fn new(max_depth: u32) -> Self {
        Self {
            depth: FIRST_DEPTH.min(max_depth),
            max_depth,
            libraries_read: HashSet::new(),
            functions_asked: HashSet::new(),
        }
    }

    /// Frames of a stack to ask for.
    pub(super) const fn depth(&self) -> u32 {
        self.depth
    }

    /// Has more frames read from now on, where those of a stack end before they reach a
    /// line of the user's. A stack that is that deep is seldom the only one.
    pub(super) fn deepen(&mut self, stack: &[RawFrame], reach: Reach) {
        let is_cut = stack.len() >= self.depth as usize;
        if is_cut && self.goes_on(stack, reach) {
            self.depth = self.depth.saturating_mul(2).min(self.max_depth);
        }
    }

    /// Whether the frames beyond those of a stack could matter: none of them is on a line
    /// of the user's, and one is compiled code, or gdb knows how to unwind them all.
    fn goes_on(&self, stack: &[RawFrame], reach: Reach) -> bool {
        match reach {
            Reach::User => false,
            Reach::Compiled => true,
            Reach::Outside => stack.iter().all(|frame| self.can_be_unwound(frame)),
        }
    }

    /// The library whose symbols gdb has to read before it can unwind a stack that
    /// reaches no line of the user's, by the pattern that gdb takes. Each is named once.
    /// Compiled code may have been reached all the same: by a guess, which fails beyond.
    pub(super) fn unread_library(&mut self, stack: &[RawFrame]) -> Option<String> {
        // Beyond the first frame that gdb does not know how to unwind, the others
        // are guesses.
        let mut frames = stack.iter();
        let guessed_from = frames.find(|frame| !self.can_be_unwound(frame))?;
        // What the kernel calls the library may be another name, after symbolic
        // links: `/lib` is one where `/usr` is merged, and so is many a `lib*.so.1`.
        let library = guessed_from.object.clone()?;
        if is_never_called_by_compiled_code(&library) {
            return None;
        }
        let name = library.file_name()?.to_string_lossy().into_owned();
        self.libraries_read.insert(library);
        // Of a file's name only the dots are special to gdb, and they may be any
        // character.
        Some(name)
    }

    /// An address in a function that gdb can only guess how to unwind, for its library has no
    /// unwind information for it: the innermost such function of a stack that reaches no line
    /// of the user's. Each is named once.
    pub(super) fn function_to_guess(&mut self, process: Pid, stack: &[RawFrame]) -> Option<u64> {
        let files = LazyCell::new(|| mappings(process).ok());
        for (level, frame) in stack.iter().enumerate() {
            if !self.can_be_unwound(frame) {
                return None;
            }
            let (Some(library), Some(function)) = (&frame.object, &frame.function) else {
                continue;
            };
            let asked = (library.clone(), function.clone());
            if !self.functions_asked.insert(asked) {
                continue;
            }
            // A caller goes on behind the call, which may be the last thing that it does.
            let address = frame.address?.saturating_sub(u64::from(level > 0));
            let mut files = files.as_ref()?.iter();
            let file = files.find(|file| file.addresses.contains(&address))?;
            if has_unwind_info(file, address) == Some(false) {
                return Some(address);
            }
        }
        None
    }

    fn can_be_unwound(&self, frame: &RawFrame) -> bool {
        match &frame.object {
            Some(library) => self.libraries_read.contains(library),
            // Compiled by Numba, or a line of a library that was read.
            None => frame.function.is_some(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a library, or of compiled code where it is in none.
    fn frame(library: &str) -> RawFrame {
        RawFrame {
            address: Some(1),
            function: Some("f".to_owned()),
            object: (!library.is_empty()).then(|| PathBuf::from(format!("/usr/lib/{library}"))),
            place: None,
        }
    }

    #[test]
    fn the_first_library_that_gdb_cannot_unwind_is_named_once() {
        let mut unwinding = Unwinding::new(64);
        let stack = [frame(""), frame("libm.so.6"), frame("libblas.so")];
        assert_eq!(
            unwinding.unread_library(&stack).as_deref(),
            Some("libm.so.6")
        );
        assert_eq!(
            unwinding.unread_library(&stack).as_deref(),
            Some("libblas.so")
        );
        assert_eq!(unwinding.unread_library(&stack), None);
    }

    #[test]
    fn the_interpreter_and_the_compiler_are_not_read() {
        let mut unwinding = Unwinding::new(64);
        for library in ["libpython3.11.so.1.0", "libLLVM.so"] {
            assert_eq!(unwinding.unread_library(&[frame(library)]), None);
        }
    }

    #[track_caller]
    fn check_depth(length: usize, library: &str, reach: Reach, expected: u32) {
        let mut unwinding = Unwinding::new(16);
        unwinding.deepen(&vec![frame(library); length], reach);
        assert_eq!(unwinding.depth(), expected);
    }

    #[test]
    fn stacks_are_read_deeper_where_more_frames_could_matter() {
        check_depth(10, "", Reach::Outside, 16);
        check_depth(10, "libm.so.6", Reach::Compiled, 16);
        check_depth(10, "libm.so.6", Reach::Outside, 10);
        check_depth(10, "", Reach::User, 10);
        check_depth(9, "", Reach::Outside, 10);
    }
}
