//! Tracing through gdb.
//!
//! [`crate::mi`] knows what to say to gdb; here it is said, and what gdb answers is told
//! as what has happened to the process.

mod find;
mod marks;
mod process;
mod requests;
mod stub;
mod unwind_info;
mod unwinding;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::NamedTempFile;

pub use self::find::find;
use self::marks::{GoesOn, PristineCode};
use self::process::GdbProcess;
pub use self::stub::stub;
use self::unwinding::Unwinding;
use super::Settings;
use super::access::barrier;
use super::tracer::{Event, RawFrame};
use crate::error::{AttachBarrier, Error, Result};
use crate::mi::session::{Learnt, Operation, Session};
use crate::mi::{MiFrame, Stopped, ThreadId, ThreadInfo};
use crate::process::Guard;
use crate::process::inspect::{first_thread_takes, is_alive};
use crate::sample::Place;

/// The oldest gdb that can do what is asked of it.
const OLDEST_GDB: u32 = 12;

/// A gdb, and what it is attached to.
pub(super) struct GdbTracer {
    // Dropped first: only when gdb is gone, what it left in the process is taken back.
    gdb: GdbProcess,
    pristine: Option<PristineCode>,
    goes_on: Option<GoesOn>,
    session: Session,
    /// The gdb that was started.
    program: PathBuf,
    version: Option<String>,
    /// A folder for temporary files.
    scratch: PathBuf,
    stub: Option<NamedTempFile>,
    /// The process that is traced, or is to be.
    process: Option<Pid>,
    threads: Vec<ThreadInfo>,
    /// The last stop that was asked for.
    stopped: Option<Stopped>,
    unwinding: Unwinding,
    /// Whether gdb was told how to unwind functions without unwind information.
    has_unwinder: bool,
}

impl GdbTracer {
    /// Starts gdb. It need not be waited for: the script takes longer to start.
    pub(super) fn start(program: &Path, settings: &Settings, guard: &Guard) -> Result<Self> {
        let mut session = Session::new();
        let mut gdb = GdbProcess::start(program, guard)?;
        gdb.send(&session.set_up())?;
        Ok(Self {
            gdb,
            pristine: None,
            goes_on: None,
            session,
            program: program.to_owned(),
            version: None,
            scratch: settings.scratch.clone(),
            stub: None,
            process: None,
            threads: Vec::new(),
            stopped: None,
            unwinding: Unwinding::new(settings.max_depth),
            has_unwinder: false,
        })
    }

    /// What a record meant, as far as it matters to whoever watches the process.
    fn event(&mut self, learnt: Learnt) -> Result<Option<Event>> {
        Ok(Some(match learnt {
            Learnt::Version(version) => {
                self.require_version(&version)?;
                self.version = Some(version);
                return Ok(None);
            }
            Learnt::Attached => Event::Attached,
            Learnt::Running => Event::Running,
            Learnt::Stopped(stopped) => {
                self.stopped = Some(*stopped);
                Event::Stopped
            }
            Learnt::Stack(_, frames) => {
                Event::Stack(Some(frames.into_iter().map(RawFrame::from).collect()))
            }
            Learnt::NoStack(_) => Event::Stack(None),
            Learnt::Threads(threads) => {
                self.threads = threads;
                Event::Threads
            }
            Learnt::SymbolsRead => Event::Learnt,
            Learnt::ForeignStop(_) => Event::ForeignStop,
            Learnt::Suspending(signal) => Event::Suspending(
                signal
                    .parse()
                    .expect("what suspends a process is known to the kernel by that name"),
            ),
            Learnt::WentOn { misdirected } => {
                if let Some(signal) = misdirected {
                    self.send_again(&signal);
                }
                Event::WentOn
            }
            Learnt::Ended => Event::Ended,
            Learnt::Failed(operation, words) => self.failure(operation, words)?,
        }))
    }

    /// What it means that gdb has failed.
    fn failure(&self, operation: Operation, words: String) -> Result<Event> {
        match operation {
            Operation::SetUp => Err(self.unusable(words)),
            // It ended before gdb could attach.
            Operation::Attach if self.process.is_some_and(|it| !is_alive(it)) => Ok(Event::Ended),
            Operation::Attach => Err(self.denied(words)),
            Operation::Resume => Ok(Event::Refused(self.unusable(words))),
        }
    }

    /// Sends the process a signal that it was sent before, for its first thread. Where
    /// that blocks it, any other may have it.
    fn send_again(&mut self, signal_name: &str) {
        if let (Some(process), Ok(signal)) = (self.process, signal_name.parse::<Signal>()) {
            if !first_thread_takes(process, signal) {
                self.session.let_any_thread_take(signal_name);
            }
            // It can only fail where the process has just ended.
            kill(process, signal).ok();
        }
    }

    /// gdb's own number of a thread.
    fn thread_id(&self, thread: i32) -> Option<ThreadId> {
        let mut threads = self.threads.iter();
        threads.find(|it| it.lwp == Some(thread)).map(|it| it.id)
    }

    fn require_version(&self, version: &str) -> Result<()> {
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if major.is_some_and(|major: u32| major < OLDEST_GDB) {
            let needed = format!("it is version {version}, but {OLDEST_GDB} or later is needed");
            return Err(self.unusable(needed));
        }
        Ok(())
    }

    fn unusable(&self, cause: String) -> Error {
        Error::GdbUnusable {
            gdb: self.program.clone(),
            cause,
        }
    }

    /// Why gdb could not attach, with its own words.
    fn denied(&self, cause: String) -> Error {
        Error::AttachDenied {
            barrier: self.process.map_or(AttachBarrier::Unknown, barrier),
            cause,
        }
    }
}

impl From<MiFrame> for RawFrame {
    fn from(frame: MiFrame) -> Self {
        let place = frame.file.zip(frame.line).map(|(file, line)| Place {
            file: Arc::from(file.to_string_lossy()),
            line,
        });
        Self {
            address: frame.address,
            function: frame.function,
            object: frame.from,
            place,
        }
    }
}
