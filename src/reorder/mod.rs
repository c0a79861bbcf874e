//! The statements of a block in other orders: which orders keep what the block does, how the
//! script reads in each of them, and what their runs say of each statement and each position.
//!
//! Which statements depend on each other is found by the user's Python
//! (`process/python/statements/`). Nothing here reads a file or starts a process.

mod block;
mod check;
mod conclude;
mod costs;
#[cfg(test)]
pub(crate) mod fixture;
mod orders;
mod text;
mod types;

pub(crate) use block::{Answer, Block};
pub(crate) use conclude::{Measured, Subject, conclude};
pub(crate) use orders::{MOST_STATEMENTS, Order};
pub(crate) use text::{Rearranged, Script};
pub use types::*;
