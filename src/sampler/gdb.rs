//! Sampling through gdb.
//!
//! gdb attaches to the script; at each tick the script is stopped, the frames of a thread
//! that was running are read, and it goes on. [`crate::mi`] knows what
//! to say to gdb; here it is said.

mod attach;
mod find;
mod foreign;
mod look;
mod marks;
mod process;
mod running;
mod stack;
mod unwind_info;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use self::attach::{barrier, find_interface, write_stub};
pub use self::find::find;
use self::marks::{GoesOn, PristineCode};
use self::process::GdbProcess;
use self::running::Chooser;
use self::stack::StackReader;
use super::stub::JitInterface;
use super::ticker::{Pace, Stopped, Ticker};
use super::{Sampler, Watched};
use crate::error::{AttachBarrier, Error, Result};
use crate::mi::ThreadInfo;
use crate::mi::session::{Attachment, Learnt, Session, Step};
use crate::sample::{Moment, Stop};
use crate::source::SourceRoots;
use crate::target::memory::{is_alive, shows_processors};
use crate::target::{Guard, now};

/// How long gdb may take for an answer. It answers within milliseconds, and attaches
/// within some more, but a busy machine may keep it waiting.
const PATIENCE: Duration = Duration::from_secs(8);
// With the time to start and to say so, any fault of gdb's is known within ten seconds.
const _: () = assert!(PATIENCE.as_secs() < 10);

/// How often, while nothing comes from gdb, it is looked what else has happened.
const LOOK_UP_INTERVAL: Duration = Duration::from_millis(100);

/// Frames of a stack to ask for at first. Each takes time, and mostly these are enough.
const FIRST_DEPTH: u32 = 10;

/// The oldest gdb that can do what is asked of it.
const OLDEST_GDB: u32 = 12;

/// The settings of the sampler.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The gdb to use.
    pub gdb: PathBuf,
    /// Samples to take in a second, while the script runs.
    pub rate_hz: f64,
    /// Part of the time for which the script may be stopped, above 0.
    pub max_stopped: f64,
    /// Seed of the jitter.
    pub seed: u64,
    /// Frames to read of each stack, at most.
    pub max_depth: u32,
    /// Tells the user's files from those of libraries.
    pub roots: SourceRoots,
    /// A folder for temporary files.
    pub scratch: PathBuf,
}

/// A gdb, and what it is attached to.
pub struct GdbSampler {
    // Dropped first: only when gdb is gone, what it left in the target is taken back.
    gdb: GdbProcess,
    pristine: Option<PristineCode>,
    goes_on: Option<GoesOn>,
    session: Session,
    settings: Settings,
    /// Where the process announces compiled code, if that was looked up in advance.
    interface: Option<JitInterface>,
    /// The process that was asked for.
    attaching: Option<Pid>,
    target: Option<Attached>,
    threads: Vec<ThreadInfo>,
    chooser: Chooser,
    /// Frames of a stack to ask for.
    depth: u32,
    /// Whether gdb was told how to unwind functions without unwind information.
    has_unwinder: bool,
    watched: Watched,
    /// Since when the process stands still for something else than a sample.
    stands_still_since: Option<Moment>,
    /// When it was last suspended, by somebody else.
    last_suspended: Moment,
    /// Whether it is.
    suspended: Arc<AtomicBool>,
    paused: Arc<AtomicBool>,
    cancelled: Arc<AtomicBool>,
}

/// A process that gdb is attached to.
struct Attached {
    process: Pid,
    stacks: StackReader,
}

/// Whether there is anything left to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Running,
    Gone,
}

impl GdbSampler {
    /// Starts gdb. It need not be waited for: the script takes longer to start.
    pub fn start(settings: Settings, guard: &Guard) -> Result<Self> {
        let mut session = Session::new();
        let mut gdb = GdbProcess::start(&settings.gdb, guard)?;
        gdb.send(&session.set_up())?;
        let depth = FIRST_DEPTH.min(settings.max_depth);
        let rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let chooser = Chooser::new(rng, shows_processors());
        Ok(Self {
            gdb,
            session,
            settings,
            interface: None,
            pristine: None,
            goes_on: None,
            attaching: None,
            target: None,
            threads: Vec::new(),
            chooser,
            depth,
            has_unwinder: false,
            watched: Watched::default(),
            stands_still_since: None,
            last_suspended: Moment::default(),
            suspended: Arc::default(),
            paused: Arc::default(),
            cancelled: Arc::default(),
        })
    }

    /// The next thing learnt from gdb that matters; `None` when `deadline` passes.
    /// Stops that were not asked for are dealt with on the way.
    fn learn(&mut self, deadline: Instant, during: &str) -> Result<Option<Learnt>> {
        loop {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let look_up = deadline.min(Instant::now() + LOOK_UP_INTERVAL);
            let Some(record) = self.gdb.receive(look_up, during)? else {
                // gdb 13 says nothing when a process that stands still is killed.
                if self.target_is_gone() {
                    return Ok(Some(Learnt::Ended));
                }
                if look_up == deadline {
                    return Ok(None);
                }
                continue;
            };
            let (learnt, reply) = self.session.feed(&record);
            self.gdb.send(&reply)?;
            match learnt {
                Some(Learnt::ForeignStop(_)) => self.note_foreign_stop(),
                Some(Learnt::WentOn { misdirected }) => self.note_going_on(misdirected),
                Some(Learnt::Suspending(signal)) => {
                    return Ok(Some(match self.suspend(signal.clone())? {
                        Target::Running => Learnt::Suspending(signal),
                        Target::Gone => Learnt::Ended,
                    }));
                }
                Some(Learnt::Version(version)) => self.require_version(&version)?,
                Some(learnt) => {
                    // Whatever it stood still for besides, it was within a stop for a sample.
                    self.stands_still_since
                        .take_if(|_| learnt == Learnt::Running);
                    return Ok(Some(learnt));
                }
                None => {}
            }
            // A gdb that never stops talking must not be listened to for ever.
            if Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }

    fn target_is_gone(&self) -> bool {
        self.attaching.is_some_and(|process| !is_alive(process))
    }

    /// Waits until `wanted` takes what was learnt. `None` when the process ended
    /// first.
    fn await_learnt<T>(
        &mut self,
        during: &str,
        mut wanted: impl FnMut(Learnt) -> Option<T>,
    ) -> Result<Option<T>> {
        let mut deadline = Instant::now() + PATIENCE;
        let mut refused = None;
        loop {
            match self.learn(deadline, during)? {
                // However long it was: gdb was not waited for.
                Some(Learnt::Suspending(_)) => deadline = Instant::now() + PATIENCE,
                Some(Learnt::Ended) => return Ok(None),
                Some(Learnt::Failed(Step::SetUp, words)) => return Err(self.unusable(words)),
                // It ended before gdb could attach.
                Some(Learnt::Failed(Step::Attach, _)) if self.target_is_gone() => return Ok(None),
                Some(Learnt::Failed(Step::Attach, words)) => return Err(self.denied(words)),
                // Mostly the process was killed while it stood still: its end follows.
                Some(Learnt::Failed(Step::Resume, words)) => refused = Some(words),
                Some(learnt) => {
                    if let Some(result) = wanted(learnt) {
                        return Ok(Some(result));
                    }
                }
                None => {
                    return Err(match refused {
                        Some(words) => self.unusable(words),
                        None => Error::GdbTimeout {
                            during: during.to_owned(),
                            after: PATIENCE,
                        },
                    });
                }
            }
        }
    }

    fn require_version(&mut self, version: &str) -> Result<()> {
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if major.is_some_and(|major: u32| major < OLDEST_GDB) {
            let needed = format!("it is version {version}, but {OLDEST_GDB} or later is needed");
            return Err(self.unusable(needed));
        }
        self.watched.sampler = Some(format!("gdb {version}"));
        Ok(())
    }

    fn unusable(&self, cause: String) -> Error {
        Error::GdbUnusable {
            gdb: self.settings.gdb.clone(),
            cause,
        }
    }

    /// Why gdb could not attach, with its own words.
    fn denied(&self, cause: String) -> Error {
        Error::AttachDenied {
            barrier: self.attaching.map_or(AttachBarrier::Unknown, barrier),
            cause,
        }
    }

    fn resume(&mut self, during: &str) -> Result<Target> {
        let resume = self.session.resume();
        self.gdb.send(&resume)?;
        self.await_running(during)
    }

    fn await_running(&mut self, during: &str) -> Result<Target> {
        let running =
            self.await_learnt(during, |learnt| (learnt == Learnt::Running).then_some(()))?;
        Ok(running.map_or(Target::Gone, |()| Target::Running))
    }

    /// Waits for the next tick, and takes note of what happens meanwhile.
    fn await_tick(&mut self, ticker: &Ticker) -> Result<Target> {
        let tick = Instant::now() + ticker.wait(now());
        while let Some(learnt) = self.learn(tick, "waiting for the next sample")? {
            if learnt == Learnt::Ended {
                return Ok(Target::Gone);
            }
        }
        Ok(Target::Running)
    }

    /// Waits for the end of a process that cannot be looked at any more.
    fn await_end(&mut self) -> Result<Target> {
        self.await_learnt("waiting for the script to end", |_| None::<()>)?;
        Ok(Target::Gone)
    }

    fn target_mut(&mut self) -> &mut Attached {
        self.target.as_mut().expect(ATTACHED)
    }
}

/// Why a target is there.
const ATTACHED: &str = "samples are taken once attached";

/// Seconds of all stops from the one of this index on, which becomes that of the next.
fn seconds_from(stops: &[Stop], first: &mut usize) -> f64 {
    let seconds = stops[*first..].iter().map(Stop::seconds).sum();
    *first = stops.len();
    seconds
}

impl Sampler for GdbSampler {
    fn prepare(&mut self, process: Pid) {
        self.interface = find_interface(process).ok();
    }

    fn attach(&mut self, process: Pid, twins: &Path) -> Result<()> {
        self.attaching = Some(process);
        let interface = match self.interface {
            Some(interface) => interface,
            None => find_interface(process)?,
        };
        let stub =
            write_stub(&interface, &self.settings.scratch).map_err(|source| Error::System {
                action: "write a file for gdb".to_owned(),
                source,
            })?;
        self.pristine = Some(PristineCode::keep(process, &interface));
        self.goes_on = Some(GoesOn::new(process, self.suspension()));
        let attach = self.session.attach(&Attachment {
            process: process.as_raw(),
            program: PathBuf::from(format!("/proc/{process}/exe")),
            stub: stub.path().to_owned(),
            text: interface.register,
            data: interface.descriptor,
        });
        self.gdb.send(&attach)?;
        let during = "attaching to the script";
        let attached =
            self.await_learnt(during, |learnt| (learnt == Learnt::Attached).then_some(()))?;
        self.target = Some(Attached {
            process,
            stacks: StackReader::new(process, &interface, twins, self.settings.roots.clone()),
        });
        // A script that is gone by now is reported as ended by whoever started it.
        if attached.is_some()
            && self.list_threads()? == Target::Running
            && self.resume(during)? == Target::Running
        {
            self.warm_up(process)?;
        }
        Ok(())
    }

    fn watch(&mut self) -> Result<Watched> {
        let process = self.target_mut().process;
        let pace = Pace {
            rate_hz: self.settings.rate_hz,
            max_stopped: self.settings.max_stopped,
        };
        let mut ticker = Ticker::new(pace, self.settings.seed, now());
        let (mut stops, mut foreign) = (0, 0);
        while self.await_tick(&ticker)? == Target::Running {
            if self.paused.load(Ordering::Relaxed) {
                ticker.skip(now());
                continue;
            }
            self.watched.ticks.push(ticker.tick(now()));
            if self.sample(process)? == Target::Gone {
                break;
            }
            let stopped = Stopped {
                to_sample_s: seconds_from(&self.watched.stops, &mut stops),
                otherwise_s: seconds_from(&self.watched.foreign_stops, &mut foreign),
            };
            ticker.advance(now(), stopped);
        }
        let exit = self.session.exit();
        self.gdb.end(&exit);
        self.watched.code_lines = self.target_mut().stacks.code_lines().clone();
        Ok(std::mem::take(&mut self.watched))
    }

    fn suspension(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.suspended)
    }

    fn pause(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.paused)
    }

    fn cancellation(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }
}
