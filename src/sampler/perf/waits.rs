//! For how long a process had no use for a processor.

use std::collections::HashMap;
use std::time::Duration;

use nix::unistd::Pid;

use crate::process::inspect;
use crate::sample::Moment;

/// Shorter waits are not told from the scheduler's inaccuracy.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// For how long a process waits.
pub(super) struct Waits {
    looked: Moment,
    /// For how long each thread has run or wanted to, in nanoseconds, when that was last looked
    /// at.
    busy_ns: HashMap<i32, u64>,
    /// What was waited and is not worth a sample yet, in samples.
    rest: f64,
}

impl Waits {
    /// Waits from this moment on.
    pub(super) fn since(at: Moment, process: Pid) -> Self {
        Self {
            looked: at,
            busy_ns: inspect::busy_ns(process).unwrap_or_default(),
            rest: 0.0,
        }
    }

    /// The moments until `at` at which a clock of this rate would have found no thread with
    /// something to do.
    pub(super) fn until(&mut self, at: Moment, process: Pid, rate_hz: f64) -> Vec<Moment> {
        let elapsed = self.looked.until(at);
        if elapsed < LOOK_INTERVAL {
            return Vec::new();
        }
        // Some kernels do not count that.
        let Some(busy_ns) = inspect::busy_ns(process)
            .ok()
            .filter(|busy_ns| busy_ns.values().any(|&busy| busy > 0))
        else {
            return Vec::new();
        };
        self.moments(at, busy_ns, rate_hz)
    }

    fn moments(&mut self, at: Moment, busy_ns: HashMap<i32, u64>, rate_hz: f64) -> Vec<Moment> {
        let elapsed = self.looked.until(at);
        let since = |(thread, &now): (&i32, &u64)| {
            let then = self.busy_ns.get(thread).copied().unwrap_or(0);
            now.saturating_sub(then)
        };
        let busy: u64 = busy_ns.iter().map(since).sum();
        let waited = elapsed.saturating_sub(Duration::from_nanos(busy));
        let samples = self.rest + waited.as_secs_f64() * rate_hz;
        self.rest = samples.fract();
        let number = whole(samples);
        let begin = self.looked;
        self.looked = at;
        self.busy_ns = busy_ns;
        (0..number)
            .map(|index| begin + elapsed * index / number)
            .collect()
    }
}

/// The whole part of a number of samples, which a second has a thousand of.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number is not negative, and below the highest rate times the time of a run"
)]
fn whole(samples: f64) -> u32 {
    samples as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn waits(busy_ns: &[(i32, u64)]) -> Waits {
        Waits {
            looked: Moment(0),
            busy_ns: busy_ns.iter().copied().collect(),
            rest: 0.0,
        }
    }

    #[track_caller]
    fn check(before: &[(i32, u64)], now: &[(i32, u64)], expected: usize) {
        let mut waits = waits(before);
        let moments = waits.moments(Moment(100 * MS), now.iter().copied().collect(), 1000.0);
        assert_eq!(moments.len(), expected);
        assert!(moments.iter().all(|at| at.0 < 100 * MS));
        assert!(moments.is_sorted());
    }

    #[test]
    fn it_waits_while_no_thread_is_busy() {
        check(&[(1, 0)], &[(1, 0)], 100);
        check(&[(1, 7 * MS)], &[(1, 47 * MS)], 60);
        check(&[(1, 0)], &[(1, 100 * MS)], 0);
    }

    #[test]
    fn threads_that_come_are_busy_too_and_of_those_that_go_nothing_is_known() {
        check(&[(1, 0)], &[(1, 10 * MS), (2, 50 * MS)], 40);
        check(&[(1, 0), (2, 80 * MS)], &[(1, 30 * MS)], 70);
    }

    /// Whether they were busy at the same time is not known either.
    #[test]
    fn what_several_threads_do_is_added_up() {
        check(&[(1, 0), (2, 0)], &[(1, 20 * MS), (2, 50 * MS)], 30);
        check(&[(1, 0), (2, 0)], &[(1, 90 * MS), (2, 90 * MS)], 0);
    }

    /// What is too short for a sample is not lost.
    #[test]
    fn short_waits_add_up() {
        let mut waits = waits(&[(1, 0)]);
        let mut number = 0;
        for look in 1..=10 {
            // It waits for half a period in each.
            let busy = HashMap::from([(1, look * (100 * MS - MS / 2))]);
            number += waits.moments(Moment(look * 100 * MS), busy, 1000.0).len();
        }
        assert_eq!(number, 5);
    }
}
