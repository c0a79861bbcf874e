//! Stops of the process that were not asked for, and what follows from them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::{Target, Watcher};
use crate::error::{Error, Result};
use crate::sample::Stop;
use crate::sampler::kernel::Kernel;
use crate::sampler::tracer::{Event, Tracer};

/// How often it is looked whether a suspended process is to go on, of which nobody tells.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(20);

impl<T: Tracer, K: Kernel> Watcher<T, K> {
    /// Notes that the process stands still, and not for a sample.
    pub(super) fn note_foreign_stop(&mut self) {
        let now = self.kernel.now();
        self.stands_still_since.get_or_insert(now);
    }

    /// Notes that it goes on.
    pub(super) fn note_going_on(&mut self) {
        if let Some(at) = self.stands_still_since.take() {
            let until = self.kernel.now();
            self.watched.foreign_stops.push(Stop { at, until });
        }
    }

    /// Lets the process stand still, which stopped for a signal by which it is suspended,
    /// until it is sent SIGCONT. One that handles or ignores the signal goes on at once.
    pub(super) fn suspend(&mut self, signal: Signal) -> Result<Target> {
        if !self.kernel.has_default_action(self.process(), signal) {
            self.note_foreign_stop();
            self.tracer.end_suspension(Some(signal))?;
            return Ok(Target::Running);
        }
        self.switches.suspended.store(true, Ordering::Relaxed);
        let target = self.await_continuation();
        self.switches.suspended.store(false, Ordering::Relaxed);
        if target? == Target::Gone {
            return Ok(Target::Gone);
        }
        // It is no stop of the sampler's making.
        self.last_suspended = self.kernel.now();
        self.tracer.end_suspension(None)?;
        Ok(Target::Running)
    }

    fn await_continuation(&mut self) -> Result<Target> {
        let process = self.process();
        while !self.kernel.is_pending(process, Signal::SIGCONT) {
            if self.switches.is_cancelled() {
                return Err(Error::Interrupted);
            }
            let during = "letting the script be suspended";
            let event = self.tracer.next_event(LOOK_UP_INTERVAL, during)?;
            if matches!(event, Some(Event::Ended)) || !self.kernel.is_alive(process) {
                return Ok(Target::Gone);
            }
        }
        Ok(Target::Running)
    }
}
