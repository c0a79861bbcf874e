//! Finding gdb.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::process::search_path::{is_executable, on_path, searched};

/// Finds gdb: the one that was named, or the one on the PATH, or that in the
/// environment of the interpreter, where `gdb-for-pwndbg` installs it.
pub fn find(named: Option<&Path>, python: &Path) -> Result<PathBuf> {
    let beside_python = python.with_file_name("gdb");
    let candidates = match named {
        Some(path) if path.components().count() > 1 => vec![Some(path.to_owned())],
        Some(name) => vec![on_path(name.as_os_str())],
        None => vec![on_path(OsStr::new("gdb")), Some(beside_python.clone())],
    };
    let found = candidates
        .into_iter()
        .flatten()
        .find(|gdb| is_executable(gdb));
    let absolute = found.map(|gdb| std::path::absolute(&gdb).unwrap_or(gdb));
    absolute.ok_or_else(|| Error::GdbMissing {
        searched: match named {
            Some(path) => vec![path.display().to_string()],
            None => vec![searched("gdb"), beside_python.display().to_string()],
        },
    })
}
