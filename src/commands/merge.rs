//! `profila merge`: joins the parts of an experiment.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::diff::{create_folder, read_recording, save, saved};
use super::output_file::require_writable;
use super::streams::{print, say};
use crate::cli::MergeArgs;
use crate::compare::incomplete_experiment;
use crate::config::Verbosity;
use crate::error::{Error, MergeError, Result};
use crate::merge::{Merged, Piece, merge as join};

/// Joins parts, writes the whole, and prints the names of its files, the base first, for `diff` to
/// be given. What is not there is said, and is no error: it may have
/// been a machine that failed.
pub(super) fn merge(args: &MergeArgs, verbosity: Verbosity) -> Result<u8> {
    let files = args.parts.iter().map(|part| files(part));
    let files = files.collect::<Result<Vec<_>>>()?.concat();
    let pieces = files.iter().map(|file| {
        let recording = read_recording(file)?;
        let file = file.clone();
        Ok(Piece { file, recording })
    });
    let merged = join(pieces.collect::<Result<_>>()?)?;
    let written: Vec<PathBuf> = merged
        .recordings
        .iter()
        .map(|recording| saved(&args.output, &recording.variant.name))
        .collect();
    require_apart(&written, &files)?;
    create_folder(&args.output)?;
    for file in &written {
        require_writable(Some(file))?;
    }
    save(&merged.recordings, &args.output)?;
    if verbosity != Verbosity::Quiet {
        let base = merged.recordings.first();
        if let Some(incomplete) = base.and_then(incomplete_experiment) {
            say(&format!("warning: {incomplete}"));
        }
        say(&summary(&merged));
    }
    let names = written.iter().map(|it| format!("{}\n", it.display()));
    print(&names.collect::<String>())
}

/// The recordings of a folder, in the order of their names, or the one that was named.
fn files(part: &Path) -> Result<Vec<PathBuf>> {
    if !part.is_dir() {
        return Ok(vec![part.to_owned()]);
    }
    let unreadable = |source| Error::Io {
        action: "read",
        path: part.to_owned(),
        source,
    };
    let entries = fs::read_dir(part).map_err(unreadable)?;
    let paths = entries.map(|entry| entry.map(|it| it.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<Result<_, _>>().map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    if paths.is_empty() {
        let folder = part.to_owned();
        return Err(MergeError::Empty { folder }.into());
    }
    Ok(paths)
}

/// Whether nothing that was measured would be overwritten.
fn require_apart(written: &[PathBuf], read: &[PathBuf]) -> Result<()> {
    let resolved = |path: &PathBuf| path.canonicalize().ok();
    let read: BTreeSet<PathBuf> = read.iter().filter_map(resolved).collect();
    let mut written = written.iter();
    match written.find(|path| resolved(path).is_some_and(|it| read.contains(&it))) {
        None => Ok(()),
        Some(file) => Err(MergeError::Overwritten { file: file.clone() }.into()),
    }
}

fn summary(merged: &Merged) -> String {
    let machines: HashSet<_> = merged.blocks().iter().map(|it| &it.machine).collect();
    let count = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    format!(
        "merged {} from {}",
        count(merged.parts.len(), "part"),
        count(machines.len(), "machine")
    )
}
