//! The warnings, as many as are said.

use crate::foreign::ForeignText;
use crate::text::{Number, Text};

/// Warnings that are said; of more it is said how many there are.
const MOST_WARNINGS: usize = 100;

/// The warnings, each on one line. Some quote what a script printed or a document holds.
pub(in crate::report) fn warnings(warnings: &[ForeignText]) -> Vec<Text> {
    let shown = warnings.iter().take(MOST_WARNINGS);
    let shown = shown.map(Text::prose);
    let more = match warnings.len().saturating_sub(MOST_WARNINGS) {
        0 => None,
        more => Some(Text::from("there are ") + Number::new(more) + " more warnings in the JSON"),
    };
    shown.chain(more).collect()
}
