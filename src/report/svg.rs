//! The steps from the cost before to that after as a picture: a file of its own, which looks
//! right on light and on dark pages, and a part of the page that [`html`](super::html) makes.

use askama::Template;

use super::contents::waterfall::{Bar, BarKind, Picture, picture};
use crate::compare::{Comparison, Comparisons};
use crate::pair::Side;
use crate::source::LineNumber;
use crate::text::{Meaning, Text};

mod curves;

pub(crate) use curves::scaling;
pub(super) use curves::{Curves, curves};

/// Judged changes that have a bar of their own.
const MOST_STEPS: usize = 12;

/// Height of a row, and of what is above the first and below the last of them.
const ROW: usize = 28;
const ABOVE: usize = 34;
const BELOW: usize = 10;

/// Where the bars may be, of a width of 1000.
const LEFT: f64 = 480.0;
const RIGHT: f64 = 990.0;

/// Columns of what a bar is about.
const LABEL: usize = 42;

/// A bar is never narrower.
const LEAST_WIDTH: f64 = 1.5;

/// The steps of one comparison; its width is 1000.
pub(super) struct Drawing {
    /// What it shows, in words.
    pub(super) title: Text,
    pub(super) rows: Vec<Row>,
    /// The height of all of it.
    pub(super) height: usize,
    /// Whether it is a part of a page, where the keyboard leads from bar to bar.
    pub(super) is_on_page: bool,
}

/// One bar with what is written beside it.
pub(super) struct Row {
    /// The upper edge.
    pub(super) y: usize,
    /// What kind of bar it is.
    pub(super) class: &'static str,
    pub(super) place: Text,
    pub(super) label: Text,
    pub(super) value: Text,
    /// All of it, for whoever points at it or hears it.
    pub(super) sentence: Text,
    /// Where the bar is.
    pub(super) x: String,
    pub(super) width: String,
    /// Where its end may be instead.
    pub(super) whisker: Option<[String; 2]>,
    /// Where the next bar begins, if there is one.
    pub(super) end: Option<String>,
    /// What the bar leads to.
    pub(super) anchor: Option<String>,
}

/// The file.
#[derive(Template)]
#[template(path = "waterfall.svg")]
struct File {
    drawings: Vec<(usize, Drawing)>,
    height: usize,
}

/// Shows where the cost of a comparison went, as a file.
pub fn comparison(comparison: &Comparison) -> String {
    file([comparison])
}

/// The same of several comparisons, one below the other.
pub fn comparisons(several: &Comparisons) -> String {
    file(&several.comparisons)
}

/// # Panics
/// Never: no part of a picture fails to show itself.
fn file<'c>(comparisons: impl IntoIterator<Item = &'c Comparison>) -> String {
    let mut height = 0;
    let mut drawings = Vec::new();
    for comparison in comparisons {
        let drawing = drawing(comparison, |_| None);
        let top = height;
        height += drawing.height;
        drawings.push((top, drawing));
    }
    let file = File { drawings, height };
    file.render().expect("memory takes all that is written")
}

/// The picture of a comparison, in which lines lead somewhere. Where nothing has a cost it has a
/// title that says so.
pub(super) fn drawing(
    comparison: &Comparison,
    anchor: impl Fn((Side, &str, LineNumber)) -> Option<String>,
) -> Drawing {
    let Some(picture) = picture(comparison, MOST_STEPS) else {
        return Drawing {
            title: "No costs: no sample was taken.".into(),
            rows: Vec::new(),
            height: ABOVE + BELOW,
            is_on_page: false,
        };
    };
    let last = picture.bars.len() - 1;
    let bars = picture.bars.iter().enumerate();
    let rows: Vec<Row> = bars
        .map(|(index, bar)| {
            let first = bar.first.as_ref();
            let anchor = first.and_then(|(side, file, line)| anchor((*side, file, *line)));
            row(bar, &picture, index, index == last, anchor)
        })
        .collect();
    Drawing {
        title: picture.title,
        height: ABOVE + ROW * rows.len() + BELOW,
        is_on_page: false,
        rows,
    }
}

fn row(bar: &Bar, picture: &Picture, index: usize, is_last: bool, anchor: Option<String>) -> Row {
    let x = |value: f64| LEFT + (RIGHT - LEFT) * (value / picture.most_s).clamp(0.0, 1.0);
    let (from, to) = (x(bar.level_s.before), x(bar.level_s.after));
    let margin = bar.margin.clone().map(|margin| Text::from(" ") + margin);
    let room = LABEL.saturating_sub(bar.place.width());
    Row {
        y: ABOVE + ROW * index,
        class: class(bar.kind),
        place: bar.place.clone(),
        label: bar.label.clone().truncated(room),
        value: Text::from(bar.value.clone()) + margin,
        sentence: bar.sentence.clone(),
        x: tenths(from.min(to)),
        width: tenths((from - to).abs().max(LEAST_WIDTH)),
        whisker: bar
            .ends_s
            .map(|(low, high)| [tenths(x(low)), tenths(x(high))]),
        end: (!is_last).then(|| tenths(to)),
        anchor,
    }
}

fn tenths(value: f64) -> String {
    format!("{value:.1}")
}

const fn class(kind: BarKind) -> &'static str {
    match kind {
        BarKind::Whole => "whole",
        BarKind::Judged(Meaning::Worse) => "rise",
        BarKind::Judged(_) => "fall",
        BarKind::Open => "unclear",
        BarKind::Rest => "rest",
    }
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::foreign::is_invisible;
    use crate::report::fixture;

    /// A file that is XML, and asks for nothing outside of itself.
    #[track_caller]
    pub(super) fn check_form(svg: &str) {
        let invisible = |c: char| c != '\n' && (c.is_control() || is_invisible(c));
        assert!(!svg.contains(invisible), "{svg:?}");
        let mut reader = Reader::from_str(svg);
        loop {
            match reader.read_event().expect(svg) {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                    let known = [
                        "svg", "style", "title", "desc", "g", "rect", "text", "tspan", "path",
                        "line",
                    ];
                    assert!(known.contains(&&*name), "{name}");
                    for attribute in tag.attributes() {
                        let key = attribute.expect(svg).key;
                        let key = String::from_utf8_lossy(key.as_ref()).into_owned();
                        assert!(!key.starts_with("on") && !key.contains("href"), "{key}");
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_kind_of_comparison() {
        for (name, compared) in fixture::all() {
            let svg = comparison(&compared);
            check_form(&svg);
            let body = svg.split_once("</style>").unwrap().1;
            insta::assert_snapshot!(name, body);
        }
    }

    #[test]
    fn several_are_below_each_other() {
        let svg = comparisons(&fixture::several());
        check_form(&svg);
        assert_eq!(svg.matches(">Cost of one image in µs").count(), 4);
    }

    /// Each bar begins where the one before it ended.
    #[test]
    fn bars_hang_together() {
        let drawing = drawing(&fixture::dither().comparison, |_| None);
        let number = |text: &str| text.parse::<f64>().unwrap();
        let mut rows = drawing.rows.windows(2);
        assert!(rows.all(|rows| {
            let end = number(rows[0].end.as_ref().unwrap());
            let (x, width) = (number(&rows[1].x), number(&rows[1].width));
            let is_whole = rows[1].class == "whole";
            (end - x).abs() < 2.0 || (end - x - width).abs() < 2.0 || is_whole
        }));
    }
}
