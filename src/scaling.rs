//! How a script grows with a size: what each line and the whole cost at several sizes, and the
//! exponents of that.
//!
//! Nothing here reads a file or starts a process.

mod check;
mod conclude;
mod costs;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
mod types;
mod warnings;

pub(crate) use conclude::{Subject, conclude};
pub use types::*;
