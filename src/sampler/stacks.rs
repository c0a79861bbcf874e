//! What a thread did, from its registers and the top of its stack: for samplers that take these
//! and nothing more while the thread stands still.

use std::path::Path;

use nix::unistd::Pid;

use super::lines::Lines;
use super::registers::Registers;
use super::tracer::RawFrame;
use super::unwind::{End, Top, Unwinder};
use crate::sample::Observation;

/// Bytes that are copied of a thread's stack.
pub(super) const STACK: u32 = 8 << 10;

/// Bytes that are copied where [`STACK`] is not enough, as it is not in the functions of BLAS. A
/// record of the kernel's has less than 64 KiB.
pub(super) const DEEP_STACK: u32 = 56 << 10;

/// The stacks of one process, and what they mean.
pub(super) struct Stacks {
    lines: Lines,
    unwinder: Unwinder,
    /// Frames that are followed at most.
    most_frames: usize,
    depth: Depth,
}

/// Whether as much of the stacks is copied as is needed.
enum Depth {
    /// So many of so many ended before a line was found.
    Counted { beyond: u64, of: u64 },
    /// There is no more to be had.
    Enough,
}

impl Stacks {
    /// Those of a process whose lines are these, of which so many frames are followed at most.
    pub(super) fn new(process: Pid, lines: Lines, most_frames: u32) -> Self {
        Self {
            lines,
            unwinder: Unwinder::new(process),
            most_frames: most_frames as usize,
            depth: Depth::Counted { beyond: 0, of: 0 },
        }
    }

    /// Takes in what was compiled and loaded since the last time.
    pub(super) fn refresh(&mut self) {
        self.lines.refresh();
        self.unwinder.refresh();
    }

    /// What was seen of a thread: the innermost line of the user's is enough.
    pub(super) fn observe(&mut self, registers: &Registers, stack: &[u8]) -> Observation {
        self.observe_frames(registers, stack, self.most_frames)
    }

    /// Whether an address is in code that the process has compiled.
    pub(super) fn is_compiled(&self, address: u64) -> bool {
        self.lines.is_compiled(address)
    }

    /// The same without callers, as for compilers, which are deep in calls.
    pub(super) fn observe_innermost(&mut self, registers: &Registers, stack: &[u8]) -> Observation {
        self.observe_frames(registers, stack, 1)
    }

    fn observe_frames(&mut self, registers: &Registers, stack: &[u8], most: usize) -> Observation {
        let top = Top { registers, stack };
        let (frames, end) = self.unwinder.frames(top, &mut self.lines, most);
        let observation = self.lines.observe(&frames);
        let has_line = observation.is_in_python_source() || observation.is_at_barrier();
        self.depth.note(end == End::Beyond && !has_line);
        let is_known = has_line || observation.is_in_compiled_code();
        // Who called this code is not known: it may be a line of the user's. Those that call the
        // interpreter are seldom compiled.
        let is_lost = end == End::Unknown || end == End::Beyond && !is_interpreter(&frames);
        if is_lost && !is_known {
            Observation::Bad
        } else {
            observation
        }
    }

    /// Whether many stacks ended too soon, so that [`DEEP_STACK`] is needed. It is said once.
    pub(super) fn need_depth(&mut self) -> bool {
        let need = self.depth.is_too_small();
        if need {
            self.depth = Depth::Enough;
        }
        need
    }

    /// Where compiled code is, and what it consists of.
    pub(super) const fn lines(&self) -> &Lines {
        &self.lines
    }
}

/// Whether the innermost code is the interpreter's.
fn is_interpreter(frames: &[RawFrame]) -> bool {
    let innermost = frames.first().and_then(|frame| frame.object.as_deref());
    let name = innermost.and_then(Path::file_name).unwrap_or_default();
    let name = name.to_string_lossy();
    name.starts_with("libpython") || name.starts_with("python")
}

impl Depth {
    /// Notes a stack, and whether it ended before a line was found.
    const fn note(&mut self, is_beyond: bool) {
        if let Self::Counted { beyond, of } = self {
            *beyond += is_beyond as u64;
            *of += 1;
        }
    }

    /// Whether many stacks ended too soon.
    const fn is_too_small(&self) -> bool {
        matches!(self, Self::Counted { beyond, of } if *beyond >= 20 && *beyond * 20 >= *of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_of_the_stacks_is_needed_once_a_part_of_them_ends_too_soon() {
        let mut depth = Depth::Counted { beyond: 0, of: 0 };
        for index in 0..400 {
            depth.note(index % 20 == 0);
            assert_eq!(depth.is_too_small(), index >= 380, "{index}");
        }
        for _ in 0..20 {
            depth.note(false);
        }
        assert!(!depth.is_too_small());
        depth = Depth::Enough;
        depth.note(true);
        assert!(!depth.is_too_small());
    }

    #[test]
    fn the_interpreter_is_a_program_or_a_library() {
        let frames = |object: &str| {
            vec![RawFrame {
                object: Some(object.into()),
                ..RawFrame::default()
            }]
        };
        assert!(is_interpreter(&frames("/usr/bin/python3.11")));
        assert!(is_interpreter(&frames("/usr/lib/libpython3.11.so.1.0")));
        assert!(!is_interpreter(&frames("/usr/lib/libopenblas.so")));
        assert!(!is_interpreter(&[]));
    }
}
