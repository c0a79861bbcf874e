//! One comparison, or several, as a page.

use super::chart;
use super::markup::Painted;
use super::page::{Gate, Page, Ranking, Report, painted, render};
use super::source;
use super::table::table;
use crate::compare::{Comparison, Comparisons};
use crate::pair::Pair;
use crate::report::contents::rows::Section;
use crate::report::contents::{
    self, closing, counters, findings, gate, headline, loops, names, regions, remarks, rows,
    several,
};
use crate::report::{Style, svg};
use crate::text::Text;

/// Shows a comparison.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let report = report(comparison, "r1", style);
    let Pair { before, after } = names(comparison);
    render(&Page {
        title: after + " against " + before,
        ranking: None,
        reports: vec![report],
    })
}

/// Shows several comparisons on one page.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let all = several.comparisons.iter().zip(1..);
    let reports = all.map(|(comparison, number)| report(comparison, &format!("r{number}"), style));
    let ranking = several::summary(several).map(|summary| Ranking {
        sentence: summary.sentence.into(),
        dots: several::dots(several).map(Into::into),
        headings: painted(summary.headings),
        rows: summary.rows.into_iter().map(painted).collect(),
        placebo: several
            .placebo
            .as_ref()
            .map(|placebo| several::placebo(placebo).into()),
    });
    let base = several.comparisons.first().map(|first| names(first).before);
    render(&Page {
        title: Text::from("versions of ") + base,
        ranking,
        reports: reports.collect(),
    })
}

fn report(comparison: &Comparison, id: &str, style: &Style) -> Report {
    // All lines are in the source below.
    let that_matter = Style {
        all: false,
        ..style.clone()
    };
    let sections = rows::sections(comparison, &that_matter, rows::Choice::Table);
    let scale = rows::scale(&sections);
    let metrics = headline::paragraphs(comparison).into_iter();
    let found = findings::sentences(comparison, &scale);
    let Pair { before, after } = names(comparison);
    let facts = closing::facts(comparison).into_iter();
    let assembly = comparison.assembly.as_ref();
    Report {
        id: id.to_owned(),
        title: (after.clone() + " against " + before.clone()).into(),
        is_comparison: true,
        metrics: metrics.map(Into::into).collect(),
        chart: chart::chart(comparison),
        waterfall: waterfall(comparison, id),
        gate: comparison.gate.as_ref().map(|gate| Gate {
            sentence: gate::sentence(gate).into(),
            rules: painted(gate.rules.iter().map(gate::rule)),
        }),
        notes: notes(comparison, &sections, &found, style),
        findings: painted(found),
        remarks_heading: remarks::HEADING,
        remarks: painted(remarks::sentences(comparison)),
        counters: counters::of_comparison(comparison)
            .into_iter()
            .chain(regions::of_comparison(comparison))
            .map(Into::into)
            .collect(),
        loops: assembly
            .map(|it| loops::of_comparison(comparison, it, &style.selection))
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect(),
        table: table(comparison, &sections, &scale, id),
        code_notes: assembly.map_or_else(Vec::new, |it| {
            painted(contents::assembly::introduction(comparison, it))
        }),
        legend: (!comparison.lines.is_empty()).then(|| contents::legend(comparison).into()),
        files: source::files(comparison, &scale, id, &style.selection),
        measured: closing::sentence(comparison).into(),
        facts: facts.map(Into::into).collect(),
        sides: Pair::new(before, after).map(|name| name.plainly().into()),
        warnings: painted(contents::warnings(&comparison.warnings)),
    }
}

/// The steps from the cost before to that after, if there are any; each line leads to the source.
fn waterfall(comparison: &Comparison, id: &str) -> Option<svg::Drawing> {
    let anchors = source::Anchors::of(comparison, id);
    let mut drawing = svg::drawing(comparison, |first| anchors.at(first));
    drawing.is_on_page = true;
    Some(drawing).filter(|drawing| !drawing.rows.is_empty())
}

/// What is said of the lines as a whole.
fn notes(
    comparison: &Comparison,
    sections: &[Section<'_>],
    found: &[Text],
    style: &Style,
) -> Vec<Painted> {
    let of_lines = if comparison.lines.is_empty() {
        contents::NO_LINES
    } else {
        findings::heading(found)
    };
    let missed = rows::nothing_selected(comparison, sections, style);
    painted([Text::from(of_lines)].into_iter().chain(missed))
}
