//! Where and in what order runs were made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Machine, Recording, Run};

/// Runs that were made on one machine, by one plan.
///
/// Recordings of one experiment have its blocks in the same order, so that a block and a round
/// of it are the same on all sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// Where they were made.
    pub machine: Machine,
    /// Seed of the order of runs and of the sampling jitter.
    pub seed: u64,
    /// Which part of an experiment on several machines it is; absent where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// One entry per process, in the order in which they ran.
    pub runs: Vec<Run>,
}

/// A part of an experiment that may be made on several machines.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Shard {
    /// Which part, counted from 1.
    pub number: u32,
    /// How many parts there are.
    pub of: u32,
    /// Seed of the experiment, from which each part has its own.
    pub seed: u64,
}

/// A round of an experiment: which block it is in, and which of its rounds it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundId {
    /// Index of the block in [`Recording::blocks`].
    pub block: usize,
    /// Round of the block, counted from 1.
    pub round: u32,
}

impl Recording {
    /// All runs, block by block.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.blocks.iter().flat_map(|block| &block.runs)
    }

    /// The same, for being changed.
    pub fn runs_mut(&mut self) -> impl Iterator<Item = &mut Run> {
        self.blocks.iter_mut().flat_map(|block| &mut block.runs)
    }

    /// All runs, each with its round.
    pub fn runs_by_round(&self) -> impl Iterator<Item = (RoundId, &Run)> {
        let blocks = self.blocks.iter().enumerate();
        blocks.flat_map(|(block, it)| {
            let runs = it.runs.iter();
            runs.map(move |run| {
                let round = run.round;
                (RoundId { block, round }, run)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::recording::fixture;

    #[test]
    fn runs_are_known_by_their_block_and_round() {
        let mut recording = fixture::recording("a", "a.py");
        let block = recording.blocks[0].clone();
        recording.blocks.push(block);
        recording.blocks[0].runs = vec![fixture::timed_run(2, 0, 1.0)];
        recording.blocks[1].runs = [1, 2].map(|it| fixture::timed_run(it, 0, 1.0)).to_vec();
        let rounds = recording
            .runs_by_round()
            .map(|(id, _)| (id.block, id.round));
        assert_eq!(rounds.collect::<Vec<_>>(), [(0, 2), (1, 1), (1, 2)]);
        assert_eq!(recording.runs().count(), 3);
    }
}
