//! Whether a configuration file that was found may be used.
//!
//! A configuration can name programs to run. One that the user did not name is used only
//! if nobody but the user and root can have written it or put it there. Owners and modes
//! are those of opened descriptors, so that nothing can be exchanged after the check.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::process::{getegid, geteuid};

use crate::regular_file::{self, Links};

/// Permissions to write, and the bit that keeps users from replacing each other's files.
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Root, who can write everywhere anyway.
const ROOT: u32 = 0;

/// Whom a file or a folder belongs to, and who may write to it.
#[derive(Clone, Copy, Debug)]
struct Standing {
    owner: u32,
    group: u32,
    mode: u32,
}

/// The user and the group of this process.
#[derive(Clone, Copy, Debug)]
struct Identity {
    user: u32,
    group: u32,
}

/// Who else can have written something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    /// It belongs to this user.
    Owner(u32),
    /// This group may write to it.
    Group(u32),
    /// Every user may write to it.
    Everyone,
}

/// Why a file is not used.
#[derive(Debug)]
pub(super) struct Distrust {
    /// What others can have written: the file, its folder, or a link to it.
    pub(super) path: PathBuf,
    mode: u32,
    writer: Writer,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, mode) = (self.path.display(), self.mode & 0o7777);
        match self.writer {
            Writer::Owner(owner) => write!(f, "`{path}` belongs to another user (uid {owner})"),
            Writer::Group(group) => write!(
                f,
                "`{path}` can be written by another group (mode {mode:04o}, gid {group})"
            ),
            Writer::Everyone => write!(f, "`{path}` can be written by everyone (mode {mode:04o})"),
        }
    }
}

impl Standing {
    fn of(metadata: &Metadata) -> Self {
        Self {
            owner: metadata.uid(),
            group: metadata.gid(),
            mode: metadata.mode(),
        }
    }

    /// Who else than this user and root can have changed a file.
    fn writer_of_file(self, own: Identity) -> Option<Writer> {
        if self.owner != own.user && self.owner != ROOT {
            Some(Writer::Owner(self.owner))
        } else if self.mode & OTHERS_WRITE != 0 {
            Some(Writer::Everyone)
        } else if self.mode & GROUP_WRITES != 0 && self.group != own.group {
            Some(Writer::Group(self.group))
        } else {
            None
        }
    }

    /// Who else can have replaced what is in a folder. Where the folder is sticky, only its
    /// owner can.
    fn writer_of_folder(self, own: Identity) -> Option<Writer> {
        let writer = self.writer_of_file(own);
        writer.filter(|writer| matches!(writer, Writer::Owner(_)) || self.mode & STICKY == 0)
    }

    fn distrust(self, path: &Path, writer: Writer) -> Distrust {
        Distrust {
            path: path.to_owned(),
            mode: self.mode,
            writer,
        }
    }
}

/// Opens a regular file, and says why it must not be used, if so. A symbolic link and what
/// it leads to both have to be trusted.
pub(super) fn open(path: &Path) -> io::Result<(File, Option<Distrust>)> {
    let own = Identity {
        user: geteuid().as_raw(),
        group: getegid().as_raw(),
    };
    let (folder, name) = open_folder(path)?;
    let entry = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(entry.st_mode) != FileType::Symlink {
        return open_entry(path, own);
    }
    // Everybody may write to a link, which means nothing.
    let link = Standing {
        owner: entry.st_uid,
        group: entry.st_gid,
        mode: 0,
    };
    let distrusted = link.writer_of_file(own);
    let distrusted = distrusted.map(|writer| link.distrust(path, writer));
    let distrusted = distrusted.or(distrusted_folder(&folder, path, own)?);
    let (file, beyond) = open_entry(&fs::canonicalize(path)?, own)?;
    Ok((file, distrusted.or(beyond)))
}

/// Opens a file that is no link.
fn open_entry(path: &Path, own: Identity) -> io::Result<(File, Option<Distrust>)> {
    let (folder, name) = open_folder(path)?;
    let file = regular_file::open_at(&folder, name, Links::Refused)?;
    let standing = Standing::of(&file.metadata()?);
    let distrusted = standing.writer_of_file(own);
    let distrusted = distrusted.map(|writer| standing.distrust(path, writer));
    let folder = distrusted_folder(&folder, path, own)?;
    Ok((file, distrusted.or(folder)))
}

/// The folder that a file is in, opened, and the file's name there.
fn open_folder(path: &Path) -> io::Result<(File, &Path)> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = openat(CWD, folder_of(path), flags, Mode::empty())?;
    let name = path.file_name().ok_or(io::ErrorKind::NotFound)?;
    Ok((folder.into(), Path::new(name)))
}

fn distrusted_folder(folder: &File, file: &Path, own: Identity) -> io::Result<Option<Distrust>> {
    let standing = Standing::of(&folder.metadata()?);
    let writer = standing.writer_of_folder(own);
    Ok(writer.map(|writer| standing.distrust(folder_of(file), writer)))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    const OWN: Identity = Identity {
        user: 1000,
        group: 1000,
    };

    #[track_caller]
    fn check((owner, group, mode): (u32, u32, u32), file: Option<Writer>, folder: Option<Writer>) {
        let standing = Standing { owner, group, mode };
        assert_eq!(standing.writer_of_file(OWN), file, "as a file");
        assert_eq!(standing.writer_of_folder(OWN), folder, "as a folder");
    }

    #[test]
    fn only_the_user_and_root_are_trusted() {
        use Writer::{Everyone, Group, Owner};
        let both = |writer| (Some(writer), Some(writer));
        for (standing, (file, folder)) in [
            ((1000, 1000, 0o644), (None, None)),
            ((0, 0, 0o755), (None, None)),
            // The group of the user alone, as many systems give to each.
            ((1000, 1000, 0o664), (None, None)),
            ((0, 1000, 0o664), (None, None)),
            ((1000, 50, 0o640), (None, None)),
            ((1000, 50, 0o660), both(Group(50))),
            ((1001, 1000, 0o600), both(Owner(1001))),
            ((1001, 1001, 0o1777), both(Owner(1001))),
            ((1000, 1000, 0o666), both(Everyone)),
            ((0, 0, 0o777), both(Everyone)),
            // As /tmp is.
            ((0, 0, 0o1777), (Some(Everyone), None)),
            ((0, 50, 0o1775), (Some(Group(50)), None)),
        ] {
            check(standing, file, folder);
        }
    }

    #[track_caller]
    fn check_found(path: &Path, distrusted: Option<&Path>) {
        let (_, found) = open(path).unwrap();
        let found = found.map(|it| it.path);
        assert_eq!(found.as_deref(), distrusted);
    }

    #[test]
    fn the_file_its_folder_and_what_a_link_leads_to_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let (file, elsewhere, link) = (
            folder.join("profila.toml"),
            folder.join("elsewhere"),
            folder.join("elsewhere/link"),
        );
        fs::create_dir(&elsewhere).unwrap();
        fs::write(&file, "").unwrap();
        symlink(&file, &link).unwrap();
        set(&file, 0o644);
        set(&elsewhere, 0o700);
        check_found(&file, None);
        check_found(&link, None);
        set(&elsewhere, 0o777);
        check_found(&link, Some(&elsewhere));
        set(&elsewhere, 0o1777);
        check_found(&link, None);
        set(&folder, 0o777);
        check_found(&file, Some(&folder));
        check_found(&link, Some(&folder));
        set(&file, 0o646);
        check_found(&file, Some(&file));
        check_found(&link, Some(&file));
    }
}
