//! How many threads ran at once, as far as samples of one at a time tell.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::sample::Moment;

/// Threads that have a sample each within this time ran at once, or in turn.
const MOMENT: Duration = Duration::from_millis(20);

/// The threads that were seen of late.
pub(super) struct Crowd {
    begin: Moment,
    seen: BTreeSet<u32>,
    most: usize,
    /// No more can have run at once.
    processors: usize,
}

impl Crowd {
    pub(super) fn since(begin: Moment) -> Self {
        Self {
            begin,
            seen: BTreeSet::new(),
            most: 0,
            processors: std::thread::available_parallelism().map_or(usize::MAX, usize::from),
        }
    }

    /// Notes that a thread ran at a moment, none of which is before the last.
    pub(super) fn note(&mut self, thread: u32, at: Moment) {
        if self.begin.until(at) >= MOMENT {
            self.begin = at;
            self.seen.clear();
        }
        self.seen.insert(thread);
        self.most = self.most.max(self.seen.len());
    }

    /// The most threads that ran at once.
    pub(super) fn most(&self) -> u64 {
        self.most.min(self.processors) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn threads_that_are_seen_together_run_at_once() {
        let mut crowd = Crowd {
            processors: 4,
            ..Crowd::since(Moment(0))
        };
        assert_eq!(crowd.most(), 0);
        for (thread, at) in [(1, 1), (2, 30), (1, 60), (2, 65), (1, 70), (3, 100)] {
            crowd.note(thread, Moment(at * MS));
        }
        assert_eq!(crowd.most(), 2);
        for thread in 1..9 {
            crowd.note(thread, Moment(200 * MS));
        }
        assert_eq!(crowd.most(), 4);
    }
}
