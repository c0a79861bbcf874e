use std::time::{Duration, Instant};

use super::*;
use crate::align::{Change, Rename};
use crate::compare::{Bounds, Comparisons, Estimate, FileComparison, Look};
use crate::gate::{self, Lines, Loss, Rule, Subject};
use crate::report::Selection;
use crate::report::fixture::{self, Builder};
use crate::report::text::width;

/// The report without colours; it must hold nothing that a terminal obeys and stay
/// within its width.
#[track_caller]
fn shown(comparison: &Comparison, columns: usize) -> String {
    let style = Style {
        width: columns,
        ..Style::default()
    };
    let text = super::comparison(comparison, &style);
    for line in text.lines() {
        assert!(width(line) <= columns, "{} columns: {line}", width(line));
        assert!(!line.contains(char::is_control), "{line:?}");
        assert_eq!(line, line.trim_end());
    }
    text
}

#[track_caller]
fn check_at_every_width(name: &str, comparison: &Comparison) {
    for columns in [80, 100, 160] {
        insta::assert_snapshot!(format!("{name}_{columns}"), shown(comparison, columns));
    }
}

#[test]
fn improved() {
    check_at_every_width("improved", &fixture::dither().comparison);
}

#[test]
fn renames_are_said_once_and_a_few_of_many() {
    let mut comparison = fixture::dither().comparison;
    let rename = |number: u32| Rename {
        names: Pair::new(format!("old{number}"), format!("new\u{1b}{number}")),
        function: (number == 2).then(|| Pair::new("one".to_owned(), "uno".to_owned())),
    };
    comparison.files = vec![FileComparison {
        file: Pair::new(Some("dither.py".to_owned()), Some("dither2.py".to_owned())),
        renames: (1..=8).map(rename).collect(),
    }];
    let text = shown(&comparison, 160);
    let notes: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("Renamed"))
        .collect();
    insta::assert_snapshot!(
        notes.join("\n"),
        @"Renamed throughout, and no change by itself: old1 → new␛1, old2 → new␛2 (in uno), old3 → new␛3, old4 → new␛4, old5 → new␛5, old6 → new␛6, and 2 more."
    );
}

#[test]
fn only_what_is_selected() {
    let mut comparison = fixture::dither().comparison;
    for line in &mut comparison.lines {
        for side in [&mut line.before, &mut line.after].into_iter().flatten() {
            side.function = Some(
                if side.line.get() < 19 {
                    "setup"
                } else {
                    "dither"
                }
                .to_owned(),
            );
        }
    }
    let selected = |function: &str| {
        let style = Style {
            all: true,
            selection: Selection {
                functions: vec![function.to_owned()],
                files: vec![],
            },
            ..Style::default()
        };
        super::comparison(&comparison, &style)
    };
    let setup = selected("setup");
    assert!(
        setup.contains("astype") && !setup.contains("np.round("),
        "{setup}"
    );
    let other = selected("other");
    assert!(
        other.contains("No sample fell on a line of function `other`"),
        "{other}"
    );
}

#[test]
fn lines_without_code_are_told_from_those_without_samples() {
    let mut comparison = fixture::dither().comparison;
    for line in &mut comparison.lines {
        if let Some(side) = &mut line.before {
            side.has_no_code = side.line.get() == 20;
        }
    }
    let text = shown(&comparison, 160);
    let mut marked = text.lines().filter(|line| line.contains("no code"));
    let words: Vec<&str> = marked.next().unwrap().split_whitespace().collect();
    assert_eq!(words, ["20", "-", "new", "=", "255", "no", "code", "0"]);
    assert_eq!(marked.next(), None);
    assert!(text.contains("No code: "), "{text}");
    assert!(!shown(&fixture::dither().comparison, 160).contains("No code: "));
}

/// A rule of each outcome.
#[test]
fn a_gate() {
    let mut comparison = fixture::dither().comparison;
    let throughput = &mut comparison.throughput;
    let rules = [0.05, 0.1, 0.2].map(|max_worse| Rule {
        subject: Subject::Throughput,
        max_worse,
    });
    throughput.ratio_bounds = Some(Bounds {
        low: 0.85,
        high: 0.93,
    });
    let memory = Rule {
        subject: Subject::PeakMemory,
        max_worse: 0.0,
    };
    let lines = Rule {
        subject: Subject::LineCost(Lines {
            function: Some("dither".to_owned()),
            file: Some("dither2.py".to_owned()),
        }),
        max_worse: 0.1,
    };
    let rules = [&rules[..], &[memory, lines]].concat();
    let [throughput, memory] =
        [&comparison.throughput, &comparison.peak_memory].map(|it| Some(Loss::of_metric(it)));
    comparison.gate = gate::check(&rules, [throughput, throughput, throughput, memory, None]);
    insta::assert_snapshot!(
        shown(&comparison, 80)
            .lines()
            .take(18)
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// Three versions against one, and that against itself.
#[test]
fn several_versions() {
    let mut faster = fixture::dither().comparison;
    faster.together = 3;
    let mut same = faster.clone();
    "dither2_reordered.py".clone_into(&mut same.after.variant.name);
    same.throughput = fixture::reordered().comparison.throughput;
    let mut slower = same.clone();
    "a_version_with_a_very_long_name_that_is_slow.py".clone_into(&mut slower.after.variant.name);
    slower.throughput = fixture::dither_back().comparison.throughput;
    let mut placebo = same.clone();
    "placebo".clone_into(&mut placebo.after.variant.name);
    placebo.together = 1;
    let several = Comparisons::of(vec![same, slower, faster], Some(placebo));
    let text = comparisons(&several, &Style::default());
    for line in text.lines() {
        assert!(width(line) <= 100, "{line}");
    }
    let shown: Vec<&str> = text.lines().collect();
    insta::assert_snapshot!(shown[..26].join("\n"));
    assert_eq!(text.matches(" against dither.py\n").count(), 3);
}

/// Where something is confirmed of a version and itself, that is said.
#[test]
fn a_placebo_that_shows_a_difference() {
    let comparison = fixture::dither().comparison;
    let several = Comparisons::of(vec![comparison.clone()], Some(comparison));
    let text = comparisons(&several, &Style::default());
    assert!(text.contains("differences where there are none"), "{text}");
}

#[test]
fn an_experiment_that_ended_at_a_look() {
    let mut comparison = fixture::dither().comparison;
    comparison.look = Some(Look {
        number: 1,
        of: 5,
        level: 0.997,
    });
    let ended = shown(&comparison, 80);
    comparison.throughput.verdict = MetricVerdict::Inconclusive;
    let open = shown(&comparison, 80);
    let of_looks = |text: &str| {
        let start = text.find("Measured in").unwrap();
        text[start..].lines().take(3).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(format!("{}\n----\n{}", of_looks(&ended), of_looks(&open)));
}

#[test]
fn improved_with_every_line() {
    let style = Style {
        all: true,
        ..Style::default()
    };
    insta::assert_snapshot!(super::comparison(&fixture::dither().comparison, &style));
}

#[test]
fn improved_in_color() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    let comparison = fixture::dither().comparison;
    let colored = super::comparison(&comparison, &style);
    insta::assert_snapshot!(colored.replace('\x1b', "␛"));

    let mut plain = String::new();
    for piece in colored.split('\x1b') {
        let is_escape = piece.starts_with('[');
        plain.push_str(if is_escape {
            &piece[piece.find('m').unwrap() + 1..]
        } else {
            piece
        });
    }
    let plain: Vec<_> = plain.lines().map(str::trim_end).collect();
    let expected = shown(&comparison, 100);
    assert_eq!(plain, expected.lines().collect::<Vec<_>>());
}

/// `dither2.py` against `dither.py`, by exchanging the sides.
#[test]
fn regressed() {
    insta::assert_snapshot!(shown(&fixture::dither_back().comparison, 100));
}

#[test]
fn several_threads() {
    let mut comparison = fixture::dither().comparison;
    comparison.after.samples.ticks = 1300;
    comparison.after.samples.most_threads = 2;
    insta::assert_snapshot!(shown(&comparison, 100));
}

#[test]
fn inconclusive() {
    let mut comparison = Builder::new("dither.py", "dither.py", fixture::SAME)
        .line(
            Change::Unchanged,
            Some((24, "    new = np.round(old / 255.0) * 255", 64.3)),
            Some((24, "    new = np.round(old / 255.0) * 255", 62.9)),
            CostVerdict::Inconclusive,
            Evidence::None,
        )
        .line(
            Change::Unchanged,
            Some((28, "    work[y, x + 1] += error * 7 // 16", 18.7)),
            Some((28, "    work[y, x + 1] += error * 7 // 16", 19.9)),
            CostVerdict::NoChange,
            Evidence::None,
        )
        .comparison;
    let throughput = &mut comparison.throughput;
    throughput.after.value = 258.3;
    throughput.ratio = fixture::ratio(1.012, 0.032);
    throughput.verdict = MetricVerdict::Inconclusive;
    throughput.smallest_detectable = Some(0.031);
    throughput.rounds_needed = Some(24);
    comparison.after.seconds_per_unit.value = 1.0 / 258.3;
    let memory = &mut comparison.peak_memory;
    memory.ratio = fixture::ratio(0.991, 0.02);
    memory.verdict = MetricVerdict::Inconclusive;
    memory.smallest_detectable = Some(0.021);
    comparison.warnings.push(
        "only 431 samples a run: a higher --rate or a longer run would narrow the intervals of \
         all lines."
            .to_owned(),
    );
    check_at_every_width("inconclusive", &comparison);
}

#[test]
fn moved_lines_and_no_change() {
    let comparison = fixture::reordered().comparison;
    insta::assert_snapshot!("moved_lines", shown(&comparison, 100));
    insta::assert_snapshot!("moved_lines_160", shown(&comparison, 160));
}

#[test]
fn no_samples_and_one_round() {
    let mut comparison = Builder::new("dither.py", "dither2.py", fixture::SAME).comparison;
    comparison.rounds = 1;
    comparison.throughput.ratio = Estimate {
        value: 2.97,
        low: None,
        high: None,
    };
    comparison.throughput.verdict = MetricVerdict::Inconclusive;
    comparison.throughput.smallest_detectable = None;
    comparison.throughput.rounds_needed = None;
    comparison.observer.before.slowdown = None;
    insta::assert_snapshot!(shown(&comparison, 100));
}

/// Runs of no rate, less memory, blocks on one side only, and a helper file and a
/// library file that only one version uses.
#[test]
fn added_and_removed() {
    let mut comparison = fixture::edited_blocks().comparison;
    let throughput = &mut comparison.throughput;
    throughput.source = crate::recording::MetricKind::Window;
    throughput.unit = "s".to_owned();
    throughput.better = crate::recording::Better::Lower;
    comparison.peak_memory.after.value = 45_100_000.0;
    comparison.peak_memory.ratio = fixture::ratio(3.05, 0.01);
    comparison.peak_memory.verdict = MetricVerdict::Less;
    check_at_every_width("added_and_removed", &comparison);
}

#[test]
fn long_lines_and_long_blocks() {
    insta::assert_snapshot!(shown(&fixture::long().comparison, 100));
}

#[test]
fn wide_characters() {
    check_at_every_width("wide", &fixture::wide().comparison);
}

#[test]
fn hostile_text() {
    let mut comparison = fixture::hostile().comparison;
    comparison.before.variant.name = "a\x1b]0;title\x07.py".to_owned();
    comparison.before.python = "3.11\n\x1b[2J".to_owned();
    comparison.throughput.unit = "im\x1b[31mages/s".to_owned();
    comparison
        .warnings
        .push("first\nsecond \u{202e}line\u{9b}31m".to_owned());
    insta::assert_snapshot!(shown(&comparison, 100));
}

/// The bar is 200 ms for 20,000 lines in a release build. Tests are not optimised
/// and machines are busy, so that this only finds what grows with the square.
#[test]
fn the_time_grows_with_the_lines_only() {
    let mut comparison = fixture::dither().comparison;
    let line = comparison.lines[0].clone();
    comparison.lines = vec![line; 5_000];
    let style = Style {
        all: true,
        ..Style::default()
    };
    let start = Instant::now();
    let text = super::comparison(&comparison, &style);
    assert!(text.lines().count() > 10_000);
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
}
