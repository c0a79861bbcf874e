//! Watching a running script: where is it, many times a second.
//!
//! The tool is chosen in `factory`. One that stops the script implements
//! `tracer::Tracer`: when a sample is taken, and what follows from that, is the same for
//! all of them (`watch`), and so is which lines of Python the addresses belong to that it
//! sees (`lines`). One that need not stop it implements [`Sampler`].

mod access;
mod factory;
pub mod gdb;
pub mod jit;
mod kernel;
mod lines;
mod perf;
mod ptrace;
mod registers;
mod running;
mod stacks;
mod switches;
pub(crate) mod ticker;
pub(crate) mod tracer;
mod unwind;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::unistd::Pid;

pub use self::factory::Factory;
use self::jit::FunctionCode;
pub use self::jit::JitInterface;
use self::lines::Lines;
pub use self::ptrace::serve_if_asked;
pub use self::switches::Switches;
use crate::error::Result;
use crate::recording::Counter;
use crate::sample::{Event, Moment, Observation, Sample, Stop, Tick};
use crate::source::{LineNumber, SourceRoots};

/// Something that can watch a process.
pub trait Sampler: Send {
    /// Takes note of a process that has just started, or is to be watched at once. It goes on
    /// meanwhile.
    fn begin(&mut self, process: Pid);

    /// Finds out what can be known of a process before it is to be watched, while it goes
    /// on. It has imported Numba. What cannot be found out yet, [`Self::attach`] does.
    fn prepare(&mut self, process: Pid);

    /// Begins to watch a process, which may be held until this returns. The folder has twins
    /// of what it compiles, see [`jit`].
    ///
    /// Fails where the system does not allow it, or the tool does not work.
    fn attach(&mut self, process: Pid, twins: &Path) -> Result<()>;

    /// Takes samples until the process ends, or is to be let go of ([`Switches::enough`]).
    ///
    /// Fails where the tool ends before the process does.
    fn watch(&mut self) -> Result<Watched>;

    /// What it is told from other threads while it is at work, and tells them.
    fn switches(&self) -> Switches;
}

/// The settings of a sampler.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Samples to take in a second, while the script runs.
    pub rate_hz: f64,
    /// Part of the time for which the script may be stopped, above 0.
    pub max_stopped: f64,
    /// Seed of the jitter.
    pub seed: u64,
    /// Frames to read of each stack, at most.
    pub max_depth: u32,
    /// Tells the user's files from those of libraries.
    pub roots: SourceRoots,
    /// What to count beside the samples, where that can be done.
    pub counters: Vec<Counter>,
    /// A folder for temporary files.
    pub scratch: PathBuf,
}

/// Lines by the path that the compiler was given.
pub type CodeLines = BTreeMap<Arc<str>, BTreeSet<LineNumber>>;

/// What was counted beside the samples.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// The events that were looked at, in the order in which they happened.
    pub events: Vec<Event>,
    /// The counters that there were all the time.
    pub counters: BTreeSet<Counter>,
    /// When and how many events would have been looked at but for want of room.
    pub lost: Vec<(Counter, Moment, u64)>,
    /// For which part of the time each of them counted.
    pub parts: BTreeMap<Counter, f64>,
    /// Why each of the others was not there.
    pub missing: BTreeMap<Counter, String>,
}

/// What a sampler saw of one process.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// Name and version of the tool, such as `gdb 13.1`.
    pub sampler: Option<String>,
    /// The samples, in the order in which they were taken.
    pub samples: Vec<Sample>,
    /// When it attempted to take a sample and saw nothing of what the process does: no thread
    /// had a processor, or the one that was stopped only slept until others had done their
    /// parts.
    pub unseen: Vec<Moment>,
    /// Every stop it made after it had attached, to take samples.
    pub stops: Vec<Stop>,
    /// Every tick at which it attempted to take a sample.
    pub ticks: Vec<Tick>,
    /// The lines that compiled code has machine instructions for.
    pub code_lines: CodeLines,
    /// How many objects of code were announced after those that were there at first.
    pub announced_later: usize,
    /// The compiled functions that have samples.
    pub functions: Vec<FunctionCode>,
    /// Whether it saw nothing of what the kernel did for the process.
    pub misses_kernel: bool,
    /// The most threads that ran within a moment, where each was sampled on its own: then samples
    /// do not tell that.
    pub most_threads: Option<u64>,
    /// What it counted; nothing where it was asked for nothing.
    pub counted: Counted,
    /// Stops that only its presence made, as those for signals; none of them is a sample.
    pub foreign_stops: Vec<Stop>,
}

impl Watched {
    /// Notes the code that was sampled, once all samples are there.
    fn note_code(&mut self, lines: &Lines) {
        self.code_lines = lines.code_lines().clone();
        self.announced_later = lines.announced_later();
        let innermost = self.samples.iter().filter_map(|it| match &it.observation {
            Observation::Stack { frames, .. } => {
                let mut frames = frames.iter();
                frames.find(|it| it.code.is_some() && it.place.is_some())
            }
            Observation::Waiting | Observation::Bad => None,
        });
        self.functions = lines.functions_at(innermost.map(|frame| frame.address));
    }

    /// Notes what was seen of a thread at a moment, which stands for so many that ran.
    fn push(&mut self, at: Moment, thread: Option<u32>, observation: &Observation, running: usize) {
        let sample = Sample {
            at,
            thread,
            observation: observation.clone(),
        };
        self.samples.extend(iter::repeat_n(sample, running));
    }
}
