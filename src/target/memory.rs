//! Reading what the kernel shows of a running process, without stopping it.

use std::io::{self, IoSliceMut};
use std::path::PathBuf;

use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use procfs::ProcError;
use procfs::process::{MMapPath, Process};

/// A file that is mapped into a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedFile {
    /// The file.
    pub path: PathBuf,
    /// Lowest address of any of its mappings; the file's first page is there.
    pub start: u64,
    /// First address after the highest of its mappings.
    pub end: u64,
}

/// The files mapped into a process, each once, in the order of their addresses.
pub fn mapped_files(process: Pid) -> io::Result<Vec<MappedFile>> {
    let maps = open(process)?.maps().map_err(into_io)?;
    let mut files: Vec<MappedFile> = Vec::new();
    for map in maps {
        let MMapPath::Path(path) = map.pathname else {
            continue;
        };
        let (start, end) = map.address;
        match files.iter_mut().find(|file| file.path == path) {
            Some(file) => file.end = file.end.max(end),
            None => files.push(MappedFile { path, start, end }),
        }
    }
    Ok(files)
}

/// The threads of a process that are running or could run at this moment, by the
/// kernel's numbers. Sleeping threads do no work: they are no samples.
pub fn running_threads(process: Pid) -> io::Result<Vec<i32>> {
    let mut running = Vec::new();
    for task in open(process)?.tasks().map_err(into_io)? {
        // A thread may end between the listing and the look at it.
        let Ok(stat) = task.and_then(|task| task.stat()) else {
            continue;
        };
        if stat.state == 'R' {
            running.push(stat.pid);
        }
    }
    Ok(running)
}

/// Whether a process is there and has not exited. One that has exited but was not
/// waited for is not alive.
pub fn is_alive(process: Pid) -> bool {
    let stat = open(process).and_then(|process| process.stat().map_err(into_io));
    stat.is_ok_and(|stat| !matches!(stat.state, 'Z' | 'X'))
}

/// Whether a process is suspended, as by Ctrl-Z. One that a tracer has stopped is
/// not.
pub fn is_suspended(process: Pid) -> bool {
    let stat = open(process).and_then(|process| process.stat().map_err(into_io));
    stat.is_ok_and(|stat| stat.state == 'T')
}

/// Whether some process traces this one.
pub fn has_tracer(process: Pid) -> bool {
    let status = open(process).and_then(|process| process.status().map_err(into_io));
    status.is_ok_and(|status| status.tracerpid != 0)
}

/// Copies `length` bytes of a process's memory from `address` on. Fails where any
/// of them is not mapped.
pub fn read(process: Pid, address: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let base = usize::try_from(address).map_err(io::Error::other)?;
    let remote = [RemoteIoVec { base, len: length }];
    let read = process_vm_readv(process, &mut [IoSliceMut::new(&mut bytes)], &remote)?;
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

fn open(process: Pid) -> io::Result<Process> {
    Process::new(process.as_raw()).map_err(into_io)
}

fn into_io(error: ProcError) -> io::Error {
    match error {
        ProcError::Io(error, _) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_mapped_and_running() {
        let this = Pid::this();
        let executable = std::env::current_exe().unwrap();
        let files = mapped_files(this).unwrap();
        let file = files.iter().find(|file| file.path == executable).unwrap();
        assert_eq!(read(this, file.start, 4).unwrap(), b"\x7fELF");
        assert!(
            running_threads(this)
                .unwrap()
                .contains(&nix::unistd::gettid().as_raw())
        );
    }

    #[test]
    fn memory_that_is_not_mapped_cannot_be_read() {
        assert!(read(Pid::this(), 16, 8).is_err());
    }
}
