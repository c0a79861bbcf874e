//! The results of harnesses that print several numbers of one benchmark in a form of their
//! own, of which one is the result.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::unit::{self, Meaning, TIME};

/// The result in a line of a harness.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its digits, as bytes of the line.
    pub(super) span: Range<usize>,
    /// What its unit says.
    pub(super) meaning: Meaning,
}

/// Lines with the result in the group `value`, its unit in `unit`, and what it is the time
/// of.
static ROWS: LazyLock<[(Regex, Option<&str>); 3]> = LazyLock::new(|| {
    let number = r"[0-9][0-9.,]*(?:[eE][+\-]?[0-9]+)?";
    let time = format!("(?i:{TIME})");
    let row = |pattern: String| Regex::new(&pattern).expect("the pattern is valid");
    [
        // Go: BenchmarkFib-8   1000   1234 ns/op   810.37 MB/s   48 B/op
        (
            row(format!(
                r"^Benchmark\S*\s+[0-9]+\s+(?P<value>{number})\s+(?P<unit>{time}/op)\b"
            )),
            None,
        ),
        // Google Benchmark: BM_Fib/8   1234 ns   1230 ns   568123 items_per_second=1.2M/s
        (
            row(format!(
                r"^\S+\s+(?P<value>{number})\s+(?P<unit>{time})\s+{number}\s+{time}\s+[0-9]+(?:\s|$)"
            )),
            Some("iteration"),
        ),
        // Criterion: time:   [1.2345 µs 1.2456 µs 1.2567 µs], and thrpt: of rates.
        (
            row(format!(
                r"\b(?:time|thrpt):\s+\[{number}\s+\S+\s+(?P<value>{number})\s+(?P<unit>\S+)\s+{number}\s+[^\s\]]+\]"
            )),
            None,
        ),
    ]
});

/// The result in a line, where it is one of a harness.
pub(super) fn row(line: &str) -> Option<Row> {
    ROWS.iter().find_map(|(pattern, work)| {
        let found = pattern.captures(line)?;
        let meaning = match (unit::understand(&found["unit"]), work) {
            (Meaning::Duration { work: None, factor }, Some(work)) => Meaning::Duration {
                work: Some((*work).to_owned()),
                factor,
            },
            (Meaning::Other, _) => return None,
            (meaning, _) => meaning,
        };
        Some(Row {
            span: found.name("value")?.range(),
            meaning,
        })
    })
}

/// The head of a table of `pytest-benchmark`, with the unit of its times.
static PYTEST_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^Name \(time in (?P<unit>\S+)\)\s+(?P<columns>.*)$").expect("the pattern is valid")
});

/// A value of that table, perhaps with how it compares with the best in brackets.
static PYTEST_CELL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s(?P<value>[0-9][0-9,]*\.[0-9]+)(?:\s+\([0-9.,>]+\))?")
        .expect("the pattern is valid")
});

/// The rows of the last table of `pytest-benchmark` in these lines: their numbers, the
/// line each is on and the mean in it.
pub(super) fn pytest_rows(lines: &[&str]) -> Vec<(usize, Row)> {
    let mut heads = lines.iter().enumerate().rev();
    let head = heads.find_map(|(at, line)| Some((at, PYTEST_HEAD.captures(line)?)));
    let Some((at, head)) = head else {
        return Vec::new();
    };
    let mut columns = head["columns"].split_whitespace();
    let Some(mean) = columns.position(|column| column == "Mean") else {
        return Vec::new();
    };
    let meaning = unit::understand(&head["unit"]);
    let is_rule = |line: &str| line.chars().all(|c| c == '-');
    let rows = lines[at + 1..].iter().enumerate();
    let rows = rows
        .skip_while(|(_, line)| is_rule(line))
        .take_while(|(_, line)| !is_rule(line));
    rows.filter_map(|(below, line)| {
        let cell = PYTEST_CELL.captures_iter(line).nth(mean)?;
        let row = Row {
            span: cell.name("value")?.range(),
            meaning: meaning.clone(),
        };
        Some((at + 1 + below, row))
    })
    .collect()
}
