use proptest::prelude::*;

use super::*;
use crate::compare::{FileComparison, LineKind, Stretch};
use crate::pair::Pair;
use crate::recording::{LineSamples, Metric, ProfiledRun, Run, RunKind, fixture as recorded};
use crate::report::fixture;
use crate::source::{Function, LineNumber};

fn run(kind: RunKind, profile: Option<ProfiledRun>) -> Run {
    Run {
        kind,
        metric: Some(Metric {
            name: "throughput".to_owned(),
            unit: "images / sec".to_owned(),
            value: 255.2,
            step: None,
        }),
        profile,
        ..recorded::timed_run(1, 0, 2.002)
    }
}

fn recording() -> Recording {
    let line = LineSamples {
        self_samples: 80,
        ..recorded::line_samples("dither.py", 24, 168)
    };
    let profile = recorded::profile(vec![line], [3, 0, 0]);
    let text = "import numba\n</script>\u{202e}\0\x7f\u{e0041}\n".to_owned();
    let mut recording = recorded::recording("dither.py", "examples/dither.py");
    recording.settings.throughput = recorded::images_per_second();
    recording.sources = vec![recorded::source("dither.py", text)];
    recording.variant.args = vec!["2".to_owned()];
    recording.blocks[0].runs = vec![
        run(RunKind::Timed, None),
        run(RunKind::Profiled, Some(profile)),
    ];
    recording.warnings = vec!["the number is rounded".into()];
    recording
}

#[test]
fn a_comparison_is_read_as_it_was_written() {
    let comparison = fixture::dither().comparison;
    assert_eq!(read(&write(&comparison)), Ok(comparison.clone()));
    let any = AnyDocument::from(comparison.clone());
    assert_eq!(read_any(&write(&comparison)), Ok(any));
}

#[test]
fn a_recording_is_read_as_it_was_written() {
    let recording = recording();
    assert_eq!(read(&write(&recording)), Ok(recording.clone()));
    let any = AnyDocument::from(recording.clone());
    assert_eq!(read_any(&write(&recording)), Ok(any));
}

#[test]
fn the_form_is_what_the_documentation_says() {
    insta::assert_snapshot!("recording", write(&recording()));
    let mut comparison = fixture::edited_blocks().comparison;
    comparison.lines.truncate(1);
    comparison.hunks.truncate(1);
    insta::assert_snapshot!("comparison", write(&comparison));
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let message = read::<Recording>(text).unwrap_err().to_string();
    assert_eq!(message, expected);
}

#[test]
fn other_json_is_refused() {
    let expected = "no `schema`: this is JSON, but not a profila recording or comparison";
    check_error("{}", expected);
    check_error("[1, 2]", expected);
    check_error(r#"{"schema": 7}"#, expected);
    check_error(r#"{"schema": null}"#, expected);
}

/// Checks that a recording of this schema is refused, and what is said about it.
#[track_caller]
fn check_other_schema(schema: &str, hint: &str) {
    check_error(
        &format!("{{\"schema\": \"{schema}\"}}"),
        &format!("its `schema` is `{schema}`, but `profila.recording/1.0` is needed{hint}"),
    );
}

#[test]
fn other_schemas_are_named() {
    let older =
        "; an older profila wrote it: measure again with `profila record -o FILE -- SCRIPT`";
    check_other_schema("profila.recording/2.0", "; a newer profila wrote it");
    check_other_schema("profila.recording/0.9", older);
    // Before the first release there was no second number.
    check_other_schema("profila.recording/1", older);
    check_other_schema("something else", "");
    check_error(
        &write(&fixture::dither().comparison),
        "its `schema` is `profila.comparison/1`, but `profila.recording/1.0` is needed; a \
         comparison holds conclusions only, so give the recordings it was made from",
    );
}

/// A recording as a later version may write it.
fn later() -> serde_json::Value {
    let mut later = serde_json::to_value(recording()).unwrap();
    later["schema"] = "profila.recording/1.7".into();
    later["sessions"] = serde_json::json!([{"round": 1}]);
    later["variant"]["colour"] = "red".into();
    later
}

#[test]
fn of_a_later_minor_version_is_read_what_is_known() {
    let read = read::<Recording>(&later().to_string()).unwrap();
    let mut expected = recording();
    expected.warnings.push(
        "the recording of `dither.py` is of a newer profila (`profila.recording/1.7`): what this \
         version does not know of is left out"
            .into(),
    );
    assert_eq!(read, expected);
    assert!(matches!(
        read_any(&later().to_string()),
        Ok(AnyDocument::Recording(_))
    ));
}

#[test]
fn what_is_wrong_with_a_later_minor_version_is_said_of_that() {
    let mut later = later();
    later["role"] = "onlooker".into();
    let error = read::<Recording>(&later.to_string()).unwrap_err();
    let expected = "not a valid `profila.recording/1.7` at line 1, column";
    assert!(error.to_string().starts_with(expected), "{error}");
}

/// What was written once can be read for as long as the first number stays the same.
#[test]
fn recordings_of_every_minor_version_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");
    let (form, last) = recording::SCHEMA.rsplit_once('.').unwrap();
    for minor in 0..=last.parse().unwrap() {
        let minor: u32 = minor;
        let path = format!("{folder}/1.{minor}.json");
        let text = std::fs::read_to_string(&path).expect(&path);
        assert_eq!(schema_of(&text), Ok(format!("{form}.{minor}")), "{path}");
        let recording = read::<Recording>(&text).unwrap_or_else(|it| panic!("{path}: {it}"));
        assert_eq!(recording.schema, recording::SCHEMA);
        assert!(recording.warnings.is_empty(), "{path}");
        let profile = crate::profile::annotate(&recording);
        assert!(profile.samples.numba > 0, "{path}");
    }
}

#[test]
fn broken_text_is_located() {
    check_error(
        "",
        "the file ends at line 1, column 0, before the document is complete; was it cut off?",
    );
    check_error(
        "{\n  \"schema\": x",
        "not JSON at line 2, column 13: expected value",
    );
}

#[test]
fn broken_fields_are_located() {
    check_error(
        "{\n  \"schema\": \"profila.recording/1.0\",\n  \"experiment\": 7\n}",
        "not a valid `profila.recording/1.0` at line 3, column 17: invalid type: integer `7`, \
         expected a string",
    );
    check_error(
        "{\"schema\": \"profila.recording/1.0\"}",
        "not a valid `profila.recording/1.0` at line 1, column 35: missing field `experiment`",
    );
}

#[test]
fn a_damaged_profile_is_located() {
    let whole = write(&recording());
    let damaged = whole.replace("\"stopped_s\": 0.5", "\"stopped_s\": \"long\"");
    let line = 1 + damaged
        .lines()
        .position(|it| it.contains("\"long\""))
        .unwrap();
    let error = read::<Recording>(&damaged).unwrap_err().to_string();
    assert!(
        error.contains(&format!("at line {line}, column ")),
        "{error}"
    );
    assert!(
        error.ends_with("invalid type: string \"long\", expected f64"),
        "{error}"
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

proptest! {
    #[test]
    fn wherever_it_is_cut_off_that_is_said(cut in 0.0..1.0_f64) {
        let text = write(&recording());
        let text = text.trim_end();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let mut end = (cut * text.len() as f64) as usize;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let error = read::<Recording>(&text[..end]).unwrap_err();
        let is_truncated = matches!(error, ReadError::Truncated { .. });
        prop_assert!(is_truncated, "{}", error);
    }

    #[test]
    fn every_number_comes_back_bit_for_bit(value in proptest::num::f64::NORMAL) {
        let mut comparison = fixture::dither().comparison;
        comparison.accounting.total_shift_s = value;
        let back: Comparison = read(&write(&comparison)).unwrap();
        prop_assert_eq!(back.accounting.total_shift_s.to_bits(), value.to_bits());
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        prop_assert!(read_any(&text).is_err());
    }
}

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

#[test]
fn what_is_no_text_is_located() {
    let error = decode(b"{\n  \"\xff\"}".to_vec()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not UTF-8 at line 2, column 4, the byte at offset 5"
    );
    assert_eq!(decode(b"{}".to_vec()), Ok("{}".to_owned()));
}
