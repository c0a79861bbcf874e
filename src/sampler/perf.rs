//! Taking samples with the kernel's own clocks (`perf_event_open`): each interrupts a thread when
//! that has run for a while, and the kernel notes its registers and the top of its stack. The
//! script is never stopped.
//!
//! A sample is a part of a thread's processor time. For how long no thread wanted a processor is
//! asked of the scheduler.

mod clocks;
mod crowd;
mod events;
mod waits;

use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use nix::unistd::Pid;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use self::crowd::Crowd;
use self::events::{Events, Note};
use self::waits::Waits;
use super::access::{self, find_interface, perf_denied};
use super::jit::JitInterface;
use super::lines::Lines;
use super::stacks::Stacks;
use super::{Sampler, Settings, Switches, Watched};
use crate::error::{Error, Result};
use crate::process::{inspect, memory, now};
use crate::sample::{Event, Observation, Sample};

/// How often what the kernel noted is taken from it, which has room for some of these.
const INTERVAL: Duration = Duration::from_millis(10);

/// Watches a process with the kernel's clocks.
pub(super) struct PerfSampler {
    settings: Settings,
    rng: ChaCha8Rng,
    /// The clocks, or why there are none, once the process has started.
    events: Option<io::Result<Events>>,
    /// Where the process announces compiled code, if that was looked up in advance.
    interface: Option<JitInterface>,
    target: Option<Watching>,
    switches: Switches,
}

/// What is seen of a process once it is watched.
struct Watching {
    process: Pid,
    events: Events,
    stacks: Stacks,
    rate_hz: f64,
    crowd: Crowd,
    waits: Waits,
    watched: Watched,
}

impl PerfSampler {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            settings,
            events: None,
            interface: None,
            target: None,
            switches: Switches::default(),
        }
    }
}

/// Whether the system lets this process watch its children so: it is tried on itself.
///
/// Fails where it does not.
pub(super) fn check() -> Result<()> {
    Events::check().map_err(perf_denied)
}

impl Sampler for PerfSampler {
    fn begin(&mut self, process: Pid) {
        let rate_hz = self.settings.rate_hz;
        let counters = &self.settings.counters;
        self.events = Some(Events::open(process, rate_hz, counters, &mut self.rng));
    }

    fn prepare(&mut self, process: Pid) {
        self.interface = find_interface(process).ok();
    }

    fn attach(&mut self, process: Pid, twins: &Path) -> Result<()> {
        let interface = self.interface.map_or_else(|| find_interface(process), Ok)?;
        let opened = self.events.take();
        let opened = opened.unwrap_or_else(|| Err(io::ErrorKind::NotConnected.into()));
        let mut events = opened.map_err(perf_denied)?;
        // Where the code is that it compiles is in its memory.
        let read = memory::read(process, interface.descriptor, 1);
        read.map_err(|source| Error::System {
            action: "read the memory of the script, as `--sampler perf` has to".to_owned(),
            source,
        })?;
        let roots = self.settings.roots.clone();
        let mut lines = Lines::new(process, &interface, twins, roots);
        // There may be much of it in a process that has run for long.
        lines.refresh();
        events.start().map_err(perf_denied)?;
        self.target = Some(Watching {
            process,
            events,
            stacks: Stacks::new(process, lines, self.settings.max_depth),
            rate_hz: self.settings.rate_hz,
            crowd: Crowd::since(now()),
            waits: Waits::since(now(), process),
            watched: Watched::default(),
        });
        Ok(())
    }

    fn watch(&mut self) -> Result<Watched> {
        let mut target = self
            .target
            .take()
            .expect("a process is watched once attached");
        let mut was_paused = false;
        loop {
            if self.switches.is_cancelled() {
                return Err(Error::Interrupted);
            }
            // What is noted between the two looks is taken in afterwards.
            let goes_on = inspect::is_alive(target.process) && !self.switches.is_enough();
            let is_paused = self.switches.is_paused();
            // What is taken in happened between the two looks.
            target.take_in(is_paused && was_paused);
            was_paused = is_paused;
            if !goes_on {
                break;
            }
            if target.stacks.need_depth() {
                target.events.deepen();
            }
            thread::sleep(INTERVAL);
        }
        Ok(target.finish())
    }

    fn switches(&self) -> Switches {
        self.switches.clone()
    }
}

impl Watching {
    /// Takes in what happened since the last time. While nothing has to be seen, callers are not
    /// looked for: compilers are deep in calls.
    fn take_in(&mut self, is_paused: bool) {
        let notes = self.events.notes();
        self.stacks.refresh();
        for note in notes {
            match note {
                Note::Thread(seen) => {
                    self.crowd.note(seen.thread, seen.at);
                    let observation = if is_paused {
                        self.stacks.observe_innermost(&seen.registers, &seen.stack)
                    } else {
                        self.stacks.observe(&seen.registers, &seen.stack)
                    };
                    self.watched
                        .push(seen.at, Some(seen.thread), &observation, 1);
                }
                Note::Event(counter, stands_for, mut seen) => {
                    // Where it is within a library, its callers are those of where it was
                    // interrupted.
                    if let Some(exact) = seen.exact.filter(|&it| self.stacks.is_compiled(it)) {
                        seen.registers.set_pc(exact);
                    }
                    let observation = if is_paused {
                        self.stacks.observe_innermost(&seen.registers, &seen.stack)
                    } else {
                        self.stacks.observe(&seen.registers, &seen.stack)
                    };
                    self.watched.counted.events.push(Event {
                        counter,
                        stands_for,
                        sample: Sample {
                            at: seen.at,
                            thread: Some(seen.thread),
                            observation,
                        },
                    });
                }
                Note::LostEvents(counter, number, at) => {
                    self.watched.counted.lost.push((counter, at, number));
                }
                Note::Lost(number, at) => {
                    let number = usize::try_from(number).unwrap_or(usize::MAX);
                    self.watched.push(at, None, &Observation::Bad, number);
                }
            }
        }
        let waited = self.waits.until(now(), self.process, self.rate_hz);
        for at in waited {
            self.watched.push(at, None, &Observation::Waiting, 1);
        }
    }

    fn finish(mut self) -> Watched {
        self.watched.samples.sort_by_key(|sample| sample.at);
        self.watched.sampler = Some("perf_event".to_owned());
        self.watched.note_code(self.stacks.lines());
        self.watched.most_threads = Some(self.crowd.most());
        self.watched.counted.parts = self.events.parts();
        let missing = self.events.missing();
        let counted = &mut self.watched.counted;
        for &counter in self.events.counters() {
            match missing.get(&counter) {
                None => {
                    counted.counters.insert(counter);
                }
                Some(error) => {
                    let reason = access::counter_missing(error);
                    counted.missing.insert(counter, reason);
                }
            }
        }
        self.watched.misses_kernel = !self.events.see_the_kernel();
        self.watched
    }
}
