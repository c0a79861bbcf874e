//! The user's Python: finding it, starting it, hearing from it, ending it.
//!
//! The script runs in a process group of its own, with the standard streams that
//! it would have had, or with captured ones. The bootstrap, a `sitecustomize` that
//! goes before the user's own, reports on an inherited channel when Numba compiles,
//! and waits for the tracer in a profiled run, before the first compiled code runs. The
//! script is reaped on every way out.

mod channel;
mod children;
mod clock;
mod die;
mod errand;
mod git;
mod guard;
mod host;
pub mod inspect;
mod interrupts;
mod launch;
pub mod memory;
mod notice;
mod output;
mod private;
mod processors;
pub mod python;
mod replica;
pub(crate) mod search_path;
mod stranger;
mod target;
mod terminal;
mod worktree;

pub use channel::{Event, RegionReport, SourceReport, read_told_text};
pub use children::{Child, HangUp};
pub use clock::now;
pub use die::die_by;
pub use errand::Errands;
pub use git::Repository;
pub use guard::{Guard, Guarded, MARK};
pub use host::Host;
pub use interrupts::Interrupts;
pub use launch::{Kin, Launch, Mode, Streams};
/// A signal, by its name.
pub use nix::sys::signal::Signal;
pub use notice::{Exit, Notice};
pub use processors::{Stay, own_processor};
pub use replica::Replicas;
pub use stranger::{KeptText, Stranger, Used};
pub use target::{Captured, Standing, Target};
pub use terminal::suspend_this;
pub use worktree::Worktree;
