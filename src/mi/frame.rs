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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mi::parse;

    fn results(line: &str) -> Results {
        match parse(line.as_bytes()) {
            Record::Result(answer) => answer.results,
            other => panic!("{other:?} is no answer"),
        }
    }

    #[track_caller]
    fn check_frame(fields: &str, expected: &MiFrame) {
        let results = results(&format!("^done,frame={{{fields}}}"));
        let frame = results.get("frame").and_then(MiFrame::from_value);
        assert_eq!(frame.as_ref(), Some(expected));
    }

    #[track_caller]
    fn check_stopped(line: &str, expected: &Stopped) {
        let stopped = Stopped::from_record(&parse(line.as_bytes()));
        assert_eq!(stopped.as_ref(), Some(expected));
    }

    #[track_caller]
    fn check_lwp(target_id: &str, expected: Option<i32>) {
        let results = results(&format!(
            r#"^done,threads=[{{id="4",target-id="{target_id}"}}]"#
        ));
        let expected = ThreadInfo {
            id: ThreadId(4),
            lwp: expected,
        };
        assert_eq!(ThreadInfo::list(&results), [expected]);
    }

    const UNKNOWN: MiFrame = MiFrame {
        level: 0,
        address: None,
        function: None,
        file: None,
        line: None,
        from: None,
    };

    const NO_STOP: Stopped = Stopped {
        reason: None,
        signal_name: None,
        thread_id: None,
        frame: None,
        stopped_threads: StoppedThreads::Some(Vec::new()),
        exit_code: None,
    };

    #[test]
    fn frame_with_a_line() {
        check_frame(
            r#"level="2",addr="0x00007fe6",func="combo",file="a.py",fullname="/home/a.py",line="31""#,
            &MiFrame {
                level: 2,
                address: Some(0x7fe6),
                function: Some("combo".to_owned()),
                file: Some("/home/a.py".into()),
                line: LineNumber::new(31),
                from: None,
            },
        );
    }

    #[test]
    fn frame_without_full_name() {
        check_frame(
            r#"file="<string>",line="7""#,
            &MiFrame {
                file: Some("<string>".into()),
                line: LineNumber::new(7),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn frame_of_a_library() {
        check_frame(
            r#"addr="0x10",func="??",args=[],from="/lib/libm.so.6",arch="i386:x86-64""#,
            &MiFrame {
                address: Some(0x10),
                from: Some("/lib/libm.so.6".into()),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn frame_of_line_zero() {
        check_frame(
            r#"file="a.py",line="0""#,
            &MiFrame {
                file: Some("a.py".into()),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn frame_with_nothing_known() {
        check_frame(r#"addr="<unavailable>",line="many""#, &UNKNOWN);
        assert_eq!(MiFrame::from_value(&Value::Const(b"0".to_vec())), None);
    }

    #[test]
    fn path_that_is_no_utf8() {
        let file = PathBuf::from(OsString::from_vec(b"/caf\xe9.py".to_vec()));
        check_frame(
            r#"fullname="/caf\351.py""#,
            &MiFrame {
                file: Some(file),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn stack() {
        let stack = MiFrame::stack(&results(
            r#"^done,stack=[frame={level="0",func="f"},frame={level="1",func="g"}]"#,
        ));
        let functions: Vec<_> = stack
            .iter()
            .map(|frame| (frame.level, frame.function.as_deref()))
            .collect();
        assert_eq!(functions, [(0, Some("f")), (1, Some("g"))]);
        assert_eq!(MiFrame::stack(&results("^done")), []);
        assert_eq!(MiFrame::stack(&results("^done,stack=[]")), []);
    }

    #[test]
    fn stop_by_a_signal() {
        check_stopped(
            r#"*stopped,reason="signal-received",signal-name="SIG61",signal-meaning="Real-time event 61",frame={addr="0x10"},thread-id="3",stopped-threads="all",core="1""#,
            &Stopped {
                reason: Some(StopReason::SignalReceived),
                signal_name: Some("SIG61".to_owned()),
                thread_id: Some(ThreadId(3)),
                frame: Some(MiFrame {
                    address: Some(0x10),
                    ..UNKNOWN
                }),
                stopped_threads: StoppedThreads::All,
                exit_code: None,
            },
        );
    }

    #[test]
    fn stop_of_some_threads() {
        check_stopped(
            r#"*stopped,thread-id="1",stopped-threads=["1","3"]"#,
            &Stopped {
                thread_id: Some(ThreadId(1)),
                stopped_threads: StoppedThreads::Some(vec![ThreadId(1), ThreadId(3)]),
                ..NO_STOP
            },
        );
    }

    #[test]
    fn end_of_the_target() {
        check_stopped(
            r#"*stopped,reason="exited",exit-code="0202""#,
            &Stopped {
                reason: Some(StopReason::Exited),
                exit_code: Some(130),
                ..NO_STOP
            },
        );
        check_stopped(
            r#"*stopped,reason="exited-normally""#,
            &Stopped {
                reason: Some(StopReason::ExitedNormally),
                ..NO_STOP
            },
        );
        check_stopped(
            r#"*stopped,reason="exited-signalled",signal-name="SIGKILL",signal-meaning="Killed""#,
            &Stopped {
                reason: Some(StopReason::ExitedSignalled),
                signal_name: Some("SIGKILL".to_owned()),
                ..NO_STOP
            },
        );
    }

    #[test]
    fn stop_for_another_reason() {
        check_stopped(
            r#"*stopped,reason="syscall-entry""#,
            &Stopped {
                reason: Some(StopReason::Other("syscall-entry".to_owned())),
                ..NO_STOP
            },
        );
    }

    #[test]
    fn other_records_are_no_stops() {
        for line in ["*running", "=stopped", "^done", "(gdb) ", "stopped"] {
            assert_eq!(Stopped::from_record(&parse(line.as_bytes())), None);
        }
    }

    #[test]
    fn kernel_ids_of_threads() {
        check_lwp("LWP 1234", Some(1234));
        check_lwp("Thread 0x7fe62e833b80 (LWP 14175)", Some(14175));
        check_lwp("process 77", Some(77));
        check_lwp("Thread 1.1", None);
        check_lwp("LWP many", None);
        assert_eq!(ThreadInfo::list(&results("^done,threads=[]")), []);
    }
}
