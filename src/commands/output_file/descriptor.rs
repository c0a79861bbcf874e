//! Descriptors of this process that are known by their number.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

/// Duplicates a descriptor: what is written to the duplicate goes to where the original is,
/// and to the end of what was opened for appending.
///
/// The number may be that of nothing that is open, for which the usual call needs unsafe
/// code. The kernel checks it if the descriptor is sent: here, from this process to itself.
pub(super) fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    let (sender, receiver) = UnixStream::pair()?;
    let rights = [number];
    sendmsg::<()>(
        sender.as_raw_fd(),
        &[IoSlice::new(b"x")],
        &[ControlMessage::ScmRights(&rights)],
        MsgFlags::empty(),
        None,
    )?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let flags = RecvFlags::CMSG_CLOEXEC;
    recvmsg(
        &receiver,
        &mut [IoSliceMut::new(&mut byte)],
        &mut ancillary,
        flags,
    )?;
    let mut descriptors = ancillary.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    // As where the process may open no more.
    let none = || io::Error::from_raw_os_error(nix::libc::EMFILE);
    descriptors.next().ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::{Seek, Write};

    use super::*;

    #[test]
    fn a_duplicate_shares_the_offset() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"before ").unwrap();
        let copy = duplicate(file.as_file().as_raw_fd()).unwrap();
        File::from(copy).write_all(b"between ").unwrap();
        assert_eq!(file.as_file().stream_position().unwrap(), 15);
        file.write_all(b"after").unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, "before between after");
    }

    #[test]
    fn what_is_not_open_has_no_duplicate() {
        let error = duplicate(1_000_000).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(nix::libc::EBADF));
    }
}
