//! Values that somebody points at.

use super::*;

#[track_caller]
fn check(settings: &Throughput, stdout: &str, metrics: &str, expected: &str) {
    let found = match read(settings, stdout, metrics) {
        Ok(reading) => format!("{:?} {}", reading.source.source, shown(&reading)),
        Err(fault) => format!("{fault:?}"),
    };
    assert_eq!(found, expected);
}

#[track_caller]
fn check_metrics(metrics: &str, expected: &str) {
    let settings = settings(WantedSource::Metrics);
    check(&settings, "5 images / s", metrics, expected);
}

#[test]
fn auto_prefers_the_metrics_file_and_its_last_value() {
    let metrics = "{\"value\": 1}\n{\"name\": \"step\", \"value\": 2.5, \"unit\": \"ms\"}\n{\"x\"";
    check(&auto(), "5 images / s", metrics, "Metrics 0.0025 s Lower");
    check(
        &auto(),
        "5 images / s",
        "not JSON",
        "Pattern 5 images/s Higher",
    );
    check(&auto(), "done", "not JSON", "Window unread");
    check(&auto(), "done", "", "Window nothing");
}

#[test]
fn a_metric_says_by_its_unit_or_its_name_which_direction_is_better() {
    check_metrics(
        r#"{"value": 3, "unit": "roots/s"}"#,
        "Metrics 3 roots/s Higher",
    );
    check_metrics(
        r#"{"value": 3, "unit": "ms/step"}"#,
        "Metrics 0.003 s/step Lower",
    );
    check_metrics(
        r#"{"value": 3, "name": "throughput"}"#,
        "Metrics 3 units/s Higher",
    );
    check_metrics(
        r#"{"value": 3, "name": "fps"}"#,
        "Metrics 3 frames/s Higher",
    );
    check_metrics(
        r#"{"value": 3, "name": "images_per_second"}"#,
        "Metrics 3 images/s Higher",
    );
    let undirected = |unit| format!("Undirected {{ value: \"3\", unit: {unit} }}");
    check_metrics(r#"{"value": 3}"#, &undirected("None"));
    check_metrics(r#"{"value": 3, "name": "loss"}"#, &undirected("None"));
    check_metrics(
        r#"{"value": 3, "unit": "rows"}"#,
        &undirected("Some(\"rows\")"),
    );
    check_metrics(r#"{"value": 0, "unit": "ms"}"#, "Unusable(\"0\")");
    check_metrics("", "Missing");
}

#[test]
fn who_says_which_direction_is_better_is_believed() {
    let mut settings = by_pattern(r"(?P<value>\S+) rows");
    settings.better = Some(Better::Lower);
    check(&settings, "3 rows", "", "Pattern 3 units Lower");
    settings.unit = Some("rows".to_owned());
    check(&settings, "3 rows", "", "Pattern 3 rows Lower");
    settings.better = None;
    settings.unit = Some("rows/min".to_owned());
    check(&settings, "120 rows", "", "Pattern 2 rows/s Higher");
}

#[test]
fn a_unit_renames_what_is_found() {
    let mut settings = auto();
    settings.unit = Some("images/s".to_owned());
    check(&settings, "12.5it/s", "", "Pattern 12.5 images/s Higher");
    // The value is what was printed, in the unit it was printed in.
    settings.unit = Some("MB/s".to_owned());
    check(&settings, "900 KB/s", "", "Pattern 900000 B/s Higher");
    settings.unit = Some("rows".to_owned());
    check(&settings, "12.5it/s", "", "Pattern 12.5 rows Higher");
}

#[test]
fn a_unit_makes_no_time_of_a_rate() {
    let other = |value: &str, unit: &str, wanted: &str| {
        format!("OtherUnit {{ value: {value:?}, unit: {unit:?}, wanted: {wanted:?} }}")
    };
    let check = |unit: &str, output: &str, expected: &str| {
        let mut settings = auto();
        settings.unit = Some(unit.to_owned());
        check(&settings, output, "", expected);
    };
    check("it/s", "4.00s/it", "Pattern 0.25 it/s Higher");
    check("s/it", "4.00it/s", "Pattern 0.25 s/it Lower");
    check("ms/it", "4.00kit/s", "Pattern 0.00025 s/it Lower");
    check("images/s", "4 ms/image", "Pattern 250 images/s Higher");
    check("s/image", "12 ms", "Window nothing");
    check("rows", "4.00s/it", "Pattern 4 rows Lower");
    let refused = other("12.5", "s/loop", "images/s");
    check("images/s", "12.5 msec per loop", &refused);
    check("s/row", "5 it/s", &other("5", "it/s", "s/row"));
    check("rows/s", "mean: 5 s", &other("5", "s", "rows/s"));
    check("s", "5 it/s", &other("5", "it/s", "s"));
    check(
        "steps/s",
        "2 ms/100 steps",
        &other("2", "s/100 steps", "steps/s"),
    );
}

#[test]
fn a_unit_makes_no_rate_of_a_time_without_a_unit() {
    let mut settings = by_pattern(r"per step: (?P<value>\S+)");
    let refused = r#"OtherUnit { value: "12.5", unit: "time/step", wanted: "steps/s" }"#;
    settings.unit = Some("steps/s".to_owned());
    check(&settings, "time per step: 12.5", "", refused);
    let metric = r#"{"name": "time_per_step", "value": 12.5}"#;
    settings.source = WantedSource::Auto;
    check(&settings, "", metric, refused);
    settings.unit = Some("ms/step".to_owned());
    check(&settings, "", metric, "Metrics 0.0125 s/step Lower");
}

#[test]
fn a_name_and_a_direction_do_not_make_a_time_of_a_rate() {
    let mut settings = auto();
    settings.unit = Some("rows".to_owned());
    settings.better = Some(Better::Higher);
    check(&settings, "1.05it/s", "", "Pattern 1.05 rows Higher");
    let refused = "OtherUnit { value: \"3.00\", unit: \"s/it\", wanted: \"rows\" }";
    check(&settings, "3.00s/it", "", refused);
    // Nor does a direction alone turn a verdict round where a progress bar changes to the
    // inverse, whichever of the two has the unit that is named.
    let wanted = "a rate, where higher is better";
    let refused = format!("OtherUnit {{ value: \"3.00\", unit: \"s/it\", wanted: {wanted:?} }}");
    settings.unit = None;
    check(&settings, "3.00s/it", "", &refused);
    settings.unit = Some("s/it".to_owned());
    let refused = "OtherUnit { value: \"200\", unit: \"it/s\", wanted: \"s/it\" }";
    check(&settings, "200 it/s", "", refused);
}

#[test]
fn a_pattern_takes_its_last_match_and_the_unit_beside_it() {
    let pattern = by_pattern(r"took (?P<value>\S+)");
    check(
        &pattern,
        "took 3 ms\ntook 4 ms\n",
        "",
        "Pattern 0.004 s Lower",
    );
    check(&pattern, "took 4 ms/loop", "", "Pattern 0.004 s/loop Lower");
    check(
        &pattern,
        "took \x1b[1m4\x1b[0m msec per loop",
        "",
        "Pattern 0.004 s/loop Lower",
    );
    check(
        &pattern,
        "took 4 rows\n5 rows / s",
        "",
        "Undirected { value: \"4\", unit: None }",
    );
    check(&pattern, "nothing", "", "Missing");
    let pattern = by_pattern(r"Processed (?P<value>[\d.,]+) images / sec");
    check(
        &pattern,
        "Processed 1,234.5 images / sec",
        "",
        "Pattern 1234.5 images/s Higher",
    );
    let pattern = by_pattern(r"(?P<value>[\d.]+) (?P<unit>\w+/s)");
    check(&pattern, "900 KB/s", "", "Pattern 900000 B/s Higher");
    let pattern = by_pattern(r"requests per second: (?P<value>[\d.]+)");
    check(
        &pattern,
        "requests per second: 12.5",
        "",
        "Pattern 12.5 requests/s Higher",
    );
    let pattern = by_pattern("\x1b\\[1m(?P<value>[\\d.]+) it/s");
    check(&pattern, "\x1b[1m12.5 it/s", "", "Pattern 12.5 it/s Higher");
}

#[test]
fn digits_with_two_readings_are_told_apart_by_a_group_for_the_fraction() {
    let either = "Ambiguous { value: \"1,234\", readings: [1234.0, 1.234] }";
    check(
        &by_pattern(r"(?P<value>[\d,]+) it/s"),
        "1,234 it/s",
        "",
        either,
    );
    let grouped = by_pattern(r"(?P<value>[\d,]+)(?:\.(?P<fraction>\d+))? it/s");
    check(&grouped, "1,234 it/s", "", "Pattern 1234 it/s Higher");
    check(&grouped, "1,234.5 it/s", "", "Pattern 1234.5 it/s Higher");
    let decimal = by_pattern(r"(?P<value>[\d.]+)(?:,(?P<fraction>\d+))? it/s");
    check(&decimal, "1,234 it/s", "", "Pattern 1.234 it/s Higher");
    check(
        &decimal,
        "1.001,234 it/s",
        "",
        "Pattern 1001.234 it/s Higher",
    );
    check(&decimal, "12 it/s", "", "Pattern 12 it/s Higher");
}

#[test]
fn values_that_are_no_positive_number() {
    let pattern = by_pattern(r"(?P<value>\S+) it/s");
    for value in ["nan", "-3", "0", "inf", "x", "1.2.3"] {
        let expected = format!("Unusable({value:?})");
        check(&pattern, &format!("{value} it/s"), "", &expected);
    }
}

#[track_caller]
fn check_restated(value: &str, form: &str, expected: &str) {
    let [reading, form] = [value, form].map(|line| read(&auto(), line, "").unwrap());
    let found = restate(reading, &form.source);
    assert_eq!(found.as_ref().map_or("none".to_owned(), shown), expected);
}

#[test]
fn a_rate_and_the_time_of_a_unit_of_work_are_one_thing() {
    check_restated("2.00s/it", "3.00it/s", "0.5 it/s Higher");
    check_restated("4.00it/s", "3.00s/it", "0.25 s/it Lower");
    check_restated("4 ms/step", "3 steps/s", "250 steps/s Higher");
    check_restated("4 image/s", "3 images/s", "4 images/s Higher");
    check_restated("4 images/s", "3 rows/s", "none");
    check_restated("4 ms/image", "3 rows/s", "none");
    check_restated("mean: 4 ms", "3 rows/s", "none");
    check_restated("nothing", "3 rows/s", "none");
}

#[test]
fn how_finely_a_value_was_printed_is_kept() {
    let step = |line| {
        read(&auto(), line, "")
            .unwrap()
            .metric
            .unwrap()
            .step
            .unwrap()
    };
    for (line, expected) in [("8.0 it/s", 0.1), ("1.1 MB/s", 1e5), ("12 ms/op", 1e-3)] {
        assert!((step(line) / expected - 1.0).abs() < 1e-9, "{line}");
    }
    let reading = read(&auto(), "2.00s/it", "").unwrap();
    let form = read(&auto(), "2.00it/s", "").unwrap().source;
    let restated = restate(reading, &form).unwrap().metric.unwrap();
    let part = restated.step.unwrap() / restated.value;
    assert!((part - 0.005).abs() < 1e-9, "{part}");
}

#[test]
fn recordings_made_apart_are_restated() {
    use crate::recording::fixture;
    let mut recording = fixture::recording("slow", "slow.py");
    let reading = read(&auto(), "2.00s/it", "").unwrap();
    recording.settings.throughput = reading.source;
    let mut run = fixture::timed_run(1, 0, 1.0);
    run.metric = reading.metric;
    recording.blocks[0].runs = vec![run];
    let form = read(&auto(), "30it/s", "").unwrap().source;
    restate_recording(&mut recording, &form);
    assert_eq!(recording.settings.throughput, form);
    let metric = recording.blocks[0].runs[0].metric.as_ref().unwrap();
    assert_eq!(
        (metric.value.to_string(), &*metric.unit),
        ("0.5".to_owned(), "it/s")
    );
    // What is of something else stays as it is, for the comparison to refuse.
    let rows = read(&auto(), "30 rows/s", "").unwrap().source;
    restate_recording(&mut recording, &rows);
    assert_eq!(recording.settings.throughput, form);
}
