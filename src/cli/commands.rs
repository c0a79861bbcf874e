//! The arguments of each command.

use std::path::PathBuf;

use clap::{ArgGroup, Args, value_parser};
use clap_complete::Shell;

use super::experiment::ExperimentArgs;
use super::given::Given;
use super::shared::{
    AssemblyArgs, ComparisonExportArgs, ConfigArgs, FormatArgs, MeasureArgs, ProfileExportArgs,
    ProgramArgs, ReorderingExportArgs, ReportOutputArgs, RunsArgs, ToolArgs, with_default,
};
use crate::options::{Export, FailIf, Format, LineRange, SameOutput, defaults};

/// Arguments of `profila diff`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila diff [OPTIONS] [BEFORE AFTER [OTHERS...]] [-- ARGS...]\n       \
                      profila diff [OPTIONS] --base REV [SCRIPT | -m MODULE] [-- ARGS...]",
    after_help = DIFF_HELP
)]
pub struct DiffArgs {
    /// The versions before and after: scripts or recordings (*.json); by default the variants
    /// in the configuration. If there are more than two, each is compared with the first. With
    /// `--base`, one script
    #[arg(value_name = "VERSIONS", num_args = 1..)]
    pub versions: Vec<PathBuf>,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What is measured and how; of no effect on recordings.
    #[command(flatten)]
    pub experiment: Given<ExperimentArgs>,
    /// Where the report goes.
    #[command(flatten)]
    pub report: ReportOutputArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub of_comparison: ComparisonExportArgs,
    /// List every line with samples, not only those that matter
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// Say what the words of the report mean, and how it was measured
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
    /// Show the instructions that lines became, before beside after
    #[command(flatten)]
    pub assembly: AssemblyArgs,
    /// Fail with exit code 1 if METRIC (throughput, peak-memory, line-cost) is certain to be
    /// worse by more than LIMIT, such as throughput:5%; may be repeated
    #[arg(long, value_name = "METRIC:LIMIT", help_heading = "Gate")]
    pub fail_if: Vec<FailIf>,
}

const DIFF_HELP: &str = "\
Examples:
  profila diff before.py after.py               compare two scripts
  profila diff before.py after.py -- --size 9   the same, with arguments for both
  profila diff                                  compare the variants in profila.toml
  profila diff a.py b.py c.py                   compare b.py with a.py, and c.py with a.py
  profila diff --base HEAD~1 script.py          compare a script with itself one commit ago
  profila diff --fail-if throughput:5% a.py b.py  fail if b is certainly slower
  profila diff --save runs before.py after.py   save the recordings, and later:
  profila diff runs/before.py.json runs/after.py.json";

/// Arguments of `profila annotate`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila annotate [OPTIONS] [--] SCRIPT.py [ARGS]...\n       \
                      profila annotate [OPTIONS] [--] -m MODULE [ARGS]...\n       \
                      profila annotate [OPTIONS] [--] -c CODE [ARGS]...",
    after_help = ANNOTATE_HELP
)]
pub struct AnnotateArgs {
    /// What to run, as `python` takes it
    #[command(flatten)]
    pub program: ProgramArgs,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
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

const ANNOTATE_HELP: &str = "\
Everything after the script belongs to the script. Its output and its exit code are
passed through. The report follows that output; to get it in a file, use
--export-json or --save.

Examples:
  profila annotate script.py --size 9           a script with arguments
  profila annotate --rate 200 -- -m pkg.bench   a module, sampled more often
  profila annotate --save run.json -- script.py save the recording";

/// Arguments of `profila record`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila record [OPTIONS] -o FILE [--] SCRIPT.py [ARGS]...\n       \
                      profila record [OPTIONS] -o FILE [--] -m MODULE [ARGS]...\n       \
                      profila record [OPTIONS] -o FILE [--] -c CODE [ARGS]...",
    after_help = RECORD_HELP
)]
pub struct RecordArgs {
    /// What to run, as `python` takes it
    #[command(flatten)]
    pub program: ProgramArgs,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
    /// How often to measure.
    #[command(flatten)]
    pub runs: RunsArgs,
    /// The file to write the recording to
    #[arg(
        short,
        long,
        value_name = "FILE",
        required = true,
        help_heading = "Output"
    )]
    pub output: PathBuf,
}

const RECORD_HELP: &str = "\
Recordings made at different times are compared without pairing their rounds, so slow
drift of the machine becomes part of the difference. `profila diff` alternates instead.

Examples:
  profila record -o before.json -- script.py    now, and after the change:
  profila record -o after.json -- script.py
  profila diff before.json after.json";

/// Arguments of `profila reorder`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila reorder [OPTIONS] --lines FIRST-LAST SCRIPT.py [-- ARGS...]\n       \
                      profila reorder [OPTIONS] --function NAME SCRIPT.py [-- ARGS...]",
    after_help = REORDER_HELP,
    group(ArgGroup::new("block").args(["lines", "function"]).required(true))
)]
pub struct ReorderArgs {
    /// The script
    pub script: PathBuf,
    /// The first and the last line of the block: whole statements, one below the other
    #[arg(long, value_name = "FIRST-LAST")]
    pub lines: Option<LineRange>,
    /// Instead of lines: the longest block of this function in which statements can move
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
    /// Promise that statements are independent where only memory or calls are in doubt. Names,
    /// early exits and what is certain still keep statements in their order. Requires
    /// `--same-output`
    #[arg(long)]
    pub assume_independent: bool,
    /// Number of orders to measure, the one as it is among them.
    #[arg(
        long,
        value_name = "N",
        value_parser = value_parser!(u32).range(2..=64),
        help = with_default(
            "Largest number of orders to measure, from 2 to 64, the order as it is among them",
            defaults::ORDERS
        )
    )]
    pub orders: Option<u32>,
    /// Write the script with the fastest order to this new file, if that order is certain to be
    /// better
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
    /// How often to measure.
    #[command(flatten)]
    pub runs: RunsArgs,
    /// Fail if not all orders print the same: `stdout` compares everything they print, a regular
    /// expression what it matches, `off` nothing [default: the configuration's `same-output`]
    #[arg(long, value_name = "REGEX|stdout", help_heading = "Measuring")]
    pub same_output: Option<SameOutput>,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub exports: ReorderingExportArgs,
    /// Arguments of the script
    #[arg(last = true, value_name = "ARGS", help_heading = None::<&'static str>)]
    pub args: Vec<String>,
}

const REORDER_HELP: &str = "\
Measures the statements of a block in other orders that keep what they do, and says what
part of each statement's cost is its own, and what part its position's. A placebo, the
block as it is with an edit that changes nothing, shows what chance does. The script's own
file is never changed.

Examples:
  profila reorder script.py --lines 38-45       the statements in these lines
  profila reorder script.py --function dither   the longest block of a function
  profila reorder script.py --lines 38-45 --same-output 'sum = .*' -- --size 9
                                                check that all orders print the same sums
  profila reorder script.py --lines 38-45 --write faster.py
                                                write the best order, if it is better";

/// Arguments of `profila report`.
#[derive(Clone, Debug, Args)]
#[command(after_help = REPORT_HELP)]
pub struct ReportArgs {
    /// Saved recordings or comparisons; several are shown one after another
    #[arg(id = "saved", value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub report: ReportOutputArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub of_comparison: ComparisonExportArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub of_profile: ProfileExportArgs,
    /// In a profile, show code compiled for different argument types separately
    #[arg(long, help_heading = "Output")]
    pub specializations: bool,
    /// In a comparison, list every line with samples, not only those that matter
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// In a comparison, say what the words mean, and how it was measured
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
    /// Show the instructions that lines became
    #[command(flatten)]
    pub assembly: AssemblyArgs,
}

const REPORT_HELP: &str = "\
Examples:
  profila report run.json                       show it as it was first shown
  profila report --format markdown diff.json    for a pull request
  profila report --export-html page.html diff.json  for a browser
  profila report --format speedscope run.json > run.speedscope.json";

/// Arguments of `profila doctor`.
#[derive(Clone, Debug, Args)]
#[command(after_help = DOCTOR_HELP)]
pub struct DoctorArgs {
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Which tools to use.
    #[command(flatten)]
    pub tools: ToolArgs,
    /// Print the findings as JSON
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const DOCTOR_HELP: &str = "\
Profiles a small script of its own, which takes about five seconds, and reports for each
requirement of profiling whether it is met, and what to do if not. Exits with code 4 if
profiling does not work.";

/// Arguments of `profila schema`.
#[derive(Clone, Debug, Args)]
#[command(after_help = SCHEMA_HELP)]
pub struct SchemaArgs {
    /// Which schema to print
    pub of: SchemaOf,
}

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SchemaOf {
    /// `profila.toml`
    Config,
    /// What was measured: written by `--save`, `profila record` and as JSON by annotate
    Recording,
    /// What was concluded: written as JSON by diff
    Comparison,
    /// Written as JSON by diff for more than two versions
    Comparisons,
    /// Written as JSON by reorder
    Reordering,
    /// Written as JSON by scale
    Scaling,
    /// Written as JSON by doctor
    Diagnosis,
}

const SCHEMA_HELP: &str = "\
Examples:
  profila schema config > profila.schema.json   for an editor that checks TOML";

/// Arguments of `profila completions`.
#[derive(Clone, Debug, Args)]
#[command(after_help = COMPLETIONS_HELP)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  profila completions bash > ~/.local/share/bash-completion/completions/profila
  profila completions fish > ~/.config/fish/completions/profila.fish";

/// Arguments of `profila manual`.
#[derive(Clone, Debug, Args)]
pub struct ManualArgs {
    /// The folder, which is made if it is not there
    pub folder: PathBuf,
}

impl DiffArgs {
    /// The files that a comparison is written to.
    pub fn exports(&self) -> Vec<Export<Format>> {
        [self.report.exports.all(), self.of_comparison.all()].concat()
    }
}

impl AnnotateArgs {
    /// The files that a profile is written to.
    pub fn exports(&self) -> Vec<Export<Format>> {
        [self.report.exports.all(), self.of_profile.all()].concat()
    }
}

impl ReportArgs {
    /// The files that what is shown is written to.
    pub fn exports(&self) -> Vec<Export<Format>> {
        let Self {
            report,
            of_comparison,
            of_profile,
            ..
        } = self;
        [report.exports.all(), of_comparison.all(), of_profile.all()].concat()
    }
}
