//! From gdb's frames to what they mean.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::unistd::Pid;

use crate::mi::MiFrame;
use crate::sample::{Frame, Observation, Place};
use crate::sampler::jit::JitCode;
use crate::sampler::stub::JitInterface;
use crate::source::{Origin, SourceRoots};
use crate::target::memory::{MappedFile, mapped_files};

/// Reads the stacks of one process.
pub(super) struct StackReader {
    process: Pid,
    interface: JitInterface,
    code: JitCode,
    roots: SourceRoots,
    mapped: Vec<MappedFile>,
    libraries_read: HashSet<PathBuf>,
}

impl StackReader {
    pub(super) fn new(process: Pid, interface: JitInterface, roots: SourceRoots) -> Self {
        Self {
            process,
            interface,
            code: JitCode::default(),
            roots,
            // Where it cannot be read, all code with lines is taken for Numba's.
            mapped: mapped_files(process).unwrap_or_default(),
            libraries_read: HashSet::new(),
        }
    }

    /// Whether a frame is on a line of the user's, so that the frames around it
    /// cannot matter.
    pub(super) fn is_user_line(&self, frame: &MiFrame) -> bool {
        self.convert(frame)
            .place
            .is_some_and(|place| self.roots.locate(Path::new(&*place.file)).origin == Origin::User)
    }

    /// What a stack says, innermost frame first.
    pub(super) fn observe(&mut self, stack: &[MiFrame]) -> Observation {
        let Some(innermost) = stack.first() else {
            return Observation::Bad;
        };
        let folded = innermost
            .address
            .is_some_and(|address| self.is_lineless(address));
        Observation::Stack {
            frames: stack.iter().map(|frame| self.convert(frame)).collect(),
            folded,
        }
    }

    /// Whether an instruction was compiled by Numba and belongs to no line.
    fn is_lineless(&mut self, address: u64) -> bool {
        self.mapped_at(address).is_none()
            && self
                .code
                .is_lineless(self.process, &self.interface, address)
    }

    /// The library whose symbols gdb has to read before it can unwind a stack that
    /// has no place in Python source, by gdb's name for it. Each is named once.
    ///
    /// What the kernel calls it may be another name, after symbolic links: `/lib` is
    /// one where `/usr` is merged, and so is many a `lib*.so.1`.
    pub(super) fn unread_library(&mut self, stack: &[MiFrame]) -> Option<PathBuf> {
        if stack
            .iter()
            .any(|frame| self.convert(frame).place.is_some())
        {
            return None;
        }
        // Beyond the first frame that gdb does not know how to unwind, the others
        // are guesses.
        let mut frames = stack.iter();
        let guessed_from = frames.find(|frame| !self.can_be_unwound(frame))?;
        let library = guessed_from.from.clone()?;
        if is_never_called_by_compiled_code(&library) {
            return None;
        }
        self.libraries_read.insert(library.clone());
        // It may have been loaded since, and have lines, which are not Numba's.
        self.mapped = mapped_files(self.process).unwrap_or_default();
        Some(library)
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
        }
    }

    fn mapped_at(&self, address: u64) -> Option<&MappedFile> {
        self.mapped
            .iter()
            .find(|file| (file.start..file.end).contains(&address))
    }
}

/// The compiler and the interpreter call compiled code and are not called by it, and
/// they have many symbols. Extension modules, named `….cpython-….so`, are called.
fn is_never_called_by_compiled_code(library: &Path) -> bool {
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_lowercase();
    name.starts_with("libpython") || name.starts_with("libllvm")
}
