//! What the user typed. What it means is decided in [`crate::config`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, value_parser};
use clap_complete::Shell;

use crate::error::Error;
use crate::options::{
    Color, Export, FailIf, Format, MOST_ROUNDS, MaxStopped, Rate, Timeout, Verbosity,
};
use crate::source::FileGlob;

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
    /// Compare two versions of a script, line by line
    Diff(DiffArgs),
    /// Show where one script spends its time, line by line
    Annotate(AnnotateArgs),
    /// Measure one script and save the recording for a later comparison
    Record(RecordArgs),
    /// Show a saved recording or comparison
    Report(ReportArgs),
    /// Check whether this machine can profile Numba, and what to do if it cannot
    Doctor(DoctorArgs),
    /// Write a commented profila.toml to the current folder
    Init,
    /// Print the JSON schema of the configuration, or of a file that profila writes
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// Arguments of `profila diff`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "profila diff [OPTIONS] [BEFORE AFTER [OTHERS...]] [-- ARGS...]",
    after_help = DIFF_HELP
)]
pub struct DiffArgs {
    /// The versions before and after: scripts or recordings (*.json); by default the variants
    /// in the configuration. If there are more than two, each is compared with the first
    #[arg(value_names = ["BEFORE", "AFTER"], num_args = 2..)]
    pub versions: Vec<PathBuf>,
    /// Arguments for all scripts, instead of those in the configuration
    #[arg(last = true, value_name = "ARGS")]
    pub args: Vec<String>,
    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to measure.
    #[command(flatten)]
    pub measure: MeasureArgs,
    /// How often to measure.
    #[command(flatten)]
    pub runs: RunsArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub report: ReportOutputArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub of_comparison: ComparisonExportArgs,
    /// List every line with samples, not only those that matter
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// Measure the first version a second time under another name, to see what differences
    /// this machine shows when nothing has changed
    #[arg(long, help_heading = "Measuring")]
    pub placebo: bool,
    /// Fail with exit code 1 if METRIC (throughput, peak-memory, line-cost) is certain to be
    /// worse by more than LIMIT, such as throughput:5%; may be repeated
    #[arg(long, value_name = "METRIC:LIMIT", help_heading = "Gate")]
    pub fail_if: Vec<FailIf>,
    /// Save the recordings of all versions in this folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub save: Option<PathBuf>,
}

const DIFF_HELP: &str = "\
Examples:
  profila diff before.py after.py               compare two scripts
  profila diff before.py after.py -- --size 9   the same, with arguments for both
  profila diff                                  compare the variants in profila.toml
  profila diff a.py b.py c.py                   compare b.py with a.py, and c.py with a.py
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

/// What to run, as `python` takes it.
#[derive(Clone, Debug, Args)]
pub struct ProgramArgs {
    /// A script, `-m MODULE` or `-c CODE`, and its arguments
    #[arg(
        value_name = "SCRIPT",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub words: Vec<String>,
}

/// Which configuration to use.
#[derive(Clone, Debug, Default, Args)]
pub struct ConfigArgs {
    /// The configuration file, instead of the nearest profila.toml or pyproject.toml
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
}

/// Which tools to use.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Measuring")]
pub struct ToolArgs {
    /// The Python to run; by default the one in the active environment, in `.venv` or on PATH
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// The gdb to sample with; by default the one on PATH or next to Python
    #[arg(long, value_name = "PATH")]
    pub gdb: Option<PathBuf>,
}

/// How to measure.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Measuring")]
pub struct MeasureArgs {
    /// Which tools to use.
    #[command(flatten)]
    pub tools: ToolArgs,
    /// Samples per second, from 1 to 1000 [default: 100]
    #[arg(long, value_name = "HZ")]
    pub rate: Option<Rate>,
    /// Largest part of the time to stop the script for sampling [default: 20%]
    #[arg(long, value_name = "PERCENT")]
    pub max_stopped: Option<MaxStopped>,
    /// Seed for all random choices [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Time limit for one run, such as `90s` or `none` [default: 2m; none in annotate]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<Timeout>,
    /// Attribute samples to lines of these files even though they belong to a library, such as
    /// 'mylib/*'; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<FileGlob>,
    /// Attribute samples in these files to the lines that call them, as for libraries; may be
    /// repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<FileGlob>,
}

/// How often to measure.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Measuring")]
pub struct RunsArgs {
    /// Number of rounds; each is one timed and one profiled run of each version [default: as
    /// many as a verdict on throughput needs, up to 20; 6 in record]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(MOST_ROUNDS)))]
    pub runs: Option<u32>,
}

/// The form of the report.
#[derive(Clone, Debug, Default, Args)]
pub struct FormatArgs {
    /// Format of the report on standard output [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Format>,
}

/// Which lines are shown. JSON has all of them.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ShownArgs {
    /// Show only lines of this function, given by its qualified name or the last part of it;
    /// may be repeated
    #[arg(long, value_name = "NAME")]
    pub function: Vec<String>,
    /// Show only lines of these files, such as 'kernels/*'; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub file: Vec<FileGlob>,
}

/// Where the report goes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ReportOutputArgs {
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
    /// Which lines are shown.
    #[command(flatten)]
    pub shown: ShownArgs,
    /// Files for other forms.
    #[command(flatten)]
    pub exports: ExportArgs,
}

/// Files for forms that both profiles and comparisons have.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ExportArgs {
    /// Also write the report as JSON to a file
    #[arg(long, value_name = "FILE")]
    pub export_json: Option<PathBuf>,
    /// Also write the report as a self-contained HTML page to a file
    #[arg(long, value_name = "FILE")]
    pub export_html: Option<PathBuf>,
    /// Also write the report as Markdown, for a pull request, to a file
    #[arg(long, value_name = "FILE")]
    pub export_markdown: Option<PathBuf>,
    /// Also write the lines as comma-separated values to a file
    #[arg(long, value_name = "FILE")]
    pub export_csv: Option<PathBuf>,
}

impl ExportArgs {
    fn all(&self) -> Vec<Export> {
        exports([
            (Format::Json, &self.export_json),
            (Format::Html, &self.export_html),
            (Format::Markdown, &self.export_markdown),
            (Format::Csv, &self.export_csv),
        ])
    }
}

/// Files for forms that only comparisons have.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ComparisonExportArgs {
    /// Also write test results as `JUnit` XML to a file, with one test case per metric and per
    /// gate rule
    #[arg(long, value_name = "FILE")]
    pub export_junit: Option<PathBuf>,
}

impl ComparisonExportArgs {
    fn all(&self) -> Vec<Export> {
        exports([(Format::Junit, &self.export_junit)])
    }
}

/// Files for forms that only profiles have.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ProfileExportArgs {
    /// Also write the call stacks of a profile to a file for speedscope
    #[arg(long, value_name = "FILE")]
    pub export_speedscope: Option<PathBuf>,
    /// Also write the call stacks of a profile to a file for flame graphs, one per line
    #[arg(long, value_name = "FILE")]
    pub export_collapsed: Option<PathBuf>,
}

impl ProfileExportArgs {
    fn all(&self) -> Vec<Export> {
        exports([
            (Format::Speedscope, &self.export_speedscope),
            (Format::Collapsed, &self.export_collapsed),
        ])
    }
}

fn exports<const N: usize>(files: [(Format, &Option<PathBuf>); N]) -> Vec<Export> {
    let named = files.into_iter().filter_map(|(format, file)| {
        let file = file.clone()?;
        Some(Export { format, file })
    });
    named.collect()
}

impl DiffArgs {
    /// The files that a comparison is written to.
    pub fn exports(&self) -> Vec<Export> {
        [self.report.exports.all(), self.of_comparison.all()].concat()
    }
}

impl AnnotateArgs {
    /// The files that a profile is written to.
    pub fn exports(&self) -> Vec<Export> {
        [self.report.exports.all(), self.of_profile.all()].concat()
    }
}

impl ReportArgs {
    /// The files that what is shown is written to.
    pub fn exports(&self) -> Vec<Export> {
        let Self {
            report,
            of_comparison,
            of_profile,
            ..
        } = self;
        [report.exports.all(), of_comparison.all(), of_profile.all()].concat()
    }
}

/// The completion script for a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    // Into memory: clap_complete panics where a write fails, as on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "profila", &mut script);
    script
}

/// What to do instead, where a command line is wrong that has an option of other profilers.
pub fn explain(error: &clap::Error, words: &[OsString]) -> Option<Error> {
    let is_wrong = matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::MissingRequiredArgument
    );
    let words = words.iter().map(|word| word.to_string_lossy());
    let mut options = words
        .take_while(|word| word != "--")
        .filter(|word| word.starts_with('-'));
    options.find_map(|word| {
        let hint = of_another_profiler(&word).filter(|_| is_wrong)?;
        Some(Error::usage(format!("there is no option `{word}`"), hint))
    })
}

/// The name of an option, without its dashes and its value.
pub(crate) fn option_name(word: &str) -> &str {
    let name = word.trim_start_matches('-');
    name.split_once('=').map_or(name, |(name, _)| name)
}

/// What to do instead, for an option that other profilers have.
pub(crate) fn of_another_profiler(option: &str) -> Option<&'static str> {
    Some(match option_name(option) {
        "pid" | "p" | "attach" => {
            "profila has to start the script itself: Numba must be told to emit line tables \
             before it compiles anything; give the command that starts it, `SCRIPT.py ARGS`"
        }
        "native" | "gil" | "idle" | "subprocesses" => {
            "profila always sees compiled code and every thread of the script, but no child \
             processes; there is nothing to switch on"
        }
        "duration" => {
            "profila measures until the script ends: have it repeat its work for a few seconds, \
             or interrupt it"
        }
        _ => return None,
    })
}

/// The long options of a command, without their dashes.
pub(crate) fn long_options(command: &str) -> Vec<String> {
    let mut cli = Cli::command();
    cli.build();
    cli.find_subcommand(command)
        .into_iter()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests;
