//! What a tracer is: something that can stop a process, and read its stacks while it
//! stands still.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::jit::JitInterface;
use crate::error::{Error, Result};
use crate::sample::Place;

/// Something that can stop a process, and read its stacks while it stands still.
///
/// A tracer decides nothing: when to take a sample, of which thread, and what it means is for
/// whoever has it. It knows no lines of Python but says at which addresses a thread is.
///
/// Its methods ask for something and return at once. What comes of that, and whatever else
/// happens to the process, is told by [`Self::next_event`], one event after the other. A tracer
/// that has its answer at once keeps it until then.
pub(crate) trait Tracer: Send {
    /// Name and version, such as `gdb 13.1`; `None` until it is known.
    fn name(&self) -> Option<String>;

    /// Begins to trace a process that runs. [`Event::Attached`] follows, and the process
    /// stands still from then on.
    fn attach(&mut self, subject: &Subject) -> Result<()>;

    /// Finds out which threads there are, while the process stands still.
    /// [`Event::Threads`] follows, unless none came or went since the last time.
    fn list_threads(&mut self) -> Result<Answer>;

    /// How many threads there were when they were listed.
    fn threads(&self) -> usize;

    /// Whether the process would stop if it was asked to, now or within a moment.
    fn can_stop(&self) -> bool;

    /// Stops the process. [`Event::Stopped`] follows. The thread of this number, which is
    /// the kernel's, stands where it is when it is asked, and the others wherever they come
    /// until they are stopped.
    ///
    /// A process that has just ended cannot be asked. That is no failure: [`Event::Ended`]
    /// follows instead.
    fn stop(&mut self, thread: i32) -> Result<()>;

    /// The innermost frame of a thread, while the process stands still, where it is known
    /// without being asked for.
    fn innermost(&self, thread: i32) -> Option<RawFrame>;

    /// Lets the process go on after a stop. [`Event::Running`] follows.
    fn resume(&mut self) -> Result<()>;

    /// Reads the stack of a thread, and lets the process go on as soon as that is done.
    /// [`Event::Stack`] follows, unless there is no such thread, and then [`Event::Running`].
    fn read_stack_and_resume(&mut self, thread: i32) -> Result<Answer>;

    /// Takes in how far a stack has reached, to read the next ones better. The process runs.
    /// [`Event::Learnt`] follows where no stop may be asked for until then.
    fn learn_from(&mut self, stack: &[RawFrame], reach: Reach) -> Result<Answer>;

    /// Lets the process go on after [`Event::Suspending`]: with the signal, where it handles
    /// it, or without. [`Event::WentOn`] follows.
    fn end_suspension(&mut self, signal: Option<Signal>) -> Result<()>;

    /// The next event; `None` where there was none for so long. `during` says in messages
    /// what is being done, as in `stopping the script`.
    ///
    /// Fails where the tool has ended or cannot be used, and where it may not attach. It may
    /// fail to notice that the process ends.
    fn next_event(&mut self, wait: Duration, during: &str) -> Result<Option<Event>>;

    /// The error of having been waited for in vain.
    fn unanswered(&self, during: &str, after: Duration) -> Error;

    /// Lets go of the process, and ends.
    fn end(&mut self);
}

/// The process that is to be traced.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The process.
    pub process: Pid,
    /// Where it announces the code that it compiles.
    pub interface: JitInterface,
    /// True while somebody else keeps it from going on.
    pub suspended: Arc<AtomicBool>,
}

/// Whether an event answers what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Answer {
    /// One will.
    Follows,
    /// None will: there is nothing to wait for.
    None,
}

/// What has happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// The process is traced, and stands still.
    Attached,
    /// The threads are known.
    Threads,
    /// The process stopped because it was asked to.
    Stopped,
    /// The frames of a thread, innermost first; `None` where they could not be read.
    Stack(Option<Vec<RawFrame>>),
    /// The process runs after a stop.
    Running,
    /// The tracer can read stacks that it could not read before.
    Learnt,
    /// The process stands still for something that it was not asked to stop for, as for a
    /// signal. The tracer lets it go on.
    ForeignStop,
    /// The process stands still for this signal, which suspends it unless it handles or
    /// ignores it, until [`Tracer::end_suspension`] is called.
    Suspending(Signal),
    /// The process goes on after stops that it was not asked to make.
    WentOn,
    /// The process could not be let go on, or so it seems. Mostly it was killed while it
    /// stood still, and its end follows. Where it does not, this is the error.
    Refused(Error),
    /// The process has ended.
    Ended,
}

/// One entry of a stack, as a tracer sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawFrame {
    /// The address of the next instruction, or the one to return to. `None` where it could
    /// not be read.
    pub address: Option<u64>,
    /// The function, where the tracer knows it.
    pub function: Option<String>,
    /// The file that the code was loaded from, where the tracer knows it. Compiled code was
    /// loaded from none.
    pub object: Option<PathBuf>,
    /// The line, where the tracer can read line tables itself. What the compiler announced
    /// is more to be trusted.
    pub place: Option<Place>,
}

/// How far out a stack reaches, as far as it could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To none of the code that Numba compiled.
    Outside,
    /// To code that Numba compiled, but none of the user's lines.
    Compiled,
    /// To a line of the user's.
    User,
}
