//! When the next sample is due.

use std::collections::VecDeque;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::sample::{Moment, Tick};

/// Weight of the latest stop in the running average of how long stops take. It is
/// large enough to follow a script that starts threads, and small enough to be steady.
const LATEST: f64 = 0.125;

/// Stops of whose lengths the median is averaged: one that is much longer than those around
/// it, as the first mostly is, then says nothing about the ones to come.
const RECENT: usize = 5;

/// Part of [`Pace::max_stopped`] that is left for samples at least, where the script is
/// stopped for other reasons as well.
const LEAST_LEFT: f64 = 0.25;

/// How often samples are to be taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    /// Ticks in a second, above 0.
    pub rate_hz: f64,
    /// Part of the time for which stops may last, above 0: where they would exceed it,
    /// ticks are put off.
    pub max_stopped: f64,
}

/// Jittered ticks at a rate.
///
/// Intervals are drawn evenly from half to one and a half of the mean one, so that
/// the ticks cannot keep step with a loop of the script. A tick that comes late
/// does not make the next ones hurry: what is missed is missed.
#[derive(Debug)]
pub(crate) struct Ticker {
    pace: Pace,
    rng: ChaCha8Rng,
    due: Moment,
    /// Whether the next tick is later than the rate alone would have it.
    put_off: bool,
    /// How long the last ticks stopped the script, in seconds, oldest first.
    recent_s: VecDeque<f64>,
    /// The running average of how long a tick stops the script; absent before the
    /// second, as a single one may be any length.
    stop_s: Option<f64>,
    /// The running average of the part of the time for which the script is stopped for
    /// other reasons, such as signals.
    otherwise_stopped: f64,
    advanced_at: Moment,
}

/// For how long a script was stopped since the last tick, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Stopped {
    /// To take samples.
    pub to_sample_s: f64,
    /// For other reasons, such as signals that a debugger has to pass on.
    pub otherwise_s: f64,
}

impl Ticker {
    /// Ticks at a pace, the first one interval after `start`.
    ///
    /// # Panics
    /// If the rate, or the part that stops may last, is not above 0.
    pub(crate) fn new(pace: Pace, seed: u64, start: Moment) -> Self {
        let Pace {
            rate_hz,
            max_stopped,
        } = pace;
        assert!(rate_hz > 0.0, "a rate of {rate_hz} Hz has no interval");
        assert!(
            max_stopped > 0.0,
            "a script has to be stopped to be sampled"
        );
        let mut ticker = Self {
            pace,
            rng: ChaCha8Rng::seed_from_u64(seed),
            due: start,
            put_off: false,
            recent_s: VecDeque::with_capacity(RECENT),
            stop_s: None,
            otherwise_stopped: 0.0,
            advanced_at: start,
        };
        ticker.move_on(start);
        ticker
    }

    /// How long to wait from `now` until the next tick.
    pub(crate) fn wait(&self, now: Moment) -> Duration {
        Duration::from_nanos(self.due.0.saturating_sub(now.0))
    }

    /// The tick that is due, as it happens `now`.
    pub(crate) fn tick(&self, now: Moment) -> Tick {
        Tick {
            at: now,
            late_s: now.seconds_since(self.due),
            put_off: self.put_off,
        }
    }

    /// Moves on to the next tick, which is the first one after `now`.
    pub(crate) fn advance(&mut self, now: Moment, stopped: Stopped) {
        let Stopped {
            to_sample_s,
            otherwise_s,
        } = stopped;
        self.average(to_sample_s);
        let elapsed_s = now.seconds_since(self.advanced_at);
        if elapsed_s > 0.0 {
            self.otherwise_stopped += LATEST * (otherwise_s / elapsed_s - self.otherwise_stopped);
        }
        self.advanced_at = now;
        self.move_on(now);
    }

    /// Moves on to the next tick, which is the first one after `now`, without an attempt to
    /// take a sample.
    pub(crate) fn skip(&mut self, now: Moment) {
        self.move_on(now);
    }

    /// Takes in the length of a stop.
    fn average(&mut self, stop_s: f64) {
        if self.recent_s.len() == RECENT {
            self.recent_s.pop_front();
        }
        self.recent_s.push_back(stop_s);
        let mut sorted: Vec<f64> = self.recent_s.iter().copied().collect();
        if sorted.len() < 2 {
            return;
        }
        sorted.sort_by(f64::total_cmp);
        // Of an even number the shorter one: of the first two either may be the odd one.
        let typical_s = sorted[(sorted.len() - 1) / 2];
        let average_s = self.stop_s.unwrap_or(typical_s);
        self.stop_s = Some(average_s + LATEST * (typical_s - average_s));
    }

    fn move_on(&mut self, now: Moment) {
        let wanted_s = 1.0 / self.pace.rate_hz;
        let most = self.pace.max_stopped;
        let left = (most - self.otherwise_stopped).max(LEAST_LEFT * most);
        let least_s = self.stop_s.unwrap_or(0.0) / left;
        self.put_off = least_s > wanted_s;
        let mean_ns = 1e9 * wanted_s.max(least_s);
        while self.due <= now {
            let factor = self.rng.random_range(0.5..1.5);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a positive interval of nanoseconds, far below 2^64"
            )]
            let interval = (mean_ns * factor) as u64;
            self.due.0 += interval.max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ticker(rate_hz: f64, max_stopped: f64) -> Ticker {
        let pace = Pace {
            rate_hz,
            max_stopped,
        };
        Ticker::new(pace, 3, Moment(0))
    }

    /// Intervals between `count` ticks, each of which stops the script for a time.
    fn intervals(ticker: &mut Ticker, count: usize, stopped_s: f64) -> Vec<u64> {
        let mut last = Moment(0);
        (0..count)
            .map(|_| {
                let at = ticker.due;
                let interval = at.0 - last.0;
                last = at;
                ticker.advance(after(at, stopped_s), to_sample(stopped_s));
                interval
            })
            .collect()
    }

    fn to_sample(stopped_s: f64) -> Stopped {
        Stopped {
            to_sample_s: stopped_s,
            ..Stopped::default()
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number of nanoseconds"
    )]
    fn after(moment: Moment, seconds: f64) -> Moment {
        Moment(moment.0 + (1e9 * seconds) as u64)
    }

    #[test]
    fn ticks_are_jittered_around_the_rate() {
        let intervals = intervals(&mut ticker(100.0, 0.2), 10_000, 0.0);
        let mean = intervals.iter().sum::<u64>() / 10_000;
        assert!((9_800_000..10_200_000).contains(&mean), "mean {mean} ns");
        assert!(*intervals.iter().min().unwrap() >= 5_000_000);
        assert!(*intervals.iter().max().unwrap() <= 15_000_000);
        let distinct: std::collections::BTreeSet<_> = intervals.iter().collect();
        assert!(distinct.len() > 9_000);
    }

    #[test]
    fn missed_ticks_are_not_made_up() {
        let mut ticker = ticker(100.0, 0.2);
        ticker.advance(Moment(1_000_000_000), Stopped::default());
        let wait = ticker.wait(Moment(1_000_000_000));
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(15));
    }

    #[test]
    fn a_tick_knows_how_late_it_is() {
        let ticker = ticker(100.0, 0.2);
        let tick = ticker.tick(after(ticker.due, 0.25));
        assert!((tick.late_s - 0.25).abs() < 1e-9 && !tick.put_off);
        assert!(ticker.tick(ticker.due).late_s <= 0.0);
    }

    #[test]
    fn long_stops_put_ticks_off_until_they_are_short_again() {
        let mut ticker = ticker(100.0, 0.2);
        intervals(&mut ticker, 3, 0.0015);
        assert!(!ticker.tick(ticker.due).put_off);
        intervals(&mut ticker, 30, 0.005);
        assert!(ticker.tick(ticker.due).put_off);
        intervals(&mut ticker, 100, 0.0015);
        assert!(!ticker.tick(ticker.due).put_off);
    }

    #[test]
    fn ticks_that_are_skipped_say_nothing_of_how_long_stops_take() {
        let mut ticker = ticker(100.0, 0.2);
        intervals(&mut ticker, 30, 0.005);
        for _ in 0..100 {
            let due = ticker.due;
            ticker.skip(due);
            assert!(ticker.due > due);
        }
        assert!(ticker.tick(ticker.due).put_off);
    }

    /// As where gdb reads much at its first stop: the rate stays what was asked for.
    #[test]
    fn one_slow_stop_puts_nothing_off() {
        for slow in [0, 1, 20] {
            let mut ticker = ticker(100.0, 0.2);
            for stop in 0..40 {
                let stopped_s = if stop == slow { 2.0 } else { 0.0015 };
                ticker.advance(after(ticker.due, stopped_s), to_sample(stopped_s));
                assert!(!ticker.tick(ticker.due).put_off, "{slow}: {stop}");
            }
        }
    }

    /// Signals stop the script for a tenth of the time: of the fifth that stops may take,
    /// half is left for samples. Where they take all of it, a quarter is.
    #[test]
    fn other_stops_leave_less_of_the_time_for_samples() {
        for (otherwise, left) in [(0.0, 0.2), (0.1, 0.1), (0.5, 0.05)] {
            let mut ticker = ticker(1000.0, 0.2);
            let ends: Vec<Moment> = (0..1000)
                .map(|_| {
                    let end = after(ticker.due, 0.002);
                    let stopped = Stopped {
                        to_sample_s: 0.002,
                        otherwise_s: otherwise * end.seconds_since(ticker.advanced_at),
                    };
                    ticker.advance(end, stopped);
                    end
                })
                .collect();
            let part = 499.0 * 0.002 / ends[999].seconds_since(ends[500]);
            assert!((part / left - 1.0).abs() < 0.1, "{part} instead of {left}");
        }
    }

    proptest! {
        #[test]
        fn stops_take_no_more_than_their_part(
            rate_hz in 1.0..1000.0_f64,
            max_stopped in 0.01..0.9_f64,
            stop_s in 0.0..0.05_f64,
        ) {
            let intervals = intervals(&mut ticker(rate_hz, max_stopped), 2000, stop_s);
            let all_s: f64 = intervals[1..]
                .iter()
                .map(|&interval| Duration::from_nanos(interval).as_secs_f64())
                .sum();
            let stopped = 1999.0 * stop_s / all_s;
            prop_assert!(stopped <= max_stopped * 1.05, "{stopped} of {max_stopped}");
            prop_assert!(1999.0 / all_s <= rate_hz * 1.05);
        }
    }
}
