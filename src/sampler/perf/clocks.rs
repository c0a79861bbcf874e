//! Opening the kernel's clocks and counters, with as much as the system allows.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use nix::errno::Errno;
use nix::unistd::Pid;
use perf_event::events::{Hardware, Software};
use perf_event::{Builder, Clock, SampleFlag, SampleSkid, Sampler as Ring};

use super::events::{Events, Noted};
use crate::process::{inspect, now};
use crate::recording::Counter;
use crate::sampler::registers;

/// Clocks that interrupt a thread, in turn. The kernel's have a fixed period, with which a loop
/// may keep in step; several of different periods are in step with none.
pub(super) const CLOCKS: [f64; 3] = [0.28, 0.33, 0.39];

/// How much faster or slower each may be, so that no two runs have the same periods.
pub(super) const JITTER: f64 = 0.05;

/// Sizes that a ring may have, in bytes, the best first: the more room there is, the longer may
/// a busy machine keep this process from emptying it. By default the kernel allows each user
/// 516 KiB for each processor, beside what the user may lock otherwise.
pub(super) const RINGS: [usize; 5] = [2 << 20, 1 << 20, 512 << 10, 256 << 10, 128 << 10];

/// Bytes that all rings of a process may have together: a machine may have many processors, and a
/// process many threads.
const MOST_MEMORY: usize = 64 << 20;

/// Samples that a ring has room for at least.
const LEAST_ROOM: usize = 8;

/// Page faults of which one is looked at. A prime, with which no loop over pages is in step for long.
pub(super) const FAULTS: u64 = 53;

/// How exactly a counter may tell which instruction an event is of, the best first.
const EXACTNESS: [SampleSkid; 4] = [
    SampleSkid::RequireZero,
    SampleSkid::RequestZero,
    SampleSkid::Constant,
    SampleSkid::Arbitrary,
];

/// How often it is tried to open clocks for all threads there are while new ones come.
const TRIES: u32 = 20;

/// What the clocks of a process are.
#[derive(Clone, Copy)]
pub(super) struct Clocks {
    pub(super) process: Pid,
    pub(super) periods_ns: [f64; CLOCKS.len()],
    /// How many events of each counter to look at in a second.
    pub(super) rate_hz: f64,
    pub(super) with_kernel: bool,
    /// Whether child processes do not inherit them.
    pub(super) threads_alone: bool,
    /// Bytes that are copied of a stack.
    pub(super) stack: u32,
    /// Bytes of each ring.
    pub(super) ring: usize,
}

impl Clocks {
    /// Opens them for all threads, with as much as the system allows: where there is no room for
    /// the counters, without those.
    pub(super) fn open(self, counters: &[Counter]) -> io::Result<Events> {
        match self.open_with(counters) {
            Err(error) if is_denied_memory(&error) && !counters.is_empty() => {
                let no_room = |&counter| (counter, io::ErrorKind::OutOfMemory.into());
                Ok(Events {
                    counters: counters.to_vec(),
                    missing: counters.iter().map(no_room).collect(),
                    ..self.open_with(&[])?
                })
            }
            opened => opened,
        }
    }

    fn open_with(mut self, counters: &[Counter]) -> io::Result<Events> {
        let first = self.ring;
        let mut smaller = RINGS.iter().filter(move |&&size| size < first);
        loop {
            match self.open_for_all(counters) {
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
    fn open_for_all(self, counters: &[Counter]) -> io::Result<Events> {
        for _ in 1..TRIES {
            let threads = thread_numbers(self.process)?;
            let events = self.open_for(&threads, counters)?;
            let now = thread_numbers(self.process)?;
            if now.iter().all(|it| threads.contains(it)) {
                return Ok(events);
            }
        }
        self.open_for(&thread_numbers(self.process)?, counters)
    }

    fn open_for(self, threads: &[i32], counters: &[Counter]) -> io::Result<Events> {
        let processors = online_processors()?;
        let of_each = |&processor: &usize| threads.iter().map(move |&thread| (thread, processor));
        let places: Vec<(i32, usize)> = processors.iter().flat_map(of_each).collect();
        let count = places.len() * (self.periods_ns.len() + counters.len());
        let size = self.ring.min(self.most_for_each(count)?);
        let mut rings = Vec::new();
        for period_ns in self.periods_ns {
            let open = |thread, processor| self.clock(thread, processor, period_ns, size);
            rings.extend(noted(None, &places, open)?);
        }
        let mut missing = BTreeMap::new();
        for &counter in counters {
            let open = |thread, processor| self.counter(counter, thread, processor, size);
            match noted(Some(counter), &places, open) {
                Ok(opened) => rings.extend(opened),
                // Smaller rings may leave room for it.
                Err(error) if is_denied_memory(&error) => return Err(error),
                Err(error) => {
                    missing.insert(counter, error);
                }
            }
        }
        Ok(Events {
            clocks: self,
            counters: counters.to_vec(),
            rings,
            processors: processors.len(),
            pending: Vec::new(),
            missing,
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
    pub(super) fn clock(
        self,
        thread: i32,
        processor: usize,
        period_ns: f64,
        size: usize,
    ) -> io::Result<Ring> {
        let mut builder = Builder::new(Software::CPU_CLOCK);
        builder
            .sample_period(whole(period_ns))
            .exclude_kernel(!self.with_kernel);
        self.ring(builder, thread, processor, size)
    }

    /// One counter, as exact as the processor has it. How many events pass between two that are
    /// looked at is chosen by the kernel, anew each time, so that the rate is kept. Of what it counts
    /// itself it says how many it is going to let pass, and not how many have: there it is always
    /// the same number.
    fn counter(
        self,
        counter: Counter,
        thread: i32,
        processor: usize,
        size: usize,
    ) -> io::Result<Ring> {
        let mut builder = match counter {
            Counter::Cycles => Builder::new(Hardware::CPU_CYCLES),
            Counter::Instructions => Builder::new(Hardware::INSTRUCTIONS),
            Counter::BranchMisses => Builder::new(Hardware::BRANCH_MISSES),
            Counter::CacheMisses => Builder::new(Hardware::CACHE_MISSES),
            Counter::PageFaults => Builder::new(Software::PAGE_FAULTS),
        };
        builder.exclude_kernel(true);
        let exactness: &[SampleSkid] = if counter == Counter::PageFaults {
            builder.sample_period(FAULTS);
            // The kernel counts them where they happen.
            &[SampleSkid::Arbitrary]
        } else {
            builder
                .sample_frequency(whole(self.rate_hz))
                .sample(SampleFlag::PERIOD);
            &EXACTNESS
        };
        let mut last = io::Error::from(io::ErrorKind::Unsupported);
        for &skid in exactness {
            builder.precise_ip(skid);
            match self.ring(builder.clone(), thread, processor, size) {
                Err(error) if is_unknown(&error) => last = error,
                opened => return opened,
            }
        }
        Err(last)
    }

    fn ring(
        self,
        mut builder: Builder<'_>,
        thread: i32,
        processor: usize,
        size: usize,
    ) -> io::Result<Ring> {
        builder
            .observe_pid(thread)
            .one_cpu(processor)
            .inherit(true)
            .inherit_thread(self.threads_alone)
            .sample(SampleFlag::IP | SampleFlag::TID | SampleFlag::TIME)
            .sample(SampleFlag::REGS_USER | SampleFlag::STACK_USER)
            .sample_regs_user(registers::MASK)
            .sample_stack_user(self.stack)
            .clockid(Clock::MONOTONIC);
        let ring = builder.build()?.sampled(size);
        // So the kernel says that no more memory may be locked.
        ring.map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => io::ErrorKind::OutOfMemory.into(),
            _ => error,
        })
    }
}

/// What is opened for each thread on each processor, but for threads that have ended since.
fn noted(
    counter: Option<Counter>,
    places: &[(i32, usize)],
    open: impl Fn(i32, usize) -> io::Result<Ring>,
) -> io::Result<Vec<Noted>> {
    let mut rings = Vec::new();
    for &(thread, processor) in places {
        match open(thread, processor) {
            Ok(ring) => rings.push(Noted {
                counter,
                ring,
                last: now(),
            }),
            Err(error) if error.raw_os_error() == Some(Errno::ESRCH as i32) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(rings)
}

fn is_denied(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

fn is_unknown(error: &io::Error) -> bool {
    let numbers = [Errno::EINVAL, Errno::EOPNOTSUPP].map(|it| it as i32);
    error.raw_os_error().is_some_and(|it| numbers.contains(&it))
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
pub(super) fn online_processors() -> io::Result<Vec<usize>> {
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

/// A number of nanoseconds, or of events in a second, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is from 1 to some thousand Hz, and so a period below some seconds"
)]
fn whole(number: f64) -> u64 {
    number.max(1.0) as u64
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
