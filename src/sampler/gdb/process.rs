//! The gdb process: its pipes, and its end.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::error::{Error, Result};
use crate::mi::{Record, parse};
use crate::process::inspect::is_alive;
use crate::process::{Guard, Guarded, MARK};

/// How long gdb may take to exit once it was told to.
const FAREWELL: Duration = Duration::from_secs(1);

/// What keeps gdb from leaving a core file in the user's working directory when it
/// finds a mistake of its own, as gdb 13.1 does in letting go of a process that was
/// just killed. It raises its own limit on their size before it writes one.
const NO_CORE_FILES: [&str; 4] = [
    "-iex",
    "maintenance set internal-error corefile no",
    "-iex",
    "maintenance set internal-warning corefile no",
];

/// Bytes that a line of gdb's may have. Stacks have some hundreds, and libraries with very
/// long names some thousands.
const LONGEST_LINE: usize = 16 << 20;

/// Records that may wait to be received. A gdb that prints more waits as well.
const MOST_WAITING: usize = 4096;

/// A running gdb. Dropped, it is killed and reaped; it then lets go of the process
/// that it is attached to, which runs on.
pub(super) struct GdbProcess {
    child: Child,
    /// Its process group, in which there is more than gdb where that is started by a
    /// script. Absent once it was killed: the number may be another's after that.
    group: Option<Pid>,
    #[expect(dead_code, reason = "it acts when it is dropped")]
    guarded: Guarded,
    input: Option<ChildStdin>,
    gdb: PathBuf,
    output: Receiver<Output>,
    errors: Receiver<String>,
}

/// What is read of gdb's output.
enum Output {
    Record(Record),
    /// A line is longer than [`LONGEST_LINE`]. Nothing is read any more.
    TooLong,
}

impl GdbProcess {
    pub(super) fn start(gdb: &Path, guard: &Guard) -> Result<Self> {
        let unusable = |source: std::io::Error| Error::GdbUnusable {
            gdb: gdb.to_owned(),
            cause: source.to_string(),
        };
        let mut child = Command::new(gdb)
            .args(["-nx", "-q", "--interpreter=mi3"])
            .args(NO_CORE_FILES)
            // It would ask servers for symbols, which takes minutes.
            .env_remove("DEBUGINFOD_URLS")
            // The Python in it is not the script's.
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .env("LC_ALL", "C")
            .env(MARK, guard.mark())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C of the user is not for gdb.
            .process_group(0)
            .spawn()
            .map_err(unusable)?;
        let group = Pid::from_raw(child.id().cast_signed());
        let guarded = guard.watch(group);
        let output = child.stdout.take().expect("standard output is piped");
        let errors = child.stderr.take().expect("standard error is piped");
        let (sender, read) = sync_channel(MOST_WAITING);
        thread::spawn(move || read_records(output, &sender));
        let (says, said) = sync_channel(1);
        // Nobody listens where it was not wanted.
        thread::spawn(move || says.send(read_text(errors)).ok());
        Ok(Self {
            input: child.stdin.take(),
            child,
            group: Some(group),
            guarded,
            gdb: gdb.to_owned(),
            output: read,
            errors: said,
        })
    }

    /// Writes commands. A gdb that is gone is noticed when its answer is awaited.
    pub(super) fn send(&mut self, commands: &[u8]) -> Result<()> {
        let Some(input) = self.input.as_mut().filter(|_| !commands.is_empty()) else {
            return Ok(());
        };
        match input.write_all(commands) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::System {
                action: "write to gdb".to_owned(),
                source: error,
            }),
            _ => Ok(()),
        }
    }

    /// The next record; `None` when `deadline` passes. Fails when gdb has ended.
    pub(super) fn receive(&mut self, deadline: Instant, during: &str) -> Result<Option<Record>> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.output.recv_timeout(left) {
            Ok(Output::Record(record)) => Ok(Some(record)),
            Ok(Output::TooLong) => Err(Error::GdbUnusable {
                gdb: self.gdb.clone(),
                cause: format!("it printed a line of more than {} MB", LONGEST_LINE >> 20),
            }),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Error::GdbDied {
                during: during.to_owned(),
                cause: self.last_words(),
            }),
        }
    }

    /// Sends a last command and gives gdb a moment to end by itself.
    pub(super) fn end(&mut self, exit: &[u8]) {
        self.send(exit).ok();
        self.input.take();
        let deadline = Instant::now() + FAREWELL;
        // It is not reaped here: its number has to remain its group's.
        while self.group.is_some_and(is_alive) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// What gdb wrote on its standard error, or how it ended.
    fn last_words(&mut self) -> String {
        self.kill();
        let status = self.child.wait();
        // Something that it started may live on, and hold the pipe open.
        let said = self.errors.recv_timeout(FAREWELL).unwrap_or_default();
        match (said.trim(), status) {
            ("", Ok(status)) => format!("it ended with {status}"),
            (said, _) => said.to_owned(),
        }
    }

    /// Kills it, and all that it has started, once.
    fn kill(&mut self) {
        if let Some(group) = self.group.take() {
            // It can only fail because all of them have ended.
            killpg(group, Signal::SIGKILL).ok();
        }
    }
}

impl Drop for GdbProcess {
    fn drop(&mut self) {
        self.kill();
        // It fails only where it was waited for.
        self.child.wait().ok();
    }
}

/// Splits what gdb prints into lines, and those into records, until it ends.
fn read_records(mut output: impl Read, records: &SyncSender<Output>) {
    let mut buffer = vec![0; 1 << 16];
    let mut line = Vec::new();
    while let Ok(length @ 1..) = output.read(&mut buffer) {
        let mut rest = &buffer[..length];
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            line.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            if records.send(Output::Record(parse(&line))).is_err() {
                return;
            }
            line.clear();
        }
        line.extend_from_slice(rest);
        if line.len() > LONGEST_LINE {
            records.send(Output::TooLong).ok();
            return;
        }
    }
}

fn read_text(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    // What was read before an error is good enough for a message.
    pipe.read_to_end(&mut bytes).ok();
    String::from_utf8_lossy(&bytes).into_owned()
}
