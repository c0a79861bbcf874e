//! Recordings of several blocks.

use super::degenerate::rounds;
use super::fixture::compared;
use crate::compare::{CompareError, Options, compare};
use crate::recording::{Block, Recording, Role};

/// Rates of six rounds of each side.
const RATES: [[f64; 6]; 2] = [
    [100.5, 104.25, 97.5, 100.25, 101.5, 99.0],
    [113.25, 111.5, 114.75, 109.5, 112.25, 110.0],
];

fn sides() -> [Recording; 2] {
    [("before", 0), ("after", 1)].map(|(name, side)| rounds(name, &RATES[side], &[100, 200]))
}

/// Makes two blocks of one: the first three rounds, and the others, counted from 1 again.
fn split(recording: &mut Recording) {
    let block = &mut recording.blocks[0];
    let (first, second) = block.runs.iter().cloned().partition(|run| run.round <= 3);
    block.runs = first;
    let mut second = Block {
        runs: second,
        ..block.clone()
    };
    for run in &mut second.runs {
        run.round -= 3;
    }
    recording.blocks.push(second);
}

fn in_blocks() -> [Recording; 2] {
    let mut sides = sides();
    sides.iter_mut().for_each(split);
    sides
}

#[test]
fn rounds_of_all_blocks_are_taken_together() {
    let [before, after] = sides();
    let whole = compared(&before, &after, &[]);
    let [before, after] = in_blocks();
    assert_eq!(compared(&before, &after, &[]), whole);
}

#[test]
fn a_round_is_paired_with_the_same_round_of_the_same_block() {
    let [before, mut after] = in_blocks();
    after.blocks[0].runs.retain(|run| run.round != 2);
    after.blocks[1].runs.retain(|run| run.round == 2);
    let seconds = compared(&before, &after, &[]).seconds_by_round;
    // The first and the third round of the first block, and the second one of the second.
    let of = |side: usize| [0, 2, 4].map(|round| 1.0 / RATES[side][round]);
    assert_eq!(seconds.before, of(0));
    assert_eq!(seconds.after, of(1));
}

#[test]
fn that_machines_differ_is_said() {
    let [mut before, mut after] = in_blocks();
    for side in [&mut before, &mut after] {
        side.blocks[1].machine.cores = 64;
    }
    let warnings = compared(&before, &after, &[]).warnings;
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}");
    };
    assert!(
        warning
            .as_written()
            .contains("2 blocks of rounds were measured on 2 machines: so few"),
        "{warning:?}"
    );
    "another".clone_into(&mut after.blocks[1].machine.cpu);
    "another".clone_into(&mut after.experiment);
    let warnings = compared(&before, &after, &[]).warnings;
    let different = "the sides ran with different processors: cpu and another";
    assert!(
        warnings.iter().any(|it| it.as_written() == different),
        "{warnings:?}"
    );
    let number = "on 3 different machines";
    assert!(
        warnings.iter().any(|it| it.as_written().contains(number)),
        "{warnings:?}"
    );
}

#[test]
fn blocks_that_were_not_made_together_are_not_paired() {
    let check = |change: fn(&mut Recording)| {
        let [before, mut after] = in_blocks();
        change(&mut after);
        let compared = compare(&before, &after, &[], &Options::default());
        assert_eq!(compared.unwrap_err(), CompareError::DifferentBlocks);
    };
    check(|after| after.blocks.truncate(1));
    check(|after| after.blocks[1].seed += 1);
    check(|after| after.blocks[0].machine.cores = 64);
}

#[test]
fn a_candidate_that_is_taken_for_the_base_is_named() {
    let [mut before, mut after] = sides();
    (before.role, after.role) = (Role::Base, Role::Candidate);
    assert_eq!(compared(&before, &after, &[]).warnings, []);
    let warnings = compared(&after, &before, &[]).warnings;
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}");
    };
    assert!(
        warning.as_written().contains("the other way round"),
        "{warning:?}"
    );
}
