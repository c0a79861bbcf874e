//! The measured window: the part of a run that is compared.
//!
//! It begins when the first compilation has ended, leaves out later compilations and the
//! time for which the script was suspended, and ends when the interpreter exits, or can be
//! heard no more. Imports and compilation are not what two versions of a kernel are compared
//! for. Where one region of the script is to be measured, it is the time in that.

use super::intervals::Intervals;
use super::regions::Scope;
use crate::sample::Moment;

/// When Numba compiled, or loaded from its cache, in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    compiling: Vec<(Moment, Moment)>,
    open: Vec<(u64, Moment)>,
    /// When functions were compiled, in the order in which that ended.
    compiled: Vec<Moment>,
    /// When the script was suspended, as by Ctrl-Z.
    suspended: Vec<(Moment, Moment)>,
    exit: Option<Moment>,
    hang_up: Option<Moment>,
}

impl Timeline {
    /// That of a process which is watched from a moment on, and has compiled before.
    pub(crate) fn since(at: Moment) -> Self {
        Self {
            compiling: vec![(at, at)],
            ..Self::default()
        }
    }

    /// Notes that a thread began to compile.
    pub(crate) fn compile_begins(&mut self, thread: u64, at: Moment) {
        self.open.push((thread, at));
    }

    /// Notes that a thread ended to compile. An end without a beginning is
    /// ignored.
    pub(crate) fn compile_ends(&mut self, thread: u64, at: Moment) {
        if let Some(index) = self.open.iter().rposition(|&(open, _)| open == thread) {
            let (_, begin) = self.open.remove(index);
            self.compiling.push((begin, at));
        }
    }

    /// Notes that a function was compiled.
    pub(crate) fn function_compiled(&mut self, at: Moment) {
        self.compiled.push(at);
    }

    /// How many functions were compiled so far, without those that were loaded from a
    /// cache.
    pub(crate) const fn functions(&self) -> usize {
        self.compiled.len()
    }

    /// How many of them were compiled in the second half of the time from the beginning of
    /// a window to its end: so late that it is hardly for the first time.
    pub(crate) fn functions_compiled_late(&self, window: &Window) -> usize {
        let half = window.start.0.midpoint(window.end.0);
        self.compiled.iter().filter(|at| at.0 >= half).count()
    }

    /// Since when some thread compiles; `None` where none does.
    pub(crate) fn compiling_since(&self) -> Option<Moment> {
        self.open.iter().map(|&(_, begin)| begin).min()
    }

    /// Notes that the script was suspended for some time.
    pub(crate) fn stands_still(&mut self, from: Moment, to: Moment) {
        self.suspended.push((from, to));
    }

    /// Notes that the interpreter is about to exit.
    pub(crate) fn exits(&mut self, at: Moment) {
        self.exit = Some(at);
    }

    /// Notes that nothing more can be heard of the interpreter.
    pub(crate) fn hangs_up(&mut self, at: Moment) {
        self.hang_up = Some(at);
    }

    /// How long a process that was gone at `gone` ran on, in seconds, when nothing
    /// could be heard of it any more, and it had not said that it was about to exit.
    pub(crate) fn unheard_s(&self, gone: Moment) -> f64 {
        match (self.exit, self.hang_up) {
            (None, Some(hang_up)) => gone.seconds_since(hang_up),
            _ => 0.0,
        }
    }

    /// When the first compilation had ended; `None` if Numba never finished one.
    pub(crate) fn first_code(&self) -> Option<Moment> {
        self.compiling.iter().map(|&(_, end)| end).min()
    }

    /// The same of a child, which stood still whenever the script did.
    #[must_use]
    pub(crate) fn of_child(&self, child: &Self) -> Self {
        let mut timeline = child.clone();
        timeline.suspended.extend(&self.suspended);
        timeline
    }

    /// The measured window of a process that was gone at `gone`; `None` if Numba never finished a
    /// compilation in it.
    pub(crate) fn window(&self, gone: Moment) -> Option<Window> {
        Some(self.window_from(self.first_code()?, gone))
    }

    /// The window of a process in which code may have been at work since this moment.
    pub(crate) fn window_from(&self, start: Moment, gone: Moment) -> Window {
        // Of what came after it is not known whether Numba compiled, nor even whether
        // it was the same program.
        let end = self.exit.or(self.hang_up).unwrap_or(gone).min(gone);
        let unfinished = self.open.iter().map(|&(_, begin)| (begin, end));
        let known = self.compiling.iter().chain(&self.suspended).copied();
        let excluded = Intervals::union(known.chain(unfinished));
        let end = end.max(start);
        Window {
            start,
            end,
            measured: Intervals::one(start, end).without(&excluded),
            excluded,
            scope: None,
        }
    }
}

/// Where in a run a moment lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the first compilation had ended, and not in one.
    Startup,
    /// While some thread compiled, or the script was suspended.
    Compiling,
    /// In the measured window.
    Measured,
    /// In none of the stretches that the window was narrowed to.
    Elsewhere,
    /// After the interpreter began to exit.
    Exit,
}

/// The measured window of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    start: Moment,
    end: Moment,
    /// What is left out, wherever it is.
    excluded: Intervals,
    /// What is measured.
    measured: Intervals,
    /// Which threads are, where not all of them are.
    scope: Option<Scope>,
}

impl Window {
    /// The part of it in which a region was open, and which of the threads belonged to that.
    pub(crate) fn narrowed(&self, scope: Scope) -> Self {
        Self {
            measured: self.measured.intersection(scope.times()),
            scope: Some(scope),
            ..self.clone()
        }
    }

    /// Where in the run a moment lies.
    pub(crate) fn phase(&self, at: Moment) -> Phase {
        if self.excluded.has(at) {
            Phase::Compiling
        } else if self.measured.has(at) {
            Phase::Measured
        } else if at < self.start {
            Phase::Startup
        } else if at < self.end {
            Phase::Elsewhere
        } else {
            Phase::Exit
        }
    }

    /// Whether what a thread does at a moment of the window is measured. What is of no thread
    /// always is.
    pub(crate) fn takes(&self, thread: Option<u32>, at: Moment) -> bool {
        let (Some(scope), Some(thread)) = (&self.scope, thread) else {
            return true;
        };
        scope.has(thread, at)
    }

    /// What is measured.
    pub(crate) const fn measured(&self) -> &Intervals {
        &self.measured
    }

    /// When it begins: the first compilation has ended.
    pub(crate) const fn start(&self) -> Moment {
        self.start
    }

    /// When it ends.
    pub(crate) const fn end(&self) -> Moment {
        self.end
    }

    /// Its length in seconds, without compilations and suspensions.
    pub(crate) fn seconds(&self) -> f64 {
        self.measured.seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A timeline of compilations `(thread, begin, end)` in seconds.
    fn timeline(compilations: &[(u64, u64, u64)]) -> Timeline {
        let mut timeline = Timeline::default();
        for &(thread, begin, end) in compilations {
            timeline.compile_begins(thread, at(begin));
            timeline.compile_ends(thread, at(end));
        }
        timeline
    }

    fn at(seconds: u64) -> Moment {
        Moment(seconds * 1_000_000_000)
    }

    #[track_caller]
    fn check(timeline: &Timeline, seconds: f64, phases: &[(u64, Phase)]) {
        let window = timeline.window(at(100)).unwrap();
        assert!(
            (window.seconds() - seconds).abs() < 1e-9,
            "{} s instead of {seconds} s",
            window.seconds()
        );
        for &(moment, phase) in phases {
            assert_eq!(window.phase(at(moment)), phase, "at {moment} s");
        }
    }

    #[test]
    fn starts_after_the_first_compilation_and_ends_at_exit() {
        let mut timeline = timeline(&[(1, 10, 20)]);
        timeline.exits(at(90));
        let phases = [
            (5, Phase::Startup),
            (15, Phase::Compiling),
            (20, Phase::Measured),
            (89, Phase::Measured),
            (95, Phase::Exit),
        ];
        check(&timeline, 70.0, &phases);
    }

    #[test]
    fn that_of_a_process_which_ran_before_begins_when_it_is_watched() {
        let phases = [
            (29, Phase::Startup),
            (30, Phase::Measured),
            (99, Phase::Measured),
        ];
        check(&Timeline::since(at(30)), 70.0, &phases);
    }

    #[test]
    fn leaves_out_what_was_suspended() {
        let mut timeline = timeline(&[(1, 10, 20), (1, 50, 60)]);
        // Before the window, in it, and around a compilation.
        for (from, to) in [(5, 8), (30, 35), (35, 40), (55, 65)] {
            timeline.stands_still(at(from), at(to));
        }
        let phases = [
            (29, Phase::Measured),
            (37, Phase::Compiling),
            (40, Phase::Measured),
        ];
        check(&timeline, 80.0 - 10.0 - 15.0, &phases);
    }

    #[test]
    fn ends_with_the_process_when_the_exit_was_not_announced() {
        check(
            &timeline(&[(1, 10, 20)]),
            80.0,
            &[(99, Phase::Measured), (100, Phase::Exit)],
        );
    }

    #[test]
    fn ends_when_nothing_can_be_heard_any_more() {
        let mut timeline = timeline(&[(1, 10, 20)]);
        timeline.hangs_up(at(60));
        check(&timeline, 40.0, &[(59, Phase::Measured), (60, Phase::Exit)]);
        assert!(timeline.unheard_s(at(100)) > 39.0);
        // The channel of one that has exited as it should is closed as well.
        timeline.exits(at(50));
        check(&timeline, 30.0, &[(50, Phase::Exit)]);
        assert!(timeline.unheard_s(at(100)) < 1.0);
    }

    #[test]
    fn leaves_out_later_compilations_of_any_thread_once() {
        let timeline = timeline(&[(1, 10, 20), (1, 40, 50), (2, 45, 55)]);
        check(
            &timeline,
            65.0,
            &[(52, Phase::Compiling), (56, Phase::Measured)],
        );
    }

    #[test]
    fn a_compilation_that_never_ended_lasts_to_the_end() {
        let mut timeline = timeline(&[(1, 10, 20)]);
        timeline.compile_begins(1, at(60));
        check(&timeline, 40.0, &[(70, Phase::Compiling)]);
    }

    #[test]
    fn functions_are_compiled_late_in_the_second_half() {
        let mut timeline = timeline(&[(1, 10, 20)]);
        for second in [20, 59, 60, 61, 99] {
            timeline.function_compiled(at(second));
        }
        let window = timeline.window(at(100)).unwrap();
        assert_eq!(timeline.functions(), 5);
        assert_eq!(timeline.functions_compiled_late(&window), 3);
    }

    #[test]
    fn there_is_no_window_without_a_compilation() {
        let mut timeline = Timeline::default();
        timeline.compile_ends(1, at(5));
        timeline.compile_begins(1, at(10));
        assert_eq!(timeline.window(at(100)), None);
    }
}
