//! What the user typed. What it means is decided in [`crate::config`].

mod attach;
mod base;
mod commands;
mod experiment;
mod generated;
mod given;
mod mistakes;
mod scale;
mod shared;
mod suite;

use std::path::Path;

use clap::{Args, Parser, Subcommand};

pub use self::attach::{AttachArgs, AttachSamplingArgs};
pub use self::base::{
    BaseArgs, BaselineAction, BaselineArgs, BaselineRemoveArgs, BaselineSaveArgs,
};
pub use self::commands::{
    AnnotateArgs, CompletionsArgs, DiffArgs, DoctorArgs, ManualArgs, RecordArgs, ReorderArgs,
    ReportArgs, SchemaArgs, SchemaOf,
};
pub use self::experiment::{ExperimentArgs, MergeArgs};
pub use self::generated::{Page, completions, manual};
pub use self::given::Given;
pub use self::mistakes::explain;
pub(crate) use self::mistakes::{long_options, of_another_profiler, option_name};
pub use self::scale::ScaleArgs;
pub use self::shared::{
    ComparisonExportArgs, ConfigArgs, ExportArgs, FormatArgs, MeasureArgs, ProfileExportArgs,
    ProgramArgs, ReorderingExportArgs, ReportOutputArgs, RunsArgs, ScalingExportArgs, ShownArgs,
    ToolArgs,
};
pub use self::suite::SuiteArgs;
use crate::options::{Color, Verbosity};

/// Show which lines of a Numba script got faster or slower between two versions, by how
/// much, and how sure you can be.
#[derive(Clone, Debug, Parser)]
#[command(name = "profila", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  profila diff before.py after.py       compare two versions of a script
  profila annotate -- script.py         see where one script spends its time
  profila attach PID                    see where a running process spends its time
  profila doctor                        check whether profiling works here
  profila init                          write a starter configuration

Exit codes: 0 success, 1 gate failed, 2 usage or configuration error, 3 gate undecided,
4 environment problem (gdb, Python, Numba), 5 script failed, 130 interrupted.";

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Report what profila does and chooses; in `diff`, also show the scripts' output
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Print only errors on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use color; `auto` honors `NO_COLOR` and `CLICOLOR_FORCE`
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = false
    )]
    pub color: Color,
}

impl GlobalArgs {
    /// How much to say on standard error.
    pub const fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, false) => Verbosity::Normal,
            (false, true) => Verbosity::Verbose,
        }
    }
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Something that a configuration has a say in.
    #[command(flatten)]
    Configured(Box<Configured>),
    /// Join the parts of an experiment that were measured on several machines
    Merge(MergeArgs),
    /// Write a commented profila.toml to the current folder
    Init,
    /// Print the JSON schema of the configuration, or of a file that profila writes
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Write the pages of the manual into a folder, as those do who make packages
    #[command(hide = true)]
    Manual(ManualArgs),
}

/// What a configuration has a say in.
#[derive(Clone, Debug, Subcommand)]
pub enum Configured {
    /// Compare two versions of a script, line by line
    Diff(Box<DiffArgs>),
    /// Show where one script spends its time, line by line
    Annotate(AnnotateArgs),
    /// Show where a process that runs already spends its time, line by line
    Attach(Box<AttachArgs>),
    /// Measure one script and save the recording for a later comparison
    Record(RecordArgs),
    /// Keep what was measured under a name, to compare with later
    Baseline(BaselineArgs),
    /// Measure the statements of a block in other orders: which cost is a statement's own
    Reorder(ReorderArgs),
    /// Measure one script at several sizes: as which power of the size each line grows
    Scale(Box<ScaleArgs>),
    /// Show a saved recording or comparison
    Report(ReportArgs),
    /// Check whether this machine can profile Numba, and what to do if it cannot
    Doctor(DoctorArgs),
}

impl Configured {
    /// The configuration that the user named.
    pub fn config(&self) -> Option<&Path> {
        let args = match self {
            Self::Diff(args) => &args.config,
            Self::Annotate(args) => &args.config,
            Self::Attach(args) => &args.config,
            Self::Record(args) => &args.config,
            Self::Baseline(args) => args.action.config(),
            Self::Reorder(args) => &args.config,
            Self::Scale(args) => &args.config,
            Self::Report(args) => &args.config,
            Self::Doctor(args) => &args.config,
        };
        args.config.as_deref()
    }
}

#[cfg(test)]
mod tests;
