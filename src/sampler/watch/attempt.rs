//! One attempt to take a sample: the process is stopped, the stack of a thread that was
//! running is read, and it goes on.

use std::thread;

use super::{Target, Watcher};
use crate::error::Result;
use crate::sample::{Observation, Stop};
use crate::sampler::kernel::Kernel;
use crate::sampler::running::Activity;
use crate::sampler::tracer::{Answer, Event, RawFrame, Tracer};

/// The frames of a thread, innermost first; `None` where they could not be read, as where
/// the thread has just ended.
type Stack = Option<Vec<RawFrame>>;

impl<T: Tracer, K: Kernel> Watcher<T, K> {
    /// Attempts to take a sample.
    pub(super) fn sample(&mut self) -> Result<Target> {
        let can_stop = self.tracer.can_stop();
        self.lines().refresh();
        // The last thing before the stop: what runs then is to be seen.
        let process = self.process();
        let Ok(activity) = self.chooser.look(&self.kernel, process, thread::sleep) else {
            return self.await_end();
        };
        let now = self.kernel.now();
        match activity {
            Activity::Waits => self.watched.push(now, None, &Observation::Waiting, 1),
            // Others have the processors: the script neither works nor waits.
            Activity::Displaced => self.watched.unseen.push(now),
            // No stop would come.
            Activity::Runs(chosen) if !can_stop => {
                self.watched
                    .push(now, None, &Observation::Bad, chosen.running);
            }
            Activity::Runs(chosen) => return self.stop_and_read(chosen.thread, chosen.running),
        }
        Ok(Target::Running)
    }

    /// Stops the process to read the stack of a thread, which counts for all of those that run.
    fn stop_and_read(&mut self, thread: i32, running: usize) -> Result<Target> {
        let asked_at = self.kernel.now();
        if self.stop(thread)? == Target::Gone {
            return Ok(Target::Gone);
        }
        let at = self.kernel.now();
        if self.list_threads()? == Target::Gone {
            return Ok(Target::Gone);
        }
        // It ran when it was chosen, or was about to.
        let sleeps =
            self.tracer.threads() > 1 && self.kernel.sleeps_until_woken(self.process(), thread);
        let (stack, target) = self.read_stack(thread)?;
        self.watched.stops.push(Stop {
            at: asked_at.max(self.last_suspended),
            until: self.kernel.now(),
        });
        let observation = self.observe(stack.as_deref())?;
        if sleeps && observation.is_at_barrier() {
            // It does not run: it waits to be woken, or to have a processor again.
            self.watched.unseen.push(at);
        } else {
            let thread = Some(thread.cast_unsigned());
            self.watched.push(at, thread, &observation, running);
        }
        Ok(target)
    }

    /// Takes a sample once for nothing, while it waits for the sampler: what the tracer
    /// and the sampler do only once, such as to read the code that was announced so far, would
    /// make the first sample late and the first stop a hundred times as long as the others.
    pub(super) fn warm_up(&mut self) -> Result<()> {
        let first_thread = self.process().as_raw();
        self.lines().refresh();
        if self.tracer.can_stop() && self.stop(first_thread)? == Target::Running {
            self.ask_for_stack(first_thread)?;
            self.await_running("resuming the script")?;
        }
        Ok(())
    }

    /// Stops the process, unless it ends instead.
    fn stop(&mut self, thread: i32) -> Result<Target> {
        self.tracer.stop(thread)?;
        self.await_that("stopping the script", |event| {
            matches!(event, Event::Stopped)
        })
    }

    /// Reads the stack of a thread, and lets the process go on.
    fn read_stack(&mut self, thread: i32) -> Result<(Stack, Target)> {
        // Mostly the innermost frame, which the tracer knows already, is on a user line: that
        // is all that is needed.
        let innermost = self.tracer.innermost(thread);
        let stack = match innermost.filter(|frame| self.lines().has_user_line(frame, frame.address))
        {
            Some(frame) => {
                self.tracer.resume()?;
                Some(vec![frame])
            }
            None => self.ask_for_stack(thread)?,
        };
        let target = self.await_running("resuming the script")?;
        Ok((stack, target))
    }

    /// The frames of a thread. The process goes on, which is not waited for.
    fn ask_for_stack(&mut self, thread: i32) -> Result<Stack> {
        if self.tracer.read_stack_and_resume(thread)? == Answer::None {
            return Ok(None);
        }
        let stack = self.await_event("reading the stack", |event| match event {
            Event::Stack(frames) => Some(frames),
            _ => None,
        })?;
        Ok(stack.flatten())
    }

    /// What a stack means. The tracer may learn from it how to read those to come, while the
    /// process runs.
    fn observe(&mut self, stack: Option<&[RawFrame]>) -> Result<Observation> {
        let Some(frames) = stack else {
            return Ok(Observation::Bad);
        };
        let observation = self.lines().observe(frames);
        let reach = self.lines().reach(&observation);
        if self.tracer.learn_from(frames, reach)? == Answer::Follows {
            // What it learns of may have been loaded since, and have lines, which are not
            // Numba's.
            self.lines().refresh_mappings();
            // A stop would have to wait for it.
            self.await_that("reading symbols", |event| matches!(event, Event::Learnt))?;
        }
        Ok(observation)
    }
}
