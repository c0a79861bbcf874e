//! Stops of the process that were not asked for, and what follows from them.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

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

    /// Notes that it goes on.
    pub(super) fn note_going_on(&mut self) {
        if let Some(at) = self.stands_still_since.take() {
            let stop = Stop { at, until: now() };
            self.watched.foreign_stops.push(stop);
        }
    }

    /// Lets the process go on with a signal that the wrong thread stopped for: the first
    /// one has it, unless it blocks it.
    pub(super) fn direct(&mut self, signal_name: String) -> Result<()> {
        let first_has_it = match (self.attaching, signal_name.parse::<Signal>()) {
            (Some(process), Ok(signal)) => first_thread_takes(process, signal),
            _ => false,
        };
        let going_on = if first_has_it {
            self.session.give_to_first_thread(signal_name)
        } else {
            self.session.go_on_with(Some(signal_name))
        };
        self.gdb.send(&going_on)
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
            self.session.go_on_with(None)
        } else {
            self.note_foreign_stop();
            self.session.go_on_with(Some(signal_name))
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
            let record = self.gdb.receive(look_up, "let the script be suspended")?;
            let learnt = record.and_then(|record| self.session.feed(&record).0);
            if learnt == Some(Learnt::Ended) || !is_alive(process) {
                return Ok(Target::Gone);
            }
        }
        Ok(Target::Running)
    }
}
