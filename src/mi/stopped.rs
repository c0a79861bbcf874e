//! Stops and threads, read out of records.

use super::frame::lossy;
use super::{AsyncKind, MiFrame, Record, Results, ThreadId, Value};

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

    const NO_STOP: Stopped = Stopped {
        reason: None,
        signal_name: None,
        thread_id: None,
        frame: None,
        stopped_threads: StoppedThreads::Some(Vec::new()),
        exit_code: None,
    };

    #[test]
    fn stop_by_a_signal() {
        check_stopped(
            r#"*stopped,reason="signal-received",signal-name="SIG61",signal-meaning="Real-time event 61",frame={addr="0x10"},thread-id="3",stopped-threads="all",core="1""#,
            &Stopped {
                reason: Some(StopReason::SignalReceived),
                signal_name: Some("SIG61".to_owned()),
                thread_id: Some(ThreadId(3)),
                frame: Some(MiFrame {
                    level: 0,
                    address: Some(0x10),
                    function: None,
                    file: None,
                    line: None,
                    from: None,
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
