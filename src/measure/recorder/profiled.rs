//! What the sampler saw of a run, within its measured window.

use std::collections::HashMap;
use std::time::Duration;

use super::{BRIEFLY_S, Recorder, warnings};
use crate::error::{Error, Result};
use crate::measure::run::FinishedRun;
use crate::recording::{self, CountedEvents, Lateness, MachineCode, ProfiledRun, SampleCounts};
use crate::sample::tally::{Tally, tally, tally_events};
use crate::sample::window::{Phase, Window};
use crate::sample::{Moment, Sample, Stop, Tick};
use crate::sampler::Watched;
use crate::sampler::jit::FunctionCode;

/// A function's code is kept if it has this part of the samples in compiled code, one in so many.
const LEAST_PART: u64 = 100;

/// Samples that a window has room for where it cannot be by chance that there is none.
const MANY_TICKS: f64 = 20.0;

impl Recorder<'_> {
    /// The profile of a run. Fails where the window has no sample.
    pub(super) fn profile(
        &mut self,
        finished: &FinishedRun,
        window: &Window,
    ) -> Result<ProfiledRun> {
        let watched = &finished.watched;
        let tally = tally(&watched.samples, window, |file| self.sources.locate(file));
        if tally.samples.window == 0 {
            return Err(self.nothing_sampled(finished, window));
        }
        if let Some(sampler) = &watched.sampler {
            self.recording.sampler.clone_from(sampler);
        }
        self.read_sources(finished);
        self.note_functions(&watched.functions, &tally);
        let name = &self.variant.name;
        let mut stops = stops_within(&watched.stops, window);
        let foreign = stops_within(&watched.foreign_stops, window);
        let foreign_stops = foreign.len() as u64;
        let unseen = unseen(watched, window);
        let attempts = ticks_within(&watched.ticks, window).count();
        let counters = self.counters(watched, window);
        let said = [
            warnings::lost_events(name, &counters),
            warnings::foreign_stops(name, &foreign, window),
            warnings::unseen(name, unseen, attempts),
        ];
        said.into_iter().flatten().for_each(|it| self.warn(it));
        stops.extend(foreign);
        Ok(ProfiledRun {
            stopped_s: stops.iter().sum(),
            longest_stop_s: stops.into_iter().fold(0.0, f64::max),
            lateness: lateness(&watched.ticks, window),
            first_sample_s: first_sample(&watched.samples, window)
                .map(|at| at.seconds_since(finished.exit.started)),
            put_off: put_off(&watched.ticks, window),
            unseen: unseen as u64,
            foreign_stops,
            fallback: finished.fallback.clone(),
            samples: self.counts(&tally, watched, window),
            lines: tally.lines,
            instructions: tally.instructions,
            stacks: tally.stacks,
            counters,
        })
    }

    /// What the counters counted that there were.
    fn counters(&mut self, watched: &Watched, window: &Window) -> Vec<CountedEvents> {
        let counted = &watched.counted;
        let counters = counted.counters.iter().map(|&counter| {
            let locate = |file: &str| self.sources.locate(file);
            tally_events(counter, &counted.events, &counted.lost, window, locate)
        });
        counters.collect()
    }

    /// Keeps the machine code of functions that have samples enough, and had not in earlier runs.
    fn note_functions(&mut self, functions: &[FunctionCode], tally: &Tally) {
        let mut samples: HashMap<&str, u64> = HashMap::new();
        for it in &tally.instructions {
            *samples.entry(&it.function).or_default() += it.samples;
        }
        let least = tally.samples.numba.div_ceil(LEAST_PART);
        for function in functions {
            let mut known = self.recording.code.iter();
            let is_known = known.any(|it| it.function == *function.name);
            let has_samples = samples.get(&*function.name).is_some_and(|&it| it >= least);
            if has_samples && !is_known && function.bytes.len() <= recording::MOST_BYTES {
                let code = self.machine_code(function);
                self.recording.code.push(code);
            }
        }
    }

    fn machine_code(&self, function: &FunctionCode) -> MachineCode {
        let mut code = MachineCode::new(&function.name, &function.bytes);
        code.symbols = function
            .symbols
            .iter()
            .map(|(offset, name)| (*offset, name.to_string()))
            .collect();
        let mut rows: Vec<[u32; 3]> = Vec::new();
        for row in &function.rows {
            let users = row.places.iter().find_map(|place| {
                let label = self.sources.users_label(&place.file)?;
                Some((label, place.line.get()))
            });
            let (file, line) = users.map_or((0, 0), |(label, line)| {
                let known = code.files.iter().position(|file| file == label);
                let index = known.unwrap_or_else(|| {
                    code.files.push(label.to_owned());
                    code.files.len() - 1
                });
                (u32::try_from(index).unwrap_or(u32::MAX), line)
            });
            if rows.last().is_none_or(|[_, f, l]| (*f, *l) != (file, line)) {
                rows.push([row.offset, file, line]);
            }
        }
        code.set_rows(&rows);
        code
    }

    /// Reads the files that samples fell in, as far as that was not done before.
    fn read_sources(&mut self, finished: &FinishedRun) {
        self.sources.add_texts(&finished.texts);
        self.sources.read_all();
        self.sources.note_code(&finished.watched.code_lines);
        for (file, reason) in self.sources.find_functions() {
            self.warn(format!(
                "the functions of `{file}` are unknown, only its lines are known: {reason}"
            ));
        }
    }

    /// The samples of a run, with how many are on lines that they cannot be on.
    fn counts(&self, tally: &Tally, watched: &Watched, window: &Window) -> SampleCounts {
        let mut samples = SampleCounts {
            misplaced: self.sources.misplaced(&tally.lines),
            ..tally.samples
        };
        if let Some(most_threads) = watched.most_threads {
            samples.ticks = ticks_of(window, self.recording.settings.rate_hz, samples.window);
            samples.most_threads = most_threads;
        }
        samples
    }

    /// Why there is no sample in a window.
    fn nothing_sampled(&self, finished: &FinishedRun, window: &Window) -> Error {
        let script = self.measured_name();
        let seconds = window.seconds();
        let window = Duration::from_secs_f64(seconds);
        if finished.timeline.unheard_s(finished.exit.at) > BRIEFLY_S {
            let window = Some(window);
            return Error::Unheard { script, window };
        }
        if seconds * self.recording.settings.rate_hz >= MANY_TICKS {
            return Error::NotSampled { script, window };
        }
        Error::TooShort {
            script,
            samples: 0,
            window,
        }
    }
}

/// The moments of a window at which its threads would have been seen, each of which would have
/// given a sample, where each thread is sampled on its own.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window is not negative, and its samples are far below 2^52"
)]
fn ticks_of(window: &Window, rate_hz: f64, samples: u64) -> u64 {
    let ticks = (window.seconds() * rate_hz).round() as u64;
    ticks.clamp(1, samples.max(1))
}

/// How many attempts within the window saw nothing of what the threads do.
fn unseen(watched: &Watched, window: &Window) -> usize {
    let is_measured = |at: &&Moment| window.phase(**at) == Phase::Measured;
    watched.unseen.iter().filter(is_measured).count()
}

/// The stops that began in the measured window, in seconds.
fn stops_within(stops: &[Stop], window: &Window) -> Vec<f64> {
    let within = stops
        .iter()
        .filter(|stop| window.phase(stop.at) == Phase::Measured);
    within.map(Stop::seconds).collect()
}

/// The ticks that fell in the measured window.
fn ticks_within<'a>(ticks: &'a [Tick], window: &'a Window) -> impl Iterator<Item = &'a Tick> {
    let is_measured = |tick: &&Tick| window.phase(tick.at) == Phase::Measured;
    ticks.iter().filter(is_measured)
}

/// When the first sample of the measured window was taken.
fn first_sample(samples: &[Sample], window: &Window) -> Option<Moment> {
    let mut moments = samples.iter().map(|sample| sample.at);
    moments.find(|at| window.phase(*at) == Phase::Measured)
}

fn lateness(ticks: &[Tick], window: &Window) -> Lateness {
    let mut late_s: Vec<f64> = ticks_within(ticks, window)
        .map(|tick| tick.late_s)
        .collect();
    late_s.sort_by(f64::total_cmp);
    Lateness {
        median_s: late_s.get(late_s.len() / 2).copied().unwrap_or(0.0),
        most_s: late_s.last().copied().unwrap_or(0.0),
    }
}

fn put_off(ticks: &[Tick], window: &Window) -> u64 {
    ticks_within(ticks, window)
        .filter(|tick| tick.put_off)
        .count() as u64
}
