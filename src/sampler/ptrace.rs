//! Taking samples with the system call that debuggers are made of (`ptrace`), without a debugger:
//! a thread is stopped for about a tenth of a millisecond, in which its registers and the top of its
//! stack are copied.
//!
//! It takes a process of its own. The kernel has whoever waits for a child that he also traces
//! hear both of what the child does and of what the tracer has it do; and when a process that
//! traces ends, in whatever way, the kernel lets the others go on.

mod note;
mod orders;
mod process;
mod sayings;
mod server;
mod tracees;

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::unistd::Pid;

use self::note::{Note, Order, Seen, Thread};
use self::process::{Heard, Helper, NAME};
use super::access::{barrier, barrier_of_this_machine, find_interface};
use super::jit::JitInterface;
use super::lines::Lines;
use super::registers::Registers;
use super::stacks::Stacks;
use super::{Sampler, Settings, Switches, Watched};
use crate::error::{AttachBarrier, Error, Result};
use crate::process::{Guard, inspect};
use crate::sample::{Moment, Observation};

/// How long it may take to attach, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(8);

/// How often it is looked whether to go on.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);

/// Notes that are dealt with before it is looked again.
const MOST_AT_ONCE: usize = 64;

/// Whether this program was started to trace, by its arguments: then it does so, and this is what
/// it exits with.
pub fn serve_if_asked(words: &[OsString]) -> Option<ExitCode> {
    match words {
        [name, arguments @ ..] if name == NAME => Some(server::serve(arguments)),
        _ => None,
    }
}

/// Whether the system lets one process trace another: it is tried on one that waits for nothing.
///
/// Fails where it does not.
pub(super) fn check() -> Result<()> {
    match process::check()? {
        0 => Ok(()),
        number => Err(refused(barrier_of_this_machine(), number)),
    }
}

/// Watches a process with the system call.
pub(super) struct PtraceSampler {
    settings: Settings,
    helper: Helper,
    /// Where the process announces compiled code, if that was looked up in advance.
    interface: Option<JitInterface>,
    target: Option<Watching>,
    switches: Switches,
}

/// What is seen of a process once it is watched.
struct Watching {
    process: Pid,
    stacks: Stacks,
    watched: Watched,
}

impl PtraceSampler {
    /// Starts the process that traces.
    pub(super) fn start(settings: Settings, guard: &Guard) -> Result<Self> {
        let helper = Helper::start(&settings, guard)?;
        Ok(Self {
            settings,
            helper,
            interface: None,
            target: None,
            switches: Switches::default(),
        })
    }

    /// Waits until the process that traces says that it does.
    fn await_attached(&mut self, process: Pid) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.helper.hear(LOOK_INTERVAL) {
                // A script that is gone by now is reported as ended by whoever started it.
                Heard::Note(Note::Denied(number)) if inspect::is_alive(process) => {
                    return Err(denied(process, number));
                }
                Heard::Note(_) => return Ok(()),
                Heard::Nothing if self.switches.is_cancelled() => return Err(Error::Interrupted),
                Heard::Nothing => {}
                Heard::End => return Err(self.helper.has_died()),
            }
        }
        Err(Error::System {
            action: format!("attach to the script within {} s", PATIENCE.as_secs()),
            source: io::ErrorKind::TimedOut.into(),
        })
    }
}

/// The error of the system's refusal.
fn denied(process: Pid, number: i32) -> Error {
    refused(barrier(process), number)
}

fn refused(barrier: AttachBarrier, number: i32) -> Error {
    let error = Errno::from_raw(number);
    Error::AttachDenied {
        barrier,
        cause: format!("ptrace: {}", error.desc()),
    }
}

impl Sampler for PtraceSampler {
    /// It attaches when it is told to.
    fn begin(&mut self, _process: Pid) {}

    fn prepare(&mut self, process: Pid) {
        self.interface = find_interface(process).ok();
    }

    fn attach(&mut self, process: Pid, twins: &Path) -> Result<()> {
        let interface = self.interface.map_or_else(|| find_interface(process), Ok)?;
        let roots = self.settings.roots.clone();
        let mut lines = Lines::new(process, &interface, twins, roots);
        // There may be much of it in a process that has run for long.
        lines.refresh();
        self.helper.tell(Order::Attach(process));
        self.target = Some(Watching {
            process,
            stacks: Stacks::new(process, lines, self.settings.max_depth),
            watched: Watched::default(),
        });
        self.await_attached(process)
    }

    fn watch(&mut self) -> Result<Watched> {
        let mut target = self
            .target
            .take()
            .expect("a process is watched once attached");
        let mut is_paused = false;
        loop {
            if self.switches.is_cancelled() {
                return Err(Error::Interrupted);
            }
            if self.switches.is_enough() {
                self.helper.let_go();
                break;
            }
            let paused = self.switches.is_paused();
            if paused != is_paused {
                is_paused = paused;
                let order = if paused { Order::Pause } else { Order::GoOn };
                self.helper.tell(order);
            }
            match self.listen() {
                Listened::Heard(notes) => {
                    if !target.take_in(notes)? {
                        break;
                    }
                }
                // Where the script has ended, whoever started it says how.
                Listened::End if !inspect::is_alive(target.process) => break,
                Listened::End => return Err(self.helper.has_died()),
            }
            if target.stacks.need_depth() {
                self.helper.tell(Order::Deepen);
            }
        }
        Ok(target.finish())
    }

    fn switches(&self) -> Switches {
        self.switches.clone()
    }
}

/// What was heard of the process that traces.
enum Listened {
    /// What it said, which may be nothing.
    Heard(Vec<Note>),
    /// That it says nothing any more.
    End,
}

impl PtraceSampler {
    /// What there is to hear within a moment.
    fn listen(&self) -> Listened {
        let mut notes = Vec::new();
        let mut wait = LOOK_INTERVAL;
        while notes.len() < MOST_AT_ONCE {
            match self.helper.hear(wait) {
                Heard::Note(note) => notes.push(note),
                Heard::End if notes.is_empty() => return Listened::End,
                Heard::Nothing | Heard::End => break,
            }
            wait = Duration::ZERO;
        }
        Listened::Heard(notes)
    }
}

impl Watching {
    /// Takes in what was said. Whether there is more to come.
    fn take_in(&mut self, notes: Vec<Note>) -> Result<bool> {
        if !notes.is_empty() {
            self.stacks.refresh();
        }
        for note in notes {
            match note {
                Note::Attempt(tick, seen) => {
                    self.watched.ticks.push(tick);
                    self.note(tick.at, seen);
                }
                Note::Signal(stop) => self.watched.foreign_stops.push(stop),
                // Whoever started it says how it has ended.
                Note::Denied(_) if !inspect::is_alive(self.process) => return Ok(false),
                Note::Denied(number) => return Err(denied(self.process, number)),
                Note::Attached => {}
                Note::Ended => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Notes what was seen at a moment.
    fn note(&mut self, at: Moment, seen: Seen) {
        match seen {
            Seen::Waiting => self.watched.push(at, None, &Observation::Waiting, 1),
            // Others have the processors: the script neither works nor waits.
            Seen::Displaced => self.watched.unseen.push(at),
            Seen::Unread(running) => self.watched.push(at, None, &Observation::Bad, running),
            Seen::Thread(thread) => self.note_thread(&thread),
        }
    }

    fn note_thread(&mut self, thread: &Thread) {
        let at = thread.at;
        self.watched.stops.push(thread.stop);
        let registers = Registers::of(&thread.registers);
        let observation = registers.map_or(Observation::Bad, |registers| {
            self.stacks.observe(&registers, &thread.stack)
        });
        if thread.sleeps && observation.is_at_barrier() {
            // It does not run: it waits to be woken, or to have a processor again.
            self.watched.unseen.push(at);
        } else {
            self.watched
                .push(at, Some(thread.number), &observation, thread.running);
        }
    }

    fn finish(mut self) -> Watched {
        self.watched.sampler = Some("ptrace".to_owned());
        self.watched.note_code(self.stacks.lines());
        self.watched
    }
}
