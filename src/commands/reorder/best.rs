//! The file that the best order is written to.

use std::path::Path;

use crate::commands::output_file::{require_writable, write_new_file};
use crate::commands::streams::say;
use crate::config::Verbosity;
use crate::error::{Error, Result};

/// Fails where something has the name of a file that is to be written.
pub(super) fn require_new(file: Option<&Path>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    if file.symlink_metadata().is_ok() {
        return Err(Error::FileExists {
            path: file.to_owned(),
        });
    }
    require_writable(Some(file))
}

/// Writes the script in the best order, with the permissions of the script, if an order was told
/// to be better. Says what was done; that nothing was, also where little is to be said.
pub(super) fn write_best(
    file: &Path,
    best: Option<&[u8]>,
    script: &Path,
    verbosity: Verbosity,
) -> Result<()> {
    let Some(text) = best else {
        say(&format!(
            "{} was not written: no order is certain to be better than the one as it is and \
             the placebo",
            file.display()
        ));
        return Ok(());
    };
    write_new_file(file, text, script)?;
    if verbosity != Verbosity::Quiet {
        say(&format!("wrote {}", file.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_best_order_is_written_with_the_mode_of_the_script() {
        let folder = tempfile::tempdir().unwrap();
        let (script, new) = (folder.path().join("a.py"), folder.path().join("b.py"));
        fs::write(&script, "old").unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o750)).unwrap();
        write_best(&new, Some(b"new"), &script, Verbosity::Quiet).unwrap();
        assert_eq!(fs::read(&new).unwrap(), b"new");
        let mode = fs::metadata(&new).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o750);
        // Nothing else is left.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn without_a_better_order_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("b.py");
        write_best(&new, None, folder.path(), Verbosity::Quiet).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// It may have come while the orders were measured.
    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (script, new) = (folder.path().join("a.py"), folder.path().join("b.py"));
        fs::write(&script, "old").unwrap();
        fs::write(&new, "theirs").unwrap();
        let error = write_best(&new, Some(b"new"), &script, Verbosity::Quiet).unwrap_err();
        assert!(matches!(error, Error::FileExists { .. }), "{error:?}");
        assert_eq!(fs::read(&new).unwrap(), b"theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
