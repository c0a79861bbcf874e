//! Experiments of one version at several sizes.

use rand::RngExt;

use super::{World, cumulate};
use crate::plan::{Purpose, Size, plan};
use crate::stats::simulation::noise::Speeds;
use crate::stats::{Exposure, count};

/// The rounds of one version at several sizes.
pub(crate) struct Series {
    /// The runs, by size and round.
    pub(crate) runs: Vec<Vec<Exposure>>,
    /// The samples of each unit, by size and round.
    pub(crate) units: Vec<Vec<Vec<u64>>>,
}

impl Series {
    /// Seconds of the runs, by size and round.
    pub(crate) fn seconds(&self) -> Vec<Vec<f64>> {
        let of_size = |runs: &Vec<Exposure>| runs.iter().map(|run| run.seconds).collect();
        self.runs.iter().map(of_size).collect()
    }
}

impl World {
    /// `n` rounds of a version whose units have these true costs at each size, in seconds.
    pub(crate) fn series(&mut self, costs: &[Vec<f64>], n: usize, samples: u64) -> Series {
        if let Speeds::Sticky(_) = self.noise.speeds {
            self.is_slow = self.uniform() < 0.5;
        }
        let samples = samples / self.noise.clustering * self.noise.clustering;
        let mut series = Series {
            runs: vec![Vec::new(); costs.len()],
            units: vec![vec![Vec::new(); costs.len()]; costs[0].len()],
        };
        for (round, order) in self.orders(costs.len(), n).iter().enumerate() {
            let times = self.times(order, count(round) / count(n), round);
            for (size, costs) in costs.iter().enumerate() {
                let [of_timed, of_profiled] = self.costs_of_round(costs);
                let seconds = of_timed.iter().sum::<f64>() * times[size];
                series.runs[size].push(Exposure { seconds, samples });
                let counted = self.counts(&cumulate(&of_profiled), samples);
                for (unit, counted) in series.units.iter_mut().zip(counted) {
                    unit[size].push(counted);
                }
            }
        }
        series
    }

    /// How much longer each size takes in a round with this order. The first of a round is
    /// undisturbed by others.
    fn times(&mut self, order: &[usize], at: f64, round: usize) -> Vec<f64> {
        let sign = if round.is_multiple_of(2) { 1.0 } else { -1.0 };
        let second = self.noise.slot + sign * self.noise.alternating;
        let mut times = vec![0.0; order.len()];
        for (place, &size) in order.iter().enumerate() {
            times[size] = self.time(at, if place == 0 { 0.0 } else { second });
        }
        times
    }

    /// The orders of the timed runs of a plan with a seed of its own.
    fn orders(&mut self, variants: usize, n: usize) -> Vec<Vec<usize>> {
        let size = Size {
            variants,
            rounds: u32::try_from(n).unwrap(),
            warm_up: 0,
        };
        let steps = plan(size, self.random.random());
        let timed = steps.iter().filter(|step| step.purpose == Purpose::Timed);
        let timed: Vec<usize> = timed.map(|step| step.variant).collect();
        timed.chunks(variants).map(<[usize]>::to_vec).collect()
    }
}
