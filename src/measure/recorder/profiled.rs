//! What the sampler saw of a run, within its measured window.

use std::collections::HashMap;
use std::time::Duration;

use super::{BRIEFLY_S, Recorder, warnings};
use crate::error::{Error, Result};
use crate::measure::run::FinishedRun;
use crate::measure::windows::Seen;
use crate::recording::{
    self, CountedEvents, Counter, Lateness, MachineCode, ProfiledRun, SampleCounts,
};
use crate::sample::tally::{Tally, tally, tally_events};
use crate::sample::window::{Phase, Window};
use crate::sample::{Moment, Stop, Tick};
use crate::sampler::Watched;
use crate::sampler::jit::FunctionCode;

/// A function's code is kept if it has this part of the samples in compiled code, one in so many.
const LEAST_PART: u64 = 100;

/// Samples that a window has room for where it cannot be by chance that there is none.
const MANY_TICKS: f64 = 20.0;

impl Recorder<'_> {
    /// The profile of a run, of what was seen of its processes. Fails where none of their windows
    /// has a sample.
    pub(super) fn profile(
        &mut self,
        finished: &FinishedRun,
        whole: &Window,
        seen: &[Seen<'_>],
    ) -> Result<ProfiledRun> {
        let samples = seen.iter().map(|it| (&it.watched.samples[..], it.window));
        let tally = tally(samples, |file| self.sources.locate(file));
        if tally.samples.window == 0 {
            return Err(self.nothing_sampled(finished, whole));
        }
        if let Some(samplers) = samplers(seen) {
            self.recording.sampler = samplers;
        }
        self.read_sources(finished, seen);
        for it in seen {
            self.note_functions(&it.watched.functions, &tally);
        }
        let name = &self.variant.name;
        let mut stops = stops_within(seen, |it| &it.stops);
        let foreign = stops_within(seen, |it| &it.foreign_stops);
        let foreign_stops = foreign.len() as u64;
        let unseen = unseen(seen);
        let attempts = ticks_within(seen).count();
        let counters = self.counters(seen);
        let said = [
            warnings::lost_events(name, &counters),
            warnings::foreign_stops(name, &foreign, seconds(seen)),
            warnings::unseen(name, unseen, attempts),
        ];
        said.into_iter().flatten().for_each(|it| self.warn(it));
        stops.extend(foreign);
        Ok(ProfiledRun {
            stopped_s: stops.iter().sum(),
            longest_stop_s: stops.into_iter().fold(0.0, f64::max),
            lateness: lateness(seen),
            first_sample_s: first_sample(seen).map(|at| at.seconds_since(finished.exit.started)),
            put_off: put_off(seen),
            unseen: unseen as u64,
            foreign_stops,
            fallback: finished.fallback.clone(),
            samples: self.counts(&tally, seen),
            lines: tally.lines,
            instructions: tally.instructions,
            stacks: tally.stacks,
            unlined: tally.unlined,
            counters,
        })
    }

    /// What the counters counted that there were.
    fn counters(&mut self, seen: &[Seen<'_>]) -> Vec<CountedEvents> {
        // What one of the processes has not counted would be missing of the others' sum.
        let Some((first, others)) = seen.split_first() else {
            return Vec::new();
        };
        let counters = first.watched.counted.counters.iter();
        let is_everywhere = |counter: &&Counter| {
            let mut others = others.iter();
            others.all(|it| it.watched.counted.counters.contains(counter))
        };
        let counters = counters.filter(is_everywhere).map(|&counter| {
            let processes = seen.iter().map(|it| {
                let counted = &it.watched.counted;
                (&counted.events[..], &counted.lost[..], it.window)
            });
            tally_events(counter, processes, |file| self.sources.locate(file))
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
    fn read_sources(&mut self, finished: &FinishedRun, seen: &[Seen<'_>]) {
        self.sources.add_texts(&finished.texts);
        self.sources.read_all();
        for it in seen {
            self.sources.note_code(&it.watched.code_lines);
        }
        for (file, reason) in self.sources.find_functions() {
            self.warn(format!(
                "the functions of `{file}` are unknown, only its lines are known: {reason}"
            ));
        }
    }

    /// The samples of a run, with how many are on lines that they cannot be on.
    fn counts(&self, tally: &Tally, seen: &[Seen<'_>]) -> SampleCounts {
        let mut samples = SampleCounts {
            misplaced: self.sources.misplaced(&tally.lines),
            ..tally.samples
        };
        let most_threads = seen.iter().filter_map(|it| it.watched.most_threads).max();
        if let Some(most_threads) = most_threads {
            samples.ticks = ticks_of(
                seconds(seen),
                self.recording.settings.rate_hz,
                samples.window,
            );
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

/// The moments of windows of so many seconds at which their threads would have been seen, each of which would have
/// given a sample, where each thread is sampled on its own.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window is not negative, and its samples are far below 2^52"
)]
fn ticks_of(seconds: f64, rate_hz: f64, samples: u64) -> u64 {
    let ticks = (seconds * rate_hz).round() as u64;
    ticks.clamp(1, samples.max(1))
}

/// Seconds of the windows together.
fn seconds(seen: &[Seen<'_>]) -> f64 {
    seen.iter().map(|it| it.window.seconds()).sum()
}

/// What took the samples: where there are several tools, each once.
fn samplers(seen: &[Seen<'_>]) -> Option<String> {
    let mut samplers: Vec<&str> = Vec::new();
    for sampler in seen.iter().filter_map(|it| it.watched.sampler.as_deref()) {
        if !samplers.contains(&sampler) {
            samplers.push(sampler);
        }
    }
    (!samplers.is_empty()).then(|| samplers.join(", "))
}

/// How many attempts within the windows saw nothing of what the threads do.
fn unseen(seen: &[Seen<'_>]) -> usize {
    let within = |it: &Seen<'_>| {
        let is_measured = |at: &&Moment| it.window.phase(**at) == Phase::Measured;
        it.watched.unseen.iter().filter(is_measured).count()
    };
    seen.iter().map(within).sum()
}

/// The stops of a kind that began in the measured windows, in seconds.
fn stops_within(seen: &[Seen<'_>], stops: impl Fn(&Watched) -> &Vec<Stop>) -> Vec<f64> {
    let within = seen.iter().flat_map(|it| {
        let stops = stops(it.watched).iter();
        stops.filter(|stop| it.window.phase(stop.at) == Phase::Measured)
    });
    within.map(Stop::seconds).collect()
}

/// The ticks that fell in the measured windows.
fn ticks_within<'s>(seen: &'s [Seen<'_>]) -> impl Iterator<Item = &'s Tick> {
    seen.iter().flat_map(|it| {
        let is_measured = |tick: &&Tick| it.window.phase(tick.at) == Phase::Measured;
        it.watched.ticks.iter().filter(is_measured)
    })
}

/// When the first sample of the measured windows was taken.
fn first_sample(seen: &[Seen<'_>]) -> Option<Moment> {
    let first = seen.iter().filter_map(|it| {
        let mut moments = it.watched.samples.iter().map(|sample| sample.at);
        moments.find(|at| it.window.phase(*at) == Phase::Measured)
    });
    first.min()
}

fn lateness(seen: &[Seen<'_>]) -> Lateness {
    let mut late_s: Vec<f64> = ticks_within(seen).map(|tick| tick.late_s).collect();
    late_s.sort_by(f64::total_cmp);
    Lateness {
        median_s: late_s.get(late_s.len() / 2).copied().unwrap_or(0.0),
        most_s: late_s.last().copied().unwrap_or(0.0),
    }
}

fn put_off(seen: &[Seen<'_>]) -> u64 {
    ticks_within(seen).filter(|tick| tick.put_off).count() as u64
}
