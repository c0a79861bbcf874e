//! What the user asked for, given to the command that does it.

use std::fs;
use std::path::PathBuf;

use schemars::schema_for;

use super::output_file::write_file;
use super::streams::print;
use super::{annotate, attach, baseline, diff, doctor, merge, record, reorder, report, scale};
use crate::cli::{
    self, Cli, Command, CompletionsArgs, Configured, GlobalArgs, ManualArgs, SchemaOf,
};
use crate::compare::{Comparison, Comparisons};
use crate::config::{self, Task};
use crate::doctor::Diagnosis;
use crate::document;
use crate::error::{Error, ExitCode, Result};
use crate::recording::Recording;
use crate::reorder::Reordering;
use crate::scaling::Scaling;

/// How this process is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By returning this exit code.
    Code(u8),
    /// By this signal, which ended the script that the process stands in for.
    Signal(i32),
}

/// Does what the user asked for, and says how this process is to end.
pub fn execute(cli: &Cli) -> Result<End> {
    let code = match &cli.command {
        Command::Configured(command) => return execute_configured(command, &cli.global),
        Command::Merge(args) => merge::merge(args, cli.global.verbosity()),
        Command::Init => init(),
        Command::Schema(args) => schema(args.of),
        Command::Completions(args) => completions(args),
        Command::Manual(args) => manual(args),
    };
    code.map(End::Code)
}

fn execute_configured(command: &Configured, global: &GlobalArgs) -> Result<End> {
    let here = here()?;
    let document = config::discover(command.config(), &here)?;
    let task = config::resolve(command, global, document.as_ref(), &here)?;
    let code = match &task {
        Task::Profile(task) => return annotate::annotate(task, &here),
        Task::Attach(task) => attach::attach(task, &here),
        Task::Compare(task) => diff::compare(task),
        Task::Measure(task) => diff::measure(task, &here),
        Task::Baseline(task) => baseline::baseline(task, &here),
        Task::Record(task) => record::record(task, &here),
        Task::Reorder(task) => reorder::reorder(task, &here),
        Task::Scale(task) => scale::scale(task, &here),
        Task::Show(task) => report::report(task),
        Task::Examine(task) => doctor::doctor(task, &here),
    };
    code.map(End::Code)
}

fn init() -> Result<u8> {
    let path = config::write_template(&here()?)?;
    print(&format!("wrote {}\n", path.display()))
}

fn schema(of: SchemaOf) -> Result<u8> {
    print(&document::write_schema(&match of {
        SchemaOf::Config => config::schema(),
        SchemaOf::Recording => schema_for!(Recording),
        SchemaOf::Comparison => schema_for!(Comparison),
        SchemaOf::Comparisons => schema_for!(Comparisons),
        SchemaOf::Reordering => schema_for!(Reordering),
        SchemaOf::Scaling => schema_for!(Scaling),
        SchemaOf::Diagnosis => schema_for!(Diagnosis),
    }))
}

fn completions(args: &CompletionsArgs) -> Result<u8> {
    let script = cli::completions(args.shell);
    print(&String::from_utf8_lossy(&script))
}

fn manual(args: &ManualArgs) -> Result<u8> {
    let folder = &args.folder;
    if folder.exists() && !folder.is_dir() {
        return Err(Error::usage(
            format!("`{}` is not a folder", folder.display()),
            "name the folder that the pages are to be written to: there is one for each command",
        ));
    }
    fs::create_dir_all(folder).map_err(|source| Error::Io {
        action: "make",
        path: folder.clone(),
        source,
    })?;
    for page in cli::manual() {
        write_file(&folder.join(page.file), &page.text)?;
    }
    Ok(ExitCode::Success.code())
}

/// The working directory.
fn here() -> Result<PathBuf> {
    std::env::current_dir().map_err(|source| Error::System {
        action: "find the working directory".to_owned(),
        source,
    })
}
