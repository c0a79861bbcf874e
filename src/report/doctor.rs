//! What was found of a machine, for people: a line a finding, remedies below, and the
//! conclusion last, where it is on the screen.

use std::fmt::Write as _;

use super::Style;
use super::paint::{Meaning, finish, paint};
use super::text::{safe, wrap};
use crate::doctor::{Diagnosis, Finding, Status};

/// Columns of the word for a status, and of the name of a check, with a gap.
const STATUS: usize = 11;
const CHECK: usize = 14;

/// The findings and what they come to.
pub fn text(diagnosis: &Diagnosis, style: &Style) -> String {
    let mut out = String::new();
    for finding in &diagnosis.findings {
        let _ = writeln!(out, "{}", one(finding, style));
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
    let _ = write!(out, "\n{}\n", paint(meaning, conclusion));
    finish(&out, style.color)
}

fn one(finding: &Finding, style: &Style) -> String {
    let (meaning, status) = match finding.status {
        Status::Ok => (Meaning::Better, "ok"),
        Status::Warning => (Meaning::Open, "warning"),
        Status::Problem => (Meaning::Worse, "problem"),
        Status::NotTried => (Meaning::Quiet, "not tried"),
    };
    let name = finding.check.name();
    let indent = STATUS + CHECK;
    let mut rows = Vec::new();
    if finding.status != Status::NotTried {
        rows.push(wrapped(&finding.found, indent, style));
    }
    if let Some(remedy) = &finding.remedy {
        rows.push(wrapped(&format!("→ {remedy}"), indent, style));
    }
    let body = rows.join(&format!("\n{}", " ".repeat(indent)));
    let status = paint(meaning, &format!("{status:<STATUS$}"));
    format!("{status}{name:<CHECK$}{body}")
        .trim_end()
        .to_owned()
}

/// Prose beside the columns before it.
fn wrapped(prose: &str, indent: usize, style: &Style) -> String {
    let words: Vec<String> = prose.split_whitespace().map(safe).collect();
    let columns = style.width.saturating_sub(indent).max(30);
    wrap(&words.join(" "), columns, 0).replace('\n', &format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests;
