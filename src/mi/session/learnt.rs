//! What a session says of what gdb printed.

use crate::mi::{MiFrame, Stopped, ThreadId, ThreadInfo};

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
    /// handles or ignores it. It stands still until
    /// [`Session::end_suspension`](super::Session::end_suspension) is sent.
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
    Failed(Operation, String),
}

/// What gdb was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Setting the stop signal up, reading the program or the stub.
    SetUp,
    /// Attaching to the process.
    Attach,
    /// Letting the process go on, which fails when it was killed while it stood
    /// still. It may have been learnt before that it runs.
    Resume,
}
