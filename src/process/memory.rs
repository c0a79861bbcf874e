//! Reading and writing the memory of another process, without stopping it.
//!
//! Whoever may trace a process may do both.

use std::fs::OpenOptions;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

/// Bytes of the smallest pages that there are.
const PAGE: usize = 4096;

/// Copies `length` bytes of a process's memory from `address` on. Fails where any
/// of them is not mapped.
pub fn read(process: Pid, address: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let base = usize::try_from(address).map_err(io::Error::other)?;
    let remote = [RemoteIoVec { base, len: length }];
    if copy(process, address, &remote, &mut bytes)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// Copies at most `length` bytes of a process's memory from `address` on: as many as are mapped.
pub fn read_as_far_as_mapped(process: Pid, address: u64, length: usize) -> Vec<u8> {
    let Ok(begin) = usize::try_from(address) else {
        return Vec::new();
    };
    let end = begin.saturating_add(length);
    // What is not mapped ends the copy at the part that it is in, which is a page.
    let mut remote = Vec::new();
    let mut base = begin;
    while base < end {
        let next = (base / PAGE + 1).saturating_mul(PAGE).min(end);
        remote.push(RemoteIoVec {
            base,
            len: next - base,
        });
        base = next;
    }
    let mut bytes = vec![0; end - begin];
    let read = copy(process, address, &remote, &mut bytes);
    bytes.truncate(read.unwrap_or(0));
    bytes
}

/// Writes into a process's memory, also where the process itself may not.
pub fn write(process: Pid, address: u64, bytes: &[u8]) -> io::Result<()> {
    let memory = OpenOptions::new().write(true).open(path(process))?;
    memory.write_all_at(bytes, address)
}

/// Copies what adjoining parts of a process's memory hold, which begin at `address`: how many
/// bytes, up to the first that is not mapped.
///
/// Containers may refuse the system call for that, and allow to trace all the same. The same
/// bytes are in a file then.
fn copy(process: Pid, address: u64, parts: &[RemoteIoVec], bytes: &mut [u8]) -> io::Result<usize> {
    match process_vm_readv(process, &mut [IoSliceMut::new(bytes)], parts) {
        Err(Errno::EPERM | Errno::EACCES | Errno::ENOSYS) => {
            copy_from_file(process, address, bytes)
        }
        copied => Ok(copied?),
    }
}

/// The same from the file that the kernel shows a process's memory in.
fn copy_from_file(process: Pid, address: u64, bytes: &mut [u8]) -> io::Result<usize> {
    let memory = OpenOptions::new().read(true).open(path(process))?;
    memory.read_at(bytes, address)
}

fn path(process: Pid) -> String {
    format!("/proc/{process}/mem")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::inspect::{Mapping, mappings};

    #[test]
    fn it_is_read_as_far_as_it_is_mapped() {
        let this = Pid::this();
        let mapped = mappings(this).unwrap();
        // The last page of a file's mapping, and what may be behind it.
        let is_last = |it: &&Mapping| {
            mapped
                .iter()
                .all(|other| other.addresses.start != it.addresses.end)
        };
        let last = mapped.iter().rfind(is_last).unwrap();
        let near = last.addresses.end - 100;
        let bytes = read_as_far_as_mapped(this, near, 1 << 20);
        assert!(bytes.len() >= 100, "{}", bytes.len());
        assert_eq!(bytes[..100], read(this, near, 100).unwrap());
        assert_eq!(read_as_far_as_mapped(this, 16, 100), b"");
        for end in [0, 100, 5000] {
            assert_eq!(read_as_far_as_mapped(this, u64::MAX - end, 200), b"");
        }
    }

    #[test]
    fn what_is_not_mapped_cannot_be_read_or_written() {
        assert!(read(Pid::this(), 16, 8).is_err());
        assert!(write(Pid::this(), 16, &[0; 8]).is_err());
    }

    #[test]
    fn code_can_be_written() {
        // What is there already, lest anything change.
        let code = mappings(Pid::this()).unwrap();
        let code = code.iter().find(|it| it.is_executable).unwrap();
        let start = code.addresses.start;
        let bytes = read(Pid::this(), start, 8).unwrap();
        write(Pid::this(), start, &bytes).unwrap();
        assert_eq!(read(Pid::this(), start, 8).unwrap(), bytes);
    }

    #[test]
    fn the_file_shows_the_same() {
        let this = Pid::this();
        let mapped = mappings(this).unwrap();
        let code = mapped.iter().find(|it| it.is_executable).unwrap();
        let length = 2 * PAGE;
        let mut bytes = vec![0; length];
        let copied = copy_from_file(this, code.addresses.start, &mut bytes).unwrap();
        assert_eq!(copied, length);
        assert_eq!(bytes, read(this, code.addresses.start, length).unwrap());
        assert!(copy_from_file(this, 16, &mut bytes).is_err());
    }
}
