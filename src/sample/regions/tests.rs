use proptest::prelude::*;

use super::*;
use crate::sample::window::Timeline;

const MAIN: u32 = 100;

/// What a script's module notes: `(time, thread, region, units)`, an exit where there are units.
fn noted(events: &[(u64, u32, u32, Option<f64>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for &(at, thread, region, left) in events {
        bytes.extend(at.to_ne_bytes());
        bytes.extend(left.unwrap_or(f64::NAN).to_ne_bytes());
        for word in [
            thread,
            region,
            if left.is_some() { LEAVE } else { ENTER },
            0,
        ] {
            bytes.extend(word.to_ne_bytes());
        }
    }
    bytes
}

fn regions(events: &[(u64, u32, u32, Option<f64>)]) -> Regions {
    let names = ["a", "b"].map(str::to_owned);
    Regions::read(&noted(events), (0..).zip(names).collect(), MAIN)
}

/// A window from one moment to another.
fn window(start: u64, end: u64) -> Window {
    let mut timeline = Timeline::default();
    timeline.compile_begins(1, Moment(0));
    timeline.compile_ends(1, Moment(start));
    timeline.window(Moment(end)).unwrap()
}

const SECOND: u64 = 1_000_000_000;

#[test]
fn entries_of_a_region_are_added_up() {
    let events = [
        // Before the window, in it twice, across its beginning, and never left.
        (1, MAIN, 0, None),
        (2, MAIN, 0, Some(1000.0)),
        (9, MAIN, 1, None),
        (11, MAIN, 1, Some(3.0)),
        (20, MAIN, 0, None),
        (30, MAIN, 0, Some(5.0)),
        (40, MAIN, 0, None),
        (45, MAIN, 1, None),
        (46, MAIN, 1, Some(f64::INFINITY)),
        (50, MAIN, 0, Some(7.0)),
        (80, MAIN, 1, None),
    ];
    let events = events.map(|(at, thread, region, left)| (at * SECOND, thread, region, left));
    let found = regions(&events).within(&window(10 * SECOND, 100 * SECOND));
    let shown: Vec<_> = found
        .iter()
        .map(|it| {
            (
                it.name.as_written(),
                it.entries,
                it.units,
                it.seconds,
                it.left_open,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [("a", 2, Some(12.0), 20.0, 0), ("b", 2, None, 21.0, 1)]
    );
}

#[test]
fn what_began_before_the_window_does_not_count() {
    const WORKER: u32 = 7;
    let events = [
        // The first one compiles, and is in the other region, which is never entered again.
        (4, MAIN, 1, None),
        (5, MAIN, 0, None),
        (20, MAIN, 0, Some(100.0)),
        (30, MAIN, 0, None),
        (40, MAIN, 0, Some(1.0)),
        (50, MAIN, 1, Some(100.0)),
    ];
    let window = window(10, 100);
    let regions = regions(&events);
    let found = regions.within(&window);
    let [a] = &found[..] else { panic!("{found:?}") };
    assert_eq!((a.entries, a.units), (1, Some(1.0)));
    assert!((a.seconds - 10e-9).abs() < 1e-15);
    let early = |region: &str, counted| Uncounted {
        region: region.to_owned(),
        early: 1,
        without_units: 0,
        counted,
    };
    assert_eq!(regions.uncounted(&window), [early("a", 1), early("b", 0)]);
    let scope = regions.scope("a", &window);
    for (at, is_in) in [(15, false), (35, true), (45, false)] {
        assert_eq!(scope.has(MAIN, Moment(at)), is_in, "{at}");
        assert_eq!(scope.has(WORKER, Moment(at)), is_in, "{at}");
    }
    assert!((window.narrowed(scope).seconds() - a.seconds).abs() < 1e-15);
}

#[test]
fn entries_without_units_are_counted_apart() {
    let events = [
        (20, MAIN, 0, None),
        (30, MAIN, 0, Some(1.0)),
        (40, MAIN, 0, None),
        (50, MAIN, 0, Some(f64::INFINITY)),
        // Where no entry has units, each is one; and what was never left said nothing yet.
        (60, MAIN, 1, None),
        (70, MAIN, 1, Some(f64::INFINITY)),
        (80, MAIN, 0, None),
    ];
    let uncounted = regions(&events).uncounted(&window(10, 100));
    let [a] = &uncounted[..] else {
        panic!("{uncounted:?}")
    };
    assert_eq!((a.region.as_str(), a.counted), ("a", 3));
    assert_eq!((a.early, a.without_units), (0, 1));
}

#[test]
fn a_thread_may_go_on_in_an_earlier_block() {
    // It filled the second block before it took over the rest of the first one.
    let events = [
        (30, MAIN, 0, Some(2.0)),
        (40, MAIN, 0, None),
        (50, MAIN, 0, Some(3.0)),
        (20, MAIN, 0, None),
    ];
    let found = regions(&events).within(&window(10, 100));
    assert_eq!((found[0].entries, found[0].units), (2, Some(5.0)));
    assert!((found[0].seconds - 20e-9).abs() < 1e-15);
}

#[test]
fn the_main_thread_does_its_own_work() {
    let events = [(20, 1, 0, None), (30, 1, 0, Some(1.0))];
    let scope = regions(&events).scope("a", &window(10, 100));
    let has = |thread| scope.has(thread, Moment(25));
    assert_eq!([MAIN, 1, 7].map(has), [false, true, true]);
}

#[test]
fn what_is_within_itself_counts_once() {
    let events = [
        (20, MAIN, 0, None),
        (21, MAIN, 0, None),
        (22, MAIN, 0, Some(1.0)),
        (30, MAIN, 0, Some(1.0)),
    ];
    let found = regions(&events).within(&window(10, 100));
    assert_eq!((found[0].entries, found[0].units), (2, Some(2.0)));
    assert!((found[0].seconds - 10e-9).abs() < 1e-15);
}

#[test]
fn several_threads_at_once_take_no_more_time() {
    let events = [
        (20, 1, 0, None),
        (25, 2, 0, None),
        (30, 1, 0, Some(1.0)),
        (35, 2, 0, Some(1.0)),
    ];
    let found = regions(&events).within(&window(10, 100));
    assert!((found[0].seconds - 15e-9).abs() < 1e-15);
}

#[test]
fn threads_without_regions_do_what_others_began() {
    const WORKER: u32 = 7;
    let events = [
        (10, MAIN, 0, None),
        (12, 1, 1, None),
        (20, MAIN, 0, Some(1.0)),
        (30, 1, 1, Some(1.0)),
    ];
    let regions = regions(&events);
    let window = window(5, 100);
    let belongs = |name, thread, at| regions.scope(name, &window).has(thread, Moment(at));
    for (at, in_a, in_b) in [(11, true, false), (15, true, false), (25, false, true)] {
        assert_eq!(belongs("a", WORKER, at), in_a, "{at}");
        assert_eq!(belongs("b", WORKER, at), in_b, "{at}");
    }
    // One that enters regions does its own work in between.
    assert!(!belongs("a", 1, 11));
    assert!(belongs("b", 1, 15));
    assert!(!belongs("b", MAIN, 25));
}

#[test]
fn what_is_not_whole_is_passed_over() {
    let mut bytes = noted(&[
        (20, MAIN, 0, None),
        (30, MAIN, 0, Some(2.0)),
        (40, MAIN, 9, None),
    ]);
    // As where the process was killed while it was noted, and what was never written.
    bytes.extend(noted(&[(50, MAIN, 0, None)]));
    let length = bytes.len();
    bytes[length - 8..].fill(0);
    bytes.extend([0; 64]);
    bytes.extend([1; 5]);
    let regions = Regions::read(&bytes, [(0, "a".to_owned())].into(), MAIN);
    let found = regions.within(&window(10, 100));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].entries, found[0].left_open), (1, 0));
    // An exit alone.
    let alone = Regions::read(&noted(&[(5, MAIN, 0, Some(1.0))]), regions.names, MAIN);
    assert!(alone.within(&window(1, 100)).is_empty());
}

proptest! {
    /// Nested, repeated, interleaved and unfinished entries of several threads: at every moment a
    /// thread belongs to a region if it has entered it more often than left.
    #[test]
    fn a_thread_is_in_what_it_has_not_left(
        steps in prop::collection::vec((0_u32..3, 0_u32..2, any::<bool>()), 0..60)
    ) {
        let events: Vec<_> = (10_u64..)
            .zip(&steps)
            .map(|(at, &(thread, region, leaves))| {
                (at, MAIN + thread, region, leaves.then_some(1.0))
            })
            .collect();
        let window = window(10, 10 + steps.len() as u64);
        let regions = regions(&events);
        for (region, name) in [(0, "a"), (1, "b")] {
            let scope = regions.scope(name, &window);
            let mut depth = [0_u32; 3];
            for &(at, thread, of, leaves) in &events {
                let thread = (thread - MAIN) as usize;
                if of == region {
                    depth[thread] = match leaves {
                        None => depth[thread] + 1,
                        Some(_) => depth[thread].saturating_sub(1),
                    };
                }
                for (number, depth) in (0_u32..).zip(depth) {
                    let enters = events.iter().any(|it| it.1 == MAIN + number && it.3.is_none());
                    if enters {
                        prop_assert_eq!(scope.has(MAIN + number, Moment(at)), depth > 0);
                    }
                }
                prop_assert_eq!(scope.times().has(Moment(at)), depth.iter().any(|it| *it > 0));
            }
        }
    }

    /// Time is in a region once, however it is entered.
    #[test]
    fn no_region_is_longer_than_the_window(
        steps in prop::collection::vec((0_u32..3, 0_u32..2, any::<bool>()), 0..60)
    ) {
        let events: Vec<_> = (10_u64..)
            .zip(&steps)
            .map(|(at, &(thread, region, leaves))| {
                (at, MAIN + thread, region, leaves.then_some(1.0))
            })
            .collect();
        let regions = regions(&events);
        let whole = window(15, 50);
        for found in regions.within(&whole) {
            let scope = regions.scope(found.name.as_written(), &whole);
            let narrowed = whole.narrowed(scope);
            prop_assert!((narrowed.seconds() - found.seconds).abs() < 1e-12);
            prop_assert!(found.seconds <= whole.seconds() + 1e-12);
        }
    }

    #[test]
    fn nothing_that_is_noted_is_too_much(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let regions = Regions::read(&bytes, [(0, "a".to_owned())].into(), MAIN);
        regions.within(&window(10, 100));
    }
}
