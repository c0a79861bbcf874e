//! One run: a script from its start to its end, watched or not.

mod supervisor;
mod told;
mod work;
mod workers;

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::Duration;

use self::supervisor::Supervisor;
use self::workers::Workers;
pub(super) use self::workers::{Family, MOST_AT_ONCE, StartSampler, Worker};
use super::remarks::Said;
use super::versions::Versions;
use crate::error::{Error, Result, SuiteProblem, Unnoted};
use crate::process::{Captured, Exit, Interrupts, Kin, Launch, Notice, Signal, Target};
use crate::sample::regions::Regions;
use crate::sample::window::Timeline;
use crate::sampler::{Sampler, Watched};

/// A script that has ended, and what was learnt of its run.
#[derive(Debug)]
pub(super) struct FinishedRun {
    /// How the script ended.
    pub(super) exit: Exit,
    /// Its children, where they were followed.
    pub(super) family: Option<Family>,
    /// For how long it was suspended with this process, in seconds.
    pub(super) paused_s: f64,
    /// When Numba compiled.
    pub(super) timeline: Timeline,
    /// Seconds of processor time of child processes, as far as the script knew at its end.
    pub(super) children_s: f64,
    /// What ran the script.
    pub(super) versions: Versions,
    /// Where compiled code lay, in bytes behind the start of a page, if it was put there.
    pub(super) placement: Option<u32>,
    /// Why Numba's debug build was profiled instead of the production build.
    pub(super) fallback: Option<String>,
    /// What kept places that the compiler had dropped from being put back.
    pub(super) without_twin: Option<String>,
    /// Why LLVM said nothing of the code, where it was asked to.
    pub(super) without_remarks: Option<String>,
    /// Why Numba did not say what becomes of parallel loops, where it did not.
    pub(super) without_parallel_remarks: Option<String>,
    /// What it said.
    pub(super) remarks: Vec<Said>,
    /// The texts of code that is in no file, by its name; `None` where Python has not kept
    /// the text.
    pub(super) texts: BTreeMap<String, Option<String>>,
    /// Modules of the working tree that the run of a revision imported, each with its file.
    pub(super) from_working_tree: Vec<String>,
    /// The regions of the script that it entered.
    pub(super) regions: Regions,
    /// Why not all of its regions were noted, where they were not.
    pub(super) without_regions: Option<Unnoted>,
    /// What is wrong with the benchmark of a suite, where that was run and something is.
    pub(super) suite_problem: Option<SuiteProblem>,
    /// What the sampler saw; nothing where there was none, where the script never
    /// imported Numba, or where the sampler failed.
    pub(super) watched: Watched,
    /// Why the sampler failed. The script had the user's own streams and went on.
    pub(super) failure: Option<Error>,
    /// What the script wrote, where that was captured.
    pub(super) captured: Option<Captured>,
    /// The lines of the metrics file, where the streams were captured.
    pub(super) metrics: String,
}

impl FinishedRun {
    /// The children that were followed.
    pub(super) fn workers(&self) -> &[Worker] {
        self.family.as_ref().map_or(&[], |family| &family.workers)
    }

    /// Seconds of processor time of child processes that nobody looked at.
    pub(super) fn ignored_children_s(&self) -> f64 {
        match self.family {
            None => self.children_s,
            Some(_) => 0.0,
        }
    }
}

/// How a run is limited and interrupted.
pub(super) struct Limits<'a> {
    /// The run by its name in messages, such as `the timed run of before in round 1`.
    pub(super) name: String,
    /// The longest it may take.
    pub(super) timeout: Option<Duration>,
    /// The signals that interrupt it.
    pub(super) interrupts: &'a Interrupts,
    /// Is told from time to time for how long a compilation has been going on, which is no
    /// time where there is none, and how many functions were compiled so far.
    pub(super) compiling: &'a dyn Fn(Duration, usize),
}

/// Runs a script to its end, with what samples it and what samples its children. On an error, a timeout or an interruption the script
/// is killed; nothing is left running.
pub(super) fn run(
    launch: &Launch<'_>,
    sampler: Option<Box<dyn Sampler>>,
    of_children: Option<StartSampler<'_>>,
    limits: &Limits<'_>,
) -> Result<FinishedRun> {
    let (sender, inbox) = channel();
    limits.interrupts.listen(sender.clone(), Message::Interrupt);
    if limits.interrupts.first().is_some() {
        return Err(Error::Interrupted);
    }
    let target = Target::launch(launch, &sender, Message::Target)?;
    let workers = Workers::new(of_children, target.twins_folder());
    let workers = (launch.kin == Kin::Children).then_some(workers);
    let mut supervisor = Supervisor::new(target, sampler, workers, launch.streams, sender);
    let exit = supervisor.await_exit(&inbox, limits)?;
    supervisor.collect(exit, limits)
}

/// What a supervisor hears, from the script, from its sampler, and from the user's
/// signals.
enum Message {
    Target(Notice),
    Attached(Result<()>),
    SamplerEnded,
    Interrupt(Signal),
}
