//! Starting a script: with the bootstrap on its path, and a channel to report on.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::resource::{Resource, getrlimit};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use tempfile::TempDir;

use super::children::door_path;
use super::guard::{Guard, MARK};
use super::now;
use super::private;
use crate::error::{Error, Result};
use crate::sample::Moment;

const BOOTSTRAP: &str = include_str!("bootstrap.py");
const LINE_TABLES: &str = include_str!("../../python/profila/line_tables.py");
const SUITES: &str = include_str!("suites.py");

/// The modules of the package that scripts use, and the package that they are in. They are there
/// for scripts in whose environment the package is not installed.
const REGIONS: &str = include_str!("../../python/profila/regions.py");
const EMISSION: &str = include_str!("../../python/profila/emission.py");
const PACKAGE: &str = "from .emission import emit_line_tables\nfrom .regions import region\n\n\
                       __all__ = [\"emit_line_tables\", \"region\"]\n";

/// The variable by which children know where to report.
const DOOR: &str = "PROFILA_CHILDREN";

/// The channel's number in the script is at least this, so that the descriptors
/// which the script opens are numbered as without a profiler; or half of what the system
/// allows, where that is less.
const LOWEST_CHANNEL: u64 = 200;

/// What kind of run is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode<'a> {
    /// The bootstrap only listens.
    Timed,
    /// Numba emits line tables, and the script waits for the tracer before the first
    /// compiled code runs.
    Profiled {
        /// Numba's cache, instead of the user's: that has code without line tables, and
        /// must not get any other. Runs of the same version may share it.
        cache: &'a Path,
    },
    /// Numba emits the same line tables, nobody traces the script, and LLVM may write remarks
    /// about the code to standard error.
    Control {
        /// Numba's cache, empty: LLVM says nothing of code that it need not compile.
        cache: &'a Path,
        /// Whether LLVM writes remarks.
        remarks: bool,
    },
}

impl Mode<'_> {
    /// Numba's cache, if it is not the user's; else an empty path.
    pub(super) fn cache(&self) -> &Path {
        match self {
            Self::Timed => Path::new(""),
            Self::Profiled { cache } | Self::Control { cache, .. } => cache,
        }
    }
}

/// Who is heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kin {
    /// The script alone.
    Script,
    /// The script, and the children of it that run Python.
    Children,
}

/// What becomes of the script's standard streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// They are this process's own.
    Inherit,
    /// Standard input is empty, output and errors are kept.
    Capture,
}

/// What to start.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    /// The interpreter.
    pub python: &'a Path,
    /// Its arguments: the script and what belongs to it.
    pub arguments: Vec<OsString>,
    /// Variables to set in its environment.
    pub environment: BTreeMap<OsString, OsString>,
    /// Its working directory.
    pub working_dir: &'a Path,
    /// What kind of run it is.
    pub mode: Mode<'a>,
    /// Who is heard of.
    pub kin: Kin,
    /// How many bytes behind the start of a page compiled code is to begin, a multiple of 16;
    /// none where it is to stay where it is.
    pub placement: Option<u32>,
    /// Its standard streams.
    pub streams: Streams,
    /// What ends it where this process is killed.
    pub guard: &'a Guard,
}

/// A script that was just started, with what belongs to it.
pub(super) struct Started {
    pub(super) child: Child,
    /// When it was started.
    pub(super) at: Moment,
    /// Our end of its channel, and the same to listen on.
    pub(super) control: UnixStream,
    pub(super) listening: UnixStream,
    /// The folder that goes when the run is over.
    pub(super) workspace: TempDir,
    /// Where children connect, if they are heard of.
    pub(super) children: Option<UnixListener>,
}

impl Launch<'_> {
    /// Starts the script.
    pub(super) fn start(&self) -> Result<Started> {
        let workspace = prepare_workspace(self.guard.folder())
            .map_err(|source| no_temporary_file("prepare a folder for temporary files", source))?;
        let no_channel = |source| Error::System {
            action: "open a channel to the script".to_owned(),
            source,
        };
        let (control, inherited) = event_channel().map_err(no_channel)?;
        let listening = control.try_clone().map_err(no_channel)?;
        let children = match self.kin {
            Kin::Script => None,
            Kin::Children => {
                let door = UnixListener::bind(door_path(workspace.path()));
                Some(door.map_err(|source| no_temporary_file("make a socket", source))?)
            }
        };
        let mut command = command(self, workspace.path(), &inherited);
        let at = now();
        let child = command.spawn().map_err(|source| Error::PythonUnusable {
            python: self.python.to_owned(),
            cause: source.to_string(),
        })?;
        Ok(Started {
            child,
            at,
            control,
            listening,
            workspace,
            children,
        })
    }
}

/// What went wrong with a temporary file. Where there is no room for it, the error names the
/// folder.
pub(super) fn no_temporary_file(action: &str, source: io::Error) -> Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match source.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => Error::NoTemporaryFolder {
            within: std::env::temp_dir(),
            source,
        },
        _ => Error::System {
            action: action.to_owned(),
            source,
        },
    }
}

/// A folder with the bootstrap and room for metrics; it goes when the run is over.
fn prepare_workspace(folder: &Path) -> io::Result<TempDir> {
    let workspace = private::folder_within(folder, "run-")?;
    let bootstrap = bootstrap_path(workspace.path());
    for folder in ["", "modules", "modules/profila"] {
        let folder = bootstrap.join(folder);
        private::create_folder(&folder)?;
        // Python would make it with the umask's mode. What it writes there has the mode of the
        // source.
        private::create_folder(&folder.join("__pycache__"))?;
    }
    for (name, text) in [
        ("sitecustomize.py", BOOTSTRAP),
        ("line_tables.py", LINE_TABLES),
        ("suites.py", SUITES),
        ("modules/profila/__init__.py", PACKAGE),
        ("modules/profila/emission.py", EMISSION),
        ("modules/profila/regions.py", REGIONS),
    ] {
        private::write_new(&bootstrap.join(name), text.as_bytes())?;
    }
    Ok(workspace)
}

fn bootstrap_path(workspace: &Path) -> PathBuf {
    workspace.join("bootstrap")
}

/// The file that `PROFILA_METRICS` names.
pub(super) fn metrics_path(workspace: &Path) -> PathBuf {
    workspace.join("metrics.jsonl")
}

/// The file in which the script's module notes its regions.
pub(super) fn regions_path(workspace: &Path) -> PathBuf {
    workspace.join("regions")
}

/// Our end of the channel, and the one the script inherits.
fn event_channel() -> io::Result<(UnixStream, OwnedFd)> {
    let (ours, theirs) = UnixStream::pair()?;
    let (most, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let lowest = LOWEST_CHANNEL.min(most / 2);
    let inherited = fcntl_dupfd_cloexec(&theirs, i32::try_from(lowest).unwrap_or(0))?;
    fcntl_setfd(&inherited, FdFlags::empty())?;
    Ok((ours, inherited))
}

fn command(launch: &Launch<'_>, workspace: &Path, channel: &OwnedFd) -> Command {
    let mode = match launch.mode {
        Mode::Timed => "timed",
        Mode::Profiled { .. } => "profiled",
        Mode::Control { remarks: true, .. } => "remarks",
        Mode::Control { .. } => "control",
    };
    let channel = channel.as_raw_fd();
    let placement = launch.placement.map_or(-1, i64::from);
    let mut settings = OsString::from(format!("{channel}:{mode}:{placement}:"));
    settings.push(launch.mode.cache());

    let mut command = Command::new(launch.python);
    command
        .args(&launch.arguments)
        .current_dir(launch.working_dir)
        .env("PROFILA_METRICS", metrics_path(workspace))
        .envs(&launch.environment)
        .env("PROFILA_BOOTSTRAP", settings)
        .env_remove(DOOR)
        .env(MARK, launch.guard.mark())
        .process_group(0);
    if launch.kin == Kin::Children {
        command.env(DOOR, door_path(workspace));
    }
    prepend_to_python_path(&mut command, launch, &bootstrap_path(workspace));
    if launch.streams == Streams::Capture {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }
    command
}

/// Puts the bootstrap first on the module path, and tells it what was there.
fn prepend_to_python_path(command: &mut Command, launch: &Launch<'_>, bootstrap: &Path) {
    let name = OsStr::new("PYTHONPATH");
    let users = launch
        .environment
        .get(name)
        .cloned()
        .or_else(|| std::env::var_os(name));
    let mut path = bootstrap.as_os_str().to_owned();
    if let Some(users) = users.filter(|path| !path.is_empty()) {
        path.push(":");
        path.push(&users);
        command.env("PROFILA_PYTHONPATH", users);
    }
    command.env(name, path);
}
