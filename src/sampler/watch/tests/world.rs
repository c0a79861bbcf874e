//! A world that a test makes up: a process, its threads, what happens to it, and the time,
//! which passes only while the tracer is listened to.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::fake::Fake;
use crate::error::Result;
use crate::process::inspect::ThreadState;
use crate::sample::{Moment, Place};
use crate::sampler::jit::JitInterface;
use crate::sampler::tracer::{Event, RawFrame, Reach};
use crate::sampler::watch::Watcher;
use crate::sampler::{Sampler, Settings, Watched};
use crate::source::{LineNumber, SourceRoots};

pub(super) const MS: Duration = Duration::from_millis(1);
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// What a tracer was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Threads,
    Stop(i32),
    Stack(i32),
    Resume,
    Learn(Reach),
    EndSuspension(Option<Signal>),
    End,
}

/// A process and its tracer, as a test wants them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is set by the test of what it says, and by no other"
)]
pub(super) struct World {
    pub(super) now: Moment,
    /// When the process ends.
    pub(super) ends: Moment,
    /// Whether the tracer notices that.
    pub(super) end_is_told: bool,
    /// When the tracer fails.
    pub(super) fails: Option<Moment>,
    /// What happens by itself, and when.
    pub(super) coming: Vec<(Moment, Event)>,
    /// What happens between the first stop that is asked for and its coming about.
    pub(super) before_stopping: VecDeque<Event>,
    /// How long a stop takes, until the process runs again.
    pub(super) stop_takes: Duration,
    /// What is never answered.
    pub(super) deaf_to: Option<Asked>,
    /// Whether something is told every millisecond that is of no use.
    pub(super) babbles: bool,
    pub(super) can_stop: bool,
    /// The innermost frame of the thread that stops, where it is shown.
    pub(super) innermost: Option<RawFrame>,
    /// The stack that is read.
    pub(super) stack: Option<Vec<RawFrame>>,
    /// How long the tracer learns from a stack that does not reach the user's lines.
    pub(super) learns_for: Option<Duration>,
    /// What the threads do in each snapshot; the last of these at all that follow.
    pub(super) threads: VecDeque<Vec<ThreadState>>,
    pub(super) sleeps: bool,
    /// Whether signals suspend the process.
    pub(super) default_action: bool,
    /// When it is sent SIGCONT.
    pub(super) continued: Moment,
    /// Whether it was said to be suspended whenever that was looked up.
    pub(super) was_suspended: bool,
    pub(super) suspended: Arc<AtomicBool>,
    /// When the sampler is cancelled.
    pub(super) cancels: Option<Moment>,
    pub(super) cancelled: Arc<AtomicBool>,
    /// Whether nothing happens until a suspension is ended.
    pub(super) is_held: bool,
    pub(super) snapshots: usize,
    /// The processors that were drawn for them, of two.
    pub(super) stays: Vec<usize>,
    pub(super) asked: Vec<(Moment, Asked)>,
}

impl Default for World {
    /// A process of one thread that always runs, for ten seconds, and of which stops take a
    /// millisecond.
    fn default() -> Self {
        Self {
            now: Moment(0),
            ends: Moment(0) + 10 * SECOND,
            end_is_told: true,
            fails: None,
            coming: Vec::new(),
            before_stopping: VecDeque::new(),
            stop_takes: MS,
            deaf_to: None,
            babbles: false,
            can_stop: true,
            innermost: None,
            stack: Some(vec![frame("/project/a.py")]),
            learns_for: None,
            threads: VecDeque::from([vec![on(1)]]),
            sleeps: false,
            default_action: true,
            continued: Moment(0),
            was_suspended: true,
            suspended: Arc::default(),
            cancels: None,
            cancelled: Arc::default(),
            is_held: false,
            snapshots: 0,
            stays: Vec::new(),
            asked: Vec::new(),
        }
    }
}

impl World {
    /// Watches the process to its end.
    pub(super) fn watch(self) -> (Result<Watched>, Self) {
        self.watch_with(1, |_| {})
    }

    /// Watches the process to its end with another seed, and with something done to the
    /// watcher before.
    pub(super) fn watch_with(
        mut self,
        seed: u64,
        prepare: impl FnOnce(&Watcher<Fake, Fake>),
    ) -> (Result<Watched>, Self) {
        // The first stop only warms up.
        let before_stopping = std::mem::take(&mut self.before_stopping);
        let fake = Fake(Arc::new(Mutex::new(self)));
        let mut watcher = Watcher::new(fake.clone(), fake.clone(), settings(seed));
        watcher.interface = Some(JitInterface {
            register: 0,
            descriptor: 0,
            architecture: object::Architecture::X86_64,
        });
        let attached = watcher.attach(Pid::this(), Path::new("/none"));
        prepare(&watcher);
        {
            let mut world = fake.world();
            world.asked.clear();
            world.before_stopping = before_stopping;
            world.cancelled = watcher.switches().cancelled;
        }
        let result = attached.and_then(|()| watcher.watch());
        drop(watcher);
        let world = Arc::into_inner(fake.0).expect("nobody else has it");
        (result, world.into_inner().expect("nobody has panicked"))
    }

    /// How often something was asked for.
    pub(super) fn count(&self, is_it: impl Fn(Asked) -> bool) -> usize {
        self.asked.iter().filter(|(_, asked)| is_it(*asked)).count()
    }

    /// Has something happen a while from now, unless the request that it answers goes unheard.
    pub(super) fn answer(&mut self, asked: Asked, after: Duration, event: Event) {
        if self.deaf_to != Some(asked) {
            self.coming.push((self.now + after, event));
        }
    }

    pub(super) fn ask(&mut self, asked: Asked) {
        self.asked.push((self.now, asked));
    }

    /// What happens next, up to a moment.
    pub(super) fn pass(&mut self, until: Moment) -> Option<Event> {
        self.coming.sort_by_key(|(at, _)| *at);
        let next = self.coming.first().map(|(at, _)| (*at).max(self.now));
        let next = next.filter(|at| *at <= until && *at < self.ends && !self.is_held);
        if self.end_is_told && self.ends <= until && next.is_none() {
            self.now = self.ends.max(self.now);
            return Some(Event::Ended);
        }
        self.now = next.unwrap_or(until);
        let event = next.map(|_| self.coming.remove(0).1);
        self.is_held |= matches!(event, Some(Event::Suspending(_)));
        event
    }
}

fn settings(seed: u64) -> Settings {
    Settings {
        rate_hz: 100.0,
        max_stopped: 0.2,
        seed,
        counters: Vec::new(),
        max_depth: 64,
        roots: SourceRoots {
            working_dir: PathBuf::from("/project"),
            library_dirs: vec![PathBuf::from("/library")],
            packages: Vec::new(),
            included: Vec::new(),
            excluded: Vec::new(),
        },
        scratch: PathBuf::from("/none"),
    }
}

/// A frame on a line of a file, which the tracer knows. No file is loaded that low.
pub(super) fn frame(file: &str) -> RawFrame {
    let line = LineNumber::new(3).expect("it is not 0");
    RawFrame {
        address: Some(0x10),
        place: Some(Place {
            file: file.into(),
            line,
        }),
        ..RawFrame::default()
    }
}

/// A thread that has a processor, and not that from which it is looked.
pub(super) fn on(thread: i32) -> ThreadState {
    ThreadState {
        thread,
        is_runnable: true,
        is_on_processor: true,
        ran_ns: 0,
        slept: 0,
        processor: Some(1),
    }
}

/// A thread that would run if it had a processor.
pub(super) fn off(thread: i32) -> ThreadState {
    ThreadState {
        is_on_processor: false,
        ..on(thread)
    }
}

/// A thread that waits.
pub(super) fn asleep(thread: i32) -> ThreadState {
    ThreadState {
        is_runnable: false,
        ..off(thread)
    }
}
