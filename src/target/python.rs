//! Finding the Python that runs the script, and what it is.

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;

use super::guard::{Guard, MARK};
use super::memory::is_alive;
use super::output::capture_output;
use crate::error::{Error, Result};

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
    /// Its version, such as `3.11.7`.
    pub version: String,
    /// The version of Numba in it.
    pub numba: Numba,
    /// The version of llvmlite in it.
    pub llvmlite: Option<String>,
    /// The folders in which it keeps libraries: what lies in them is not the user's.
    pub library_dirs: Vec<PathBuf>,
}

/// An interpreter that has a Numba.
pub type Python = Interpreter<String>;

/// How an interpreter is asked.
pub struct Asking<'a> {
    /// What ends it where this process is killed.
    pub guard: &'a Guard,
    /// Whether nobody wants to know any more.
    pub is_given_up: &'a dyn Fn() -> bool,
}

/// How long it may take to answer. It imports next to nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long its output is waited for after it is gone. A child may hold the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// How often it is looked whether it has answered.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(2);

/// What the interpreter says of itself.
#[derive(Deserialize)]
struct Facts {
    version: String,
    numba: Option<String>,
    llvmlite: Option<String>,
    library_dirs: Vec<PathBuf>,
}

/// Written for any Python 3, so that one that is too old can say so.
const ASK_FOR_FACTS: &str = r#"
import json, os, sys, sysconfig
def version_of(package):
    try:
        from importlib.metadata import version
        return version(package)
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
print()
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])),
    "numba": version_of("numba"),
    "llvmlite": version_of("llvmlite"),
    "library_dirs": sorted(set(both)),
}))
"#;

/// Finds the interpreter, which has to have a Numba. See [`look`].
pub fn find(named: Option<&Path>, working_dir: &Path, asking: &Asking<'_>) -> Result<Python> {
    let found = look(named, working_dir, asking)?;
    let Some(numba) = found.numba else {
        return Err(Error::NumbaMissing { python: found.path });
    };
    Ok(Interpreter {
        path: found.path,
        chosen_by: found.chosen_by,
        version: found.version,
        numba,
        llvmlite: found.llvmlite,
        library_dirs: found.library_dirs,
    })
}

/// Finds the interpreter and asks it what it is.
///
/// The one that was named, or that of `VIRTUAL_ENV`, that of a `.venv` in
/// `working_dir` or this process's working directory, or `python3` on the PATH.
pub fn look(named: Option<&Path>, working_dir: &Path, asking: &Asking<'_>) -> Result<Interpreter> {
    let (path, chosen_by) = choose(named, working_dir)?;
    // Runs have a working directory of their own. Symbolic links are kept: by the
    // path that it was started with an interpreter knows its environment.
    let path = std::path::absolute(&path).unwrap_or(path);
    let answer = ask(&path, ASK_FOR_FACTS, &[], asking)?;
    let facts = facts(&answer.stdout).ok_or_else(|| Error::PythonUnusable {
        python: path.clone(),
        cause: last_words(&answer.stderr, answer.status),
    })?;
    Ok(Interpreter {
        path,
        chosen_by,
        version: facts.version,
        numba: facts.numba,
        llvmlite: facts.llvmlite,
        library_dirs: facts.library_dirs,
    })
}

/// Has an interpreter run some code with these arguments. It is killed, with all that it has
/// started, where it does not end in time.
pub(super) fn ask(
    python: &Path,
    code: &str,
    arguments: &[&OsStr],
    asking: &Asking<'_>,
) -> Result<Output> {
    let unusable = |cause: String| Error::PythonUnusable {
        python: python.to_owned(),
        cause,
    };
    let mut child = Command::new(python)
        .args(["-c", code])
        .args(arguments)
        .env(MARK, asking.guard.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|source| unusable(source.to_string()))?;
    let group = Pid::from_raw(child.id().cast_signed());
    let _guarded = asking.guard.watch(group);
    let readers = capture_output(&mut child);
    let deadline = Instant::now() + PATIENCE;
    while is_alive(group) {
        let given_up = (asking.is_given_up)();
        if given_up || Instant::now() >= deadline {
            // It can only fail where it has just ended. It is not reaped yet: the number is
            // its own.
            killpg(group, Signal::SIGKILL).ok();
            child.wait().ok();
            return Err(if given_up {
                Error::Interrupted
            } else {
                unusable(format!("it gave no answer within {} s", PATIENCE.as_secs()))
            });
        }
        thread::sleep(LOOK_UP_INTERVAL);
    }
    let status = child
        .wait()
        .map_err(|source| unusable(source.to_string()))?;
    let read_by = Instant::now() + OUTPUT_GRACE;
    let mut written = readers.into_iter().map(|reader| reader.read_by(read_by));
    Ok(Output {
        status,
        stdout: written.next().unwrap_or_default(),
        stderr: written.next().unwrap_or_default(),
    })
}

/// The facts among what the interpreter printed: the user's `sitecustomize` runs in it
/// as well, and may print something too.
fn facts(stdout: &[u8]) -> Option<Facts> {
    let mut lines = stdout.split(|&byte| byte == b'\n');
    lines.find_map(|line| serde_json::from_slice(line).ok())
}

fn choose(named: Option<&Path>, working_dir: &Path) -> Result<(PathBuf, &'static str)> {
    if let Some(named) = named {
        let path = if named.components().count() > 1 {
            named.to_owned()
        } else {
            on_path(named.as_os_str()).unwrap_or_else(|| named.to_owned())
        };
        return Ok((path, "--python"));
    }
    let mut candidates = Vec::new();
    if let Some(active) = env::var_os("VIRTUAL_ENV") {
        candidates.push((PathBuf::from(active), "VIRTUAL_ENV"));
    }
    candidates.push((working_dir.join(".venv"), ".venv"));
    candidates.push((PathBuf::from(".venv"), ".venv"));
    let mut searched = Vec::new();
    for (environment, name) in candidates {
        let python = environment.join("bin/python");
        if python.is_file() {
            return Ok((python, name));
        }
        searched.push(python.display().to_string());
    }
    searched.push("python3 on the PATH".to_owned());
    match on_path(OsStr::new("python3")) {
        Some(python) => Ok((python, "PATH")),
        None => Err(Error::PythonMissing { searched }),
    }
}

/// The first executable file of this name in the folders of PATH.
pub(crate) fn on_path(name: &OsStr) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

/// Whether a path is a file that this user may execute.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).is_ok()
}

/// What it wrote last on standard error, or how it ended.
pub(super) fn last_words(stderr: &[u8], status: std::process::ExitStatus) -> String {
    let text = String::from_utf8_lossy(stderr);
    match text.trim().lines().last() {
        Some(line) => line.to_owned(),
        None => format!("it ended with {status} and said nothing"),
    }
}
