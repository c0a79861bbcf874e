//! What is to be said, and is said by a thread of its own: whoever listens may be behind, and what
//! is traced must not wait for that.

use std::collections::VecDeque;
use std::io::{self, BufWriter};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use super::note::Note;

/// Notes that wait to be written.
const MOST_WAITING: usize = 64;

/// Notes on their way to whoever listens.
pub(super) struct Sayings {
    /// Those that the thread has no room for.
    waiting: VecDeque<Note>,
    sender: Option<SyncSender<Note>>,
    writer: Option<JoinHandle<io::Result<()>>>,
}

impl Sayings {
    pub(super) fn new() -> Self {
        let (sender, notes) = sync_channel(MOST_WAITING);
        Self {
            waiting: VecDeque::new(),
            sender: Some(sender),
            writer: Some(thread::spawn(move || write(&notes))),
        }
    }

    /// Says something, now or later. Fails where nobody listens any more.
    pub(super) fn say(&mut self, note: Note) -> io::Result<()> {
        self.waiting.push_back(note);
        self.go_on().map(drop)
    }

    /// Whether there is room for more, of which there may be much.
    pub(super) fn has_room(&mut self) -> bool {
        self.go_on().unwrap_or(true)
    }

    /// Whether all is on its way.
    fn go_on(&mut self) -> io::Result<bool> {
        let Some(sender) = &self.sender else {
            return Ok(true);
        };
        while let Some(note) = self.waiting.pop_front() {
            match sender.try_send(note) {
                Ok(()) => {}
                Err(TrySendError::Full(note)) => {
                    self.waiting.push_front(note);
                    return Ok(false);
                }
                Err(TrySendError::Disconnected(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
        Ok(true)
    }

    /// Waits until all is said.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if let Some(sender) = self.sender.take() {
            for note in self.waiting.drain(..) {
                // It fails only where nobody listens any more, of which the thread tells.
                sender.send(note).ok();
            }
        }
        let writer = self.writer.take();
        let failed = || Err(io::Error::other("a thread has failed"));
        writer.map_or(Ok(()), |writer| writer.join().unwrap_or_else(|_| failed()))
    }
}

fn write(notes: &Receiver<Note>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    notes.iter().try_for_each(|note| note.write(&mut out))
}
