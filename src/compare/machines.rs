//! The machines that rounds were made on.

use std::collections::BTreeSet;

use super::metric::{Quantity, paired_rounds};
use super::rounds::{Profiled, Rounds};
use super::{CompareError, MachineComparison};
use crate::pair::{Pair, Side};
use crate::recording::{Machine, Recording};
use crate::stats::{self, Machines, Scope, StatsError};

/// What was found on each of several machines; nothing where there is one.
///
/// Fails as the comparison does.
pub(super) fn of(
    sides: &Pair<&Recording>,
    rounds: &Rounds<'_>,
) -> Result<Vec<MachineComparison>, CompareError> {
    if rounds.machines.scope() == Scope::One {
        return Ok(Vec::new());
    }
    let blocks = machines_of_blocks(sides.before);
    let paired = paired_rounds(rounds, Quantity::throughput(rounds.source))?;
    let seconds = rounds.machines.groups(&rounds.seconds(Side::Before));
    let groups = rounds.machines.groups(&paired).into_iter().zip(seconds);
    let numbers = rounds.machines.numbers().iter();
    let compared = numbers.zip(groups).map(|(&number, (paired, seconds))| {
        let is_its = |it: &usize| blocks[*it] == number;
        let its: Vec<usize> = (0..blocks.len()).filter(is_its).collect();
        let at = its.first().copied().unwrap_or_default();
        let length = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(MachineComparison {
            machine: sides.before.blocks[at].machine.clone(),
            blocks: length(its.len()),
            rounds: length(paired.len()),
            seconds_per_unit: stats::mean(&seconds)?.value,
            ratio: stats::paired(&paired)?.value().exp(),
        })
    });
    compared.collect()
}

/// By how much the machines and what the change does on them differ, and what follows from their
/// number.
pub(super) fn said(machines: &[MachineComparison]) -> Option<String> {
    if machines.is_empty() {
        return None;
    }
    let range = |of: fn(&MachineComparison) -> f64| {
        let values = machines.iter().map(of);
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        values.fold(ends, |(low, high), it| (low.min(it), high.max(it)))
    };
    let (fastest, slowest) = range(|it| it.seconds_per_unit);
    let (least, most) = range(|it| it.ratio);
    let blocks: u32 = machines.iter().map(|it| it.blocks).sum();
    let scope = if machines.len() < stats::ENOUGH_MACHINES {
        "so few say nothing of others: intervals and verdicts are true of these machines only"
    } else {
        "each machine counts as one observation, and intervals are true of machines like these"
    };
    Some(format!(
        "the {blocks} blocks of rounds were measured on {} machines: {scope}. Before, the slowest \
         took {:.2}× as long as the fastest; after, the throughput of single machines was {:.3}× to \
         {:.3}× what it was",
        machines.len(),
        slowest / fastest,
        least,
        most
    ))
}

/// The parts of an experiment that a recording is of, where it is not of all.
pub(crate) fn incomplete(recording: &Recording) -> Option<String> {
    let shards = recording.blocks.iter().filter_map(|block| block.shard);
    let present: BTreeSet<u32> = shards.map(|shard| shard.number).collect();
    let of = recording.blocks.first()?.shard?.of;
    let missing = (1..=of).filter(|part| !present.contains(part));
    let missing: Vec<String> = missing.map(|part| part.to_string()).collect();
    let (verb, parts) = match &missing[..] {
        [] => return None,
        [one] => ("is", format!("part {one}")),
        several => ("are", format!("parts {}", several.join(", "))),
    };
    Some(match present.first() {
        Some(only) if present.len() == 1 => {
            format!("this is part {only} of the {of} parts of an experiment alone")
        }
        _ => format!(
            "only {} of the {of} parts of the experiment are here: {parts} {verb} missing",
            present.len()
        ),
    })
}

/// Where the sides are not paired, all runs of a side are as if of one machine.
pub(super) fn mean_on(machines: &Machines, values: &[f64]) -> Result<stats::Estimate, StatsError> {
    match machines.scope() {
        Scope::One => stats::mean(values),
        Scope::These | Scope::Like => machines.mean(values),
    }
}

/// The machine of each block of a recording, by a number.
pub(super) fn machines_of_blocks(recording: &Recording) -> Vec<usize> {
    let mut known: Vec<&Machine> = Vec::new();
    let blocks = recording.blocks.iter();
    blocks
        .map(|block| {
            let at = known.iter().position(|it| **it == block.machine);
            at.unwrap_or_else(|| {
                known.push(&block.machine);
                known.len() - 1
            })
        })
        .collect()
}

/// Has seconds of a fast machine and of a slow one count alike, by what a unit of work took on each
/// before.
pub(super) fn to_common_speed(machines: &Machines, profiled: &mut Pair<Vec<Profiled<'_>>>) {
    let before: Vec<f64> = profiled
        .before
        .iter()
        .map(|run| run.thread_seconds)
        .collect();
    let factors = machines.to_common_speed(&before);
    if machines.scope() == Scope::One {
        return;
    }
    for runs in [&mut profiled.before, &mut profiled.after] {
        for (run, factor) in runs.iter_mut().zip(&factors) {
            run.thread_seconds *= factor;
        }
    }
}
