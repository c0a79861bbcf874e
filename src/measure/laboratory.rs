//! The tools of a measurement, found before anything is run, and how a run is made with them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::remarks::take;
use super::run::{FinishedRun, Limits, StartSampler, run};
use super::setup::{Environment, Setup};
use super::{Surroundings, ending, last_lines, run_name};
use crate::config::{Place, Program, Run, Sampling, Variant};
use crate::error::{Error, Result, RevisionError, SuiteError};
use crate::options::{self, Children, Placement};
use crate::plan::{Purpose, Step};
use crate::process::python::Asking;
use crate::process::{Guard, Kin, Launch, Mode, Streams};
use crate::recording::Counter;
use crate::sampler::{Counted, Factory, Sampler, Settings};
use crate::throughput::CALLS;

/// A variable of no meaning and random length. Where a program's environment ends its
/// stack begins, and with that where its data lies: one version may be lucky with that,
/// and a part of the difference would be luck (Mytkowicz et al. 2009). Hash seeds and
/// addresses are random in every process anyway.
const PADDING: &str = "PROFILA_PADDING";

/// By these the bootstrap knows what stands for what where a revision is run: the user's working
/// tree, and the folder of the revision.
const WORKING_TREE: &str = "PROFILA_WORKING_TREE";
const REVISION: &str = "PROFILA_REVISION";

/// By this the bootstrap knows that a benchmark of a suite is run, and as which region its calls
/// are noted.
const SUITE: &str = "PROFILA_SUITE";

/// What Python runs then: a module that the bootstrap has made.
const RUN_BENCHMARK: &str = "import profila_suites; profila_suites.main()";

/// How runs are made and watched, whatever is run.
#[derive(Clone, Copy)]
pub(super) struct Conditions<'a> {
    pub(super) run: &'a Run,
    pub(super) sampling: &'a Sampling,
    pub(super) seed: u64,
    pub(super) placement: Placement,
}

/// A variant, and what runs it.
struct Prepared<'a> {
    variant: &'a Variant,
    setup: Setup,
}

/// The tools of a measurement.
pub(super) struct Laboratory<'a> {
    /// The variants, in their order.
    prepared: Vec<Prepared<'a>>,
    conditions: Conditions<'a>,
    surroundings: Surroundings<'a>,
    samplers: Factory,
    guard: Guard,
}

impl<'a> Laboratory<'a> {
    /// Finds Python, Numba and the sampler for these variants, of which there is one at least.
    pub(super) fn new(
        variants: &'a [Variant],
        conditions: Conditions<'a>,
        surroundings: Surroundings<'a>,
    ) -> Result<Self> {
        let guard = Guard::start()?;
        let asking = Asking {
            guard: &guard,
            working_dir: &conditions.run.cwd,
            environment: &Environment::new(),
            is_given_up: &|| surroundings.interrupts.first().is_some(),
        };
        let setups = Setup::of_all(variants, conditions, surroundings, &asking)?;
        let samplers = find_sampler(conditions.sampling.sampler, conditions.sampling, &setups)?;
        surroundings.observer.chose_sampler(&samplers);
        let prepared = variants.iter().zip(setups);
        Ok(Self {
            prepared: prepared
                .map(|(variant, setup)| Prepared { variant, setup })
                .collect(),
            conditions,
            surroundings,
            samplers,
            guard,
        })
    }

    /// What runs each variant, in their order.
    pub(super) fn setups(&self) -> impl Iterator<Item = (&'a Variant, &Setup)> {
        let prepared = self.prepared.iter();
        prepared.map(|Prepared { variant, setup }| (*variant, setup))
    }

    /// The variant that is run in a step.
    pub(super) fn variant(&self, step: Step) -> &'a Variant {
        self.prepared[step.variant].variant
    }

    /// What runs it.
    pub(super) fn setup(&self, step: Step) -> &Setup {
        &self.prepared[step.variant].setup
    }

    /// Samples per second of profiled runs.
    pub(super) fn rate_hz(&self) -> f64 {
        let wanted = self.conditions.sampling.rate_hz;
        wanted.unwrap_or_else(|| self.samplers.usual_rate_hz())
    }

    /// Makes a run. Fails where there was none, where it took too long or was interrupted, and
    /// where a script failed whose streams are captured.
    pub(super) fn run(&self, step: Step, streams: Streams) -> Result<FinishedRun> {
        if step.purpose != Purpose::Control {
            return self.attempt(step, streams, false);
        }
        let finished = self.attempt(step, streams, true)?;
        if finished.exit.status.success() {
            return Ok(finished);
        }
        // What the compiler writes to standard error may have been in the script's way.
        let mut finished = self.attempt(step, streams, false)?;
        let reason = "the script failed while the compiler wrote remarks, and not without them";
        finished.without_remarks = Some(reason.to_owned());
        Ok(finished)
    }

    /// Makes a run, in which the compiler may be asked for remarks. That a script fails then is no
    /// error yet.
    fn attempt(&self, step: Step, streams: Streams, remarks: bool) -> Result<FinishedRun> {
        let variant = self.variant(step);
        let Surroundings {
            interrupts,
            observer,
            ..
        } = self.surroundings;
        let cache = self.cache(step);
        let sampler = match step.purpose {
            Purpose::Profiled => Some(self.start_sampler(&self.samplers, step, 0)?),
            Purpose::Timed | Purpose::WarmUp | Purpose::Control => None,
        };
        let start = |child: u64| self.start_sampler(&self.samplers, step, child + 1);
        let of_children = (step.purpose == Purpose::Profiled).then_some(&start as StartSampler<'_>);
        let launch = Launch {
            python: &self.setup(step).python.path,
            arguments: arguments(variant),
            environment: self.environment(step, streams),
            working_dir: variant.cwd(self.conditions.run),
            mode: match step.purpose {
                Purpose::Profiled => Mode::Profiled { cache: &cache },
                Purpose::Control => Mode::Control {
                    cache: &cache,
                    remarks,
                },
                Purpose::Timed | Purpose::WarmUp => Mode::Timed,
            },
            kin: match self.conditions.run.children {
                Children::Ignore => Kin::Script,
                Children::Follow => Kin::Children,
            },
            placement: match self.conditions.placement {
                Placement::Fixed => None,
                Placement::Random => Some(placement(self.conditions.seed, step)),
            },
            streams,
            guard: &self.guard,
        };
        let limits = Limits {
            name: run_name(variant, step),
            timeout: self.conditions.run.timeout,
            interrupts,
            compiling: &|time: Duration, functions| observer.compiling(time, functions),
        };
        let mut finished = run(&launch, sampler, of_children, &limits)?;
        if step.purpose == Purpose::Profiled {
            note_uncounted(
                &mut finished.watched.counted,
                &self.conditions.sampling.counters,
            );
        }
        if let (Purpose::Control, Some(captured)) = (step.purpose, &mut finished.captured) {
            finished.remarks = take(&mut captured.stderr);
        }
        if let Some(captured) = &finished.captured {
            observer.wrote(captured);
            let was_asked = remarks && finished.without_remarks.is_none();
            if !was_asked {
                if let Some(problem) = finished.suite_problem.take() {
                    let run = limits.name;
                    return Err(SuiteError { run, problem }.into());
                }
                let status = finished.exit.status;
                require_success(status, words_of(variant, &captured.stderr), &limits.name)?;
            }
        }
        if let Some(problem) = finished.suite_problem.take() {
            // It has the user's own streams, or may not fail without remarks.
            let run = limits.name.clone();
            let failure = SuiteError { run, problem }.into();
            finished.failure = finished.failure.or(Some(failure));
        }
        if !finished.from_working_tree.is_empty() {
            return Err(RevisionError::FromWorkingTree {
                run: limits.name,
                modules: finished.from_working_tree,
            }
            .into());
        }
        Ok(finished)
    }

    /// The variables that a run has in addition to profila's own.
    fn environment(&self, step: Step, streams: Streams) -> Environment {
        let mut environment = self.setup(step).environment.clone();
        if streams == Streams::Capture {
            let padding = padding(self.conditions.seed, step);
            environment.insert(PADDING.into(), padding.into());
        }
        let variant = self.variant(step);
        if let Program::Benchmark(_) = variant.program {
            environment.insert(SUITE.into(), CALLS.into());
        }
        let place = variant.place.as_ref();
        if let Some((place, own)) = place.and_then(|it| Some((it, it.checked_out.as_ref()?))) {
            environment.insert(WORKING_TREE.into(), own.working_tree.clone().into());
            environment.insert(REVISION.into(), place.root.clone().into());
        }
        environment
    }

    /// Where Numba keeps what it compiles for profiled runs of a version: the first one
    /// compiles, and the others load. Another version may have another environment, of which
    /// Numba's cache knows nothing. A control run compiles everything, as LLVM is to speak
    /// about it.
    fn cache(&self, step: Step) -> PathBuf {
        let name = match step.purpose {
            Purpose::Control => format!("control-cache-{}", step.variant),
            _ => format!("numba-cache-{}", step.variant),
        };
        self.guard.folder().join(name)
    }

    /// Starts a sampler for the process of this number: the script is 0, and its children follow.
    fn start_sampler(
        &self,
        samplers: &Factory,
        step: Step,
        process: u64,
    ) -> Result<Box<dyn Sampler>> {
        let sampling = self.conditions.sampling;
        let settings = Settings {
            rate_hz: self.rate_hz(),
            max_stopped: sampling.max_stopped,
            seed: self.conditions.seed ^ u64::from(step.position) ^ (process << 32),
            max_depth: sampling.max_depth,
            counters: sampling.counters.clone(),
            roots: self.setup(step).roots.clone(),
            scratch: self.guard.folder().to_owned(),
        };
        samplers.start(settings, &self.guard)
    }
}

/// Notes of each counter that was asked for and that nothing was said of that the tool counts
/// nothing.
pub(super) fn note_uncounted(counted: &mut Counted, asked_for: &[Counter]) {
    for counter in asked_for {
        if !counted.counters.contains(counter) {
            let reason = || "only the sampler `perf` counts, which does not work here".to_owned();
            counted.missing.entry(*counter).or_insert_with(reason);
        }
    }
}

/// Finds what takes the samples of all versions: that beside any of their interpreters will do.
fn find_sampler(
    sampler: options::Sampler,
    sampling: &Sampling,
    setups: &[Setup],
) -> Result<Factory> {
    let mut found = setups.iter().map(|setup| {
        let python = &setup.python.path;
        Factory::find(sampler, sampling.gdb.path(), python)
    });
    let first = found.next().expect("there is a version to run");
    first.or_else(|missing| found.find_map(Result::ok).ok_or(missing))
}

/// What Python is started with, to run a variant.
fn arguments(variant: &Variant) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = match &variant.program {
        Program::Script(path) => vec![path.into()],
        Program::Module(name) => vec!["-m".into(), name.into()],
        Program::Code(code) => vec!["-c".into(), code.into()],
        // It runs already.
        Program::Process(_) => Vec::new(),
        Program::Benchmark(benchmark) => vec![
            "-c".into(),
            RUN_BENCHMARK.into(),
            benchmark.runner().into(),
            benchmark.name().into(),
        ],
    };
    arguments.extend(variant.args.iter().map(OsString::from));
    arguments
}

/// A text of random length.
fn padding(seed: u64, step: Step) -> String {
    "x".repeat(random(seed, step, 0).random_range(0..4096))
}

/// Places that are drawn from: with all of them a page is covered to a quarter, and a line of
/// a cache 16 times.
const PLACES: u32 = 64;

/// Bytes from one place to the next, to which compilers align functions and loops.
const ALIGNMENT: u32 = 16;

/// Where the code of a run is to begin, in bytes behind the start of a page.
fn placement(seed: u64, step: Step) -> u32 {
    ALIGNMENT * random(seed, step, 1).random_range(0..PLACES)
}

/// What a run draws from, for one of its purposes.
fn random(seed: u64, step: Step, purpose: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed ^ (u64::from(step.position) << 32) ^ (purpose << 63))
}

/// What a script wrote last on standard error. What a revision lacks is often the reason.
fn words_of(variant: &Variant, stderr: &[u8]) -> String {
    let words = last_lines(stderr);
    let is_revision = |place: &Place| place.checked_out.is_some();
    if !variant.place.as_ref().is_some_and(is_revision) {
        return words;
    }
    format!(
        "{words}\n(this is a revision, which has what git tracks and nothing else: `--copy GLOB` \
         and `--setup COMMAND` add what it needs)"
    )
}

fn require_success(status: ExitStatus, stderr: String, run: &str) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(Error::ScriptFailed {
        run: run.to_owned(),
        ending: ending(status),
        stderr,
    })
}
