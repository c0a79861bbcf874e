//! The signals that a process stops for, and how it goes on after each.

use super::{Awaited, Learnt, Operation, Session, State};
use crate::mi::{Command, ResultRecord, StopReason, Stopped, ThreadId, Value};

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
pub(super) const FOR_THE_FIRST_THREAD: [&str; 6] = [
    "SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM",
];

/// Signals that suspend a process which neither handles nor ignores them. What is traced is
/// not suspended by the kernel: whoever traces it has to let it stand still.
pub(super) const SUSPENDING: [&str; 4] = ["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"];

/// `SI_TKILL`, the `si_code` of a signal that was sent to a thread and not to the
/// process, as by `pthread_kill`.
const SENT_TO_A_THREAD: &str = "-6";

/// The thread that the process began with, which gdb lists first when it attaches.
const FIRST_THREAD: ThreadId = ThreadId(1);

impl Session {
    /// What a stop means, and what must be sent for the process to go on where nobody asked
    /// for it.
    pub(super) fn stopped(&mut self, stopped: Stopped) -> (Option<Learnt>, Vec<u8>) {
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

    /// What to send after a stop that was not asked for.
    fn go_on(&mut self, stopped: &Stopped) -> Vec<u8> {
        let signal = stopped.signal_name.as_ref();
        let for_any_thread = self.for_any_thread.take_if(|it| Some(&*it) == signal);
        match stopped.thread_id {
            Some(thread) if may_be_misdirected(stopped) && for_any_thread.is_none() => {
                self.in_question = signal.cloned();
                self.send(&Command::SignalCode(thread), Awaited::SignalCode)
            }
            _ => self.send(&going_on(stopped), Awaited::Need(Operation::Resume)),
        }
    }

    /// What to send once it is known how the signal in question came: one that was sent
    /// to this very thread is for it, any other is sent again.
    pub(super) fn go_on_after(&mut self, result: &ResultRecord) -> Vec<u8> {
        let code = result.results.get("value").and_then(Value::text);
        let command = match self.in_question.take() {
            Some(signal) if code == Some(SENT_TO_A_THREAD) => Command::ContinueWithSignal(signal),
            signal => {
                self.misdirected = signal;
                Command::ExecContinue
            }
        };
        self.send(&command, Awaited::Need(Operation::Resume))
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
