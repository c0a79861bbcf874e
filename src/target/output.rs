//! What a process writes, read as it comes.

use std::io::Read;
use std::process::Child;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// Reads a pipe to its end on a thread of its own.
#[derive(Debug)]
pub(super) struct OutputReader {
    read: Arc<Mutex<Vec<u8>>>,
    at_end: Receiver<()>,
}

/// Readers of the pipes of standard output and errors, in this order.
pub(super) fn capture_output(child: &mut Child) -> Vec<OutputReader> {
    let stdout = child.stdout.take().map(OutputReader::start);
    let stderr = child.stderr.take().map(OutputReader::start);
    stdout.into_iter().chain(stderr).collect()
}

impl OutputReader {
    fn start(mut pipe: impl Read + Send + 'static) -> Self {
        let read = Arc::new(Mutex::new(Vec::new()));
        let (reading, at_end) = mpsc::channel();
        let sink = Arc::clone(&read);
        thread::spawn(move || {
            let _reading: Sender<()> = reading;
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                lock(&sink).extend_from_slice(&buffer[..length]);
            }
        });
        Self { read, at_end }
    }

    /// What was written, all of it if the pipe is closed by `deadline`.
    pub(super) fn read_by(self, deadline: Instant) -> Vec<u8> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.at_end.recv_timeout(left).ok();
        std::mem::take(&mut lock(&self.read))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
