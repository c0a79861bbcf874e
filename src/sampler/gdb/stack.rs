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

    /// What the innermost frame alone says, where it says enough: it is on a user
    /// line, or has one among the frames it stands for when it is folded.
    pub(super) fn observe_innermost(&mut self, frame: &MiFrame) -> Option<Observation> {
        let (frames, folded) = self.resolve(frame);
        let user = |frame: &Frame| {
            frame
                .place
                .as_ref()
                .is_some_and(|place| self.origin(&place.file) == Origin::User)
        };
        let end = frames.iter().position(user)?;
        Some(Observation::Stack {
            frames: frames.into_iter().take(end + 1).collect(),
            folded,
        })
    }

    /// What a whole stack says, innermost frame first.
    pub(super) fn observe(&mut self, stack: &[MiFrame]) -> Observation {
        if stack.is_empty() {
            return Observation::Bad;
        }
        let mut frames: Vec<Frame> = Vec::new();
        let mut innermost_folded = false;
        let mut rest = stack;
        while let Some(first) = rest.first() {
            // Inlined functions have the address of the function they are in.
            let physical = rest
                .iter()
                .take_while(|frame| frame.address == first.address)
                .count();
            let (resolved, folded) = self.resolve(first);
            if folded {
                innermost_folded |= frames.is_empty();
                frames.extend(resolved);
            } else {
                let physical = &rest[..physical];
                frames.extend(physical.iter().map(|frame| self.convert(frame)));
            }
            rest = &rest[physical..];
        }
        Observation::Stack {
            frames,
            folded: innermost_folded,
        }
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

    /// The frames that one frame of gdb's stands for, and whether they were folded:
    /// an instruction without a line is given that of the code before it.
    fn resolve(&mut self, frame: &MiFrame) -> (Vec<Frame>, bool) {
        if frame.line.is_none()
            && let Some(address) = frame.address
            && self.mapped_at(address).is_none()
        {
            let frames = self.code.fold(self.process, &self.interface, address);
            if !frames.is_empty() {
                return (frames, true);
            }
        }
        (vec![self.convert(frame)], false)
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

    fn origin(&self, file: &str) -> Origin {
        self.roots.locate(Path::new(file)).origin
    }

    fn mapped_at(&self, address: u64) -> Option<&MappedFile> {
        self.mapped
            .iter()
            .find(|file| (file.start..file.end).contains(&address))
    }
}
