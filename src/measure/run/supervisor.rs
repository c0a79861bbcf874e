//! Waits for a script to end, and does meanwhile what its events ask for.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::told::Told;
use super::work::SamplerWork;
use super::workers::Workers;
use super::{FinishedRun, Limits, Message};
use crate::error::{Cause, Error, Result, Suspension, Unnoted};
use crate::process::{Event, Exit, Notice, Signal, Standing, Streams, Target, now};
use crate::sample::Moment;
use crate::sample::regions::Regions;
use crate::sampler::{Sampler, Watched};

/// How often it is looked whether the script was suspended, of which nobody tells.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(200);

/// The fields are dropped in order: first the target is killed, then the sampler
/// notices and ends.
pub(super) struct Supervisor<'a> {
    target: Target,
    /// Where children are followed.
    workers: Option<Workers<'a>>,
    sampler: Option<Box<dyn Sampler>>,
    work: SamplerWork,
    streams: Streams,
    sender: Sender<Message>,
    told: Told,
    watched: Option<Result<Watched>>,
    interruptions: u32,
    /// Whether the script was suspended when that was last looked at, and when that was.
    is_suspended: bool,
    /// For how long it was suspended with this process, in seconds.
    paused_s: f64,
    looked: Moment,
    /// When it has taken too long.
    deadline: Option<Instant>,
}

impl<'a> Supervisor<'a> {
    /// Supervises a script that was just launched, with whom to watch it.
    pub(super) fn new(
        target: Target,
        sampler: Option<Box<dyn Sampler>>,
        workers: Option<Workers<'a>>,
        streams: Streams,
        sender: Sender<Message>,
    ) -> Self {
        Self {
            target,
            workers,
            sampler,
            work: SamplerWork::default(),
            streams,
            sender,
            told: Told::default(),
            watched: None,
            interruptions: 0,
            is_suspended: false,
            paused_s: 0.0,
            looked: now(),
            deadline: None,
        }
    }

    /// Waits for the script to end. Fails where it takes too long, where somebody interrupts
    /// it, and where it cannot be watched.
    pub(super) fn await_exit(
        &mut self,
        inbox: &Receiver<Message>,
        limits: &Limits<'_>,
    ) -> Result<Exit> {
        self.deadline = limits.timeout.map(|timeout| Instant::now() + timeout);
        loop {
            let Some(message) = self.receive(inbox, limits.compiling) else {
                return Err(self.timed_out(limits));
            };
            match message {
                Message::Target(Notice::Exited(exit)) => return Ok(exit),
                Message::Target(Notice::Event(event, at)) => {
                    self.target.has_heard();
                    self.note(event, at)?;
                }
                Message::Target(Notice::Child(child)) => {
                    if let Some(workers) = &mut self.workers {
                        workers.follow(child);
                    }
                }
                Message::Target(Notice::HungUp(at)) => self.told.timeline.hangs_up(at),
                Message::Target(Notice::Misused) => self.is_misused(limits)?,
                Message::Attached(attached) => {
                    attached?;
                    self.target.release()?;
                }
                Message::SamplerEnded => self.sampler_ended()?,
                Message::Interrupt(Signal::SIGTSTP) => self.suspend(),
                Message::Interrupt(signal) => self.interrupt(signal)?,
            }
        }
    }

    /// The next message; `None` when the deadline passes.
    fn receive(
        &mut self,
        inbox: &Receiver<Message>,
        compiling: &dyn Fn(Duration, usize),
    ) -> Option<Message> {
        loop {
            if now().seconds_since(self.looked) >= LOOK_UP_INTERVAL.as_secs_f64() {
                self.look_for_suspension();
            }
            let begin = self.told.timeline.compiling_since();
            let seconds = begin.map_or(0.0, |begin| now().seconds_since(begin));
            compiling(
                Duration::from_secs_f64(seconds),
                self.told.timeline.functions(),
            );
            let left = self
                .deadline
                .map(|at| at.saturating_duration_since(Instant::now()));
            // Before every message: a script that never ceases to report has no more time.
            if left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            let wait = left.map_or(LOOK_UP_INTERVAL, |left| left.min(LOOK_UP_INTERVAL));
            match inbox.recv_timeout(wait) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    unreachable!("the supervisor holds a sender itself")
                }
            }
        }
    }

    /// Fails where the script wrote to the channel itself. One that has the user's own streams
    /// is left to finish, and its window has ended.
    fn is_misused(&self, limits: &Limits<'_>) -> Result<()> {
        match self.streams {
            Streams::Capture => Err(Error::ChannelMisused {
                run: limits.name.clone(),
            }),
            Streams::Inherit => Ok(()),
        }
    }

    /// That the script takes too long. Nobody may ever resume one that is suspended.
    fn timed_out(&self, limits: &Limits<'_>) -> Error {
        let is_suspended = self.target.is_suspended(self.work.suspended());
        Error::TimedOut {
            run: limits.name.clone(),
            limit: limits.timeout.unwrap_or_default(),
            suspended: is_suspended.then(|| match self.target.suspending_signal() {
                Some(signal) => Suspension::Signal(signal.as_str().to_owned()),
                None => Suspension::Unknown,
            }),
        }
    }

    /// Notes what of the time since the last look the script may have been suspended for: that
    /// is no part of its window.
    fn look_for_suspension(&mut self) {
        let was_suspended = self.is_suspended;
        let standing = self.target.follow_suspension(self.work.suspended());
        self.is_suspended = standing != Standing::GoesOn;
        let looked = std::mem::replace(&mut self.looked, now());
        if was_suspended || self.is_suspended {
            self.told.timeline.stands_still(looked, self.looked);
        }
        if let Standing::Followed { from, to } = standing {
            self.stood_still(from, to);
        }
    }

    /// Notes that the script stood still with this process, which is not held against it.
    /// Where it is suspended alone, time counts: nobody may ever resume it.
    fn stood_still(&mut self, from: Moment, to: Moment) {
        let seconds = to.seconds_since(from);
        self.paused_s += seconds;
        let pause = Duration::from_secs_f64(seconds);
        self.deadline = self.deadline.map(|at| at + pause);
    }

    /// Ctrl-Z came to this process, and not to the script, which is in another group.
    fn suspend(&mut self) {
        let begin = now();
        if let Standing::Followed { to, .. } = self.target.suspend(self.work.suspended()) {
            self.told.timeline.stands_still(begin, to);
            self.stood_still(begin, to);
        }
        self.looked = now();
    }

    fn note(&mut self, event: Event, at: Moment) -> Result<()> {
        let process = self.target.process();
        match &event {
            Event::Started { .. } => {
                if let Some(sampler) = &mut self.sampler {
                    sampler.begin(process);
                }
            }
            Event::NumbaImported { .. } => {
                if let Some(sampler) = self.sampler.take() {
                    let (twins, sender) = (self.target.twins_folder(), self.sender.clone());
                    self.work.begin(sampler, process, twins, sender);
                }
            }
            Event::Ready if !self.work.attach() => self.target.release()?,
            _ => {}
        }
        self.told.note(event, at);
        self.work.pause_while(&self.told.timeline);
        Ok(())
    }

    /// A sampler that failed ends a run of ours. A script that has the user's own
    /// streams is left to finish, and the failure is reported then.
    fn sampler_ended(&mut self) -> Result<()> {
        match (self.work.join(), self.streams) {
            (Err(error), Streams::Capture) => Err(error),
            (watched, _) => {
                self.watched = Some(watched);
                Ok(())
            }
        }
    }

    /// A script that has the user's own streams gets the first signal, and may end
    /// as it likes; the second one ends it.
    fn interrupt(&mut self, signal: Signal) -> Result<()> {
        self.interruptions += 1;
        if self.streams == Streams::Capture || self.interruptions > 1 {
            return Err(Error::Interrupted);
        }
        self.target.pass_on(signal);
        Ok(())
    }

    /// Collects what there is to know of a script that has exited.
    pub(super) fn collect(mut self, exit: Exit, limits: &Limits<'_>) -> Result<FinishedRun> {
        let metrics = self.metrics(limits)?;
        let regions = self.regions();
        let written = self.target.finish();
        // What was lost may be what counts, or what must be the same in all runs.
        if let (Some(limit_bytes), true) = (written.cut_after, exit.status.success()) {
            return Err(Error::OutputTooLong {
                run: limits.name.clone(),
                limit_bytes,
            });
        }
        let watched = match self.watched.take() {
            Some(watched) => watched,
            None => self.work.join(),
        };
        let (watched, failure) = match (watched, self.streams) {
            (Ok(watched), _) => (watched, None),
            (Err(error), Streams::Inherit) => (Watched::default(), Some(error)),
            (Err(error), Streams::Capture) => return Err(error),
        };
        let family = self.workers.as_mut().map(Workers::collect);
        let mut told = self.told;
        for worker in family.iter().flat_map(|family| &family.workers) {
            told.add_child(&worker.told);
        }
        Ok(FinishedRun {
            exit,
            family,
            paused_s: self.paused_s,
            timeline: told.timeline,
            children_s: told.children_s,
            versions: told.versions,
            placement: told.placement,
            fallback: told.fallback,
            without_twin: told.without_twin,
            without_remarks: told.without_remarks,
            without_parallel_remarks: told.without_parallel_remarks,
            remarks: Vec::new(),
            texts: told.texts,
            from_working_tree: told.from_working_tree,
            regions,
            without_regions: told.without_regions,
            suite_problem: told.suite_problem,
            watched,
            failure,
            captured: (self.streams == Streams::Capture).then_some(written),
            metrics,
        })
    }

    /// What the script noted of its regions. A file that is not what its module writes is no
    /// reason for the run to fail.
    fn regions(&mut self) -> Regions {
        let names = std::mem::take(&mut self.told.regions);
        if names.is_empty() {
            return Regions::default();
        }
        let main = self.target.process().as_raw().cast_unsigned();
        match self.target.regions() {
            Ok(noted) => Regions::read(&noted, names, main),
            Err(error) => {
                self.told.without_regions = Some(Unnoted {
                    cause: Cause::File,
                    reason: error.to_string(),
                });
                Regions::default()
            }
        }
    }

    /// The file of metrics. A script that is not compared need not write one.
    fn metrics(&self, limits: &Limits<'_>) -> Result<String> {
        match self.streams {
            Streams::Inherit => Ok(String::new()),
            Streams::Capture => {
                let metrics = self.target.metrics();
                metrics.map_err(|source| Error::MetricsUnreadable {
                    run: limits.name.clone(),
                    source,
                })
            }
        }
    }
}
