//! Which Python is meant.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::process::search_path::{self, left_out, on_path, own_folder};

/// What looks as if it named the interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassedOver {
    /// An active environment that has no Python, as where it was removed.
    Environment {
        /// Its folder.
        folder: PathBuf,
        /// The variable that names it.
        variable: &'static str,
    },
    /// A file in the working directory, where PATH has an element for that.
    Relative(PathBuf),
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment { folder, variable } => {
                let folder = folder.display();
                write!(f, "{variable} is {folder}, which has no Python")
            }
            Self::Relative(file) => {
                let file = file.display();
                write!(
                    f,
                    "{file} is first on PATH, but is in the working directory"
                )
            }
        }
    }
}

/// An interpreter that was chosen. The fields are those of [`Interpreter`](super::Interpreter).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) path: PathBuf,
    pub(super) chosen_by: &'static str,
    pub(super) passed_over: Option<PassedOver>,
}

/// The interpreter that was named, or else the likeliest.
pub(super) fn choose(named: Option<&Path>, working_dir: &Path) -> Result<Choice> {
    if let Some(named) = named {
        let path = if named.components().count() > 1 {
            named.to_owned()
        } else {
            let name = named.as_os_str();
            on_path(name).ok_or_else(|| Error::PythonMissing {
                searched: vec![search_path::searched(&name.to_string_lossy())],
            })?
        };
        return Ok(Choice {
            path,
            chosen_by: "--python",
            passed_over: None,
        });
    }
    if let Some(path) = env::var_os(PROFILA_PYTHON).filter(|path| !path.is_empty()) {
        return Ok(Choice {
            path: path.into(),
            chosen_by: PROFILA_PYTHON,
            passed_over: None,
        });
    }
    let own = own_folder().as_deref().and_then(environment_with_numba);
    choose_among(&candidates(working_dir, own, |name| env::var_os(name)))
}

/// The environment that has its programs in this folder, if there is a Numba in it. Those of `pipx`
/// have none: what they have is profila alone.
fn environment_with_numba(programs: &Path) -> Option<PathBuf> {
    let environment = programs.parent()?;
    let libraries = fs::read_dir(environment.join("lib")).ok()?;
    let mut folders = libraries.flatten().map(|entry| entry.path());
    let has_numba = folders.any(|folder| folder.join("site-packages/numba").is_dir());
    has_numba.then(|| environment.to_path_buf())
}

/// The environments that may be meant, the likeliest first, by what says so. conda makes
/// its base environment active in every shell, where it is seldom meant. `own` is the environment
/// of profila itself.
fn candidates(
    working_dir: &Path,
    own: Option<PathBuf>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Vec<(PathBuf, &'static str)> {
    let active = |name: &'static str| {
        let folder = variable(name).filter(|folder| !folder.is_empty())?;
        Some((PathBuf::from(folder), name))
    };
    let conda = active(CONDA_PREFIX);
    let is_base = variable("CONDA_DEFAULT_ENV").is_some_and(|name| name == "base");
    let (conda, base) = if is_base {
        (None, conda)
    } else {
        (conda, None)
    };
    let beside = [working_dir.join(".venv"), PathBuf::from(".venv")];
    let beside = beside.map(|folder| (folder, ".venv"));
    let active = active(VIRTUAL_ENV).into_iter().chain(conda);
    let own = own.map(|folder| (folder, "profila's own environment"));
    active.chain(beside).chain(own).chain(base).collect()
}

/// The interpreter itself, as `python -m profila` names it.
const PROFILA_PYTHON: &str = "PROFILA_PYTHON";
const VIRTUAL_ENV: &str = "VIRTUAL_ENV";
const CONDA_PREFIX: &str = "CONDA_PREFIX";

/// The first of these environments that has a Python, or the one on the PATH.
fn choose_among(candidates: &[(PathBuf, &'static str)]) -> Result<Choice> {
    let python = |environment: &Path| environment.join("bin/python");
    let has_python = |(environment, _): &&(PathBuf, _)| python(environment).is_file();
    let mut passed_over = candidates
        .iter()
        .take_while(|candidate| !has_python(candidate))
        .find(|(_, name)| [VIRTUAL_ENV, CONDA_PREFIX].contains(name))
        .map(|(folder, variable)| PassedOver::Environment {
            folder: folder.clone(),
            variable,
        });
    let found = if let Some((environment, name)) = candidates.iter().find(has_python) {
        Some((python(environment), *name))
    } else {
        let name = OsStr::new("python3");
        passed_over = passed_over.or_else(|| left_out(name).map(PassedOver::Relative));
        on_path(name).map(|path| (path, "PATH"))
    };
    let Some((path, chosen_by)) = found else {
        let searched = candidates
            .iter()
            .map(|(environment, _)| python(environment));
        let searched = searched.map(|path| path.display().to_string());
        let on_path = search_path::searched("python3");
        return Err(Error::PythonMissing {
            searched: searched.chain([on_path]).collect(),
        });
    };
    Ok(Choice {
        path,
        chosen_by,
        passed_over,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The interpreter that is chosen with these variables, of folders in `root`.
    fn chosen(root: &Path, variables: &[(&str, &str)]) -> Choice {
        let candidates = candidates(root, None, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(name, value)| match *name {
                "CONDA_DEFAULT_ENV" => OsString::from(value),
                _ => root.join(value).into(),
            })
        });
        choose_among(&candidates).unwrap()
    }

    #[track_caller]
    fn check(root: &Path, variables: &[(&str, &str)], chosen_by: &str, passed_over: &[&str]) {
        let choice = chosen(root, variables);
        assert_eq!(choice.chosen_by, chosen_by);
        let variable_of = |it: &PassedOver| match it {
            PassedOver::Environment { variable, .. } => *variable,
            PassedOver::Relative(_) => "PATH",
        };
        let names: Vec<_> = choice.passed_over.iter().map(variable_of).collect();
        assert_eq!(names, passed_over);
    }

    #[test]
    fn the_active_environment_is_taken_if_it_is_there() {
        let root = tempfile::tempdir().unwrap();
        for environment in ["env", "conda", ".venv"] {
            let bin = root.path().join(environment).join("bin");
            fs::create_dir_all(&bin).unwrap();
            fs::write(bin.join("python"), "").unwrap();
        }
        let root = root.path();
        let conda = (CONDA_PREFIX, "conda");
        check(root, &[], ".venv", &[]);
        check(root, &[conda], CONDA_PREFIX, &[]);
        check(root, &[conda, ("CONDA_DEFAULT_ENV", "base")], ".venv", &[]);
        check(root, &[(VIRTUAL_ENV, "env"), conda], VIRTUAL_ENV, &[]);
        check(root, &[(VIRTUAL_ENV, "gone")], ".venv", &[VIRTUAL_ENV]);
        check(
            root,
            &[(VIRTUAL_ENV, "gone"), conda],
            CONDA_PREFIX,
            &[VIRTUAL_ENV],
        );
        check(root, &[(CONDA_PREFIX, "gone")], ".venv", &[CONDA_PREFIX]);
    }

    #[test]
    fn the_environment_of_profila_itself_counts_if_it_has_numba() {
        let root = tempfile::tempdir().unwrap();
        let bin = root.path().join("bin");
        // As where pipx has installed profila.
        assert_eq!(environment_with_numba(&bin), None);
        fs::create_dir_all(root.path().join("lib/python3.13/site-packages")).unwrap();
        assert_eq!(environment_with_numba(&bin), None);
        fs::create_dir(root.path().join("lib/python3.13/site-packages/numba")).unwrap();
        let own = environment_with_numba(&bin);
        assert_eq!(own.as_deref(), Some(root.path()));

        let base = |name: &str| (name != VIRTUAL_ENV).then(|| OsString::from("base"));
        let candidates = candidates(root.path(), own, base);
        let names: Vec<_> = candidates.into_iter().map(|(_, name)| name).collect();
        let expected = [".venv", ".venv", "profila's own environment", CONDA_PREFIX];
        assert_eq!(names, expected);
    }
}
