//! Tracers that fail, and processes that end at any time.

use nix::sys::signal::Signal;

use super::world::{Asked, SECOND, World};
use crate::error::Error;
use crate::sample::Moment;
use crate::sampler::tracer::Event;
use crate::sampler::watch::PATIENCE;

const START: Moment = Moment(0);

fn refused() -> Event {
    Event::Refused(Error::GdbDied {
        during: "resuming the script".to_owned(),
        cause: "it is refused".to_owned(),
    })
}

#[test]
fn the_error_of_a_tracer_is_that_of_the_sampler() {
    let (watched, world) = World {
        fails: Some(START + SECOND),
        ..World::default()
    }
    .watch();
    assert!(matches!(watched, Err(Error::GdbDied { .. })));
    assert!(world.now <= START + SECOND);
}

#[track_caller]
fn check_unanswered(world: World, expected: &str) {
    let (watched, world) = world.watch();
    match watched {
        Err(Error::GdbTimeout { during, after }) => {
            assert_eq!((&*during, after), (expected, PATIENCE));
            assert!(world.now >= START + PATIENCE);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_tracer_that_does_not_answer_is_an_error() {
    let deaf = |asked| World {
        deaf_to: Some(asked),
        ends: START + 100 * SECOND,
        ..World::default()
    };
    check_unanswered(deaf(Asked::Threads), "listing the threads");
    check_unanswered(deaf(Asked::Resume), "attaching to the script");
    check_unanswered(deaf(Asked::Stop(1)), "stopping the script");
    check_unanswered(deaf(Asked::Stack(1)), "reading the stack");
}

#[test]
fn a_tracer_that_never_stops_talking_is_not_listened_to_for_ever() {
    let world = World {
        babbles: true,
        deaf_to: Some(Asked::Stop(1)),
        ends: START + 100 * SECOND,
        ..World::default()
    };
    check_unanswered(world, "stopping the script");
}

#[test]
fn a_process_that_could_not_be_let_go_on_is_an_error_unless_it_ends() {
    let world = |ends| World {
        deaf_to: Some(Asked::Stop(1)),
        coming: vec![(START + SECOND, refused())],
        ends,
        ..World::default()
    };
    let (lives, _) = world(START + 100 * SECOND).watch();
    assert!(matches!(lives, Err(Error::GdbDied { cause, .. }) if cause == "it is refused"));
    let (ends, _) = world(START + 2 * SECOND).watch();
    assert_eq!(ends.unwrap().stops.len(), 0);
}

#[test]
fn an_end_that_the_tracer_does_not_notice_is_noticed() {
    for deaf_to in [None, Some(Asked::Stop(1))] {
        let (watched, world) = World {
            end_is_told: false,
            deaf_to,
            ends: START + SECOND,
            ..World::default()
        }
        .watch();
        watched.unwrap();
        assert!(world.now < START + 2 * SECOND);
    }
}

#[test]
fn a_process_that_ends_before_it_is_attached_to_gives_nothing() {
    let (watched, _) = World {
        ends: START,
        ..World::default()
    }
    .watch();
    assert!(watched.unwrap().ticks.is_empty());
}

#[test]
fn a_sampler_can_be_cancelled_also_while_the_process_is_suspended() {
    let suspends = || (START + SECOND / 2, Event::Suspending(Signal::SIGSTOP));
    for coming in [Vec::new(), vec![suspends()]] {
        let (watched, world) = World {
            coming,
            continued: Moment(u64::MAX),
            cancels: Some(START + SECOND),
            ..World::default()
        }
        .watch();
        assert!(matches!(watched, Err(Error::Interrupted)));
        assert!(world.now < START + 2 * SECOND);
    }
}
