//! Whether this machine can profile Numba: what was found, what it means, and what to
//! do about it. Behaviour is judged, not versions: a small script is profiled, and it
//! is known what its profile has to look like.
//!
//! Nothing is looked at here. [`Facts`] come from outside, and [`examine`] makes
//! findings of them.

mod findings;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::findings::examine;
use crate::error::Error;
use crate::options::Sampler;
use crate::process::Host;
use crate::process::python::Interpreter;
use crate::recording::{Recording, Run, RunKind, SampleCounts};
use crate::source::LineNumber;

/// The `schema` of a diagnosis as JSON.
pub const SCHEMA: &str = "profila.doctor/1";

/// A script of about two seconds, nearly all of which go into a loop of two lines.
pub const PROBE: &str = include_str!("doctor/probe.py");

/// What the hot lines of [`PROBE`] end with.
const HOT: &str = "# hot";

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The interpreter.
    Python,
    /// Numba and llvmlite in it.
    Numba,
    /// The gdb.
    Gdb,
    /// The kernel's own clocks.
    Perf,
    /// Whether a process may trace another by itself.
    Ptrace,
    /// The processors that may be used.
    Processors,
    /// Yama's limit on who may trace whom.
    PtraceScope,
    /// A container, and what it may not do.
    Container,
    /// Whether gdb could attach to a script.
    Attach,
    /// Which build was profiled.
    Build,
    /// Whether samples fell on the lines that they had to fall on.
    Lines,
    /// Whether samples were taken, and could be read.
    Samples,
    /// For how long the script was stopped.
    Stops,
    /// How fast it was while it was watched.
    Speed,
}

impl Check {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Numba => "numba",
            Self::Gdb => "gdb",
            Self::Perf => "perf",
            Self::Ptrace => "ptrace",
            Self::Processors => "processors",
            Self::PtraceScope => "ptrace-scope",
            Self::Container => "container",
            Self::Attach => "attach",
            Self::Build => "build",
            Self::Lines => "lines",
            Self::Samples => "samples",
            Self::Stops => "stops",
            Self::Speed => "speed",
        }
    }
}

/// What a finding means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Profiling works, but worse than it could.
    Warning,
    /// Profiling does not work.
    Problem,
    /// It could not be looked at, because of a problem elsewhere.
    NotTried,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// What it means.
    pub status: Status,
    /// What was found.
    pub found: String,
    /// What to do about it, where there is something to do.
    pub remedy: Option<String>,
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnosis {
    /// Always [`SCHEMA`].
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// Whether profiling works.
    pub works: bool,
    /// The findings, in the order in which one thing needs another.
    pub findings: Vec<Finding>,
}

/// What is known of this machine.
#[derive(Debug)]
pub struct Facts {
    /// The interpreter.
    pub python: Result<Interpreter, Trouble>,
    /// Where gdb is.
    pub gdb: Result<PathBuf, Trouble>,
    /// Whether the kernel's clocks may be used.
    pub perf: Result<(), Trouble>,
    /// Whether a process may trace another.
    pub ptrace: Result<(), Trouble>,
    /// The tool that the probe is sampled with.
    pub sampler: Sampler,
    /// The machine.
    pub host: Host,
    /// What came of profiling [`PROBE`]; `None` where that was not tried.
    pub probe: Option<Result<Probe, Trouble>>,
}

/// What kept something from working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What does not work.
    pub about: Check,
    /// What is wrong with it.
    pub what: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Self {
        let about = match error {
            Error::PythonMissing { .. } | Error::PythonUnusable { .. } => Check::Python,
            Error::NumbaMissing { .. } => Check::Numba,
            Error::GdbMissing { .. }
            | Error::GdbUnusable { .. }
            | Error::GdbDied { .. }
            | Error::GdbTimeout { .. }
            | Error::NotSampled { .. } => Check::Gdb,
            Error::AttachDenied { .. } => Check::Attach,
            Error::PerfDenied { .. } => Check::Perf,
            Error::TracerDied { .. } => Check::Ptrace,
            _ => Check::Samples,
        };
        Self {
            about,
            what: error.on_one_line(),
            remedy: error.hint().map(Into::into),
        }
    }
}

/// What came of profiling [`PROBE`].
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Name and version of the sampler.
    pub sampler: String,
    /// Why a debug build was profiled, where it was.
    pub fallback: Option<String>,
    /// The samples.
    pub samples: SampleCounts,
    /// Samples on the lines on which they have to be.
    pub on_hot_lines: u64,
    /// Length of the measured window, in seconds.
    pub window_s: f64,
    /// Time stopped within it, in seconds.
    pub stopped_s: f64,
    /// The longest stop, in seconds.
    pub longest_stop_s: f64,
    /// The rate that was asked for, in Hz.
    pub wanted_rate_hz: f64,
    /// Speed while it was watched, as a part of that without a tracer.
    pub speed: Option<f64>,
    /// Speed of the build that is profiled while nobody watches, in the same terms.
    pub build_speed: Option<f64>,
}

impl Probe {
    /// Reads it off a recording of [`PROBE`] with a run of each kind; `None` where it has
    /// no profiled one.
    pub fn of(recording: &Recording) -> Option<Self> {
        let run = recording.runs().find(|run| run.profile.is_some())?;
        let profile = run.profile.as_ref()?;
        let hot = PROBE.lines().enumerate();
        let hot: Vec<LineNumber> = hot
            .filter_map(|(index, line)| line.ends_with(HOT).then_some(index))
            .map(LineNumber::from_index)
            .collect();
        let on_hot_lines = profile
            .lines
            .iter()
            .filter(|it| recording.script() == Some(it.file.as_str()) && hot.contains(&it.line));
        let value = |run: &Run| Some(run.metric.as_ref()?.value);
        let speed = |kind| {
            let mut runs = recording.runs();
            value(runs.find(|run| run.kind == kind)?)
        };
        let part = |kind| Some(speed(kind)? / speed(RunKind::Timed)?);
        Some(Self {
            sampler: recording.sampler.clone(),
            fallback: profile.fallback.clone(),
            samples: profile.samples,
            on_hot_lines: on_hot_lines.map(|line| line.owned).sum(),
            window_s: run.window_s,
            stopped_s: profile.stopped_s,
            longest_stop_s: profile.longest_stop_s,
            wanted_rate_hz: recording.settings.rate_hz,
            speed: part(RunKind::Profiled),
            build_speed: part(RunKind::Control),
        })
    }
}
