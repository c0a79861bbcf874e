use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::profile::{AnnotatedRange, LineCounts, NamedShare, Watching};
use crate::recording::SampleCounts;
use crate::source::LineNumber;

const OPTIONS: &Options<'_> = &Options {
    context: 3,
    specializations: false,
    assembly: None,
};

fn line(number: u32, text: &str, own: u64, total: u64, origin: Origin) -> AnnotatedLine {
    let shown = match origin {
        Origin::User => total,
        Origin::Library => own,
    };
    AnnotatedLine {
        number: LineNumber::new(number).unwrap(),
        text: text.to_owned(),
        counts: LineCounts {
            self_samples: own,
            total,
            owned: total,
        },
        share: (shown > 0).then(|| Share::of_samples(shown, 805)),
        has_no_code: false,
        function: None,
    }
}

fn profile(files: Vec<AnnotatedFile>) -> AnnotatedProfile {
    AnnotatedProfile {
        counters: Vec::new(),
        region: None,
        regions: Vec::new(),
        samples: SampleCounts {
            window: 805,
            numba: 486,
            other: 304,
            bad: 15,
            ..SampleCounts::default()
        },
        numba_share: Share::nearest(0.603),
        unlined_share: Share::default(),
        unlined: Vec::new(),
        attached: None,
        non_numba_share: Share::nearest(0.378),
        bad_share: Share::nearest(0.019),
        folded_share: Share::nearest(0.21),
        files,
        functions: Vec::new(),
        compiled: Vec::new(),
        remarks: Vec::new(),
        watching: Watching {
            followed: None,
            window_share: Share::nearest(0.621),
            stopped_share: Share::nearest(0.134),
            longest_stop_s: 0.0031,
            wanted_rate_hz: 100.0,
            achieved_rate_hz: Some(98.7),
            kept_to: None,
            unseen_share: Share::nearest(0.0),
            median_late_s: 0.0002,
        },
    }
}

/// The article's example.
fn dither() -> AnnotatedProfile {
    let user = |number, text, own, total| line(number, text, own, total, Origin::User);
    let library = line(
        3157,
        "                return _np_round_float(a)",
        79,
        79,
        Origin::Library,
    );
    profile(vec![
        AnnotatedFile {
            path: "dither.py".to_owned(),
            origin: Origin::User,
            share: Share::nearest(0.603),
            ranges: vec![AnnotatedRange {
                lines: vec![
                    user(14, "    work = image.astype(np.int16)", 1, 1),
                    user(15, "    height, width = work.shape", 0, 0),
                    user(16, "    for y in range(height):", 0, 0),
                    user(17, "        for x in range(width):", 2, 2),
                    user(18, "            old = work[y, x]", 0, 0),
                    user(19, "            if old > 255:", 8, 8),
                    user(20, "                new = 255", 0, 0),
                    user(21, "            elif old < 0:", 0, 0),
                    user(22, "                new = 0", 0, 0),
                    user(23, "            else:", 0, 0),
                    user(
                        24,
                        "                new = np.round(old / 255.0) * 255",
                        243,
                        322,
                    ),
                    user(25, "            work[y, x] = new", 0, 0),
                    user(26, "            error = old - new", 16, 16),
                    user(27, "", 0, 0),
                    user(28, "\t\t\twork[y, x + 1] += error * 7 // 16", 91, 91),
                ],
            }],
        },
        AnnotatedFile {
            path: "numba/np/arraymath.py".to_owned(),
            origin: Origin::Library,
            share: Share::nearest(0.098),
            ranges: vec![AnnotatedRange {
                lines: vec![library],
            }],
        },
    ])
}

#[test]
fn the_articles_example() {
    insta::assert_snapshot!(text(&dither(), OPTIONS, &Style::default()));
}

/// What the header says of a rate of 40 Hz.
#[track_caller]
fn slower(kept_to: Option<f64>) -> String {
    let mut profile = dither();
    profile.watching.achieved_rate_hz = Some(40.2);
    profile.watching.kept_to = kept_to.map(Share::nearest);
    let text = text(&profile, OPTIONS, &Style::default());
    let lines = text.lines().filter(|line| line.contains("Hz"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn fewer_samples_than_were_asked_for() {
    insta::assert_snapshot!(slower(Some(0.2)));
    insta::assert_snapshot!(slower(None));
}

#[test]
fn a_sampler_that_does_not_stop_the_script_has_no_longest_stop() {
    let mut profile = dither();
    profile.watching.stopped_share = Share::nearest(0.0);
    profile.watching.longest_stop_s = 0.0;
    let text = text(&profile, OPTIONS, &Style::default());
    assert!(
        text.contains("% of the run; sampled at 99 Hz without stopping it\n"),
        "{text}"
    );
}

#[test]
fn threads_that_cannot_be_seen_at_work_are_why_there_are_fewer_samples() {
    let mut profile = dither();
    profile.watching.achieved_rate_hz = Some(40.2);
    profile.watching.unseen_share = Share::nearest(0.6);
    let text = text(&profile, OPTIONS, &Style::default());
    let expected = "# Sampled less often than the requested 100 Hz: 60% of the attempts found no \
                    thread that could be seen at work\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn several_threads() {
    let mut profile = dither();
    profile.samples.ticks = profile.samples.window / 2 + 1;
    profile.samples.most_threads = 2;
    profile.samples.barrier = 250;
    let text = text(&profile, OPTIONS, &Style::default());
    let lines: Vec<&str> = text.lines().filter(|it| it.contains("hreads")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn less_context_parts_ranges() {
    let options = &Options {
        context: 1,
        ..Options::default()
    };
    insta::assert_snapshot!(text(&dither(), options, &Style::default()));
}

#[test]
fn functions_and_what_they_were_compiled_to() {
    let share = |name: &str, share| NamedShare {
        name: name.to_owned(),
        share: Share::nearest(share),
    };
    let mut profile = dither();
    profile.functions = vec![share("dither", 0.58), share("mai\u{1b}n", 0.02)];
    profile.compiled = vec![share(
        "_ZN8__main__6ditherB2v1E5ArrayIhLi2E1C7mutable7alignedE",
        0.6,
    )];
    let lines = |specializations| {
        let options = Options {
            specializations,
            ..OPTIONS.clone()
        };
        let shown = text(&profile, &options, &Style::default());
        let lines = shown
            .lines()
            .filter(|line| line.starts_with("# Functions") || line.starts_with("# Compiled"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(false), ["# Functions: 58.0% dither, 2.0% mai␛n"]);
    assert_eq!(lines(true).len(), 2);
    assert!(
        lines(true)[1].starts_with("# Compiled: 60.0% dither(Array<"),
        "{:?}",
        lines(true)
    );
}

#[test]
fn only_what_is_selected() {
    let mut profile = dither();
    for line in &mut profile.files[0].ranges[0].lines {
        line.function = Some(
            if line.number.get() < 18 {
                "setup"
            } else {
                "K.dither"
            }
            .to_owned(),
        );
    }
    let style = |functions: &[&str], files: &[&str]| Style {
        selection: Selection {
            functions: functions.iter().map(|&name| name.to_owned()).collect(),
            files: files.iter().map(|glob| glob.parse().unwrap()).collect(),
        },
        ..Style::default()
    };
    let shown = text(&profile, OPTIONS, &style(&["setup"], &[]));
    assert!(
        shown.contains("astype") && !shown.contains("np.round("),
        "{shown}"
    );
    let shown = text(&profile, OPTIONS, &style(&["dither"], &["dither.py"]));
    assert!(
        shown.contains("np.round(") && !shown.contains("arraymath"),
        "{shown}"
    );
    let shown = text(&profile, OPTIONS, &style(&["other"], &[]));
    assert!(
        shown.contains("No samples were attributed to lines of function `other`."),
        "{shown}"
    );
}

#[test]
fn lines_without_code() {
    let mut profile = dither();
    for (index, line) in profile.files[0].ranges[0].lines.iter_mut().enumerate() {
        // One that has samples all the same is not marked.
        line.has_no_code = [0, 6].contains(&index);
    }
    let shown = text(&profile, OPTIONS, &Style::default());
    let marked: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("no code"))
        .collect();
    insta::assert_snapshot!(marked.join("\n"), @"
           |                 new = 255  ← no code
    no code: the compiled function has no instructions for that line; it was folded into another one, or is not needed
    ");
}

#[test]
fn in_color() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    insta::assert_snapshot!(text(&dither(), OPTIONS, &style).replace('\x1b', "␛"));
}

#[test]
fn no_samples() {
    let mut profile = profile(Vec::new());
    profile.samples = SampleCounts::default();
    (profile.non_numba_share, profile.bad_share) = (Share::NOTHING, Share::NOTHING);
    insta::assert_snapshot!(text(&profile, OPTIONS, &Style::default()));
}

#[test]
fn hostile_text_stays_on_its_line() {
    let long = "x".repeat(10_000);
    let lines = [
        "\x1b[2J\x1b]0;title\x07",
        "a\rb\0",
        "\u{202e}abc",
        &long,
        "漢字\t|",
    ];
    let lines = lines.into_iter().zip(1..);
    let profile = profile(vec![AnnotatedFile {
        path: "a`\x1b[31m.py".to_owned(),
        origin: Origin::User,
        share: Share::nearest(0.6),
        ranges: vec![AnnotatedRange {
            lines: lines
                .map(|(text, number)| line(number, text, 40, 97, Origin::User))
                .collect(),
        }],
    }]);
    let text = text(&profile, OPTIONS, &Style::default());
    assert!(
        text.lines()
            .all(|line| line.width() <= 100 && !line.contains(char::is_control))
    );
    insta::assert_snapshot!(text);
}

/// What people do with the output: `grep '%'`, `sort -n`.
#[test]
fn every_line_with_samples_starts_with_its_share() {
    let text = text(&dither(), OPTIONS, &Style::default());
    let shares: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once("% | "))
        .map(|(share, _)| share.trim())
        .collect();
    assert_eq!(shares, ["0.1", "0.2", "1.0", "40.0", "2.0", "11.3", "9.8"]);
}

#[test]
fn warnings_are_one_line_each_and_do_nothing() {
    let warning = "it printed `\x1b[31m`\n::error::pwned\u{9b}".into();
    assert_eq!(
        warnings(&[warning]),
        "\nwarning: it printed `␛[31m` ∶:error::pwned\\u{9b}\n"
    );
    let many = warnings(&vec!["again".into(); 200_000]);
    assert_eq!(many.matches("again").count(), 100);
    assert!(many.contains("there are 199900 more warnings"), "{many}");
}
