//! Which threads run at a moment, and which of them is sampled.
//!
//! A thread that is runnable does not run where it has no processor. What it stands at then
//! is no fair sample of what it does: a thread loses its processor while all of them work,
//! and the others have reached the end of the loop and wait for it by the time it is seen.
//!
//! On a machine without an idle processor a snapshot disturbs what it is of: whoever takes it
//! needs a processor, and takes one from a thread. This thread stands where it was at the
//! very moment of the snapshot. What the others do until they are stopped, they do because it
//! stands: they run into the end of the loop. So the one to sample is the thread that lost
//! its processor to the snapshot; where none did, any of those that run is as good. Threads may
//! stay on one processor each, and do different work: so the processor from which the snapshot
//! is taken is drawn anew each time, or it would always be the same thread's.
//!
//! Threads that sleep while they wait for others are woken for each loop. One that was woken
//! just now, and has no processor because the snapshot has it, would run: it counts. But it may
//! still stand where it slept, and is sampled only where there is no other. If it does, it
//! is no sample.
//!
//! It counts for all that run. The others could only be stopped one after the other, and be
//! seen to wait for those that were stopped before.

use std::io;
use std::time::Duration;

use nix::unistd::Pid;
use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::kernel::{Kernel, Snapshot};
use crate::process::inspect::ThreadState;

/// Time between the two snapshots by which a thread that loses its processor to the second one
/// is told from those that had none before. Shorter than a scheduler's time slice, or many
/// would have lost theirs to others meanwhile.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_micros(500);

/// Snapshots after which it is believed that a process has but one thread that works. While it
/// has more, there are always two: to decide by the first whether there is a second one would
/// make samples depend on what was seen.
const SNAPSHOTS_OF_ONE: u32 = 100;

/// The thread to sample, and how many it counts for: those that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) thread: i32,
    pub(super) running: usize,
}

/// What is known of the threads at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// None is runnable: the process waits.
    Waits,
    /// Some are runnable, and none of them has a processor.
    Displaced,
    /// This one is to be sampled.
    Runs(Chosen),
}

/// Decides which thread to sample.
pub(super) struct Chooser {
    rng: ChaCha8Rng,
    /// Whether the kernel shows which threads have a processor.
    processors_are_shown: bool,
    /// Snapshots for which it is still believed that several threads work.
    crowded: u32,
    /// The last snapshot.
    last: Option<Snapshot>,
}

impl Chooser {
    pub(super) const fn new(rng: ChaCha8Rng, processors_are_shown: bool) -> Self {
        Self {
            rng,
            processors_are_shown,
            crowded: 0,
            last: None,
        }
    }

    /// Looks which threads of a process run, and chooses which of them to sample. If none of
    /// those that would run has a processor, a few more snapshots are taken, which does not stop
    /// the script. Fails where the process has ended.
    ///
    /// `pause` waits between them.
    pub(super) fn look(
        &mut self,
        kernel: &impl Kernel,
        process: Pid,
        mut pause: impl FnMut(Duration),
    ) -> io::Result<Activity> {
        const TRIES: u32 = 5;
        for _ in 1..TRIES {
            match self.look_once(kernel, process, &mut pause)? {
                // For no time that threads could keep in step with.
                Activity::Displaced => {
                    pause(BETWEEN_SNAPSHOTS.mul_f64(self.rng.random_range(0.5..3.0)));
                }
                activity => return Ok(activity),
            }
        }
        self.look_once(kernel, process, &mut pause)
    }

    fn look_once(
        &mut self,
        kernel: &impl Kernel,
        process: Pid,
        pause: &mut impl FnMut(Duration),
    ) -> io::Result<Activity> {
        if !self.needs_two_snapshots() {
            let snapshot = kernel.snapshot(process)?;
            return Ok(self.choose(None, snapshot));
        }
        let stay = kernel.stay(&mut |number| self.rng.random_range(0..number));
        let before = kernel.snapshot(process)?;
        pause(BETWEEN_SNAPSHOTS);
        let snapshot = kernel.snapshot(process)?;
        drop(stay);
        Ok(self.choose(Some(&before), snapshot))
    }

    /// Whether a snapshot has to be preceded by another.
    const fn needs_two_snapshots(&self) -> bool {
        self.processors_are_shown && self.crowded > 0
    }

    /// Chooses by a snapshot, and by the one a moment before it where there was one.
    fn choose(&mut self, before: Option<&Snapshot>, snapshot: Snapshot) -> Activity {
        let activity = self.chosen(before, &snapshot);
        self.last = Some(snapshot);
        activity
    }

    /// Whether more than one thread works: at the moment, or in turn since the last snapshot, as
    /// those do that sleep while the others work.
    fn several_work(&self, runnable: &[ThreadState], snapshot: &Snapshot) -> bool {
        let worked = |last: &Snapshot| {
            let elapsed_ns = snapshot.at.0.saturating_sub(last.at.0);
            let worked = snapshot.threads.iter().filter(|state| {
                let ran_ns = ran_since(state, last);
                ran_ns.is_some_and(|ran_ns| 10 * ran_ns >= elapsed_ns)
            });
            worked.count()
        };
        runnable.len() > 1 || self.last.as_ref().is_some_and(|last| worked(last) > 1)
    }

    fn chosen(&mut self, before: Option<&Snapshot>, snapshot: &Snapshot) -> Activity {
        let runnable: Vec<ThreadState> = snapshot
            .threads
            .iter()
            .filter(|it| it.is_runnable)
            .copied()
            .collect();
        self.crowded = if self.several_work(&runnable, snapshot) {
            SNAPSHOTS_OF_ONE
        } else {
            self.crowded.saturating_sub(1)
        };
        // A single thread loses its processor at any of its instructions alike.
        let Some(before) = before else {
            return self.any_of(&runnable, runnable.len());
        };
        let is_asleep = runnable.is_empty();
        let elapsed_ns = snapshot.at.0.saturating_sub(before.at.0);
        let (on, off): (Vec<ThreadState>, Vec<ThreadState>) =
            runnable.into_iter().partition(|it| it.is_on_processor);
        // It is on the processor that we have, and had that for a good part of the time.
        let has_just_run = |state: &ThreadState| {
            let is_here = state.processor.is_none() || state.processor == snapshot.from;
            let ran_ns = ran_since(state, before);
            is_here && ran_ns.is_some_and(|ran_ns| 4 * ran_ns >= elapsed_ns)
        };
        let by_us: Vec<ThreadState> = off.into_iter().filter(has_just_run).collect();
        let running = on.len() + by_us.len();
        // One that has slept may have been woken just now.
        let has_slept =
            |state: &ThreadState| then(state, before).is_none_or(|then| then.slept != state.slept);
        let (woken, taken): (Vec<_>, Vec<_>) = by_us.into_iter().partition(has_slept);
        let mut candidates = [taken, on, woken].into_iter();
        match candidates.find(|threads| !threads.is_empty()) {
            Some(threads) => self.any_of(&threads, running),
            None if is_asleep => Activity::Waits,
            None => Activity::Displaced,
        }
    }

    fn any_of(&mut self, threads: &[ThreadState], running: usize) -> Activity {
        threads.choose(&mut self.rng).map_or(Activity::Waits, |it| {
            Activity::Runs(Chosen {
                thread: it.thread,
                running,
            })
        })
    }
}

/// A thread as an earlier snapshot has it.
fn then<'l>(state: &ThreadState, snapshot: &'l Snapshot) -> Option<&'l ThreadState> {
    snapshot.threads.iter().find(|it| it.thread == state.thread)
}

/// For how long a thread has had a processor since an earlier snapshot, in nanoseconds.
fn ran_since(state: &ThreadState, snapshot: &Snapshot) -> Option<u64> {
    then(state, snapshot).map(|then| state.ran_ns.saturating_sub(then.ran_ns))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::sample::Moment;

    const MS: u64 = 1_000_000;
    const HERE: i32 = 3;

    fn on(thread: i32, ran_ns: u64) -> ThreadState {
        ThreadState {
            thread,
            is_runnable: true,
            is_on_processor: true,
            ran_ns,
            slept: 0,
            processor: Some(HERE),
        }
    }

    fn off(thread: i32, ran_ns: u64) -> ThreadState {
        ThreadState {
            is_on_processor: false,
            ..on(thread, ran_ns)
        }
    }

    fn asleep(thread: i32) -> ThreadState {
        ThreadState {
            is_runnable: false,
            ..off(thread, 0)
        }
    }

    fn snapshot(at: u64, threads: &[ThreadState]) -> Snapshot {
        Snapshot {
            at: Moment(at),
            from: Some(HERE),
            threads: threads.to_vec(),
        }
    }

    /// What is chosen by two snapshots that are a millisecond apart: of several threads each is,
    /// now and then.
    #[track_caller]
    fn check(before: &[ThreadState], now: &[ThreadState], threads: &[i32], running: usize) {
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        let mut chosen = std::collections::BTreeSet::new();
        for _ in 0..50 {
            match chooser.choose(Some(&snapshot(MS, before)), snapshot(2 * MS, now)) {
                Activity::Runs(it) => {
                    assert_eq!(it.running, running);
                    chosen.insert(it.thread);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(chosen.into_iter().collect::<Vec<_>>(), threads);
    }

    /// What is chosen once by two snapshots that are a millisecond apart.
    fn choose(before: &[ThreadState], now: &[ThreadState]) -> Activity {
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        chooser.choose(Some(&snapshot(MS, before)), snapshot(2 * MS, now))
    }

    #[test]
    fn the_thread_that_lost_its_processor_to_the_snapshot_is_chosen_and_counts_for_all() {
        check(&[off(1, 0), off(2, 0)], &[on(1, 0), off(2, MS)], &[2], 2);
    }

    #[test]
    fn where_none_did_any_that_runs_is() {
        let now = [on(1, 0), on(2, 0), asleep(3)];
        check(&[on(1, 0), on(2, 0)], &now, &[1, 2], 2);
    }

    #[test]
    fn one_that_had_no_processor_before_is_not_counted() {
        check(&[on(1, 0), off(2, MS)], &[on(1, 0), off(2, MS)], &[1], 1);
    }

    /// A thread that was woken counts, but may stand where it slept.
    #[test]
    fn one_that_slept_meanwhile_counts_and_is_chosen_last() {
        let woken = ThreadState {
            slept: 1,
            ..off(2, MS)
        };
        let before = [off(1, 0), off(2, 0)];
        check(&before, &[on(1, 0), woken], &[1], 2);
        check(&before, &[off(1, MS), woken], &[1], 2);
        check(&before, &[asleep(1), woken], &[2], 1);
    }

    #[test]
    fn the_only_one_of_several_that_could_run_is_chosen_if_it_does() {
        let before = [off(1, MS), off(2, 0)];
        let displaced = choose(&before, &[off(1, MS), asleep(2)]);
        assert_eq!(displaced, Activity::Displaced);
        check(&before, &[off(1, 2 * MS), asleep(2)], &[1], 1);
    }

    /// Others have taken the processor of a thread that is not where we are.
    #[test]
    fn a_thread_on_another_processor_did_not_lose_it_to_the_snapshot() {
        let elsewhere = ThreadState {
            processor: Some(HERE + 1),
            ..off(2, MS)
        };
        let before = [off(1, 0), off(2, 0)];
        check(&before, &[on(1, 0), elsewhere], &[1], 1);
    }

    /// Threads that sleep while the others work are seldom seen together.
    #[test]
    fn threads_that_work_in_turn_are_several() {
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        let mut snapshot = |at, ran_ns: [u64; 2]| {
            let threads = vec![on(1, ran_ns[0]), asleep(2)];
            let mut snapshot = Snapshot {
                at: Moment(at),
                from: Some(HERE),
                threads,
            };
            snapshot.threads[1].ran_ns = ran_ns[1];
            chooser.choose(None, snapshot);
            chooser.needs_two_snapshots()
        };
        assert!(!snapshot(0, [0, 0]));
        assert!(!snapshot(10 * MS, [9 * MS, MS / 10]));
        assert!(snapshot(20 * MS, [15 * MS, 5 * MS]));
    }

    #[test]
    fn a_single_thread_is_chosen_whether_it_runs_or_not() {
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        let snapshot = Snapshot {
            at: Moment(MS),
            from: Some(HERE),
            threads: vec![off(1, MS), asleep(2)],
        };
        let chosen = Chosen {
            thread: 1,
            running: 1,
        };
        assert_eq!(chooser.choose(None, snapshot), Activity::Runs(chosen));
    }

    #[test]
    fn none_is_where_none_runs() {
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        let threads = vec![off(1, 0), off(2, 0)];
        let snapshot = |at| Snapshot {
            at: Moment(at),
            from: Some(HERE),
            threads: threads.clone(),
        };
        let activity = chooser.choose(Some(&snapshot(MS)), snapshot(2 * MS));
        assert_eq!(activity, Activity::Displaced);
        assert!(chooser.needs_two_snapshots());
        let none = || Snapshot {
            at: Moment(0),
            from: Some(HERE),
            threads: vec![asleep(1)],
        };
        for _ in 0..SNAPSHOTS_OF_ONE {
            assert!(chooser.needs_two_snapshots());
            assert_eq!(chooser.choose(None, none()), Activity::Waits);
        }
        assert!(!chooser.needs_two_snapshots());
    }
}
