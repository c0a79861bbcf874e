//! Stops of the process that were not asked for, and what follows from them.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};

use super::{GdbSampler, Target};
use crate::error::{Error, Result};
use crate::mi::session::Learnt;
use crate::sample::Stop;
use crate::target::memory::{first_thread_takes, has_default_action, is_alive, is_pending};
use crate::target::now;

/// How often it is looked whether a suspended process is to go on, of which nobody tells.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(20);

impl GdbSampler {
    /// Notes that the process stands still, and not for a sample.
    pub(super) fn note_foreign_stop(&mut self) {
        self.stands_still_since.get_or_insert_with(now);
    }

    /// Notes that it goes on. A signal that the wrong thread took is sent again.
    pub(super) fn note_going_on(&mut self, misdirected: Option<String>) {
        if let Some(at) = self.stands_still_since.take() {
            let stop = Stop { at, until: now() };
            self.watched.foreign_stops.push(stop);
        }
        if let Some(signal) = misdirected {
            self.send_again(&signal);
        }
    }

    /// Sends the process a signal that it was sent before, for its first thread. Where
    /// that blocks it, any other may have it.
    fn send_again(&mut self, signal_name: &str) {
        if let (Some(target), Ok(signal)) = (&self.target, signal_name.parse::<Signal>()) {
            if !first_thread_takes(target.process, signal) {
                self.session.let_any_thread_take(signal_name);
            }
            // It can only fail where the process has just ended.
            kill(target.process, signal).ok();
        }
    }

    /// Lets the process stand still, which stopped for a signal by which it is suspended,
    /// until it is sent SIGCONT. One that handles or ignores the signal goes on at once.
    pub(super) fn suspend(&mut self, signal_name: String) -> Result<Target> {
        let process = self.target_mut().process;
        let signal = signal_name.parse::<Signal>();
        let going_on = if signal.is_ok_and(|signal| has_default_action(process, signal)) {
            self.suspended.store(true, Ordering::Relaxed);
            let target = self.await_continuation();
            self.suspended.store(false, Ordering::Relaxed);
            if target? == Target::Gone {
                return Ok(Target::Gone);
            }
            // It is no stop of the sampler's making.
            self.last_suspended = now();
            self.session.end_suspension(None)
        } else {
            self.note_foreign_stop();
            self.session.end_suspension(Some(signal_name))
        };
        self.gdb.send(&going_on)?;
        Ok(Target::Running)
    }

    fn await_continuation(&mut self) -> Result<Target> {
        let process = self.target_mut().process;
        while !is_pending(process, Signal::SIGCONT) {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let look_up = Instant::now() + LOOK_UP_INTERVAL;
            let record = self
                .gdb
                .receive(look_up, "letting the script be suspended")?;
            let learnt = record.and_then(|record| self.session.feed(&record).0);
            if learnt == Some(Learnt::Ended) || !is_alive(process) {
                return Ok(Target::Gone);
            }
        }
        Ok(Target::Running)
    }
}
