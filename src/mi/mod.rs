//! GDB/MI, the machine interface of gdb, without any input or output.
//!
//! gdb is told what to do by [`Command`]s, and answers by lines that [`parse()`]
//! turns into [`Record`]s, one each. [`MiFrame`], [`Stopped`] and [`ThreadInfo`]
//! read what a profiler needs out of a record. Nothing here reads, writes or
//! waits, so all of it is tested against what real versions of gdb printed.

mod command;
mod frame;
mod parse;
mod record;
pub mod session;
mod stopped;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod transcripts;

pub use command::{Command, SignalAction};
pub use frame::MiFrame;
pub use parse::parse;
pub use record::{
    AsyncKind, AsyncRecord, Item, Record, ResultClass, ResultRecord, Results, StreamKind,
    StreamRecord, Value,
};
pub use stopped::{StopReason, Stopped, StoppedThreads, ThreadInfo};

use std::fmt;

/// The number a command is sent with, which gdb repeats in the answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// gdb's own number of a thread, counted from 1; not the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(pub u32);

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
