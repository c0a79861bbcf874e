//! How a script grows with a size, as a page.

use askama::Template;

use super::markup::Painted;
use super::page::painted;
use crate::report::contents::scaling::contents;
use crate::report::svg::{Curves, curves};
use crate::scaling::Scaling;
use crate::text::Text;

/// What made the page.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A page.
#[derive(Template)]
#[template(path = "scaling.html")]
struct Page {
    title: Text,
    sentences: Vec<Painted>,
    curves: Curves,
    headings: Vec<Painted>,
    rows: Vec<Vec<Painted>>,
    left_out: Option<Painted>,
    measured: Painted,
    legend: Painted,
    warnings: Vec<Painted>,
}

/// Shows how a script grows.
///
/// # Panics
/// Never: no part of a page fails to show itself.
pub(crate) fn scaling(found: &Scaling) -> String {
    let contents = contents(found);
    let page = Page {
        title: Text::foreign(&found.program) + " by " + Text::label(&found.parameter),
        sentences: painted(contents.sentences),
        curves: curves(found),
        headings: painted(contents.headings),
        rows: contents.rows.into_iter().map(painted).collect(),
        left_out: contents.left_out.map(Into::into),
        measured: contents.measured.into(),
        legend: contents.legend.into(),
        warnings: painted(contents.warnings),
    };
    page.render().expect("memory takes all that is written")
}
