//! What versions are compared with, besides each other.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::shared::{ConfigArgs, MeasureArgs, ProgramArgs, RunsArgs};
use crate::source::FileGlob;

/// A revision of the repository, or a baseline, with which what is there now is compared.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Earlier version")]
pub struct BaseArgs {
    /// Compare the script with itself as it was in this revision of its git repository, such as
    /// HEAD~1 or origin/main
    #[arg(long = "base", id = "base", value_name = "REV", group = "earlier")]
    pub revision: Option<String>,
    /// Compare the script with what `profila baseline save NAME` has measured
    #[arg(
        long,
        value_name = "NAME",
        group = "earlier",
        conflicts_with = "placebo"
    )]
    pub baseline: Option<String>,
    /// Compare with the baseline even if the machine, Python, Numba or settings were others then
    #[arg(long, requires = "baseline")]
    pub any_circumstances: bool,
    /// Run a module, as `python -m` does, instead of a script
    #[arg(
        short = 'm',
        value_name = "MODULE",
        requires = "base",
        conflicts_with_all = ["versions", "pytest_benchmark", "asv"]
    )]
    pub module: Option<String>,
    /// Copy files that the revision does not have into it, if they or their folders match this
    /// pattern, such as 'data/*'; may be repeated
    #[arg(long, value_name = "GLOB", requires = "base")]
    pub copy: Vec<FileGlob>,
    /// Run this in the revision before it is measured, such as 'make build'
    #[arg(long, value_name = "COMMAND", requires = "base")]
    pub setup: Option<String>,
    /// The Python of the revision, if it has one of its own; in the revision's folder if it is
    /// there after `--setup`
    #[arg(long, value_name = "PATH", requires = "base")]
    pub base_python: Option<PathBuf>,
}

/// Arguments of `profila baseline`.
#[derive(Clone, Debug, Args)]
#[command(after_help = BASELINE_HELP)]
pub struct BaselineArgs {
    /// What to do with baselines.
    #[command(subcommand)]
    pub action: BaselineAction,
}

const BASELINE_HELP: &str = "\
Baselines are kept in the folder .profila of the project: that of the configuration, or of the
repository.

Examples:
  profila baseline save main script.py          measure it as it is
  profila diff --baseline main script.py        and compare it later";

/// What to do with baselines.
#[derive(Clone, Debug, Subcommand)]
pub enum BaselineAction {
    /// Measure a script, and keep the recording under a name
    Save(Box<BaselineSaveArgs>),
    /// List what is kept
    List(ConfigArgs),
    /// Remove one
    Remove(BaselineRemoveArgs),
}

/// Arguments of `profila baseline save`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila baseline save [OPTIONS] NAME [--] SCRIPT.py [ARGS]...\n       \
                            profila baseline save [OPTIONS] NAME [--] -m MODULE [ARGS]..."
)]
pub struct BaselineSaveArgs {
    /// The name to keep it under
    pub name: String,
    /// What to run, as `python` takes it
    #[command(flatten)]
    pub program: ProgramArgs,
    /// Put it in the place of the one of this name
    #[arg(long)]
    pub replace: bool,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
    /// How often to measure.
    #[command(flatten)]
    pub runs: RunsArgs,
}

/// Arguments of `profila baseline remove`.
#[derive(Clone, Debug, Args)]
pub struct BaselineRemoveArgs {
    /// The name that it is kept under
    pub name: String,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
}

impl BaselineAction {
    /// Which configuration to use.
    pub fn config(&self) -> &ConfigArgs {
        match self {
            Self::Save(args) => &args.config,
            Self::List(config) => config,
            Self::Remove(args) => &args.config,
        }
    }
}
