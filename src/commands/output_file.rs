//! Files that the user asked for.

use std::fs::{self, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};
use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// How many links lead on from one to another at most, as in the kernel.
const MOST_LINKS: usize = 40;

/// The permissions of a new file, from which the umask takes some.
const NEW_FILE: u32 = 0o666;

/// Writes a file whole or not at all: what was there before stays until then. Of that the
/// new file has the permissions, and the owner as far as that is allowed. A link stays one.
pub(super) fn write_file(path: &Path, text: &str) -> Result<()> {
    let written = || -> io::Result<()> {
        let place = behind_links(path)?;
        let old = fs::metadata(&place).ok();
        // A device or a pipe cannot be replaced.
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return fs::write(&place, text);
        }
        let mut file = beside(&place)?;
        file.write_all(text.as_bytes())?;
        if let Some(old) = &old {
            become_like(&file, old)?;
        }
        file.as_file().sync_all()?;
        file.persist(&place)?;
        Ok(())
    };
    written().map_err(|source| unwritable(path, source))
}

/// Fails where a file could not be written, so that nothing is measured in vain.
pub(super) fn require_writable(path: Option<&Path>) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let probed = || -> io::Result<()> {
        let place = behind_links(path)?;
        match fs::metadata(&place) {
            Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            // A device or a pipe; to open it may have effects.
            Ok(metadata) if !metadata.is_file() => Ok(()),
            Ok(_) => {
                access(&place, AccessFlags::W_OK)?;
                beside(&place).map(drop)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => beside(&place).map(drop),
            // Such as a name that is too long.
            Err(error) => Err(error),
        }
    };
    // Without the name of the file that was tried.
    probed().map_err(|source| match source.raw_os_error() {
        Some(code) => unwritable(path, io::Error::from_raw_os_error(code)),
        None => unwritable(path, source.kind().into()),
    })
}

/// The file that is meant by a path: that to which it leads, where it is a symbolic link.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&place) {
            Ok(target) => place = folder_of(&place).join(target),
            Err(_) => return Ok(place),
        }
    }
    Err(io::Error::from_raw_os_error(nix::libc::ELOOP))
}

/// A new file in the folder of another, which it may replace.
fn beside(place: &Path) -> io::Result<NamedTempFile> {
    // Says better than an error about the new file what is wrong with the folder.
    fs::metadata(folder_of(place))?;
    tempfile::Builder::new()
        .prefix(".profila-")
        .permissions(Permissions::from_mode(NEW_FILE))
        .tempfile_in(folder_of(place))
}

fn become_like(file: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    // Only root may give a file away; who may not keeps the permissions all the same.
    fchown(file.as_file(), Some(old.uid()), Some(old.gid())).ok();
    file.as_file().set_permissions(old.permissions())
}

fn unwritable(path: &Path, source: io::Error) -> Error {
    Error::Io {
        action: "write",
        path: path.to_owned(),
        source,
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_replaced_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.json");
        for permissions in [0o600, 0o640, 0o666] {
            fs::write(&file, "before").unwrap();
            fs::set_permissions(&file, Permissions::from_mode(permissions)).unwrap();
            write_file(&file, "after").unwrap();
            assert_eq!(mode(&file), permissions);
            assert_eq!(fs::read_to_string(&file).unwrap(), "after");
        }
        let entries = fs::read_dir(folder.path()).unwrap();
        assert_eq!(entries.count(), 1);
    }

    #[test]
    fn a_link_stays_and_leads_to_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("elsewhere")).unwrap();
        symlink("elsewhere/second", path("first")).unwrap();
        symlink("third", path("elsewhere/second")).unwrap();
        for text in ["not there before", "there before"] {
            require_writable(Some(&path("first"))).unwrap();
            write_file(&path("first"), text).unwrap();
            let written = fs::read_to_string(path("elsewhere/third")).unwrap();
            assert_eq!(written, text);
        }
        assert!(path("first").is_symlink() && path("elsewhere/second").is_symlink());
        symlink("circle", path("circle")).unwrap();
        assert!(require_writable(Some(&path("circle"))).is_err());
        assert!(write_file(&path("circle"), "").is_err());
    }

    #[track_caller]
    fn check_refused(path: &Path, why: &str) {
        let error = require_writable(Some(path)).unwrap_err();
        let Error::Io { source, .. } = error else {
            panic!("{error:?}");
        };
        assert!(source.to_string().to_lowercase().contains(why), "{source}");
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        check_refused(&path(&"n".repeat(300)), "name too long");
        check_refused(folder.path(), "is a directory");
        check_refused(&path("no/such/folder"), "no such file");
        fs::write(path("file"), "").unwrap();
        check_refused(&path("file/below"), "not a directory");
        require_writable(Some(&path("file"))).unwrap();
        require_writable(Some(Path::new("/dev/null"))).unwrap();
    }
}
