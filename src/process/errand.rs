//! What is run on the way to a measurement: git, and what builds a revision.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::guard::{Guard, MARK};
use super::output::capture_output;
use crate::error::{Error, Result};

/// How often it is looked whether an errand is done.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(2);

/// How long its output is waited for after it is gone. A child may hold the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// How errands are run: for as long as they take, in process groups of their own, which end with
/// this process.
#[derive(Clone, Copy)]
pub struct Errands<'a> {
    /// What ends them where this process is killed.
    pub guard: &'a Guard,
    /// Whether nobody wants them done any more.
    pub is_given_up: &'a dyn Fn() -> bool,
}

impl Errands<'_> {
    /// Runs a command, and gives back what it wrote. The error of one that cannot be started
    /// says what was tried, by `action`.
    pub(super) fn output(&self, command: &mut Command, action: &str) -> Result<Output> {
        let mut child = self.start(
            command.stdout(Stdio::piped()).stderr(Stdio::piped()),
            action,
        )?;
        let readers = capture_output(&mut child);
        let status = self.wait_for(&mut child, action)?;
        let read_by = Instant::now() + OUTPUT_GRACE;
        let mut written = readers.into_iter().map(|reader| reader.read_by(read_by));
        Ok(Output {
            status,
            stdout: written.next().unwrap_or_default().bytes,
            stderr: written.next().unwrap_or_default().bytes,
        })
    }

    /// Runs a command, whose output goes where the command says. The error of one that cannot be
    /// started says what was tried, by `action`.
    pub(super) fn status(&self, command: &mut Command, action: &str) -> Result<ExitStatus> {
        let mut child = self.start(command, action)?;
        self.wait_for(&mut child, action)
    }

    fn start(&self, command: &mut Command, action: &str) -> Result<Child> {
        command
            .stdin(Stdio::null())
            .env(MARK, self.guard.mark())
            .process_group(0)
            .spawn()
            .map_err(|source| failed(action, source))
    }

    /// Waits for a process that was just started to end. Where it is given up, all of its group
    /// is killed.
    fn wait_for(&self, child: &mut Child, action: &str) -> Result<ExitStatus> {
        let group = Pid::from_raw(child.id().cast_signed());
        let _guarded = self.guard.watch(group);
        loop {
            if let Some(status) = child.try_wait().map_err(|source| failed(action, source))? {
                return Ok(status);
            }
            if (self.is_given_up)() {
                // It can only fail where it has just ended. It is not reaped yet: the number is
                // its own.
                killpg(group, Signal::SIGKILL).ok();
                child.wait().ok();
                return Err(Error::Interrupted);
            }
            thread::sleep(LOOK_UP_INTERVAL);
        }
    }
}

fn failed(action: &str, source: io::Error) -> Error {
    Error::System {
        action: action.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_an_errand_wrote_comes_back_with_how_it_ended() {
        let guard = Guard::start().unwrap();
        let errands = Errands {
            guard: &guard,
            is_given_up: &|| false,
        };
        let mut command = Command::new("sh");
        command.args(["-c", "cat; echo out; echo err >&2; exit 3"]);
        let output = errands.output(&mut command, "run a shell").unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"out\n"[..], &b"err\n"[..])
        );
        let error = errands.output(&mut Command::new("/no/such"), "run nothing");
        assert!(error.unwrap_err().to_string().contains("run nothing"));
    }

    #[test]
    fn an_errand_that_nobody_wants_any_more_ends_with_its_children() {
        let guard = Guard::start().unwrap();
        let looks = Cell::new(0);
        let errands = Errands {
            guard: &guard,
            is_given_up: &|| {
                looks.set(looks.get() + 1);
                looks.get() > 10
            },
        };
        let mut command = Command::new("sh");
        let ended = errands.output(command.args(["-c", "sleep 600; true"]), "run a shell");
        assert!(matches!(ended, Err(Error::Interrupted)));
    }
}
