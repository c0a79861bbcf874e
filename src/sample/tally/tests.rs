//! Which lines, instructions and stacks a sample counts for.

use proptest::prelude::*;

use super::*;
use crate::sample::Moment;
use crate::sample::regions::Regions;
use crate::sample::window::Timeline;

/// A window from 10 s to 20 s.
fn window() -> Window {
    let mut timeline = Timeline::default();
    timeline.compile_begins(0, at(5));
    timeline.compile_ends(0, at(10));
    timeline.exits(at(20));
    timeline.window(at(21)).unwrap()
}

fn at(seconds: u64) -> Moment {
    Moment(seconds * 1_000_000_000)
}

fn locate(file: &str) -> Located {
    Located {
        origin: if file.starts_with("numba/") {
            Origin::Library
        } else {
            Origin::User
        },
        label: file.to_owned(),
    }
}

fn frame(place: &str) -> Frame {
    let place = place.split_once(':').map(|(file, line)| Place {
        file: file.into(),
        line: LineNumber::new(line.parse().unwrap()).unwrap(),
    });
    // An instruction a line, of a function that is named after its file.
    let code = place.as_ref().map(|Place { file, line }| CodePlace {
        function: file.clone(),
        offset: u64::from(line.get()),
    });
    Frame {
        function: None,
        place,
        address: 0,
        code,
    }
}

/// A sample within the window, its frames innermost first.
fn sample(frames: &[&str]) -> Sample {
    Sample {
        at: at(15),
        thread: Some(1),
        observation: Observation::Stack {
            frames: frames.iter().map(|place| frame(place)).collect(),
            folded: false,
            at_barrier: false,
        },
    }
}

/// `expected` has `file:line self total owned` for each line.
#[track_caller]
fn check(samples: &[Sample], expected: &[&str]) {
    let lines: Vec<String> = tally([(samples, &window())], locate)
        .lines
        .iter()
        .map(|l| {
            format!(
                "{}:{} {} {} {}",
                l.file, l.line, l.self_samples, l.total, l.owned
            )
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_user_line_owns_its_own_samples() {
    check(&[sample(&["a.py:3", "a.py:9", "?"])], &["a.py:3 1 1 1"]);
}

#[test]
fn a_user_line_owns_those_of_the_library_lines_it_called() {
    check(
        &[sample(&[
            "?",
            "numba/x.py:5",
            "numba/x.py:8",
            "a.py:3",
            "a.py:9",
        ])],
        &["a.py:3 0 1 1", "numba/x.py:5 1 1 0", "numba/x.py:8 0 1 0"],
    );
}

#[test]
fn without_a_user_line_the_innermost_line_owns() {
    check(
        &[sample(&["numba/x.py:5", "numba/x.py:8"])],
        &["numba/x.py:5 1 1 1", "numba/x.py:8 0 1 0"],
    );
}

#[test]
fn recursion_counts_a_line_once() {
    check(
        &[sample(&["numba/x.py:5", "numba/x.py:5", "a.py:3"])],
        &["a.py:3 0 1 1", "numba/x.py:5 1 1 0"],
    );
}

#[test]
fn an_instruction_has_the_samples_of_what_it_called_and_they_are_told_apart() {
    let stacks: [&[&str]; 4] = [
        &["a.py:3"],
        &["?", "?", "a.py:3", "a.py:9"],
        &["numba/x.py:5", "a.py:3"],
        &["?", "?"],
    ];
    let samples = stacks.map(sample);
    let counted: Vec<_> = tally([(&samples[..], &window())], locate)
        .instructions
        .into_iter()
        .map(|it| {
            format!(
                "{}+{} {}:{} {} {}",
                it.function, it.offset, it.file, it.line, it.samples, it.in_callees
            )
        })
        .collect();
    assert_eq!(
        counted,
        ["a.py+3 a.py:3 2 1", "numba/x.py+5 numba/x.py:5 1 0"]
    );
}

#[test]
fn outcomes_and_phases_are_told_apart() {
    let observed = |seconds, observation| Sample {
        at: at(seconds),
        thread: None,
        observation,
    };
    let samples = [
        sample(&["a.py:1"]),
        sample(&["?", "?"]),
        observed(12, Observation::Bad),
        observed(13, Observation::Waiting),
        observed(1, Observation::Waiting),
        observed(7, Observation::Bad),
        observed(20, Observation::Bad),
    ];
    let expected = SampleCounts {
        window: 4,
        ticks: 3,
        most_threads: 2,
        numba: 1,
        other: 1,
        waiting: 1,
        bad: 1,
        startup: 1,
        compiling: 1,
        ..SampleCounts::default()
    };
    assert_eq!(tally([(&samples[..], &window())], locate).samples, expected);
}

#[test]
fn waiting_for_other_threads_is_told_apart_wherever_it_is() {
    let waits = |stack: &[&str]| {
        let mut sample = sample(stack);
        if let Observation::Stack { at_barrier, .. } = &mut sample.observation {
            *at_barrier = true;
        }
        sample
    };
    let samples = [waits(&["?", "a.py:1"]), waits(&["?"]), sample(&["?"])];
    let counts = tally([(&samples[..], &window())], locate).samples;
    assert_eq!((counts.numba, counts.other), (0, 1));
    assert_eq!((counts.waiting, counts.barrier), (2, 2));
    assert!((counts.barrier_share().get() - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn threads_seen_at_one_moment_are_one_tick() {
    let observed = |seconds, observation| Sample {
        at: at(seconds),
        thread: None,
        observation,
    };
    let samples = [
        // Not in the window.
        observed(7, Observation::Bad),
        observed(7, Observation::Bad),
        observed(7, Observation::Bad),
        observed(12, Observation::Waiting),
        observed(13, Observation::Bad),
        sample(&["a.py:1"]),
        sample(&["a.py:2"]),
    ];
    let counts = tally([(&samples[..], &window())], locate).samples;
    assert_eq!(
        (counts.window, counts.ticks, counts.most_threads),
        (4, 3, 2)
    );
    let close = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
    assert!(close(counts.thread_seconds_per_second(), 4.0 / 3.0));
    assert!(close(counts.mean_threads().unwrap(), 1.0));
}

/// Of a region there are the moments at which it was open, and of them the samples of its threads.
#[test]
fn only_samples_of_a_region_count() {
    const MAIN: u32 = 1;
    let mut noted = Vec::new();
    for (time, kind) in [(12, 1_u32), (17, 2)] {
        noted.extend(at(time).0.to_ne_bytes());
        noted.extend(1.0_f64.to_ne_bytes());
        for word in [MAIN, 0, kind, 0] {
            noted.extend(word.to_ne_bytes());
        }
    }
    // One that enters no region when this one is open.
    for (time, kind) in [(18, 1_u32), (19, 2)] {
        noted.extend(at(time).0.to_ne_bytes());
        noted.extend(1.0_f64.to_ne_bytes());
        for word in [MAIN + 1, 1, kind, 0] {
            noted.extend(word.to_ne_bytes());
        }
    }
    let names = [(0, "a".to_owned()), (1, "b".to_owned())].into();
    let regions = Regions::read(&noted, names, MAIN);
    let window = window();
    let scope = regions.scope("a", &window);
    let window = window.narrowed(scope);
    assert!((window.seconds() - 5.0).abs() < 1e-9);
    let seen = |seconds, thread| Sample {
        at: at(seconds),
        thread,
        ..sample(&["a.py:1"])
    };
    let samples = [
        seen(11, Some(MAIN)),
        seen(13, Some(MAIN)),
        seen(13, Some(MAIN + 1)),
        seen(14, Some(MAIN + 1)),
        // Of a worker, and of no thread.
        seen(15, Some(9)),
        Sample {
            observation: Observation::Waiting,
            ..seen(16, None)
        },
        seen(18, Some(MAIN)),
    ];
    let counts = tally([(&samples[..], &window)], locate).samples;
    let expected = SampleCounts {
        window: 3,
        ticks: 3,
        most_threads: 1,
        numba: 2,
        waiting: 1,
        ..SampleCounts::default()
    };
    assert_eq!(counts, expected);
}

proptest! {
    #[test]
    fn every_numba_sample_has_one_owner(
        stacks in prop::collection::vec(
            prop::collection::vec(
                prop::sample::select(vec!["?", "a.py:1", "a.py:2", "b.py:1", "numba/x.py:5", "numba/y.py:6"]),
                0..6,
            ),
            0..40,
        )
    ) {
        let samples: Vec<Sample> = stacks.iter().map(|stack| sample(stack)).collect();
        let tally = tally([(&samples[..], &window())], locate);
        let owned: u64 = tally.lines.iter().map(|line| line.owned).sum();
        let innermost: u64 = tally.lines.iter().map(|line| line.self_samples).sum();
        prop_assert_eq!(owned, tally.samples.numba);
        prop_assert_eq!(innermost, tally.samples.numba);
        let of_instructions: u64 = tally.instructions.iter().map(|it| it.samples).sum();
        prop_assert_eq!(of_instructions, tally.samples.numba);
        prop_assert_eq!(tally.samples.window, samples.len() as u64);
        for line in &tally.lines {
            prop_assert!(line.self_samples <= line.total && line.owned <= line.total);
        }
    }
}

/// An event within the window that stands for so many.
fn event(counter: Counter, stands_for: u64, sample: Sample) -> Event {
    Event {
        counter,
        stands_for,
        sample,
    }
}

/// They are on the user's lines as samples are, weighted, and only those of the window count.
#[test]
fn events_are_counted_on_the_lines_that_own_them() {
    let faults = Counter::PageFaults;
    let before = Sample {
        at: at(1),
        ..sample(&["a.py:3"])
    };
    let bad = Sample {
        at: at(15),
        thread: None,
        observation: Observation::Bad,
    };
    let events = [
        event(faults, 10, sample(&["a.py:3"])),
        event(faults, 5, sample(&["numba/np.py:7", "a.py:3"])),
        event(faults, 2, sample(&["numba/np.py:7"])),
        event(faults, 100, before),
        event(faults, 4, bad),
        event(faults, 1, sample(&["memset"])),
        event(Counter::Cycles, 1000, sample(&["a.py:3"])),
    ];
    let lost = [
        (faults, at(15), 6),
        (faults, at(1), 9),
        (Counter::Cycles, at(15), 9),
    ];
    let counted = tally_events(faults, [(&events[..], &lost[..], &window())], locate);
    assert_eq!((counted.events, counted.samples, counted.lost), (22, 5, 6));
    let lines = counted.lines.iter();
    let lines: Vec<_> = lines
        .map(|it| (&*it.file, it.line.get(), it.events, it.samples))
        .collect();
    assert_eq!(lines, [("a.py", 3, 15, 2), ("numba/np.py", 7, 2, 1)]);
}
