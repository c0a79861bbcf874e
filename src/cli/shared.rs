//! Arguments that several commands have.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, value_parser};
use serde::Serialize;

use super::suite::SuiteArgs;
use crate::instructions::Syntax;
use crate::options::{
    Children, Export, Format, MOST_ROUNDS, MaxStopped, Rate, Sampler, Timeout, defaults,
};
use crate::recording::Counter;
use crate::source::FileGlob;

/// The help of a flag whose default clap cannot know: the file comes before it.
pub(super) fn with_default(help: &str, default: impl Serialize) -> String {
    format!("{help} [default: {}]", defaults::written(default))
}

fn children_help() -> String {
    with_default(
        "What becomes of child processes that run Python, such as the workers of joblib",
        defaults::CHILDREN,
    )
}

fn timeout_help() -> String {
    format!(
        "Time limit for one run, such as `90s` or `none` [default: {}; {} in annotate]",
        defaults::written(defaults::TIMEOUT),
        defaults::written(defaults::TIMEOUT_OF_ANNOTATE)
    )
}

fn runs_help() -> String {
    format!(
        "Number of rounds; each is one timed and one profiled run of each version [default: as \
         many as a verdict on throughput needs, up to {}; {} in record, {} in reorder, {} in \
         scale]",
        defaults::written(defaults::MAX_ROUNDS),
        defaults::ROUNDS_OF_RECORD,
        defaults::ROUNDS_OF_REORDER,
        defaults::ROUNDS_OF_SCALE
    )
}

/// What to run, as `python` takes it.
#[derive(Clone, Debug, Default, Args)]
pub struct ProgramArgs {
    /// A script, `-m MODULE` or `-c CODE`, and its arguments
    #[arg(
        value_name = "SCRIPT",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub words: Vec<String>,
    /// Whether it is a benchmark.
    #[command(flatten)]
    pub suite: SuiteArgs,
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
    /// The gdb to sample with; by default the one on PATH, next to Python or next to profila
    #[arg(long, value_name = "PATH")]
    pub gdb: Option<PathBuf>,
    /// The tool that takes the samples.
    #[arg(
        long,
        value_name = "TOOL",
        help = with_default("The tool that takes the samples", defaults::SAMPLER)
    )]
    pub sampler: Option<Sampler>,
}

/// How to measure.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Measuring")]
pub struct MeasureArgs {
    /// Which tools to use.
    #[command(flatten)]
    pub tools: ToolArgs,
    /// Samples per second.
    #[arg(
        long,
        value_name = "HZ",
        help = format!(
            "Samples per second, from 1 to 1000 [default: {} with gdb, {} with perf or ptrace]",
            defaults::written(defaults::RATE),
            defaults::written(defaults::RATE_WITHOUT_GDB),
        )
    )]
    pub rate: Option<Rate>,
    /// Largest part of the time to stop the script for sampling.
    #[arg(
        long,
        value_name = "PERCENT",
        help = with_default(
            "Largest part of the time to stop the script for sampling",
            defaults::MAX_STOPPED
        )
    )]
    pub max_stopped: Option<MaxStopped>,
    /// Count these for each line as well, with the sampler 'perf'; separate several by commas
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    pub counters: Vec<Counter>,
    /// Measure only this region of the script, which it names with `profila.region(NAME)`: its
    /// throughput, and the samples in it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,
    /// What becomes of child processes.
    #[arg(long, value_name = "HOW", help = children_help())]
    pub children: Option<Children>,
    /// Seed for all random choices.
    #[arg(
        long,
        value_name = "N",
        help = with_default("Seed for all random choices", defaults::SEED)
    )]
    pub seed: Option<u64>,
    /// Time limit for one run.
    #[arg(long, value_name = "TIME", help = timeout_help())]
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
    /// Number of rounds; each is one timed and one profiled run of each version.
    #[arg(
        long,
        value_name = "N",
        value_parser = value_parser!(u32).range(1..=i64::from(MOST_ROUNDS)),
        help = runs_help()
    )]
    pub runs: Option<u32>,
}

/// The form of the report.
#[derive(Clone, Debug, Default, Args)]
pub struct FormatArgs {
    /// Format of the report on standard output.
    #[arg(
        long,
        value_name = "FORMAT",
        help_heading = "Output",
        help = with_default("Format of the report on standard output", defaults::FORMAT)
    )]
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
    pub(super) fn all(&self) -> Vec<Export<Format>> {
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
    /// Also write a picture of where the cost went, as SVG, to a file
    #[arg(long, value_name = "FILE")]
    pub export_svg: Option<PathBuf>,
}

impl ComparisonExportArgs {
    pub(super) fn all(&self) -> Vec<Export<Format>> {
        exports([
            (Format::Junit, &self.export_junit),
            (Format::Svg, &self.export_svg),
        ])
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
    pub(super) fn all(&self) -> Vec<Export<Format>> {
        exports([
            (Format::Speedscope, &self.export_speedscope),
            (Format::Collapsed, &self.export_collapsed),
        ])
    }
}

/// Files for the forms of what the orders of a block cost.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ReorderingExportArgs {
    /// Also write the report as JSON to a file
    #[arg(long, value_name = "FILE")]
    pub export_json: Option<PathBuf>,
    /// Also write the report as Markdown, for a pull request, to a file
    #[arg(long, value_name = "FILE")]
    pub export_markdown: Option<PathBuf>,
}

impl ReorderingExportArgs {
    /// The files that a reordering is written to.
    pub fn all(&self) -> Vec<Export<Format>> {
        exports([
            (Format::Json, &self.export_json),
            (Format::Markdown, &self.export_markdown),
        ])
    }
}

/// Files for the forms of how a script grows with a size.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ScalingExportArgs {
    /// Also write the report as JSON to a file
    #[arg(long, value_name = "FILE")]
    pub export_json: Option<PathBuf>,
    /// Also write the report as a self-contained HTML page to a file
    #[arg(long, value_name = "FILE")]
    pub export_html: Option<PathBuf>,
    /// Also write the report as Markdown, for a pull request, to a file
    #[arg(long, value_name = "FILE")]
    pub export_markdown: Option<PathBuf>,
    /// Also write a picture of the costs at all sizes, as SVG, to a file
    #[arg(long, value_name = "FILE")]
    pub export_svg: Option<PathBuf>,
}

impl ScalingExportArgs {
    /// The files that the growth is written to.
    pub fn all(&self) -> Vec<Export<Format>> {
        exports([
            (Format::Json, &self.export_json),
            (Format::Html, &self.export_html),
            (Format::Markdown, &self.export_markdown),
            (Format::Svg, &self.export_svg),
        ])
    }
}

fn exports<const N: usize>(files: [(Format, &Option<PathBuf>); N]) -> Vec<Export<Format>> {
    let named = files.into_iter().filter_map(|(format, file)| {
        let file = file.clone()?;
        Some(Export { format, file })
    });
    named.collect()
}

/// Whether instructions are shown.
#[derive(Clone, Debug, Default, Args)]
pub struct AssemblyArgs {
    /// Show the instructions that lines were compiled to, each with its share of the samples, in
    /// Intel's syntax unless SYNTAX is `att`
    #[arg(
        long = "asm",
        value_name = "SYNTAX",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "intel",
        help_heading = "Output"
    )]
    pub syntax: Option<Syntax>,
}
