//! Ctrl-C and its kin, and Ctrl-Z.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use super::inspect::is_ignored;
use super::{Signal, suspend_this};
use crate::error::{Error, Result};

/// How long after a signal the same one is taken for its echo. `timeout` signals its
/// command and then the group that this is in, which is one request to end and not two.
/// Nobody presses a key twice in that time.
const ECHO: Duration = Duration::from_millis(100);

/// Says whether anybody listens.
type Listener = Box<dyn Fn(Signal) -> bool + Send>;

/// The signals that ask a command to end. From its installation on they no longer
/// end the process: whoever is listening has to.
#[derive(Clone)]
pub struct Interrupts {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    first: Option<Signal>,
    /// The last signal that was no echo, and when it came.
    last: Option<(Signal, Instant)>,
    listener: Option<Listener>,
}

impl State {
    /// Whether a signal is a request of its own and not the echo of the one before. A key
    /// that is held down is more than one request: the time counts from the first.
    fn is_request(&mut self, signal: Signal, at: Instant) -> bool {
        let is_echo = self.last.is_some_and(|(last, since)| {
            last == signal && at.saturating_duration_since(since) < ECHO
        });
        if !is_echo {
            self.last = Some((signal, at));
        }
        !is_echo
    }
}

impl Interrupts {
    /// Begins to catch the signals. One that is ignored, as in the background of a
    /// shell or under `nohup`, stays ignored, also in the script.
    pub fn install() -> Result<Self> {
        let wanted = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP];
        let wanted = wanted.into_iter().filter(|&number| !is_ignored(number));
        let mut signals = Signals::new(wanted).map_err(|source| Error::System {
            action: "catch interrupts".to_owned(),
            source,
        })?;
        let interrupts = Self {
            state: Arc::default(),
        };
        let caught = interrupts.clone();
        thread::spawn(move || {
            for signal in signals.forever().filter_map(|n| Signal::try_from(n).ok()) {
                caught.note(signal);
            }
        });
        Ok(interrupts)
    }

    /// The first signal that came.
    pub fn first(&self) -> Option<Signal> {
        self.state().first
    }

    /// Sends every signal from now on to `listener`, until the next call. Equal signals that
    /// arrive together are one.
    pub fn listen<M: Send + 'static>(&self, listener: Sender<M>, wrap: fn(Signal) -> M) {
        self.state().listener = Some(Box::new(move |signal| {
            // The listener may have just finished.
            listener.send(wrap(signal)).is_ok()
        }));
    }

    fn note(&self, signal: Signal) {
        if signal == Signal::SIGTSTP {
            return self.suspend();
        }
        let mut state = self.state();
        if !state.is_request(signal, Instant::now()) {
            return;
        }
        state.first.get_or_insert(signal);
        if let Some(listener) = &state.listener {
            listener(signal);
        }
    }

    /// Ctrl-Z asks nobody to end. A script that runs has to be suspended too, by who runs it.
    fn suspend(&self) {
        let state = self.state();
        let is_heard = state
            .listener
            .as_ref()
            .is_some_and(|listener| listener(Signal::SIGTSTP));
        drop(state);
        if !is_heard {
            suspend_this();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these signals, each with the milliseconds at which it comes, are requests.
    #[track_caller]
    fn check(signals: &[(Signal, u64)], expected: &[bool]) {
        let start = Instant::now();
        let mut state = State::default();
        let requests: Vec<bool> = signals
            .iter()
            .map(|&(signal, at)| state.is_request(signal, start + Duration::from_millis(at)))
            .collect();
        assert_eq!(requests, expected);
    }

    #[test]
    fn equal_signals_at_once_are_one_request() {
        use Signal::{SIGINT, SIGTERM};
        check(&[(SIGTERM, 0), (SIGTERM, 1)], &[true, false]);
        check(&[(SIGINT, 0), (SIGINT, 150)], &[true, true]);
        check(&[(SIGINT, 0), (SIGTERM, 1)], &[true, true]);
    }

    #[test]
    fn a_key_that_is_held_down_is_more_than_one_request() {
        let held = [0, 40, 80, 120].map(|at| (Signal::SIGINT, at));
        check(&held, &[true, false, false, true]);
    }
}
