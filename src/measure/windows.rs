//! The measured windows of a run: that of the run as a whole, and that of each of its processes.

use super::run::{FinishedRun, Worker};
use crate::recording::Processes;
use crate::sample::window::Window;
use crate::sampler::Watched;

/// The measured windows of a run.
pub(super) struct Windows<'r> {
    /// That of the run, by the clock. It begins when the first compilation has ended in any of the
    /// processes, and ends with the script.
    pub(super) whole: Window,
    /// That of the script's own process; `None` if nothing was compiled in it, so that it has
    /// nothing to do with what is compared.
    own: Option<Window>,
    /// Those of the children that had compiled code at work before the run's ended.
    workers: Vec<(&'r Worker, Window)>,
}

/// A process that was watched, and what of that counts.
#[derive(Clone, Copy)]
pub(super) struct Seen<'r> {
    pub(super) watched: &'r Watched,
    pub(super) window: &'r Window,
}

impl<'r> Windows<'r> {
    /// `None` if nothing was compiled in any process.
    pub(super) fn of(finished: &'r FinishedRun) -> Option<Self> {
        let (main, gone) = (&finished.timeline, finished.exit.at);
        let workers = finished.workers().iter();
        let first = workers.clone().filter_map(|it| it.timeline().first_code());
        let start = first.chain(main.first_code()).min()?;
        let whole = main.window_from(start, gone);
        let workers = workers.filter_map(|worker| {
            let window = main.of_child(worker.timeline()).window(whole.end())?;
            (window.seconds() > 0.0).then_some((worker, window))
        });
        Some(Self {
            workers: workers.collect(),
            own: main.window(gone),
            whole,
        })
    }

    /// What was seen of the processes, each within its window.
    pub(super) fn seen(&'r self, finished: &'r FinishedRun) -> Vec<Seen<'r>> {
        let main = self.own.iter().map(|window| Seen {
            watched: &finished.watched,
            window,
        });
        let workers = self.workers.iter().filter_map(|(worker, window)| {
            let watched = worker.watched.as_ref().ok()?;
            Some(Seen { watched, window })
        });
        main.chain(workers).collect()
    }

    /// How many processes there were and for how long, where children were followed.
    pub(super) fn processes(&self, finished: &FinishedRun) -> Option<Processes> {
        let family = finished.family.as_ref()?;
        let own = self.own.iter();
        let windows = own.chain(self.workers.iter().map(|(_, window)| window));
        let unwatched = self.workers.iter().filter(|(it, _)| it.watched.is_err());
        Some(Processes {
            followed: self.workers.len() as u64,
            seconds: windows.map(Window::seconds).sum(),
            unwatched: unwatched.count() as u64,
            left_out: family.left_out,
        })
    }

    /// Why a child could not be watched, where one could not.
    pub(super) fn unwatched_because(&self) -> Option<String> {
        let mut workers = self.workers.iter();
        workers.find_map(|(worker, _)| Some(worker.watched.as_ref().err()?.on_one_line()))
    }
}
