//! A sampler at work beside its supervisor.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use nix::unistd::Pid;

use super::Message;
use crate::error::Result;
use crate::sample::window::Timeline;
use crate::sampler::{Sampler, Switches, Watched};

/// A sampler at work on a thread of its own.
#[derive(Default)]
pub(super) struct SamplerWork {
    switches: Option<Switches>,
    /// Tells it that the script waits for it. Dropped, it will never come to that.
    script_waits: Option<Sender<()>>,
    thread: Option<JoinHandle<Result<Watched>>>,
}

impl SamplerWork {
    /// Puts a sampler to work on a script, which will wait for it. The folder has twins of
    /// what the script compiles.
    pub(super) fn begin(
        &mut self,
        mut sampler: Box<dyn Sampler>,
        process: Pid,
        twins: PathBuf,
        sender: Sender<Message>,
    ) {
        self.switches = Some(sampler.switches());
        let (script_waits, waiting) = channel();
        self.script_waits = Some(script_waits);
        self.thread = Some(thread::spawn(move || {
            sampler.prepare(process);
            if waiting.recv().is_err() {
                return Ok(Watched::default());
            }
            let attached = sampler.attach(process, &twins);
            let failed = attached.is_err();
            sender.send(Message::Attached(attached)).ok();
            if failed {
                return Ok(Watched::default());
            }
            let watched = sampler.watch();
            sender.send(Message::SamplerEnded).ok();
            watched
        }));
    }

    /// Has the sampler attach to the script, which waits for it now. False where nobody is to.
    pub(super) fn attach(&mut self) -> bool {
        let waits = self.script_waits.take();
        waits.is_some_and(|waits| {
            // Where the sampler is gone, its end is heard of.
            waits.send(()).ok();
            true
        })
    }

    /// Whether the script is suspended while it is watched, as the sampler says.
    pub(super) fn suspended(&self) -> Option<&AtomicBool> {
        self.switches.as_ref().map(|it| &*it.suspended)
    }

    /// Takes no samples while there is a compilation: they would not be in the window.
    pub(super) fn pause_while(&self, timeline: &Timeline) {
        if let Some(switches) = &self.switches {
            let is_compiling = timeline.compiling_since().is_some();
            switches.paused.store(is_compiling, Ordering::Relaxed);
        }
    }

    /// Has the sampler let go of the script, and end.
    pub(super) fn let_go(&self) {
        if let Some(switches) = &self.switches {
            switches.enough.store(true, Ordering::Relaxed);
        }
    }

    /// Waits for the sampler to end, which it does soon after its target.
    pub(super) fn join(&mut self) -> Result<Watched> {
        self.script_waits.take();
        match self.thread.take() {
            None => Ok(Watched::default()),
            Some(thread) => thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        }
    }
}

impl Drop for SamplerWork {
    fn drop(&mut self) {
        self.script_waits.take();
        if let (Some(switches), Some(thread)) = (&self.switches, self.thread.take()) {
            switches.cancelled.store(true, Ordering::Relaxed);
            // Nobody wants its result any more.
            thread.join().ok();
        }
    }
}
