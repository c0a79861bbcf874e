//! What is not read, and what is said of it.

use super::*;

#[test]
fn what_looks_like_a_rate_and_is_not_certain() {
    check_all(&[
        ("Processed 1,234 arrays / sec", "unread"),
        ("step 10 250 images/s", "unread"),
        ("1 125 Mpts/s", "unread"),
        ("90/100/110 images/s", "unread"),
        ("between 90 and 110 images/s", "unread"),
        ("90 - 110 images/s", "unread"),
        ("min 90 images/s, max 110 images/s", "unread"),
        ("255.3 images/s, 1.2 GB/s", "unread"),
        ("120 images/s, 30 images/s dropped", "unread"),
        ("12:34 min/km", "unread"),
        ("velocity: 3.2 m/s", "unread"),
        ("acceleration: 3.2 m/s²", "unread"),
        ("v1.2 images / sec", "unread"),
        ("1.2.3 images / sec", "unread"),
        ("nan it/s", "unread"),
        ("0it [00:00, ?it/s]", "unread"),
        ("-3 it/s", "Unusable(\"-3\")"),
        ("0.0 it/s", "Unusable(\"0.0\")"),
        ("5 s of images / sec", "unread"),
        ("10^3 ops/s", "unread"),
        ("images in 5 runs done per second", "unread"),
        ("time per step: 12.5", "unread"),
        ("12 images/s/core", "unread"),
        ("best 0.81 ms, mean 0.83 ms", "unread"),
        ("Train: 123.4 img/s, Val: 99 img/s", "unread"),
        ("rate: 123.4", "unread"),
        ("kernel,images/s\na,123.4", "unread"),
        ("| kernel | ms/op |\n| a | 123.4 |", "unread"),
        ("50% / s", "unread"),
    ]);
}

/// Times of whole runs, counts and progress are no rates: a loop of fixed time takes as
/// long whatever it does in it.
#[test]
fn what_does_not_look_like_a_rate() {
    check_all(&[
        ("", "nothing"),
        ("took 5 s", "nothing"),
        ("elapsed: 5.01 seconds", "nothing"),
        ("total time: 12.5 ms", "nothing"),
        ("Finished in 00:00:05", "nothing"),
        ("1 passed in 5.20s", "nothing"),
        ("numba 0.68.1, numpy 2.3.1", "nothing"),
        ("v1.2", "nothing"),
        ("10/100 images", "nothing"),
        ("50%|#####     | 5/10", "nothing"),
        ("epoch 3 of 10, loss 0.123", "nothing"),
        ("checksum 12345.678", "nothing"),
        ("learning rate: 0.001", "nothing"),
        ("acceptance rate = 0.234", "nothing"),
        ("Intel(R) Xeon(R) CPU @ 3.20GHz", "nothing"),
        ("saved 5 files to /tmp/s/out", "nothing"),
        ("http://example.org/s/5", "nothing"),
        ("mean 12.5, std 0.3", "nothing"),
        ("500 ops in 3 threads", "nothing"),
        ("speedup: 3.2x", "nothing"),
        ("128 B/op, 3 allocs/op", "nothing"),
    ]);
}

/// Each pattern that is shown reads the line that it is shown for.
#[test]
fn the_patterns_that_are_shown_read_the_line() {
    let expected: &[(&str, &[&str])] = &[
        (
            "Processed 1,234 arrays / sec",
            &["1234 arrays/s Higher", "1.234 arrays/s Higher"],
        ),
        (
            "it's 1,234 arrays / sec (2 threads)",
            &["1234 arrays/s Higher", "1.234 arrays/s Higher"],
        ),
        (
            "step 10 250 images/s",
            &["10250 images/s Higher", "250 images/s Higher"],
        ),
        ("90 - 110 images/s", &["110 images/s Higher"]),
        (
            "min 90 images/s, max 110 images/s",
            &["90 images/s Higher", "110 images/s Higher"],
        ),
        (
            "255.3 images/s, 1.2 GB/s",
            &["255.3 images/s Higher", "1200000000 B/s Higher"],
        ),
        ("velocity: 3.2 m/s", &["3.2 units Higher"]),
        ("10^3 ops/s", &["10 units Higher"]),
        ("time per step: 12.5", &["12.5 units Higher"]),
        ("1,234 it/s", &["1234 it/s Higher", "1.234 it/s Higher"]),
        (
            "test bench_x ... bench:       1,234 ns/iter (+/- 56)",
            &["0.000001234 s/iter Lower", "0.000000001234 s/iter Lower"],
        ),
    ];
    for (line, expected) in expected {
        let unread = read(&auto(), line, "").unwrap().unread.unwrap();
        let read = unread.ways.iter().map(|way| {
            let pattern = &way.pattern;
            assert!(!pattern.contains('\''), "{pattern}");
            let mut settings = by_pattern(pattern);
            if way.direction == Direction::ToBeSaid {
                settings.better = Some(Better::Higher);
            }
            let reading = read(&settings, line, "");
            reading.map_or_else(|fault| format!("{pattern}: {fault:?}"), |it| shown(&it))
        });
        assert_eq!(read.collect::<Vec<_>>(), *expected, "{line}");
    }
}

#[test]
fn a_line_that_was_not_read_is_shown_with_what_would_read_it() {
    let shown = |line| read(&auto(), line, "").unwrap().unread.unwrap().to_string();
    insta::assert_snapshot!(
        [
            "Processed 1,234 arrays / sec",
            "min 90 images/s, max 110 images/s",
            "velocity: 3.2 m/s",
            "?it/s"
        ]
        .map(shown)
        .join("\n\n")
    );
}
