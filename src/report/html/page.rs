//! What the template of a page is given.

use askama::Template;

use super::dots::DotPlot;
use super::markup::{Painted, class};
use super::table::Table;
use super::{chart, source};
use crate::pair::Pair;
use crate::report::contents::{counters, headline, loops};
use crate::report::svg;
use crate::syntax::Shade;
use crate::text::Text;

/// What made the page.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A page.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page {
    pub(super) title: Text,
    pub(super) ranking: Option<Ranking>,
    pub(super) reports: Vec<Report>,
}

/// More than two versions by their throughput.
pub(super) struct Ranking {
    pub(super) sentence: Painted,
    pub(super) dots: Option<DotPlot>,
    pub(super) headings: Vec<Painted>,
    pub(super) rows: Vec<Vec<Painted>>,
    pub(super) placebo: Option<Painted>,
}

/// One comparison, or one profile.
pub(super) struct Report {
    /// What tells its anchors from those of others on the page.
    pub(super) id: String,
    pub(super) title: Painted,
    /// Whether there are two sides.
    pub(super) is_comparison: bool,
    pub(super) metrics: Vec<Metric>,
    pub(super) chart: Option<chart::Chart>,
    /// The steps from the cost before to that after.
    pub(super) waterfall: Option<svg::Drawing>,
    pub(super) gate: Option<Gate>,
    pub(super) notes: Vec<Painted>,
    pub(super) findings: Vec<Painted>,
    /// What is said before the remarks.
    pub(super) remarks_heading: &'static str,
    /// What the compiler says otherwise.
    pub(super) remarks: Vec<Painted>,
    /// What was counted, counter by counter.
    pub(super) counters: Vec<Listed>,
    /// The hottest loops, of each side.
    pub(super) loops: Vec<Listed>,
    pub(super) table: Option<Table>,
    pub(super) legend: Option<Painted>,
    /// What is to be known of instructions.
    pub(super) code_notes: Vec<Painted>,
    pub(super) files: Vec<source::File>,
    pub(super) measured: Painted,
    pub(super) facts: Vec<Fact>,
    pub(super) sides: Pair<Painted>,
    pub(super) warnings: Vec<Painted>,
}

/// Some lines below a heading.
pub(super) struct Listed {
    pub(super) heading: Painted,
    pub(super) items: Vec<Painted>,
}

/// How one metric of the script changed.
pub(super) struct Metric {
    /// How it is coloured.
    pub(super) class: &'static str,
    pub(super) sentence: Painted,
    pub(super) values: Painted,
    pub(super) question: Painted,
}

/// Whether the rules are kept.
pub(super) struct Gate {
    pub(super) sentence: Painted,
    pub(super) rules: Vec<Painted>,
}

/// What is to be known of each side.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) values: Pair<Painted>,
}

impl From<loops::Loops> for Listed {
    fn from(it: loops::Loops) -> Self {
        Self {
            heading: it.heading.into(),
            items: painted(it.loops),
        }
    }
}

impl From<counters::Section> for Listed {
    fn from(it: counters::Section) -> Self {
        Self {
            heading: it.heading.into(),
            items: painted(it.lines),
        }
    }
}

/// Each of some texts.
pub(super) fn painted(texts: impl IntoIterator<Item = Text>) -> Vec<Painted> {
    texts.into_iter().map(Painted::from).collect()
}

impl From<headline::Paragraph> for Metric {
    fn from(paragraph: headline::Paragraph) -> Self {
        Self {
            class: class(&paragraph.sentence),
            sentence: paragraph.sentence.into(),
            values: paragraph.values.into(),
            question: paragraph.question.into(),
        }
    }
}

impl From<(&'static str, Pair<Text>)> for Fact {
    fn from((label, values): (&'static str, Pair<Text>)) -> Self {
        let values = values.map(Painted::from);
        Self { label, values }
    }
}

impl Page {
    /// Whether two versions are beside each other on it.
    fn compares(&self) -> bool {
        self.reports.iter().any(|report| report.is_comparison)
    }
}

/// Puts a page together.
///
/// # Panics
/// Never: no part of a page fails to show itself.
pub(super) fn render(page: &Page) -> String {
    page.render().expect("memory takes all that is written")
}
