//! Child processes that report on channels of their own, where they are followed.
//!
//! A child connects to a socket in the workspace of the run: a descriptor that it inherits would
//! be closed by whoever starts it. Which process it is, the kernel says.

use std::io::{self, ErrorKind, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{Pid, Uid};
use rustix::net::{Shutdown as How, shutdown};

use super::Notice;
use super::target::{MOST_WAITING, listen};

/// How long to wait where a connection cannot be taken, as there are too many open files.
const RETRY: Duration = Duration::from_millis(20);

/// The socket that children connect to.
pub(super) fn door_path(workspace: &Path) -> PathBuf {
    workspace.join("children")
}

/// Takes the connections of children until it is dropped.
#[derive(Debug)]
pub(super) struct Door(Arc<UnixListener>);

impl Door {
    /// Hands the channel of each child to `notices`.
    pub(super) fn open<M: Send + 'static>(
        listener: UnixListener,
        notices: Sender<M>,
        wrap: fn(Notice) -> M,
    ) -> Self {
        let listener = Arc::new(listener);
        let door = Self(Arc::clone(&listener));
        thread::spawn(move || {
            loop {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let child = Child::of(stream);
                        if child.is_some_and(|it| notices.send(wrap(Notice::Child(it))).is_err()) {
                            return;
                        }
                    }
                    // The door is closed.
                    Err(error) if error.kind() == ErrorKind::InvalidInput => return,
                    Err(_) => thread::sleep(RETRY),
                }
            }
        });
        door
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // Whoever accepts hears of it.
        shutdown(&self.0, How::Both).ok();
    }
}

/// A child of the script that reports, or another process that it has started.
#[derive(Debug)]
pub struct Child {
    process: Pid,
    stream: UnixStream,
}

impl Child {
    /// Whoever is at the other end. `None` where that is a process of another user, or one that
    /// cannot be named from here.
    fn of(stream: UnixStream) -> Option<Self> {
        let peer = getsockopt(&stream, PeerCredentials).ok()?;
        let is_ours = peer.uid() == Uid::effective().as_raw() && peer.pid() > 0;
        is_ours.then(|| Self {
            process: Pid::from_raw(peer.pid()),
            stream,
        })
    }

    /// The process.
    pub const fn process(&self) -> Pid {
        self.process
    }

    /// Sends what it reports to `notices`, as made by `wrap`. There is room for another event
    /// whenever something is taken out of what is returned.
    ///
    /// Fails where the system has no descriptor left.
    pub fn listen<M: Send + 'static>(
        &self,
        notices: &Sender<M>,
        wrap: fn(Notice) -> M,
    ) -> io::Result<Receiver<()>> {
        let (room, waiting) = mpsc::sync_channel(MOST_WAITING);
        listen(self.stream.try_clone()?, room, notices.clone(), wrap);
        Ok(waiting)
    }

    /// Lets it go on after it reported that it is ready.
    pub fn release(&self) {
        // It fails only where the child has ended.
        (&self.stream).write_all(b"\n").ok();
    }

    /// Another handle by which to end what is heard of it.
    ///
    /// Fails where the system has no descriptor left.
    pub fn hang_up_later(&self) -> io::Result<HangUp> {
        self.stream.try_clone().map(HangUp)
    }
}

/// Ends what is heard of a child when it is dropped. The child goes on.
#[derive(Debug)]
pub struct HangUp(UnixStream);

impl Drop for HangUp {
    fn drop(&mut self) {
        self.0.shutdown(Shutdown::Both).ok();
    }
}
