//! What a profiler reads out of records: frames, stops and threads.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::{AsyncKind, Record, Results, ThreadId, Value};
use crate::source::LineNumber;

/// One frame of a stack, as gdb sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MiFrame {
    /// Distance from the innermost frame, which has 0. A `*stopped` record does
    /// not say it, for its frame is the innermost one.
    pub level: u32,
    /// The address of the next instruction, or the one to return to. `None` where
    /// gdb could not read it.
    pub address: Option<u64>,
    /// The function, as its debug information or symbol names it; `None` where
    /// gdb knows none and prints `??`.
    pub function: Option<String>,
    /// The source file: the full name gdb resolved, else the name as compiled.
    pub file: Option<PathBuf>,
    /// The line. `None` where there is no line information, and also for line 0,
    /// which compilers give to instructions that belong to no line: then there
    /// is a [`file`](Self::file) nevertheless.
    pub line: Option<LineNumber>,
    /// The shared library, for a frame without line information.
    pub from: Option<PathBuf>,
}

impl MiFrame {
    /// Reads a `frame={…}` tuple; `None` if the value is a string.
    pub fn from_value(frame: &Value) -> Option<Self> {
        let fields = frame.items()?;
        Some(Self {
            level: fields.get("level").and_then(Value::u32).unwrap_or(0),
            address: fields.get("addr").and_then(Value::address),
            function: fields
                .get("func")
                .and_then(lossy)
                .filter(|name| name != "??"),
            file: path(fields, "fullname").or_else(|| path(fields, "file")),
            line: fields
                .get("line")
                .and_then(Value::u32)
                .and_then(LineNumber::new),
            from: path(fields, "from"),
        })
    }

    /// The frames of the answer to `-stack-list-frames`, innermost first.
    pub fn stack(results: &Results) -> Vec<Self> {
        results
            .get("stack")
            .and_then(Value::items)
            .into_iter()
            .flat_map(|stack| stack.all("frame"))
            .filter_map(Self::from_value)
            .collect()
    }
}

/// What a `*stopped` record says: where and why the target stands still, or that
/// it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why; gdb gives no reason after an attach.
    pub reason: Option<StopReason>,
    /// The signal, such as `SIGINT`, for [`StopReason::SignalReceived`] and
    /// [`StopReason::ExitedSignalled`]. `0` is an interrupt without a signal.
    pub signal_name: Option<String>,
    /// The thread that stopped, which gdb has also selected.
    pub thread_id: Option<ThreadId>,
    /// Its innermost frame.
    pub frame: Option<MiFrame>,
    /// Which threads stand still.
    pub stopped_threads: StoppedThreads,
    /// The exit status, for [`StopReason::Exited`].
    pub exit_code: Option<u32>,
}

/// Why the target stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It got a signal that gdb was told to stop for.
    SignalReceived,
    /// It reached a breakpoint.
    BreakpointHit,
    /// It loaded or unloaded shared libraries.
    SolibEvent,
    /// It exited with status 0.
    ExitedNormally,
    /// It exited with another status.
    Exited,
    /// A signal killed it.
    ExitedSignalled,
    /// Any other reason, as gdb names it.
    Other(String),
}

/// Which threads stand still after a stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoppedThreads {
    /// All of them.
    All,
    /// These; none where gdb does not say.
    Some(Vec<ThreadId>),
}

impl Stopped {
    /// Reads a `*stopped` record; `None` for any other.
    pub fn from_record(record: &Record) -> Option<Self> {
        record
            .event(AsyncKind::Exec, "stopped")
            .map(Self::from_results)
    }

    /// Reads the results of a `*stopped` record.
    pub fn from_results(results: &Results) -> Self {
        Self {
            reason: results
                .get("reason")
                .and_then(Value::text)
                .map(StopReason::from_name),
            signal_name: results.get("signal-name").and_then(lossy),
            thread_id: thread_id(results.get("thread-id")),
            frame: results.get("frame").and_then(MiFrame::from_value),
            stopped_threads: StoppedThreads::from_value(results.get("stopped-threads")),
            exit_code: results.get("exit-code").and_then(octal),
        }
    }
}

impl StopReason {
    fn from_name(name: &str) -> Self {
        match name {
            "signal-received" => Self::SignalReceived,
            "breakpoint-hit" => Self::BreakpointHit,
            "solib-event" => Self::SolibEvent,
            "exited-normally" => Self::ExitedNormally,
            "exited" => Self::Exited,
            "exited-signalled" => Self::ExitedSignalled,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl StoppedThreads {
    /// Reads `"all"`, or a list of numbers.
    fn from_value(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Const(all)) if all == b"all" => Self::All,
            Some(Value::List(threads)) => Self::Some(
                threads
                    .values()
                    .filter_map(|thread| thread_id(Some(thread)))
                    .collect(),
            ),
            _ => Self::Some(Vec::new()),
        }
    }
}

/// A thread of the target, under both its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadInfo {
    /// gdb's own number.
    pub id: ThreadId,
    /// The kernel's number, a thread id as in `/proc/PID/task`; `None` where gdb
    /// describes the thread in a way that does not contain it.
    pub lwp: Option<i32>,
}

impl ThreadInfo {
    /// The threads of the answer to `-thread-info`, in gdb's order.
    pub fn list(results: &Results) -> Vec<Self> {
        results
            .get("threads")
            .and_then(Value::items)
            .into_iter()
            .flat_map(Results::values)
            .filter_map(Self::from_value)
            .collect()
    }

    fn from_value(thread: &Value) -> Option<Self> {
        Some(Self {
            id: thread_id(thread.get("id"))?,
            lwp: thread
                .get("target-id")
                .and_then(Value::text)
                .and_then(lwp_of_target_id),
        })
    }
}

/// The kernel's number in gdb's description of a thread: `LWP 1234`,
/// `Thread 0x7f0c (LWP 1234)`, or `process 1234` for the one thread of a process.
fn lwp_of_target_id(description: &str) -> Option<i32> {
    let (_, number) = description
        .rsplit_once("LWP ")
        .or_else(|| description.rsplit_once("process "))?;
    number.trim_end_matches(')').parse().ok()
}

fn thread_id(value: Option<&Value>) -> Option<ThreadId> {
    value.and_then(Value::u32).map(ThreadId)
}

/// gdb prints exit statuses in octal: 3 is `03`, 130 is `0202`.
fn octal(value: &Value) -> Option<u32> {
    u32::from_str_radix(value.text()?, 8).ok()
}

fn lossy(value: &Value) -> Option<String> {
    value
        .bytes()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// Paths on Linux are bytes, and need not be UTF-8.
fn path(fields: &Results, name: &str) -> Option<PathBuf> {
    let bytes = fields.get(name)?.bytes()?;
    Some(PathBuf::from(OsString::from_vec(bytes.to_vec())))
}
