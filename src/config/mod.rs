//! What to measure and how: the configuration file and the flags, resolved.
//!
//! [`discover`](discover()) finds and reads the file, the private `wire` types are
//! its form, and [`diff`], [`annotate`] and [`record`] make of file, flags and
//! defaults the [`Config`] that the rest of the crate works with. What is in a [`Config`] is valid and complete: nothing
//! downstream fills in a default or checks a bound.

mod diagnose;
mod discover;
mod resolve;
mod trust;
mod wire;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

pub use discover::{Document, discover, require_scripts, write_template};
pub use resolve::{Operands, annotate, diff, doctor, operands, output, record};

pub use crate::gate::Rule;
pub use crate::options::{
    Color, ColorWish, Export, Format, SameOutput, Sampler, Selection, Verbosity,
};
pub use crate::recording::{Attribution, Better, MetricKind};
pub use crate::source::FileGlob;
pub use crate::throughput::{Throughput, ThroughputSource};

/// Everything a command needs to know, valid and complete.
#[derive(Clone, Debug)]
pub struct Config {
    /// What to run, the version compared against first. Two or more for `diff` unless it
    /// compares recordings, which needs none; one for `annotate` and `record`. The last
    /// one is the [placebo](Compare::placebo), where there is to be one.
    pub variants: Vec<Variant>,
    /// How to run it.
    pub run: Run,
    /// How to sample it.
    pub sampling: Sampling,
    /// How to find its throughput.
    pub throughput: Throughput,
    /// How to compare.
    pub compare: Compare,
    /// What a change may cost.
    pub gate: Gate,
    /// How to show what was found.
    pub output: Output,
}

/// One version of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Unique among the variants, not empty, and without `/`, so that it can name
    /// a file.
    pub name: String,
    /// What is run.
    pub program: Program,
    /// The arguments of the program.
    pub args: Vec<String>,
    /// Environment variables, besides those of [`Run::env`] and stronger than them.
    pub env: BTreeMap<String, String>,
    /// The interpreter.
    pub python: Tool,
}

/// What Python is asked to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A file. The path is valid from profila's working directory and from
    /// [`Run::cwd`]: it is as the user wrote it where the two are the same, and
    /// absolute elsewhere.
    Script(PathBuf),
    /// A module, as `python -m` takes it.
    Module(String),
    /// Code, as `python -c` takes it.
    Code(String),
}

/// A program that is looked for or given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// It is looked for in the usual places.
    #[default]
    Auto,
    /// This one. A name without `/` is meant to be looked up on `PATH`.
    Path(PathBuf),
}

/// How to run the variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The working directory of every run, absolute.
    pub cwd: PathBuf,
    /// The longest one run may take; `None` is for ever.
    pub timeout: Option<Duration>,
    /// Environment variables of every run.
    pub env: BTreeMap<String, String>,
}

/// How to sample the profiled runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// The tool.
    pub sampler: Sampler,
    /// The gdb.
    pub gdb: Tool,
    /// Samples per second, from 1 to 1000.
    pub rate_hz: f64,
    /// Part of the time for which the script may be stopped, from 0.01 to 0.9.
    pub max_stopped: f64,
    /// Frames of a stack that are read at most, from 1 to 1000.
    pub max_depth: u32,
    /// Which line of a stack a sample is counted for.
    pub attribution: Attribution,
    /// Files whose lines are the user's, although they are a library's.
    pub include: Vec<FileGlob>,
    /// Files whose lines are a library's, although they are the user's.
    pub exclude: Vec<FileGlob>,
}

/// How many rounds to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounds {
    /// This many, at least 1.
    Fixed(u32),
    /// As many as an answer needs, and no more than this.
    UpTo(u32),
}

/// How to compare.
#[derive(Clone, Debug)]
pub struct Compare {
    /// Rounds that count.
    pub rounds: Rounds,
    /// Rounds before them that do not.
    pub warmup: u32,
    /// The level of intervals, such as 0.95.
    pub confidence: f64,
    /// The least relative change that is called one, such as 0.01.
    pub min_effect: f64,
    /// The seed of everything that is drawn at random.
    pub seed: u64,
    /// What has to be the same in the output of all timed runs.
    pub same_output: SameOutput,
    /// Whether the first version is measured once more, under another name.
    pub placebo: bool,
}

/// What a change may cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gate {
    /// The rules.
    pub rules: Vec<Rule>,
    /// How to exit where a rule neither passes nor fails.
    pub on_inconclusive: OnInconclusive,
}

/// How to exit where a rule neither passes nor fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnInconclusive {
    /// Exit with 0.
    Pass,
    /// Exit with 0, and warn.
    #[default]
    Warn,
    /// Exit with 3.
    Fail,
}

/// How to show what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The form of the report on standard output.
    pub format: Format,
    /// Lines of source shown around each line of interest.
    pub context: u32,
    /// Whether every line with samples is listed, or only those that matter.
    pub all: bool,
    /// Which lines are shown.
    pub selection: Selection,
    /// Whether compiled functions are shown one by one, and not only as the Python
    /// functions that they were compiled from.
    pub specializations: bool,
    /// Whether to use colors.
    pub color: Color,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
    /// Reports written to files besides.
    pub exports: Vec<Export>,
    /// Where to keep what was measured: a file in `annotate` and `record`, a
    /// folder in `diff`.
    pub save: Option<PathBuf>,
}

/// The JSON schema of a configuration file.
pub fn schema() -> schemars::Schema {
    wire::schema()
}

impl Run {
    /// The environment variables that `variant` is run with, besides those that
    /// profila itself was given.
    pub fn environment<'a>(&'a self, variant: &'a Variant) -> BTreeMap<&'a str, &'a str> {
        self.env
            .iter()
            .chain(&variant.env)
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

impl Tool {
    /// The program that the user named, where one was named.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Auto => None,
            Self::Path(path) => Some(path),
        }
    }
}

impl Program {
    /// The file, where it is one.
    pub fn script(&self) -> Option<&Path> {
        match self {
            Self::Script(path) => Some(path),
            Self::Module(_) | Self::Code(_) => None,
        }
    }
}

/// The file that `profila init` writes: every key with its default and its meaning.
pub const TEMPLATE: &str = include_str!("template.toml");

#[cfg(test)]
mod tests;
