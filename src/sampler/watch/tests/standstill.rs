//! Stops that nobody asked for: none of them is a sample, and no suspension is a stop.

use std::collections::VecDeque;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::put_off;
use super::world::{Asked, MS, SECOND, World, asleep};
use crate::sample::{Moment, Observation, Stop};
use crate::sampler::tracer::Event;

/// Stops of this length, that begin in these distances.
fn stops(every: Duration, length: Duration) -> Vec<(Moment, Event)> {
    let begins = std::iter::successors(Some(Moment(0) + SECOND), |at| Some(*at + every));
    let begins = begins.take_while(|at| *at < Moment(0) + 9 * SECOND);
    begins
        .flat_map(|at| [(at, Event::ForeignStop), (at + length, Event::WentOn)])
        .collect()
}

#[test]
fn a_stop_that_was_not_asked_for_is_no_sample() {
    let (watched, world) = World {
        threads: VecDeque::from([vec![asleep(1)]]),
        coming: stops(SECOND, 30 * MS),
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    let lengths = watched.foreign_stops.iter();
    let lengths: Vec<Duration> = lengths.map(|it| it.at.until(it.until)).collect();
    assert_eq!(lengths, [30 * MS; 8]);
    let mut samples = watched.samples.iter();
    assert!(samples.all(|it| it.observation == Observation::Waiting));
    assert!(watched.stops.is_empty());
    assert_eq!(world.count(|asked| asked != Asked::End), 0);
}

/// Stops for samples take up to 18% of the time, and may take 20% together with the others.
#[test]
fn stops_that_were_not_asked_for_leave_less_time_for_samples() {
    let world = || World {
        stop_takes: Duration::from_micros(1800),
        ..World::default()
    };
    let (alone, _) = world().watch();
    assert_eq!(put_off(&alone.unwrap()), 0);
    let (beside, _) = World {
        coming: stops(20 * MS, 2 * MS),
        ..world()
    }
    .watch();
    let beside = beside.unwrap();
    // Of 400 some are within stops for samples, and counted with those.
    assert!(beside.foreign_stops.len() > 200);
    assert!(put_off(&beside) > beside.ticks.len() / 2);
}

#[test]
fn a_stop_that_was_not_asked_for_delays_one_that_was() {
    let (watched, _) = World {
        before_stopping: VecDeque::from([Event::ForeignStop, Event::WentOn]),
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    assert_eq!(watched.foreign_stops.len(), 1);
    assert_eq!(watched.samples.len(), watched.ticks.len());
}

/// What it stands still for besides, within a stop for a sample, is counted with that.
#[test]
fn a_stop_within_a_stop_is_counted_once() {
    let (watched, _) = World {
        before_stopping: VecDeque::from([Event::ForeignStop]),
        coming: vec![(Moment(0) + SECOND, Event::WentOn)],
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    assert!(watched.foreign_stops.is_empty());
    assert_eq!(watched.stops.len(), watched.ticks.len());
}

/// A process that is suspended for longer than a tracer may take for an answer.
fn suspended() -> World {
    World {
        continued: Moment(0) + 60 * SECOND,
        ends: Moment(0) + 61 * SECOND,
        ..World::default()
    }
}

#[test]
fn a_suspended_process_stands_still_until_it_is_continued() {
    let at = Moment(0) + SECOND;
    let (watched, world) = World {
        coming: vec![(at, Event::Suspending(Signal::SIGTSTP))],
        ..suspended()
    }
    .watch();
    let watched = watched.unwrap();
    let (before, after) = (at, world.continued);
    let meanwhile = watched.ticks.iter();
    let mut meanwhile = meanwhile.filter(|tick| (before..after).contains(&tick.at));
    assert_eq!(meanwhile.next(), None);
    assert!(watched.ticks.iter().any(|tick| tick.at < before));
    assert!(watched.ticks.iter().any(|tick| tick.at > after));
    assert!(watched.foreign_stops.is_empty() && world.was_suspended);
    let ended = Asked::EndSuspension(None);
    assert_eq!(world.count(|asked| asked == ended), 1);
}

#[test]
fn a_suspension_within_a_stop_is_no_part_of_it_and_no_lack_of_an_answer() {
    let (watched, world) = World {
        before_stopping: VecDeque::from([Event::Suspending(Signal::SIGTSTP)]),
        ..suspended()
    }
    .watch();
    let watched = watched.unwrap();
    assert!(watched.ticks[0].at < world.continued && watched.ticks[1].at > world.continued);
    assert!(watched.stops[0].at >= world.continued);
    assert!(watched.stops[0].seconds() < 0.01);
}

#[test]
fn a_process_that_handles_the_signal_goes_on_with_it_at_once() {
    let at = Moment(0) + SECOND;
    let (watched, world) = World {
        default_action: false,
        threads: VecDeque::from([vec![asleep(1)]]),
        coming: vec![(at, Event::Suspending(Signal::SIGTSTP))],
        continued: Moment(u64::MAX),
        ..World::default()
    }
    .watch();
    let watched = watched.unwrap();
    assert_eq!(watched.foreign_stops, [Stop { at, until: at + MS }]);
    let ended = Asked::EndSuspension(Some(Signal::SIGTSTP));
    assert_eq!(world.count(|asked| asked == ended), 1);
    assert!(watched.ticks.len() > 800);
}

#[test]
fn a_process_may_end_while_it_is_suspended() {
    for end_is_told in [true, false] {
        let (watched, world) = World {
            end_is_told,
            coming: vec![(Moment(0) + SECOND, Event::Suspending(Signal::SIGSTOP))],
            continued: Moment(u64::MAX),
            ..World::default()
        }
        .watch();
        assert!(watched.unwrap().ticks.len() < 200);
        let ended = |asked| matches!(asked, Asked::EndSuspension(_));
        assert_eq!(world.count(ended), 0);
    }
}
