//! The subcommands: each drives the stages of the crate. Input, output and progress
//! live here.

mod annotate;
mod diff;
mod doctor;
mod output_file;
mod progress;
mod record;
mod report;
mod show;

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use self::output_file::{require_writable, write_file};
use schemars::schema_for;

use crate::cli::{self, Cli, Command, CompletionsArgs, Configured, GlobalArgs, SchemaOf};
use crate::compare::{Comparison, Comparisons};
use crate::config::{self, Color, ColorWish, Output, Task};
use crate::doctor::Diagnosis;
use crate::document::{self, ReadError};
use crate::error::{Error, ExitCode, Result};
use crate::foreign::Foreign;
use crate::recording::Recording;
use crate::report::Style;

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
        Command::Init => init(),
        Command::Schema(args) => schema(args.of),
        Command::Completions(args) => completions(args),
    };
    code.map(End::Code)
}

fn execute_configured(command: &Configured, global: &GlobalArgs) -> Result<End> {
    let here = here()?;
    let document = config::discover(command.config(), &here)?;
    let task = config::resolve(command, global, document.as_ref(), &here)?;
    let code = match &task {
        Task::Profile(task) => return annotate::annotate(task, &here),
        Task::Compare(task) => diff::compare(task),
        Task::Measure(task) => diff::measure(task, &here),
        Task::Record(task) => record::record(task, &here),
        Task::Show(task) => report::report(task),
        Task::Examine(task) => doctor::doctor(task, &here),
    };
    code.map(End::Code)
}

/// Whether standard error may be colored.
pub fn error_color(choice: Color) -> bool {
    choice.applies(io::stderr().is_terminal(), color_wish())
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
        SchemaOf::Diagnosis => schema_for!(Diagnosis),
    }))
}

fn completions(args: &CompletionsArgs) -> Result<u8> {
    let script = cli::completions(args.shell);
    print(&String::from_utf8_lossy(&script))
}

/// The working directory.
fn here() -> Result<PathBuf> {
    std::env::current_dir().map_err(|source| Error::System {
        action: "find the working directory".to_owned(),
        source,
    })
}

/// Prints a report. A reader that has seen enough and closed the pipe is a success.
fn print(text: &str) -> Result<u8> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(Error::System {
            action: "write to standard output".to_owned(),
            source,
        }),
        _ => Ok(ExitCode::Success.code()),
    }
}

/// Says something on standard error, in which the names of files and variants may be
/// anything. Where nobody reads it, it is not missed.
fn say(text: &str) {
    writeln!(io::stderr(), "{}", Foreign::new(text).lines()).ok();
}

/// Bytes of a document that is read; a recording of a hundred rounds has some millions.
const MOST_BYTES: u64 = 1 << 30;

/// The text of a recording or a comparison. The file may be a pipe, and need not end.
fn read_file(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path);
    let read = file.and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|source| Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::RecordingUnreadable {
            path: path.to_owned(),
            cause: format!("it is longer than {MOST_BYTES} bytes, the most that profila reads"),
        });
    }
    document::decode(bytes).map_err(|error| unreadable(path, error))
}

/// Why a file is no recording or comparison, with its name.
fn unreadable(path: &Path, error: ReadError) -> Error {
    let path = path.to_owned();
    match error {
        ReadError::Schema { found, expected } => Error::SchemaUnknown {
            path,
            found,
            expected,
        },
        other => Error::RecordingUnreadable {
            path,
            cause: other.to_string(),
        },
    }
}

/// How a report of the lines that matter is laid out on standard output.
fn style<F>(output: &Output<F>) -> Style {
    Style {
        selection: output.selection.clone(),
        ..plain_style(output.color)
    }
}

/// The same, of a report from which nothing can be left out.
fn plain_style(color: Color) -> Style {
    let terminal = io::stdout().is_terminal();
    let width = terminal_size::terminal_size().filter(|_| terminal);
    let default = Style::default();
    Style {
        width: width.map_or(default.width, |(width, _)| width.0.into()),
        color: color.applies(terminal, color_wish()),
        ..default
    }
}

fn color_wish() -> ColorWish {
    let value = |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let (no_color, force) = (value("NO_COLOR"), value("CLICOLOR_FORCE"));
    ColorWish::of(no_color.as_deref(), force.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_no_text_is_a_wrong_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        fs::write(&file, b"{\"schema\": \"\xff\"}").unwrap();
        let error = read_file(&file).unwrap_err();
        assert_eq!(error.exit_code().code(), 2);
        let cause = error.cause().unwrap().into_owned();
        assert_eq!(
            cause,
            "not UTF-8 at line 1, column 13, the byte at offset 12"
        );
    }
}
