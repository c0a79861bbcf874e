//! A comparison for the terminal: the verdict in a sentence, the lines that
//! matter in a table, and at the end what was measured and how well.

mod comparison;
mod layout;
mod reordering;
mod several;
mod table;
#[cfg(test)]
mod tests;

pub use comparison::{comparison, so_far};
pub(crate) use reordering::reordering;
pub use several::comparisons;
