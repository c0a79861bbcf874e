//! Which run of how many, how much time is left, and what was found so far, on standard
//! error.

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::streams::say;
use crate::config::Verbosity;
use crate::foreign::Foreign;
use crate::measure::Observer;
use crate::plan::{Purpose, Step};
use crate::process::Captured;
use crate::process::python::Python;
use crate::sampler::Factory;

/// A bar on a terminal, and what is said above it; elsewhere only that. The bar is wiped off
/// when it is dropped.
pub(super) struct Progress {
    bar: ProgressBar,
    verbosity: Verbosity,
    plan: RefCell<Plan>,
    /// Whether it is said which other sampler would do better.
    gives_advice: bool,
    /// What is said of that before the first of several runs.
    advice: Cell<Option<&'static str>>,
    /// What is said of the run that began last.
    run: RefCell<String>,
    began: Cell<Instant>,
    taken: Cell<[Taken; KINDS]>,
}

/// What was planned.
#[derive(Default)]
struct Plan {
    steps: Vec<Step>,
    /// Whether there may be fewer runs.
    may_end_sooner: bool,
}

/// Time that runs of one kind have taken.
#[derive(Clone, Copy, Default)]
struct Taken {
    runs: u32,
    time: Duration,
}

impl Progress {
    /// Nothing is shown before anything is planned.
    pub(super) fn new(verbosity: Verbosity) -> Self {
        Self {
            bar: ProgressBar::hidden(),
            verbosity,
            plan: RefCell::default(),
            gives_advice: false,
            advice: Cell::default(),
            run: RefCell::default(),
            began: Cell::new(Instant::now()),
            taken: Cell::default(),
        }
    }

    /// On a terminal it is also said which other sampler would do better.
    pub(super) fn giving_advice(mut self) -> Self {
        self.gives_advice = true;
        self
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

    /// The time for the runs that are left, once there was one of each kind.
    fn left(&self, done: usize) -> Option<Duration> {
        let taken = self.taken.get();
        let plan = self.plan.borrow();
        let rest = plan.steps[done..].iter();
        rest.map(|step| {
            let Taken { runs, time } = taken[kind(*step)];
            (runs > 0).then(|| time / runs)
        })
        .sum()
    }
}

impl Observer for Progress {
    /// Said where somebody may expect another or wants to know.
    fn chose_python(&self, python: &Python) {
        let path = python.path.display();
        let chosen_by = python.chosen_by;
        if let Some(passed_over) = &python.passed_over
            && self.verbosity != Verbosity::Quiet
        {
            say(&format!(
                "profila: {passed_over}: using {path} (from {chosen_by})"
            ));
        }
        if self.verbosity == Verbosity::Verbose {
            say(&format!(
                "Python {} with Numba {}: {path} (from {chosen_by})",
                python.version, python.numba,
            ));
        }
    }

    fn chose_sampler(&self, samplers: &Factory) {
        if self.gives_advice && self.verbosity != Verbosity::Quiet && stderr().is_terminal() {
            self.advice.set(samplers.advice());
        }
        if let Some(passed_over) = samplers.passed_over()
            && self.verbosity != Verbosity::Quiet
        {
            say(&format!("profila: {passed_over}: using {samplers}"));
        }
        if self.verbosity == Verbosity::Verbose {
            say(&samplers.to_string());
        }
    }

    fn attached(&self, pid: u32, command: &str, samplers: &Factory) {
        if self.verbosity != Verbosity::Quiet {
            let command = Foreign::new(command).line();
            say(&format!(
                "profila: attached to process {pid} ({command}) with {samplers}; Ctrl-C ends that \
                 and shows the report"
            ));
        }
    }

    /// Nothing is shown of a single run, which may be using the terminal itself.
    fn planned(&self, steps: &[Step], looks: &[u32]) {
        *self.plan.borrow_mut() = Plan {
            steps: steps.to_vec(),
            may_end_sooner: looks.len() > 1,
        };
        if steps.len() > 1 && self.verbosity != Verbosity::Quiet && stderr().is_terminal() {
            let style = ProgressStyle::with_template("{bar:24} {wide_msg}{prefix}");
            self.bar.set_length(steps.len() as u64);
            self.bar.set_style(style.expect("the template is valid"));
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(500));
            if let Some(advice) = self.advice.take() {
                self.bar.println(format!("profila: {advice}"));
            }
        }
    }

    fn began(&self, done: usize, step: Step, variant: &str) {
        let what = match step.purpose {
            Purpose::WarmUp => "warm-up".to_owned(),
            Purpose::Timed => format!("round {}, timed", step.round),
            Purpose::Profiled => format!("round {}, profiled", step.round),
            Purpose::Control => format!("round {}, control", step.round),
        };
        let may_end_sooner = self.plan.borrow().may_end_sooner;
        let total = self.plan.borrow().steps.len();
        let (about, of) = if may_end_sooner {
            ("at most", "at most ")
        } else {
            ("about", "")
        };
        let left = self.left(done).map_or_else(String::new, |left| {
            let seconds = Duration::from_secs(left.as_secs());
            format!(", {about} {} left", humantime::format_duration(seconds))
        });
        let number = done + 1;
        self.bar.set_position(done as u64);
        let variant = Foreign::new(variant).name();
        let message = format!("run {number} of {of}{total}: {variant} ({what}){left}");
        self.bar.set_message(message.clone());
        *self.run.borrow_mut() = message;
        self.began.set(Instant::now());
    }

    fn compiling(&self, time: Duration, functions: usize) {
        let message = self.run.borrow();
        self.bar.set_message(match compiling(time, functions) {
            Some(compiling) => format!("{message}; {compiling}"),
            None => message.clone(),
        });
    }

    /// Passes on what a script wrote. Where nobody reads it, it is not missed.
    fn wrote(&self, written: &Captured) {
        if self.verbosity == Verbosity::Verbose {
            stderr().write_all(&written.stdout).ok();
            stderr().write_all(&written.stderr).ok();
        }
    }

    fn warned(&self, warning: &str) {
        if self.verbosity != Verbosity::Quiet {
            self.bar.suspend(|| say(&format!("warning: {warning}")));
        }
    }

    fn ended(&self, step: Step) {
        let mut taken = self.taken.get();
        let kind = &mut taken[kind(step)];
        kind.runs += 1;
        kind.time += self.began.get().elapsed();
        self.taken.set(taken);
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
