//! The arguments of `profila attach`.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::shared::{AssemblyArgs, ConfigArgs, ProfileExportArgs, ReportOutputArgs, with_default};
use crate::options::{Export, Format, MaxStopped, Rate, Sampler, Timeout, defaults};
use crate::recording::Counter;
use crate::source::FileGlob;

/// Arguments of `profila attach`.
#[derive(Clone, Debug, Args)]
#[command(after_help = ATTACH_HELP)]
pub struct AttachArgs {
    /// The number of the process
    #[arg(value_name = "PID", value_parser = value_parser!(u32).range(1..=i64::from(i32::MAX)))]
    pub pid: u32,
    /// How long to watch it, such as `10s`, or `none`: until it ends or Ctrl-C
    #[arg(
        long,
        value_name = "TIME",
        help_heading = "Measuring",
        help = with_default(
            "How long to watch it, such as `10s`, or `none`: until it ends or Ctrl-C",
            defaults::DURATION
        )
    )]
    pub duration: Option<Timeout>,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to sample.
    #[command(flatten)]
    pub sampling: AttachSamplingArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub report: ReportOutputArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub of_profile: ProfileExportArgs,
    /// Show code compiled for different argument types separately
    #[arg(long, help_heading = "Output")]
    pub specializations: bool,
    /// Show the instructions that lines became
    #[command(flatten)]
    pub assembly: AssemblyArgs,
    /// Save the recording to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub save: Option<PathBuf>,
}

/// How to sample a process that runs.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Measuring")]
pub struct AttachSamplingArgs {
    /// The tool that takes the samples.
    #[arg(
        long,
        value_name = "TOOL",
        help = with_default(
            "The tool that takes the samples: all but gdb",
            defaults::SAMPLER_OF_ATTACH
        )
    )]
    pub sampler: Option<Sampler>,
    /// Samples per second.
    #[arg(
        long,
        value_name = "HZ",
        help = with_default("Samples per second, from 1 to 1000", defaults::RATE_WITHOUT_GDB)
    )]
    pub rate: Option<Rate>,
    /// Largest part of the time to stop the process for sampling.
    #[arg(
        long,
        value_name = "PERCENT",
        help = with_default(
            "Largest part of the time to stop the process for sampling",
            defaults::MAX_STOPPED
        )
    )]
    pub max_stopped: Option<MaxStopped>,
    /// Count these for each line as well, with the sampler 'perf'; separate several by commas
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    pub counters: Vec<Counter>,
    /// Attribute samples to lines of these files even though they belong to a library, such as
    /// 'mylib/*'; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<FileGlob>,
    /// Attribute samples in these files to the lines that call them, as for libraries; may be
    /// repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<FileGlob>,
}

impl AttachArgs {
    /// The files that the profile is written to.
    pub fn exports(&self) -> Vec<Export<Format>> {
        let all = self.report.exports.all().into_iter();
        all.chain(self.of_profile.all()).collect()
    }
}

const ATTACH_HELP: &str = "\
The process goes on as if nothing had been, during and after it. Lines are known of code
that Numba compiled after the process has called `profila.emit_line_tables()`; of other
code there are the names of the functions.

Examples:
  profila attach --duration 10s 1234            watch a service for ten seconds
  profila attach 1234                           watch it until Ctrl-C, then report
  profila attach --duration 1m --save run.json 1234  save the recording";
