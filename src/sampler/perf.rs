//! Taking samples with the kernel's own clocks (`perf_event_open`): each interrupts a thread when
//! that has run for a while, and the kernel notes its registers and the top of its stack. The
//! script is never stopped.
//!
//! A sample is a part of a thread's processor time. For how long no thread wanted a processor is
//! asked of the scheduler.

mod crowd;
mod events;
mod registers;
mod unwind;
mod waits;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::unistd::Pid;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use self::crowd::Crowd;
use self::events::{Events, Note, Seen};
use self::unwind::{End, Top, Unwinder};
use self::waits::Waits;
use super::access::{find_interface, perf_denied};
use super::jit::JitInterface;
use super::lines::Lines;
use super::tracer::RawFrame;
use super::{Sampler, Settings, Watched};
use crate::error::{Error, Result};
use crate::process::{inspect, now};
use crate::sample::{Observation, Sample};

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
    suspended: Arc<AtomicBool>,
    paused: Arc<AtomicBool>,
    cancelled: Arc<AtomicBool>,
}

/// What is seen of a process once it is watched.
struct Watching {
    process: Pid,
    events: Events,
    lines: Lines,
    unwinder: Unwinder,
    /// Frames that are followed at most.
    most_frames: usize,
    rate_hz: f64,
    depth: Depth,
    crowd: Crowd,
    waits: Waits,
    watched: Watched,
}

/// Whether the innermost code is the interpreter's.
fn is_interpreter(frames: &[RawFrame]) -> bool {
    let innermost = frames.first().and_then(|frame| frame.object.as_deref());
    let name = innermost.and_then(Path::file_name).unwrap_or_default();
    let name = name.to_string_lossy();
    name.starts_with("libpython") || name.starts_with("python")
}

/// Whether as much of the stacks is noted as is needed.
enum Depth {
    /// So many of so many ended before a line was found.
    Counted { beyond: u64, of: u64 },
    /// There is no more to be had.
    Enough,
}

impl PerfSampler {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            settings,
            events: None,
            interface: None,
            target: None,
            suspended: Arc::default(),
            paused: Arc::default(),
            cancelled: Arc::default(),
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
        self.events = Some(Events::open(process, rate_hz, &mut self.rng));
    }

    fn prepare(&mut self, process: Pid) {
        self.interface = find_interface(process).ok();
    }

    fn attach(&mut self, process: Pid, twins: &Path) -> Result<()> {
        let interface = match self.interface {
            Some(interface) => interface,
            None => find_interface(process)?,
        };
        let opened = self.events.take();
        let opened = opened.unwrap_or_else(|| Err(io::ErrorKind::NotConnected.into()));
        let mut events = opened.map_err(perf_denied)?;
        events.start().map_err(perf_denied)?;
        // Where the code is that it compiles is in its memory.
        let read = inspect::read(process, interface.descriptor, 1);
        read.map_err(|source| Error::System {
            action: "read the memory of the script, as `--sampler perf` has to".to_owned(),
            source,
        })?;
        let roots = self.settings.roots.clone();
        self.target = Some(Watching {
            process,
            events,
            lines: Lines::new(process, &interface, twins, roots),
            unwinder: Unwinder::new(process),
            most_frames: self.settings.max_depth as usize,
            rate_hz: self.settings.rate_hz,
            depth: Depth::default(),
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
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            // What is noted between the two looks is taken in afterwards.
            let is_alive = inspect::is_alive(target.process);
            let is_paused = self.paused.load(Ordering::Relaxed);
            // What is taken in happened between the two looks.
            target.take_in(is_paused && was_paused);
            was_paused = is_paused;
            if is_alive && target.depth.is_too_small() {
                target.depth = Depth::Enough;
                target.events.deepen();
            }
            if !is_alive {
                break;
            }
            thread::sleep(INTERVAL);
        }
        Ok(target.finish())
    }

    fn suspension(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.suspended)
    }

    fn pause(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.paused)
    }

    fn cancellation(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }
}

impl Default for Depth {
    fn default() -> Self {
        Self::Counted { beyond: 0, of: 0 }
    }
}

impl Depth {
    /// Notes a stack, and whether it ended before a line was found.
    const fn note(&mut self, is_beyond: bool) {
        if let Self::Counted { beyond, of } = self {
            *beyond += is_beyond as u64;
            *of += 1;
        }
    }

    /// Whether many stacks ended too soon.
    const fn is_too_small(&self) -> bool {
        matches!(self, Self::Counted { beyond, of } if *beyond >= 20 && *beyond * 20 >= *of)
    }
}

impl Watching {
    /// Takes in what happened since the last time. While nothing has to be seen, callers are not
    /// looked for: compilers are deep in calls.
    fn take_in(&mut self, is_paused: bool) {
        let most_frames = if is_paused { 1 } else { self.most_frames };
        let notes = self.events.notes();
        self.lines.refresh();
        self.unwinder.refresh();
        for note in notes {
            match note {
                Note::Thread(seen) => {
                    self.crowd.note(seen.thread, seen.at);
                    let observation = self.observe(&seen, most_frames);
                    self.push(Sample {
                        at: seen.at,
                        observation,
                    });
                }
                Note::Lost(number, at) => {
                    for _ in 0..number {
                        self.push(Sample {
                            at,
                            observation: Observation::Bad,
                        });
                    }
                }
            }
        }
        let waited = self.waits.until(now(), self.process, self.rate_hz);
        for at in waited {
            self.push(Sample {
                at,
                observation: Observation::Waiting,
            });
        }
    }

    fn push(&mut self, sample: Sample) {
        self.watched.samples.push(sample);
    }

    /// What was seen of a thread: the innermost line of the user's is enough.
    fn observe(&mut self, seen: &Seen, most_frames: usize) -> Observation {
        let top = Top {
            registers: &seen.registers,
            stack: &seen.stack,
        };
        let lines = &mut self.lines;
        let unwinder = &mut self.unwinder;
        let (frames, end) = unwinder.frames(top, lines, most_frames);
        let observation = lines.observe(&frames);
        let is_known = observation.is_in_python_source() || observation.is_at_barrier();
        self.depth.note(end == End::Beyond && !is_known);
        // Who called this code is not known: it may be a line of the user's. Those that call the
        // interpreter are seldom compiled.
        let is_lost = end == End::Unknown || end == End::Beyond && !is_interpreter(&frames);
        if is_lost && !is_known {
            Observation::Bad
        } else {
            observation
        }
    }

    fn finish(mut self) -> Watched {
        self.watched.samples.sort_by_key(|sample| sample.at);
        self.watched.sampler = Some("perf_event".to_owned());
        self.watched.code_lines = self.lines.code_lines().clone();
        self.watched.most_threads = Some(self.crowd.most());
        self.watched.misses_kernel = !self.events.see_the_kernel();
        self.watched
    }
}
