//! The configuration as a whole: from the text of a file and the words of a command
//! line to what is resolved, or to what is said about it.

mod errors;
mod files;
mod precedence;

use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Config, Document};
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
fn resolve_line(line: &str, document: Option<&Document>, here: &str) -> Result<Config> {
    let words = std::iter::once("profila").chain(line.split_whitespace());
    let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
    let here = Path::new(here);
    match cli.command {
        Command::Diff(args) => super::diff(&args, &cli.global, document, here),
        Command::Annotate(args) => super::annotate(&args, &cli.global, document, here),
        Command::Record(args) => super::record(&args, &cli.global, document, here),
        other => panic!("{other:?} resolves to no configuration"),
    }
}

/// Resolves a command line with a configuration, both of them right.
#[track_caller]
fn resolved(line: &str, text: &str) -> Config {
    document(text)
        .and_then(|document| resolve_line(line, Some(&document), HERE))
        .unwrap_or_else(|error| panic!("{}", error.render(false)))
}
