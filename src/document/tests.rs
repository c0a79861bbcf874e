use proptest::prelude::*;

use super::*;
use crate::compare::Comparison;
use crate::foreign::ForeignText;
use crate::recording::{LineSamples, Metric, ProfiledRun, Run, RunKind, fixture as recorded};
use crate::report::fixture;
use crate::share::Share;

mod refused;

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

/// Versions before 0.1.0 wrote a part above 1 where the last stop ended after the window.
#[test]
fn a_script_that_was_stopped_for_more_than_its_window_was_stopped_for_all_of_it() {
    let mut comparison = serde_json::to_value(fixture::dither().comparison).unwrap();
    comparison["observer"]["after"]["stopped_share"] = 1.2.into();
    let made: Comparison = read(&comparison.to_string()).unwrap();
    assert_eq!(made.overhead.after.stopped_share, Share::new(1.0).unwrap());
    comparison["observer"]["after"]["stopped_share"] = 0.5.into();
    comparison["lines"][0]["before"]["share"]["value"] = 1.2.into();
    let refused = read::<Comparison>(&comparison.to_string());
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("a share is from 0 to 1")
    );
}

#[test]
fn a_growth_is_read_as_it_was_written() {
    let scaling = crate::scaling::fixture::scaling();
    assert_eq!(read(&write(&scaling)), Ok(scaling.clone()));
    let any = AnyDocument::from(scaling.clone());
    assert_eq!(read_any(&write(&scaling)), Ok(any));
    insta::assert_snapshot!("scaling", write(&scaling));
}

#[test]
fn a_growth_whose_parts_do_not_fit_is_refused() {
    let check = |path: &str, value: serde_json::Value, said: &str| {
        let mut document = serde_json::to_value(crate::scaling::fixture::scaling()).unwrap();
        *document.pointer_mut(path).unwrap() = value;
        let refused = read::<Scaling>(&document.to_string()).unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    };
    check("/sizes", serde_json::json!([]), "needs 3 to 16 values");
    check("/sizes/0/value", 5000.into(), "need to ascend");
    check("/sizes/0/value", 0.into(), "need to ascend");
    check("/whole/cost_s", serde_json::json!([]), "`whole.cost_s`");
    check(
        "/rest/shares",
        serde_json::json!([]),
        "`rest` needs one share",
    );
    check(
        "/lines/1/part/growth/steps",
        serde_json::json!([]),
        "`lines[1].part.growth.steps`",
    );
    check(
        "/lines/0/part/growth/bent_at",
        2.into(),
        "`lines[0].part.growth.bent_at`",
    );
    check(
        "/lines/0/part/growth/fitted_s",
        serde_json::json!([1]),
        "growth.fitted_s`",
    );
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

#[test]
fn a_script_that_begins_with_a_string_is_no_json() {
    let message = read::<Recording>("\"\"\"A script.\"\"\"\nimport sys\n").unwrap_err();
    assert!(!message.to_string().contains("this is JSON"), "{message}");
}

/// Checks that a recording of this schema is refused, and what is said about it.
#[track_caller]
fn check_other_schema(schema: &str, hint: &str) {
    check_error(
        &format!("{{\"schema\": \"{schema}\"}}"),
        &format!(
            "its `schema` is `{schema}`, but `{}` is needed{hint}",
            recording::SCHEMA
        ),
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
        &format!(
            "its `schema` is `profila.comparison/1`, but `{}` is needed; a comparison holds \
             conclusions only, so give the recordings it was made from",
            recording::SCHEMA
        ),
    );
}

/// A recording as a later version may write it.
fn later() -> serde_json::Value {
    let mut later = serde_json::to_value(recording()).unwrap();
    later["schema"] = "profila.recording/1.99".into();
    later["sessions"] = serde_json::json!([{"round": 1}]);
    later["variant"]["colour"] = "red".into();
    later
}

#[test]
fn of_a_later_minor_version_is_read_what_is_known() {
    let read = read::<Recording>(&later().to_string()).unwrap();
    let mut expected = recording();
    expected.warnings.push(
        "the recording of `dither.py` is of a newer profila (`profila.recording/1.99`): what this \
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
    let expected = "not a valid `profila.recording/1.99` at line 1, column";
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
        let mut warnings = recording.warnings.iter().map(ForeignText::as_written);
        assert!(warnings.all(|it| !it.contains("newer")), "{path}");
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

#[test]
fn what_is_no_text_is_located() {
    let error = decode(b"{\n  \"\xff\"}".to_vec()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not UTF-8 at line 2, column 4, the byte at offset 5"
    );
    assert_eq!(decode(b"{}".to_vec()), Ok("{}".to_owned()));
}
