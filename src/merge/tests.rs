//! Parts that were measured on machines of many kinds.

use proptest::prelude::*;

use super::{Merged, Piece, merge};
use crate::compare::incomplete_experiment;
use crate::error::MergeError;
use crate::recording::{Metric, Recording, Role, Shard, fixture};

/// A part of an experiment in four parts, with three rounds.
fn part(number: u32, name: &str) -> Piece {
    let mut recording = fixture::recording(name, "a.py");
    recording.experiment = format!("experiment {number}");
    recording.created = format!("2026-01-0{number}T00:00:00Z");
    recording.role = match name {
        "before" => Role::Base,
        _ => Role::Candidate,
    };
    recording.settings.throughput = fixture::images_per_second();
    recording.sources = vec![fixture::source("a.py", "x = 1\n".to_owned())];
    let block = &mut recording.blocks[0];
    block.machine.boot = Some(format!("machine {number}"));
    block.seed = u64::from(number);
    block.shard = Some(Shard {
        number,
        of: 4,
        seed: 7,
    });
    block.runs = (1..=3)
        .map(|round| fixture::timed_run(round, 2 * round, f64::from(10 * number + round)))
        .collect();
    Piece {
        file: format!("{number}/{name}.json").into(),
        recording,
    }
}

fn all(numbers: &[u32]) -> Vec<Piece> {
    let parts = numbers.iter();
    parts
        .flat_map(|&number| ["after", "before"].map(|name| part(number, name)))
        .collect()
}

/// What is said of the parts that are not there.
fn said(merged: &Merged) -> Option<String> {
    incomplete_experiment(&merged.recordings[0])
}

fn windows(recording: &Recording) -> Vec<f64> {
    recording.runs().map(|run| run.window_s).collect()
}

#[test]
fn parts_become_blocks_in_their_order() {
    let merged = merge(all(&[3, 1, 4, 2])).unwrap();
    assert_eq!(said(&merged), None);
    let [before, after] = &merged.recordings[..] else {
        panic!("{merged:?}");
    };
    assert_eq!(before.variant.name, "before");
    assert_eq!(before.experiment, after.experiment);
    assert_ne!(before.experiment, part(1, "before").recording.experiment);
    assert_eq!(before.created, "2026-01-01T00:00:00Z");
    let numbers = before.blocks.iter().map(|it| it.shard.unwrap().number);
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3, 4]);
    let expected = [
        11.0, 12.0, 13.0, 21.0, 22.0, 23.0, 31.0, 32.0, 33.0, 41.0, 42.0, 43.0,
    ];
    assert_eq!(windows(before), expected);
    assert_eq!(before.check(), Ok(()));
}

#[test]
fn what_is_missing_is_known() {
    let merged = merge(all(&[4, 2])).unwrap();
    assert_eq!(
        said(&merged).unwrap(),
        "only 2 of the 4 parts of the experiment are here: parts 1, 3 are missing"
    );
    assert_eq!(merged.blocks().len(), 2);
}

fn as_pieces(merged: Merged) -> Vec<Piece> {
    let recordings = merged.recordings.into_iter();
    recordings
        .map(|recording| Piece {
            file: format!("whole/{}.json", recording.variant.name).into(),
            recording,
        })
        .collect()
}

/// One that came later is added to what was merged before.
#[test]
fn what_was_merged_is_a_part_itself() {
    let mut pieces = as_pieces(merge(all(&[1, 2, 4])).unwrap());
    pieces.extend(all(&[3]));
    let late = merge(pieces).unwrap();
    assert_eq!(said(&late), None);
    let at_once = merge(all(&[1, 2, 3, 4])).unwrap();
    for (late, at_once) in late.recordings.iter().zip(&at_once.recordings) {
        assert_eq!(late.blocks, at_once.blocks);
    }
}

/// What is said of parts of which one was changed.
#[track_caller]
fn check(change: impl Fn(&mut Vec<Piece>)) -> MergeError {
    let mut pieces = all(&[1, 2]);
    change(&mut pieces);
    merge(pieces).unwrap_err()
}

/// Changes the second part's version after, and says what differs.
#[track_caller]
fn check_differs(change: fn(&mut Recording), expected: &str) {
    match check(|pieces| change(&mut pieces[2].recording)) {
        MergeError::Different { files, differences } => {
            assert_eq!(differences, [expected]);
            assert_eq!(files[1].display().to_string(), "2/after.json");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_of_one_experiment_is_refused_with_what_differs() {
    check_differs(
        |it| it.numba = "0.60.0".to_owned(),
        "Numba: 0.68.1 and 0.60.0",
    );
    check_differs(|it| it.python = "3.9".to_owned(), "Python: 3.13.0 and 3.9");
    check_differs(
        |it| it.sampler = "perf".to_owned(),
        "sampler: gdb 16.3 and perf",
    );
    check_differs(
        |it| it.settings.rate_hz = 10.0,
        "sampling rate: 100 Hz and 10 Hz",
    );
    check_differs(
        |it| it.variant.args = vec!["9".to_owned()],
        "arguments: [] and [\"9\"]",
    );
    check_differs(
        |it| it.variant.script = Some("b.py".to_owned()),
        "what is run: a.py and b.py",
    );
    check_differs(
        |it| it.sources[0].sha256 = "0123456789abcdef".to_owned(),
        "source: `a.py`  and 0123456789ab",
    );
    check_differs(
        |it| it.blocks[0].shard.as_mut().unwrap().of = 5,
        "number of parts: 4 and 5",
    );
    check_differs(
        |it| it.blocks[0].shard.as_mut().unwrap().seed = 0,
        "seed: 7 and 0",
    );
}

#[test]
fn a_part_is_there_once_and_with_all_versions() {
    let twice = check(|pieces| pieces.push(part(2, "before")));
    assert!(
        matches!(&twice, MergeError::Repeated { part: 2, .. }),
        "{twice:?}"
    );
    let incomplete = check(|pieces| drop(pieces.remove(2)));
    let expected = MergeError::Incomplete {
        part: 2,
        version: "after".to_owned(),
    };
    assert_eq!(incomplete, expected);
    let apart = check(|pieces| pieces[2].recording.experiment = "later".to_owned());
    assert!(
        matches!(&apart, MergeError::Apart { part: 2, .. }),
        "{apart:?}"
    );
    let whole = check(|pieces| pieces[1].recording.blocks[0].shard = None);
    assert!(matches!(&whole, MergeError::NoPart { .. }), "{whole:?}");
    assert_eq!(merge(Vec::new()).unwrap_err(), MergeError::Nothing);
}

/// A slow machine may report seconds where a fast one reports a rate.
#[test]
fn rates_are_brought_into_one_form() {
    let mut pieces = all(&[1, 2]);
    let metric = |unit: &str, value| {
        Some(Metric {
            name: unit.to_owned(),
            unit: unit.to_owned(),
            value,
            step: None,
        })
    };
    for piece in &mut pieces {
        let is_second = piece.file.starts_with("2");
        for run in piece.recording.runs_mut() {
            run.metric = if is_second {
                metric("s / image", 0.25)
            } else {
                metric("images / sec", 4.0)
            };
        }
        if is_second {
            let form = &mut piece.recording.settings.throughput;
            form.unit = "s / images".to_owned();
            form.better = crate::recording::Better::Lower;
        }
    }
    match merge(pieces) {
        Ok(merged) => {
            let runs = merged.recordings[0].runs();
            let values = runs.map(|run| run.metric.as_ref().unwrap().value);
            assert!(values.eq([4.0; 6]));
        }
        Err(error) => panic!("{error:?}"),
    }
}

proptest! {
    /// In whatever order parts are given, and in how many steps, the whole is the same.
    #[test]
    fn the_order_of_the_parts_does_not_matter(
        order in Just(vec![1, 2, 3, 4]).prop_shuffle(),
        first in 1..4_usize,
    ) {
        let expected = merge(all(&[1, 2, 3, 4])).unwrap().recordings;
        let at_once = merge(all(&order)).unwrap().recordings;
        prop_assert_eq!(&at_once, &expected);
        let mut pieces = as_pieces(merge(all(&order[..first])).unwrap());
        pieces.extend(all(&order[first..]));
        for (found, expected) in merge(pieces).unwrap().recordings.iter().zip(&expected) {
            prop_assert_eq!(&found.blocks, &expected.blocks);
        }
    }
}
