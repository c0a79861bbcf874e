//! Watching a process with a tracer, whichever that is: an attempt at each tick, and whatever
//! happens to the process besides.

mod attempt;
mod standstill;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::Pid;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::access::find_interface;
use super::jit::JitInterface;
use super::kernel::Kernel;
use super::lines::Lines;
use super::running::Chooser;
use super::ticker::{Pace, Stopped, Ticker};
use super::tracer::{Answer, Event, Subject, Tracer};
use super::{Sampler, Settings, Switches, Watched};
use crate::error::{Error, Result};
use crate::sample::{Moment, Stop};

/// How long a tracer may take for an answer. gdb answers within milliseconds, and attaches
/// within some more, but a busy machine may keep it waiting.
const PATIENCE: Duration = Duration::from_secs(8);
// With the time to start and to say so, any fault of a tracer's is known within ten seconds.
const _: () = assert!(PATIENCE.as_secs() < 10);

/// How often, while nothing comes from the tracer, it is looked what else has happened.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(100);

/// A tracer, and what was seen with it of the process that it is attached to.
pub(super) struct Watcher<T, K> {
    tracer: T,
    kernel: K,
    settings: Settings,
    chooser: Chooser,
    /// Where the process announces compiled code, if that was looked up in advance.
    interface: Option<JitInterface>,
    target: Option<Attached>,
    watched: Watched,
    /// Since when the process stands still for something else than a sample.
    stands_still_since: Option<Moment>,
    /// When it was last suspended, by somebody else.
    last_suspended: Moment,
    switches: Switches,
}

/// A process that the tracer is attached to, or about to be.
struct Attached {
    process: Pid,
    lines: Lines,
}

/// Whether there is anything left to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Running,
    Gone,
}

impl<T: Tracer, K: Kernel> Watcher<T, K> {
    /// Watches with a tracer that was just started.
    pub(super) fn new(tracer: T, kernel: K, settings: Settings) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let chooser = Chooser::new(rng, kernel.shows_processors());
        Self {
            tracer,
            kernel,
            settings,
            chooser,
            interface: None,
            target: None,
            watched: Watched::default(),
            stands_still_since: None,
            last_suspended: Moment::default(),
            switches: Switches::default(),
        }
    }

    /// The next thing that happens and matters; `None` when `deadline` passes.
    /// Stops that were not asked for are dealt with on the way.
    fn learn(&mut self, deadline: Moment, during: &str) -> Result<Option<Event>> {
        loop {
            if self.switches.is_cancelled() {
                return Err(Error::Interrupted);
            }
            let wait = self.kernel.now().until(deadline).min(LOOK_UP_INTERVAL);
            match self.tracer.next_event(wait, during)? {
                Some(Event::ForeignStop) => self.note_foreign_stop(),
                Some(Event::WentOn) => self.note_going_on(),
                Some(Event::Suspending(signal)) => {
                    return Ok(Some(match self.suspend(signal)? {
                        Target::Running => Event::Suspending(signal),
                        Target::Gone => Event::Ended,
                    }));
                }
                Some(event) => {
                    // Whatever it stood still for besides, it was within a stop for a sample.
                    self.stands_still_since
                        .take_if(|_| matches!(event, Event::Running));
                    return Ok(Some(event));
                }
                // gdb 13 says nothing when a process that stands still is killed.
                None if !self.kernel.is_alive(self.process()) => return Ok(Some(Event::Ended)),
                None => {}
            }
            // A tracer that never stops talking must not be listened to for ever.
            if self.kernel.now() >= deadline {
                return Ok(None);
            }
        }
    }

    /// Waits until `wanted` takes what has happened. `None` when the process ended
    /// first.
    fn await_event<R>(
        &mut self,
        during: &str,
        mut wanted: impl FnMut(Event) -> Option<R>,
    ) -> Result<Option<R>> {
        let mut deadline = self.kernel.now() + PATIENCE;
        let mut refused = None;
        loop {
            match self.learn(deadline, during)? {
                // However long it was: the tracer was not waited for.
                Some(Event::Suspending(_)) => deadline = self.kernel.now() + PATIENCE,
                Some(Event::Ended) => return Ok(None),
                Some(Event::Refused(error)) => refused = Some(error),
                Some(event) => {
                    if let Some(result) = wanted(event) {
                        return Ok(Some(result));
                    }
                }
                None => {
                    let unanswered = || self.tracer.unanswered(during, PATIENCE);
                    return Err(refused.unwrap_or_else(unanswered));
                }
            }
        }
    }

    /// Waits for an event that says nothing more than that it has happened.
    fn await_that(&mut self, during: &str, is_it: impl Fn(&Event) -> bool) -> Result<Target> {
        let happened = self.await_event(during, |event| is_it(&event).then_some(()))?;
        Ok(happened.map_or(Target::Gone, |()| Target::Running))
    }

    fn await_running(&mut self, during: &str) -> Result<Target> {
        self.await_that(during, |event| matches!(event, Event::Running))
    }

    /// Waits for the next tick, and takes note of what happens meanwhile.
    fn await_tick(&mut self, ticker: &Ticker) -> Result<Target> {
        let now = self.kernel.now();
        let tick = now + ticker.wait(now);
        while let Some(event) = self.learn(tick, "waiting for the next sample")? {
            if matches!(event, Event::Ended) {
                return Ok(Target::Gone);
            }
        }
        if self.switches.is_enough() {
            return Ok(Target::Gone);
        }
        Ok(Target::Running)
    }

    /// Waits for the end of a process that cannot be looked at any more.
    fn await_end(&mut self) -> Result<Target> {
        self.await_that("waiting for the script to end", |_| false)
    }

    fn list_threads(&mut self) -> Result<Target> {
        match self.tracer.list_threads()? {
            Answer::None => Ok(Target::Running),
            Answer::Follows => self.await_that("listing the threads", |event| {
                matches!(event, Event::Threads)
            }),
        }
    }

    fn process(&self) -> Pid {
        self.target.as_ref().expect(ATTACHED).process
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.target.as_mut().expect(ATTACHED).lines
    }
}

/// Why a target is there.
const ATTACHED: &str = "a process is watched once attached";

/// Seconds of all stops from the one of this index on, which becomes that of the next.
fn seconds_from(stops: &[Stop], first: &mut usize) -> f64 {
    let seconds = stops[*first..].iter().map(Stop::seconds).sum();
    *first = stops.len();
    seconds
}

impl<T: Tracer, K: Kernel> Sampler for Watcher<T, K> {
    /// A tracer attaches when it is told to.
    fn begin(&mut self, _process: Pid) {}

    fn prepare(&mut self, process: Pid) {
        self.interface = find_interface(process).ok();
    }

    fn attach(&mut self, process: Pid, twins: &Path) -> Result<()> {
        let interface = self.interface.map_or_else(|| find_interface(process), Ok)?;
        let roots = self.settings.roots.clone();
        self.target = Some(Attached {
            process,
            lines: Lines::new(process, &interface, twins, roots),
        });
        self.tracer.attach(&Subject {
            process,
            interface,
            suspended: Arc::clone(&self.switches.suspended),
        })?;
        let during = "attaching to the script";
        let attached = self.await_that(during, |event| matches!(event, Event::Attached))?;
        // A script that is gone by now is reported as ended by whoever started it.
        if attached == Target::Gone || self.list_threads()? == Target::Gone {
            return Ok(());
        }
        self.tracer.resume()?;
        if self.await_running(during)? == Target::Running {
            self.warm_up()?;
        }
        Ok(())
    }

    fn watch(&mut self) -> Result<Watched> {
        let pace = Pace {
            rate_hz: self.settings.rate_hz,
            max_stopped: self.settings.max_stopped,
        };
        let mut ticker = Ticker::new(pace, self.settings.seed, self.kernel.now());
        let (mut stops, mut foreign) = (0, 0);
        while self.await_tick(&ticker)? == Target::Running {
            if self.switches.is_paused() {
                ticker.skip(self.kernel.now());
                continue;
            }
            self.watched.ticks.push(ticker.tick(self.kernel.now()));
            if self.sample()? == Target::Gone {
                break;
            }
            let stopped = Stopped {
                to_sample_s: seconds_from(&self.watched.stops, &mut stops),
                otherwise_s: seconds_from(&self.watched.foreign_stops, &mut foreign),
            };
            ticker.advance(self.kernel.now(), stopped);
        }
        self.tracer.end();
        self.watched.sampler = self.tracer.name();
        let mut watched = std::mem::take(&mut self.watched);
        watched.note_code(self.lines());
        Ok(watched)
    }

    fn switches(&self) -> Switches {
        self.switches.clone()
    }
}
