//! A comparison for the terminal, on one screen: the verdict in a sentence, the steps from the
//! cost before to that after, and the lines that matter, one row each.

mod comparison;
mod layout;
mod reordering;
mod scaling;
mod several;
mod table;
#[cfg(test)]
mod tests;
mod waterfall;

pub use comparison::{comparison, so_far};
pub(crate) use reordering::reordering;
pub(crate) use scaling::scaling;
pub use several::comparisons;
pub(super) use waterfall::waterfall;
