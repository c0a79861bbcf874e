//! What a process writes, read as it comes and kept up to a limit.

use std::io::Read;
use std::os::fd::AsFd;
use std::process::Child;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use nix::poll::{PollFd, PollFlags, poll};

/// The most that is kept of what a process writes to a pipe, in bytes.
pub(super) const MOST_OUTPUT: usize = 64_000_000;

/// How often it is looked whether anybody still wants what is written, in milliseconds.
const LOOK_UP_INTERVAL_MS: u16 = 1000;

/// Reads a pipe to its end on a thread of its own. Dropped, it closes the pipe soon: a process
/// that was left behind and writes on fills no memory.
#[derive(Debug)]
pub(super) struct OutputReader {
    read: Arc<Mutex<Written>>,
    at_end: Receiver<()>,
}

/// What was written to a pipe.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// All of it, or the end of what was too much.
    pub(super) bytes: Vec<u8>,
    /// Whether it was more than is kept.
    pub(super) is_cut: bool,
}

impl Written {
    /// Adds some bytes. Half of the most that is kept goes at once: it is moved seldom.
    fn add(&mut self, bytes: &[u8], most: usize) {
        if self.bytes.len() + bytes.len() > most {
            self.is_cut = true;
            let kept = self.bytes.len().min(most / 2);
            self.bytes.drain(..self.bytes.len() - kept);
        }
        self.bytes.extend_from_slice(bytes);
    }
}

/// Readers of the pipes of standard output and errors, in this order.
pub(super) fn capture_output(child: &mut Child) -> Vec<OutputReader> {
    let stdout = child.stdout.take().map(OutputReader::start);
    let stderr = child.stderr.take().map(OutputReader::start);
    stdout.into_iter().chain(stderr).collect()
}

impl OutputReader {
    fn start(mut pipe: impl Read + AsFd + Send + 'static) -> Self {
        let read = Arc::new(Mutex::new(Written::default()));
        let (reading, at_end) = mpsc::channel();
        let sink = Arc::clone(&read);
        thread::spawn(move || {
            let _reading: Sender<()> = reading;
            let mut buffer = [0; 8192];
            // The other one is the reader's.
            while Arc::strong_count(&sink) > 1 {
                if !may_be_read(&pipe) {
                    continue;
                }
                match pipe.read(&mut buffer) {
                    Ok(length @ 1..) => lock(&sink).add(&buffer[..length], MOST_OUTPUT),
                    Ok(0) | Err(_) => break,
                }
            }
        });
        Self { read, at_end }
    }

    /// What was written, all of it if the pipe is closed by `deadline`.
    pub(super) fn read_by(self, deadline: Instant) -> Written {
        let left = deadline.saturating_duration_since(Instant::now());
        self.at_end.recv_timeout(left).ok();
        std::mem::take(&mut lock(&self.read))
    }
}

/// Whether a pipe has something to read or has come to its end, after a while at the latest.
fn may_be_read(pipe: &impl AsFd) -> bool {
    let mut polled = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    // Where it cannot be polled, reading says why.
    poll(&mut polled, LOOK_UP_INTERVAL_MS).map_or(true, |ready| ready > 0)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[test]
    fn of_too_much_the_end_is_kept() {
        let mut written = Written::default();
        written.add(b"0123", 8);
        written.add(b"4567", 8);
        assert!(!written.is_cut);
        assert_eq!(written.bytes, b"01234567");
        written.add(b"89", 8);
        assert!(written.is_cut);
        assert_eq!(written.bytes, b"456789");
    }

    /// As by a process that was left behind: it is told that nobody reads.
    #[test]
    fn nothing_is_read_for_nobody() {
        let (pipe, mut writer) = std::io::pipe().unwrap();
        let reader = OutputReader::start(pipe);
        writer.write_all(b"text").unwrap();
        // It has something, and does not wait for more.
        while lock(&reader.read).bytes.is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        let written = reader.read_by(Instant::now());
        assert_eq!(written.bytes, b"text");
        let refused = |_: &u32| {
            thread::sleep(Duration::from_millis(10));
            writer.write_all(b"more").is_err()
        };
        // A minute, of which one second is needed.
        assert!((0..6000).find(refused).is_some());
    }
}
