//! Experiments on several machines.

use super::{Experiment, World, count};
use crate::pair::Pair;
use crate::stats::{CostFit, Exposure, Machines, PairedRound, Shift, UnitCounts};

/// Coefficient of variation of the machines' speeds.
const SPEEDS: f64 = 0.3;

/// By how much the speed of a machine may change from its first round to its last.
const DRIFT: f64 = 0.1;

/// What the change does on each machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// The same everywhere.
    Equal,
    /// The logarithm of the whole's cost varies by this standard deviation.
    Varied(f64),
    /// The cost of the first line varies by this coefficient of variation.
    OfALine(f64),
}

/// Machines of unlike speeds, each with its own drift, on which as many rounds are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fleet {
    pub(crate) machines: usize,
    pub(crate) rounds: usize,
    pub(crate) effect: Effect,
}

/// What was measured on all of them, each at the common speed.
pub(crate) struct OnMachines {
    machines: Machines,
    rounds: Vec<PairedRound>,
    runs: Pair<Vec<Exposure>>,
    units: Vec<UnitCounts>,
    /// The mean logarithm of how many times less was paid after, and the mean of how much less a
    /// line cost, on just these machines.
    pub(crate) true_gain: f64,
    pub(crate) true_line_shift: f64,
}

impl World {
    /// An experiment of a version with lines of these costs and of one that costs as much, but
    /// for what differs between machines.
    pub(crate) fn on_machines(&mut self, fleet: Fleet, costs: &[f64], samples: u64) -> OnMachines {
        let mut all = OnMachines {
            machines: Machines::of((0..fleet.machines).flat_map(|it| vec![it; fleet.rounds])),
            rounds: Vec::new(),
            runs: Pair::new(Vec::new(), Vec::new()),
            units: vec![Pair::new(Some(Vec::new()), Some(Vec::new())); costs.len()],
            true_gain: 0.0,
            true_line_shift: 0.0,
        };
        for _ in 0..fleet.machines {
            let mut truth = Pair::new(costs.to_vec(), costs.to_vec());
            match fleet.effect {
                Effect::Equal => {}
                Effect::Varied(sd) => {
                    let factor = (sd * self.normal()).exp();
                    truth.after.iter_mut().for_each(|cost| *cost *= factor);
                }
                Effect::OfALine(cv) => truth.after[0] *= self.factor(cv),
            }
            let total = truth.as_ref().map(|costs| costs.iter().sum::<f64>());
            let n = count(fleet.machines);
            all.true_gain += (total.before / total.after).ln() / n;
            all.true_line_shift += (truth.after[0] - truth.before[0]) / n;
            let speed = self.factor(SPEEDS);
            self.noise.drift = DRIFT * (2.0 * self.uniform() - 1.0);
            let experiment = self.experiment(&truth, fleet.rounds, samples);
            all.add(experiment, speed);
        }
        all.bring_to_common_speed();
        all
    }
}

impl OnMachines {
    fn add(&mut self, experiment: Experiment, speed: f64) {
        let Experiment { runs, slots, units } = experiment;
        let pairs = runs.before.iter().zip(&runs.after).zip(slots);
        self.rounds
            .extend(pairs.map(|((before, after), slot)| PairedRound {
                difference: (before.seconds / after.seconds).ln(),
                slot,
            }));
        let scaled = |run: Exposure| Exposure {
            seconds: run.seconds * speed,
            ..run
        };
        self.runs.before.extend(runs.before.into_iter().map(scaled));
        self.runs.after.extend(runs.after.into_iter().map(scaled));
        for (all, unit) in self.units.iter_mut().zip(units) {
            let sides = [(&mut all.before, unit.before), (&mut all.after, unit.after)];
            for (all, counts) in sides {
                all.as_mut().unwrap().extend(counts.unwrap());
            }
        }
    }

    fn bring_to_common_speed(&mut self) {
        let before: Vec<f64> = self.runs.before.iter().map(|run| run.seconds).collect();
        let factors = self.machines.to_common_speed(&before);
        let mean = self.machines.value(&before);
        for runs in [&mut self.runs.before, &mut self.runs.after] {
            for (run, factor) in runs.iter_mut().zip(&factors) {
                // Costs are in units of what all lines cost before, which is 1.
                run.seconds *= factor / mean;
            }
        }
    }

    /// How many times less after pays than before.
    pub(crate) fn throughput(&self) -> Shift {
        self.machines.paired(&self.rounds).unwrap()
    }

    /// Samples and fits of all units.
    pub(crate) fn cost_fits(&self) -> Vec<(u64, CostFit)> {
        super::fits(&self.machines, &self.runs, &self.units)
    }
}
