//! What holds for every value.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Digits of a positive number with up to three decimals, and the number.
fn number() -> impl Strategy<Value = (u64, u32, f64)> {
    (1..10_u64.pow(12), 0..4_u32).prop_map(|(digits, decimals)| {
        let text = format!("{digits}e-{decimals}");
        (digits, decimals, text.parse().unwrap())
    })
}

/// Digits in groups of three.
fn written(digits: u64, decimals: u32, group: &str, mark: &str) -> String {
    let whole = (digits / 10_u64.pow(decimals)).to_string();
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push_str(group);
        }
        text.push(digit);
    }
    if decimals > 0 {
        let fraction = digits % 10_u64.pow(decimals);
        text.push_str(mark);
        write!(text, "{fraction:0width$}", width = decimals as usize).unwrap();
    }
    text
}

const STYLES: [(&str, &str); 13] = [
    ("", "."),
    ("", ","),
    (",", "."),
    (".", ","),
    (" ", "."),
    (" ", ","),
    ("\u{a0}", ","),
    ("\u{2009}", "."),
    ("\u{202f}", ","),
    ("\u{2007}", "."),
    ("_", "."),
    ("'", "."),
    ("’", ","),
];

const SCALES: [(&str, f64); 6] = [
    ("B", 1.0),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
];

const TIMES: [(&str, f64); 9] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("ms", 1e-3),
    ("msec", 1e-3),
    ("s", 1.0),
    ("sec", 1.0),
    ("min", 60.0),
];

const LINES: [(&str, &str); 7] = [
    ("Processed ", " arrays / sec"),
    ("", "it/s"),
    ("throughput: ", " ops/sec (best of 5)"),
    ("\x1b[32mrate = ", " images per second\x1b[0m"),
    ("100%|####| 5/5 [00:00<00:00, ", "it/s, loss=0.2]"),
    ("Requests per second: ", " [#/sec] (mean)"),
    ("0%\r100% ", " FPS\ndone"),
];

fn value_of(output: &str) -> Option<f64> {
    let reading = read(&auto(), output, "").unwrap();
    assert!(
        reading.metric.is_some() || reading.unread.is_some(),
        "{output}"
    );
    Some(reading.metric?.value)
}

fn is_close(one: f64, other: f64) -> bool {
    (one / other - 1.0).abs() < 1e-9
}

proptest! {
    /// A number in any style and form is read as itself, or not at all; and not at all
    /// only where it has two readings.
    #[test]
    fn numbers_read_back_as_themselves(
        (digits, decimals, expected) in number(),
        (group, mark) in prop::sample::select(&STYLES[..]),
        (before, after) in prop::sample::select(&LINES[..]),
    ) {
        prop_assume!(expected > 0.0);
        let number = written(digits, decimals, group, mark);
        let output = format!("{before}{number}{after}");
        if let Some(value) = value_of(&output) {
            // 1.234 is read with a decimal point, as programs write it, whoever has set
            // thousands apart by one.
            let is_point = group == "." && number.matches('.').count() == 1 && decimals == 0;
            prop_assert!(is_point || is_close(value, expected), "{} of {}", value, output);
        } else {
            let has_one_comma = number.matches(',').count() == 1 && !number.contains('.');
            prop_assert!(has_one_comma || number.contains(' '), "{}", output);
        }
    }

    /// Whatever prefix a rate is printed with, the larger one is read as larger.
    #[test]
    fn scaling_keeps_the_order_of_rates(
        one in 1.0..1e6_f64, its in prop::sample::select(&SCALES[..]),
        other in 1.0..1e6_f64, others in prop::sample::select(&SCALES[..]),
    ) {
        let read = |value: f64, unit: &str| value_of(&format!("{value:.3} {unit}/s")).unwrap();
        let printed = |value: f64| (value * 1000.0).round() / 1000.0;
        let (a, b) = (printed(one) * its.1, printed(other) * others.1);
        let found = (read(one, its.0), read(other, others.0));
        prop_assert!(is_close(found.0, a) && is_close(found.1, b), "{:?}", found);
        prop_assert!(is_close(a, b) || (found.0 < found.1) == (a < b));
    }

    /// The same of times, of which less is better.
    #[test]
    fn scaling_keeps_the_order_of_times(
        one in 1.0..1e4_f64, its in prop::sample::select(&TIMES[..]),
        other in 1.0..1e4_f64, others in prop::sample::select(&TIMES[..]),
        per in prop::sample::select(&["/op", " per loop", "/it"][..]),
    ) {
        let read = |value: f64, unit: &str| value_of(&format!("{value:.3} {unit}{per}")).unwrap();
        let printed = |value: f64| (value * 1000.0).round() / 1000.0;
        let (a, b) = (printed(one) * its.1, printed(other) * others.1);
        let found = (read(one, its.0), read(other, others.0));
        prop_assert!(is_close(found.0, a) && is_close(found.1, b), "{:?}", found);
        prop_assert!(is_close(a, b) || (found.0 < found.1) == (a < b));
    }

    /// Whatever unit the user names, of two values one of which is worse as printed, that
    /// one is worse as read, or they are not compared.
    #[test]
    fn no_unit_turns_values_round(
        rates in (1.0..100.0_f64, 2.0..50.0_f64),
        printed in prop::sample::select(&["it/s", "s/it", "ms/it", "rows/s", "it/min"][..]),
        slower in prop::sample::select(&["it/s", "s/it", "ms/it", "rows/s", "it/min"][..]),
        unit in prop::sample::select(&["it/s", "s/it", "rows", "rows/s", "s/row", "s", "/s"][..]),
        better in prop::sample::select(&[None, Some(Better::Higher), Some(Better::Lower)][..]),
    ) {
        let line = |rate: f64, unit: &str| match unit {
            "s/it" => format!("{:.9} s/it", 1.0 / rate),
            "ms/it" => format!("{:.9} ms/it", 1e3 / rate),
            "it/min" => format!("{:.9} it/min", rate * 60.0),
            unit => format!("{rate:.9} {unit}"),
        };
        let mut settings = auto();
        settings.unit = Some(unit.to_owned());
        settings.better = better;
        let (rate, ratio) = rates;
        let [one, other] = [line(rate, printed), line(rate / ratio, slower)]
            .map(|line| read(&settings, &line, ""));
        let (Ok(one), Ok(other)) = (one, other) else { return Ok(()) };
        let natural = if one.source.unit.starts_with('s') { Better::Lower } else { Better::Higher };
        let is_named = one.source.unit == "rows";
        prop_assume!(is_named || one.source.better == natural);
        let Some(other) = restate(other, &one.source) else { return Ok(()) };
        let [fast, slow] = [one.metric, other.metric].map(|metric| metric.unwrap().value);
        prop_assert_eq!(slow < fast, one.source.better == Better::Higher);
    }

    /// No output is too odd to be looked at, and what is shown of it holds nothing that
    /// a terminal obeys.
    #[test]
    fn nothing_breaks_it(output in "[0-9a-z/ .,:%()\\[\\]±µ\r\n\u{1b}-]{0,60}") {
        let reading = read(&auto(), &output, "").ok();
        if let Some(unread) = reading.and_then(|reading| reading.unread) {
            prop_assert!(!unread.line.contains(char::is_control), "{:?}", unread);
        }
    }
}
