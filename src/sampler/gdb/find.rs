//! Finding gdb.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::process::search_path::{is_executable, on_path, own_folder, searched};

/// Finds gdb: the one that was named, or the one on the PATH, or that in the environment of the
/// interpreter or of profila itself, where `gdb-for-pwndbg` installs it.
pub fn find(named: Option<&Path>, python: &Path) -> Result<PathBuf> {
    let candidates: Vec<PathBuf> = match named {
        Some(path) if path.components().count() > 1 => vec![path.to_owned()],
        Some(name) => on_path(name.as_os_str()).into_iter().collect(),
        None => on_path(OsStr::new("gdb"))
            .into_iter()
            .chain(in_environments(python))
            .collect(),
    };
    let found = candidates.into_iter().find(|gdb| is_executable(gdb));
    let absolute = found.map(|gdb| std::path::absolute(&gdb).unwrap_or(gdb));
    absolute.ok_or_else(|| Error::GdbMissing {
        searched: match named {
            Some(path) => vec![path.display().to_string()],
            None => [searched("gdb")]
                .into_iter()
                .chain(in_environments(python).map(|gdb| gdb.display().to_string()))
                .collect(),
        },
    })
}

/// Where gdb is in the environment of the interpreter, and in that of profila, if they have one.
fn in_environments(python: &Path) -> impl Iterator<Item = PathBuf> {
    let beside_python = python.with_file_name("gdb");
    let beside_profila = own_folder().map(|folder| folder.join("gdb"));
    let another = beside_profila.filter(|gdb| *gdb != beside_python);
    [beside_python].into_iter().chain(another)
}
