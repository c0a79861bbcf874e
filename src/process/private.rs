//! Folders and files that nobody else can read, change or put others in place of.
//!
//! A folder has the mode 0700 and a file 0600 from the moment that it is there, whatever
//! the umask is. The folder that all others lie in is named by a descriptor. Where its
//! parent lets others rename what is in it, as a shared folder without the sticky bit
//! does, they can move it away, and put one of their own there; nobody looks at that.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::libc;
use nix::unistd::Uid;
use tempfile::TempDir;

use crate::regular_file::{self, Links};

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A folder for temporary files, which goes with all that is in it when this is dropped.
#[derive(Debug)]
pub(super) struct PrivateFolder {
    opened: File,
    /// Through the descriptor: whoever opens it gets this folder, whatever has its name.
    path: PathBuf,
    name: String,
}

impl PrivateFolder {
    /// Makes one in the system's folder for temporary files.
    pub(super) fn create() -> io::Result<Self> {
        let created = builder("profila-").disable_cleanup(true).tempdir()?;
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_DIRECTORY | libc::O_NOFOLLOW)
            .open(created.path())?;
        let folder = Self {
            path: through(&opened),
            name: file_name(created.path()),
            opened,
        };
        folder.require_own()?;
        Ok(folder)
    }

    /// Fails where another folder than the one that was made has got its name before it
    /// was opened, or where its file system does not keep other users out.
    fn require_own(&self) -> io::Result<()> {
        let own = Uid::effective().as_raw();
        let metadata = self.opened.metadata()?;
        if metadata.uid() != own {
            // Creates a file that has no name.
            let new = tempfile::tempfile_in(&self.path).and_then(|file| file.metadata());
            let of_new = new.ok().map(|new| new.uid());
            return Err(not_private(foreign(metadata.uid(), own, of_new)));
        }
        if metadata.mode() & 0o777 != FOLDER_MODE {
            // Some file systems give other permissions to what is new. Whether this worked
            // is seen below: some say that it did and change nothing.
            let wanted = Permissions::from_mode(FOLDER_MODE);
            self.opened.set_permissions(wanted).ok();
            let mode = self.opened.metadata()?.mode() & 0o777;
            if mode != FOLDER_MODE {
                return Err(not_private(format!(
                    "its file system keeps no permissions: a folder that was created with mode \
                     {FOLDER_MODE:04o} has mode {mode:04o}"
                )));
            }
        }
        Ok(())
    }

    /// A path of it, for this process and for others as long as this one lives.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The name that it was given, which no other folder of the time has.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where it lies now.
    pub(super) fn place(&self) -> io::Result<PathBuf> {
        fs::read_link(&self.path)
    }
}

impl Drop for PrivateFolder {
    /// Removes what is in it through the descriptor. Its name may be another's by now: by
    /// that only a folder is removed that is empty.
    fn drop(&mut self) {
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let path = entry.path();
            // What cannot be removed is gone already.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => fs::remove_dir_all(path).ok(),
                _ => fs::remove_file(path).ok(),
            };
        }
        let is_gone = self.opened.metadata().is_ok_and(|it| it.nlink() == 0);
        if let (false, Ok(place)) = (is_gone, self.place()) {
            fs::remove_dir(place).ok();
        }
    }
}

/// Why a folder is not this user's: another one has its name, or no file is the user's, not
/// even one that the user has just created in it.
fn foreign(owner: u32, own: u32, of_new: Option<u32>) -> String {
    match of_new {
        Some(new) if new != own => format!(
            "its file system keeps no owners: what uid {own} creates there belongs to uid {new}"
        ),
        _ => format!(
            "another folder, which belongs to uid {owner}, has taken the place of the one that \
             was created"
        ),
    }
}

fn not_private(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// A path of what is opened, through this process's descriptor.
fn through(file: &File) -> PathBuf {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()).into()
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn builder(prefix: &str) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(prefix)
        .permissions(Permissions::from_mode(FOLDER_MODE));
    builder
}

/// Makes a folder for temporary files within a private one.
pub(super) fn folder_within(folder: &Path, prefix: &str) -> io::Result<TempDir> {
    builder(prefix).tempdir_in(folder)
}

/// Makes a folder, which must not be there yet.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(FOLDER_MODE).create(path)
}

/// Writes a file, which must not be there yet.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)?;
    file.write_all(bytes)
}

/// Reads a file that a script has left, of so many bytes at most. Nothing is waited for and
/// no link is followed: what has the name may be anything.
///
/// Fails where it is no plain file, or a longer one.
pub(super) fn read_left(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    regular_file::read(path, Links::Refused, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn everything_is_for_its_owner_alone() {
        let folder = PrivateFolder::create().unwrap();
        assert_eq!(mode(folder.path()), 0o700);
        let within = folder_within(folder.path(), "run-").unwrap();
        assert_eq!(mode(within.path()), 0o700);
        let made = within.path().join("bootstrap");
        create_folder(&made).unwrap();
        assert_eq!(mode(&made), 0o700);
        let file = made.join("file");
        write_new(&file, b"text").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(fs::read(&file).unwrap(), b"text");
    }

    #[test]
    fn what_is_there_already_is_not_written_to() {
        let folder = PrivateFolder::create().unwrap();
        let file = folder.path().join("file");
        std::os::unix::fs::symlink("elsewhere", &file).unwrap();
        let error = write_new(&file, b"text").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(create_folder(&file).is_err());
    }

    /// As whoever may rename it would have it.
    #[test]
    fn a_folder_is_the_same_whatever_gets_its_name() {
        let folder = PrivateFolder::create().unwrap();
        let (name, moved) = (folder.place().unwrap(), folder.place().unwrap());
        let moved = moved.with_extension("moved");
        fs::rename(&name, &moved).unwrap();
        fs::create_dir(&name).unwrap();
        fs::write(name.join("planted"), "").unwrap();
        write_new(&folder.path().join("file"), b"text").unwrap();
        assert!(!folder.path().join("planted").exists());
        assert!(moved.join("file").exists());
        drop(folder);
        assert!(!moved.exists());
        assert!(name.join("planted").exists());
        fs::remove_dir_all(name).unwrap();
    }

    #[test]
    fn a_folder_that_was_created_with_another_mode_gets_the_right_one() {
        let folder = PrivateFolder::create().unwrap();
        let open = Permissions::from_mode(0o755);
        folder.opened.set_permissions(open).unwrap();
        folder.require_own().unwrap();
        assert_eq!(mode(folder.path()), FOLDER_MODE);
    }

    #[test]
    fn a_file_system_without_owners_is_not_taken_for_another_folder() {
        let check = |of_new, cause: &str| {
            let said = foreign(65534, 1000, of_new);
            assert!(said.contains(cause), "{said}");
        };
        check(Some(65534), "keeps no owners");
        check(Some(1000), "has taken the place");
        // As where this user may create nothing in it.
        check(None, "has taken the place");
    }
}
