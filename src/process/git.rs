//! The user's git: what it knows of a repository, and what it checks out.
//!
//! It is run as a program, so that what the user has configured applies: filters, line ends,
//! large files. Hooks are never run, nothing is asked on a terminal, and nothing is written that
//! belongs to the user.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::errand::Errands;
use super::search_path;
use crate::error::{Error, Result, RevisionError};

/// What git is told before anything else: no hooks, no daemons, no housekeeping.
const SETTINGS: [&str; 5] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
];

/// Variables by which git is told of another repository than that of its working directory, as
/// in a hook. Those that configure it are left.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
];

/// A repository with a working tree.
pub struct Repository<'e> {
    git: Git<'e>,
    /// The folder of its working tree, without symbolic links.
    root: PathBuf,
    /// The folder that all of its working trees share, such as `.git`.
    common: PathBuf,
}

/// Something of a repository that is another one.
pub(super) struct Submodule {
    /// Where it is, from the root.
    pub(super) path: PathBuf,
    /// The commit that it is at.
    pub(super) commit: String,
}

impl<'e> Repository<'e> {
    /// The repository that a folder is in. Fails where there is none, or no git.
    pub fn of(folder: &Path, errands: Errands<'e>) -> Result<Self> {
        let program =
            search_path::on_path(OsStr::new("git")).ok_or_else(|| RevisionError::GitMissing {
                searched: vec![search_path::searched("git")],
            })?;
        let git = Git { program, errands };
        let action = || format!("look for the repository of {}", folder.display());
        let output = git.output(folder, &["rev-parse", "--show-toplevel"], &action())?;
        if !output.status.success() {
            let cause = words(&output.stderr);
            if cause.contains("not a git repository") {
                return Err(Error::usage(
                    format!("`{}` is in no git repository", folder.display()),
                    "a revision can be measured only of a script in a repository; to compare two \
                     scripts, use `profila diff before.py after.py`",
                ));
            }
            return Err(RevisionError::GitFailed {
                action: action(),
                cause,
            }
            .into());
        }
        let common = git.succeed(folder, &["rev-parse", "--git-common-dir"], &action())?;
        let absolute = |told: Vec<u8>| {
            let path = folder.join(OsString::from_vec(line(told)));
            fs::canonicalize(&path).map_err(|source| Error::Io {
                action: "find",
                path,
                source,
            })
        };
        Ok(Self {
            root: absolute(output.stdout)?,
            common: absolute(common)?,
            git,
        })
    }

    /// The folder of its working tree, without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn common(&self) -> &Path {
        &self.common
    }

    pub(super) fn git(&self) -> &Git<'e> {
        &self.git
    }

    /// The commit that a revision is, by its full name. Fails where there is none.
    pub fn commit(&self, revision: &str) -> Result<String> {
        let action = format!("look for the revision `{revision}`");
        let unknown = |cause: &str| {
            let hint = if self.is_shallow(&action)? {
                "this clone is shallow and has only the latest commits: fetch the others with \
                 `git fetch --unshallow`, or one of them with `git fetch --depth=1 origin REVISION`; \
                 in GitHub Actions, give `actions/checkout` the option `fetch-depth: 0`"
            } else {
                "`git log --oneline --all` lists commits; a branch of a remote may have to be \
                 fetched first, with `git fetch`"
            };
            let why = if cause.is_empty() { "" } else { ": " };
            Err(Error::usage(
                format!("`{revision}` is no revision of this repository{why}{cause}"),
                hint,
            ))
        };
        // It would be an option.
        if revision.is_empty() || revision.starts_with('-') {
            return unknown("");
        }
        let wanted = format!("{revision}^{{commit}}");
        let asked = ["rev-parse", "--verify", "--quiet", &wanted];
        let output = self.git.output(&self.root, &asked, &action)?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&line(output.stdout)).into_owned())
        } else {
            unknown(&words(&output.stderr))
        }
    }

    fn is_shallow(&self, action: &str) -> Result<bool> {
        let asked = ["rev-parse", "--is-shallow-repository"];
        let told = self.git.output(&self.root, &asked, action)?;
        Ok(told.stdout.starts_with(b"true"))
    }

    /// The files of the working tree from the root, whether git tracks, ignores or does not know
    /// them.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        let asked = ["ls-files", "--cached", "--others", "-z"];
        let told = self
            .git
            .succeed(&self.root, &asked, "list the files of the working tree")?;
        Ok(paths(&told).collect())
    }

    /// What a commit, checked out in `tree`, has of other repositories.
    pub(super) fn submodules(&self, tree: &Path) -> Result<Vec<Submodule>> {
        let asked = ["ls-files", "--stage", "-z"];
        let told = self.git.succeed(tree, &asked, "list submodules")?;
        let submodules = paths(&told).filter_map(|entry| {
            let entry = entry.into_os_string().into_vec();
            // `160000 COMMIT 0<tab>PATH`
            let rest = entry.strip_prefix(b"160000 ")?;
            let tab = rest.iter().position(|&byte| byte == b'\t')?;
            let commit = rest.split(|&byte| byte == b' ').next()?;
            Some(Submodule {
                path: OsString::from_vec(rest[tab + 1..].to_vec()).into(),
                commit: String::from_utf8_lossy(commit).into_owned(),
            })
        });
        Ok(submodules.collect())
    }
}

/// The program, and how it is run.
pub(super) struct Git<'e> {
    program: PathBuf,
    errands: Errands<'e>,
}

impl Git<'_> {
    /// What git says in a folder, however it ends.
    fn output<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
        action: &str,
    ) -> Result<Output> {
        let mut command = Command::new(&self.program);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command
            .arg("-C")
            .arg(folder)
            .args(arguments)
            // Some of what it says is read.
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0");
        self.errands.output(&mut command, action)
    }

    /// What git says in a folder. Fails where it does.
    pub(super) fn succeed<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
        action: &str,
    ) -> Result<Vec<u8>> {
        let output = self.output(folder, arguments, action)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = words(&output.stderr);
        let ended = || format!("git ended with {}", output.status);
        Err(RevisionError::GitFailed {
            action: action.to_owned(),
            cause: if said.is_empty() { ended() } else { said },
        }
        .into())
    }
}

/// What git said, without a line feed behind it.
fn line(mut told: Vec<u8>) -> Vec<u8> {
    if told.last() == Some(&b'\n') {
        told.pop();
    }
    told
}

fn words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    text.trim().trim_start_matches("fatal: ").to_owned()
}

/// Paths with a zero byte behind each.
fn paths(told: &[u8]) -> impl Iterator<Item = PathBuf> {
    let all = told.split(|&byte| byte == 0);
    all.filter(|path| !path.is_empty())
        .map(|path| OsString::from_vec(path.to_vec()).into())
}

/// An error about a file.
pub(super) fn io_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
