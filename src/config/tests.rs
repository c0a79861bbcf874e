//! The configuration as a whole: from the text of a file and the words of a command
//! line to what is resolved, or to what is said about it.

mod children;
mod defaults;
mod errors;
mod files;
mod precedence;
mod refused;
mod revisions;
mod scale;
mod suites;

use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Document, Experiment, MeasureTask, Run, Task, Variant};
use crate::cli::{Cli, Command};
use crate::error::Result;

/// Where profila is run in these tests.
const HERE: &str = "/project";
/// Where the configuration is in these tests.
const HOME: &str = "/home/project";

fn document(text: &str) -> Result<Document> {
    document_named("profila.toml", text)
}

fn document_named(name: &str, text: &str) -> Result<Document> {
    let document = Document::parse(PathBuf::from(name), PathBuf::from(HOME), text.to_owned())?;
    Ok(document.expect("the table is there"))
}

/// Resolves a command line, written without `profila`.
fn resolve_line(line: &str, document: Option<&Document>, here: &str) -> Result<Task> {
    let words = std::iter::once("profila").chain(line.split_whitespace());
    let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
    let Command::Configured(command) = &cli.command else {
        panic!("{:?} is no task", cli.command);
    };
    super::resolve(command, &cli.global, document, Path::new(here))
}

/// Checks that a command line is refused with this message.
#[track_caller]
fn check_refused(line: &str, message: &str) {
    let error = resolve_line(line, None, HERE).unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
    assert_eq!(error.exit_code().code(), 2);
}

/// Resolves a command line with a configuration, both of them right.
#[track_caller]
fn resolved(line: &str, text: &str) -> Task {
    document(text)
        .and_then(|document| resolve_line(line, Some(&document), HERE))
        .unwrap_or_else(|error| panic!("{}", error.render(false)))
}

/// A task that measures and compares.
#[track_caller]
fn measuring(task: Task) -> MeasureTask {
    match task {
        Task::Measure(task) => task,
        other => panic!("{other:?}"),
    }
}

/// What `diff` measures.
#[track_caller]
fn experiment(line: &str, text: &str) -> Experiment {
    measuring(resolved(line, text)).experiment
}

/// What is run, and how.
#[track_caller]
fn runs(task: Task) -> (Vec<Variant>, Run) {
    let Experiment { variants, run, .. } = match task {
        Task::Measure(task) => task.experiment,
        Task::Record(task) => task.experiment,
        Task::Examine(task) => task.experiment,
        Task::Profile(task) => {
            let single = task.single;
            return (vec![single.variant], single.run);
        }
        other => panic!("{other:?} runs nothing"),
    };
    (variants, run)
}
