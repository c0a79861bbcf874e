//! One look at the process: it is stopped, the stacks of the threads that were running
//! are read, and it goes on.

use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{GdbSampler, Target};
use crate::error::Result;
use crate::mi::session::{Learnt, STOP_SIGNAL};
use crate::mi::{MiFrame, Stopped, ThreadId};
use crate::sample::{Moment, Observation, Sample, Stop};
use crate::target::memory::{running_threads, takes};
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
        // The last thing before the stop: a thread that ends in between is a lost sample.
        let Ok(running) = running_threads(process) else {
            return self.await_end();
        };
        if running.is_empty() {
            self.push_sample(now(), Observation::Waiting);
            return Ok(Target::Running);
        }
        if !takes_stops {
            // It blocks every signal: no stop would come.
            self.push_bad(now(), running.len());
            return Ok(Target::Running);
        }
        let asked_at = now();
        let Some(stopped) = self.stop(process)? else {
            return Ok(Target::Gone);
        };
        let at = now();
        if self.session.threads_changed() && self.list_threads()? == Target::Gone {
            return Ok(Target::Gone);
        }
        let (stacks, target) = self.read_stacks(&running, stopped)?;
        self.watched.stops.push(Stop {
            at: asked_at.max(self.last_suspended),
            until: now(),
        });
        // gdb does not know all threads that were running, as where one has just ended.
        self.push_bad(at, running.len().saturating_sub(stacks.len()));
        for stack in stacks {
            let observation = self.observe(stack.as_deref())?;
            self.push_sample(at, observation);
        }
        Ok(target)
    }

    /// Looks at the process once for nothing, while it waits for the sampler: what gdb and the
    /// sampler do only once, such as to read the code that was announced so far, would make
    /// the first sample late and the first stop a hundred times as long as the others.
    pub(super) fn warm_up(&mut self, process: Pid) -> Result<()> {
        self.target_mut().stacks.refresh();
        if !takes_soon(process, STOP) || self.stop(process)?.is_none() {
            return Ok(());
        }
        let threads: Vec<ThreadId> = self.threads.iter().map(|thread| thread.id).collect();
        self.request_stacks(&threads[..threads.len().min(1)])?;
        self.await_running("let the script go on")?;
        Ok(())
    }

    fn push_sample(&mut self, at: Moment, observation: Observation) {
        self.watched.samples.push(Sample { at, observation });
    }

    /// Notes that nothing is known of some of the threads that were running.
    fn push_bad(&mut self, at: Moment, threads: usize) {
        for _ in 0..threads {
            self.push_sample(at, Observation::Bad);
        }
    }

    /// Stops the process; `None` if it ended instead.
    fn stop(&mut self, process: Pid) -> Result<Option<Stopped>> {
        self.session.stop_asked();
        // Where it fails, the process has just ended, and gdb will say so.
        kill(process, STOP).ok();
        self.await_learnt("stopped the script", |learnt| match learnt {
            Learnt::Stopped(stopped) => Some(*stopped),
            _ => None,
        })
    }

    /// Reads the stack of each thread that was running, `None` where it cannot be
    /// read, and lets the process go on.
    fn read_stacks(
        &mut self,
        running: &[i32],
        stopped: Stopped,
    ) -> Result<(Vec<Option<Vec<MiFrame>>>, Target)> {
        let threads: Vec<ThreadId> = self
            .threads
            .iter()
            .filter(|thread| thread.lwp.is_some_and(|lwp| running.contains(&lwp)))
            .map(|thread| thread.id)
            .collect();
        // Mostly one thread runs, it is the one that took the signal, and the frame
        // that gdb has shown already is on a user line: that is all that is needed.
        let only_one = threads.len() == 1 && stopped.thread_id == threads.first().copied();
        let stacks = match stopped.frame.filter(|_| only_one) {
            Some(frame) if self.target_mut().stacks.has_user_line(&frame) => {
                let resume = self.session.resume();
                self.gdb.send(&resume)?;
                vec![Some(vec![frame])]
            }
            _ => self.request_stacks(&threads)?,
        };
        let target = self.await_running("let the script go on")?;
        Ok((stacks, target))
    }

    pub(super) fn list_threads(&mut self) -> Result<Target> {
        let command = self.session.list_threads();
        self.gdb.send(&command)?;
        let threads = self.await_learnt("listed the threads", |learnt| match learnt {
            Learnt::Threads(threads) => Some(threads),
            _ => None,
        })?;
        let Some(threads) = threads else {
            return Ok(Target::Gone);
        };
        self.threads = threads;
        Ok(Target::Running)
    }

    /// The frames of each thread, `None` where they cannot be read. The request to
    /// go on is sent with those for the frames, so that nothing waits for us.
    fn request_stacks(&mut self, threads: &[ThreadId]) -> Result<Vec<Option<Vec<MiFrame>>>> {
        let depth = self.depth;
        let mut request = Vec::new();
        for thread in threads {
            request.extend(self.session.read_stack(*thread, depth));
        }
        request.extend(self.session.resume());
        self.gdb.send(&request)?;
        let mut stacks = Vec::new();
        for _ in threads {
            let stack = self.await_learnt("read the stack", |learnt| match learnt {
                Learnt::Stack(_, frames) => Some(Some(frames)),
                Learnt::NoStack(_) => Some(None),
                _ => None,
            })?;
            stacks.push(stack.flatten());
        }
        Ok(stacks)
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
            self.await_learnt("read symbols", |learnt| {
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
