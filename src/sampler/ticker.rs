//! When the next sample is due.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::sample::Moment;

/// Jittered ticks at a rate.
///
/// Intervals are drawn evenly from half to one and a half of the mean one, so that
/// the ticks cannot keep step with a loop of the script. A tick that comes late
/// does not make the next ones hurry: what is missed is missed.
#[derive(Clone, Debug)]
pub struct Ticker {
    interval_ns: f64,
    rng: ChaCha8Rng,
    due: Moment,
}

impl Ticker {
    /// Ticks at `rate_hz`, the first one interval after `start`.
    ///
    /// # Panics
    /// If the rate is not above 0.
    pub fn new(rate_hz: f64, seed: u64, start: Moment) -> Self {
        assert!(rate_hz > 0.0, "a rate of {rate_hz} Hz has no interval");
        let mut ticker = Self {
            interval_ns: 1e9 / rate_hz,
            rng: ChaCha8Rng::seed_from_u64(seed),
            due: start,
        };
        ticker.advance(start);
        ticker
    }

    /// How long to wait from `now` until the next tick.
    pub fn wait(&self, now: Moment) -> Duration {
        Duration::from_nanos(self.due.0.saturating_sub(now.0))
    }

    /// Moves on to the next tick, which is the first one after `now`.
    pub fn advance(&mut self, now: Moment) {
        while self.due <= now {
            let factor = self.rng.random_range(0.5..1.5);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a positive interval of nanoseconds, far below 2^64"
            )]
            let interval = (self.interval_ns * factor) as u64;
            self.due.0 += interval.max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(ticker: &mut Ticker, count: usize) -> Vec<u64> {
        let mut now = Moment(0);
        (0..count)
            .map(|_| {
                let wait = ticker.wait(now);
                now = ticker.due;
                ticker.advance(now);
                u64::try_from(wait.as_nanos()).unwrap()
            })
            .collect()
    }

    #[test]
    fn ticks_are_jittered_around_the_rate() {
        let intervals = intervals(&mut Ticker::new(100.0, 3, Moment(0)), 10_000);
        let mean = intervals.iter().sum::<u64>() / 10_000;
        assert!((9_800_000..10_200_000).contains(&mean), "mean {mean} ns");
        assert!(*intervals.iter().min().unwrap() >= 5_000_000);
        assert!(*intervals.iter().max().unwrap() <= 15_000_000);
        let distinct: std::collections::BTreeSet<_> = intervals.iter().collect();
        assert!(distinct.len() > 9_000);
    }

    #[test]
    fn missed_ticks_are_not_made_up() {
        let mut ticker = Ticker::new(100.0, 3, Moment(0));
        ticker.advance(Moment(1_000_000_000));
        let wait = ticker.wait(Moment(1_000_000_000));
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(15));
    }
}
