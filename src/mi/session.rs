//! A conversation with gdb about one process: what to send, and what was learnt.
//!
//! The session is fed the records that gdb prints and gives back what they mean.
//! It knows which stops were asked for: any other is none of the sampler's, and is
//! answered by letting the process go on with the signal it stopped for.
//!
//! It cannot see everything. Where a process is killed while it stands still, or
//! while gdb attaches, gdb may never say that it is gone: whoever drives a session
//! must watch the process as well.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{
    AsyncKind, AsyncRecord, Command, MiFrame, Record, ResultClass, ResultRecord, Stopped,
    StreamRecord, ThreadId, ThreadInfo, Token, Value,
};

mod learnt;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod script;
mod set_up;
mod signals;
#[cfg(test)]
mod tests;

pub use learnt::{Learnt, Operation};
pub use signals::STOP_SIGNAL;

/// What to attach to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The process.
    pub process: i32,
    /// The program it runs.
    pub program: PathBuf,
    /// The stub that says where compiled code is announced.
    pub stub: PathBuf,
    /// Where the stub's `.text` is.
    pub text: u64,
    /// Where the stub's `.data` is.
    pub data: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Up to the stop that ends the attaching.
    Attaching,
    Running,
    /// A stop was asked for.
    Stopping,
    /// Up to the `*running` that follows a resume.
    Stopped,
    Ended,
}

/// What an answer is awaited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    /// It may fail.
    Setting,
    Need(Operation),
    Stack(ThreadId),
    Threads,
    Symbols,
    /// How the signal in question came.
    SignalCode,
}

/// See the module's documentation.
#[derive(Clone, Debug)]
pub struct Session {
    state: State,
    last_token: u64,
    awaited: BTreeMap<Token, Awaited>,
    threads_changed: bool,
    /// Whether the process stands still for something else than a sample.
    stands_still: bool,
    /// A signal that a thread took which may not have been meant, while it is asked.
    in_question: Option<String>,
    /// A signal that is to be sent again once the process runs. To have gdb give it to
    /// the first thread (`thread 1`, `signal SIGALRM`) would be sooner, but gdb 13 ends with
    /// an internal error where that thread has another signal waiting.
    misdirected: Option<String>,
    /// A signal that the first thread does not take: whoever stops for it next may.
    for_any_thread: Option<String>,
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A session with a gdb that was just started.
    pub const fn new() -> Self {
        Self {
            state: State::Attaching,
            last_token: 0,
            awaited: BTreeMap::new(),
            threads_changed: true,
            stands_still: false,
            in_question: None,
            misdirected: None,
            for_any_thread: None,
        }
    }

    /// What to send to attach. [`Learnt::Attached`] follows, or a failure.
    pub fn attach(&mut self, attachment: &Attachment) -> Vec<u8> {
        let program = Command::ExecFile(attachment.program.clone());
        // Before the attach: the list of code that was announced already is read
        // there and then, and never again.
        let stub = Command::AddSymbolFile {
            file: attachment.stub.clone(),
            sections: vec![(".text", attachment.text), (".data", attachment.data)],
        };
        let attach = Command::TargetAttach(attachment.process);
        [
            self.send(&program, Awaited::Need(Operation::SetUp)),
            self.send(&stub, Awaited::Need(Operation::SetUp)),
            self.send(&attach, Awaited::Need(Operation::Attach)),
        ]
        .concat()
    }

    /// Notes that the stop signal is about to be sent to the process, which runs.
    pub fn stop_asked(&mut self) {
        if self.state == State::Running {
            self.state = State::Stopping;
        }
    }

    /// Whether threads came or went since they were listed.
    pub const fn threads_changed(&self) -> bool {
        self.threads_changed
    }

    /// What to send to learn which threads there are.
    pub fn list_threads(&mut self) -> Vec<u8> {
        self.threads_changed = false;
        self.send(&Command::ThreadInfo, Awaited::Threads)
    }

    /// What to send to read the innermost frames of a thread that stands still.
    pub fn read_stack(&mut self, thread: ThreadId, depth: u32) -> Vec<u8> {
        let command = Command::StackListFrames {
            thread,
            low: 0,
            high: depth.saturating_sub(1),
        };
        self.send(&command, Awaited::Stack(thread))
    }

    /// What to send to let the process go on. [`Learnt::Running`] follows.
    pub fn resume(&mut self) -> Vec<u8> {
        // An answer to a resume does not end the wait for one: see `answered`. Only
        // the last one can still fail.
        self.awaited
            .retain(|_, awaited| *awaited != Awaited::Need(Operation::Resume));
        self.send(&Command::ExecContinue, Awaited::Need(Operation::Resume))
    }

    /// What to send to have the symbols of a library read, and with them how to
    /// unwind its frames. [`Learnt::SymbolsRead`] follows.
    pub fn read_symbols(&mut self, library_regex: String) -> Vec<u8> {
        self.send(&Command::SharedLibrary(library_regex), Awaited::Symbols)
    }

    /// What to send to have gdb run Python code; it need not be waited for. A gdb without
    /// Python goes on without it.
    pub fn run_python(&mut self, code: String) -> Vec<u8> {
        self.send(&Command::Python(code), Awaited::Setting)
    }

    /// What to send to end gdb.
    pub fn exit(&mut self) -> Vec<u8> {
        self.send(&Command::GdbExit, Awaited::Setting)
    }

    /// Notes that whichever thread takes this signal next is to have it.
    pub fn let_any_thread_take(&mut self, signal: &str) {
        self.for_any_thread = Some(signal.to_owned());
    }

    /// What to send to end what [`Learnt::Suspending`] began: the process goes on with
    /// the signal, where it handles it, or without.
    pub fn end_suspension(&mut self, signal: Option<String>) -> Vec<u8> {
        let command = signal.map_or(Command::ExecContinue, Command::ContinueWithSignal);
        self.send(&command, Awaited::Need(Operation::Resume))
    }

    /// Takes in one record; gives back what it meant, if anything, and what must be
    /// sent in reply, mostly nothing.
    pub fn feed(&mut self, record: &Record) -> (Option<Learnt>, Vec<u8>) {
        if self.state == State::Ended {
            return (None, Vec::new());
        }
        if let Some(stopped) = Stopped::from_record(record) {
            return self.stopped(stopped);
        }
        let learnt = match record {
            Record::Result(result) => return self.answered(result),
            Record::Async(event) => self.happened(event),
            Record::Stream(stream) => version(stream).map(Learnt::Version),
            Record::Prompt | Record::Unknown(_) => None,
        };
        (learnt, Vec::new())
    }

    fn send(&mut self, command: &Command, awaited: Awaited) -> Vec<u8> {
        self.last_token += 1;
        let token = Token(self.last_token);
        self.awaited.insert(token, awaited);
        command.encode(token)
    }

    fn happened(&mut self, event: &AsyncRecord) -> Option<Learnt> {
        match (event.kind, event.class.as_str()) {
            // gdb also says it of a single thread, when it finds a new one.
            (AsyncKind::Exec, "running")
                if event.results.get("thread-id").and_then(Value::text) == Some("all") =>
            {
                self.went_on()
            }
            (AsyncKind::Notify, "thread-created" | "thread-exited") => {
                self.threads_changed = true;
                None
            }
            // Mostly a `*stopped` follows, but not where an attach fails because the
            // process was killed, nor where gdb lets go of it.
            (AsyncKind::Notify, "thread-group-exited") => Some(self.ended()),
            _ => None,
        }
    }

    /// The process runs.
    fn went_on(&mut self) -> Option<Learnt> {
        if self.state == State::Stopped {
            self.state = State::Running;
            return Some(Learnt::Running);
        }
        std::mem::take(&mut self.stands_still).then(|| Learnt::WentOn {
            misdirected: self.misdirected.take(),
        })
    }

    fn answered(&mut self, result: &ResultRecord) -> (Option<Learnt>, Vec<u8>) {
        let Some((token, awaited)) = result
            .token
            .and_then(|token| Some((token, *self.awaited.get(&token)?)))
        else {
            return (None, Vec::new());
        };
        // A resume of a process that was killed while it stood still is answered
        // twice, by `^running` and then by `^error`.
        if result.class != ResultClass::Running {
            self.awaited.remove(&token);
        }
        if awaited == Awaited::SignalCode {
            return (None, self.go_on_after(result));
        }
        let failed = result.class == ResultClass::Error;
        let learnt = match awaited {
            Awaited::Need(operation) if failed => Some(Learnt::Failed(operation, message(result))),
            Awaited::Stack(thread) if failed => Some(Learnt::NoStack(thread)),
            Awaited::Stack(thread) => Some(Learnt::Stack(thread, MiFrame::stack(&result.results))),
            Awaited::Threads => {
                self.threads_changed |= failed;
                Some(Learnt::Threads(ThreadInfo::list(&result.results)))
            }
            Awaited::Symbols => Some(Learnt::SymbolsRead),
            Awaited::Setting | Awaited::Need(_) | Awaited::SignalCode => None,
        };
        (learnt, Vec::new())
    }

    const fn ended(&mut self) -> Learnt {
        self.state = State::Ended;
        Learnt::Ended
    }
}

/// The version in the line with which gdb introduces itself, such as
/// `GNU gdb (Debian 13.1-3) 13.1`: its last word.
fn version(stream: &StreamRecord) -> Option<String> {
    let text = str::from_utf8(&stream.text).ok()?;
    let introduction = text.strip_prefix("GNU gdb ")?.lines().next()?;
    let version = introduction.split_whitespace().last()?;
    version
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| version.to_owned())
}

fn message(result: &ResultRecord) -> String {
    let text = result.results.get("msg").and_then(Value::text);
    text.unwrap_or("it gave no reason").to_owned()
}
