//! What versions are compared with, besides each other.

use std::path::PathBuf;

use clap::Args;

use crate::source::FileGlob;

/// A revision of the repository, with which the working tree is compared.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Revision")]
pub struct BaseArgs {
    /// Compare the script with itself as it was in this revision of its git repository, such as
    /// HEAD~1 or origin/main
    #[arg(long = "base", id = "base", value_name = "REV")]
    pub revision: Option<String>,
    /// Run a module, as `python -m` does, instead of a script
    #[arg(
        short = 'm',
        value_name = "MODULE",
        requires = "base",
        conflicts_with = "versions"
    )]
    pub module: Option<String>,
    /// Copy files that the revision does not have into it, if they or their folders match this
    /// pattern, such as 'data/*'; may be repeated
    #[arg(long, value_name = "GLOB", requires = "base")]
    pub copy: Vec<FileGlob>,
    /// Run this in the revision before it is measured, such as 'make build'
    #[arg(long, value_name = "COMMAND", requires = "base")]
    pub setup: Option<String>,
    /// The Python of the revision, if it has one of its own; in the revision's folder if it is
    /// there after `--setup`
    #[arg(long, value_name = "PATH", requires = "base")]
    pub base_python: Option<PathBuf>,
}
