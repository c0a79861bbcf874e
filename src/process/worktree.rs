//! A revision of a repository in a folder of its own, as a working tree that git knows of until
//! it goes.
//!
//! It lies in the guard's folder. What git keeps of it in the repository has the name of that
//! folder, which no other one has had before: the guard knows it before git does, and removes
//! both where this process is killed, at whatever moment.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::getegid;

use super::errand::Errands;
use super::git::{Git, Repository, Submodule, io_error};
use crate::error::{Error, Result, RevisionError};
use crate::source::FileGlob;

/// In the mode of a folder: only who owns what is in it can rename that.
const STICKY: u32 = 0o1000;

/// A revision that is checked out, until this is dropped.
#[derive(Debug)]
pub struct Worktree {
    tree: PathBuf,
    /// What git keeps of it in the repository.
    entry: PathBuf,
}

impl Worktree {
    /// Checks out a commit, as the one with this number of those that `errands` is for.
    /// Submodules that the user has are checked out from there, without a network; others stay
    /// empty, as they are in a fresh clone.
    pub fn check_out(
        repository: &Repository<'_>,
        commit: &str,
        number: usize,
        errands: Errands<'_>,
    ) -> Result<Self> {
        let name = format!("{}-{number}", errands.guard.mark());
        let folder = errands.guard.place()?;
        require_safe(&folder)?;
        let worktree = Self {
            tree: folder.join(&name),
            entry: repository.common().join("worktrees").join(&name),
        };
        if worktree.entry.exists() {
            return Err(io_error(
                "create",
                &worktree.entry,
                io::ErrorKind::AlreadyExists.into(),
            ));
        }
        errands.guard.remove_in_the_end(&worktree.entry);
        let mut arguments: Vec<&OsStr> = ["worktree", "add", "--detach"].map(OsStr::new).into();
        arguments.extend([worktree.tree.as_os_str(), OsStr::new(commit)]);
        let action = format!("check out {commit}");
        let git = repository.git();
        git.succeed(repository.root(), &arguments, &action)?;
        let modules = repository.common().join("modules");
        check_out_submodules(repository, git, repository.root(), &worktree.tree, &modules)?;
        Ok(worktree)
    }

    /// The folder that it is in.
    pub fn path(&self) -> &Path {
        &self.tree
    }

    /// Copies files of the user's working tree, if they or a folder that they lie in match one of
    /// these patterns. What the revision has stays as it is. Fails where a pattern matches
    /// nothing.
    pub fn copy(&self, repository: &Repository<'_>, patterns: &[FileGlob]) -> Result<()> {
        if patterns.is_empty() {
            return Ok(());
        }
        let files = repository.files()?;
        for pattern in patterns {
            let mut matching = files.iter().filter(|file| is_meant(pattern, file));
            let first = matching.next().ok_or_else(|| {
                Error::usage(
                    format!("`{}` matches no file of the working tree", pattern.as_str()),
                    "patterns are those of paths from the root of the repository, or of their \
                     ends, such as `data/*` or `*.npy`",
                )
            })?;
            for file in std::iter::once(first).chain(matching) {
                let (from, to) = (repository.root().join(file), self.tree.join(file));
                copy_file(&from, &to).map_err(|source| io_error("copy", &from, source))?;
            }
        }
        Ok(())
    }

    /// Has a shell run a command in it, as to build what it needs. What that writes goes to
    /// standard error.
    pub fn set_up<'v>(
        &self,
        command: &str,
        environment: impl IntoIterator<Item = (&'v OsStr, &'v OsStr)>,
        errands: Errands<'_>,
    ) -> Result<()> {
        let action = "run the command that sets up a revision";
        let to_stderr = nix::unistd::dup(io::stderr()).map_err(|source| Error::System {
            action: action.to_owned(),
            source: source.into(),
        })?;
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", command])
            .current_dir(&self.tree)
            .envs(environment)
            .stdout(to_stderr);
        let status = errands.status(&mut shell, action)?;
        if status.success() {
            return Ok(());
        }
        Err(RevisionError::SetupFailed {
            said: [command.to_owned(), status.to_string()],
        }
        .into())
    }
}

impl Drop for Worktree {
    /// What cannot be removed here is left to the guard.
    fn drop(&mut self) {
        fs::remove_dir_all(&self.tree).ok();
        fs::remove_dir_all(&self.entry).ok();
        // As git does it.
        self.entry.parent().map(fs::remove_dir);
    }
}

/// Fails where another user can put a folder of theirs in the place of this one: what is checked
/// out is found by its name. Access that this process's own group has is not questioned.
fn require_safe(folder: &Path) -> Result<()> {
    let around = folder.parent().unwrap_or(folder);
    let metadata = fs::metadata(around).map_err(|source| io_error("read", around, source))?;
    let of_others = metadata.mode() & 0o002 != 0;
    let of_group = metadata.mode() & 0o020 != 0 && metadata.gid() != getegid().as_raw();
    let is_shared = of_others || of_group;
    if !is_shared || metadata.mode() & STICKY != 0 {
        return Ok(());
    }
    Err(Error::usage(
        format!(
            "`{}` is no place for a revision: other users can replace what is in it",
            around.display()
        ),
        "set TMPDIR to a folder of your own",
    ))
}

/// Checks out what a tree has of other repositories, from those of the user's own tree.
fn check_out_submodules(
    repository: &Repository<'_>,
    git: &Git<'_>,
    users: &Path,
    tree: &Path,
    modules: &Path,
) -> Result<()> {
    for Submodule { path, commit } in repository.submodules(tree)? {
        let inner = tree.join(&path);
        let Some(source) = source_of(git, users, tree, &path, modules)? else {
            continue;
        };
        let action = format!("check out the submodule {}", path.display());
        let mut arguments: Vec<&OsStr> = ["clone", "--quiet", "--shared", "--no-checkout"]
            .map(OsStr::new)
            .into();
        let rest = ["--template=", "--"].map(OsStr::new);
        arguments.extend(rest);
        arguments.extend([source.as_os_str(), inner.as_os_str()]);
        git.succeed(tree, &arguments, &action)?;
        git.succeed(
            &inner,
            &["checkout", "--quiet", "--detach", &commit],
            &action,
        )?;
        let modules = source.join("modules");
        check_out_submodules(repository, git, &users.join(&path), &inner, &modules)?;
    }
    Ok(())
}

/// Where the user has a submodule: in the working tree, or among those that git keeps.
fn source_of(
    git: &Git<'_>,
    users: &Path,
    tree: &Path,
    path: &Path,
    modules: &Path,
) -> Result<Option<PathBuf>> {
    let checked_out = users.join(path);
    if checked_out.join(".git").exists() {
        return Ok(Some(checked_out));
    }
    if !tree.join(".gitmodules").is_file() {
        return Ok(None);
    }
    let asked = ["config", "-f", ".gitmodules", "-z", "--list"];
    let told = git.succeed(tree, &asked, "read .gitmodules")?;
    let told = String::from_utf8_lossy(&told).into_owned();
    let name = told.split('\0').find_map(|entry| {
        let (key, value) = entry.split_once('\n')?;
        let name = key.strip_prefix("submodule.")?.strip_suffix(".path")?;
        // It is a name of files: as git does, nothing outside is looked at.
        let is_inside = !name.split('/').any(|part| part == "..");
        (Path::new(value) == path && is_inside).then(|| name.to_owned())
    });
    let kept = name.map(|name| modules.join(name));
    Ok(kept.filter(|kept| kept.join("HEAD").is_file()))
}

/// Whether a pattern is that of a file, or of a folder that it lies in.
fn is_meant(pattern: &FileGlob, file: &Path) -> bool {
    let mut all = file.ancestors().filter(|path| *path != Path::new(""));
    all.any(|path| pattern.matches(path))
}

/// Copies a file, or a link as it is, to where nothing is yet.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let kind = match fs::symlink_metadata(from) {
        Ok(metadata) => metadata.file_type(),
        // The index has files that the user has removed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if fs::symlink_metadata(to).is_ok() {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if kind.is_symlink() {
        symlink(fs::read_link(from)?, to)
    } else if kind.is_file() {
        fs::copy(from, to).map(drop)
    } else {
        // A repository within this one, or nothing that has a content.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_revision_lies_where_nobody_else_can_put_another_folder() {
        let around = tempfile::tempdir().unwrap();
        let check = |mode: u32, is_safe: bool| {
            fs::set_permissions(around.path(), Permissions::from_mode(mode)).unwrap();
            let checked = require_safe(&around.path().join("folder"));
            assert_eq!(checked.is_ok(), is_safe, "{mode:o}");
        };
        check(0o700, true);
        check(0o755, true);
        check(0o1777, true);
        check(0o777, false);
        check(0o775, true);
    }

    #[track_caller]
    fn check_meant(pattern: &str, file: &str, expected: bool) {
        let pattern: FileGlob = pattern.parse().unwrap();
        assert_eq!(is_meant(&pattern, Path::new(file)), expected);
    }

    #[test]
    fn a_pattern_is_that_of_a_file_or_of_a_folder_that_it_lies_in() {
        check_meant("data", "data/one/a.npy", true);
        check_meant("data/*", "data/one/a.npy", true);
        check_meant("*.npy", "data/one/a.npy", true);
        check_meant("one", "data/one/a.npy", true);
        check_meant("data", "other/a.npy", false);
        check_meant("dat", "data/a.npy", false);
    }

    /// As by a checkout of two kinds: what is there stays.
    #[test]
    fn what_a_revision_has_is_not_overwritten_and_links_stay_links() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("users"), "the user's").unwrap();
        symlink("users", path("link")).unwrap();
        copy_file(&path("users"), &path("in/a/folder")).unwrap();
        copy_file(&path("link"), &path("in/a/link")).unwrap();
        assert_eq!(fs::read(path("in/a/folder")).unwrap(), b"the user's");
        assert_eq!(
            fs::read_link(path("in/a/link")).unwrap(),
            Path::new("users")
        );
        fs::write(path("in/own"), "the revision's").unwrap();
        copy_file(&path("users"), &path("in/own")).unwrap();
        assert_eq!(fs::read(path("in/own")).unwrap(), b"the revision's");
        copy_file(&path("removed"), &path("in/removed")).unwrap();
        assert!(!path("in/removed").exists());
    }
}
