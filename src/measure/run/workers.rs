//! Follows the child processes of a script, each on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Message;
use super::told::Told;
use super::work::SamplerWork;
use crate::error::{Error, Result};
use crate::process::{Child, Event, HangUp, Notice, inspect};
use crate::sample::window::Timeline;
use crate::sampler::{Sampler, Watched};

/// Children that are followed at once: each takes some threads, and a sampler its descriptors.
pub(in crate::measure) const MOST_AT_ONCE: usize = 64;

/// How long a child that is heard of no more may take to be gone, before it is let go of.
const FAREWELL: Duration = Duration::from_secs(1);

/// How often it is looked whether it is.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Starts a sampler for another process.
pub(in crate::measure) type StartSampler<'a> = &'a dyn Fn(u64) -> Result<Box<dyn Sampler>>;

/// The children of a script.
pub(super) struct Workers<'a> {
    /// What samples them, in a profiled run.
    samplers: Option<StartSampler<'a>>,
    twins: PathBuf,
    following: Vec<Following>,
    left_out: u64,
}

/// A child that is followed.
struct Following {
    /// Dropped, it has the thread end soon.
    hang_up: Option<HangUp>,
    /// Set to true, it has the thread not wait for the end of the child.
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Worker>,
}

/// What is known of the children of a script.
#[derive(Debug, Default)]
pub(in crate::measure) struct Family {
    /// Those that were followed and have ended, or whose run has.
    pub(in crate::measure) workers: Vec<Worker>,
    /// How many were not, because there were too many at once.
    pub(in crate::measure) left_out: u64,
}

/// A child that was followed.
#[derive(Debug)]
pub(in crate::measure) struct Worker {
    /// What it told of itself.
    pub(super) told: Told,
    /// What its sampler saw; in a profiled run, why it saw nothing if it did not.
    pub(in crate::measure) watched: Result<Watched>,
}

impl Worker {
    /// When Numba compiled in it.
    pub(in crate::measure) const fn timeline(&self) -> &Timeline {
        &self.told.timeline
    }
}

impl<'a> Workers<'a> {
    /// None yet. The folder has twins of what they compile.
    pub(super) const fn new(samplers: Option<StartSampler<'a>>, twins: PathBuf) -> Self {
        Self {
            samplers,
            twins,
            following: Vec::new(),
            left_out: 0,
        }
    }

    /// Follows another one. One that cannot be followed is counted, and goes on.
    pub(super) fn follow(&mut self, child: Child) {
        // Descriptors of those that are gone are needed for others.
        for gone in &mut self.following {
            gone.hang_up.take_if(|_| gone.thread.is_finished());
        }
        let busy = self.following.iter().filter(|it| !it.thread.is_finished());
        if busy.count() >= MOST_AT_ONCE || self.try_to_follow(child).is_err() {
            self.left_out += 1;
        }
    }

    fn try_to_follow(&mut self, child: Child) -> std::io::Result<()> {
        let number = self.following.len() as u64;
        let sampler = self.samplers.map(|start| start(number));
        let hang_up = child.hang_up_later()?;
        let (sender, inbox) = channel();
        let room = child.listen(&sender, Message::Target)?;
        let is_over = Arc::new(AtomicBool::new(false));
        let shift = Shift {
            child,
            room,
            sender,
            twins: self.twins.clone(),
            told: Told::default(),
            work: SamplerWork::default(),
            is_over: Arc::clone(&is_over),
        };
        self.following.push(Following {
            hang_up: Some(hang_up),
            is_over,
            thread: thread::spawn(move || shift.work(sampler, &inbox)),
        });
        Ok(())
    }

    /// Lets go of those that are still there, and collects what there is to know of all.
    pub(super) fn collect(&mut self) -> Family {
        for it in &self.following {
            it.is_over.store(true, Ordering::Relaxed);
        }
        let threads = self.following.drain(..).map(|it| {
            drop(it.hang_up);
            it.thread
        });
        let threads: Vec<JoinHandle<Worker>> = threads.collect();
        let workers = threads.into_iter().map(|thread| {
            let joined = thread.join();
            joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        Family {
            workers: workers.collect(),
            left_out: self.left_out,
        }
    }
}

impl Drop for Workers<'_> {
    fn drop(&mut self) {
        // Nobody wants their results any more.
        for it in self.following.drain(..) {
            it.is_over.store(true, Ordering::Relaxed);
            drop(it.hang_up);
            it.thread.join().ok();
        }
    }
}

/// The thread that follows a child.
struct Shift {
    child: Child,
    room: Receiver<()>,
    sender: Sender<Message>,
    twins: PathBuf,
    told: Told,
    work: SamplerWork,
    is_over: Arc<AtomicBool>,
}

impl Shift {
    /// Follows the child until it is heard of no more.
    fn work(
        mut self,
        sampler: Option<Result<Box<dyn Sampler>>>,
        inbox: &Receiver<Message>,
    ) -> Worker {
        let (mut sampler, mut failure) = match sampler.transpose() {
            Ok(sampler) => (sampler, None),
            Err(error) => (None, Some(error)),
        };
        while let Ok(message) = inbox.recv() {
            match message {
                Message::Target(Notice::Event(event, at)) => {
                    // There is one for each event.
                    self.room.try_recv().ok();
                    self.act_on(&event, &mut sampler);
                    self.told.note(event, at);
                    self.work.pause_while(&self.told.timeline);
                }
                Message::Target(Notice::HungUp(at)) => {
                    self.told.timeline.hangs_up(at);
                    break;
                }
                Message::Attached(attached) => {
                    failure = failure.or(attached.err());
                    self.child.release();
                }
                // It is joined when the child is heard of no more.
                Message::SamplerEnded
                | Message::Interrupt(_)
                | Message::Target(Notice::Misused | Notice::Exited(_) | Notice::Child(_)) => {}
            }
        }
        let watched = self.end_watching();
        Worker {
            told: self.told,
            watched: failure.map_or(watched, Err),
        }
    }

    /// Does what an event asks for.
    fn act_on(&mut self, event: &Event, sampler: &mut Option<Box<dyn Sampler>>) {
        let process = self.child.process();
        match event {
            Event::Started { .. } => {
                if let Some(sampler) = sampler {
                    sampler.begin(process);
                }
            }
            Event::NumbaImported { .. } => {
                if let Some(sampler) = sampler.take() {
                    let (twins, sender) = (self.twins.clone(), self.sender.clone());
                    self.work.begin(sampler, process, twins, sender);
                }
            }
            Event::Ready if !self.work.attach() => self.child.release(),
            _ => {}
        }
    }

    /// Has the sampler end with the child, or without it where that goes on.
    fn end_watching(&mut self) -> Result<Watched> {
        let deadline = Instant::now() + FAREWELL;
        let is_there = || inspect::is_alive(self.child.process());
        let is_waited_for = || Instant::now() < deadline && !self.is_over.load(Ordering::Relaxed);
        while is_there() && is_waited_for() {
            thread::sleep(LOOK_INTERVAL);
        }
        self.work.let_go();
        match self.work.join() {
            // It ended while somebody attached to it.
            Err(Error::TracerDied { .. }) if !inspect::is_alive(self.child.process()) => {
                Ok(Watched::default())
            }
            watched => watched,
        }
    }
}
