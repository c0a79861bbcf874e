//! Programs in the folders of PATH, and beside this one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The first executable file of this name in the folders of PATH.
///
/// An element of PATH that is empty or no absolute path means the working directory, or a
/// folder there, as any archive may have brought along: nothing of it is run.
pub(crate) fn on_path(name: &OsStr) -> Option<PathBuf> {
    within(&env::var_os("PATH")?, name, Path::is_absolute)
}

/// The folder that this program was installed in, with all symbolic links to it resolved: `pipx` and
/// `uv tool` put such links on PATH, and the programs of the same environment lie beside the target.
pub(crate) fn own_folder() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    program.parent().map(Path::to_path_buf)
}

/// PATH without the elements that do not count, and with the system's own, as it may be any.
pub(crate) fn of_system_too() -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let elements = env::split_paths(&path).filter(|folder| folder.is_absolute());
    let system = ["/usr/bin", "/bin"].map(PathBuf::from);
    // What comes of splitting can be joined again.
    env::join_paths(elements.chain(system)).unwrap_or_default()
}

/// What a shell would run in the working directory instead of what [`on_path`] finds.
pub(crate) fn left_out(name: &OsStr) -> Option<PathBuf> {
    let first = within(&env::var_os("PATH")?, name, |_| true)?;
    first.is_relative().then_some(first)
}

/// Where something was looked for in vain, such as `gdb on PATH`, with what was found
/// there and left out.
pub(crate) fn searched(name: &str) -> String {
    match left_out(OsStr::new(name)) {
        Some(file) => format!(
            "{name} on PATH ({} is in the working directory, and only absolute entries of PATH \
             count)",
            file.display()
        ),
        None => format!("{name} on PATH"),
    }
}

fn within(path: &OsStr, name: &OsStr, counts: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    env::split_paths(path)
        .filter(|folder| counts(folder))
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

/// Whether a path is a file that this user may execute.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tests' working directory is the repository's, which has `.ci/run`.
    #[test]
    fn only_absolute_elements_count() {
        let absolute = |path: &str| {
            let found = within(path.as_ref(), "run".as_ref(), Path::is_absolute);
            found.is_some()
        };
        let here = env::current_dir().unwrap().join(".ci");
        assert!(!absolute(".ci:/nowhere"));
        assert!(absolute(&format!(".ci::{}", here.display())));
        let any = within(".ci".as_ref(), "run".as_ref(), |_| true).unwrap();
        assert!(any.is_relative());
        // An empty element has no name of a folder before that of the file.
        assert!(within("::".as_ref(), ".ci/run".as_ref(), |_| true).is_some());
        assert!(within("::".as_ref(), ".ci/run".as_ref(), Path::is_absolute).is_none());
    }
}
