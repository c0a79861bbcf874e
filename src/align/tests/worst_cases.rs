//! Long files of the kinds that make aligners slow: what is made of them, and that it
//! ends. `make align` shows how long it takes.

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

const LINES: usize = 20_000;

fn unlike_lines() -> Vec<String> {
    let line = |index| format!("x{index} = f(y{}, {index})", index % 37);
    (0..LINES).map(line).collect()
}

/// Lines of which many occur more than once, and some very often.
fn usual_lines(rng: &mut ChaCha8Rng) -> Vec<String> {
    (0..LINES)
        .map(|index| match index % 10 {
            0 => String::new(),
            1 => "else:".to_owned(),
            2 => "i += 1".to_owned(),
            3 => format!("x = {}", rng.random_range(0..50)),
            4 => "return x".to_owned(),
            _ => format!(
                "a{} = g(b, {})",
                rng.random_range(0..3_000),
                rng.random_range(0..100)
            ),
        })
        .collect()
}

/// Aligns, and expects so many unchanged, moved, changed, added and removed lines.
#[track_caller]
fn check(before: &[String], after: &[String], expected: [usize; 5]) {
    let (before, after) = (before.join("\n"), after.join("\n"));
    let alignment = align(&before, &after);
    let count = |change| {
        let lines = alignment.lines.iter();
        lines.filter(|line| line.change == change).count()
    };
    let counts = [
        Change::Unchanged,
        Change::Moved,
        Change::Changed,
        Change::Added,
        Change::Removed,
    ]
    .map(count);
    assert_eq!(counts, expected);
}

#[test]
fn all_lines_equal() {
    let line = "x += 1".to_owned();
    let more = vec![line.clone(); LINES + 5];
    check(&vec![line; LINES], &more, [LINES, 0, 0, 5, 0]);
}

#[test]
fn all_lines_different() {
    let other: Vec<String> = (0..LINES).map(|index| format!("call({index})")).collect();
    check(&unlike_lines(), &other, [0, 0, 2 * LINES, 0, 0]);
}

#[test]
fn all_lines_edited() {
    let edited: Vec<String> = unlike_lines()
        .iter()
        .map(|line| format!("{line} + 1"))
        .collect();
    check(&unlike_lines(), &edited, [0, 0, LINES, 0, 0]);
}

#[test]
fn every_other_line_edited() {
    let mut edited = unlike_lines();
    for line in edited.iter_mut().step_by(2) {
        line.push_str(" + 1");
    }
    check(&unlike_lines(), &edited, [LINES / 2, 0, LINES / 2, 0, 0]);
}

#[test]
fn every_other_line_edited_in_the_longest_file_for_histogram() {
    let before = &unlike_lines()[..HISTOGRAM_MAX_LINES];
    let mut edited = before.to_vec();
    for line in edited.iter_mut().step_by(2) {
        line.push_str(" + 1");
    }
    let half = HISTOGRAM_MAX_LINES / 2;
    check(before, &edited, [half, 0, half, 0, 0]);
}

#[test]
fn all_lines_reversed() {
    let mut reversed = unlike_lines();
    reversed.reverse();
    check(&unlike_lines(), &reversed, [0, LINES, 0, 0, 0]);
}

#[test]
fn five_thousand_blocks_shuffled() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let lines = unlike_lines();
    let mut blocks: Vec<&[String]> = lines.chunks(4).collect();
    blocks.shuffle(&mut rng);
    let (before, after) = (lines.join("\n"), blocks.concat().join("\n"));
    let alignment = align(&before, &after);
    assert!(alignment.hunks.is_empty());
}

#[test]
fn five_thousand_blocks_of_duplicates_shuffled() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let lines = usual_lines(&mut rng);
    let mut blocks: Vec<&[String]> = lines.chunks(4).collect();
    blocks.shuffle(&mut rng);
    let (before, after) = (lines.join("\n"), blocks.concat().join("\n"));
    let alignment = align(&before, &after);
    // All but blank and trivial lines have their counterpart somewhere.
    let lines = lines_of(Pair::new(&before, &after));
    let is_left = |line: &AlignedLine| match line.at {
        Pair {
            before: Some(at),
            after: None,
        } => lines.before[at.index()].is_substantial(),
        Pair {
            before: None,
            after: Some(at),
        } => lines.after[at.index()].is_substantial(),
        _ => false,
    };
    assert!(!alignment.lines.iter().any(is_left));
}
