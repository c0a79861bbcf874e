//! What the sampler saw in one run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CountedEvents;
use crate::share::Share;
use crate::source::LineNumber;

/// What the sampler saw in one profiled run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProfiledRun {
    /// Seconds of the measured window for which the script was stopped, for samples and
    /// by [`foreign_stops`](Self::foreign_stops).
    pub stopped_s: f64,
    /// The longest single stop after the tracer had attached, in seconds.
    pub longest_stop_s: f64,
    /// How much later than planned the process was sampled, within the window.
    pub lateness: Lateness,
    /// Seconds from the start of the process to the first sample in the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_sample_s: Option<f64>,
    /// Sampling times within the window that were put off to keep to
    /// [`Settings::max_stopped`](super::Settings::max_stopped).
    pub put_off: u64,
    /// Sampling times within the window at which no thread could be seen at work, although
    /// the script was working.
    pub unseen: u64,
    /// Stops within the window that were caused only by the tracer's presence, such as
    /// those for signals; none of them is a sample.
    pub foreign_stops: u64,
    /// Why Numba's debug build was profiled instead of the production build, where it
    /// was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// Samples by outcome.
    pub samples: SampleCounts,
    /// Samples by line, within the measured window.
    pub lines: Vec<LineSamples>,
    /// The same samples by instruction.
    pub instructions: Vec<InstructionSamples>,
    /// The same samples by call stack, as far as stacks were read.
    pub stacks: Vec<StackSamples>,
    /// Samples in compiled functions without line tables, by function. They are on no line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlined: Vec<FunctionSamples>,
    /// What the counters counted that were asked for and that there are, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<CountedEvents>,
}

/// How much later than planned something happened, over many times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lateness {
    /// The median, in seconds.
    pub median_s: f64,
    /// The most, in seconds.
    pub most_s: f64,
}

/// Whether there are none. Such a count is not written, for there should be none.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(super) const fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Samples of one run by outcome. `window = numba + other + waiting + bad`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SampleCounts {
    /// All samples of the measured window.
    pub window: u64,
    /// Those in Numba code that were attributed to an impossible line: one past the end of
    /// its file, or outside any function. This is a bug in profila.
    #[serde(default, skip_serializing_if = "is_none")]
    pub misplaced: u64,
    /// Moments of the measured window at which the process was sampled. Each gave one
    /// sample per running thread, or one waiting sample. 0 where unknown; `window`
    /// is used instead then.
    #[serde(default)]
    pub ticks: u64,
    /// The most threads that were running at one of those moments; 0 where unknown.
    #[serde(default)]
    pub most_threads: u64,
    /// On a line of compiled Numba code, or in code it called.
    pub numba: u64,
    /// Elsewhere: the interpreter, other native code, and compiled code without line tables
    /// (`unlined`).
    pub other: u64,
    /// Part of `other` in compiled Numba code without line tables, or in code it called.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unlined: u64,
    /// No thread was running, or one waited for others without sleeping (`barrier`).
    pub waiting: u64,
    /// The stack could not be read.
    pub bad: u64,
    /// Before the window: imports and start-up.
    pub startup: u64,
    /// While Numba compiled.
    pub compiling: u64,
    /// Part of `numba` at instructions without a line, which were attributed to the
    /// preceding line.
    pub folded: u64,
    /// Part of `waiting` in which a thread busy-waited for others, at the end of a parallel
    /// loop or for the next one.
    #[serde(default)]
    pub barrier: u64,
}

impl SampleCounts {
    /// The part of the Numba samples that was folded; nothing where there are none.
    pub const fn folded_share(&self) -> Share {
        Share::of_samples(self.folded, self.numba)
    }

    /// The part of the window's samples in which a thread waited for others; nothing where
    /// there are none.
    pub const fn barrier_share(&self) -> Share {
        Share::of_samples(self.barrier, self.window)
    }

    /// Samples for each moment at which the process was sampled: the seconds of
    /// thread time that one second of the window had, waiting counted once. 1 for a
    /// script of one thread.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of samples are far below 2^52"
    )]
    pub fn thread_seconds_per_second(&self) -> f64 {
        match self.ticks {
            0 => 1.0,
            ticks => self.window as f64 / ticks as f64,
        }
    }

    /// How many threads were running at a time, on average; absent where it was not
    /// recorded.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of samples are far below 2^52"
    )]
    pub fn mean_threads(&self) -> Option<f64> {
        let running = self.window.saturating_sub(self.waiting);
        (self.ticks > 0).then(|| running as f64 / self.ticks as f64)
    }
}

/// Samples of one line in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineSamples {
    /// The file, by its path in [`Recording::sources`](super::Recording::sources).
    pub file: String,
    /// The line.
    pub line: LineNumber,
    /// Samples whose innermost Python-source line is this one.
    #[serde(rename = "self")]
    pub self_samples: u64,
    /// `self` and those in library lines that it called or that were inlined into it.
    pub total: u64,
    /// Samples attributed to this line: those in which it is the innermost user line, or
    /// the innermost line where there is no user line. Each sample in Numba code has
    /// exactly one such line, so `owned` sums to `samples.numba`.
    pub owned: u64,
}

/// Samples of one compiled function without line tables, in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionSamples {
    /// Its name, as the compiler gave it.
    pub function: String,
    /// Samples in it or in code that it called, where that is no such function itself.
    pub samples: u64,
}

/// Samples of one instruction in one run.
///
/// They are those whose innermost compiled code it is: the instruction itself, or the
/// call by which it left for code that Numba did not compile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstructionSamples {
    /// Name of the compiled function, as the compiler gave it. Numba puts the function's
    /// Python name and the types of its arguments into it.
    pub function: String,
    /// Bytes from the function's start.
    pub offset: u64,
    /// The file of its line, by its path in [`Recording::sources`](super::Recording::sources).
    pub file: String,
    /// Its line, which is the innermost one.
    pub line: LineNumber,
    /// How many samples.
    pub samples: u64,
    /// How many of them were in code that it called, such as the C library or BLAS.
    pub in_callees: u64,
}

/// Samples of one call stack in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StackSamples {
    /// Its frames, outermost first.
    pub frames: Vec<StackFrame>,
    /// How many samples.
    pub samples: u64,
}

/// One frame of a stack. In JSON it is `file:line`, or the name of a native function.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum StackFrame {
    /// A line of compiled Python.
    Line {
        /// The file, by its path in [`Recording::sources`](super::Recording::sources).
        file: String,
        /// The line.
        line: LineNumber,
    },
    /// Code that Numba did not compile, such as the C library's.
    Native(String),
}

impl From<String> for StackFrame {
    fn from(text: String) -> Self {
        let place = text.rsplit_once(':').and_then(|(file, line)| {
            let line = LineNumber::new(line.parse().ok()?)?;
            Some((file.to_owned(), line))
        });
        place.map_or(Self::Native(text), |(file, line)| Self::Line { file, line })
    }
}

impl From<StackFrame> for String {
    fn from(frame: StackFrame) -> Self {
        match frame {
            StackFrame::Line { file, line } => format!("{file}:{line}"),
            StackFrame::Native(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_line_or_the_name_of_a_function() {
        for text in ["a b.py:12", "C:/x:y.py:3", "sin", "std::sort", "at:0"] {
            let frame = StackFrame::from(text.to_owned());
            let is_line = matches!(frame, StackFrame::Line { .. });
            assert_eq!(is_line, text.contains(".py:"), "{text}");
            assert_eq!(String::from(frame), text);
        }
    }
}
