//! A process that runs already, watched for a while.

mod watching;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use self::watching::{Outcome, Seen, watch};
use super::Surroundings;
use super::laboratory::{Conditions, note_uncounted};
use super::meter::Meter;
use super::recorder::{Protocol, Recorder};
use super::run::FinishedRun;
use super::setup::Setup;
use super::versions::Versions;
use crate::config::{Attach, Program, Run, Tool, Variant};
use crate::error::{AttachError, Error, Result};
use crate::options::{Children, Placement, Sampler};
use crate::plan::{Purpose, Step};
use crate::process::{Exit, Guard, Stranger, Used};
use crate::recording::{Attached, Chosen, Recording, Role};
use crate::sample::regions::Regions;
use crate::sample::window::Timeline;
use crate::sampler::{Factory, JitInterface, Settings};
use crate::share::Share;

/// Samples in code without lines from which part of the window on it is said what to do.
const MUCH_UNLINED: Share = Share::new(0.01).expect("a share");

/// Watches a process that runs already, until it ends, or the time is over, or somebody
/// interrupts this. It goes on in any case.
///
/// Fails where it cannot be watched, or was not seen at all.
pub(crate) fn profile_attached(
    attach: &Attach,
    surroundings: Surroundings<'_>,
) -> Result<Recording> {
    let stranger = Stranger::find(attach.pid)?;
    require_numba(&stranger)?;
    let setup = Setup::of_stranger(&stranger, &attach.sampling);
    let guard = Guard::start()?;
    let session = Session {
        attach,
        stranger: &stranger,
        setup: &setup,
        surroundings,
        guard: &guard,
    };
    let before = stranger.used();
    let (factory, seen) = session.watch()?;
    session.record(&factory, seen, before)
}

/// Fails where nothing in a process announces compiled code. Where it may not be looked at, whoever
/// attaches to it says so.
fn require_numba(stranger: &Stranger) -> Result<()> {
    match JitInterface::find(stranger.pid) {
        Ok(None) => Err(AttachError::WithoutNumba {
            pid: number(stranger),
            command: stranger.command.clone(),
        }
        .into()),
        Ok(Some(_)) | Err(_) => Ok(()),
    }
}

fn number(stranger: &Stranger) -> u32 {
    stranger.pid.as_raw().cast_unsigned()
}

/// What is needed to watch a process.
struct Session<'a> {
    attach: &'a Attach,
    stranger: &'a Stranger,
    setup: &'a Setup,
    surroundings: Surroundings<'a>,
    guard: &'a Guard,
}

impl Session<'_> {
    /// Watches it with the tool that was asked for. Where any will do, it is the first that can be
    /// attached to this process. gdb is none of them: what it puts into the code of a process would
    /// end that at once if gdb were killed.
    fn watch(&self) -> Result<(Factory, Seen)> {
        let tools: &[Sampler] = match self.attach.sampling.sampler {
            Sampler::Perf => &[Sampler::Perf],
            Sampler::Ptrace => &[Sampler::Ptrace],
            Sampler::Auto | Sampler::Gdb => &[Sampler::Perf, Sampler::Ptrace],
        };
        let mut refused = None;
        for &tool in tools {
            match self.watch_with(tool) {
                Ok((factory, Outcome::Watched(seen))) => return Ok((factory, *seen)),
                Ok((_, Outcome::Failed(error))) => return Err(error),
                Ok((_, Outcome::NotAttached(error))) | Err(error) => {
                    self.require_alive()?;
                    if matches!(error, Error::Interrupted) {
                        return Err(error);
                    }
                    // What keeps the better tool from it is what there is to do something about.
                    refused.get_or_insert(error);
                }
            }
        }
        Err(refused.expect("there is a tool, which was refused"))
    }

    fn watch_with(&self, tool: Sampler) -> Result<(Factory, Outcome)> {
        let sampling = &self.attach.sampling;
        let factory = Factory::find(tool, sampling.gdb.path(), &self.setup.python.path)?;
        let settings = Settings {
            rate_hz: self.rate_hz(&factory),
            max_stopped: sampling.max_stopped,
            seed: self.attach.seed,
            max_depth: sampling.max_depth,
            counters: sampling.counters.clone(),
            roots: self.setup.roots.clone(),
            scratch: self.guard.folder().to_owned(),
        };
        let sampler = factory.start(settings, self.guard)?;
        let attached = || {
            let (pid, command) = (number(self.stranger), &self.stranger.command);
            let observer = self.surroundings.observer;
            observer.attached(pid, command, &factory);
        };
        let outcome = watch(
            sampler,
            (self.stranger.pid, self.twins()),
            self.attach.duration,
            self.surroundings.interrupts,
            &attached,
        )?;
        Ok((factory, outcome))
    }

    fn rate_hz(&self, factory: &Factory) -> f64 {
        let wanted = self.attach.sampling.rate_hz;
        wanted.unwrap_or_else(|| factory.usual_rate_hz())
    }

    /// Where the twins of its code are; where there are none, nowhere.
    fn twins(&self) -> PathBuf {
        let emission = self.stranger.emission.clone();
        emission.unwrap_or_else(|| self.guard.folder().join("no-twins"))
    }

    /// Fails where the process has ended.
    fn require_alive(&self) -> Result<()> {
        if crate::process::inspect::is_alive(self.stranger.pid) {
            return Ok(());
        }
        let pid = number(self.stranger);
        Err(AttachError::Ended { pid }.into())
    }

    /// The recording of what was seen.
    fn record(&self, factory: &Factory, seen: Seen, before: Used) -> Result<Recording> {
        if seen.watched.samples.is_empty() {
            self.require_alive()?;
            return Err(AttachError::Unsampled {
                pid: number(self.stranger),
                watched: Duration::from_secs_f64(seen.seconds()),
            }
            .into());
        }
        let run = Run {
            cwd: self.stranger.working_dir.clone(),
            timeout: None,
            env: BTreeMap::new(),
            region: None,
            children: Children::Ignore,
        };
        let conditions = Conditions {
            run: &run,
            sampling: &self.attach.sampling,
            seed: self.attach.seed,
            placement: Placement::Fixed,
        };
        let protocol = Protocol::new(conditions, self.rate_hz(factory), Chosen::Found, &[], None);
        let variant = self.variant();
        let mut recorder = Recorder::new(&variant, self.setup, &run.cwd, &protocol)?;
        let step = Step {
            round: 1,
            position: 0,
            variant: 0,
            purpose: Purpose::Profiled,
        };
        let announced_later = seen.watched.announced_later;
        let finished = self.finished(seen, before);
        recorder.record(step, &finished, &mut Meter::Window)?;
        let unlined = unlined_share(recorder.recording());
        let said = [
            unlined.and_then(|share| self.without_lines(share)),
            self.compiled_meanwhile(announced_later),
            self.has_ended(),
        ];
        said.into_iter()
            .flatten()
            .for_each(|it| recorder.warn_again(it));
        Ok(recorder.into_recording())
    }

    /// The process as a variant.
    fn variant(&self) -> Variant {
        let process = Attached {
            pid: number(self.stranger),
            command: self.stranger.command.clone(),
        };
        Variant {
            name: format!("process {}", process.pid),
            role: Role::Base,
            program: Program::Process(process),
            args: Vec::new(),
            env: BTreeMap::new(),
            python: Tool::Auto,
            revision: None,
            place: None,
        }
    }

    /// What was seen as a run, which begins and ends with being watched.
    fn finished(&self, mut seen: Seen, before: Used) -> FinishedRun {
        let after = self.stranger.used();
        let counters = &self.attach.sampling.counters;
        note_uncounted(&mut seen.watched.counted, counters);
        let texts = self.stranger.texts().into_iter();
        FinishedRun {
            exit: Exit {
                status: ExitStatus::from_raw(0),
                started: seen.from,
                at: seen.until,
                cpu_s: (after.cpu_s - before.cpu_s).max(0.0),
                peak_rss_bytes: after.peak_rss_bytes.max(before.peak_rss_bytes),
            },
            paused_s: 0.0,
            timeline: Timeline::since(seen.from),
            children_s: 0.0,
            // What the setup says is all that is known.
            versions: Versions::default(),
            placement: None,
            fallback: None,
            without_twin: None,
            without_remarks: None,
            without_parallel_remarks: None,
            remarks: Vec::new(),
            texts: texts.map(|it| (it.name, it.text)).collect(),
            from_working_tree: Vec::new(),
            regions: Regions::default(),
            without_regions: None,
            suite_problem: None,
            family: None,
            watched: seen.watched,
            failure: None,
            captured: None,
            metrics: String::new(),
        }
    }

    /// That lines of much of the code are unknown.
    fn without_lines(&self, share: Share) -> Option<String> {
        if share < MUCH_UNLINED {
            return None;
        }
        let percent = 100.0 * share.get();
        let head = format!(
            "{percent:.1}% of the samples are in functions that were compiled without line \
             tables: of these only the names are known"
        );
        Some(
            match (&self.stranger.about.problem, &self.stranger.emission) {
                (Some(problem), _) => format!(
                    "{head}; `profila.emit_line_tables()` could not have Numba write any: {problem}"
                ),
                (None, Some(_)) => format!(
                    "{head}. Numba compiled them before the process called \
                 `profila.emit_line_tables()`: call it earlier"
                ),
                (None, None) => format!(
                    "{head}. To see lines, have the process call `profila.emit_line_tables()` (in a \
                 notebook: `%profila_lines`) before Numba compiles them"
                ),
            },
        )
    }

    /// That it compiled while it was watched, which is in the profile.
    fn compiled_meanwhile(&self, objects: usize) -> Option<String> {
        let pid = number(self.stranger);
        (objects > 0).then(|| {
            format!(
                "process {pid} compiled while it was watched ({objects} new objects of code): \
                 the time for that is in the profile, outside Numba code"
            )
        })
    }

    fn has_ended(&self) -> Option<String> {
        let pid = number(self.stranger);
        let is_alive = self.require_alive().is_ok();
        (!is_alive).then(|| format!("process {pid} ended while it was watched"))
    }
}

/// The part of the samples that is in code without line tables, if any.
fn unlined_share(recording: &Recording) -> Option<Share> {
    let mut profiles = recording.runs().filter_map(|run| run.profile.as_ref());
    let samples = profiles.next()?.samples;
    (samples.unlined > 0).then(|| Share::of_samples(samples.unlined, samples.window))
}
