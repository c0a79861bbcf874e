//! An experiment, round by round.

use super::agreement::Agreement;
use super::laboratory::{Conditions, Laboratory};
use super::meter::Meter;
use super::recorder::{Protocol, Recorder};
use super::{Surroundings, run_name};
use crate::config::{self, Control, Experiment, WantedSource};
use crate::error::Result;
use crate::plan::{Purpose, Size, Step, plan, seed_of_part};
use crate::process::Streams;
use crate::recording::{Chosen, Recording};
use crate::stats;

/// The rounds of an experiment. Each is made when it is asked for, and all warm-up runs with
/// the first. After a round that fails there is none.
pub(crate) struct Rounds<'a> {
    laboratory: Laboratory<'a>,
    surroundings: Surroundings<'a>,
    /// One for each variant, in their order.
    recorders: Vec<Recorder<'a>>,
    agreement: Agreement<'a>,
    meter: Meter<'a>,
    /// All runs, in order.
    steps: Vec<Step>,
    /// How many of them were begun.
    begun: usize,
    /// The rounds after which it is looked whether there is an answer.
    looks: Vec<u32>,
}

/// A round that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    /// Its number, counted from 1.
    pub number: u32,
    /// Whether it was planned that the experiment may end with it: the last one has to.
    pub is_look: bool,
}

impl<'a> Rounds<'a> {
    /// Finds what is needed for an experiment, and reads its scripts. Nothing is run yet.
    pub(crate) fn new(experiment: &'a Experiment, surroundings: Surroundings<'a>) -> Result<Self> {
        let seed = experiment.shard.map_or(experiment.seed, |shard| {
            seed_of_part(experiment.seed, shard.number)
        });
        let conditions = Conditions {
            run: &experiment.run,
            sampling: &experiment.sampling,
            seed,
            placement: experiment.placement,
        };
        let laboratory = Laboratory::new(&experiment.variants, conditions, surroundings)?;
        let (rounds, looks) = match experiment.rounds {
            config::Rounds::Fixed(rounds) => (rounds, Vec::new()),
            config::Rounds::UpTo(most) => (most, stats::looks_up_to(most)),
        };
        let size = Size {
            variants: experiment.variants.len(),
            rounds,
            warm_up: experiment.warmup,
        };
        let mut steps = plan(size, seed);
        if experiment.control == Control::Never {
            steps.retain(|step| step.purpose != Purpose::Control);
        }
        let chosen = match experiment.throughput.source {
            _ if experiment.run.region.is_some() => Chosen::Named,
            WantedSource::Auto => Chosen::Found,
            WantedSource::Pattern(_) | WantedSource::Metrics | WantedSource::Seconds(_) => {
                Chosen::Named
            }
        };
        let shard = experiment
            .shard
            .map(|shard| shard.of_experiment(experiment.seed));
        let protocol = Protocol::new(conditions, laboratory.rate_hz(), chosen, &looks, shard);
        let recorders = laboratory.setups().map(|(variant, setup)| {
            Recorder::new(variant, setup, variant.cwd(conditions.run), &protocol)
        });
        let recorders = recorders.collect::<Result<_>>()?;
        surroundings.observer.planned(&steps, &looks);
        Ok(Self {
            laboratory,
            surroundings,
            recorders,
            agreement: Agreement::new(&experiment.same_output),
            meter: Meter::new(&experiment.throughput),
            steps,
            begun: 0,
            looks,
        })
    }

    /// What was measured so far, one recording for each variant in their order.
    pub(crate) fn recordings(&mut self) -> Vec<&Recording> {
        let recorders = self.recorders.iter_mut();
        recorders.map(Recorder::recording).collect()
    }

    /// What was measured, one recording for each variant in their order.
    pub(crate) fn into_recordings(self) -> Vec<Recording> {
        let recorders = self.recorders.into_iter();
        recorders.map(Recorder::into_recording).collect()
    }

    /// Makes all rounds that are left.
    pub(crate) fn finish(mut self) -> Result<Vec<Recording>> {
        self.try_for_each(|round| round.map(drop))?;
        Ok(self.into_recordings())
    }

    fn make(&mut self, step: Step) -> Result<()> {
        let observer = self.surroundings.observer;
        let variant = self.laboratory.variant(step);
        observer.began(self.begun - 1, step, &variant.name);
        let finished = self.laboratory.run(step, Streams::Capture)?;
        if let (Purpose::Timed, Some(written)) = (step.purpose, &finished.captured) {
            let run = run_name(variant, step);
            self.agreement.check(variant.role, &run, &written.stdout)?;
        }
        let recorder = &mut self.recorders[step.variant];
        recorder.record(step, &finished, &mut self.meter)?;
        if let Some(unread) = recorder.take_unread() {
            observer.warned(&unread);
        }
        observer.ended(step);
        Ok(())
    }

    /// The next run of this round, or of any where there was none of it yet.
    fn next_step(&mut self, round: u32) -> Option<Step> {
        let step = self.steps.get(self.begun).copied();
        let step = step.filter(|step| round == 0 || step.round == round)?;
        self.begun += 1;
        Some(step)
    }
}

impl Iterator for Rounds<'_> {
    type Item = Result<Round>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut number = 0;
        while let Some(step) = self.next_step(number) {
            if let Err(error) = self.make(step) {
                self.begun = self.steps.len();
                return Some(Err(error));
            }
            number = step.round;
        }
        let is_last = self.begun == self.steps.len();
        (number > 0).then(|| {
            Ok(Round {
                number,
                is_look: is_last || self.looks.contains(&number),
            })
        })
    }
}
