//! Files that the user asked for.

mod descriptor;

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::RawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};
use procfs::process::Process;
use rustix::fs::{OFlags, fcntl_getfl};
use tempfile::NamedTempFile;

use self::descriptor::duplicate;
use crate::error::{Error, Result};

/// How many links lead on from one to another at most, as in the kernel.
const MOST_LINKS: usize = 40;

/// The permissions of a new file, from which the umask takes some.
const NEW_FILE: u32 = 0o666;

/// The permissions of a file that is being written.
const PRIVATE: u32 = 0o600;

/// Where a text goes that is written to a path.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// A file, there or not, that another can be put in the place of.
    File(PathBuf),
    /// What this process has open, such as `/dev/stdout`.
    Descriptor(RawFd),
    /// A device, a pipe, or what another process has open.
    Special,
}

/// Writes a file whole or not at all: what was there before stays until then. Of that the
/// new file has the permissions, and the owner as far as that is allowed. A link stays one.
/// Only what cannot be replaced is overwritten.
pub(super) fn write_file(path: &Path, text: &str) -> Result<()> {
    let written = place_of(path).and_then(|place| match place {
        Place::File(place) => replace(&place, text),
        Place::Descriptor(number) => write_to_descriptor(number, text),
        Place::Special => {
            let mut file = OpenOptions::new().write(true).truncate(true).open(path)?;
            file.write_all(text.as_bytes())
        }
    });
    written.map_err(|source| unwritable(path, source))
}

/// Writes a file that is not there yet, whole or not at all, with the permissions of another.
pub(super) fn write_new_file(path: &Path, text: &[u8], like: &Path) -> Result<()> {
    let written = || {
        let mode = fs::metadata(like)?.mode() & 0o777;
        let mut file = beside(path)?;
        file.write_all(text)?;
        file.as_file()
            .set_permissions(Permissions::from_mode(mode))?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|failed| failed.error)
    };
    written().map(drop).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::FileExists {
            path: path.to_owned(),
        },
        _ => unwritable(path, source),
    })
}

/// Opening it by its name would begin at its start, and would empty a file.
fn write_to_descriptor(number: RawFd, text: &str) -> io::Result<()> {
    // What was printed comes first.
    io::stdout().flush()?;
    File::from(duplicate(number)?).write_all(text.as_bytes())
}

fn replace(place: &Path, text: &str) -> io::Result<()> {
    let old = fs::metadata(place).ok();
    let mut file = beside(place)?;
    file.write_all(text.as_bytes())?;
    match &old {
        Some(old) => become_like(&file, old)?,
        None => file.as_file().set_permissions(new_permissions())?,
    }
    file.as_file().sync_all()?;
    let renamed = file.persist(place).map_err(|failed| failed.error);
    or_overwrite(renamed.map(drop), place, old.as_ref(), text)
}

/// Writes into the file that was there if the new one could not be put in its place.
fn or_overwrite(
    renamed: io::Result<()>,
    place: &Path,
    old: Option<&Metadata>,
    text: &str,
) -> io::Result<()> {
    match (renamed, old) {
        (Err(error), Some(old)) if is_about_renaming(&error) => overwrite(place, old, text),
        (renamed, _) => renamed,
    }
}

/// Whether a file may still be written to: one that is a mount point, or that belongs to
/// another user in a sticky folder.
fn is_about_renaming(error: &io::Error) -> bool {
    use nix::libc::{EACCES, EBUSY, EPERM, EXDEV};
    let code = error.raw_os_error();
    code.is_some_and(|code| [EACCES, EBUSY, EPERM, EXDEV].contains(&code))
}

/// Writes into a file that is there. In a folder to which others may write, one of them can
/// have put something else in its place; that is not written to.
fn overwrite(place: &Path, old: &Metadata, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK)
        .open(place)?;
    let now = file.metadata()?;
    if !now.is_file() || (now.dev(), now.ino()) != (old.dev(), old.ino()) {
        return Err(io::Error::other("another file has taken its place"));
    }
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Fails where a file could not be written, so that nothing is measured in vain.
pub(super) fn require_writable(path: Option<&Path>) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let probed = place_of(path).and_then(|place| match place {
        Place::File(place) => probe(&place),
        Place::Descriptor(number) => probe_descriptor(number),
        // To open a device or a pipe may have effects.
        Place::Special => Ok(()),
    });
    // Without the name of the file that was tried.
    probed.map_err(|source| match source.raw_os_error() {
        Some(code) => unwritable(path, io::Error::from_raw_os_error(code)),
        None => unwritable(path, source.kind().into()),
    })
}

fn probe_descriptor(number: RawFd) -> io::Result<()> {
    let flags = fcntl_getfl(duplicate(number)?)?;
    if flags & OFlags::RWMODE == OFlags::RDONLY {
        return Err(io::Error::from_raw_os_error(nix::libc::EBADF));
    }
    Ok(())
}

fn probe(place: &Path) -> io::Result<()> {
    match fs::metadata(place) {
        Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => {
            access(place, AccessFlags::W_OK)?;
            beside(place).map(drop)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => beside(place).map(drop),
        // Such as a name that is too long.
        Err(error) => Err(error),
    }
}

/// What is meant by a path: that to which it leads, where it is a symbolic link.
fn place_of(path: &Path) -> io::Result<Place> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        let folder = fs::canonicalize(folder_of(&place)).unwrap_or_default();
        if let Some(number) = descriptor_in(&folder, &place) {
            return Ok(Place::Descriptor(number));
        }
        let Ok(target) = fs::read_link(&place) else {
            let is_special = |it: &Metadata| !it.is_file() && !it.is_dir();
            return Ok(match fs::metadata(&place) {
                Ok(metadata) if is_special(&metadata) => Place::Special,
                _ => Place::File(place),
            });
        };
        if folder.starts_with("/proc") {
            return Ok(Place::Special);
        }
        place = folder_of(&place).join(target);
    }
    Err(io::Error::from_raw_os_error(nix::libc::ELOOP))
}

/// The number of a descriptor of this process, if a path in this folder is that of one.
fn descriptor_in(folder: &Path, path: &Path) -> Option<RawFd> {
    let own = fs::canonicalize("/proc/self").ok()?;
    let is_own = folder.starts_with(own) && folder.ends_with("fd");
    let name = path.file_name().filter(|_| is_own)?;
    name.to_str()?.parse().ok()
}

/// A new file in the folder of another, which it may replace. Nobody else may open it before
/// it has its text and its permissions.
fn beside(place: &Path) -> io::Result<NamedTempFile> {
    // Says better than an error about the new file what is wrong with the folder.
    fs::metadata(folder_of(place))?;
    tempfile::Builder::new()
        .prefix(".profila-")
        .permissions(Permissions::from_mode(PRIVATE))
        .tempfile_in(folder_of(place))
}

/// What a new file has by the umask, which can be read only where the kernel shows it: to
/// set it would be seen by other threads.
fn new_permissions() -> Permissions {
    let status = Process::myself().and_then(|this| this.status());
    let umask = status.ok().and_then(|status| status.umask);
    Permissions::from_mode(umask.map_or(PRIVATE, |umask| NEW_FILE & !umask))
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
    use std::io::{Read, Seek};
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
        let opened = File::open(path("file")).unwrap();
        let read_only = format!("/dev/fd/{}", opened.as_raw_fd());
        check_refused(Path::new(&read_only), "bad file descriptor");
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
        // The duplicate has moved the offset that both share.
        file.as_file().rewind().unwrap();
        file.as_file().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn nobody_else_may_open_a_file_that_is_being_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        assert_eq!(mode(beside(&path).unwrap().path()), 0o600);
        write_file(&path, "text").unwrap();
        let other = folder.path().join("other");
        fs::write(&other, "").unwrap();
        assert_eq!(mode(&path), mode(&other));
    }

    #[test]
    fn what_is_open_for_appending_is_appended_to() {
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), "before ").unwrap();
        let opened = OpenOptions::new().append(true).open(file.path()).unwrap();
        for folder in ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"] {
            let path = Path::new(folder).join(opened.as_raw_fd().to_string());
            require_writable(Some(&path)).unwrap();
            write_file(&path, "text ").unwrap();
        }
        let text = fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, "before text text text ");
        let stdout = place_of(Path::new("/dev/stdout")).unwrap();
        assert_eq!(stdout, Place::Descriptor(1));
    }

    #[test]
    fn what_cannot_be_replaced_is_overwritten() {
        use nix::libc::{EACCES, EBUSY, EIO, EPERM, EXDEV};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for (code, expected) in [
            (EACCES, "after"),
            (EBUSY, "after"),
            (EPERM, "after"),
            (EXDEV, "after"),
            (EIO, "before, and longer"),
        ] {
            fs::write(&path, "before, and longer").unwrap();
            let old = fs::metadata(&path).unwrap();
            let failed = || Err(io::Error::from_raw_os_error(code));
            let written = or_overwrite(failed(), &path, Some(&old), "after");
            assert_eq!(written.is_ok(), expected == "after", "{code}");
            assert_eq!(fs::read_to_string(&path).unwrap(), expected, "{code}");
            assert_eq!(fs::metadata(&path).unwrap().ino(), old.ino());
            assert!(or_overwrite(failed(), &path, None, "after").is_err());
        }
    }

    #[test]
    fn what_has_taken_the_place_of_a_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("report"), "").unwrap();
        fs::write(path("other"), "mine").unwrap();
        let old = fs::metadata(path("report")).unwrap();
        symlink("other", path("link")).unwrap();
        for name in ["other", "link"] {
            assert!(overwrite(&path(name), &old, "text").is_err());
            assert_eq!(fs::read_to_string(path("other")).unwrap(), "mine");
        }
    }
}
