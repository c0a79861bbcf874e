//! One look at the process: it is stopped, the stack of a thread that was running is read,
//! and it goes on.

use std::time::Duration;
use std::{io, iter, thread};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::running::{Activity, Chooser, Look};
use super::{GdbSampler, Target};
use crate::error::Result;
use crate::mi::session::{Learnt, STOP_SIGNAL};
use crate::mi::{MiFrame, Stopped, ThreadId};
use crate::sample::{Moment, Observation, Sample, Stop};
use crate::target::memory::{own_processor, sleeps_until_woken, takes, threads};
use crate::target::now;

/// Unwinds functions without unwind information. It is run by gdb.
const UNWINDER: &str = include_str!("unwinder.py");

/// [`STOP_SIGNAL`] as the kernel knows it.
const STOP: Signal = Signal::SIGURG;
const _: () = assert!(matches!(STOP_SIGNAL.as_bytes(), b"SIGURG"));

impl GdbSampler {
    /// Looks at the process once.
    pub(super) fn sample(&mut self, process: Pid) -> Result<Target> {
        let takes_stops = takes_soon(process, STOP);
        self.target_mut().stacks.refresh();
        // The last thing before the stop: what runs then is to be seen.
        let Ok(activity) = self.activity(process) else {
            return self.await_end();
        };
        let chosen = match activity {
            Activity::Waits => {
                self.push_samples(now(), &Observation::Waiting, 1);
                return Ok(Target::Running);
            }
            // Others have the processors: the script neither works nor waits.
            Activity::Displaced => {
                self.watched.unseen.push(now());
                return Ok(Target::Running);
            }
            Activity::Runs(chosen) => chosen,
        };
        if !takes_stops {
            // It blocks every signal: no stop would come.
            self.push_samples(now(), &Observation::Bad, chosen.running);
            return Ok(Target::Running);
        }
        let asked_at = now();
        let Some(stopped) = self.stop(process, chosen.thread)? else {
            return Ok(Target::Gone);
        };
        let at = now();
        if self.session.threads_changed() && self.list_threads()? == Target::Gone {
            return Ok(Target::Gone);
        }
        // It ran when it was looked at, or was about to.
        let sleeps = self.threads.len() > 1 && sleeps_until_woken(process, chosen.thread);
        let (stack, target) = self.read_stack(chosen.thread, stopped)?;
        self.watched.stops.push(Stop {
            at: asked_at.max(self.last_suspended),
            until: now(),
        });
        let observation = self.observe(stack.as_deref())?;
        if sleeps && observation.is_at_barrier() {
            // It does not run: it waits to be woken, or to have a processor again.
            self.watched.unseen.push(at);
        } else {
            self.push_samples(at, &observation, chosen.running);
        }
        Ok(target)
    }

    /// Looks at the process once for nothing, while it waits for the sampler: what gdb and the
    /// sampler do only once, such as to read the code that was announced so far, would make
    /// the first sample late and the first stop a hundred times as long as the others.
    pub(super) fn warm_up(&mut self, process: Pid) -> Result<()> {
        self.target_mut().stacks.refresh();
        if !takes_soon(process, STOP) || self.stop(process, process.as_raw())?.is_none() {
            return Ok(());
        }
        if let Some(thread) = self.threads.first().map(|thread| thread.id) {
            self.request_stack(thread)?;
        } else {
            let resume = self.session.resume();
            self.gdb.send(&resume)?;
        }
        self.await_running("resuming the script")?;
        Ok(())
    }

    /// Which threads run, and which of them to look at. If none of those that would run has a
    /// processor, it looks a few more times, which does not stop the script.
    fn activity(&mut self, process: Pid) -> io::Result<Activity> {
        const TRIES: u32 = 5;
        for _ in 1..TRIES {
            match self.activity_now(process)? {
                Activity::Displaced => self.chooser.pause_at_random(),
                activity => return Ok(activity),
            }
        }
        self.activity_now(process)
    }

    fn activity_now(&mut self, process: Pid) -> io::Result<Activity> {
        let look = || {
            let at = now();
            let from = own_processor();
            threads(process).map(|threads| Look { at, from, threads })
        };
        let before = if self.chooser.needs_two_looks() {
            let before = look()?;
            Chooser::pause();
            Some(before)
        } else {
            None
        };
        Ok(self.chooser.choose(before.as_ref(), look()?))
    }

    /// Notes what was seen, of so many threads.
    fn push_samples(&mut self, at: Moment, observation: &Observation, threads: usize) {
        let sample = Sample {
            at,
            observation: observation.clone(),
        };
        let samples = iter::repeat_n(sample, threads);
        self.watched.samples.extend(samples);
    }

    /// Stops the process; `None` if it ended instead. The thread stands where it is when it
    /// is asked, and the others wherever they come until gdb stops them.
    fn stop(&mut self, process: Pid, thread: i32) -> Result<Option<Stopped>> {
        self.session.stop_asked();
        // A signal that is sent to a thread's number is the process's, and that thread takes
        // it if it can. Where there is no such thread any more, the first one does.
        if kill(Pid::from_raw(thread), STOP).is_err() {
            // Where this fails too, the process has just ended, and gdb will say so.
            kill(process, STOP).ok();
        }
        self.await_learnt("stopping the script", |learnt| match learnt {
            Learnt::Stopped(stopped) => Some(*stopped),
            _ => None,
        })
    }

    /// Reads the stack of a thread, `None` where it cannot be read, as where the thread has
    /// just ended, and lets the process go on.
    fn read_stack(
        &mut self,
        thread: i32,
        stopped: Stopped,
    ) -> Result<(Option<Vec<MiFrame>>, Target)> {
        let mut threads = self.threads.iter();
        let thread = threads.find(|it| it.lwp == Some(thread)).map(|it| it.id);
        // Mostly it is the one that took the signal, and the frame that gdb has shown
        // already is on a user line: that is all that is needed.
        let has_stopped = thread.is_some() && stopped.thread_id == thread;
        let stack = match (stopped.frame.filter(|_| has_stopped), thread) {
            (Some(frame), _) if self.target_mut().stacks.has_user_line(&frame) => {
                let resume = self.session.resume();
                self.gdb.send(&resume)?;
                Some(vec![frame])
            }
            (_, Some(thread)) => self.request_stack(thread)?,
            (_, None) => {
                let resume = self.session.resume();
                self.gdb.send(&resume)?;
                None
            }
        };
        let target = self.await_running("resuming the script")?;
        Ok((stack, target))
    }

    pub(super) fn list_threads(&mut self) -> Result<Target> {
        let command = self.session.list_threads();
        self.gdb.send(&command)?;
        let threads = self.await_learnt("listing the threads", |learnt| match learnt {
            Learnt::Threads(threads) => Some(threads),
            _ => None,
        })?;
        let Some(threads) = threads else {
            return Ok(Target::Gone);
        };
        self.threads = threads;
        Ok(Target::Running)
    }

    /// The frames of a thread, `None` where they cannot be read. The request to go on is
    /// sent with that for the frames, so that nothing waits for us.
    fn request_stack(&mut self, thread: ThreadId) -> Result<Option<Vec<MiFrame>>> {
        let mut request = self.session.read_stack(thread, self.depth);
        request.extend(self.session.resume());
        self.gdb.send(&request)?;
        let stack = self.await_learnt("reading the stack", |learnt| match learnt {
            Learnt::Stack(_, frames) => Some(Some(frames)),
            Learnt::NoStack(_) => Some(None),
            _ => None,
        })?;
        Ok(stack.flatten())
    }

    /// What a stack means. Where it reaches no line of the user's and has frames of a
    /// library that gdb cannot unwind, gdb is told to read how, while the process runs:
    /// once a library, for the samples to come. What the library does not say about a
    /// function, gdb has to find out from its instructions.
    fn observe(&mut self, stack: Option<&[MiFrame]>) -> Result<Observation> {
        let Some(frames) = stack else {
            return Ok(Observation::Bad);
        };
        let observation = self.target_mut().stacks.observe(frames);
        self.deepen(frames, &observation);
        let stacks = &mut self.target_mut().stacks;
        if stacks.reaches_users(&observation) {
            return Ok(observation);
        }
        if let Some(library) = stacks.unread_library(frames) {
            let command = self.session.read_symbols(library);
            self.gdb.send(&command)?;
            // A stop would have to wait for it.
            self.await_learnt("reading symbols", |learnt| {
                (learnt == Learnt::SymbolsRead).then_some(())
            })?;
        } else if cfg!(target_arch = "x86_64")
            && let Some(address) = stacks.function_to_guess(frames)
        {
            self.find_out_how_to_unwind(address)?;
        }
        Ok(observation)
    }

    /// Has gdb unwind the function at an address by what its instructions do.
    fn find_out_how_to_unwind(&mut self, address: u64) -> Result<()> {
        let mut request = Vec::new();
        if !std::mem::replace(&mut self.has_unwinder, true) {
            request.extend(self.session.run_python(UNWINDER.to_owned()));
        }
        let add = format!("unwinder.add_function_at({address})");
        request.extend(self.session.run_python(add));
        self.gdb.send(&request)
    }

    /// Has more frames read from now on, where those of a stack end before they reach a
    /// line of the user's. A stack that is that deep is seldom the only one.
    fn deepen(&mut self, frames: &[MiFrame], observation: &Observation) {
        let is_cut = frames.len() >= self.depth as usize;
        if is_cut && self.target_mut().stacks.goes_on(frames, observation) {
            self.depth = self.depth.saturating_mul(2).min(self.settings.max_depth);
        }
    }
}

/// Whether a process takes a signal, now or within a moment. Whoever starts a thread
/// blocks all signals meanwhile, and for as long a process of one thread takes none.
fn takes_soon(process: Pid, signal: Signal) -> bool {
    const TRIES: u32 = 10;
    const A_MOMENT: Duration = Duration::from_micros(200);
    (0..TRIES).any(|tried| {
        if tried > 0 {
            thread::sleep(A_MOMENT);
        }
        takes(process, signal)
    })
}
