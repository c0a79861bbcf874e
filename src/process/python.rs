//! Finding the Python that runs the script, and what it is.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{AccessFlags, Pid, access};
use serde::Deserialize;

use super::guard::{Guard, MARK};
use super::inspect::is_alive;
use super::output::capture_output;
use super::search_path::{self, left_out, on_path};
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

/// An interpreter that has a Numba.
pub type Python = Interpreter<String>;

/// How an interpreter is asked.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What ends it where this process is killed.
    pub guard: &'a Guard,
    /// The working directory of what it is to run.
    pub working_dir: &'a Path,
    /// The environment variables of what it is to run, besides those of this process.
    pub environment: &'a BTreeMap<OsString, OsString>,
    /// Whether nobody wants to know any more.
    pub is_given_up: &'a dyn Fn() -> bool,
}

/// For how long it may do nothing, and how much processor time it may use. On a crowded
/// machine, an answer takes longer than anybody can say.
const MOST_IDLE: Duration = Duration::from_secs(10);
const MOST_WORK: Duration = Duration::from_mins(2);

/// How often it is looked whether it does something.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

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

/// What is run before all code that is asked of an interpreter. With `-c` it looks for
/// modules in the working directory before it looks anywhere else, and there may be a
/// `json.py` that is no module of Python's. The option against that, `-P`, came with 3.11.
const LEAVE_OUT_WORKING_DIR: &str = "\
import sys
if sys.path[:1] == ['']:
    del sys.path[0]
";

/// Has an interpreter run some code, and says as which process it was started. It is killed,
/// with all that it has started, where it does not end in time.
fn ask(python: &Path, code: &str, asking: &Asking<'_>) -> Result<(Pid, Output)> {
    let unusable = |cause: String| Error::PythonUnusable {
        python: python.to_owned(),
        cause,
    };
    let mut child = Command::new(python)
        .arg("-c")
        .arg([LEAVE_OUT_WORKING_DIR, code].concat())
        .current_dir(asking.working_dir)
        .envs(asking.environment)
        .env(MARK, asking.guard.mark())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|source| unusable(source.to_string()))?;
    let group = Pid::from_raw(child.id().cast_signed());
    let _guarded = asking.guard.watch(group);
    let readers = capture_output(&mut child);
    let answered = await_answer(group, asking.is_given_up);
    if let Err(end) = answered {
        // It can only fail where it has just ended. It is not reaped yet: the number is its own.
        killpg(group, Signal::SIGKILL).ok();
        child.wait().ok();
        return Err(match end {
            NoAnswer::GivenUp => Error::Interrupted,
            NoAnswer::Idle => unusable(format!(
                "it did not answer within {} s",
                MOST_IDLE.as_secs()
            )),
            NoAnswer::Endless => unusable(format!(
                "it did not answer within {} s of processor time",
                MOST_WORK.as_secs()
            )),
        });
    }
    let status = child
        .wait()
        .map_err(|source| unusable(source.to_string()))?;
    let read_by = Instant::now() + OUTPUT_GRACE;
    let mut written = readers.into_iter().map(|reader| reader.read_by(read_by));
    let output = Output {
        status,
        stdout: written.next().unwrap_or_default().bytes,
        stderr: written.next().unwrap_or_default().bytes,
    };
    Ok((group, output))
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoAnswer {
    /// Nobody wants it any more.
    GivenUp,
    /// It does nothing.
    Idle,
    /// It does something without end.
    Endless,
}

/// Waits for a process to end, as long as it does something.
fn await_answer(process: Pid, is_given_up: &dyn Fn() -> bool) -> Result<(), NoAnswer> {
    let mut patience = Patience::from(Instant::now());
    let mut looked = Instant::now();
    while is_alive(process) {
        if is_given_up() {
            return Err(NoAnswer::GivenUp);
        }
        if looked.elapsed() >= PROGRESS_INTERVAL {
            looked = Instant::now();
            patience.look(processor_time(process), looked)?;
        }
        thread::sleep(LOOK_UP_INTERVAL);
    }
    Ok(())
}

/// How long a process is waited for.
struct Patience {
    /// Its processor time when it was last seen to have done something, and when that was.
    done: Duration,
    since: Instant,
}

impl Patience {
    const fn from(start: Instant) -> Self {
        Self {
            done: Duration::ZERO,
            since: start,
        }
    }

    /// Fails where a process that has used so much processor time is to be given up.
    fn look(&mut self, done: Duration, at: Instant) -> Result<(), NoAnswer> {
        if done > self.done {
            (self.done, self.since) = (done, at);
        }
        if done > MOST_WORK {
            return Err(NoAnswer::Endless);
        }
        if at.saturating_duration_since(self.since) >= MOST_IDLE {
            return Err(NoAnswer::Idle);
        }
        Ok(())
    }
}

/// The processor time that a process and those that it has waited for have used, to the
/// kernel's tick: one that only wakes up now and then does nothing. None of one that is gone.
fn processor_time(process: Pid) -> Duration {
    let stat = procfs::process::Process::new(process.as_raw()).and_then(|it| it.stat());
    let ticks = stat.map_or(0, |it| {
        it.utime + it.stime + it.cutime.unsigned_abs() + it.cstime.unsigned_abs()
    });
    Duration::from_millis(ticks * 1000 / procfs::ticks_per_second())
}

/// The facts among what the interpreter printed: the user's `sitecustomize` runs in it
/// as well, and may print something too.
fn facts(stdout: &[u8]) -> Option<Facts> {
    let mut lines = stdout.split(|&byte| byte == b'\n');
    lines.find_map(|line| serde_json::from_slice(line).ok())
}

/// An interpreter that was chosen. The fields are those of [`Interpreter`].
#[derive(Debug, PartialEq, Eq)]
struct Choice {
    path: PathBuf,
    chosen_by: &'static str,
    passed_over: Option<PassedOver>,
}

fn choose(named: Option<&Path>, working_dir: &Path) -> Result<Choice> {
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
    choose_among(&candidates(working_dir, |name| env::var_os(name)))
}

/// The environments that may be meant, the likeliest first, by what says so. conda makes
/// its base environment active in every shell, where it is seldom meant.
fn candidates(
    working_dir: &Path,
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
    active.chain(beside).chain(base).collect()
}

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

/// What it wrote last on standard error, or how it ended.
fn last_words(stderr: &[u8], status: std::process::ExitStatus) -> String {
    let text = String::from_utf8_lossy(stderr);
    match text.trim().lines().last() {
        Some(line) => line.to_owned(),
        None => format!("it ended with {status} and printed nothing"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The interpreter that is chosen with these variables, of folders in `root`.
    fn chosen(root: &Path, variables: &[(&str, &str)]) -> Choice {
        let candidates = candidates(root, |name| {
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

    /// What becomes of a process that has used these seconds of processor time at these
    /// seconds.
    #[track_caller]
    fn check_patience(looks: &[(u64, u64)], expected: Result<(), NoAnswer>) {
        let start = Instant::now();
        let mut patience = Patience::from(start);
        let looked = looks.iter().try_for_each(|&(at, done)| {
            patience.look(Duration::from_secs(done), start + Duration::from_secs(at))
        });
        assert_eq!(looked, expected);
    }

    #[test]
    fn an_answer_is_waited_for_as_long_as_something_is_done() {
        check_patience(&[(9, 0)], Ok(()));
        check_patience(&[(10, 0)], Err(NoAnswer::Idle));
        check_patience(&[(9, 1), (18, 2), (27, 3), (36, 4)], Ok(()));
        check_patience(&[(9, 1), (18, 1), (19, 1)], Err(NoAnswer::Idle));
        check_patience(&[(9, 60), (18, 120), (19, 121)], Err(NoAnswer::Endless));
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
}
