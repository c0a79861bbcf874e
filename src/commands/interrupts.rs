//! Ctrl-C and its kin.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::target::Signal;
use crate::target::memory::is_ignored;

type Listener = Box<dyn Fn(Signal) + Send>;

/// The signals that ask a command to end. From its installation on they no longer
/// end the process: whoever is listening has to.
#[derive(Clone)]
pub(super) struct Interrupts {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    first: Option<Signal>,
    listener: Option<Listener>,
}

impl Interrupts {
    /// Begins to catch the signals. One that is ignored, as in the background of a
    /// shell or under `nohup`, stays ignored, also in the script.
    pub(super) fn install() -> io::Result<Self> {
        let wanted = [SIGINT, SIGQUIT, SIGTERM, SIGHUP];
        let mut signals = Signals::new(wanted.into_iter().filter(|&number| !is_ignored(number)))?;
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
    pub(super) fn first(&self) -> Option<Signal> {
        self.state().first
    }

    /// Sends every signal from now on to `listener`, until the next call.
    pub(super) fn listen<M: Send + 'static>(&self, listener: Sender<M>, wrap: fn(Signal) -> M) {
        self.state().listener = Some(Box::new(move |signal| {
            // The listener may have just finished.
            listener.send(wrap(signal)).ok();
        }));
    }

    fn note(&self, signal: Signal) {
        let mut state = self.state();
        state.first.get_or_insert(signal);
        if let Some(listener) = &state.listener {
            listener(signal);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
