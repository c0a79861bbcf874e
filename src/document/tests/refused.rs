//! Documents that parse, but whose parts do not fit each other.

use super::{fixture, recorded, recording, run};
use crate::compare::{Comparison, Comparisons, FileComparison, LineKind, Stretch};
use crate::document::{Document, read, write};
use crate::pair::Pair;
use crate::recording::{Recording, RunKind};
use crate::source::{Function, LineNumber};

/// A recording or comparison, changed, is refused with these words.
#[track_caller]
fn check_refused<D: Document>(mut document: D, change: impl Fn(&mut D), expected: &str) {
    change(&mut document);
    let error = read::<D>(&write(&document)).map(|_| ()).unwrap_err();
    let (schema, wrong) = (D::SCHEMA, expected);
    assert_eq!(
        error.to_string(),
        format!("not a valid `{schema}`: {wrong}")
    );
}

#[test]
fn a_profile_belongs_to_a_profiled_run() {
    check_refused(
        recording(),
        |it| it.blocks[0].runs[1].profile = None,
        "`blocks[0].runs[1]` is a profiled run without a `profile`",
    );
    check_refused(
        recording(),
        |it| it.blocks[0].runs[1].kind = RunKind::Control,
        "`blocks[0].runs[1]` is a control run with a `profile`",
    );
}

#[test]
fn lines_that_a_source_does_not_have_are_refused() {
    let line = |number| LineNumber::new(number).unwrap();
    let with = |first, last, statement: (u32, u32)| {
        let function = Function {
            name: "f".to_owned(),
            first: line(first),
            last: line(last),
            statements: vec![(line(statement.0), line(statement.1))],
        };
        move |recording: &mut Recording| recording.sources[0].functions = vec![function.clone()]
    };
    check_refused(
        recording(),
        with(1, 2, (2, 1)),
        "`sources[0].functions[0].statements[0]` begins at line 2 and ends before it, at line 1",
    );
    check_refused(
        recording(),
        with(2, 1, (1, 1)),
        "`sources[0].functions[0]` begins at line 2 and ends before it, at line 1",
    );
    check_refused(
        recording(),
        with(1, u32::MAX, (1, 1)),
        "`sources[0].functions[0]` extends to line 4294967295, but its source has only 2",
    );
}

#[test]
fn a_recording_has_a_block_and_no_more_runs_than_can_be_compared() {
    check_refused(recording(), |it| it.blocks.clear(), "it has no `blocks`");
    check_refused(
        recording(),
        |it| {
            it.blocks[0].runs = vec![run(RunKind::Timed, None); 51];
            it.blocks = vec![it.blocks[0].clone(); 200];
        },
        "it has 10200 `runs`, but at most 10000 can be compared",
    );
    check_refused(
        recording(),
        |it| {
            let mut block = it.blocks[0].clone();
            block.runs[1].window_s = 2e12;
            it.blocks.push(block);
        },
        "`blocks[1].runs[1].window_s` is 2000000000000, but no run can take that long",
    );
}

#[test]
fn counts_and_times_that_cannot_be_are_refused() {
    let profile = |recording: &mut Recording| recording.blocks[0].runs[1].profile.clone().unwrap();
    check_refused(
        recording(),
        |it| {
            let mut changed = profile(it);
            changed.lines[0].total = u64::MAX;
            it.blocks[0].runs[1].profile = Some(changed);
        },
        "`blocks[0].runs[1].profile.lines[0].total` is 18446744073709551615, but can be at most 549755813888",
    );
    check_refused(
        recording(),
        |it| it.blocks[0].runs[0].wall_s = -1.0,
        "`blocks[0].runs[0].wall_s` is -1, but no run can take that long",
    );
}

/// Runs that have a line each, and each another one, are short to write and long to compare.
#[test]
fn more_lines_in_more_runs_than_can_be_compared_are_refused() {
    let with_runs = |count: u32| {
        move |recording: &mut Recording| {
            let numbers = 1..=count;
            let runs = numbers.map(|number| {
                let line = recorded::line_samples("dither.py", number, 1);
                let profile = recorded::profile(vec![line], [0, 0, 0]);
                run(RunKind::Profiled, Some(profile))
            });
            recording.blocks[0].runs = runs.collect();
        }
    };
    check_refused(
        recording(),
        with_runs(5_001),
        "its 5001 profiled runs have samples on 5001 lines, but at most 25000000 counts of lines \
         in runs can be compared",
    );
    let mut fits = recording();
    with_runs(5_000)(&mut fits);
    assert!(read::<Recording>(&write(&fits)).is_ok());
}

#[test]
fn stretches_of_lines_that_a_text_does_not_have_are_refused() {
    let stretch = |first: Pair<u32>, lines| Stretch {
        kind: LineKind::Unchanged,
        first: first.map(LineNumber::new),
        lines,
    };
    let with = |stretches: Vec<Stretch>| {
        let file = FileComparison {
            file: Pair::new(Some("a.py".to_owned()), Some("b.py".to_owned())),
            renames: Vec::new(),
            text: Pair::new(Some("x\ny\n".to_owned()), Some("x\n".to_owned())),
            stretches,
        };
        move |it: &mut Comparison| it.files = vec![file.clone()]
    };
    let comparison = || fixture::dither().comparison;
    check_refused(
        comparison(),
        with(vec![stretch(Pair::new(1, 0), 2_147_483_647)]),
        "`files[0].stretches[0]` extends to line 2147483647 of the before version, whose text has \
         only 2",
    );
    check_refused(
        comparison(),
        with(vec![stretch(Pair::new(0, 0), 5)]),
        "`files[0].stretches[0]` has 5 lines but is on neither side",
    );
    check_refused(
        comparison(),
        with(vec![stretch(Pair::new(1, 1), 1); 2]),
        "up to `files[0].stretches[1]`, there are more lines of the after version than its text \
         has",
    );
    let mut several = fixture::several();
    with(vec![stretch(Pair::new(3, 0), 1)])(&mut several.comparisons[1]);
    let error = read::<Comparisons>(&write(&several)).map(|_| ());
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("in `comparisons[1]`: `files[0]"),
        "{message}"
    );
}
