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
        let Some(place) = replaceable(path)? else {
            return fs::write(path, text);
        };
        let old = fs::metadata(&place).ok();
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
        // To open a device or a pipe may have effects.
        let Some(place) = replaceable(path)? else {
            return Ok(());
        };
        match fs::metadata(&place) {
            Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
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

/// The file that is meant by a path, where another can be put in its place: that to which it
/// leads, where it is a symbolic link. `None` of a device or a pipe, and of what a process has
/// open, as `/dev/stdout`.
fn replaceable(path: &Path) -> io::Result<Option<PathBuf>> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => return Ok(None),
        _ => {}
    }
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&place) else {
            return Ok(Some(place));
        };
        let folder = fs::canonicalize(folder_of(&place));
        if folder.is_ok_and(|folder| folder.starts_with("/proc")) {
            return Ok(None);
        }
        place = folder_of(&place).join(target);
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
    let file = file.as_file();
    let mut mode = old.mode() & 0o7777;
    // Only root may give a file away, and others may give it to groups that they are in.
    if fchown(file, Some(old.uid()), Some(old.gid())).is_err()
        && fchown(file, None, Some(old.gid())).is_err()
    {
        // What the old group might do this one may not.
        mode &= !0o070;
    }
    file.set_permissions(Permissions::from_mode(mode))
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
    use std::io::Read;
    use std::os::fd::AsRawFd;
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

    #[test]
    fn what_a_process_has_open_is_written_to_and_not_replaced() {
        let mut pipe = io::pipe().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        for descriptor in [pipe.1.as_raw_fd(), file.as_file().as_raw_fd()] {
            let path = PathBuf::from(format!("/dev/fd/{descriptor}"));
            require_writable(Some(&path)).unwrap();
            write_file(&path, "text").unwrap();
        }
        let mut read = [0; 4];
        pipe.0.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"text");
        let mut text = String::new();
        file.as_file().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }
}
