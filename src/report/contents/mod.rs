//! What a report of a comparison says, in no particular form: its sentences, and the
//! rows and cells of its tables. [`terminal`](super::terminal),
//! [`markdown`](super::markdown) and the others put them into a form of theirs.
//!
//! All of it is [`Text`](crate::text::Text), in which words, numbers, names, source and
//! whatever else comes from outside are told apart: whoever shows it escapes each as its form
//! has to.

pub(super) mod assembly;
pub(super) mod cells;
pub(super) mod closing;
pub(super) mod code;
pub(super) mod counters;
pub(super) mod files;
pub(super) mod findings;
pub(super) mod gate;
pub(super) mod headline;
pub(super) mod left_out;
mod legend;
pub(super) mod loops;
pub(super) mod noise;
pub(super) mod regions;
pub(super) mod remarks;
pub(super) mod reordering;
pub(super) mod rows;
pub(super) mod scaling;
pub(super) mod several;
mod warnings;
pub(super) mod waterfall;
mod words;

pub(super) use self::legend::legend;
pub(super) use self::warnings::warnings;
pub(super) use self::words::{NO_LINES, cost_word, metric_word, names};
