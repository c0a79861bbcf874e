//! From the runs of one variant to its recording.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use super::advice::Spent;
use super::forms::Forms;
use super::setup::Setup;
use super::sources::Sources;
use super::{Laboratory, ending, exit_code, last_lines, run_name};
use crate::commands::run::Outcome;
use crate::commands::versions::Versions;
use crate::config::{Config, Program, ThroughputSource, Variant};
use crate::error::{Error, Result};
use crate::plan::{Purpose, Step};
use crate::process::python::KNOWN_NUMBAS;
use crate::recording::{
    self, Block, Chosen, Lateness, Machine, MetricKind, MetricSource, ProfiledRun, Recording, Role,
    Run, RunKind, SampleCounts, Settings,
};
use crate::sample::tally::tally;
use crate::sample::window::{Phase, Window};
use crate::sample::{Moment, Sample, Stop, Tick};
use crate::sampler::Watched;
use crate::stats;
use crate::throughput;
use crate::throughput::{Fault, Likeness, Unread};

/// How long a process may take to be gone once it has closed all its files, in seconds:
/// the kernel frees its memory meanwhile.
const BRIEFLY_S: f64 = 1.0;

/// Samples that a window has room for where it cannot be by chance that there is none.
const MANY_TICKS: f64 = 20.0;

/// Part of the samples that may be unreadable before it has to be said.
const MUCH_BAD: f64 = 0.05;

/// Looks of a run that saw nothing of what its threads do, and their part of all looks, from
/// which on shares of parallel code are noticeably too small.
const MANY_UNSEEN: usize = 20;
const MUCH_UNSEEN: f64 = 0.3;

/// Part of the window that stops for signals may take before it has to be said.
const MUCH_STOPPED: f64 = 0.02;

/// How many these have to be: a few may take that part of a short window, on a busy machine.
const MANY_SIGNALS: usize = 20;

/// Collects the runs of one variant.
#[derive(Clone)]
pub(super) struct Recorder<'a> {
    laboratory: &'a Laboratory<'a>,
    variant: &'a Variant,
    setup: &'a Setup,
    role: Role,
    /// What the first run ran with.
    versions: Option<Versions>,
    sources: Sources,
    runs: Vec<Run>,
    metric_source: Option<MetricSource>,
    /// A line that looks like a rate and was not read.
    unread: Option<Unread>,
    /// The same, until it was shown.
    to_show: Option<String>,
    sampler: Option<String>,
    spent: Spent,
    warnings: Vec<String>,
}

impl<'a> Recorder<'a> {
    /// Reads the script of the variant with this index, and has no run yet.
    pub(super) fn new(laboratory: &'a Laboratory<'a>, index: usize) -> Result<Self> {
        let variant = &laboratory.config.variants[index];
        let setup = &laboratory.setups[index];
        let mut sources = Sources::new(setup.roots.clone());
        match &variant.program {
            Program::Script(path) => sources.read_script(&laboratory.config.run.cwd, path)?,
            Program::Code(code) => sources.add_code(code),
            Program::Module(_) => {}
        }
        Ok(Self {
            laboratory,
            variant,
            setup,
            versions: None,
            role: role(index, laboratory.config),
            sources,
            runs: Vec::new(),
            metric_source: None,
            unread: None,
            to_show: None,
            sampler: None,
            spent: Spent::default(),
            warnings: Vec::new(),
        })
    }

    /// Adds a run. Fails where it gave nothing to compare, or nothing in the form of the
    /// others.
    pub(super) fn record(
        &mut self,
        step: Step,
        outcome: &Outcome,
        forms: &mut Forms,
    ) -> Result<()> {
        let kind = match step.purpose {
            Purpose::WarmUp => return Ok(()),
            Purpose::Timed => RunKind::Timed,
            Purpose::Profiled => RunKind::Profiled,
            Purpose::Control => RunKind::Control,
        };
        let window = outcome.timeline.window(outcome.exit.at);
        let window = window.ok_or_else(|| self.nothing_compiled(outcome))?;
        let profile = match kind {
            RunKind::Timed | RunKind::Control => None,
            RunKind::Profiled => Some(self.profile(outcome, &window)?),
        };
        let metric = self.read_metric(outcome, step, forms)?;
        self.note_versions(&outcome.versions);
        self.note_warnings(outcome);
        let timeline = &outcome.timeline;
        let late = timeline.functions_compiled_late(&window);
        self.spent.add(outcome.exit.cpu_s, outcome.children_s, late);
        if kind == RunKind::Timed {
            self.spent.add_compiled(timeline.functions());
        }
        self.runs.push(Run {
            round: step.round,
            position: step.position,
            kind,
            exit_code: exit_code(outcome.exit.status),
            wall_s: outcome.exit.wall_s() - outcome.paused_s,
            cpu_s: outcome.exit.cpu_s,
            window_s: window.seconds(),
            peak_rss_bytes: outcome.exit.peak_rss_bytes,
            metric,
            profile,
        });
        Ok(())
    }

    /// Why there is no measured window.
    fn nothing_compiled(&self, outcome: &Outcome) -> Error {
        let script = self.script_name();
        if outcome.timeline.unheard_s(outcome.exit.at) > BRIEFLY_S {
            return Error::Unheard { script };
        }
        Error::NeverCompiled {
            script,
            in_children: Duration::from_secs_f64(outcome.children_s),
        }
    }

    /// What the user calls it.
    fn script_name(&self) -> String {
        match &self.variant.program {
            Program::Script(path) => path.display().to_string(),
            Program::Module(name) => name.clone(),
            Program::Code(_) => "-c".to_owned(),
        }
    }

    fn profile(&mut self, outcome: &Outcome, window: &Window) -> Result<ProfiledRun> {
        let watched = &outcome.watched;
        let tally = tally(&watched.samples, window, |file| self.sources.locate(file));
        if tally.samples.window == 0 {
            return Err(self.nothing_sampled(outcome, window));
        }
        self.sampler.clone_from(&watched.sampler);
        self.sources.add_texts(&outcome.texts);
        self.sources.read_all();
        self.sources.note_code(&watched.code_lines);
        for (file, reason) in self.sources.find_functions() {
            self.warn(format!(
                "the functions of `{file}` are unknown, only its lines are known: {reason}"
            ));
        }
        let samples = SampleCounts {
            misplaced: self.sources.misplaced(&tally.lines),
            ..tally.samples
        };
        let mut stops = stops_within(&watched.stops, window);
        let foreign = stops_within(&watched.foreign_stops, window);
        self.warn_of_foreign_stops(&foreign, window);
        let unseen = self.unseen(watched, window);
        let foreign_stops = foreign.len() as u64;
        stops.extend(foreign);
        Ok(ProfiledRun {
            stopped_s: stops.iter().sum(),
            longest_stop_s: stops.into_iter().fold(0.0, f64::max),
            lateness: lateness(&watched.ticks, window),
            first_sample_s: first_sample(&watched.samples, window)
                .map(|at| at.seconds_since(outcome.exit.started)),
            put_off: put_off(&watched.ticks, window),
            unseen,
            foreign_stops,
            fallback: outcome.fallback.clone(),
            samples,
            lines: tally.lines,
            instructions: tally.instructions,
            stacks: tally.stacks,
        })
    }

    /// Why there is no sample in a window.
    fn nothing_sampled(&self, outcome: &Outcome, window: &Window) -> Error {
        let script = self.script_name();
        let seconds = window.seconds();
        let window = Duration::from_secs_f64(seconds);
        if outcome.timeline.unheard_s(outcome.exit.at) > BRIEFLY_S {
            return Error::UnheardSoon { script, window };
        }
        if seconds * self.laboratory.config.sampling.rate_hz >= MANY_TICKS {
            return Error::NotSampled { script, window };
        }
        Error::TooShort {
            script,
            samples: 0,
            window,
        }
    }

    /// What a run counted. What a script prints is only seen where it is captured;
    /// elsewhere the seconds of the window have to do.
    fn read_metric(
        &mut self,
        outcome: &Outcome,
        step: Step,
        forms: &mut Forms,
    ) -> Result<Option<recording::Metric>> {
        let run = run_name(self.variant, step);
        let reading = match &outcome.captured {
            None => throughput::seconds(MetricKind::Window),
            Some(captured) => {
                let settings = &self.laboratory.config.throughput;
                let stdout = String::from_utf8_lossy(&captured.stdout);
                let reading = throughput::read(settings, &stdout, &outcome.metrics);
                reading
                    .map_err(|fault| self.without_metric(run.clone(), fault, &captured.stdout))?
            }
        };
        let reading = forms.agree(&run, reading)?;
        if let Some(unread) = reading.unread {
            self.note_unread(run, unread)?;
        }
        self.metric_source.get_or_insert(reading.source);
        Ok(reading.metric)
    }

    /// Why a run has no value.
    fn without_metric(&self, run: String, fault: Fault, stdout: &[u8]) -> Error {
        match fault {
            Fault::Missing => self.metric_missing(run, stdout),
            Fault::Unusable(value) => Error::MetricUnusable { run, value },
            Fault::Undirected { value, unit } => Error::MetricUndirected { run, value, unit },
            Fault::OtherUnit {
                value,
                unit,
                wanted,
            } => Error::MetricUnit {
                run,
                value,
                unit,
                wanted,
            },
            Fault::Ambiguous { value, readings } => Error::MetricAmbiguous {
                run,
                value,
                readings,
            },
        }
    }

    /// What has a rate for certain is not measured by something else; what only resembles
    /// one is shown, once.
    fn note_unread(&mut self, run: String, unread: Unread) -> Result<()> {
        if unread.likeness == Likeness::Rate {
            let line = unread.to_string();
            return Err(Error::MetricUnread { run, line });
        }
        if self.unread.is_none() {
            let name = &self.variant.name;
            self.to_show = Some(format!(
                "`{name}`: {unread}\n  profila compares the time of the measured window instead"
            ));
            let ways = unread
                .ways
                .iter()
                .map(|way| format!("; pattern = '{}'", way.pattern));
            self.warn(format!(
                "`{name}` printed `{}`, which looks like a rate but was not read: profila \
                 compares the time of the measured window instead, and decides no rule on \
                 throughput or costs by it. To read the rate, set `pattern` in [throughput]{}",
                unread.line,
                ways.collect::<String>()
            ));
            self.unread = Some(unread);
        }
        Ok(())
    }

    /// What has to be shown of a line that was not read, unless it was taken before.
    pub(super) fn take_unread(&mut self) -> Option<String> {
        self.to_show.take()
    }

    fn metric_missing(&self, run: String, stdout: &[u8]) -> Error {
        let pattern = &self.laboratory.config.throughput.pattern;
        Error::MetricMissing {
            run,
            pattern: match pattern {
                Some(pattern) => pattern.to_string(),
                None => "{\"value\": …} in the file named by PROFILA_METRICS".to_owned(),
            },
            stdout: last_lines(stdout),
        }
    }

    /// Learns what a run ran with, and says where that is not what the first one ran with.
    fn note_versions(&mut self, ran: &Versions) {
        let first = self.versions.get_or_insert_with(|| ran.clone());
        for change in first.changes(ran, &self.variant.name) {
            self.warn(change);
        }
    }

    fn note_warnings(&mut self, outcome: &Outcome) {
        if let Some(reason) = &outcome.fallback {
            self.warn(format!(
                "`{}`: profila cannot make this version of Numba emit line tables only \
                 ({reason}), so its debug build was profiled, which is slower and may spend its \
                 time on different lines than the build you ship; supported: Numba {KNOWN_NUMBAS}",
                self.variant.name
            ));
        }
        if let Some(reason) = &outcome.without_twin {
            self.warn(format!(
                "`{}`: where the compiler moved code, its lines are guesses, because its \
                 intermediate code could not be read ({reason})",
                self.variant.name
            ));
        }
        if outcome.exit.status.signal().is_some() {
            self.warn(format!(
                "`{}` {}: the report covers what it did until then",
                self.variant.name,
                ending(outcome.exit.status)
            ));
        }
        let unheard_s = outcome.timeline.unheard_s(outcome.exit.at);
        if unheard_s > BRIEFLY_S {
            self.warn(format!(
                "`{}` replaced itself with another program, or closed the descriptor on which it \
                 reports when Numba compiles, before it ended: what it did afterwards is not in \
                 the report",
                self.variant.name
            ));
        }
    }

    fn warn_of_foreign_stops(&mut self, stops: &[f64], window: &Window) {
        let part = stops.iter().sum::<f64>() / window.seconds();
        if part > MUCH_STOPPED && stops.len() >= MANY_SIGNALS {
            self.warn(format!(
                "`{}` receives many signals, such as those of a timer, and each stops it for a \
                 moment while it is sampled: it may handle fewer of them than without profila",
                self.variant.name
            ));
        }
    }

    /// How many looks saw nothing of what the threads do. Where there are many, what several
    /// threads do has too few samples, which is said.
    fn unseen(&mut self, watched: &Watched, window: &Window) -> u64 {
        let is_measured = |at: &&Moment| window.phase(**at) == Phase::Measured;
        let unseen = watched.unseen.iter().filter(is_measured).count();
        let looks = ticks_within(&watched.ticks, window).count();
        if unseen >= MANY_UNSEEN && stats::count(unseen) > MUCH_UNSEEN * stats::count(looks) {
            self.warn(format!(
                "`{}` could often not be seen at work, because others had the processors, or none \
                 was idle to look from while its threads slept until others had finished: what \
                 several threads do may have larger shares than the report says; use fewer threads \
                 (NUMBA_NUM_THREADS), or keep them from sleeping (OMP_WAIT_POLICY=active)",
                self.variant.name
            ));
        }
        unseen as u64
    }

    fn warn_of_bad_samples(&mut self) {
        let profiles = self.runs.iter().filter_map(|run| run.profile.as_ref());
        let (bad, all) = profiles.fold((0, 0), |(bad, all), profile| {
            (bad + profile.samples.bad, all + profile.samples.window)
        });
        if stats::samples(bad) > MUCH_BAD * stats::samples(all) {
            self.warn(format!(
                "`{}`: {bad} of {all} samples could not be read and have no line; run `profila \
                 doctor` to check whether another gdb is needed",
                self.variant.name
            ));
        }
    }

    /// Says of how many samples the lines are wrong for certain.
    fn warn_of_bad_lines(&mut self) {
        let profiles = self.runs.iter().filter_map(|run| run.profile.as_ref());
        let counts = profiles.map(|profile| (profile.samples.misplaced, profile.samples.numba));
        let (misplaced, all) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if misplaced > 0 {
            self.warn(format!(
                "`{}`: bad lines: {misplaced} of {all} samples were attributed to lines without \
                 code, such as those between functions; please report what the script does there",
                self.variant.name
            ));
        }
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The recording, made at `created` in the experiment of this name, in which it was
    /// looked after some rounds whether there was an answer.
    pub(super) fn finish(mut self, experiment: &str, created: &str, looks: &[u32]) -> Recording {
        for changed in self.sources.changed() {
            self.warn(format!(
                "{changed} was changed during the measurement; its lines are shown as first read"
            ));
        }
        for unreadable in self.sources.unreadable() {
            self.warn(format!(
                "the source of {unreadable} is unknown, or is not what was compiled; its lines \
                 are known only by number"
            ));
        }
        self.warn_of_bad_samples();
        self.warn_of_bad_lines();
        let config = self.laboratory.config;
        let asked = &self.setup.python;
        let ran = self.versions.unwrap_or_default();
        let sources = self.sources.into_recorded();
        let spent = self.spent;
        let mut warnings = self.warnings;
        warnings.extend(spent.warnings(&self.variant.name, &self.runs, &sources));
        Recording {
            schema: recording::SCHEMA.to_owned(),
            experiment: experiment.to_owned(),
            created: created.to_owned(),
            variant: described(self.variant),
            role: self.role,
            python: ran.python.unwrap_or_else(|| asked.version.clone()),
            numba: ran.numba.unwrap_or_else(|| asked.numba.clone()),
            sampler: self.sampler.unwrap_or_else(|| "none".to_owned()),
            settings: Settings {
                rate_hz: config.sampling.rate_hz,
                max_stopped: config.sampling.max_stopped,
                looks: looks.to_vec(),
                throughput: self.metric_source.unwrap_or(MetricSource {
                    source: MetricKind::Window,
                    unit: "s".to_owned(),
                    better: recording::Better::Lower,
                }),
                throughput_chosen: match config.throughput.source {
                    ThroughputSource::Auto => Chosen::Found,
                    ThroughputSource::Kind(_) => Chosen::Named,
                },
                unread_rate: self.unread.map(|unread| unread.line),
            },
            sources,
            blocks: vec![Block {
                machine: machine(),
                seed: config.compare.seed,
                runs: self.runs,
            }],
            warnings: warnings.into_iter().map(Into::into).collect(),
        }
    }
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

/// What the variant with this index is to the others.
const fn role(index: usize, config: &Config) -> Role {
    match index {
        0 => Role::Base,
        _ if config.compare.placebo && index + 1 == config.variants.len() => Role::Placebo,
        _ => Role::Candidate,
    }
}

fn described(variant: &Variant) -> recording::Variant {
    let mut described = recording::Variant {
        name: variant.name.clone(),
        script: None,
        module: None,
        code: None,
        args: variant.args.clone(),
    };
    match &variant.program {
        Program::Script(path) => described.script = Some(path.display().to_string()),
        Program::Module(name) => described.module = Some(name.clone()),
        Program::Code(code) => described.code = Some(code.clone()),
    }
    described
}

fn machine() -> Machine {
    use procfs::Current;
    let unknown = || "unknown".to_owned();
    let cpu = procfs::CpuInfo::current()
        .ok()
        .and_then(|info| info.model_name(0).map(str::to_owned));
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease");
    Machine {
        cpu: cpu.unwrap_or_else(unknown),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        kernel: release.map_or_else(|_| unknown(), |release| format!("Linux {}", release.trim())),
    }
}
