//! Experiments whose truth is known.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::pair::Pair;
use crate::stats::{
    CostFit, Design, Estimate, Exposure, Level, MIN_SAMPLES, PairedRound, Slot, UnitCounts,
    cost_differences, count, holm, paired,
};

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

/// What disturbs the runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    /// Standard deviation of the logarithm of a run's time.
    pub(crate) time_sd: f64,
    /// Chance of a run to take half as long again.
    pub(crate) spikes: f64,
    /// Growth of the time from the first round to the last.
    pub(crate) drift: f64,
    /// By how much the second run of a round is slower.
    pub(crate) slot: f64,
    /// By how much samples cluster: the variance of counts over the multinomial one.
    pub(crate) clustering: u64,
}

pub(crate) const CALM: Noise = Noise {
    time_sd: 0.02,
    spikes: 0.0,
    drift: 0.0,
    slot: 0.0,
    clustering: 1,
};

pub(crate) struct World {
    random: ChaCha8Rng,
    noise: Noise,
}

impl World {
    pub(crate) fn new(seed: u64, noise: Noise) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            noise,
        }
    }

    fn uniform(&mut self) -> f64 {
        self.random.random::<f64>()
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn time(&mut self, round: f64, slot: f64) -> f64 {
        let Noise {
            time_sd,
            spikes,
            drift,
            slot: bias,
            ..
        } = self.noise;
        let spike = if self.uniform() < spikes { 1.5 } else { 1.0 };
        let drift = 1.0 + drift * round;
        (time_sd * self.normal()).exp() * spike * drift * (1.0 + bias * slot)
    }

    /// Times of the runs of `n` rounds, in balanced orders.
    pub(crate) fn rounds(&mut self, n: usize) -> (Pair<Vec<f64>>, Vec<Slot>) {
        let mut times = Pair::new(Vec::new(), Vec::new());
        let mut slots = Vec::new();
        for round in 0..n {
            let at = count(round) / count(n);
            let slot = if (round + round / 2) % 2 == 0 {
                Slot::BeforeFirst
            } else {
                Slot::AfterFirst
            };
            let late = if slot == Slot::BeforeFirst {
                (0.0, 1.0)
            } else {
                (1.0, 0.0)
            };
            times.before.push(self.time(at, late.0));
            times.after.push(self.time(at, late.1));
            slots.push(slot);
        }
        (times, slots)
    }

    pub(crate) fn throughput(&mut self, n: usize) -> Estimate {
        self.throughputs(&[n])[0]
    }

    /// What is estimated of one experiment after each of these numbers of rounds, which
    /// ascend.
    pub(crate) fn throughputs(&mut self, looks: &[usize]) -> Vec<Estimate> {
        let most = looks.last().copied().unwrap_or(0);
        let (times, slots) = self.rounds(most);
        let pairs = times.before.iter().zip(&times.after).zip(slots);
        let rounds: Vec<PairedRound> = pairs
            .map(|((before, after), slot)| PairedRound {
                difference: (before / after).ln(),
                slot,
            })
            .collect();
        looks
            .iter()
            .map(|&n| paired(&rounds[..n]).unwrap())
            .collect()
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

    /// Fits of all units of two versions with these true costs, in seconds.
    pub(crate) fn cost_fits(
        &mut self,
        truth: &Pair<Vec<f64>>,
        n: usize,
        samples: u64,
    ) -> Vec<(u64, CostFit)> {
        let (noise, _) = self.rounds(n);
        let runs = noise.as_ref().zip(truth.as_ref()).map(|(noise, truth)| {
            let total: f64 = truth.iter().sum();
            let run = |factor: &f64| Exposure {
                seconds: total * factor,
                samples: samples / self.noise.clustering * self.noise.clustering,
            };
            noise.iter().map(run).collect::<Vec<_>>()
        });
        let counts = truth.as_ref().map(|truth| self.samples(truth, n, samples));
        let units: Vec<UnitCounts> = (0..truth.before.len())
            .map(|unit| {
                counts
                    .as_ref()
                    .map(|runs| Some(runs.iter().map(|run| run[unit]).collect()))
            })
            .collect();
        let fits = cost_differences(Design::Paired, &runs, &units).unwrap();
        let pooled = units.iter().map(|unit| {
            [&unit.before, &unit.after]
                .into_iter()
                .flatten()
                .flatten()
                .sum::<u64>()
        });
        pooled.zip(fits).collect()
    }
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
