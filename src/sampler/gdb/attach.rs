//! What gdb needs to attach to a process, and what may keep it from that.

use std::io;
use std::path::Path;

use nix::unistd::Pid;
use tempfile::NamedTempFile;

use crate::error::{AttachBarrier, Error, Result};
use crate::sampler::stub::JitInterface;
use crate::target::Host;
use crate::target::memory::has_tracer;

/// Where a process announces the code that it compiles.
pub(super) fn find_interface(process: Pid) -> Result<JitInterface> {
    let found = JitInterface::find(process).map_err(|source| Error::System {
        action: "look at the memory of the script".to_owned(),
        source,
    })?;
    found.ok_or_else(|| Error::System {
        action: "find where Numba announces the code it compiles".to_owned(),
        source: io::Error::new(
            io::ErrorKind::NotFound,
            "no library of the script has the symbol __jit_debug_descriptor",
        ),
    })
}

/// Writes the stub for gdb into a folder. It goes when the result is dropped.
pub(super) fn write_stub(interface: &JitInterface, folder: &Path) -> io::Result<NamedTempFile> {
    let stub = tempfile::Builder::new()
        .prefix("jit-")
        .suffix(".o")
        .tempfile_in(folder)?;
    std::fs::write(stub.path(), interface.stub()?)?;
    Ok(stub)
}

/// What keeps gdb from attaching to a process, as far as it can be seen.
pub(super) fn barrier(process: Pid) -> AttachBarrier {
    let host = Host::look();
    match host.ptrace_scope {
        _ if has_tracer(process) => AttachBarrier::OtherTracer,
        Some(scope) if scope > 0 => AttachBarrier::Yama { scope },
        _ if host.container.is_some() => AttachBarrier::Container,
        _ => AttachBarrier::Unknown,
    }
}
