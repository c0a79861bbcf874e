//! A tracer and a kernel that only pretend, in a world that a test makes up.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::world::{Asked, MS, World};
use crate::error::{Error, Result};
use crate::process::Stay;
use crate::sample::Moment;
use crate::sampler::kernel::{Kernel, Snapshot};
use crate::sampler::tracer::{Answer, Event, RawFrame, Reach, Subject, Tracer};

/// What a test and a watcher share.
#[derive(Clone)]
pub(super) struct Fake(pub(super) Arc<Mutex<World>>);

impl Fake {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("nobody has panicked")
    }
}

impl Tracer for Fake {
    fn name(&self) -> Option<String> {
        Some("fake 1.0".to_owned())
    }

    fn attach(&mut self, subject: &Subject) -> Result<()> {
        let mut world = self.world();
        world.suspended = Arc::clone(&subject.suspended);
        let now = world.now;
        world.coming.push((now, Event::Attached));
        Ok(())
    }

    fn list_threads(&mut self) -> Result<Answer> {
        let mut world = self.world();
        world.ask(Asked::Threads);
        world.answer(Asked::Threads, Duration::ZERO, Event::Threads);
        Ok(Answer::Follows)
    }

    fn threads(&self) -> usize {
        self.world().threads[0].len()
    }

    fn can_stop(&self) -> bool {
        self.world().can_stop
    }

    fn stop(&mut self, thread: i32) -> Result<()> {
        let mut world = self.world();
        world.ask(Asked::Stop(thread));
        for event in std::mem::take(&mut world.before_stopping) {
            let now = world.now;
            world.coming.push((now, event));
        }
        let after = world.stop_takes / 2;
        world.answer(Asked::Stop(thread), after, Event::Stopped);
        Ok(())
    }

    fn innermost(&self, _: i32) -> Option<RawFrame> {
        self.world().innermost.clone()
    }

    fn resume(&mut self) -> Result<()> {
        let mut world = self.world();
        world.ask(Asked::Resume);
        let after = world.stop_takes / 2;
        world.answer(Asked::Resume, after, Event::Running);
        Ok(())
    }

    fn read_stack_and_resume(&mut self, thread: i32) -> Result<Answer> {
        let mut world = self.world();
        world.ask(Asked::Stack(thread));
        let (stack, after) = (world.stack.clone(), world.stop_takes / 2);
        world.answer(Asked::Stack(thread), Duration::ZERO, Event::Stack(stack));
        world.answer(Asked::Stack(thread), after, Event::Running);
        Ok(Answer::Follows)
    }

    fn learn_from(&mut self, _: &[RawFrame], reach: Reach) -> Result<Answer> {
        let mut world = self.world();
        world.ask(Asked::Learn(reach));
        match world.learns_for.filter(|_| reach != Reach::User) {
            Some(after) => {
                world.answer(Asked::Learn(reach), after, Event::Learnt);
                Ok(Answer::Follows)
            }
            None => Ok(Answer::None),
        }
    }

    fn end_suspension(&mut self, signal: Option<Signal>) -> Result<()> {
        let mut world = self.world();
        world.ask(Asked::EndSuspension(signal));
        world.is_held = false;
        // It takes a moment to go on.
        let soon = world.now + MS;
        for (at, _) in &mut world.coming {
            *at = soon.max(*at);
        }
        world.answer(Asked::EndSuspension(signal), MS, Event::WentOn);
        Ok(())
    }

    fn next_event(&mut self, wait: Duration, during: &str) -> Result<Option<Event>> {
        let mut world = self.world();
        let until = world.now + if world.babbles { MS } else { wait };
        if world.fails.is_some_and(|at| at <= until) {
            return Err(Error::GdbDied {
                during: during.to_owned(),
                cause: "it is a fake".to_owned(),
            });
        }
        let babble = world.babbles.then_some(Event::WentOn);
        let event = world.pass(until).or(babble);
        if world.cancels.is_some_and(|at| at <= world.now) {
            world.cancelled.store(true, Ordering::Relaxed);
        }
        Ok(event)
    }

    fn unanswered(&self, during: &str, after: Duration) -> Error {
        Error::GdbTimeout {
            during: during.to_owned(),
            after,
        }
    }

    fn end(&mut self) {
        self.world().ask(Asked::End);
    }
}

impl Kernel for Fake {
    fn now(&self) -> Moment {
        self.world().now
    }

    fn shows_processors(&self) -> bool {
        true
    }

    fn stay(&self, draw: &mut dyn FnMut(usize) -> usize) -> Option<Stay> {
        self.world().stays.push(draw(2));
        None
    }

    fn snapshot(&self, process: Pid) -> io::Result<Snapshot> {
        if !self.is_alive(process) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut world = self.world();
        world.snapshots += 1;
        let threads = match world.threads.len() {
            1 => world.threads[0].clone(),
            _ => world.threads.pop_front().expect("there is one at least"),
        };
        Ok(Snapshot {
            at: world.now,
            from: Some(0),
            threads,
        })
    }

    fn sleeps_until_woken(&self, _: Pid, _: i32) -> bool {
        self.world().sleeps
    }

    fn is_alive(&self, _: Pid) -> bool {
        let world = self.world();
        world.now < world.ends
    }

    fn has_default_action(&self, _: Pid, _: Signal) -> bool {
        self.world().default_action
    }

    fn is_pending(&self, _: Pid, _: Signal) -> bool {
        let mut world = self.world();
        world.was_suspended &= world.suspended.load(Ordering::Relaxed);
        world.now >= world.continued
    }
}
