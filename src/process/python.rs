//! Finding the Python that runs the script, and what it is.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use nix::unistd::{AccessFlags, Pid, access};
use serde::Deserialize;

use self::ask::ask;
use self::choose::{Choice, choose};
use crate::error::{Error, Result};

mod ask;
mod choose;
mod statements;

pub use self::ask::Asking;
pub use self::choose::PassedOver;
pub use self::statements::{Question, read_statements};

/// The versions of Numba whose code generation the bootstrap is known to fit.
pub const KNOWN_NUMBAS: &str = "0.57 to 0.68";

/// A Python interpreter, which may have a Numba or not, and what matters of its
/// environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter<Numba = Option<String>> {
    /// The executable.
    pub path: PathBuf,
    /// Why this one, such as `VIRTUAL_ENV`.
    pub chosen_by: &'static str,
    /// What looks as if it were meant, and is not run.
    pub passed_over: Option<PassedOver>,
    /// Its version, such as `3.11.7`.
    pub version: String,
    /// The version of Numba in it.
    pub numba: Numba,
    /// The version of llvmlite in it.
    pub llvmlite: Option<String>,
    /// The folders in which it keeps libraries: what lies in them is not the user's.
    pub library_dirs: Vec<PathBuf>,
    /// The folders of Numba and of what it is made of. They may lie anywhere, beside files
    /// of the user's too.
    pub packages: Vec<PathBuf>,
}

/// An interpreter that has a Numba.
pub type Python = Interpreter<String>;

/// What the interpreter says of itself.
#[derive(Deserialize)]
struct Facts {
    version: String,
    numba: Option<String>,
    llvmlite: Option<String>,
    library_dirs: Vec<PathBuf>,
    packages: Vec<PathBuf>,
    /// Its process, by its own account.
    process: i32,
    /// The option by which it runs no `sitecustomize` of `PYTHONPATH`, if any.
    deaf: Option<String>,
}

/// Written for any Python 3, so that one that is too old can say so.
const ASK_FOR_FACTS: &str = r#"
import json, os, sys, sysconfig
def version_of(package):
    try:
        from importlib.metadata import version
        return version(package)
    except Exception:
        pass
    try:
        from importlib.util import find_spec
        return find_spec(package).origin and "of an unknown version"
    except Exception:
        return None
paths = sysconfig.get_paths()
found = [paths[name] for name in ("purelib", "platlib", "stdlib", "platstdlib")]
try:
    import site
    found += site.getsitepackages() + [site.getusersitepackages()]
except Exception:
    pass
both = found + [os.path.realpath(path) for path in found]
packages = []
for package in ("numba", "llvmlite", "numpy"):
    try:
        from importlib.util import find_spec
        folder = os.path.dirname(os.path.abspath(find_spec(package).origin))
        packages += [folder, os.path.realpath(folder)]
    except Exception:
        pass
deaf = [("-I", "isolated"), ("-E", "ignore_environment"), ("-S", "no_site")]
deaf = [option for option, flag in deaf if getattr(sys.flags, flag, 0)]
print()
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])),
    "numba": version_of("numba"),
    "llvmlite": version_of("llvmlite"),
    "library_dirs": sorted(set(both)),
    "packages": sorted(set(packages)),
    "process": os.getpid(),
    "deaf": deaf[0] if deaf else None,
}))
"#;

/// Finds the interpreter, which has to have a Numba. See [`inspect`].
pub fn find(named: Option<&Path>, asking: &Asking<'_>) -> Result<Python> {
    let found = inspect(named, asking)?;
    let Some(numba) = found.numba else {
        return Err(Error::NumbaMissing { python: found.path });
    };
    Ok(Interpreter {
        path: found.path,
        chosen_by: found.chosen_by,
        passed_over: found.passed_over,
        version: found.version,
        numba,
        llvmlite: found.llvmlite,
        library_dirs: found.library_dirs,
        packages: found.packages,
    })
}

/// Finds the interpreter and asks it what it is.
///
/// The one that was named, or that of `VIRTUAL_ENV` or `CONDA_PREFIX`, that of a `.venv`
/// in [`Asking::working_dir`] or this process's working directory, or `python3` on the PATH. Fails
/// for one that could not be profiled.
pub fn inspect(named: Option<&Path>, asking: &Asking<'_>) -> Result<Interpreter> {
    let working_dir = asking.working_dir;
    require_enterable(working_dir)?;
    let Choice {
        path,
        chosen_by,
        passed_over,
    } = choose(named, working_dir)?;
    // Runs have a working directory of their own. Symbolic links are kept: by the
    // path that it was started with an interpreter knows its environment.
    let path = std::path::absolute(&path).unwrap_or(path);
    let (process, answer) = ask(&path, ASK_FOR_FACTS, asking)?;
    let unusable = |cause| Error::PythonUnusable {
        python: path.clone(),
        cause,
    };
    let facts =
        facts(&answer.stdout).ok_or_else(|| unusable(last_words(&answer.stderr, answer.status)))?;
    if let Some(problem) = facts.problem(process) {
        return Err(unusable(problem));
    }
    Ok(Interpreter {
        path,
        chosen_by,
        passed_over,
        version: facts.version,
        numba: facts.numba,
        llvmlite: facts.llvmlite,
        library_dirs: facts.library_dirs,
        packages: facts.packages,
    })
}

/// Fails where nothing could be run in a folder. It would look as if the program were missing.
fn require_enterable(working_dir: &Path) -> Result<()> {
    let mut entered = access(working_dir, AccessFlags::X_OK).map_err(io::Error::from);
    if entered.is_ok() && !working_dir.is_dir() {
        entered = Err(io::ErrorKind::NotADirectory.into());
    }
    entered.map_err(|source| Error::Io {
        action: "enter the working directory",
        path: working_dir.to_owned(),
        source,
    })
}

impl Facts {
    /// Why an interpreter that works cannot be profiled, where it was started as `process`.
    fn problem(&self, process: Pid) -> Option<String> {
        if let Some(option) = &self.deaf {
            return Some(format!(
                "it runs with `{option}` and ignores PYTHONPATH or sitecustomize, through which \
                 profila learns when Numba compiles"
            ));
        }
        (self.process != process.as_raw()).then(|| {
            "it is a wrapper that starts Python as a child process, which profila would not \
             measure: start Python with `exec` in it, or specify the interpreter itself"
                .to_owned()
        })
    }
}

/// The facts among what the interpreter printed: the user's `sitecustomize` runs in it
/// as well, and may print something too.
fn facts(stdout: &[u8]) -> Option<Facts> {
    let mut lines = stdout.split(|&byte| byte == b'\n');
    lines.find_map(|line| serde_json::from_slice(line).ok())
}

/// What it wrote last on standard error, or how it ended.
fn last_words(stderr: &[u8], status: ExitStatus) -> String {
    let text = String::from_utf8_lossy(stderr);
    match text.trim().lines().last() {
        Some(line) => line.to_owned(),
        None => format!("it ended with {status} and printed nothing"),
    }
}
