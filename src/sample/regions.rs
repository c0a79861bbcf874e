//! Regions: parts of a program that have a name, as the script has entered and left them.
//!
//! A region is open in a thread from each entry to the exit of the same name, and everything that
//! is called in between belongs to it, regions within it included. A thread that enters no region
//! at all, such as one of those that Numba spreads loops over, does what others have begun: it
//! belongs to what the main thread is in, and where that is in no region to what any other thread
//! is in. What the main thread itself does belongs only to what it is in.
//!
//! Only entries that begin in the measured window count: one that began earlier did part of its
//! work before, and nobody knows how much.

use std::collections::BTreeMap;

use super::Moment;
use super::intervals::Intervals;
use super::window::Window;
use crate::recording::RegionRun;

/// Bytes of an event as the script's module notes it.
const EVENT: usize = 32;

/// The kinds of events. What is not whole has none of them.
const ENTER: u32 = 1;
const LEAVE: u32 = 2;

/// One entry of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    region: u32,
    thread: u32,
    begin: Moment,
    /// When it was left; `None` where it never was.
    end: Option<Moment>,
    units: Option<f64>,
}

impl Entry {
    /// When it was open, in a run that ended at `end`.
    fn times(&self, end: Moment) -> (Moment, Moment) {
        (self.begin, self.end.unwrap_or(end))
    }

    /// Whether any of it was in a window.
    fn meets(&self, window: &Window) -> bool {
        let (begin, end) = self.times(window.end());
        window.measured().meets(begin, end)
    }
}

/// Entries of a region that reached into a window and do not count, or not in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uncounted {
    /// The region.
    pub(crate) region: String,
    /// How many began before the window, and are left out.
    pub(crate) early: u64,
    /// How many were left without units although others have some.
    pub(crate) without_units: u64,
    /// How many count.
    pub(crate) counted: u64,
}

/// The regions of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Regions {
    names: BTreeMap<u32, String>,
    main: u32,
    entries: Vec<Entry>,
}

impl Regions {
    /// Reads what a process has noted. Its main thread has the number of the process.
    ///
    /// Exits without an entry are ignored, and so is what has no name.
    pub(crate) fn read(noted: &[u8], names: BTreeMap<u32, String>, main: u32) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        // The entries that are open of each region in each thread, the innermost last.
        let mut open: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        let events = noted.chunks_exact(EVENT).filter_map(Event::read);
        let mut events: Vec<Event> = events.collect();
        // A thread may have filled the rest of what another one began before it.
        events.sort_by_key(|it| it.at);
        for event in events {
            if !names.contains_key(&event.region) {
                continue;
            }
            let open = open.entry((event.thread, event.region)).or_default();
            if event.kind == ENTER {
                open.push(entries.len());
                entries.push(event.entry());
            } else if let Some(index) = open.pop() {
                entries[index].end = Some(event.at);
                entries[index].units = event.units;
            }
        }
        Self {
            names,
            main,
            entries,
        }
    }

    /// The entries of each region that reached into a window.
    fn reaching_into(&self, window: &Window) -> BTreeMap<u32, Vec<&Entry>> {
        let mut entered: BTreeMap<u32, Vec<&Entry>> = BTreeMap::new();
        for entry in self.entries.iter().filter(|it| it.meets(window)) {
            entered.entry(entry.region).or_default().push(entry);
        }
        entered
    }

    /// The regions that were entered in a window, in the order in which the script first entered
    /// them, with what was done in each.
    pub(crate) fn within(&self, window: &Window) -> Vec<RegionRun> {
        let measured = window.measured();
        let done = self.reaching_into(window).into_iter();
        let done = done.filter_map(|(region, mut entries)| {
            entries.retain(|it| it.begin >= window.start());
            if entries.is_empty() {
                return None;
            }
            let units: Vec<f64> = entries.iter().filter_map(|it| it.units).collect();
            let open = Intervals::union(entries.iter().map(|it| it.times(window.end())));
            Some(RegionRun {
                name: self.names[&region].as_str().into(),
                entries: entries.len() as u64,
                units: (!units.is_empty()).then(|| units.iter().sum()),
                seconds: measured.intersection(&open).seconds(),
                left_open: entries.iter().filter(|it| it.end.is_none()).count() as u64,
            })
        });
        done.collect()
    }

    /// What `within` leaves out of regions, or does not know of them; none of those of which it
    /// has everything.
    pub(crate) fn uncounted(&self, window: &Window) -> Vec<Uncounted> {
        let regions = self.reaching_into(window).into_iter();
        let uncounted = regions.map(|(region, entries)| {
            let reaching = entries.len();
            let counted = entries.iter().filter(|it| it.begin >= window.start());
            let counted: Vec<&&Entry> = counted.collect();
            let left = counted.iter().filter(|it| it.end.is_some());
            let without_units = left.filter(|it| it.units.is_none()).count();
            let have_units = counted.iter().any(|it| it.units.is_some());
            Uncounted {
                region: self.names[&region].clone(),
                early: (reaching - counted.len()) as u64,
                without_units: if have_units { without_units as u64 } else { 0 },
                counted: counted.len() as u64,
            }
        });
        uncounted
            .filter(|it| it.early > 0 || it.without_units > 0)
            .collect()
    }

    /// When a region was open in a window and which threads belonged to it.
    pub(crate) fn scope(&self, name: &str, window: &Window) -> Scope {
        let end = window.end();
        let region = self.names.iter().find(|(_, it)| *it == name);
        let region = region.map(|(&number, _)| number);
        let mut by_thread: BTreeMap<u32, Vec<(Moment, Moment)>> = BTreeMap::new();
        let mut all_of_main = Vec::new();
        for entry in &self.entries {
            let times = entry.times(end);
            let of_thread = by_thread.entry(entry.thread).or_default();
            if Some(entry.region) == region && entry.begin >= window.start() {
                of_thread.push(times);
            }
            if entry.thread == self.main {
                all_of_main.push(times);
            }
        }
        let by_thread = by_thread.into_iter();
        let mut by_thread: BTreeMap<u32, Intervals> = by_thread
            .map(|(thread, times)| (thread, Intervals::union(times)))
            .collect();
        let of = |wanted: &dyn Fn(u32) -> bool| {
            let threads = by_thread.iter().filter(|(thread, _)| wanted(**thread));
            Intervals::union(threads.flat_map(|(_, times)| times.iter()))
        };
        let in_main = of(&|thread| thread == self.main);
        let in_others = of(&|thread| thread != self.main).without(&Intervals::union(all_of_main));
        let times = of(&|_| true);
        let of_others = Intervals::union(in_main.iter().chain(in_others.iter()));
        by_thread.entry(self.main).or_default();
        Scope {
            times,
            by_thread,
            of_others,
        }
    }
}

/// An entry or an exit as it was noted.
struct Event {
    at: Moment,
    units: Option<f64>,
    thread: u32,
    region: u32,
    kind: u32,
}

impl Event {
    /// Reads one; `None` of what is not whole.
    fn read(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            bytes
                .get(at..at + 4)?
                .try_into()
                .ok()
                .map(u32::from_ne_bytes)
        };
        let long = |at: usize| -> Option<[u8; 8]> { bytes.get(at..at + 8)?.try_into().ok() };
        let units = f64::from_ne_bytes(long(8)?);
        let event = Self {
            at: Moment(u64::from_ne_bytes(long(0)?)),
            units: (units.is_finite() && units >= 0.0).then_some(units),
            thread: word(16)?,
            region: word(20)?,
            kind: word(24)?,
        };
        matches!(event.kind, ENTER | LEAVE).then_some(event)
    }

    /// The entry that begins with it.
    const fn entry(&self) -> Entry {
        Entry {
            region: self.region,
            thread: self.thread,
            begin: self.at,
            end: None,
            units: None,
        }
    }
}

/// When a region was open, and which threads belonged to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// When it was open in any thread.
    times: Intervals,
    /// When each of those was in it that enter regions, and the main thread.
    by_thread: BTreeMap<u32, Intervals>,
    /// When the other threads belonged to it.
    of_others: Intervals,
}

impl Scope {
    /// When it was open in any thread.
    pub(crate) const fn times(&self) -> &Intervals {
        &self.times
    }

    /// Whether what a thread did at a moment belonged to it.
    pub(crate) fn has(&self, thread: u32, at: Moment) -> bool {
        let of_thread = self.by_thread.get(&thread);
        of_thread.unwrap_or(&self.of_others).has(at)
    }
}

#[cfg(test)]
mod tests;
