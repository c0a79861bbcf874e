//! Regular files, read without waiting and only up to a limit.
//!
//! What has the name of a file may be anything if a script or another user can have put
//! it there. A pipe that nobody writes to would keep its reader waiting for ever, and
//! `/dev/zero` never ends. Here, neither is read: a file is opened without waiting, the
//! opened descriptor has to be that of a regular file, and no more is read than expected.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// What to do if the name is that of a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// Open what it leads to.
    Followed,
    /// Fail.
    Refused,
}

/// Reads a regular file that has at most `most` bytes.
///
/// Fails if it is anything else, such as a pipe or a device, or if it is longer.
pub(crate) fn read(path: &Path, links: Links, most: u64) -> io::Result<Vec<u8>> {
    read_opened(open_at(CWD, path, links)?, most)
}

/// Opens a regular file for reading. A relative `path` starts from `folder`.
///
/// Fails if it is anything else, such as a pipe or a device.
pub(crate) fn open_at(folder: impl AsFd, path: &Path, links: Links) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let flags = match links {
        Links::Followed => flags,
        Links::Refused => flags | OFlags::NOFOLLOW,
    };
    let opened = openat(folder, path, flags, Mode::empty());
    let file = File::from(opened.map_err(|error| match error {
        // A circle of links has the same number.
        Errno::LOOP if links == Links::Refused => unfit("it is a symbolic link"),
        Errno::NXIO => unfit("it is not a regular file but a socket"),
        other => other.into(),
    })?);
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(Errno::ISDIR.into());
    }
    if !kind.is_file() {
        return Err(unfit("it is not a regular file"));
    }
    Ok(file)
}

/// Reads what was opened, which has at most `most` bytes. Fails if it is longer.
pub(crate) fn read_opened(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(unfit(format!("it is longer than {}", size(most))));
    }
    Ok(bytes)
}

fn unfit(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// A number of bytes, in the largest unit that leaves it whole.
fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1_000_000) => format!("{} MB", bytes / 1_000_000),
        _ if bytes.is_multiple_of(1000) => format!("{} kB", bytes / 1000),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;

    use super::*;

    #[test]
    fn only_a_regular_file_of_some_length_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let fails = |name: &str, links, why: &str| {
            let error = read(&path(name), links, 10).unwrap_err();
            assert!(error.to_string().contains(why), "{name}: {error}");
        };
        fs::write(path("short"), "0123456789").unwrap();
        fs::write(path("long"), "0123456789a").unwrap();
        mkfifo(&path("fifo"), Mode::S_IRUSR).unwrap();
        let _listener = UnixListener::bind(path("socket")).unwrap();
        symlink("/dev/zero", path("zero")).unwrap();
        for links in [Links::Followed, Links::Refused] {
            assert_eq!(read(&path("short"), links, 10).unwrap(), b"0123456789");
            fails("long", links, "longer than 10 bytes");
            fails("fifo", links, "not a regular file");
            fails("socket", links, "not a regular file");
            let error = read(&path("absent"), links, 10).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
            let error = read(folder.path(), links, 10).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
        }
        fails("zero", Links::Followed, "not a regular file");
        fails("zero", Links::Refused, "symbolic link");
    }

    #[test]
    fn links_are_followed_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        fs::write(folder.path().join("file"), "text").unwrap();
        symlink("file", &link).unwrap();
        assert_eq!(read(&link, Links::Followed, 10).unwrap(), b"text");
        assert!(read(&link, Links::Refused, 10).is_err());
    }

    #[test]
    fn a_limit_is_said_in_a_unit_that_leaves_it_whole() {
        assert_eq!(size(64_000_000), "64 MB");
        assert_eq!(size(1500), "1500 bytes");
        assert_eq!(size(2000), "2 kB");
    }
}
