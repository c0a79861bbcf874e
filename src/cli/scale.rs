//! The arguments of `scale`.

use std::path::PathBuf;

use clap::Args;

use super::shared::{ConfigArgs, FormatArgs, MeasureArgs, RunsArgs, ScalingExportArgs};
use crate::options::Vary;

/// Arguments of `profila scale`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila scale [OPTIONS] --vary NAME=V1,V2,V3 SCRIPT.py -- ARGS...\n       \
                      profila scale [OPTIONS] --vary NAME=V1,V2,V3 -m MODULE -- ARGS...",
    after_help = SCALE_HELP
)]
pub struct ScaleArgs {
    /// The script
    #[arg(required_unless_present = "module")]
    pub script: Option<PathBuf>,
    /// Run a module, as `python -m` does, instead of a script
    #[arg(short = 'm', value_name = "MODULE", conflicts_with = "script")]
    pub module: Option<String>,
    /// The sizes to measure, 3 to 16 numbers above 0, and what they are called: {NAME} stands for
    /// the size in the arguments of the script, and in the variables of the configuration's
    /// `[run] env`
    #[arg(long, value_name = "NAME=V1,V2,V3", required = true)]
    pub vary: Vary,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
    /// How often to measure.
    #[command(flatten)]
    pub runs: RunsArgs,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub exports: ScalingExportArgs,
    /// Arguments of the script, with {NAME} where the size belongs
    #[arg(last = true, value_name = "ARGS", help_heading = None::<&'static str>)]
    pub args: Vec<String>,
}

const SCALE_HELP: &str = "\
Measures one script at several sizes, all of them in the same rounds, and says as which power of
the size the whole and each line grow, or that they grow as none. The script should print a rate or
the time per unit of work; otherwise the time of a whole run is what grows.

Examples:
  profila scale script.py --vary size=1000,2000,4000 -- {size}
  profila scale script.py --vary points=10000,30000,100000 --export-html growth.html -- -p {points}";
