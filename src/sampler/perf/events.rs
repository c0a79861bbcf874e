//! The kernel's clocks that interrupt a process, and what it notes at each interrupt.

use std::collections::BTreeMap;
use std::io;

use nix::unistd::Pid;
use perf_event::Sampler as Ring;
use perf_event::data::Record;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::clocks::{CLOCKS, Clocks, FAULTS, JITTER, RINGS, online_processors};
use crate::recording::Counter;
use crate::sample::Moment;
use crate::sampler::registers::Registers;
use crate::sampler::stacks::{DEEP_STACK, STACK};

/// What the kernel noted.
#[derive(Debug)]
pub(super) enum Note {
    /// A thread that ran.
    Thread(Box<Seen>),
    /// A thread that did what is counted, and for how many events that stands.
    Event(Counter, u64, Box<Seen>),
    /// That it had no room for so many of those, at about this moment.
    LostEvents(Counter, u64, Moment),
    /// That it had no room for so many, at about this moment.
    Lost(u64, Moment),
}

/// A thread as it was when it was interrupted.
#[derive(Debug)]
pub(super) struct Seen {
    /// When that was.
    pub(super) at: Moment,
    /// The kernel's number of it.
    pub(super) thread: u32,
    /// Its registers, as they are in its own code.
    pub(super) registers: Registers,
    /// The top of its stack.
    pub(super) stack: Vec<u8>,
    /// The instruction that an event is of, where the processor has noted it: the thread may have
    /// gone on before it was interrupted.
    pub(super) exact: Option<u64>,
}

/// The clocks of all threads of one process.
pub(super) struct Events {
    pub(super) clocks: Clocks,
    pub(super) counters: Vec<Counter>,
    pub(super) rings: Vec<Noted>,
    /// How many processors there is one of each for, for each thread.
    pub(super) processors: usize,
    /// Why the counters that were asked for are not there.
    pub(super) missing: BTreeMap<Counter, io::Error>,
    /// What others noted that were there before.
    pub(super) pending: Vec<Note>,
}

/// Where the kernel notes what one clock or counter finds.
pub(super) struct Noted {
    /// `None` for a clock.
    pub(super) counter: Option<Counter>,
    pub(super) ring: Ring,
    /// When it last found something.
    pub(super) last: Moment,
}

impl Events {
    /// Clocks for all threads of a process, of those that it has and those that it will start.
    /// They stand until [`Self::start`]. Beside them are those counters that there are.
    ///
    /// Fails where the system does not allow it.
    pub(super) fn open(
        process: Pid,
        rate_hz: f64,
        counters: &[Counter],
        rng: &mut ChaCha8Rng,
    ) -> io::Result<Self> {
        let periods_ns = CLOCKS.map(|part| {
            let hz = rate_hz * part * rng.random_range(1.0 - JITTER..1.0 + JITTER);
            1e9 / hz
        });
        let clocks = Clocks {
            process,
            periods_ns,
            rate_hz,
            with_kernel: true,
            threads_alone: true,
            stack: STACK,
            ring: RINGS[0],
        };
        clocks.open(counters)
    }

    /// Has more of the stacks copied from now on, unless the system does not allow as much. The
    /// clocks run, others than before.
    pub(super) fn deepen(&mut self) {
        let deep = Clocks {
            stack: DEEP_STACK,
            ring: RINGS[0],
            ..self.clocks
        };
        // What was not there from the start would not be whole.
        let (missing, there): (Vec<Counter>, Vec<Counter>) = self
            .counters
            .iter()
            .partition(|counter| self.missing.contains_key(counter));
        let Ok(mut deep) = deep.open(&there) else {
            return;
        };
        for noted in &mut self.rings {
            noted.ring.disable().ok();
        }
        if deep.start().is_err() {
            self.start().ok();
            return;
        }
        deep.pending = self.notes();
        deep.counters.extend(&missing);
        deep.missing.append(&mut self.missing);
        *self = deep;
    }

    /// Whether this process may have any clock at all: it is tried on the thread that asks.
    pub(super) fn check() -> io::Result<()> {
        let clocks = Clocks {
            process: Pid::this(),
            periods_ns: [1e7; CLOCKS.len()],
            rate_hz: 100.0,
            with_kernel: false,
            threads_alone: false,
            stack: STACK,
            ring: RINGS[RINGS.len() - 1],
        };
        let thread = nix::unistd::gettid().as_raw();
        let processors = online_processors()?;
        let first = processors.first().copied().unwrap_or_default();
        clocks.clock(thread, first, 1e7, clocks.ring).map(drop)
    }

    /// The counters that were asked for.
    pub(super) fn counters(&self) -> &[Counter] {
        &self.counters
    }

    /// For which part of the time each counter has counted, of those that there are. A processor
    /// counts few things at once; of more than those each has its turn.
    pub(super) fn parts(&mut self) -> BTreeMap<Counter, f64> {
        let mut times: BTreeMap<Counter, (f64, f64)> = BTreeMap::new();
        for noted in &mut self.rings {
            let Some(counter) = noted.counter else {
                continue;
            };
            let read = noted.ring.as_counter_mut().read_full();
            let read = read.map(|it| (it.time_enabled(), it.time_running()));
            if let Ok((Some(enabled), Some(running))) = read {
                let (all, ran) = times.entry(counter).or_default();
                *all += enabled.as_secs_f64();
                *ran += running.as_secs_f64();
            }
        }
        // On which processor a thread runs, its counters on the others are enabled as well.
        let processors = f64::from(u32::try_from(self.processors).unwrap_or(u32::MAX));
        let times = times.into_iter().filter(|(_, (all, _))| *all > 0.0);
        times
            .map(|(counter, (all, ran))| (counter, ran / all * processors))
            .collect()
    }

    /// Why those of them that are not there are not.
    pub(super) const fn missing(&self) -> &BTreeMap<Counter, io::Error> {
        &self.missing
    }

    /// Whether they also interrupt the kernel at its work for the process.
    pub(super) const fn see_the_kernel(&self) -> bool {
        self.clocks.with_kernel
    }

    /// Starts the clocks.
    pub(super) fn start(&mut self) -> io::Result<()> {
        let mut rings = self.rings.iter_mut();
        rings.try_for_each(|noted| noted.ring.enable())
    }

    /// What was noted since the last time, in the order in which it happened.
    pub(super) fn notes(&mut self) -> Vec<Note> {
        let process = self.clocks.process.as_raw().cast_unsigned();
        let mut notes = std::mem::take(&mut self.pending);
        for noted in &mut self.rings {
            while let Some(record) = noted.ring.next_record() {
                let at = noted.last;
                let lost_by = |number| match noted.counter {
                    None => Note::Lost(number, at),
                    Some(counter) => Note::LostEvents(counter, number, at),
                };
                notes.push(match record.parse_record() {
                    Ok(Record::Sample(sample)) if sample.pid() != Some(process) => continue,
                    Ok(Record::Sample(sample)) => match (seen(&sample), noted.counter) {
                        (Some(seen), None) => {
                            noted.last = seen.at;
                            Note::Thread(Box::new(seen))
                        }
                        (Some(seen), Some(counter)) => {
                            noted.last = seen.at;
                            let stands_for = sample.period().unwrap_or(FAULTS);
                            Note::Event(counter, stands_for, Box::new(seen))
                        }
                        (None, _) => lost_by(1),
                    },
                    Ok(Record::Lost(it)) => lost_by(it.lost),
                    // It interrupted too often, and was kept from it for a while.
                    Ok(Record::Throttle(_)) if noted.counter.is_some() => lost_by(1),
                    Ok(_) => continue,
                    // It was noted, and cannot be read.
                    Err(_) => lost_by(1),
                });
            }
        }
        notes.sort_by_key(|note| match note {
            Note::Thread(seen) | Note::Event(_, _, seen) => seen.at,
            Note::Lost(_, at) | Note::LostEvents(_, _, at) => *at,
        });
        notes
    }
}

/// A thread as a sample has it; `None` where that lacks what was asked for, as it does of a
/// thread of the kernel's.
fn seen(sample: &perf_event::data::Sample<'_>) -> Option<Seen> {
    Some(Seen {
        at: Moment(sample.time()?),
        thread: sample.tid()?,
        registers: Registers::of(&sample.regs_user()?.regs)?,
        stack: sample.stack_user().unwrap_or_default().to_vec(),
        exact: sample.ip(),
    })
}
