//! What profila is asked to do. Each task has what it can have: a comparison of recordings
//! has no sampling rate that could be without effect.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::attach::AttachTask;
use super::baseline::{Baseline, BaselineTask};
use super::output::{ComparisonOutput, DocumentOutput, Output, ProfileOutput};
use super::program::Program;
use crate::compare;
use crate::options::{
    Children, Color, DiagnosisFormat, LineRange, OnInconclusive, Part, Placement, ReorderingFormat,
    SameOutput, Sampler, ScalingFormat, Verbosity,
};
use crate::recording::{Attribution, Counter, Role};
use crate::reorder::Independence;
use crate::scaling::SizeValue;
use crate::source::FileGlob;
use crate::throughput::Throughput;

/// What profila is asked to do, valid and complete.
#[derive(Clone, Debug)]
pub enum Task {
    /// Compares recordings as they are.
    Compare(CompareTask),
    /// Measures versions in turn, and compares them.
    Measure(MeasureTask),
    /// Does something with baselines.
    Baseline(BaselineTask),
    /// Measures one version, and keeps the recording.
    Record(RecordTask),
    /// Measures the statements of a block in several orders.
    Reorder(ReorderTask),
    /// Measures a script at several sizes.
    Scale(ScaleTask),
    /// Runs a script once as the user would, and shows where it spends its time.
    Profile(ProfileTask),
    /// Watches a process that runs already.
    Attach(AttachTask),
    /// Shows what was measured or concluded before.
    Show(ShowTask),
    /// Examines whether this machine can profile.
    Examine(ExamineTask),
}

/// What `diff` of recordings is.
#[derive(Clone, Debug)]
pub struct CompareTask {
    /// The recordings, two or more, the one compared against first.
    pub recordings: Vec<PathBuf>,
    /// How to compare them.
    pub judging: Judging,
    /// How to show what was found.
    pub output: ComparisonOutput,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// What `diff` of scripts is.
#[derive(Clone, Debug)]
pub struct MeasureTask {
    /// What to measure: two variants or more, or one where there is a baseline.
    pub experiment: Experiment,
    /// What was measured before, and is compared with the one variant.
    pub baseline: Option<Baseline>,
    /// The folder to keep the recordings in.
    pub save: Option<PathBuf>,
    /// How to compare them.
    pub judging: Judging,
    /// How to show what was found.
    pub output: ComparisonOutput,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// What `record` is.
#[derive(Clone, Debug)]
pub struct RecordTask {
    /// What to measure: one variant, in a fixed number of rounds.
    pub experiment: Experiment,
    /// The file to write the recording to.
    pub file: PathBuf,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// What `reorder` is.
#[derive(Clone, Debug)]
pub struct ReorderTask {
    /// How to measure: one variant, the script as it is, in a fixed number of rounds, at least 2.
    pub experiment: Experiment,
    /// The script.
    pub script: PathBuf,
    /// Which statements of it.
    pub block: WantedBlock,
    /// By what statements are taken for independent.
    pub independence: Independence,
    /// Orders at most, at least 2.
    pub orders: u32,
    /// The new file that the best order is written to.
    pub write: Option<PathBuf>,
    /// How to compare them.
    pub judging: Judging,
    /// How to show what was found.
    pub output: Output<ReorderingFormat>,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// Where a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedBlock {
    /// In these lines.
    Lines(LineRange),
    /// Somewhere in the function of this name.
    Function(String),
}

/// What `scale` is.
#[derive(Clone, Debug)]
pub struct ScaleTask {
    /// What to measure: one variant for each size, in a fixed number of rounds, at least 2.
    pub experiment: Experiment,
    /// The script or module, as the user named it.
    pub program: String,
    /// What the size is called.
    pub parameter: String,
    /// The sizes of the variants, ascending, at least 3.
    pub sizes: Vec<SizeValue>,
    /// How to judge.
    pub judging: Judging,
    /// How to show what was found.
    pub output: Output<ScalingFormat>,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// What `annotate` is.
#[derive(Clone, Debug)]
pub struct ProfileTask {
    /// What to run.
    pub single: SingleRun,
    /// Which line of a stack a sample is counted for, when it is shown.
    pub attribution: Attribution,
    /// The file to keep the recording in.
    pub save: Option<PathBuf>,
    /// How to show what was found.
    pub output: ProfileOutput,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// What `report` is.
#[derive(Clone, Debug)]
pub struct ShowTask {
    /// The documents, one or more; one where there are exports.
    pub files: Vec<PathBuf>,
    /// How to show them.
    pub output: DocumentOutput,
}

/// What `doctor` is.
#[derive(Clone, Debug)]
pub struct ExamineTask {
    /// How the user's scripts would be measured, but for what is run: that is a probe.
    pub experiment: Experiment,
    /// The form of the diagnosis.
    pub format: DiagnosisFormat,
    /// Whether to use colors.
    pub color: Color,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
}

/// Runs of one or more variants in turn, whose output is captured.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// What to run, the base first.
    pub variants: Vec<Variant>,
    /// How to run it.
    pub run: Run,
    /// How to sample it.
    pub sampling: Sampling,
    /// How to find its throughput.
    pub throughput: Throughput,
    /// Rounds that count.
    pub rounds: Rounds,
    /// Rounds before them that do not.
    pub warmup: u32,
    /// The seed of everything that is drawn at random.
    pub seed: u64,
    /// Where compiled code lies.
    pub placement: Placement,
    /// What has to be the same in the output of all timed runs.
    pub same_output: SameOutput,
    /// Whether there are control runs.
    pub control: Control,
    /// The part of the experiment that is to be made; `None` is all of it.
    pub shard: Option<Part>,
}

/// Whether there are control runs, which show what a profiled build costs by itself and what
/// the compiler says of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// One of each variant, in the first round.
    InFirstRound,
    /// None.
    Never,
}

/// One run with the user's own streams.
#[derive(Clone, Debug)]
pub struct SingleRun {
    /// What to run.
    pub variant: Variant,
    /// How to run it.
    pub run: Run,
    /// How to sample it.
    pub sampling: Sampling,
    /// The seed of everything that is drawn at random.
    pub seed: u64,
}

/// One version of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Unique among the variants, not empty, and without `/`, so that it can name
    /// a file.
    pub name: String,
    /// What it is to the others.
    pub role: Role,
    /// What is run.
    pub program: Program,
    /// The arguments of the program.
    pub args: Vec<String>,
    /// Environment variables, besides those of [`Run::env`] and stronger than them.
    pub env: BTreeMap<String, String>,
    /// The interpreter.
    pub python: Tool,
    /// The revision of the repository that it is taken from; `None` for the working tree.
    pub revision: Option<Revision>,
    /// Where it lies; `None` until revisions are checked out, and where there are none.
    pub place: Option<Place>,
}

/// A revision of the repository that a variant lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The revision as the user wrote it, such as `origin/main`.
    pub name: String,
    /// Files that the repository does not have and the script needs.
    pub copy: Vec<FileGlob>,
    /// What is run in the revision before it is measured, by a shell.
    pub setup: Option<String>,
}

/// A working tree that a variant is run in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder of the repository there, absolute: paths are shown relative to it.
    pub root: PathBuf,
    /// The working directory of its runs, absolute, instead of [`Run::cwd`].
    pub cwd: PathBuf,
    /// Of a revision: what stands for it.
    pub checked_out: Option<CheckedOut>,
}

/// A revision in a folder of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedOut {
    /// The user's own working tree, absolute, of which nothing may be imported.
    pub working_tree: PathBuf,
    /// The revision as the user wrote it.
    pub name: String,
    /// Its commit, by its full name.
    pub commit: String,
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
    /// The region of the script that alone is measured; `None` is the whole window.
    pub region: Option<String>,
    /// What becomes of child processes. Where a region is measured, they are ignored.
    pub children: Children,
}

/// How to sample the profiled runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// The tool.
    pub sampler: Sampler,
    /// The gdb.
    pub gdb: Tool,
    /// Samples per second, from 1 to 1000; `None` is as many as suit the tool.
    pub rate_hz: Option<f64>,
    /// Part of the time for which the script may be stopped, from 0.01 to 0.9.
    pub max_stopped: f64,
    /// Frames of a stack that are read at most, from 1 to 1000.
    pub max_depth: u32,
    /// What is counted beside the samples, each once.
    pub counters: Vec<Counter>,
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

/// How recordings are compared, and what follows from that.
#[derive(Clone, Debug, PartialEq)]
pub struct Judging {
    /// Which line of a stack a sample is counted for.
    pub attribution: Attribution,
    /// The confidence, the least change, and what a change may cost.
    pub options: compare::Options,
    /// How to exit where a rule neither passes nor fails.
    pub on_inconclusive: OnInconclusive,
}

impl Variant {
    /// The working directory of its runs, absolute.
    pub fn cwd<'a>(&'a self, run: &'a Run) -> &'a Path {
        self.place.as_ref().map_or(&run.cwd, |place| &place.cwd)
    }
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
