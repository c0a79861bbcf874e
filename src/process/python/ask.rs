//! Asking a Python something: it runs some code, and is waited for as long as it works.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::error::{Error, Result};
use crate::process::guard::{Guard, MARK};
use crate::process::inspect::is_alive;
use crate::process::output::capture_output;

/// How an interpreter is asked.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What ends it where this process is killed.
    pub guard: &'a Guard,
    /// The working directory of what it is to run.
    pub working_dir: &'a Path,
    /// The environment variables of what it is to run, besides those of this process.
    pub environment: &'a BTreeMap<OsString, OsString>,
    /// Whether nobody wants to know any more.
    pub is_given_up: &'a dyn Fn() -> bool,
}

/// For how long it may do nothing, and how much processor time it may use. On a crowded
/// machine, an answer takes longer than anybody can say.
const MOST_IDLE: Duration = Duration::from_secs(10);
const MOST_WORK: Duration = Duration::from_mins(2);

/// How often it is looked whether it does something.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// How long its output is waited for after it is gone. A child may hold the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// How often it is looked whether it has answered.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(2);

/// What is run before all code that is asked of an interpreter. With `-c` it looks for
/// modules in the working directory before it looks anywhere else, and there may be a
/// `json.py` that is no module of Python's. The option against that, `-P`, came with 3.11.
const LEAVE_OUT_WORKING_DIR: &str = "\
import sys
if sys.path[:1] == ['']:
    del sys.path[0]
";

/// Has an interpreter run some code, and says as which process it was started. It is killed,
/// with all that it has started, where it does not end in time.
pub(super) fn ask(python: &Path, code: &str, asking: &Asking<'_>) -> Result<(Pid, Output)> {
    let unusable = |cause: String| Error::PythonUnusable {
        python: python.to_owned(),
        cause,
    };
    let mut child = Command::new(python)
        .arg("-c")
        .arg([LEAVE_OUT_WORKING_DIR, code].concat())
        .current_dir(asking.working_dir)
        .envs(asking.environment)
        .env(MARK, asking.guard.mark())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|source| unusable(source.to_string()))?;
    let group = Pid::from_raw(child.id().cast_signed());
    let _guarded = asking.guard.watch(group);
    let readers = capture_output(&mut child);
    let answered = await_answer(group, asking.is_given_up);
    if let Err(end) = answered {
        // It can only fail where it has just ended. It is not reaped yet: the number is its own.
        killpg(group, Signal::SIGKILL).ok();
        child.wait().ok();
        return Err(match end {
            NoAnswer::GivenUp => Error::Interrupted,
            NoAnswer::Idle => unusable(format!(
                "it did not answer within {} s",
                MOST_IDLE.as_secs()
            )),
            NoAnswer::Endless => unusable(format!(
                "it did not answer within {} s of processor time",
                MOST_WORK.as_secs()
            )),
        });
    }
    let status = child
        .wait()
        .map_err(|source| unusable(source.to_string()))?;
    let read_by = Instant::now() + OUTPUT_GRACE;
    let mut written = readers.into_iter().map(|reader| reader.read_by(read_by));
    let output = Output {
        status,
        stdout: written.next().unwrap_or_default().bytes,
        stderr: written.next().unwrap_or_default().bytes,
    };
    Ok((group, output))
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoAnswer {
    /// Nobody wants it any more.
    GivenUp,
    /// It does nothing.
    Idle,
    /// It does something without end.
    Endless,
}

/// Waits for a process to end, as long as it does something.
fn await_answer(process: Pid, is_given_up: &dyn Fn() -> bool) -> Result<(), NoAnswer> {
    let mut patience = Patience::from(Instant::now());
    let mut looked = Instant::now();
    while is_alive(process) {
        if is_given_up() {
            return Err(NoAnswer::GivenUp);
        }
        if looked.elapsed() >= PROGRESS_INTERVAL {
            looked = Instant::now();
            patience.look(processor_time(process), looked)?;
        }
        thread::sleep(LOOK_UP_INTERVAL);
    }
    Ok(())
}

/// How long a process is waited for.
struct Patience {
    /// Its processor time when it was last seen to have done something, and when that was.
    done: Duration,
    since: Instant,
}

impl Patience {
    const fn from(start: Instant) -> Self {
        Self {
            done: Duration::ZERO,
            since: start,
        }
    }

    /// Fails where a process that has used so much processor time is to be given up.
    fn look(&mut self, done: Duration, at: Instant) -> Result<(), NoAnswer> {
        if done > self.done {
            (self.done, self.since) = (done, at);
        }
        if done > MOST_WORK {
            return Err(NoAnswer::Endless);
        }
        if at.saturating_duration_since(self.since) >= MOST_IDLE {
            return Err(NoAnswer::Idle);
        }
        Ok(())
    }
}

/// The processor time that a process and those that it has waited for have used, to the
/// kernel's tick: one that only wakes up now and then does nothing. None of one that is gone.
fn processor_time(process: Pid) -> Duration {
    let stat = procfs::process::Process::new(process.as_raw()).and_then(|it| it.stat());
    let ticks = stat.map_or(0, |it| {
        it.utime + it.stime + it.cutime.unsigned_abs() + it.cstime.unsigned_abs()
    });
    Duration::from_millis(ticks * 1000 / procfs::ticks_per_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a process that has used these seconds of processor time at these
    /// seconds.
    #[track_caller]
    fn check_patience(looks: &[(u64, u64)], expected: Result<(), NoAnswer>) {
        let start = Instant::now();
        let mut patience = Patience::from(start);
        let looked = looks.iter().try_for_each(|&(at, done)| {
            patience.look(Duration::from_secs(done), start + Duration::from_secs(at))
        });
        assert_eq!(looked, expected);
    }

    #[test]
    fn an_answer_is_waited_for_as_long_as_something_is_done() {
        check_patience(&[(9, 0)], Ok(()));
        check_patience(&[(10, 0)], Err(NoAnswer::Idle));
        check_patience(&[(9, 1), (18, 2), (27, 3), (36, 4)], Ok(()));
        check_patience(&[(9, 1), (18, 1), (19, 1)], Err(NoAnswer::Idle));
        check_patience(&[(9, 60), (18, 120), (19, 121)], Err(NoAnswer::Endless));
    }
}
