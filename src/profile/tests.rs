use super::annotated::{LONGEST_COLD_STRETCH, hot_ranges};
use super::*;
use crate::recording::{LineSamples, RunKind, Source, fixture};
use crate::share::Share;
use crate::source::{Function, Origin};

fn line(number: u32) -> LineNumber {
    LineNumber::new(number).unwrap()
}

fn source(path: &str, lines: usize, user: bool) -> Source {
    let numbered = |number| format!("text of {number}\n");
    Source {
        user,
        ..fixture::source(path, (1..=lines).map(numbered).collect())
    }
}

/// File, line, self, total, owned.
type Line = (&'static str, u32, u64, u64, u64);

fn run(round: u32, outside: [u64; 3], lines: &[Line]) -> Run {
    let lines = lines.iter();
    let lines = lines.map(|&(file, number, self_samples, total, owned)| LineSamples {
        file: file.to_owned(),
        line: line(number),
        self_samples,
        total,
        owned,
    });
    let mut profile = fixture::profile(lines.collect(), outside);
    profile.longest_stop_s = 0.01 * f64::from(round);
    profile.samples.folded = 3;
    Run {
        kind: RunKind::Profiled,
        wall_s: 8.0,
        profile: Some(profile),
        ..fixture::timed_run(round, round, 5.0)
    }
}

fn recording(sources: Vec<Source>, runs: Vec<Run>) -> Recording {
    let mut recording = fixture::recording("", "");
    recording.sources = sources;
    recording.blocks[0].runs = runs;
    recording
}

/// The article's rounding line, which calls `np.round`, in two runs.
fn rounding() -> Recording {
    let lines = [
        ("dither.py", 3, 10, 10, 10),
        ("dither.py", 5, 30, 40, 40),
        ("numba/np/arraymath.py", 3157, 10, 10, 0),
    ];
    let sources = vec![
        source("numba/np/arraymath.py", 3200, false),
        source("dither.py", 9, true),
    ];
    let mut timed = run(1, [0; 3], &[]);
    (timed.kind, timed.profile) = (RunKind::Timed, None);
    let runs = vec![
        run(2, [38, 1, 1], &lines),
        timed,
        run(1, [0, 9, 1], &lines[..1]),
    ];
    recording(sources, runs)
}

#[track_caller]
fn check_share(found: Share, expected: f64) {
    let found = found.get();
    assert!(
        (found - expected).abs() < 1e-12,
        "{found} is not {expected}"
    );
}

#[test]
fn runs_are_kept_apart_in_the_order_of_their_rounds() {
    let recording = rounding();
    let runs = run_profiles(&recording);
    let rounds = runs.iter().map(|run| run.round.round);
    assert_eq!(rounds.collect::<Vec<_>>(), [1, 2]);
    let rounding = LineId {
        file: "dither.py",
        line: line(5),
    };
    let expected = LineCounts {
        self_samples: 30,
        total: 40,
        owned: 40,
    };
    assert_eq!(runs[1].lines.get(&rounding), Some(&expected));
    assert_eq!(runs[0].lines.get(&rounding), None);
}

#[test]
fn the_header_sums_all_runs() {
    let profile = annotate(&rounding());
    assert_eq!(profile.samples.window, 110);
    check_share(profile.numba_share, 60.0 / 110.0);
    check_share(profile.non_numba_share, 48.0 / 110.0);
    check_share(profile.bad_share, 2.0 / 110.0);
    check_share(profile.folded_share, 6.0 / 60.0);
    let parts = [
        profile.numba_share,
        profile.non_numba_share,
        profile.bad_share,
    ];
    let sum: f64 = parts.map(Share::get).iter().sum();
    assert!((sum - 1.0).abs() < 1e-12);
}

#[test]
fn a_users_line_shows_its_total_and_a_library_line_its_self_samples() {
    let files = annotate(&rounding()).files;
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["dither.py", "numba/np/arraymath.py"]);
    check_share(files[0].share, 60.0 / 110.0);
    let shown: Vec<(u32, &str, Option<Share>)> = files[0].ranges[0]
        .lines
        .iter()
        .map(|line| (line.number.get(), line.text.as_str(), line.share))
        .collect();
    let expected = [
        (3, "text of 3", Some(Share::of_samples(20, 110))),
        (4, "text of 4", None),
        (5, "text of 5", Some(Share::of_samples(40, 110))),
    ];
    assert_eq!(shown, expected);
    let library = &files[1].ranges;
    assert_eq!(library[0].bounds(), Some((line(3157), line(3157))));
    check_share(library[0].lines[0].share.unwrap(), 10.0 / 110.0);
}

/// Lines with samples, and the ranges they fall into.
#[track_caller]
fn check_ranges(hot: &[usize], expected: &[(usize, usize)]) {
    assert_eq!(hot_ranges(hot.iter().copied()), expected);
}

#[test]
fn a_long_cold_stretch_ends_a_range() {
    check_ranges(&[], &[]);
    check_ranges(&[7], &[(7, 7)]);
    check_ranges(&[0, 1, 5], &[(0, 5)]);
    check_ranges(
        &[10, 11 + LONGEST_COLD_STRETCH],
        &[(10, 11 + LONGEST_COLD_STRETCH)],
    );
    let beyond = 12 + LONGEST_COLD_STRETCH;
    check_ranges(&[10, beyond], &[(10, 10), (beyond, beyond)]);
}

#[test]
fn a_line_that_no_source_has_is_shown_without_text() {
    let runs = vec![run(
        1,
        [0; 3],
        &[("a.py", 9, 1, 1, 1), ("gone.py", 2, 3, 3, 3)],
    )];
    let profile = annotate(&recording(vec![source("a.py", 4, true)], runs));
    let gone = &profile.files[0];
    assert_eq!(
        (gone.path.as_str(), gone.origin),
        ("gone.py", Origin::Library)
    );
    assert_eq!(gone.ranges[0].lines[0].text, "");
    assert_eq!(profile.files[1].ranges[0].lines[0].text, "");
}

#[test]
fn library_lines_without_self_samples_are_not_shown() {
    let lines = [
        ("lib.py", 1, 0, 5, 0),
        ("user.py", 1, 0, 5, 5),
        ("lib.py", 90, 5, 5, 0),
    ];
    let sources = vec![source("lib.py", 99, false), source("user.py", 1, true)];
    let profile = annotate(&recording(sources, vec![run(1, [0; 3], &lines)]));
    // Both show all samples: the user's comes first.
    assert_eq!(profile.files[0].path, "user.py");
    assert_eq!(profile.files[1].ranges.len(), 1);
    assert_eq!(
        profile.files[1].ranges[0].bounds(),
        Some((line(90), line(90)))
    );
}

#[test]
fn nothing_measured_is_no_division_by_zero() {
    let profile = annotate(&recording(Vec::new(), Vec::new()));
    assert_eq!(profile.files, []);
    for share in [
        profile.numba_share,
        profile.folded_share,
        profile.watching.window_share,
        profile.watching.stopped_share,
    ] {
        check_share(share, 0.0);
    }
}

#[test]
fn watching_is_told_of_profiled_runs_only() {
    let watching = watching(&rounding());
    check_share(watching.window_share, 10.0 / 16.0);
    check_share(watching.stopped_share, 1.0 / 10.0);
    assert!((watching.longest_stop_s - 0.02).abs() < 1e-12);
    // Recorded before attempts were counted.
    assert_eq!(watching.achieved_rate_hz, None);
    assert_eq!(watching.slower_rate_hz(), None);
}

/// Two windows of 5 s in which the process was sampled so often, of which some attempts
/// were put off.
fn watched(ticks: u64, put_off: u64) -> Watching {
    let mut recording = rounding();
    for profile in recording.runs_mut().filter_map(|run| run.profile.as_mut()) {
        profile.samples.ticks = ticks;
        profile.put_off = put_off;
    }
    watching(&recording)
}

#[test]
fn a_rate_is_slower_from_a_tenth_on() {
    assert_eq!(watched(455, 0).slower_rate_hz(), None);
    assert_eq!(watched(445, 0).slower_rate_hz(), Some(89.0));
    assert_eq!(watched(445, 0).kept_to, None);
    // A few that were put off are not why.
    assert_eq!(watched(445, 9).kept_to, None);
    assert_eq!(watched(445, 300).kept_to, Share::new(0.2));
}

#[test]
fn lines_without_code_are_told_of_where_their_function_has_samples() {
    let mut script = source("a.py", 60, true);
    let function = |first, last, statements: &[u32]| Function {
        name: format!("f{first}"),
        first: line(first),
        last: line(last),
        statements: statements.iter().map(|&at| (line(at), line(at))).collect(),
    };
    script.functions = vec![function(1, 9, &[2, 3, 4, 8]), function(50, 59, &[51, 52])];
    script.code = [4, 8, 52].map(line).into();
    let samples = [("a.py", 4, 7, 7, 7)];
    let profile = annotate(&recording(vec![script], vec![run(1, [0; 3], &samples)]));
    let [file] = &profile.files[..] else {
        panic!("one file, not {:?}", profile.files);
    };
    let [range] = &file.ranges[..] else {
        panic!("one range, not {:?}", file.ranges);
    };
    assert_eq!(range.bounds(), Some((line(2), line(4))));
    let marks: Vec<bool> = range.lines.iter().map(|line| line.has_no_code).collect();
    assert_eq!(marks, [true, true, false]);
}
