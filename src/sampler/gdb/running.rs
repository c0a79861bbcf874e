//! Which threads run at a moment, and which of them is looked at.
//!
//! A thread that is runnable does not run where it has no processor. What it stands at then
//! is no fair sample of what it does: a thread loses its processor while all of them work,
//! and the others have reached the end of the loop and wait for it by the time it is seen.
//!
//! On a machine without an idle processor looking disturbs what is looked at: whoever looks
//! needs a processor, and takes one from a thread. This thread stands where it was at the
//! very moment of the look. What the others do until they are stopped, they do because it
//! stands: they run into the end of the loop. So the one to look at is the thread that lost
//! its processor to the look; where none did, any of those that run is as good.
//!
//! It counts for all that run. The others could only be stopped one after the other, and be
//! seen to wait for those that were stopped before.

use std::thread;
use std::time::Duration;

use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use crate::sample::Moment;
use crate::target::memory::ThreadState;

/// Time between the two looks by which a thread that loses its processor to the second one
/// is told from those that had none before. Shorter than a scheduler's time slice, or many
/// would have lost theirs to others meanwhile.
pub(super) const BETWEEN_LOOKS: Duration = Duration::from_micros(500);

/// Looks after which it is believed that a process has but one thread that works. Both looks
/// are done while it has more: to decide by a look whether there is a second one would make
/// samples depend on what was seen.
const LOOKS_OF_ONE: u32 = 100;

/// What was seen of the threads at a moment.
pub(super) struct Look {
    pub(super) at: Moment,
    pub(super) threads: Vec<ThreadState>,
}

/// The thread to look at, and how many it counts for: those that run.
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
    /// This one is to be looked at.
    Runs(Chosen),
}

/// Decides which thread to look at.
pub(super) struct Chooser {
    rng: ChaCha8Rng,
    /// Whether the kernel shows which threads have a processor.
    processors_are_shown: bool,
    /// Looks for which it is still believed that several threads work.
    crowded: u32,
}

impl Chooser {
    pub(super) const fn new(rng: ChaCha8Rng, processors_are_shown: bool) -> Self {
        Self {
            rng,
            processors_are_shown,
            crowded: 0,
        }
    }

    /// Whether a look has to be preceded by another.
    pub(super) const fn needs_two_looks(&self) -> bool {
        self.processors_are_shown && self.crowded > 0
    }

    /// Waits for a moment between two looks.
    pub(super) fn pause() {
        thread::sleep(BETWEEN_LOOKS);
    }

    /// Chooses by a look, and by the one a moment before it where there was one.
    pub(super) fn choose(&mut self, before: Option<&Look>, look: &Look) -> Activity {
        let runnable: Vec<ThreadState> = look
            .threads
            .iter()
            .filter(|it| it.is_runnable)
            .copied()
            .collect();
        self.crowded = if runnable.len() > 1 {
            LOOKS_OF_ONE
        } else {
            self.crowded.saturating_sub(1)
        };
        // A single thread loses its processor at any of its instructions alike.
        let Some(before) = before.filter(|_| runnable.len() > 1) else {
            return self.any_of(&runnable, runnable.len());
        };
        let elapsed_ns = look.at.0.saturating_sub(before.at.0);
        let (on, off): (Vec<ThreadState>, Vec<ThreadState>) =
            runnable.into_iter().partition(|it| it.is_on_processor);
        let has_just_run = |state: &ThreadState| {
            let then = before.threads.iter().find(|it| it.thread == state.thread);
            then.is_some_and(|then| 2 * state.ran_ns.saturating_sub(then.ran_ns) >= elapsed_ns)
        };
        let by_us: Vec<ThreadState> = off.into_iter().filter(has_just_run).collect();
        let running = on.len() + by_us.len();
        if running == 0 {
            return Activity::Displaced;
        }
        self.any_of(if by_us.is_empty() { &on } else { &by_us }, running)
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

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const MS: u64 = 1_000_000;

    fn on(thread: i32, ran_ns: u64) -> ThreadState {
        ThreadState {
            thread,
            is_runnable: true,
            is_on_processor: true,
            ran_ns,
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

    /// What is chosen by two looks that are a millisecond apart: of several threads each is,
    /// now and then.
    #[track_caller]
    fn check(before: &[ThreadState], now: &[ThreadState], threads: &[i32], running: usize) {
        let look = |at, threads: &[ThreadState]| Look {
            at: Moment(at),
            threads: threads.to_vec(),
        };
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        let mut chosen = std::collections::BTreeSet::new();
        for _ in 0..50 {
            match chooser.choose(Some(&look(MS, before)), &look(2 * MS, now)) {
                Activity::Runs(it) => {
                    assert_eq!(it.running, running);
                    chosen.insert(it.thread);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(chosen.into_iter().collect::<Vec<_>>(), threads);
    }

    #[test]
    fn the_thread_that_lost_its_processor_to_the_look_is_chosen_and_counts_for_all() {
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

    #[test]
    fn the_only_one_that_could_run_is_chosen_whether_it_does_or_not() {
        check(&[off(1, MS)], &[off(1, MS), asleep(2)], &[1], 1);
    }

    #[test]
    fn none_is_where_none_runs() {
        let mut chooser = Chooser::new(ChaCha8Rng::seed_from_u64(1), true);
        let threads = vec![off(1, 0), off(2, 0)];
        let look = |at| Look {
            at: Moment(at),
            threads: threads.clone(),
        };
        let activity = chooser.choose(Some(&look(MS)), &look(2 * MS));
        assert_eq!(activity, Activity::Displaced);
        assert!(chooser.needs_two_looks());
        let none = Look {
            at: Moment(0),
            threads: vec![asleep(1)],
        };
        for _ in 0..LOOKS_OF_ONE {
            assert!(chooser.needs_two_looks());
            assert_eq!(chooser.choose(None, &none), Activity::Waits);
        }
        assert!(!chooser.needs_two_looks());
    }
}
