//! From gdb's frames to what they mean.

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

    /// The library in which a stack begins, where nothing in the stack has a place
    /// in Python source: its frames may hide the one that called it.
    pub(super) fn unread_library(&self, stack: &[MiFrame]) -> Option<PathBuf> {
        if stack
            .iter()
            .any(|frame| self.convert(frame).place.is_some())
        {
            return None;
        }
        let file = self.mapped_at(stack.first()?.address?)?;
        let name = file.path.file_name()?.to_string_lossy();
        // The compiler and the interpreter call compiled code; they are not called
        // by it, and their symbols are many.
        let skipped = ["llvm", "python"].iter().any(|part| name.contains(part));
        (!skipped && name.contains(".so")).then(|| file.path.clone())
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
