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
    code: JitCode,
    roots: SourceRoots,
    mapped: Vec<MappedFile>,
}

impl StackReader {
    pub(super) fn new(process: Pid, interface: &JitInterface, roots: SourceRoots) -> Self {
        Self {
            code: JitCode::new(process, interface),
            roots,
            // Where it cannot be read, all code with lines is taken for Numba's.
            mapped: mapped_files(process).unwrap_or_default(),
        }
    }

    /// Takes in the code that was compiled since the last time. To be done while
    /// the process runs, so that it does not wait for it.
    pub(super) fn refresh(&mut self) {
        self.code.refresh();
    }

    /// Whether the innermost frame, with those it is inlined into, has a line of
    /// the user's: then the frames around it cannot matter.
    pub(super) fn has_user_line(&mut self, innermost: &MiFrame) -> bool {
        let (frames, _) = self.resolve(innermost, innermost.address);
        let mut places = frames.iter().filter_map(|frame| frame.place.as_ref());
        places.any(|place| self.roots.locate(Path::new(&*place.file)).origin == Origin::User)
    }

    /// What a stack says, innermost frame first.
    pub(super) fn observe(&mut self, stack: &[MiFrame]) -> Observation {
        let Some(innermost) = stack.first() else {
            return Observation::Bad;
        };
        let (mut frames, folded) = self.resolve(innermost, innermost.address);
        let mut last_address = innermost.address;
        for frame in &stack[1..] {
            // gdb shows inlined functions as frames at the address of the function
            // that they are in, which was resolved with all that is in it.
            if frame.address != last_address {
                last_address = frame.address;
                // It returns behind the call, which may be on another line.
                let call = frame.address.map(|address| address.saturating_sub(1));
                frames.extend(self.resolve(frame, call).0);
            }
        }
        Observation::Stack { frames, folded }
    }

    /// The frames that the instruction at `address` belongs to, and whether they
    /// are folded; the frame as gdb sees it, where no code is announced there.
    fn resolve(&mut self, frame: &MiFrame, address: Option<u64>) -> (Vec<Frame>, bool) {
        match address.and_then(|address| self.code.resolve(address)) {
            Some(resolved) => (resolved.frames.clone(), resolved.folded),
            None => (vec![self.convert(frame)], false),
        }
    }

    /// The library in which a stack begins, if gdb may have failed to unwind it for
    /// want of its symbols.
    pub(super) fn unread_library(&self, stack: &[MiFrame]) -> Option<PathBuf> {
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
