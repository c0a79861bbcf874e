//! The kernel's clocks that interrupt a process, and what it notes at each interrupt.

use std::fs;
use std::io;

use nix::errno::Errno;
use nix::unistd::Pid;
use perf_event::data::Record;
use perf_event::events::Software;
use perf_event::{Builder, Clock, SampleFlag, Sampler as Ring};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::process::{inspect, now};
use crate::sample::Moment;
use crate::sampler::registers::{self, Registers};
use crate::sampler::stacks::{DEEP_STACK, STACK};

/// Clocks that interrupt a thread, in turn. The kernel's have a fixed period, with which a loop
/// may keep in step; several of different periods are in step with none.
const CLOCKS: [f64; 3] = [0.28, 0.33, 0.39];

/// How much faster or slower each may be, so that no two runs have the same periods.
const JITTER: f64 = 0.05;

/// Sizes that a ring may have, in bytes, the best first: the more room there is, the longer may
/// a busy machine keep this process from emptying it. By default the kernel allows each user
/// 516 KiB for each processor, beside what the user may lock otherwise.
const RINGS: [usize; 5] = [2 << 20, 1 << 20, 512 << 10, 256 << 10, 128 << 10];

/// Bytes that all rings of a process may have together: a machine may have many processors, and a
/// process many threads.
const MOST_MEMORY: usize = 64 << 20;

/// Samples that a ring has room for at least.
const LEAST_ROOM: usize = 8;

/// How often it is tried to open clocks for all threads there are while new ones come.
const TRIES: u32 = 20;

/// What the kernel noted.
#[derive(Debug)]
pub(super) enum Note {
    /// A thread that ran.
    Thread(Box<Seen>),
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
}

/// The clocks of all threads of one process.
pub(super) struct Events {
    clocks: Clocks,
    rings: Vec<Noted>,
}

/// Where the kernel notes what one clock finds.
struct Noted {
    ring: Ring,
    /// When it last found something.
    last: Moment,
}

impl Events {
    /// Clocks for all threads of a process, of those that it has and those that it will start.
    /// They stand until [`Self::start`].
    ///
    /// Fails where the system does not allow it.
    pub(super) fn open(process: Pid, rate_hz: f64, rng: &mut ChaCha8Rng) -> io::Result<Self> {
        let periods_ns = CLOCKS.map(|part| {
            let hz = rate_hz * part * rng.random_range(1.0 - JITTER..1.0 + JITTER);
            1e9 / hz
        });
        let clocks = Clocks {
            process,
            periods_ns,
            with_kernel: true,
            threads_alone: true,
            stack: STACK,
            ring: RINGS[0],
        };
        clocks.open()
    }

    /// Has more of the stacks copied from now on, unless the system does not allow as much. The
    /// clocks run, others than before.
    pub(super) fn deepen(&mut self) {
        let deep = Clocks {
            stack: DEEP_STACK,
            ring: RINGS[0],
            ..self.clocks
        };
        if let Ok(mut deep) = deep.open()
            && deep.start().is_ok()
        {
            *self = deep;
        }
    }

    /// Whether this process may have any clock at all: it is tried on the thread that asks.
    pub(super) fn check() -> io::Result<()> {
        let clocks = Clocks {
            process: Pid::this(),
            periods_ns: [1e7; CLOCKS.len()],
            with_kernel: false,
            threads_alone: false,
            stack: STACK,
            ring: RINGS[RINGS.len() - 1],
        };
        let thread = nix::unistd::gettid().as_raw();
        let processors = online_processors()?;
        let first = processors.first().copied().unwrap_or_default();
        clocks.ring(thread, first, 1e7, clocks.ring).map(drop)
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
        let mut notes = Vec::new();
        for Noted { ring, last } in &mut self.rings {
            while let Some(record) = ring.next_record() {
                match record.parse_record() {
                    Ok(Record::Sample(sample)) if sample.pid() != Some(process) => {}
                    Ok(Record::Sample(sample)) => match seen(&sample) {
                        Some(seen) => {
                            *last = seen.at;
                            notes.push(Note::Thread(Box::new(seen)));
                        }
                        None => notes.push(Note::Lost(1, *last)),
                    },
                    Ok(Record::Lost(lost)) => notes.push(Note::Lost(lost.lost, *last)),
                    Ok(_) => {}
                    // It was noted, and cannot be read.
                    Err(_) => notes.push(Note::Lost(1, *last)),
                }
            }
        }
        notes.sort_by_key(|note| match note {
            Note::Thread(seen) => seen.at,
            Note::Lost(_, at) => *at,
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
    })
}

/// What the clocks of a process are.
#[derive(Clone, Copy)]
struct Clocks {
    process: Pid,
    periods_ns: [f64; CLOCKS.len()],
    with_kernel: bool,
    /// Whether child processes do not inherit them.
    threads_alone: bool,
    /// Bytes that are copied of a stack.
    stack: u32,
    /// Bytes of each ring.
    ring: usize,
}

impl Clocks {
    /// Opens them for all threads, with as much as the system allows.
    fn open(mut self) -> io::Result<Events> {
        let first = self.ring;
        let mut smaller = RINGS.iter().filter(move |&&size| size < first);
        loop {
            match self.open_for_all() {
                // It takes a privilege to see the kernel at work.
                Err(error) if is_denied(&error) && self.with_kernel => self.with_kernel = false,
                // Linux before 5.13 does not know of that.
                Err(error) if is_unknown(&error) && self.threads_alone => {
                    self.threads_alone = false;
                }
                Err(error) if is_denied_memory(&error) => {
                    self.ring = *smaller.next().ok_or(error)?;
                }
                opened => return opened,
            }
        }
    }

    /// A thread that starts while they are opened may have inherited them, or not: then they are
    /// opened anew.
    fn open_for_all(self) -> io::Result<Events> {
        for _ in 1..TRIES {
            let threads = thread_numbers(self.process)?;
            let events = self.open_for(&threads)?;
            let now = thread_numbers(self.process)?;
            if now.iter().all(|it| threads.contains(it)) {
                return Ok(events);
            }
        }
        self.open_for(&thread_numbers(self.process)?)
    }

    fn open_for(self, threads: &[i32]) -> io::Result<Events> {
        let processors = online_processors()?;
        let count = processors.len() * threads.len() * self.periods_ns.len();
        let size = self.ring.min(self.most_for_each(count)?);
        let mut rings = Vec::new();
        for processor in processors {
            for &thread in threads {
                for period_ns in self.periods_ns {
                    match self.ring(thread, processor, period_ns, size) {
                        Ok(ring) => rings.push(Noted { ring, last: now() }),
                        // It has ended since.
                        Err(error) if error.raw_os_error() == Some(Errno::ESRCH as i32) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(Events {
            clocks: self,
            rings,
        })
    }

    /// The largest size of each of so many rings. Fails where none has room enough.
    fn most_for_each(self, count: usize) -> io::Result<usize> {
        let least = LEAST_ROOM * self.stack as usize;
        let mut sizes = RINGS.into_iter();
        let fits = |&size: &usize| size >= least && size * count <= MOST_MEMORY;
        sizes
            .find(fits)
            .filter(|_| self.ring >= least)
            .ok_or_else(|| io::ErrorKind::OutOfMemory.into())
    }

    /// One clock, of one thread while it is on one processor: only such a one may be inherited
    /// by the threads that it starts.
    fn ring(self, thread: i32, processor: usize, period_ns: f64, size: usize) -> io::Result<Ring> {
        let mut builder = Builder::new(Software::CPU_CLOCK);
        builder
            .observe_pid(thread)
            .one_cpu(processor)
            .inherit(true)
            .inherit_thread(self.threads_alone)
            .sample_period(whole(period_ns))
            .sample(SampleFlag::IP | SampleFlag::TID | SampleFlag::TIME)
            .sample(SampleFlag::REGS_USER | SampleFlag::STACK_USER)
            .sample_regs_user(registers::MASK)
            .sample_stack_user(self.stack)
            .exclude_kernel(!self.with_kernel)
            .clockid(Clock::MONOTONIC);
        let ring = builder.build()?.sampled(size);
        // So the kernel says that no more memory may be locked.
        ring.map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => io::ErrorKind::OutOfMemory.into(),
            _ => error,
        })
    }
}

fn is_denied(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

fn is_unknown(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::InvalidInput, io::ErrorKind::Unsupported];
    kinds.contains(&error.kind())
}

fn is_denied_memory(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
}

/// The numbers of a process's threads.
fn thread_numbers(process: Pid) -> io::Result<Vec<i32>> {
    let threads = inspect::threads(process)?;
    Ok(threads.into_iter().map(|state| state.thread).collect())
}

/// The processors that the kernel uses.
fn online_processors() -> io::Result<Vec<usize>> {
    let text = fs::read_to_string("/sys/devices/system/cpu/online")?;
    ranges(text.trim()).ok_or_else(|| io::Error::other(format!("no list of processors: {text}")))
}

/// The numbers in a list as the kernel writes it, such as `0-3,6`.
fn ranges(text: &str) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        numbers.extend(first.parse().ok()?..=last.parse::<usize>().ok()?);
    }
    Some(numbers)
}

/// A number of nanoseconds, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is at least 1 Hz, and so a period below some seconds"
)]
fn whole(nanoseconds: f64) -> u64 {
    nanoseconds.max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_listed_in_ranges() {
        assert_eq!(ranges("0"), Some(vec![0]));
        assert_eq!(ranges("0-3,6"), Some(vec![0, 1, 2, 3, 6]));
        assert_eq!(ranges("0-"), None);
        assert_eq!(ranges(""), None);
    }

    #[test]
    fn all_clocks_together_have_the_rate() {
        let sum: f64 = CLOCKS.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}
