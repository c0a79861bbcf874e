//! Reports in GitHub's Markdown, for pull requests: a summary of a few lines, and the
//! rest folded away below it.

mod comparison;
mod profile;
mod reordering;
mod room;
mod scaling;
mod syntax;
mod table;
#[cfg(test)]
mod tests;

pub use comparison::{comparison, comparisons};
pub use profile::profile;
pub(crate) use reordering::reordering;
pub(crate) use scaling::scaling;
