//! An experiment: all runs of the plan, and the recordings they come to.

mod progress;
mod sources;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use sha2::{Digest, Sha256};

use self::progress::Progress;
use self::sources::Sources;
use super::interrupts::Interrupts;
use super::run::{Bounds, Outcome, run};
use crate::config::{Config, Program, Tool, Variant, Verbosity};
use crate::error::{Ending, Error, Result};
use crate::plan::{Purpose, Step};
use crate::recording::{
    self, Machine, MetricSource, ProfiledRun, Recording, Run, RunKind, Settings,
};
use crate::sample::Stop;
use crate::sample::tally::tally;
use crate::sample::window::{Phase, Window};
use crate::sampler::gdb::{self, GdbSampler};
use crate::source::SourceRoots;
use crate::target::python::{self, Python};
use crate::target::{Launch, Mode, Streams};
use crate::throughput;

/// The tools of an experiment, found before anything is run.
pub(super) struct Laboratory<'a> {
    config: &'a Config,
    python: Python,
    gdb: PathBuf,
    roots: SourceRoots,
    interrupts: &'a Interrupts,
}

/// What a single run with the user's own streams came to.
pub(super) struct Observed {
    /// How the script ended.
    pub(super) status: ExitStatus,
    /// What was measured of it, or why nothing was.
    pub(super) recording: Result<Recording>,
}

impl<'a> Laboratory<'a> {
    /// Finds Python, Numba and gdb. Paths are shown relative to `here`.
    pub(super) fn new(config: &'a Config, here: &Path, interrupts: &'a Interrupts) -> Result<Self> {
        let python = python::find(named(&config.run.python), &config.run.cwd)?;
        let gdb = gdb::find(named(&config.sampling.gdb), &python.path)?;
        let roots = SourceRoots {
            working_dir: here.to_owned(),
            library_dirs: python.library_dirs.clone(),
        };
        if config.output.verbosity == Verbosity::Verbose {
            super::say(&format!(
                "Python {} with Numba {}: {} (from {})\ngdb: {}",
                python.version,
                python.numba,
                python.path.display(),
                python.chosen_by,
                gdb.display(),
            ));
        }
        Ok(Self {
            config,
            python,
            gdb,
            roots,
            interrupts,
        })
    }

    /// Makes all runs of a plan, and gives one recording a variant.
    pub(super) fn measure(&self, steps: &[Step], streams: Streams) -> Result<Vec<Recording>> {
        let created = creation_time();
        let experiment = experiment_id();
        let mut recorders = Vec::new();
        for variant in &self.config.variants {
            recorders.push(Recorder::new(self, variant)?);
        }
        let progress = Progress::new(steps, self.config.output.verbosity);
        for (done, step) in steps.iter().enumerate() {
            let variant = &self.config.variants[step.variant];
            progress.begin(done, *step, &variant.name);
            let outcome = self.run(variant, *step, streams)?;
            recorders[step.variant].record(*step, &outcome)?;
            progress.end(*step);
        }
        drop(progress);
        let recordings = recorders.into_iter();
        Ok(recordings
            .map(|recorder| recorder.finish(&experiment, &created))
            .collect())
    }

    /// Makes one profiled run of the first variant, with the user's own streams.
    ///
    /// Fails where nothing could be run; what kept it from being measured is in
    /// the result, beside how the script ended.
    pub(super) fn observe(&self) -> Result<Observed> {
        let variant = &self.config.variants[0];
        let step = Step {
            round: 1,
            position: 0,
            variant: 0,
            purpose: Purpose::Profiled,
        };
        let mut recorder = Recorder::new(self, variant)?;
        let created = creation_time();
        let outcome = self.run(variant, step, Streams::Inherit)?;
        let status = outcome.exit.status;
        let measured = recorder.record(step, &outcome);
        Ok(Observed {
            status,
            recording: measured.map(|()| recorder.finish(&experiment_id(), &created)),
        })
    }

    fn run(&self, variant: &Variant, step: Step, streams: Streams) -> Result<Outcome> {
        let config = self.config;
        let launch = Launch {
            python: &self.python.path,
            arguments: arguments(variant),
            environment: environment(config, variant),
            working_dir: &config.run.cwd,
            mode: match step.purpose {
                Purpose::Profiled => Mode::Profiled,
                Purpose::Timed | Purpose::WarmUp => Mode::Timed,
            },
            streams,
        };
        let sampler: Option<Box<dyn crate::sampler::Sampler>> = match step.purpose {
            Purpose::Profiled => Some(Box::new(GdbSampler::start(self.sampler(step))?)),
            Purpose::Timed | Purpose::WarmUp => None,
        };
        let bounds = Bounds {
            name: run_name(variant, step),
            timeout: config.run.timeout,
            interrupts: self.interrupts,
        };
        let outcome = run(&launch, sampler, &bounds)?;
        if config.output.verbosity == Verbosity::Verbose {
            pass_on(&outcome.captured.stdout);
            pass_on(&outcome.captured.stderr);
        }
        if streams == Streams::Capture {
            require_success(&outcome, bounds.name)?;
        }
        Ok(outcome)
    }

    fn sampler(&self, step: Step) -> gdb::Settings {
        gdb::Settings {
            gdb: self.gdb.clone(),
            rate_hz: self.config.sampling.rate_hz,
            seed: self.config.compare.seed ^ u64::from(step.position),
            max_depth: self.config.sampling.max_depth,
            roots: self.roots.clone(),
        }
    }
}

fn named(tool: &Tool) -> Option<&Path> {
    match tool {
        Tool::Auto => None,
        Tool::Path(path) => Some(path),
    }
}

/// What Python is started with, to run a variant.
fn arguments(variant: &Variant) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = match &variant.program {
        Program::Script(path) => vec![path.into()],
        Program::Module(name) => vec!["-m".into(), name.into()],
        Program::Code(code) => vec!["-c".into(), code.into()],
    };
    arguments.extend(variant.args.iter().map(OsString::from));
    arguments
}

fn environment(config: &Config, variant: &Variant) -> BTreeMap<OsString, OsString> {
    let variables = config.environment(variant).into_iter();
    variables
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// A run by its name in messages.
fn run_name(variant: &Variant, step: Step) -> String {
    let name = &variant.name;
    match step.purpose {
        Purpose::WarmUp => format!("the warm-up run of `{name}`"),
        Purpose::Timed => format!("the timed run of `{name}` in round {}", step.round),
        Purpose::Profiled => format!("the profiled run of `{name}` in round {}", step.round),
    }
}

/// Passes a script's output on. Where nobody reads it, it is not missed.
fn pass_on(output: &[u8]) {
    std::io::stderr().write_all(output).ok();
}

/// Lines of a script's last words that are worth showing.
const LAST_LINES: usize = 20;

fn require_success(outcome: &Outcome, run: String) -> Result<()> {
    if outcome.exit.status.success() {
        return Ok(());
    }
    Err(Error::ScriptFailed {
        run,
        ending: ending(outcome.exit.status),
        stderr: last_lines(&outcome.captured.stderr),
    })
}

/// How a process ended.
pub(super) fn ending(status: ExitStatus) -> Ending {
    match status.signal() {
        Some(number) => Ending::Signal(match Signal::try_from(number) {
            Ok(signal) => signal.as_str().to_owned(),
            Err(_) => format!("signal {number}"),
        }),
        None => Ending::Code(status.code().unwrap_or_default()),
    }
}

fn last_lines(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

/// The present time to the second, RFC 3339.
fn creation_time() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}

/// A name that no other experiment has.
fn experiment_id() -> String {
    let moment = jiff::Timestamp::now().as_nanosecond();
    let digest = Sha256::digest(format!("{moment} {}", std::process::id()));
    digest[..8].iter().fold(String::new(), |id, byte| {
        use std::fmt::Write as _;
        let mut id = id;
        write!(id, "{byte:02x}").expect("a string takes all that is written");
        id
    })
}

/// Collects the runs of one variant.
struct Recorder<'a> {
    laboratory: &'a Laboratory<'a>,
    variant: &'a Variant,
    sources: Sources,
    runs: Vec<Run>,
    metric_source: Option<MetricSource>,
    sampler: Option<String>,
    warnings: Vec<String>,
}

impl<'a> Recorder<'a> {
    fn new(laboratory: &'a Laboratory<'a>, variant: &'a Variant) -> Result<Self> {
        let mut sources = Sources::new(laboratory.roots.clone());
        match &variant.program {
            Program::Script(path) => sources.read_script(&laboratory.config.run.cwd, path)?,
            Program::Code(code) => sources.add_code(code),
            Program::Module(_) => {}
        }
        Ok(Self {
            laboratory,
            variant,
            sources,
            runs: Vec::new(),
            metric_source: None,
            sampler: None,
            warnings: Vec::new(),
        })
    }

    fn record(&mut self, step: Step, outcome: &Outcome) -> Result<()> {
        let kind = match step.purpose {
            Purpose::WarmUp => return Ok(()),
            Purpose::Timed => RunKind::Timed,
            Purpose::Profiled => RunKind::Profiled,
        };
        let window = outcome.timeline.window(outcome.exit.at);
        let window = window.ok_or_else(|| Error::NeverCompiled {
            script: self.script_name(),
        })?;
        let profile = match kind {
            RunKind::Timed => None,
            RunKind::Profiled => Some(self.profile(outcome, &window)?),
        };
        let metric = self.read_metric(outcome, step)?;
        self.note_warnings(outcome);
        self.runs.push(Run {
            round: step.round,
            position: step.position,
            kind,
            exit_code: exit_code(outcome.exit.status),
            wall_s: outcome.exit.wall_s(),
            cpu_s: outcome.exit.cpu_s,
            window_s: window.seconds(),
            peak_rss_bytes: outcome.exit.peak_rss_bytes,
            metric,
            profile,
        });
        Ok(())
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
            return Err(Error::TooShort {
                script: self.script_name(),
                samples: 0,
                window: Duration::from_secs_f64(window.seconds()),
            });
        }
        self.sampler.clone_from(&watched.sampler);
        self.sources.read_all();
        let stops = stops_within(&watched.stops, window);
        Ok(ProfiledRun {
            stopped_s: stops.iter().sum(),
            longest_stop_s: stops.into_iter().fold(0.0, f64::max),
            samples: tally.samples,
            lines: tally.lines,
        })
    }

    fn read_metric(&mut self, outcome: &Outcome, step: Step) -> Result<Option<recording::Metric>> {
        let settings = &self.laboratory.config.throughput;
        let stdout = String::from_utf8_lossy(&outcome.captured.stdout);
        let run = run_name(self.variant, step);
        let reading = match throughput::read(settings, &stdout, &outcome.metrics) {
            Ok(Some(reading)) => reading,
            Ok(None) => return Err(self.metric_missing(run, &outcome.captured.stdout)),
            Err(value) => return Err(Error::MetricUnusable { run, value }),
        };
        match &self.metric_source {
            None => self.metric_source = Some(reading.source),
            Some(first) if *first == reading.source => {}
            Some(first) => {
                return Err(Error::Incomparable {
                    cause: format!(
                        "{run} reported in `{}`, and runs before it in `{}`",
                        reading.source.unit, first.unit
                    ),
                });
            }
        }
        Ok(reading.metric)
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

    fn note_warnings(&mut self, outcome: &Outcome) {
        if let Some(reason) = &outcome.fallback {
            self.warn(format!(
                "`{}`: this version of Numba cannot be given line tables alone ({reason}), so \
                 its debug build was profiled, which is slower and may spend its time on other \
                 lines than the build you ship; profila knows Numba 0.57 to 0.68",
                self.variant.name
            ));
        }
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn finish(mut self, experiment: &str, created: &str) -> Recording {
        for changed in self.sources.changed() {
            self.warn(format!(
                "{changed} was changed while it was measured; its lines are shown as they were"
            ));
        }
        let config = self.laboratory.config;
        let python = &self.laboratory.python;
        Recording {
            schema: recording::SCHEMA.to_owned(),
            experiment: experiment.to_owned(),
            created: created.to_owned(),
            variant: described(self.variant),
            python: python.version.clone(),
            numba: python.numba.clone(),
            sampler: self.sampler.unwrap_or_else(|| "none".to_owned()),
            settings: Settings {
                rate_hz: config.sampling.rate_hz,
                seed: config.compare.seed,
                throughput: self.metric_source.unwrap_or(MetricSource {
                    source: recording::MetricKind::Window,
                    unit: "s".to_owned(),
                    better: recording::Better::Lower,
                }),
            },
            machine: machine(),
            sources: self.sources.into_recorded(),
            runs: self.runs,
            warnings: self.warnings,
        }
    }
}

/// The stops that began in the measured window, in seconds.
fn stops_within(stops: &[Stop], window: &Window) -> Vec<f64> {
    let within = stops
        .iter()
        .filter(|stop| window.phase(stop.at) == Phase::Measured);
    within
        .map(|stop| stop.until.seconds_since(stop.at))
        .collect()
}

/// The exit code a shell would show.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    let by_signal = status.signal().map(|signal| 128 + signal);
    status.code().or(by_signal).unwrap_or_default()
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
