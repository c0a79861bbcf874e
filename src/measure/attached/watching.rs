//! Watching a process that goes on, until there is enough.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::Pid;

use crate::error::{Error, Result};
use crate::process::{Interrupts, Signal, now};
use crate::sample::Moment;
use crate::sampler::{Sampler, Switches, Watched};

/// What came of watching a process.
pub(super) enum Outcome {
    /// This was seen of it.
    Watched(Box<Seen>),
    /// It could not be attached to.
    NotAttached(Error),
    /// It was attached to, and then something failed.
    Failed(Error),
}

/// What was seen of a process.
pub(super) struct Seen {
    pub(super) from: Moment,
    pub(super) until: Moment,
    pub(super) watched: Watched,
}

impl Seen {
    /// For how long it was watched.
    pub(super) fn seconds(&self) -> f64 {
        self.until.seconds_since(self.from)
    }
}

/// What is heard while a process is watched.
enum Message {
    Attached(Moment),
    /// The sampler has ended, for whatever reason.
    Over,
    Interrupt(Signal),
}

/// Watches a process, with the folder of its twins, until it ends, for so long at most, or until
/// somebody interrupts this: then there is what was seen so far. Whoever does so twice wants no
/// more than an end.
pub(super) fn watch(
    sampler: Box<dyn Sampler>,
    (process, twins): (Pid, PathBuf),
    duration: Option<Duration>,
    interrupts: &Interrupts,
    attached: &dyn Fn(),
) -> Result<Outcome> {
    let (sender, inbox) = channel();
    interrupts.listen(sender.clone(), Message::Interrupt);
    if interrupts.first().is_some() {
        return Err(Error::Interrupted);
    }
    let switches = sampler.switches();
    let work = thread::spawn(move || attach_and_watch(sampler, process, &twins, &sender));
    let mut course = Course {
        duration,
        switches,
        from: None,
        end: None,
    };
    course.follow(&inbox, attached);
    let result = work
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    Ok(match (result, course.from) {
        (Err(error), None) => Outcome::NotAttached(error),
        (Err(error), Some(_)) => Outcome::Failed(error),
        (Ok((watched, until)), from) => Outcome::Watched(Box::new(Seen {
            from: from.unwrap_or(until),
            until,
            watched,
        })),
    })
}

/// What the sampler does, on a thread of its own. When it has let go is told as well.
fn attach_and_watch(
    mut sampler: Box<dyn Sampler>,
    process: Pid,
    twins: &std::path::Path,
    sender: &Sender<Message>,
) -> Result<(Watched, Moment)> {
    // Also where it panics: whoever waits for it is to hear of that.
    let _over = TellOver(sender);
    sampler.begin(process);
    sampler.prepare(process);
    let attached = sampler.attach(process, twins);
    if attached.is_ok() {
        sender.send(Message::Attached(now())).ok();
    }
    let watched = attached.and_then(|()| sampler.watch());
    let until = now();
    // Only when it is gone, nothing of it is left in the process.
    drop(sampler);
    Ok((watched?, until))
}

/// Says that the sampler has ended, when it has.
struct TellOver<'s>(&'s Sender<Message>);

impl Drop for TellOver<'_> {
    fn drop(&mut self) {
        self.0.send(Message::Over).ok();
    }
}

/// How far watching has come.
struct Course {
    duration: Option<Duration>,
    switches: Switches,
    /// Since when it is watched.
    from: Option<Moment>,
    /// When it has been watched for long enough.
    end: Option<Instant>,
}

impl Course {
    /// Deals with all that happens until the sampler has ended.
    fn follow(&mut self, inbox: &Receiver<Message>, attached: &dyn Fn()) {
        loop {
            let message = match self.end {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(end) => inbox.recv_timeout(end.saturating_duration_since(Instant::now())),
            };
            match message {
                Ok(Message::Attached(at)) => {
                    self.from = Some(at);
                    self.end = self.duration.map(|it| Instant::now() + it);
                    attached();
                }
                Ok(Message::Interrupt(signal)) => self.interrupt(signal),
                Ok(Message::Over) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.let_go(),
            }
        }
    }

    /// Ends watching, with a report where somebody asks for the first time.
    fn interrupt(&mut self, signal: Signal) {
        let is_request = matches!(signal, Signal::SIGINT | Signal::SIGTERM);
        let is_first = !self.switches.enough.load(Ordering::Relaxed);
        match signal {
            // The process could stand still for a sample, and would for as long as this does.
            Signal::SIGTSTP => {}
            _ if is_request && is_first && self.from.is_some() => self.let_go(),
            _ => self.switches.cancelled.store(true, Ordering::Relaxed),
        }
    }

    fn let_go(&mut self) {
        self.end = None;
        self.switches.enough.store(true, Ordering::Relaxed);
    }
}
