//! Experiments whose truth is known.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::noise::{Noise, SLOWER, Speeds, Variation};
use crate::pair::{Pair, Side};
use crate::plan::{Purpose, Size, plan};
use crate::stats::{
    CostFit, Design, Exposure, Level, MIN_SAMPLES, Machines, PairedRound, Shift, Slot, UnitCounts,
    cost_differences, count, holm, paired,
};

mod fleet;
mod series;

pub(crate) use fleet::{Effect, Fleet};
pub(crate) use series::Series;

pub(crate) fn level() -> Level {
    Level::new(0.95).unwrap()
}

/// The rate of an event over a number of repetitions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) hits: usize,
    pub(crate) of: usize,
}

impl Rate {
    pub(crate) fn of(repetitions: usize, mut event: impl FnMut() -> bool) -> Self {
        let hits = (0..repetitions).filter(|_| event()).count();
        Self {
            hits,
            of: repetitions,
        }
    }

    /// That of all repetitions of several.
    pub(crate) fn pooled(rates: &[Self]) -> Self {
        Self {
            hits: rates.iter().map(|it| it.hits).sum(),
            of: rates.iter().map(|it| it.of).sum(),
        }
    }

    pub(crate) fn get(self) -> f64 {
        count(self.hits) / count(self.of)
    }

    /// Three standard errors of a rate whose truth is `truth`.
    pub(crate) fn noise(self, truth: f64) -> f64 {
        3.0 * (truth * (1.0 - truth) / count(self.of)).sqrt()
    }

    #[track_caller]
    pub(crate) fn assert_at_most(self, bar: f64) {
        assert!(
            self.get() <= bar + self.noise(bar),
            "{} is above {bar}",
            self.get()
        );
    }

    #[track_caller]
    pub(crate) fn assert_at_least(self, bar: f64) {
        assert!(
            self.get() >= bar - self.noise(bar),
            "{} is below {bar}",
            self.get()
        );
    }
}

pub(crate) struct World {
    random: ChaCha8Rng,
    noise: Noise,
    /// Whether the machine has its slower speed.
    is_slow: bool,
}

impl World {
    pub(crate) fn new(seed: u64, noise: Noise) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            noise,
            is_slow: false,
        }
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.random.random::<f64>()
    }

    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A factor of mean 1 with about this coefficient of variation.
    fn factor(&mut self, cv: f64) -> f64 {
        (cv * self.normal() - cv * cv / 2.0).exp()
    }

    /// The time of a run at this part of the experiment, by how much being second makes it
    /// slower.
    fn time(&mut self, at: f64, second: f64) -> f64 {
        let Noise {
            time_sd,
            spikes,
            drift,
            speeds,
            ..
        } = self.noise;
        self.is_slow = match speeds {
            Speeds::One => false,
            Speeds::ByRun(chance) => self.uniform() < chance,
            Speeds::Sticky(chance) => self.is_slow ^ (self.uniform() < chance),
        };
        let speed = if self.is_slow { SLOWER } else { 1.0 };
        let spike = if self.uniform() < spikes { 1.5 } else { 1.0 };
        let drift = 1.0 + drift * at;
        (time_sd * self.normal()).exp() * spike * drift * speed * (1.0 + second)
    }

    /// Times of the runs of `n` rounds, in the orders of a plan.
    pub(crate) fn rounds(&mut self, n: usize) -> (Pair<Vec<f64>>, Vec<Slot>) {
        let mut times = Pair::new(Vec::new(), Vec::new());
        if let Speeds::Sticky(_) = self.noise.speeds {
            self.is_slow = self.uniform() < 0.5;
        }
        let slots = self.slots(n);
        for (round, slot) in slots.iter().enumerate() {
            let at = count(round) / count(n);
            let sign = if round % 2 == 0 { 1.0 } else { -1.0 };
            let second = self.noise.slot + sign * self.noise.alternating;
            let [first, second] = [self.time(at, 0.0), self.time(at, second)];
            let (before, after) = match slot {
                Slot::BeforeFirst => (first, second),
                Slot::AfterFirst => (second, first),
            };
            times.before.push(before);
            times.after.push(after);
        }
        (times, slots)
    }

    /// The orders of the timed runs of a plan with a seed of its own.
    fn slots(&mut self, n: usize) -> Vec<Slot> {
        let size = Size {
            variants: 2,
            rounds: u32::try_from(n).unwrap(),
            warm_up: 0,
        };
        let steps = plan(size, self.random.random());
        let timed = steps.iter().filter(|step| step.purpose == Purpose::Timed);
        let first = timed.step_by(2).map(|step| match step.variant {
            0 => Slot::BeforeFirst,
            _ => Slot::AfterFirst,
        });
        first.collect()
    }

    pub(crate) fn throughput(&mut self, n: usize) -> Shift {
        self.throughputs(&[n])[0]
    }

    /// What is estimated of one experiment after each of these numbers of rounds, which
    /// ascend.
    pub(crate) fn throughputs(&mut self, looks: &[usize]) -> Vec<Shift> {
        let rounds = self.paired_rounds(looks.last().copied().unwrap_or(0));
        let looks = looks.iter();
        looks.map(|&n| paired(&rounds[..n]).unwrap()).collect()
    }

    /// The rounds of an experiment without any effect.
    pub(crate) fn paired_rounds(&mut self, n: usize) -> Vec<PairedRound> {
        let (times, slots) = self.rounds(n);
        let pairs = times.before.iter().zip(&times.after).zip(slots);
        let rounds = pairs.map(|((before, after), slot)| PairedRound {
            difference: (before / after).ln(),
            slot,
        });
        rounds.collect()
    }

    /// Samples of one run by unit, from cumulated shares.
    fn counts(&mut self, cumulated: &[f64], samples: u64) -> Vec<u64> {
        let mut counts = vec![0; cumulated.len()];
        let step = self.noise.clustering;
        for _ in 0..samples / step {
            let x = self.uniform();
            let unit = cumulated
                .partition_point(|&sum| sum <= x)
                .min(cumulated.len() - 1);
            counts[unit] += step;
        }
        counts
    }

    /// Samples of `n` runs by unit, of a version with these true costs.
    pub(crate) fn samples(&mut self, costs: &[f64], n: usize, samples: u64) -> Vec<Vec<u64>> {
        let shares = cumulate(costs);
        (0..n).map(|_| self.counts(&shares, samples)).collect()
    }

    /// What each line costs in a timed and in a profiled process of one round.
    fn costs_of_round(&mut self, costs: &[f64]) -> [Vec<f64>; 2] {
        let one = self.costs_of_process(costs);
        let other = match self.noise.variation {
            Variation::HotInRounds(_) => one.clone(),
            _ => self.costs_of_process(costs),
        };
        [one, other]
    }

    fn costs_of_process(&mut self, costs: &[f64]) -> Vec<f64> {
        let mut costs = costs.to_vec();
        match self.noise.variation {
            Variation::None => {}
            Variation::Layout => {
                if self.uniform() < 0.5 {
                    costs[2] *= 1.5;
                }
            }
            Variation::Hot(cv) | Variation::HotInRounds(cv) => costs[0] *= self.factor(cv),
            Variation::Together(cv) => {
                let factor = self.factor(cv);
                costs[1..].iter_mut().for_each(|cost| *cost *= factor);
            }
        }
        costs
    }

    /// The runs of `n` rounds of two versions with these true costs, in seconds, and their
    /// samples by unit.
    pub(crate) fn experiment(
        &mut self,
        truth: &Pair<Vec<f64>>,
        n: usize,
        samples: u64,
    ) -> Experiment {
        let (times, slots) = self.rounds(n);
        let samples = samples / self.noise.clustering * self.noise.clustering;
        let mut counts = Pair::new(Vec::new(), Vec::new());
        let mut runs = Pair::new(Vec::new(), Vec::new());
        for side in [Side::Before, Side::After] {
            for time in times.side(side) {
                let [of_timed, of_profiled] = self.costs_of_round(truth.side(side));
                let seconds = of_timed.iter().sum::<f64>() * time;
                runs.side_mut(side).push(Exposure { seconds, samples });
                let counted = self.counts(&cumulate(&of_profiled), samples);
                counts.side_mut(side).push(counted);
            }
        }
        let units = (0..truth.before.len()).map(|unit| {
            let of_unit = |runs: &Vec<Vec<u64>>| Some(runs.iter().map(|run| run[unit]).collect());
            counts.as_ref().map(of_unit)
        });
        Experiment {
            runs,
            slots,
            units: units.collect(),
        }
    }

    /// Fits of all units of two versions with these true costs, in seconds.
    pub(crate) fn cost_fits(
        &mut self,
        truth: &Pair<Vec<f64>>,
        n: usize,
        samples: u64,
    ) -> Vec<(u64, CostFit)> {
        self.experiment(truth, n, samples).cost_fits(n)
    }

    /// Fits of the shares of all units.
    pub(crate) fn share_fits(
        &mut self,
        truth: &Pair<Vec<f64>>,
        n: usize,
        samples: u64,
    ) -> Vec<(u64, CostFit)> {
        let mut experiment = self.experiment(truth, n, samples);
        for runs in [&mut experiment.runs.before, &mut experiment.runs.after] {
            for run in runs.iter_mut() {
                run.seconds = 1.0;
            }
        }
        experiment.cost_fits(n)
    }
}

/// The rounds of two versions.
pub(crate) struct Experiment {
    runs: Pair<Vec<Exposure>>,
    slots: Vec<Slot>,
    units: Vec<UnitCounts>,
}

impl Experiment {
    /// Samples and fits of all units after this number of rounds.
    pub(crate) fn cost_fits(&self, rounds: usize) -> Vec<(u64, CostFit)> {
        let first = |counts: &Vec<u64>| counts[..rounds].to_vec();
        let runs = self.runs.as_ref().map(|runs| runs[..rounds].to_vec());
        let units = self.units.iter();
        let units = units.map(|unit| unit.as_ref().map(|counts| counts.as_ref().map(first)));
        let units: Vec<UnitCounts> = units.collect();
        fits(&Machines::one(rounds), &runs, &units)
    }

    /// How many times less after pays than before, after this number of rounds.
    pub(crate) fn throughput(&self, rounds: usize) -> Shift {
        let pairs = self.runs.before.iter().zip(&self.runs.after);
        let all = pairs
            .zip(&self.slots)
            .map(|((before, after), &slot)| PairedRound {
                difference: (before.seconds / after.seconds).ln(),
                slot,
            });
        paired(&all.take(rounds).collect::<Vec<_>>()).unwrap()
    }
}

/// Samples and fits of all units of runs on these machines.
fn fits(
    machines: &Machines,
    runs: &Pair<Vec<Exposure>>,
    units: &[UnitCounts],
) -> Vec<(u64, CostFit)> {
    let fits = cost_differences(Design::Paired, machines, runs, units).unwrap();
    let pooled = units.iter().map(|unit| {
        let sides = [&unit.before, &unit.after].into_iter().flatten();
        sides.flatten().sum::<u64>()
    });
    pooled.zip(fits).collect()
}

fn cumulate(costs: &[f64]) -> Vec<f64> {
    let total: f64 = costs.iter().sum();
    let mut sum = 0.0;
    costs
        .iter()
        .map(|cost| {
            sum += cost / total;
            sum
        })
        .collect()
}

/// 25 lines: one of 40%, one of 20%, and ever colder ones.
pub(crate) fn lines() -> Vec<f64> {
    let mut costs = vec![0.4, 0.2];
    let tail: Vec<f64> = (0..23).map(|i| 0.8_f64.powi(i)).collect();
    let sum: f64 = tail.iter().sum();
    costs.extend(tail.iter().map(|cost| 0.4 * cost / sum));
    costs
}

/// Which units Holm's procedure confirms among those with enough samples.
pub(crate) fn confirmed(fits: &[(u64, CostFit)]) -> Vec<usize> {
    let tested: Vec<(usize, f64)> = fits
        .iter()
        .enumerate()
        .filter(|(_, (pooled, _))| *pooled >= MIN_SAMPLES)
        .filter_map(|(index, (_, fit))| Some((index, fit.difference.p_value()?)))
        .collect();
    let p_values: Vec<f64> = tested.iter().map(|(_, p)| *p).collect();
    let adjusted = holm(&p_values);
    let units = tested.iter().zip(adjusted);
    units
        .filter(|(_, p)| *p <= level().alpha())
        .map(|((index, _), _)| *index)
        .collect()
}
