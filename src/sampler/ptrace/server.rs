//! The process that traces: it stops threads, reads them, and says what it saw.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use nix::unistd::Pid;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::note::{Note, Order, Seen, Thread};
use super::orders::Orders;
use super::process::{CHECK, NAME, PROGRAM};
use super::sayings::Sayings;
use super::tracees::{Left, Tracees};
use crate::process::{inspect, now};
use crate::sample::{Stop, Tick};
use crate::sampler::kernel::{Kernel, Linux};
use crate::sampler::running::{Activity, Chooser, Chosen};
use crate::sampler::stacks::{DEEP_STACK, STACK};
use crate::sampler::ticker::{Pace, Stopped, Ticker};

/// How often it is looked whether a process that was suspended goes on.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// What is needed to serve, as it is told by [`super::process::Helper`].
struct Server {
    pace: Pace,
    seed: u64,
    orders: Orders,
    events: SignalFd,
    sayings: Sayings,
    process: Pid,
    chooser: Chooser,
    ticker: Ticker,
    stack: usize,
    is_paused: bool,
    has_attached: bool,
    /// For how long signals have stopped the process since the last tick, in seconds.
    signals_s: f64,
}

/// Why serving ends.
enum Served {
    /// The process has ended, or nobody listens any more.
    Over,
    /// To begin anew, on another thread.
    Again,
}

/// Serves until the process ends or nobody listens any more.
///
/// The arguments are the rate in Hz, the part of the time that stops may last, and the seed of
/// the jitter.
///
/// With [`CHECK`] it tries to trace a process of its own, and prints the number of the system's
/// reason not to allow it, or 0.
pub(super) fn serve(arguments: &[OsString]) -> ExitCode {
    if matches!(arguments, [only] if only == CHECK) {
        let number = check().err().map_or(0, |error| error as i32);
        return match writeln!(io::stdout(), "{number}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let Some(mut server) = Server::new(arguments) else {
        return ExitCode::FAILURE;
    };
    let end = server.serve().and_then(|()| server.sayings.end());
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Waits until something happens to what is traced, for so long at most.
fn await_event(events: &SignalFd, most: Duration) {
    // Where that fails, it is looked more often.
    wait_for(&mut [PollFd::new(events.as_fd(), PollFlags::POLLIN)], most).ok();
    while matches!(events.read_signal(), Ok(Some(_))) {}
}

/// Deals with all that has happened. Whether anything has.
fn take_events(events: &SignalFd, tracees: &mut Tracees) -> Result<bool, Left> {
    // Before it is looked what has happened, so that nothing is missed.
    while matches!(events.read_signal(), Ok(Some(_))) {}
    tracees.take_events()
}

impl Server {
    fn new(arguments: &[OsString]) -> Option<Self> {
        let [rate, most, seed] = arguments else {
            return None;
        };
        let number = |text: &OsString| text.to_str()?.parse::<f64>().ok().filter(|it| *it > 0.0);
        let pace = Pace {
            rate_hz: number(rate)?,
            max_stopped: number(most)?,
        };
        let seed = seed.to_str()?.parse().ok()?;
        // What happens to those that are traced is told by this signal.
        let mut told = SigSet::empty();
        told.add(Signal::SIGCHLD);
        told.thread_block().ok()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        Some(Self {
            pace,
            seed,
            orders: Orders::of_standard_input().ok()?,
            events: SignalFd::with_flags(&told, flags).ok()?,
            sayings: Sayings::new(),
            process: Pid::from_raw(0),
            chooser: Chooser::new(ChaCha8Rng::seed_from_u64(seed), Linux.shows_processors()),
            ticker: Ticker::new(pace, seed, now()),
            stack: STACK as usize,
            is_paused: false,
            has_attached: false,
            signals_s: 0.0,
        })
    }

    fn serve(&mut self) -> io::Result<()> {
        while self.process.as_raw() == 0 {
            if !self.take_orders()? {
                return Ok(());
            }
        }
        loop {
            // Whatever is traced is let go of when the thread ends that does it.
            let served = thread::scope(|scope| {
                let tracing = scope.spawn(|| self.trace());
                let failed = || Err(io::Error::other("a thread has failed"));
                tracing.join().unwrap_or_else(|_| failed())
            });
            match served? {
                Served::Over => return Ok(()),
                Served::Again => {
                    if !self.await_going_on()? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Traces until the process ends or has to be let go of.
    fn trace(&mut self) -> io::Result<Served> {
        let left = match Tracees::seize(self.process) {
            Ok(mut tracees) => self.watch(&mut tracees)?,
            Err(left) => Some(left),
        };
        match left {
            Some(Left::LetGo) => return Ok(Served::Again),
            Some(Left::Ended) => self.say(Note::Ended)?,
            Some(Left::Denied(error)) => self.say(Note::Denied(error as i32))?,
            // Nobody listens any more.
            None => {}
        }
        Ok(Served::Over)
    }

    /// Takes samples until the threads may not be traced any more, or, `None`, nobody listens.
    fn watch(&mut self, tracees: &mut Tracees) -> io::Result<Option<Left>> {
        if !self.has_attached {
            self.has_attached = true;
            self.ticker = Ticker::new(self.pace, self.seed, now());
            self.say(Note::Attached)?;
        }
        loop {
            let dealt = take_events(&self.events, tracees);
            self.note_signals(tracees)?;
            if let Err(left) = dealt {
                return Ok(Some(left));
            }
            let has_orders = self.await_something(self.rest())?;
            tracees.was_idle();
            if has_orders && !self.take_orders()? {
                return Ok(None);
            }
            if !self.is_paused && self.ticker.wait(now()).is_zero() {
                let attempted = self.attempt(tracees)?;
                self.note_signals(tracees)?;
                if let Err(left) = attempted {
                    return Ok(Some(left));
                }
            }
        }
    }

    /// How long there is nothing to do, unless something happens: what happens may not be told
    /// where the signal that tells it was ignored when this program was started.
    fn rest(&self) -> Duration {
        if self.is_paused {
            LOOK_INTERVAL
        } else {
            self.ticker.wait(now()).min(LOOK_INTERVAL)
        }
    }

    /// Attempts to take a sample.
    fn attempt(&mut self, tracees: &mut Tracees) -> io::Result<Result<(), Left>> {
        if !self.sayings.has_room() {
            // Whoever listens is behind.
            self.ticker.skip(now());
            return Ok(Ok(()));
        }
        let due = self.ticker.tick(now());
        // The last thing before the stop: what runs then is to be seen.
        let activity = match self.look(tracees) {
            Ok(Some(activity)) => activity,
            // Its end is yet to be told.
            Ok(None) => {
                self.ticker.skip(now());
                return Ok(Ok(()));
            }
            Err(left) => return Ok(Err(left)),
        };
        let tick = Tick { at: now(), ..due };
        let seen = match activity {
            Activity::Waits => Seen::Waiting,
            Activity::Displaced => Seen::Displaced,
            Activity::Runs(chosen) => match self.read(tracees, chosen) {
                Ok(seen) => seen,
                Err(left) => return Ok(Err(left)),
            },
        };
        let to_sample_s = match &seen {
            Seen::Thread(thread) => thread.stop.seconds(),
            Seen::Waiting | Seen::Displaced | Seen::Unread(_) => 0.0,
        };
        let stopped = Stopped {
            to_sample_s,
            otherwise_s: std::mem::take(&mut self.signals_s),
        };
        self.ticker.advance(now(), stopped);
        self.say(Note::Attempt(tick, seen))?;
        Ok(Ok(()))
    }

    /// Looks which thread to sample; `None` where the process has ended. What happens meanwhile is
    /// dealt with: a thread that starts another, or has a signal, stands still until then.
    fn look(&mut self, tracees: &mut Tracees) -> Result<Option<Activity>, Left> {
        let events = &self.events;
        let mut dealt = take_events(events, tracees);
        let pause = |most| {
            let end = now() + most;
            while let Ok(any) = dealt
                && now() < end
            {
                await_event(events, now().until(end));
                tracees.was_idle();
                dealt = take_events(events, tracees).map(|more| any || more);
            }
        };
        let looked = self.chooser.look(&Linux, self.process, pause);
        let is_disturbed = dealt? | take_events(events, tracees)?;
        Ok(match looked.ok() {
            // What stood still meanwhile may have been what runs.
            Some(Activity::Waits) if is_disturbed => Some(Activity::Displaced),
            activity => activity,
        })
    }

    /// Reads the thread that was chosen.
    fn read(&self, tracees: &mut Tracees, chosen: Chosen) -> Result<Seen, Left> {
        let at = now();
        let pause = |most| await_event(&self.events, most);
        let read = tracees.read(chosen.thread, self.stack, pause)?;
        let stop = Stop { at, until: now() };
        Ok(read.map_or(Seen::Unread(chosen.running), |read| {
            Seen::Thread(Thread {
                number: chosen.thread.cast_unsigned(),
                at: read.at,
                stop,
                running: chosen.running,
                sleeps: read.sleeps,
                registers: read.registers,
                stack_length: read.stack.len(),
                stack: read.stack,
            })
        }))
    }

    fn note_signals(&mut self, tracees: &mut Tracees) -> io::Result<()> {
        for stop in tracees.take_stops() {
            self.signals_s += stop.seconds();
            self.say(Note::Signal(stop))?;
        }
        Ok(())
    }

    fn say(&mut self, note: Note) -> io::Result<()> {
        self.sayings.say(note)
    }

    /// Waits until something happens to the process, for so long at most. Whether there are
    /// orders.
    fn await_something(&self, most: Duration) -> io::Result<bool> {
        let input = self.orders.input();
        let mut awaited = [
            PollFd::new(input, PollFlags::POLLIN),
            PollFd::new(self.events.as_fd(), PollFlags::POLLIN),
        ];
        wait_for(&mut awaited, most)
    }

    /// Waits until a process that is suspended goes on. Whether somebody still listens.
    fn await_going_on(&mut self) -> io::Result<bool> {
        while inspect::is_suspended(self.process) {
            if self.await_orders(LOOK_INTERVAL)? && !self.take_orders()? {
                return Ok(false);
            }
        }
        self.ticker.skip(now());
        Ok(true)
    }

    /// Waits for orders, for so long at most. Whether there are some.
    fn await_orders(&self, most: Duration) -> io::Result<bool> {
        let mut awaited = [PollFd::new(self.orders.input(), PollFlags::POLLIN)];
        wait_for(&mut awaited, most)
    }

    /// Does what it is told. Whether somebody still listens.
    fn take_orders(&mut self) -> io::Result<bool> {
        let Some(orders) = self.orders.next()? else {
            return Ok(false);
        };
        for order in orders {
            match order {
                Order::Attach(process) => self.process = process,
                Order::Pause => self.is_paused = true,
                Order::GoOn => {
                    self.is_paused = false;
                    self.ticker.skip(now());
                }
                Order::Deepen => self.stack = DEEP_STACK as usize,
            }
        }
        Ok(true)
    }
}

fn check() -> nix::Result<()> {
    let io = |error: io::Error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw);
    // It waits for an order.
    let mut child = Command::new(PROGRAM)
        .arg0(NAME)
        .args(["1", "1", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(io)?;
    let allowed = ptrace::seize(Pid::from_raw(child.id().cast_signed()), Options::empty());
    // There is none.
    child.stdin.take();
    child.wait().map_err(io)?;
    allowed
}

/// Waits until there is something to read, for so long at most. Whether there is of the first.
fn wait_for(awaited: &mut [PollFd<'_>], most: Duration) -> io::Result<bool> {
    match ppoll(awaited, Some(TimeSpec::from_duration(most)), None) {
        Ok(0) | Err(Errno::EINTR) => Ok(false),
        Ok(_) => Ok(awaited[0].any().unwrap_or(false)),
        Err(error) => Err(error.into()),
    }
}
