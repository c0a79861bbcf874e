//! Flags, file and defaults become a [`Task`](super::Task): flags are stronger than the file,
//! and the file is stronger than the defaults. Pure: whether a path leads anywhere is for
//! others to find out.

mod attach;
mod baseline;
mod inputs;
mod judging;
mod measuring;
mod operands;
mod paths;
mod program;
mod refuse;
mod reorder;
mod revisions;
mod scale;
mod suites;
mod tasks;
mod throughput;
mod variants;

pub use self::tasks::resolve;
