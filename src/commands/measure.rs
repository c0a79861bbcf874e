//! An experiment: all runs of the plan, and the recordings they come to.

mod advice;
mod agreement;
mod forms;
mod progress;
mod recorder;
mod setup;
mod sources;

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

use self::agreement::Agreement;
use self::forms::Forms;
use self::progress::Progress;
use self::recorder::Recorder;
use self::setup::{Environment, Setup};
use super::interrupts::Interrupts;
use super::run::{Bounds, Outcome, run};
use crate::config::{Config, Program, Sampling, Tool, Variant, Verbosity};
use crate::error::{Ending, Error, Result};
use crate::plan::{Purpose, Step};
use crate::process::python::Asking;
use crate::process::{Guard, Launch, Mode, Signal, Streams};
use crate::recording::Recording;
use crate::sampler::{Factory, Sampler, Settings};

pub(super) use self::setup::environment;

/// The tools of an experiment, found before anything is run.
pub(super) struct Laboratory<'a> {
    config: &'a Config,
    /// What runs each variant, in the order of the configuration.
    setups: Vec<Setup>,
    samplers: Factory,
    interrupts: &'a Interrupts,
    guard: Guard,
}

/// When an experiment may end before all of its runs were made, and what is seen of it
/// meanwhile.
pub(super) struct Looks<'a> {
    /// The rounds after which it is looked; none where all runs are made.
    pub(super) after: &'a [u32],
    /// Whether the recordings so far have an answer.
    pub(super) has_answer: &'a dyn Fn(&[Recording]) -> Result<bool>,
    /// What the recordings so far come to, in a line; nothing where nothing can be said.
    pub(super) so_far: &'a dyn Fn(&[Recording]) -> String,
}

impl Looks<'_> {
    /// All runs are made.
    pub(super) const NONE: Looks<'static> = Looks {
        after: &[],
        has_answer: &|_| Ok(false),
        so_far: &|_| String::new(),
    };
}

/// What a single run with the user's own streams came to.
pub(super) struct Observed {
    /// How the script ended.
    pub(super) status: ExitStatus,
    /// What was measured of it, or why nothing was.
    pub(super) recording: Result<Recording>,
}

impl<'a> Laboratory<'a> {
    /// Finds Python, Numba and the sampler. Paths are shown relative to `here`.
    pub(super) fn new(config: &'a Config, here: &Path, interrupts: &'a Interrupts) -> Result<Self> {
        let guard = Guard::start()?;
        let asking = Asking {
            guard: &guard,
            working_dir: &config.run.cwd,
            environment: &Environment::new(),
            is_given_up: &|| interrupts.first().is_some(),
        };
        let setups = Setup::of_all(config, here, &asking)?;
        let samplers = find_sampler(&config.sampling, &setups)?;
        if config.output.verbosity == Verbosity::Verbose {
            super::say(&samplers.to_string());
        }
        Ok(Self {
            config,
            setups,
            samplers,
            interrupts,
            guard,
        })
    }

    /// Makes the runs of a plan, all of them or up to the first look that has an answer,
    /// and gives one recording a variant.
    pub(super) fn measure(&self, steps: &[Step], looks: &Looks<'_>) -> Result<Vec<Recording>> {
        let created = creation_time();
        let experiment = experiment_id();
        let recordings = |recorders: &[Recorder<'_>]| -> Vec<Recording> {
            let recorders = recorders.iter().cloned();
            recorders
                .map(|recorder| recorder.finish(&experiment, &created, looks.after))
                .collect()
        };
        let mut recorders = Vec::new();
        for index in 0..self.config.variants.len() {
            recorders.push(Recorder::new(self, index)?);
        }
        let progress = Progress::new(steps, looks.after.len() > 1, self.config.output.verbosity);
        let mut agreement = Agreement::new(&self.config.compare.same_output);
        let mut forms = Forms::new();
        for (done, step) in steps.iter().enumerate() {
            let variant = &self.config.variants[step.variant];
            progress.begin(done, *step, &variant.name);
            let outcome = self.run(variant, *step, Streams::Capture, &|time, functions| {
                progress.compiling(time, functions);
            })?;
            if let (Purpose::Timed, Some(written)) = (step.purpose, &outcome.captured) {
                agreement.check(&run_name(variant, *step), &written.stdout)?;
            }
            let recorder = &mut recorders[step.variant];
            recorder.record(*step, &outcome, &mut forms)?;
            if let Some(unread) = recorder.take_unread() {
                progress.warn(&unread);
            }
            progress.end(*step);
            let ends_round = steps
                .get(done + 1)
                .is_none_or(|next| next.round > step.round);
            if ends_round && progress.is_shown() {
                progress.so_far(step.round, &(looks.so_far)(&recordings(&recorders)));
            }
            let is_look = ends_round && looks.after.contains(&step.round);
            if is_look && (looks.has_answer)(&recordings(&recorders))? {
                break;
            }
        }
        drop(progress);
        Ok(recordings(&recorders))
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
        let mut recorder = Recorder::new(self, step.variant)?;
        let created = creation_time();
        let mut outcome = self.run(variant, step, Streams::Inherit, &|_, _| {})?;
        let status = outcome.exit.status;
        let measured = match outcome.failure.take() {
            Some(error) => Err(error),
            None => recorder.record(step, &outcome, &mut Forms::new()),
        };
        Ok(Observed {
            status,
            recording: measured.map(|()| recorder.finish(&experiment_id(), &created, &[])),
        })
    }

    fn run(
        &self,
        variant: &Variant,
        step: Step,
        streams: Streams,
        compiling: &dyn Fn(Duration, usize),
    ) -> Result<Outcome> {
        let config = self.config;
        let setup = &self.setups[step.variant];
        let mut environment = setup.environment.clone();
        if streams == Streams::Capture {
            environment.insert(PADDING.into(), padding(config.compare.seed, step).into());
        }
        let cache = self.cache(step);
        let launch = Launch {
            python: &setup.python.path,
            arguments: arguments(variant),
            environment,
            working_dir: &config.run.cwd,
            mode: match step.purpose {
                Purpose::Profiled | Purpose::Control => Mode::Profiled { cache: &cache },
                Purpose::Timed | Purpose::WarmUp => Mode::Timed,
            },
            streams,
            guard: &self.guard,
        };
        let sampler = match step.purpose {
            Purpose::Profiled => Some(self.start_sampler(step)?),
            Purpose::Timed | Purpose::WarmUp | Purpose::Control => None,
        };
        let bounds = Bounds {
            name: run_name(variant, step),
            timeout: config.run.timeout,
            interrupts: self.interrupts,
            compiling,
        };
        let outcome = run(&launch, sampler, &bounds)?;
        if let Some(captured) = &outcome.captured {
            if config.output.verbosity == Verbosity::Verbose {
                pass_on(&captured.stdout);
                pass_on(&captured.stderr);
            }
            require_success(outcome.exit.status, &captured.stderr, bounds.name)?;
        }
        Ok(outcome)
    }

    /// Where Numba keeps what it compiles for profiled runs of a version: the first one
    /// compiles, and the others load. Another version may have another environment, of which
    /// Numba's cache knows nothing.
    fn cache(&self, step: Step) -> PathBuf {
        let name = format!("numba-cache-{}", step.variant);
        self.guard.folder().join(name)
    }

    fn start_sampler(&self, step: Step) -> Result<Box<dyn Sampler>> {
        let sampling = &self.config.sampling;
        let settings = Settings {
            rate_hz: sampling.rate_hz,
            max_stopped: sampling.max_stopped,
            seed: self.config.compare.seed ^ u64::from(step.position),
            max_depth: sampling.max_depth,
            roots: self.setups[step.variant].roots.clone(),
            scratch: self.guard.folder().to_owned(),
        };
        self.samplers.start(settings, &self.guard)
    }
}

/// Finds what takes the samples of all versions: that beside any of their interpreters will do.
fn find_sampler(sampling: &Sampling, setups: &[Setup]) -> Result<Factory> {
    let mut found = setups.iter().map(|setup| {
        let python = &setup.python.path;
        Factory::find(sampling.sampler, named(&sampling.gdb), python)
    });
    let first = found.next().expect("there is a version to run");
    first.or_else(|missing| found.find_map(Result::ok).ok_or(missing))
}

/// The tool that the user named, where that was done.
pub(super) fn named(tool: &Tool) -> Option<&Path> {
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

/// A variable of no meaning and random length. Where a program's environment ends its
/// stack begins, and with that where its data lies: one version may be lucky with that,
/// and a part of the difference would be luck (Mytkowicz et al. 2009). Hash seeds and
/// addresses are random in every process anyway.
const PADDING: &str = "PROFILA_PADDING";

fn padding(seed: u64, step: Step) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ (u64::from(step.position) << 32));
    "x".repeat(random.random_range(0..4096))
}

/// A run by its name in messages.
fn run_name(variant: &Variant, step: Step) -> String {
    let name = &variant.name;
    match step.purpose {
        Purpose::WarmUp => format!("the warm-up run of `{name}`"),
        Purpose::Timed => format!("the timed run of `{name}` in round {}", step.round),
        Purpose::Profiled => format!("the profiled run of `{name}` in round {}", step.round),
        Purpose::Control => format!("the control run of `{name}` in round {}", step.round),
    }
}

/// Passes a script's output on. Where nobody reads it, it is not missed.
fn pass_on(output: &[u8]) {
    std::io::stderr().write_all(output).ok();
}

/// Lines of a script's last words that are worth showing.
const LAST_LINES: usize = 20;

fn require_success(status: ExitStatus, stderr: &[u8], run: String) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(Error::ScriptFailed {
        run,
        ending: ending(status),
        stderr: last_lines(stderr),
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
    let now = SystemTime::now().max(UNIX_EPOCH);
    humantime::format_rfc3339_seconds(now).to_string()
}

/// A name that no other experiment has.
fn experiment_id() -> String {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let moment = since_epoch.unwrap_or_default().as_nanos();
    let digest = Sha256::digest(format!("{moment} {}", std::process::id()));
    digest[..8].iter().fold(String::new(), |id, byte| {
        use std::fmt::Write as _;
        let mut id = id;
        write!(id, "{byte:02x}").expect("a string takes all that is written");
        id
    })
}

/// The exit code a shell would show.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    let by_signal = status.signal().map(|signal| 128 + signal);
    status.code().or(by_signal).unwrap_or_default()
}
