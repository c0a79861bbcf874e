//! What part of the profiled runs was measured, and what watching cost.

use super::{pooled_samples, profiled_runs, run_profiles};
use crate::recording::{ProfiledRun, Recording, Run};
use crate::share::Share;

/// What part of the profiled runs was measured, and what watching cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watching {
    /// Part of the runs' time, from start to exit, that was measured window.
    pub window_share: Share,
    /// Part of the measured window for which the script was stopped.
    pub stopped_share: Share,
    /// The longest single stop, in seconds.
    pub longest_stop_s: f64,
    /// Sampling rate that was asked for, in Hz.
    pub wanted_rate_hz: f64,
    /// How often it was attempted to take a sample in a second of the measured window;
    /// absent where it was not recorded.
    pub achieved_rate_hz: Option<f64>,
    /// Whether many attempts were put off because stops took too long a part of the time,
    /// of which the limit is this part; absent where they were not.
    pub kept_to: Option<Share>,
    /// Part of the attempts that saw no thread at work, although the script was working.
    pub unseen_share: Share,
    /// The median of how much later than planned an attempt was, in seconds: the largest
    /// of the runs'.
    pub median_late_s: f64,
    /// The most worker processes that were followed in one run; absent where children were
    /// ignored.
    pub followed: Option<u64>,
}

/// Why a script was sampled less often than was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slower {
    /// Stops took long, and were limited to this part of the time.
    Stops(Share),
    /// In this part of the attempts no thread could be seen at work.
    Unseen(Share),
    /// The machine was busy: the median of how late an attempt was, in seconds.
    Late(f64),
    /// Attempts took longer than the rate leaves time for.
    LongAttempts,
    /// The script is sampled while it has a processor, which others had.
    Displaced,
}

/// The part of attempts that saw nothing from which on they are the reason for a lower rate.
const UNSEEN_IS_WHY: Share = Share::new(0.05).expect("a share");

/// The part of the rate asked for below which the reader is told.
const MUCH_SLOWER: f64 = 0.9;

/// The part of the time between two samples by which they have to be late for that to be why there
/// are fewer.
const MUCH_LATE: f64 = 0.1;

/// Ticks that a window has to have room for before its rate means anything.
const ENOUGH_TICKS: f64 = 50.0;

impl Watching {
    /// The achieved rate, where it is more than a tenth below the one asked for.
    pub fn slower_rate_hz(&self) -> Option<f64> {
        self.achieved_rate_hz
            .filter(|rate| *rate < MUCH_SLOWER * self.wanted_rate_hz)
    }

    /// Whether it was sampled without being stopped.
    pub fn never_stops(&self) -> bool {
        self.longest_stop_s <= 0.0
    }

    /// Why the achieved rate is lower than the one asked for, where it is.
    pub fn why_slower(&self) -> Slower {
        match self.kept_to {
            Some(part) => Slower::Stops(part),
            None if self.unseen_share > UNSEEN_IS_WHY => Slower::Unseen(self.unseen_share),
            // Whoever does not stop it does not have to be in time.
            None if self.never_stops() => Slower::Displaced,
            None if self.median_late_s * self.wanted_rate_hz < MUCH_LATE => Slower::LongAttempts,
            None => Slower::Late(self.median_late_s),
        }
    }
}

/// What part of the profiled runs was measured, and what watching cost. Shares of
/// nothing are 0.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of ticks are far below 2^53"
)]
pub(crate) fn watching(recording: &Recording) -> Watching {
    let runs: Vec<_> = profiled_runs(recording).collect();
    let sum = |part: fn(&Run, &ProfiledRun) -> f64| -> f64 {
        runs.iter().map(|(run, profile)| part(run, profile)).sum()
    };
    let most = |part: fn(&ProfiledRun) -> f64| {
        let parts = runs.iter().map(|(_, profile)| part(profile));
        parts.fold(0.0, f64::max)
    };
    let window_s = sum(|run, _| run.window_s);
    let process_s = sum(|run, _| run.process_seconds());
    let ticks = pooled_samples(&run_profiles(recording)).ticks;
    let wanted_rate_hz = recording.settings.rate_hz;
    let is_known = ticks > 0 && process_s * wanted_rate_hz >= ENOUGH_TICKS;
    let put_off: u64 = runs.iter().map(|(_, profile)| profile.put_off).sum();
    let many = put_off > 0 && put_off >= ticks / 4;
    let unseen: u64 = runs.iter().map(|(_, profile)| profile.unseen).sum();
    Watching {
        window_share: Share::of_time(window_s, sum(|run, _| run.wall_s)),
        stopped_share: Share::of_time(sum(|_, profile| profile.stopped_s), process_s),
        longest_stop_s: most(|profile| profile.longest_stop_s),
        wanted_rate_hz,
        achieved_rate_hz: is_known.then(|| ticks as f64 / process_s),
        kept_to: many.then_some(Share::nearest(recording.settings.max_stopped)),
        unseen_share: Share::of_samples(unseen, ticks + unseen),
        median_late_s: most(|profile| profile.lateness.median_s),
        followed: recording.most_followed(),
    }
}
