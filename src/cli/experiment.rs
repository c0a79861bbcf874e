//! The arguments of an experiment in `diff`, and of the command that joins its parts.

use std::path::PathBuf;

use clap::Args;

use super::base::BaseArgs;
use super::shared::{MeasureArgs, RunsArgs};
use super::suite::SuiteArgs;
use crate::options::{Part, defaults};

/// What only an experiment has: recordings are compared as they are.
#[derive(Clone, Debug, Args)]
pub struct ExperimentArgs {
    /// A revision to compare with.
    #[command(flatten)]
    pub base: BaseArgs,
    /// Whether benchmarks are measured.
    #[command(flatten)]
    pub suite: SuiteArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
    /// How often to measure.
    #[command(flatten)]
    pub runs: RunsArgs,
    /// Measure the first version a second time under another name, to see what differences
    /// this machine shows when nothing has changed
    #[arg(long, help_heading = "Measuring")]
    pub placebo: bool,
    /// Measure the K-th of N parts of the experiment, to be joined with `profila merge`; each
    /// may be measured on another machine.
    #[arg(long, value_name = "K/N", help_heading = "Measuring", help = format!(
        "Measure part K of N of the experiment, in {} rounds or --runs, and --save it for \
         `profila merge`; each part may be measured on another machine",
        defaults::ROUNDS_OF_PART
    ))]
    pub shard: Option<Part>,
    /// Save the recordings of all versions in this folder
    #[arg(
        long,
        value_name = "DIR",
        help_heading = "Output",
        display_order = LAST
    )]
    pub save: Option<PathBuf>,
    /// Arguments for all scripts, instead of those in the configuration
    #[arg(last = true, value_name = "ARGS", help_heading = None::<&'static str>)]
    pub args: Vec<String>,
}

/// The place of a flag that comes last under its heading in the help.
const LAST: usize = 100;

/// Arguments of `profila merge`.
#[derive(Clone, Debug, Args)]
#[command(after_help = MERGE_HELP)]
pub struct MergeArgs {
    /// The parts: folders that `profila diff --shard K/N --save DIR` wrote, or recordings in them
    #[arg(value_name = "PARTS", required = true)]
    pub parts: Vec<PathBuf>,
    /// Write the recordings of all versions to this folder
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
}

const MERGE_HELP: &str = "\
Each part is a block of the whole, and knows its machine. Only machines may differ: parts
of other sources, settings or versions are refused.

Examples:
  profila diff --shard 1/2 --save parts/1 before.py after.py   on one machine
  profila diff --shard 2/2 --save parts/2 before.py after.py   on another
  profila merge parts/* -o whole                               where both are
  profila diff whole/before.py.json whole/after.py.json";
