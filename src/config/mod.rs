//! What to do and how: the configuration file and the flags, resolved.
//!
//! [`discover`](discover()) finds and reads the file, the private `wire` types are
//! its form, and [`resolve`](resolve()) makes of a command line, the file and the defaults
//! the [`Task`] that the rest of the crate works with. What is in a [`Task`] is valid and
//! complete: nothing downstream fills in a default or checks a bound.

mod attach;
mod baseline;
mod diagnose;
mod discover;
mod output;
mod program;
mod resolve;
mod task;
mod trust;
mod wire;

pub use attach::{Attach, AttachTask};
pub use baseline::{Baseline, BaselineTask, SaveTask};
pub use discover::{Document, discover, require_scripts, write_template};
pub use output::{ComparisonOutput, DocumentOutput, Output, ProfileOutput};
pub use program::{Benchmark, Program};
pub use resolve::resolve;
pub use task::{
    CheckedOut, CompareTask, Control, ExamineTask, Experiment, Judging, MeasureTask, Place,
    ProfileTask, RecordTask, ReorderTask, Revision, Rounds, Run, Sampling, ScaleTask, ShowTask,
    SingleRun, Task, Tool, Variant, WantedBlock,
};

pub use crate::gate::Rule;
pub use crate::options::{
    Color, ColorWish, ComparisonFormat, DiagnosisFormat, Export, Format, OnInconclusive, Part,
    Placement, ProfileFormat, ReorderingFormat, SameOutput, Sampler, ScalingFormat, Verbosity,
};
pub use crate::recording::{Attribution, Better};
pub use crate::scaling::SizeValue;
pub use crate::selection::Selection;
pub use crate::source::FileGlob;
pub use crate::throughput::{Clock, Throughput, WantedSource};

/// The JSON schema of a configuration file.
pub fn schema() -> schemars::Schema {
    wire::schema()
}

/// The file that `profila init` writes: every key with its default and its meaning.
pub const TEMPLATE: &str = include_str!("template.toml");

#[cfg(test)]
mod tests;
