//! Lines as comma-separated values, for spreadsheets and data frames: numbers as they are,
//! in seconds and parts of one.

use csv::Writer;

use crate::compare::{Comparison, Comparisons, Estimate, LineComparison, LineSide};
use crate::foreign::Foreign;
use crate::profile::AnnotatedProfile;
use crate::source::Origin;

/// The columns of a line in a comparison.
const COMPARED: [&str; 31] = [
    "version",
    "kind",
    "block",
    "before_file",
    "before_line",
    "before_function",
    "before_source",
    "before_samples",
    "before_share",
    "before_share_low",
    "before_share_high",
    "before_cost_s",
    "before_cost_s_low",
    "before_cost_s_high",
    "after_file",
    "after_line",
    "after_function",
    "after_source",
    "after_samples",
    "after_share",
    "after_share_low",
    "after_share_high",
    "after_cost_s",
    "after_cost_s_low",
    "after_cost_s_high",
    "cost_shift_s",
    "cost_shift_s_low",
    "cost_shift_s_high",
    "adjusted_p",
    "evidence",
    "verdict",
];

/// The columns of a line in a profile.
const PROFILED: [&str; 8] = [
    "file",
    "library",
    "line",
    "function",
    "source",
    "self_samples",
    "total_samples",
    "share",
];

/// Every line of a comparison.
pub fn comparison(comparison: &Comparison) -> String {
    table(
        &COMPARED,
        comparison
            .lines
            .iter()
            .map(|line| compared(comparison, line)),
    )
}

/// Every line of several comparisons, one below the other.
pub fn comparisons(several: &Comparisons) -> String {
    let all = several.comparisons.iter();
    let lines = all.flat_map(|it| it.lines.iter().map(move |line| compared(it, line)));
    table(&COMPARED, lines)
}

/// Every line of a profile that has samples.
pub fn profile(profile: &AnnotatedProfile) -> String {
    let rows = profile.files.iter().flat_map(|file| {
        let lines = file.ranges.iter().flat_map(|range| &range.lines);
        let sampled = lines.filter_map(move |line| Some((line, line.share?)));
        sampled.map(move |(line, share)| {
            vec![
                text(&file.path),
                (file.origin == Origin::Library).to_string(),
                line.number.to_string(),
                text(line.function.as_deref().unwrap_or_default()),
                text(&line.text),
                line.counts.self_samples.to_string(),
                line.counts.total.to_string(),
                share.get().to_string(),
            ]
        })
    });
    table(&PROFILED, rows)
}

fn compared(comparison: &Comparison, line: &LineComparison) -> Vec<String> {
    let change = &line.change;
    let mut row = vec![
        text(&comparison.after.variant.name),
        word(&line.kind),
        line.hunk.map(|id| id.to_string()).unwrap_or_default(),
    ];
    row.extend(side(line.before.as_ref()));
    row.extend(side(line.after.as_ref()));
    row.extend(estimate(&change.cost_shift_s));
    row.push(change.adjusted_p.map(|p| p.to_string()).unwrap_or_default());
    row.push(word(&change.evidence));
    row.push(word(&change.verdict));
    row
}

fn side(side: Option<&LineSide>) -> Vec<String> {
    let Some(side) = side else {
        return vec![String::new(); 11];
    };
    let mut row = vec![
        text(&side.file),
        side.line.to_string(),
        text(side.function.as_deref().unwrap_or_default()),
        text(&side.text),
        side.samples.to_string(),
    ];
    row.extend(estimate(&side.share));
    row.extend(estimate(&side.cost_s));
    row
}

fn estimate<T: Copy + Into<f64>>(estimate: &Estimate<T>) -> [String; 3] {
    let number = |value: T| value.into().to_string();
    let end = |end: Option<T>| end.map(number).unwrap_or_default();
    [
        number(estimate.value),
        end(estimate.low),
        end(estimate.high),
    ]
}

/// The word that JSON has for a value of an enumeration.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Foreign text, without what a terminal would obey. What a spreadsheet would take for a
/// formula has a quotation mark before it.
fn text(text: &str) -> String {
    let text = Foreign::new(text).line();
    if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let head = head.iter().map(|&name| name.to_owned()).collect();
    for row in std::iter::once(head).chain(rows) {
        let row: Vec<String> = row;
        writer
            .write_record(row)
            .expect("memory can be written to, and all rows are as long");
    }
    let bytes = writer.into_inner().expect("memory can be written to");
    String::from_utf8(bytes).expect("it was made of text")
}

#[cfg(test)]
mod tests;
