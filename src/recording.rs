//! What was measured: the versioned on-disk form of the runs of one variant.
//!
//! A recording holds everything a comparison needs, sources included, so that it
//! can be saved, moved to another machine and compared later. It holds no
//! conclusion: those are made from it, in [`crate::compare`], as often as wanted.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::foreign::ForeignText;
use crate::share::Share;
use crate::source::LineNumber;

mod attribution;
mod block;
pub(crate) mod check;
#[cfg(test)]
pub(crate) mod fixture;

pub use self::attribution::Attribution;
pub use self::block::{Block, RoundId};
pub use crate::source::Source;

/// The `schema` of the recordings that this version writes.
///
/// It reads all with the same first number. The second one is raised with every field that is
/// added: readers that do not know of it leave it out, and it can be absent.
/// `tests/recordings/` has a recording of each.
pub const SCHEMA: &str = "profila.recording/1.0";

/// The `schema` of those that it reads, as a regular expression.
const READ: &str = r"^profila\.recording/1\.(0|[1-9][0-9]*)$";

/// All runs of one variant, with the sources that were sampled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recording {
    /// Always [`SCHEMA`].
    #[schemars(extend("pattern" = READ))]
    pub schema: String,
    /// Equal in recordings whose runs were interleaved in one experiment: only
    /// those are compared round by round.
    pub experiment: String,
    /// When the experiment began, RFC 3339.
    pub created: String,
    /// What was run.
    pub variant: Variant,
    /// What the variant was to the others of the experiment.
    pub role: Role,
    /// Version of the Python that ran it.
    pub python: String,
    /// Version of the Numba that the first run imported. Where a later one imported another,
    /// there is a warning.
    pub numba: String,
    /// Name and version of the sampler, such as `gdb 13.1`.
    pub sampler: String,
    /// The settings that shaped the measurement.
    pub settings: Settings,
    /// Every file with samples, and the variant's own script.
    pub sources: Vec<Source>,
    /// The runs, a block for each machine that they were made on: at least one.
    pub blocks: Vec<Block>,
    /// What the reader of any report about these runs should know.
    pub warnings: Vec<ForeignText>,
}

impl Recording {
    /// The path of the script or code in [`sources`](Self::sources), where one was
    /// run: it is the first of them. A module has none.
    pub fn script(&self) -> Option<&str> {
        let source = self.sources.first()?;
        let Variant { script, code, .. } = &self.variant;
        (script.is_some() || code.is_some()).then_some(source.path.as_str())
    }

    /// The same with every sample counted for the innermost line alone, whoever
    /// called it.
    #[must_use]
    pub fn seen_from_leaves(mut self) -> Self {
        let profiles = self.runs_mut().filter_map(|run| run.profile.as_mut());
        for line in profiles.flat_map(|profile| &mut profile.lines) {
            line.total = line.self_samples;
            line.owned = line.self_samples;
        }
        self
    }
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// Name the user gave, or the script's file name.
    pub name: String,
    /// The script, as the user named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The module, for `-m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The code, for `-c`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Arguments of the script.
    pub args: Vec<String>,
}

/// What a variant is to the others of its experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The one that the others are compared with, or the only one.
    Base,
    /// One that is compared with the base.
    Candidate,
    /// The base once more, under another name: what differs between the two is chance.
    Placebo,
}

/// The settings that shaped the measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// Requested sampling rate, in Hz.
    pub rate_hz: f64,
    /// Limit on the part of the time for which the script is stopped.
    pub max_stopped: f64,
    /// The rounds after which profila checked whether there was an answer; none where their
    /// number was fixed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<u32>,
    /// Where the metric of the runs came from.
    pub throughput: MetricSource,
    /// Who chose that.
    #[serde(default, skip_serializing_if = "Chosen::is_default")]
    pub throughput_chosen: Chosen,
    /// A line of output that looks like a rate but was not read, so that the seconds of the
    /// measured window are compared instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_rate: Option<String>,
}

/// Who chose where the metric of runs comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// Profila, by what it found.
    #[default]
    Found,
    /// The user, with `source` or `pattern`.
    Named,
}

impl Chosen {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a run's metric comes from, and how to read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MetricSource {
    /// What the value is taken from.
    pub source: ThroughputSource,
    /// Unit of the value, such as `images / sec` or `s`.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
}

/// What the throughput of a run is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ThroughputSource {
    /// A pattern matched in the script's standard output.
    Pattern,
    /// A line of the file named by `PROFILA_METRICS`.
    Metrics,
    /// Seconds of the measured window.
    Window,
    /// Seconds from start to exit.
    Wall,
    /// Seconds of processor time.
    Cpu,
}

impl ThroughputSource {
    /// Whether the script reports the value, and profila does not take the time itself.
    pub const fn is_reported(self) -> bool {
        match self {
            Self::Pattern | Self::Metrics => true,
            Self::Window | Self::Wall | Self::Cpu => false,
        }
    }
}

impl fmt::Display for ThroughputSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pattern => "the script's output",
            Self::Metrics => "the metrics file",
            Self::Window => "the measured window",
            Self::Wall => "the time from start to exit",
            Self::Cpu => "processor time",
        })
    }
}

/// Which direction of a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// A rate: units of work per second.
    Higher,
    /// A duration: seconds per unit of work.
    Lower,
}

/// Where the runs took place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Model name of the processor.
    pub cpu: String,
    /// Logical processors that the runs could use.
    pub cores: usize,
    /// Kernel name and release.
    pub kernel: String,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Round of the block, counted from 1.
    pub round: u32,
    /// Place among the block's runs of all variants, counted from 0.
    pub position: u32,
    /// Whether the run was timed or profiled.
    pub kind: RunKind,
    /// Exit code of the script.
    pub exit_code: i32,
    /// Seconds from start to exit.
    pub wall_s: f64,
    /// Seconds of processor time, user and system.
    pub cpu_s: f64,
    /// Seconds of the measured window.
    pub window_s: f64,
    /// Largest resident set, in bytes.
    pub peak_rss_bytes: u64,
    /// What the script reported, where it did.
    pub metric: Option<Metric>,
    /// What the sampler saw; absent in timed runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfiledRun>,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// No tracer, no line tables: gives throughput.
    Timed,
    /// Under the sampler: gives shares.
    Profiled,
    /// Line tables, but no tracer: gives what the build alone costs.
    Control,
}

impl fmt::Display for RunKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timed => "timed",
            Self::Profiled => "profiled",
            Self::Control => "control",
        })
    }
}

/// A value that the script reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// Name of the metric.
    pub name: String,
    /// Unit of the value: what is counted per second for a rate, seconds for a time,
    /// whatever prefix the script printed it with.
    pub unit: String,
    /// The value, finite and positive.
    pub value: f64,
    /// The size of one step of the last printed digit, in the same unit, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
}

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
    /// [`Settings::max_stopped`].
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
const fn is_none(count: &u64) -> bool {
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
    /// Elsewhere: the interpreter, other native code.
    pub other: u64,
    /// No thread was running.
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
    /// The file, by its path in [`Recording::sources`].
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
    /// The file of its line, by its path in [`Recording::sources`].
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
        /// The file, by its path in [`Recording::sources`].
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

    #[test]
    fn seen_from_leaves_each_sample_is_counted_for_its_innermost_line() {
        let line = |number, self_samples, total, owned| LineSamples {
            file: "a.py".to_owned(),
            line: LineNumber::new(number).expect("a line"),
            self_samples,
            total,
            owned,
        };
        let mut recording = crate::document::read::<Recording>(RECORDING).expect("a recording");
        recording.blocks[0].runs[0]
            .profile
            .as_mut()
            .expect("a profile")
            .lines = vec![line(1, 2, 10, 10), line(2, 8, 8, 0)];
        let seen = recording.seen_from_leaves();
        let lines = &seen.blocks[0].runs[0]
            .profile
            .as_ref()
            .expect("a profile")
            .lines;
        assert_eq!(*lines, [line(1, 2, 2, 2), line(2, 8, 8, 8)]);
    }

    const RECORDING: &str = r#"{
        "schema": "profila.recording/1.0", "experiment": "e", "created": "2026-01-01T00:00:00Z",
        "variant": {"name": "a", "script": "a.py", "args": []}, "role": "base",
        "python": "3.11.7", "numba": "0.68.1", "sampler": "gdb 13.1",
        "settings": {"rate_hz": 100.0, "max_stopped": 0.2,
            "throughput": {"source": "window", "unit": "s", "better": "lower"}},
        "sources": [], "warnings": [],
        "blocks": [{"machine": {"cpu": "c", "cores": 2, "kernel": "k"}, "seed": 0, "runs": [{"round": 1, "position": 0, "kind": "profiled", "exit_code": 0,
            "wall_s": 1.0, "cpu_s": 1.0, "window_s": 0.5, "peak_rss_bytes": 1000, "metric": null,
            "profile": {"stopped_s": 0.1, "longest_stop_s": 0.01, "lines": [],
                "lateness": {"median_s": 0.0, "most_s": 0.0}, "put_off": 0, "unseen": 0,
                "foreign_stops": 0, "instructions": [], "stacks": [],
                "samples": {"window": 10, "numba": 10, "other": 0, "waiting": 0, "bad": 0,
                    "startup": 0, "compiling": 0, "folded": 0}}}]}]
    }"#;
}
