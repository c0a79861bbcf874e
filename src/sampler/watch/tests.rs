//! What a watcher makes of what a tracer tells it, whichever tracer that is.

mod fake;
mod faults;
mod standstill;
mod world;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use self::world::{Asked, MS, SECOND, World, asleep, frame, off, on};
use crate::sample::{Moment, Observation, Stop, Tick};
use crate::sampler::tracer::{RawFrame, Reach};
use crate::sampler::{Sampler as _, Watched};

/// How long the process was stopped for samples, in seconds.
fn stopped_s(watched: &Watched) -> f64 {
    watched.stops.iter().map(Stop::seconds).sum()
}

/// Ticks that were put off.
fn put_off(watched: &Watched) -> usize {
    watched.ticks.iter().filter(|tick| tick.put_off).count()
}

/// A stack in a library that spreads loops over threads.
fn at_barrier() -> Vec<RawFrame> {
    vec![RawFrame {
        address: Some(0x10),
        object: Some(PathBuf::from("/usr/lib/libgomp.so.1")),
        ..RawFrame::default()
    }]
}

#[test]
fn each_tick_is_a_stop_and_a_sample_and_the_process_goes_on() {
    let (watched, world) = World::default().watch();
    let watched = watched.unwrap();
    assert!((900..1100).contains(&watched.ticks.len()));
    assert_eq!(watched.stops.len(), watched.ticks.len());
    assert_eq!(watched.samples.len(), watched.ticks.len());
    assert!(watched.unseen.is_empty() && watched.foreign_stops.is_empty());
    assert_eq!(watched.sampler.as_deref(), Some("fake 1.0"));
    let stops = world.count(|asked| asked == Asked::Stop(1));
    assert_eq!(world.count(|asked| asked == Asked::Stack(1)), stops);
    assert_eq!(
        world.asked.last().map(|(_, asked)| *asked),
        Some(Asked::End)
    );
    let stop = watched.stops[0];
    assert_eq!(stop.at + MS, stop.until);
}

#[test]
fn ticks_follow_from_the_seed() {
    let ticks = |seed| -> Vec<Tick> {
        let (watched, _) = World::default().watch_with(seed, |_| {});
        watched.unwrap().ticks
    };
    assert_eq!(ticks(1), ticks(1));
    assert_ne!(ticks(1), ticks(2));
}

#[test]
fn no_stack_is_read_where_the_innermost_frame_is_on_a_line_of_the_users() {
    let (watched, world) = World {
        innermost: Some(frame("/project/b.py")),
        ..World::default()
    }
    .watch();
    assert_eq!(world.count(|asked| matches!(asked, Asked::Stack(_))), 0);
    let stops = world.count(|asked| matches!(asked, Asked::Stop(_)));
    assert_eq!(world.count(|asked| asked == Asked::Resume), stops);
    let samples = watched.unwrap().samples;
    let is_there = |observation: &Observation| match observation {
        Observation::Stack { frames, .. } => {
            let place = frames[0].place.as_ref();
            frames.len() == 1 && place.is_some_and(|place| &*place.file == "/project/b.py")
        }
        Observation::Waiting | Observation::Bad => false,
    };
    assert!(!samples.is_empty() && samples.iter().all(|it| is_there(&it.observation)));
}

#[test]
fn the_stack_is_read_where_the_innermost_frame_is_on_a_line_of_a_library() {
    let (watched, world) = World {
        innermost: Some(frame("/library/numba/b.py")),
        ..World::default()
    }
    .watch();
    let stacks = world.count(|asked| matches!(asked, Asked::Stack(_)));
    assert_eq!(stacks, watched.unwrap().stops.len());
    assert!(stacks > 0);
}

#[test]
fn a_stack_that_cannot_be_read_is_a_bad_sample() {
    let (watched, world) = World {
        stack: None,
        ..World::default()
    }
    .watch();
    let samples = watched.unwrap().samples;
    assert!(!samples.is_empty());
    assert!(samples.iter().all(|it| it.observation == Observation::Bad));
    assert_eq!(world.count(|asked| matches!(asked, Asked::Learn(_))), 0);
}

#[test]
fn stops_take_no_more_than_their_part_of_the_time() {
    let (short, _) = World::default().watch();
    assert_eq!(put_off(&short.unwrap()), 0);
    let (long, _) = World {
        stop_takes: 10 * MS,
        ..World::default()
    }
    .watch();
    let long = long.unwrap();
    assert!(put_off(&long) > long.ticks.len() / 2);
    let part = stopped_s(&long) / 10.0;
    assert!((0.15..0.22).contains(&part), "{part}");
}

#[test]
fn a_process_whose_threads_all_wait_is_not_stopped() {
    let (watched, world) = World {
        threads: VecDeque::from([vec![asleep(1), asleep(2)]]),
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    assert_eq!(world.count(|asked| matches!(asked, Asked::Stop(_))), 0);
    assert_eq!(watched.samples.len(), watched.ticks.len());
    let mut samples = watched.samples.iter();
    assert!(samples.all(|it| it.observation == Observation::Waiting));
}

#[test]
fn a_process_that_cannot_be_stopped_gives_a_bad_sample_for_each_thread_that_runs() {
    let (watched, world) = World {
        can_stop: false,
        threads: VecDeque::from([vec![on(1), on(2)]]),
        ends: Moment(0) + SECOND / 4,
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    assert_eq!(world.count(|asked| matches!(asked, Asked::Stop(_))), 0);
    assert_eq!(watched.samples.len(), 2 * watched.ticks.len());
    let mut samples = watched.samples.iter();
    assert!(samples.all(|it| it.observation == Observation::Bad));
}

#[test]
fn a_look_at_one_thread_counts_for_all_that_run() {
    let (watched, _) = World {
        threads: VecDeque::from([vec![on(1), on(2), asleep(3)]]),
        ends: Moment(0) + SECOND / 4,
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    assert_eq!(watched.stops.len(), watched.ticks.len());
    assert_eq!(watched.samples.len(), 2 * watched.ticks.len());
}

/// The first tick takes one snapshot, as nothing says yet that several threads work; each of the
/// others takes five pairs.
#[test]
fn where_no_thread_has_a_processor_it_tries_again_and_then_gives_up_unseen() {
    let (watched, world) = World {
        threads: VecDeque::from([vec![on(1), on(2)], vec![off(1), off(2)]]),
        ends: Moment(0) + SECOND / 10,
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    let later = watched.ticks.len() - 1;
    assert!(later > 2);
    assert_eq!((watched.stops.len(), watched.samples.len()), (1, 2));
    assert_eq!(watched.unseen.len(), later);
    assert_eq!(world.snapshots, 1 + 10 * later);
}

#[test]
fn a_look_that_is_retried_may_find_a_thread_that_runs() {
    let (none, one) = (vec![off(1), off(2)], vec![on(1), off(2)]);
    let both = vec![on(1), on(2)];
    let (watched, world) = World {
        threads: VecDeque::from([both, none.clone(), none.clone(), none, one]),
        ends: Moment(0) + SECOND / 10,
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    let ticks = watched.ticks.len();
    assert!(watched.unseen.is_empty());
    assert_eq!(watched.stops.len(), ticks);
    // One thread runs at all ticks but the first.
    assert_eq!(watched.samples.len(), 1 + ticks);
    assert_eq!(world.snapshots, 1 + 4 + 2 * (ticks - 2));
    // Each pair is taken from a processor that was drawn for it.
    assert_eq!(world.stays.len(), 2 + ticks - 2);
    let drawn: usize = world.stays.iter().sum();
    assert!((1..world.stays.len()).contains(&drawn), "{:?}", world.stays);
}

#[test]
fn a_thread_that_only_sleeps_until_others_have_done_their_parts_is_not_seen() {
    let world = |threads, sleeps| World {
        threads: VecDeque::from([threads]),
        stack: Some(at_barrier()),
        sleeps,
        ends: Moment(0) + SECOND / 10,
        ..World::default()
    };
    let (watched, _) = world(vec![on(1), asleep(2)], true).watch();
    let watched = watched.unwrap();
    assert!(watched.samples.is_empty() && !watched.stops.is_empty());
    assert_eq!(watched.unseen.len(), watched.stops.len());
    // It spins, or there is nobody who could wake it.
    for world in [
        world(vec![on(1), asleep(2)], false),
        world(vec![on(1)], true),
    ] {
        let (watched, _) = world.watch();
        let watched = watched.unwrap();
        assert!(watched.unseen.is_empty() && !watched.samples.is_empty());
    }
}

/// Nothing is asked for while the tracer learns.
#[test]
fn a_tracer_that_learns_from_a_stack_is_waited_for() {
    const LEARNS: Duration = Duration::from_millis(200);
    let (watched, world) = World {
        stack: Some(vec![RawFrame::default()]),
        learns_for: Some(LEARNS),
        ..World::default()
    }
    .watch();
    let learns = |asked| asked == Asked::Learn(Reach::Outside);
    assert_eq!(world.count(learns), watched.unwrap().stops.len());
    let mut asked = world.asked.iter().skip_while(|(_, asked)| !learns(*asked));
    let (at, _) = asked.next().unwrap();
    let (next, _) = asked.next().unwrap();
    assert!(*next >= *at + LEARNS);
}

#[test]
fn a_tracer_is_told_how_far_stacks_reach() {
    for (file, reach) in [
        ("/project/a.py", Reach::User),
        ("/library/a.py", Reach::Compiled),
    ] {
        let (watched, world) = World {
            stack: Some(vec![frame(file)]),
            ..World::default()
        }
        .watch();
        let told = world.count(|asked| asked == Asked::Learn(reach));
        assert_eq!(told, watched.unwrap().stops.len(), "{file}");
    }
}

#[test]
fn nothing_is_looked_at_while_it_is_paused() {
    let (watched, world) = World::default().watch_with(1, |watcher| {
        watcher.switches().paused.store(true, Ordering::Relaxed);
    });
    assert!(watched.unwrap().ticks.is_empty());
    assert_eq!((world.snapshots, world.asked.len()), (0, 1));
}
