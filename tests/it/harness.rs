//! A place of its own for each test, in which it runs commands on real Python, Numba
//! and gdb, and which has to be clean in the end.
//!
//! Whatever is started in a [`Sandbox`] gets the sandbox's own `TMPDIR`, by which
//! every descendant can be found again. When the sandbox is dropped no process of it
//! may be left, and no file in its `TMPDIR` or its `HOME`.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procfs::process::Process;
use profila::document;
use profila::recording::Recording;
use tempfile::{NamedTempFile, TempDir};

/// How long what is waited for may do nothing at all, and how much processor time it may
/// use. They bound a test that hangs, on a machine that is however slow or busy; no result
/// depends on them.
const MOST_IDLE: Duration = Duration::from_mins(1);
const MOST_WORK: Duration = Duration::from_mins(10);

/// How often it is looked whether something is done.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// How long processes that were killed may take to be gone.
const GRACE: Duration = Duration::from_secs(10);

/// How often it is looked whether something has happened.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(10);

/// The folder of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the scripts that the tests run.
pub(crate) fn scripts() -> PathBuf {
    repository().join("tests/scripts")
}

/// The Python with Numba that `make setup` made.
pub(crate) fn python() -> PathBuf {
    repository().join(".venv/bin/python")
}

/// The option that chooses what takes the samples, in the tests that `make samplers` runs for each
/// of them: it is named by `PROFILA_SAMPLER`, and otherwise gdb.
pub(crate) fn sampler() -> &'static str {
    static OPTION: OnceLock<String> = OnceLock::new();
    OPTION.get_or_init(|| {
        let named = std::env::var("PROFILA_SAMPLER");
        format!("--sampler={}", named.as_deref().unwrap_or("gdb"))
    })
}

/// Folders for a test's own files, for temporary files, and for a user to be at home.
pub(crate) struct Sandbox {
    root: PathBuf,
    /// What removes it, unless it is kept.
    _folder: Option<TempDir>,
}

const FILES: &str = "files";
const TMP: &str = "tmp";
const HOME: &str = "home";

impl Sandbox {
    /// # Panics
    /// Where there is no Numba or no gdb to test with.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("it-").tempdir().unwrap();
        Self::within(folder.path().to_owned(), Some(folder))
    }

    /// One that is never dropped, in a folder of this name. Those of earlier tests are removed.
    ///
    /// # Panics
    /// As [`Sandbox::new`].
    pub(crate) fn kept(name: &str) -> Self {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let root = all.join(std::process::id().to_string());
        fs::create_dir_all(&all).unwrap();
        for earlier in entries(&all) {
            let process = earlier.file_name().unwrap();
            if earlier == root || !Path::new("/proc").join(process).exists() {
                fs::remove_dir_all(earlier).ok();
            }
        }
        fs::create_dir(&root).unwrap();
        Self::within(root, None)
    }

    fn within(root: PathBuf, folder: Option<TempDir>) -> Self {
        require_tools();
        for folder in [FILES, TMP, HOME] {
            fs::create_dir(root.join(folder)).unwrap();
        }
        Self {
            root,
            _folder: folder,
        }
    }

    /// A folder for the test's own files, empty at first.
    pub(crate) fn files(&self) -> PathBuf {
        self.root.join(FILES)
    }

    /// Where a file of the test is, or will be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.files().join(name)
    }

    /// Writes a file of the test.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes a shell script that can be executed.
    pub(crate) fn write_program(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, &format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A recording that a command was told to write.
    #[track_caller]
    pub(crate) fn recording(&self, name: &str) -> Recording {
        let text = fs::read_to_string(self.path(name)).unwrap();
        document::read(&text).unwrap_or_else(|error| panic!("{name}: {error:?}\n{text}"))
    }

    /// `profila` with these arguments, started in the repository.
    pub(crate) fn profila<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Run {
        self.run(Path::new(env!("CARGO_BIN_EXE_profila")), arguments)
    }

    /// The Python that `profila` uses, without `profila`.
    pub(crate) fn bare<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Run {
        self.run(&python(), arguments)
    }

    /// Any program.
    pub(crate) fn run<I: AsRef<OsStr>>(
        &self,
        program: &Path,
        arguments: impl IntoIterator<Item = I>,
    ) -> Run {
        // Signals that whoever started the tests ignores, as in the background of a
        // shell, are not ignored here.
        let mut command = Command::new("/usr/bin/env");
        command
            .arg("--default-signal=INT,QUIT,HUP,TERM")
            .arg(program);
        // What the tests see does not depend on the environment they are run in: no
        // active virtual environment, no settings of Numba, gdb or git.
        command
            .args(arguments)
            .current_dir(repository())
            .env_clear()
            .env("TMPDIR", self.tmp())
            .env("HOME", self.home());
        for needed in ["PATH", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(needed) {
                command.env(needed, value);
            }
        }
        Run {
            command,
            stdin: Stdin::Empty,
        }
    }

    /// Waits until a number of processes, `profila` among them, run with these words
    /// in their command lines.
    #[track_caller]
    pub(crate) fn await_processes(&self, words: &str, count: usize) {
        await_that(&format!("{count} processes of `{words}`"), || {
            let running = self.processes();
            running.iter().filter(|it| it.shown.contains(words)).count() >= count
        });
    }

    /// Kills the processes with these words in their command lines, `profila` among them.
    pub(crate) fn kill_all(&self, words: &str) {
        let running = self.processes().into_iter();
        for process in running.filter(|it| it.shown.contains(words)) {
            kill(process.pid, Signal::SIGKILL).ok();
        }
    }

    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.join(TMP)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.join(HOME)
    }

    /// The processes that were started in this sandbox and have not ended.
    fn processes(&self) -> Vec<Started> {
        let tmp = self.tmp();
        let all = procfs::process::all_processes().unwrap();
        all.filter_map(|process| Started::in_sandbox(&process.ok()?, &tmp))
            .collect()
    }

    /// The processes that do not end. They are killed.
    fn left_running(&self) -> Vec<String> {
        let deadline = Instant::now() + GRACE;
        let mut left = self.processes();
        while !left.is_empty() && Instant::now() < deadline && !thread::panicking() {
            thread::sleep(LOOK_UP_INTERVAL);
            left = self.processes();
        }
        for process in &left {
            kill(process.pid, Signal::SIGKILL).ok();
        }
        left.into_iter().map(|process| process.shown).collect()
    }

    fn left_files(&self) -> Vec<PathBuf> {
        let folders = [self.tmp(), self.home()];
        let left = folders.iter().flat_map(|folder| entries(folder));
        // Commands run in the repository: what crashes leaves its core file there.
        left.chain(entries(repository()).filter(|path| is_core_file(path)))
            .collect()
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path())
}

fn is_core_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "core" || name.starts_with("core.")
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let processes = self.left_running();
        if !thread::panicking() {
            assert!(processes.is_empty(), "left running: {processes:#?}");
            let files = self.left_files();
            assert!(files.is_empty(), "left behind: {files:#?}");
        }
    }
}

fn require_tools() {
    let beside = python().with_file_name("gdb");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut gdbs = std::env::split_paths(&path).map(|folder| folder.join("gdb"));
    assert!(
        python().is_file() && (gdbs.any(|gdb| gdb.is_file()) || beside.is_file()),
        "run `make setup`"
    );
}

/// A process of a sandbox.
struct Started {
    pid: Pid,
    shown: String,
}

impl Started {
    fn in_sandbox(process: &Process, tmp: &Path) -> Option<Self> {
        let environment = process.environ().ok()?;
        let its_tmp = environment.get(OsStr::new("TMPDIR"))?;
        if its_tmp != tmp.as_os_str() {
            return None;
        }
        Some(Self {
            pid: Pid::from_raw(process.pid),
            shown: process.cmdline().ok()?.join(" "),
        })
    }
}

/// Waits for something that has to happen, as long as any process of the tests does
/// something.
#[track_caller]
pub(crate) fn await_that(what: &str, mut happened: impl FnMut() -> bool) {
    let mut patience = Patience::with(std::process::id());
    while !happened() {
        assert!(!patience.is_over(), "there never were {what}");
        thread::sleep(LOOK_UP_INTERVAL);
    }
}

/// Waits for a process and what it has started as long as they do something.
struct Patience {
    process: i32,
    /// Ticks of processor time when they were last seen to have done something, and before
    /// anything was waited for.
    done: u64,
    begin: u64,
    since: Instant,
    looked: Instant,
}

impl Patience {
    fn with(process: u32) -> Self {
        let process = process.cast_signed();
        let (done, now) = (work_done(process), Instant::now());
        Self {
            process,
            done,
            begin: done,
            since: now,
            looked: now,
        }
    }

    fn is_over(&mut self) -> bool {
        let now = Instant::now();
        if now.duration_since(self.looked) < PROGRESS_INTERVAL {
            return false;
        }
        self.looked = now;
        let done = work_done(self.process);
        if done != self.done {
            (self.done, self.since) = (done, now);
        }
        let work = done.saturating_sub(self.begin) / procfs::ticks_per_second();
        now.duration_since(self.since) > MOST_IDLE || work > MOST_WORK.as_secs()
    }
}

/// Ticks of processor time that a process and its descendants have used.
fn work_done(process: i32) -> u64 {
    let all = procfs::process::all_processes().unwrap();
    let stats: Vec<_> = all.filter_map(|it| it.ok()?.stat().ok()).collect();
    let mut family = vec![process];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        let children = stats.iter().filter(|it| it.ppid == parent);
        family.extend(children.map(|it| it.pid));
        next += 1;
    }
    let members = stats.iter().filter(|it| family.contains(&it.pid));
    let ticks = |it: &procfs::process::Stat| {
        // Of children that have ended as well, of which the numbers are not negative.
        it.utime + it.stime + it.cutime.unsigned_abs() + it.cstime.unsigned_abs()
    };
    members.map(ticks).sum()
}

/// What a command reads.
enum Stdin {
    Empty,
    Bytes(Vec<u8>),
    Later,
}

/// A command that is about to be run.
pub(crate) struct Run {
    command: Command,
    stdin: Stdin,
}

impl Run {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<I: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = I>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives it a pipe to read from, with these bytes in it.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Stdin::Bytes(bytes.into());
        self
    }

    /// Gives it a pipe to read from that is written to later.
    pub(crate) fn open_stdin(mut self) -> Self {
        self.stdin = Stdin::Later;
        self
    }

    /// In a process group of its own, as shells start commands.
    pub(crate) fn in_own_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn outcome(self) -> Outcome {
        self.start().outcome()
    }

    /// Runs it with a standard output that nobody reads.
    #[track_caller]
    pub(crate) fn outcome_with_closed_stdout(mut self) -> Outcome {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        self.command.stdout(writer);
        self.start_with_given_stdout(NamedTempFile::new().unwrap())
            .outcome()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        let stdout = NamedTempFile::new().unwrap();
        self.command.stdout(stdout.reopen().unwrap());
        self.start_with_given_stdout(stdout)
    }

    /// Output goes to files: a process that is left behind and holds on to them then
    /// keeps nobody waiting.
    fn start_with_given_stdout(mut self, stdout: NamedTempFile) -> Running {
        let stderr = NamedTempFile::new().unwrap();
        self.command
            .stderr(stderr.reopen().unwrap())
            .stdin(match self.stdin {
                Stdin::Empty => Stdio::null(),
                Stdin::Bytes(_) | Stdin::Later => Stdio::piped(),
            });
        let mut child = self.command.spawn().unwrap();
        let mut stdin = child.stdin.take();
        if let Stdin::Bytes(bytes) = self.stdin {
            let mut pipe = stdin.take().expect("standard input is a pipe");
            // On its own: a pipe takes no more than is read from it. One that is
            // closed early is no mistake of the test.
            thread::spawn(move || pipe.write_all(&bytes).ok());
        }
        Running {
            child,
            stdin,
            stdout,
            stderr,
        }
    }
}

/// A command that runs.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: NamedTempFile,
    stderr: NamedTempFile,
}

impl Running {
    /// The process.
    pub(crate) fn process(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.process(), signal).unwrap();
    }

    /// Waits until these words are in its standard output.
    #[track_caller]
    pub(crate) fn await_stdout(&self, words: &str) {
        await_that(&format!("the words `{words}`"), || {
            String::from_utf8_lossy(&contents(&self.stdout)).contains(words)
        });
    }

    /// Writes to its standard input.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        stdin.write_all(bytes).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn outcome(mut self) -> Outcome {
        let mut patience = Patience::with(self.child.id());
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if patience.is_over() {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                let stderr = contents(&self.stderr);
                let stderr = String::from_utf8_lossy(&stderr);
                panic!("it hangs, or never ends; standard error:\n{stderr}");
            }
            thread::sleep(LOOK_UP_INTERVAL);
        };
        Outcome {
            status,
            stdout: contents(&self.stdout),
            stderr: contents(&self.stderr),
        }
    }
}

fn contents(file: &NamedTempFile) -> Vec<u8> {
    fs::read(file.path()).unwrap()
}

/// How a command ended, and what it wrote.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Outcome {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }

    /// Checks that it did what it was asked for, and had nothing to say about that.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.stderr(), "", "{self:?}");
        self.exits_with(0)
    }

    /// Checks that it failed with this exit code and one message, in which all of
    /// `phrases` are.
    #[track_caller]
    pub(crate) fn fails_with(self, code: i32, phrases: &[&str]) -> Self {
        let stderr = self.stderr();
        let headlines = stderr.lines().filter(|line| line.starts_with("error"));
        assert_eq!(headlines.count(), 1, "{self:?}");
        for phrase in phrases {
            assert!(stderr.contains(phrase), "no `{phrase}` in {self:?}");
        }
        self.exits_with(code)
    }
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, .. } = self;
        let (stdout, stderr) = (self.stdout(), self.stderr());
        write!(
            f,
            "{status}\n--- standard output\n{stdout}\n--- standard error\n{stderr}\n---"
        )
    }
}
