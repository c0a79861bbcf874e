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
    AsyncKind, AsyncRecord, Command, MiFrame, Record, ResultClass, ResultRecord, SignalAction,
    StopReason, Stopped, StreamRecord, ThreadId, ThreadInfo, Token, Value,
};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod script;
#[cfg(test)]
mod tests;

/// The signal that stops the process for a sample, by gdb's name.
///
/// Its default action is to be ignored, so it can do no harm where it arrives after
/// gdb has let go; and unlike SIGINT, which `-exec-interrupt` sends, nobody types
/// it, so that a Ctrl-C of the user cannot be taken for a sample.
pub const STOP_SIGNAL: &str = "SIGURG";

/// Signals that must not be taken by any but the process's first thread.
///
/// The kernel chooses that thread by itself, unless it stands still with the others,
/// for a sample: then the first one to go on takes the signal. In Python up to 3.12
/// a handler is not run for that if it is a thread of a library, such as an idle
/// worker of BLAS.
const FOR_THE_FIRST_THREAD: [&str; 6] = [
    "SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM",
];

/// Signals that suspend a process which neither handles nor ignores them. What is traced is
/// not suspended by the kernel: whoever traces it has to let it stand still.
const SUSPENDING: [&str; 4] = ["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"];

/// `SI_TKILL`, the `si_code` of a signal that was sent to a thread and not to the
/// process, as by `pthread_kill`.
const SENT_TO_A_THREAD: &str = "-6";

/// The thread that the process began with, which gdb lists first when it attaches.
const FIRST_THREAD: ThreadId = ThreadId(1);

/// Settings that keep gdb quick, quiet and out of the network. A version that lacks
/// one of them works without it.
///
/// What gdb prints about a stop for a person to read it writes byte by byte, while
/// the process stands still. The settings of `print` keep that short: the line of
/// source alone, which gdb opens the file for, made stops a fifth longer.
///
/// Where debug information of the C library is installed, gdb would read all of it when it
/// attaches, as it always reads the symbols of the library that has the threads: a third of
/// a second for which the script stands still. There is no folder of that name.
const SETTINGS: [(&str, &str); 14] = [
    ("mi-async", "on"),
    ("confirm", "off"),
    ("pagination", "off"),
    ("style enabled", "off"),
    ("auto-load", "off"),
    ("auto-solib-add", "off"),
    ("debuginfod enabled", "off"),
    ("debug-file-directory", "/dev/null"),
    ("print frame-arguments", "presence"),
    ("print frame-info", "short-location"),
    ("print entry-values", "no"),
    ("breakpoint always-inserted", "on"),
    ("detach-on-fork", "on"),
    ("follow-fork-mode", "parent"),
];

/// Has gdb stop and resume the threads of the process together. By itself it does so
/// one by one, as if each of them could run without the others: that takes longer,
/// and then gdb may never notice that the process was killed while it stood still.
const STOP_ALL_AT_ONCE: Command = Command::MaintenanceSet {
    setting: "target-non-stop",
    value: "off",
};

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

/// What a record meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Learnt {
    /// gdb's version, such as `13.1`.
    Version(String),
    /// gdb has attached, and the process stands still.
    Attached,
    /// The process runs.
    Running,
    /// The process stopped because it was asked to.
    Stopped(Box<Stopped>),
    /// The frames of a thread, innermost first.
    Stack(ThreadId, Vec<MiFrame>),
    /// The frames of a thread could not be read.
    NoStack(ThreadId),
    /// The threads there are; none where they could not be listed.
    Threads(Vec<ThreadInfo>),
    /// The symbols of a library were read, or could not be.
    SymbolsRead,
    /// The process stopped for another reason, by signal name where there is one,
    /// and goes on once the session's reply is sent.
    ForeignStop(Option<String>),
    /// The process stopped for this signal, by its name, which suspends it unless it
    /// handles or ignores it. It stands still until [`Session::end_suspension`] is sent.
    Suspending(String),
    /// The process goes on after stops that were not asked for.
    WentOn {
        /// A signal to be sent to it again, by its name: a thread took it that was not
        /// meant.
        misdirected: Option<String>,
    },
    /// The process is gone, or gdb has let go of it. Nothing is learnt after this.
    Ended,
    /// A command that the session cannot do without failed, with gdb's words.
    Failed(Phase, String),
}

/// What gdb was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Setting the stop signal up, reading the program or the stub.
    SetUp,
    /// Attaching to the process.
    Attach,
    /// Letting the process go on, which fails when it was killed while it stood
    /// still. It may have been learnt before that it runs.
    Resume,
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
    Need(Phase),
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

    /// What to send to set gdb up; it need not be waited for.
    pub fn set_up(&mut self) -> Vec<u8> {
        let settings = SETTINGS.map(|(setting, value)| Command::GdbSet { setting, value });
        let pass = [
            SignalAction::NoStop,
            SignalAction::NoPrint,
            SignalAction::Pass,
        ];
        let stop = [
            SignalAction::Stop,
            SignalAction::Print,
            SignalAction::NoPass,
        ];
        let handle = |signal: &str, actions: [SignalAction; 3]| Command::Handle {
            signal: signal.to_owned(),
            actions: actions.to_vec(),
        };
        let all = handle("all", pass);
        let shown = FOR_THE_FIRST_THREAD.iter().chain(&SUSPENDING);
        let shown: Vec<Command> = shown.map(|signal| handle(signal, stop)).collect();
        let mut commands: Vec<u8> = [Command::GdbVersion, STOP_ALL_AT_ONCE]
            .iter()
            .chain(&settings)
            .chain([&all])
            .chain(&shown)
            .flat_map(|command| self.send(command, Awaited::Setting))
            .collect();
        // Without this one there is no stop.
        let stops = handle(STOP_SIGNAL, stop);
        commands.extend(self.send(&stops, Awaited::Need(Phase::SetUp)));
        commands
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
            self.send(&program, Awaited::Need(Phase::SetUp)),
            self.send(&stub, Awaited::Need(Phase::SetUp)),
            self.send(&attach, Awaited::Need(Phase::Attach)),
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
            .retain(|_, awaited| *awaited != Awaited::Need(Phase::Resume));
        self.send(&Command::ExecContinue, Awaited::Need(Phase::Resume))
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
        self.send(&command, Awaited::Need(Phase::Resume))
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

    fn stopped(&mut self, stopped: Stopped) -> (Option<Learnt>, Vec<u8>) {
        if matches!(
            stopped.reason,
            Some(StopReason::Exited | StopReason::ExitedNormally | StopReason::ExitedSignalled)
        ) {
            return (Some(self.ended()), Vec::new());
        }
        let by_stop_signal = stopped.signal_name.as_deref() == Some(STOP_SIGNAL);
        match self.state {
            State::Attaching => {
                self.state = State::Stopped;
                (Some(Learnt::Attached), Vec::new())
            }
            State::Stopping if by_stop_signal => {
                self.state = State::Stopped;
                (Some(Learnt::Stopped(Box::new(stopped))), Vec::new())
            }
            State::Running | State::Stopping => {
                self.stands_still = true;
                match stopped.signal_name {
                    Some(signal) if SUSPENDING.contains(&&*signal) => {
                        (Some(Learnt::Suspending(signal)), Vec::new())
                    }
                    _ => {
                        let reply = self.go_on(&stopped);
                        (Some(Learnt::ForeignStop(stopped.signal_name)), reply)
                    }
                }
            }
            // It stands still anyway, and goes on when it is resumed.
            State::Stopped => (Some(Learnt::ForeignStop(stopped.signal_name)), Vec::new()),
            State::Ended => (None, Vec::new()),
        }
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

    /// What to send after a stop that was not asked for.
    fn go_on(&mut self, stopped: &Stopped) -> Vec<u8> {
        let signal = stopped.signal_name.as_ref();
        let for_any_thread = self.for_any_thread.take_if(|it| Some(&*it) == signal);
        match stopped.thread_id {
            Some(thread) if may_be_misdirected(stopped) && for_any_thread.is_none() => {
                self.in_question = signal.cloned();
                self.send(&Command::SignalCode(thread), Awaited::SignalCode)
            }
            _ => self.send(&going_on(stopped), Awaited::Need(Phase::Resume)),
        }
    }

    /// What to send once it is known how the signal in question came: one that was sent
    /// to this very thread is for it, any other is sent again.
    fn go_on_after(&mut self, result: &ResultRecord) -> Vec<u8> {
        let code = result.results.get("value").and_then(Value::text);
        let command = match self.in_question.take() {
            Some(signal) if code == Some(SENT_TO_A_THREAD) => Command::ContinueWithSignal(signal),
            signal => {
                self.misdirected = signal;
                Command::ExecContinue
            }
        };
        self.send(&command, Awaited::Need(Phase::Resume))
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
            Awaited::Need(step) if failed => Some(Learnt::Failed(step, message(result))),
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

/// How a process goes on after a stop that was not asked for: with the signal it
/// stopped for, unless that is the debugger's own.
fn going_on(stopped: &Stopped) -> Command {
    match stopped.signal_name.as_deref() {
        None | Some("0" | "SIGTRAP") => Command::ExecContinue,
        Some(signal) => Command::ContinueWithSignal(signal.to_owned()),
    }
}

/// Whether a thread took a signal that is for the first one, unless it was sent to that
/// thread.
fn may_be_misdirected(stopped: &Stopped) -> bool {
    let signal = stopped.signal_name.as_deref();
    signal.is_some_and(|signal| FOR_THE_FIRST_THREAD.contains(&signal))
        && stopped.thread_id != Some(FIRST_THREAD)
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
