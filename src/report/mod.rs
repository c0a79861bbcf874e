//! Shows what was measured and concluded. Comparisons: [`terminal`], [`markdown`],
//! `github`, [`html`], `junit`, [`svg`]. A profile: `annotate`, [`markdown`], [`html`],
//! `stacks`. Both: [`csv`], and as JSON [`document`](crate::document). What is found of a
//! machine: `doctor`.
//!
//! What the reports of comparisons have in common, their sentences and rows, is in
//! `contents`; the modules above put it into their form.
//!
//! Nothing is computed here. A number is rounded and given a unit, a verdict is
//! spelt out, and that is all: whoever wants to know *why* reads `compare`.
//! Nothing is printed either; every renderer returns its text.

pub(crate) mod annotate;
pub(crate) mod baselines;
mod contents;
pub mod csv;
pub(crate) mod doctor;
#[cfg(test)]
pub(crate) mod fixture;
mod format;
pub mod forms;
pub(crate) mod github;
#[cfg(test)]
mod hostile;
pub mod html;
pub(crate) mod junit;
#[cfg(test)]
mod kinds;
pub mod markdown;
mod paint;
pub(crate) mod stacks;
pub mod svg;
mod symbol;
pub mod terminal;

use crate::selection::Selection;

/// How a report is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns to stay within.
    pub width: usize,
    /// Whether escape codes may be used. Without them nothing is lost: colour
    /// only repeats what a word or a sign says.
    pub color: bool,
    /// Whether every line with samples is listed, or only those that matter.
    pub all: bool,
    /// Whether words are explained, and what was measured is shown in full.
    pub explain: bool,
    /// The name of a picture of the steps that lies beside the report, for forms that can show
    /// one.
    pub picture: Option<String>,
    /// Which lines are shown at all.
    pub selection: Selection,
}

impl Default for Style {
    /// A pipe: 100 columns, no escape codes, the lines that matter.
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
            all: false,
            explain: false,
            picture: None,
            selection: Selection::default(),
        }
    }
}
