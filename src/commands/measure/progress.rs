//! Which run of how many, how much time is left, and what was found so far, on standard
//! error.

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::commands::say;
use crate::config::Verbosity;
use crate::foreign::Foreign;
use crate::plan::{Purpose, Step};

/// A bar on a terminal; elsewhere nothing. It is wiped off when it is dropped.
pub(super) struct Progress {
    bar: ProgressBar,
    /// What is said of the run that began last.
    run: RefCell<String>,
    steps: Vec<Step>,
    began: Cell<Instant>,
    taken: Cell<[Taken; KINDS]>,
    /// Whether there may be fewer runs.
    may_end_sooner: bool,
    verbosity: Verbosity,
}

/// Time that runs of one kind have taken.
#[derive(Clone, Copy, Default)]
struct Taken {
    runs: u32,
    time: Duration,
}

impl Progress {
    /// Nothing is shown of a single run, which may be using the terminal itself.
    pub(super) fn new(steps: &[Step], may_end_sooner: bool, verbosity: Verbosity) -> Self {
        let shown = steps.len() > 1 && verbosity != Verbosity::Quiet && stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(steps.len() as u64), target);
        let style = ProgressStyle::with_template("{bar:24} {wide_msg}{prefix}");
        bar.set_style(style.expect("the template is valid"));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self {
            bar,
            run: RefCell::default(),
            steps: steps.to_vec(),
            began: Cell::new(Instant::now()),
            taken: Cell::default(),
            may_end_sooner,
            verbosity,
        }
    }

    /// A run begins, after `done` others.
    pub(super) fn begin(&self, done: usize, step: Step, variant: &str) {
        let what = match step.purpose {
            Purpose::WarmUp => "warm-up".to_owned(),
            Purpose::Timed => format!("round {}, timed", step.round),
            Purpose::Profiled => format!("round {}, profiled", step.round),
            Purpose::Control => format!("round {}, control", step.round),
        };
        let left = match self.left(done) {
            Some(left) => {
                let seconds = Duration::from_secs(left.as_secs());
                let about = if self.may_end_sooner {
                    "at most"
                } else {
                    "about"
                };
                format!(", {about} {} left", humantime::format_duration(seconds))
            }
            None => String::new(),
        };
        let number = done + 1;
        let total = self.steps.len();
        let of = if self.may_end_sooner { "at most " } else { "" };
        self.bar.set_position(done as u64);
        let variant = Foreign::new(variant).name();
        let message = format!("run {number} of {of}{total}: {variant} ({what}){left}");
        self.bar.set_message(message.clone());
        *self.run.borrow_mut() = message;
        self.began.set(Instant::now());
    }

    /// Says something that cannot wait for the end, above the bar.
    pub(super) fn warn(&self, text: &str) {
        if self.verbosity != Verbosity::Quiet {
            self.bar.suspend(|| say(&format!("warning: {text}")));
        }
    }

    /// The run has been compiling for so long, and has compiled so many functions.
    pub(super) fn compiling(&self, time: Duration, functions: usize) {
        let message = self.run.borrow();
        self.bar.set_message(match compiling(time, functions) {
            Some(compiling) => format!("{message}; {compiling}"),
            None => message.clone(),
        });
    }

    /// Whether anybody sees it.
    pub(super) fn is_shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// What was found after so many rounds, on a line below the bar.
    pub(super) fn so_far(&self, rounds: u32, found: &str) {
        if !found.is_empty() {
            let found = Foreign::new(found).line();
            self.bar
                .set_prefix(format!("\nafter round {rounds}: {found}"));
        }
    }

    /// The run that began has ended.
    pub(super) fn end(&self, step: Step) {
        let mut taken = self.taken.get();
        let kind = &mut taken[kind(step)];
        kind.runs += 1;
        kind.time += self.began.get().elapsed();
        self.taken.set(taken);
    }

    /// The time for the runs that are left, once there was one of each kind.
    fn left(&self, done: usize) -> Option<Duration> {
        let taken = self.taken.get();
        let rest = self.steps[done..].iter();
        rest.map(|step| {
            let Taken { runs, time } = taken[kind(*step)];
            (runs > 0).then(|| time / runs)
        })
        .sum()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A compilation that takes less is not worth a word.
const BRIEFLY: Duration = Duration::from_secs(2);

/// What is said of a compilation, if it takes long.
fn compiling(time: Duration, functions: usize) -> Option<String> {
    let seconds = time.as_secs();
    let functions = match functions {
        1 => "1 function".to_owned(),
        number => format!("{number} functions"),
    };
    (time >= BRIEFLY).then(|| format!("compiling, {seconds} s, {functions}"))
}

/// Kinds of runs that take a time of their own.
const KINDS: usize = 2;

fn kind(step: Step) -> usize {
    usize::from(step.purpose == Purpose::Profiled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_compilation_is_said_with_its_time_and_functions() {
        let said = |ms, functions| compiling(Duration::from_millis(ms), functions);
        assert_eq!(said(1900, 5), None);
        assert_eq!(said(2100, 1).unwrap(), "compiling, 2 s, 1 function");
        assert_eq!(said(40_300, 31).unwrap(), "compiling, 40 s, 31 functions");
    }
}
