//! What was found of a machine, for people: one line per finding, remedies below, and the
//! conclusion last, where it is on the screen.

use super::Style;
use super::paint::Sheet;
use crate::doctor::{Diagnosis, Finding, Status};
use crate::text::Alignment::Left;
use crate::text::{Meaning, Text};

/// Columns of the word for a status, and of the name of a check, with a gap.
const STATUS: usize = 11;
const CHECK: usize = 14;

/// The findings and what they come to.
pub(crate) fn text(diagnosis: &Diagnosis, style: &Style) -> String {
    let mut sheet = Sheet::default();
    for finding in &diagnosis.findings {
        sheet.extend(one(finding, style));
    }
    let count = |status| {
        let findings = diagnosis.findings.iter();
        findings.filter(|it| it.status == status).count()
    };
    let (meaning, conclusion) = match (diagnosis.works, count(Status::Warning)) {
        (false, _) => (Meaning::Worse, "profila cannot profile Numba here."),
        (true, 0) => (Meaning::Better, "profila can profile Numba here."),
        (true, _) => (
            Meaning::Open,
            "profila can profile Numba here; the warnings say what would improve it.",
        ),
    };
    sheet.blank();
    sheet.line(Text::from(conclusion).meaning(meaning));
    sheet.finish(style.color)
}

fn one(finding: &Finding, style: &Style) -> Vec<Text> {
    let (meaning, status) = match finding.status {
        Status::Ok => (Meaning::Better, "ok"),
        Status::Warning => (Meaning::Open, "warning"),
        Status::Problem => (Meaning::Worse, "problem"),
        Status::NotTried => (Meaning::Quiet, "not tried"),
    };
    let mut body = Vec::new();
    if finding.status != Status::NotTried {
        body.extend(beside(&Text::prose(&finding.found), style));
    }
    if let Some(remedy) = &finding.remedy {
        body.extend(beside(&(Text::from("→ ") + Text::prose(remedy)), style));
    }
    if body.is_empty() {
        body.push(Text::new());
    }
    let status = Text::from(status).padded(STATUS, Left).meaning(meaning);
    let name = Text::from(finding.check.name()).padded(CHECK, Left);
    let before = std::iter::once(status + name);
    let before = before.chain(std::iter::repeat(Text::spaces(STATUS + CHECK)));
    let rows = before.zip(body).map(|(before, row)| before + row);
    rows.collect()
}

/// Prose beside the columns before it.
fn beside(prose: &Text, style: &Style) -> Vec<Text> {
    let columns = style.width.saturating_sub(STATUS + CHECK).max(30);
    prose.wrapped(columns, 0)
}

#[cfg(test)]
mod tests;
