use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::align::Rename;
use crate::compare::{
    Comparison, Comparisons, FileComparison, FunctionComparison, Look, MetricVerdict,
};
use crate::pair::Pair;
use crate::report::Style;
use crate::report::fixture;
use crate::selection::Selection;

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
        assert!(line.width() <= columns, "{} columns: {line}", line.width());
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
        text: Pair::default(),
        stretches: Vec::new(),
    }];
    let text = shown(&comparison, 160).replace('\n', " ");
    let (_, note) = text.split_once("Renamed").unwrap();
    let (note, _) = note.split_once(" more.").unwrap_or((note, ""));
    insta::assert_snapshot!(
        note,
        @" throughout, which is no change in itself: old1 → new␛1, old2 → new␛2 (in uno), old3 → new␛3, old4 → new␛4, old5 → new␛5, old6 → new␛6, and 2"
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
        other.contains("No samples were attributed to lines of function `other`"),
        "{other}"
    );
}

/// Of one function with one edited block the lines say it all.
#[test]
fn a_function_that_was_written_anew_is_shown_as_a_whole() {
    let with_function = |mut comparison: Comparison| {
        let block = comparison.hunks[0].clone();
        comparison.functions = vec![FunctionComparison {
            name: "dither".to_owned(),
            file: block.file.map(Some),
            before: block.before,
            after: block.after,
            change: block.change,
        }];
        shown(&comparison, 100)
    };
    let title = "Whole functions";
    assert!(with_function(fixture::added_and_removed()).contains(title));
    assert!(!with_function(fixture::dither().comparison).contains(title));
}

#[test]
fn lines_without_code_are_told_from_those_without_samples() {
    let mut comparison = fixture::dither().comparison;
    for line in &mut comparison.lines {
        if let Some(side) = &mut line.before {
            side.has_no_code = side.line.get() == 20;
        }
    }
    let style = Style {
        all: true,
        explain: true,
        width: 160,
        ..Style::default()
    };
    let text = super::comparison(&comparison, &style);
    let mut marked = text.lines().filter(|line| line.contains("no code"));
    let words: Vec<&str> = marked.next().unwrap().split_whitespace().collect();
    assert_eq!(words, ["20", "-", "new", "=", "255", "no", "code", "0"]);
    assert_eq!(marked.next(), None);
    assert!(text.contains("No code:"), "{text}");
    let without = super::comparison(&fixture::dither().comparison, &style);
    assert!(!without.contains("No code:"));
}

/// A rule of each outcome.
#[test]
fn a_gate() {
    let comparison = fixture::gated();
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
    let several = fixture::several();
    let text = comparisons(&several, &Style::default());
    for line in text.lines() {
        assert!(line.width() <= 100, "{line}");
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

/// What explains the report, and what was measured, is there for whoever asks.
#[test]
fn improved_explained() {
    let style = Style {
        explain: true,
        width: 80,
        ..Style::default()
    };
    let text = super::comparison(&fixture::dither().comparison, &style);
    assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

/// What a reader needs first is on one screen.
#[test]
fn one_screen_is_enough() {
    for (name, comparison) in fixture::all() {
        for columns in [80, 100, 160] {
            let lines = shown(&comparison, columns).lines().count();
            // Instructions are asked for, and come on top.
            let is_short = lines < 60 || comparison.assembly.is_some();
            assert!(is_short, "{name} has {lines} lines of {columns} columns");
        }
    }
    assert!(shown(&fixture::dither().comparison, 100).lines().count() < 40);
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
    let comparison = fixture::inconclusive();
    check_at_every_width("inconclusive", &comparison);
}

/// Where runs of one version differ, that comes first, with what would help.
#[test]
fn too_noisy_to_tell() {
    let mut comparison = fixture::inconclusive();
    comparison.seconds_by_round.after = vec![0.004, 0.0056, 0.0044];
    let text = shown(&comparison, 100);
    let headline = text.lines().take(8).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(headline);
}

#[test]
fn moved_lines_and_no_change() {
    let comparison = fixture::reordered().comparison;
    insta::assert_snapshot!("moved_lines", shown(&comparison, 100));
    insta::assert_snapshot!("moved_lines_160", shown(&comparison, 160));
}

#[test]
fn instructions_of_lines() {
    let comparison = fixture::with_instructions(fixture::reordered().comparison);
    insta::assert_snapshot!("instructions", shown(&comparison, 100));
    let all = Style {
        all: true,
        width: 160,
        ..Style::default()
    };
    insta::assert_snapshot!("instructions_all_160", super::comparison(&comparison, &all));
}

#[test]
fn no_samples_and_one_round() {
    let comparison = fixture::no_samples();
    insta::assert_snapshot!(shown(&comparison, 100));
}

/// Runs of no rate, less memory, blocks on one side only, and a helper file and a
/// library file that only one version uses.
#[test]
fn added_and_removed() {
    let comparison = fixture::added_and_removed();
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
    let comparison = fixture::hostile_everywhere();
    insta::assert_snapshot!(shown(&comparison, 100));
}

/// Processor time of this thread, in seconds. What else the machine does changes it little.
fn processor_time_s() -> f64 {
    let now = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
    Duration::from(now).as_secs_f64()
}

/// The processor time that it takes to show so many lines, in seconds.
fn time_of(lines: usize) -> f64 {
    let mut comparison = fixture::dither().comparison;
    let line = comparison.lines[0].clone();
    comparison.lines = vec![line; lines];
    let style = Style {
        all: true,
        ..Style::default()
    };
    let start = processor_time_s();
    let text = super::comparison(&comparison, &style);
    let time = processor_time_s() - start;
    assert!(text.lines().count() > lines);
    time
}

/// How fast it is, `make render` shows. This finds what grows with the square, which would
/// take 64 times as long for eight times as many lines.
#[test]
fn the_time_grows_with_the_lines_only() {
    let best = |lines| (0..3).map(|_| time_of(lines)).fold(f64::INFINITY, f64::min);
    let (few, many) = (best(500), best(4_000));
    assert!(many < 24.0 * few, "{few} s and {many} s");
}
