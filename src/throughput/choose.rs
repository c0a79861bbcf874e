//! Which of the numbers that a script printed is its result.

use std::ops::Range;

use super::benchmarks::{self, Benchmarks};
use super::doubt::{self, Likeness, Unread};
use super::forms::{self, Candidate};
use super::harness;
use super::number::{self, Number, Value};
use super::text;
use super::unit::{self, Meaning};

/// What was found in a script's output.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// Its result.
    Result {
        /// The value, as it was written.
        digits: String,
        /// The value.
        value: Value,
        /// What its unit says.
        meaning: Meaning,
    },
    /// Something that looks like one.
    Unread(Unread),
    /// Nothing.
    Nothing,
}

/// The result in an output: it is on the last line that has one or looks like it.
pub(super) fn result(output: &str) -> Found {
    let output = text::plain(output);
    let lines: Vec<&str> = text::lines(&output).collect();
    let table = harness::pytest_rows(&lines);
    let below_table = table.last().map_or(0, |(at, _)| at + 1);
    let mut below = (below_table..lines.len()).rev();
    let found = below.find_map(|at| {
        let found = in_line(lines[at]);
        (found != Found::Nothing).then(|| of_one(&lines, at, found))
    });
    match found.unwrap_or_else(|| in_table(&lines, table)) {
        Found::Nothing => below_head(&lines),
        found => found,
    }
}

/// What was found on a line, unless it is of a harness that printed several results.
fn of_one(lines: &[&str], at: usize, found: Found) -> Found {
    match benchmarks::of(lines, at) {
        Benchmarks::One(its) if its == at => found,
        Benchmarks::One(its) => in_line(lines[its]),
        Benchmarks::Several => not_chosen(lines[at], "it is one of several benchmarks"),
        Benchmarks::Spread => not_chosen(lines[at], "it is the spread of the repetitions"),
    }
}

/// A line whose values are known, and not which of them is the result.
fn not_chosen(line: &str, why: &str) -> Found {
    Found::Unread(Unread {
        line: doubt::shown(line),
        why: why.to_owned(),
        ways: Vec::new(),
        likeness: Likeness::Rate,
    })
}

/// A table that is not of a known harness and has a rate in its head.
fn below_head(lines: &[&str]) -> Found {
    let mut pairs = lines.windows(2).rev();
    let unread = pairs.find_map(|pair| doubt::of_head(pair[0], pair[1]));
    unread.map_or(Found::Nothing, Found::Unread)
}

fn in_table(lines: &[&str], mut table: Vec<(usize, harness::Row)>) -> Found {
    let Some((at, row)) = table.pop() else {
        return Found::Nothing;
    };
    let line = lines[at];
    if table.is_empty() {
        return certain(line, row.span, row.meaning);
    }
    not_chosen(line, "its table has several benchmarks")
}

fn in_line(line: &str) -> Found {
    if let Some(row) = harness::row(line) {
        return certain(line, row.span, row.meaning);
    }
    let mut candidates = forms::candidates(line);
    let outermost = candidates.iter().map(|it| it.depth).min();
    candidates.retain(|it| Some(it.depth) == outermost);
    match &*candidates {
        [] => doubt::of_line(line).map_or(Found::Nothing, Found::Unread),
        [first, rest @ ..] if first.doubt.is_none() && rest.iter().all(|it| agree(first, it)) => {
            certain(line, first.span.clone(), first.meaning.clone())
        }
        _ => Found::Unread(doubt::of_candidates(line, &candidates)),
    }
}

fn certain(line: &str, span: Range<usize>, meaning: Meaning) -> Found {
    let digits = line[span].to_owned();
    match number::parse(&digits) {
        Some(Number::Certain(value)) => Found::Result {
            digits,
            value,
            meaning,
        },
        _ => Found::Unread(Unread {
            line: doubt::shown(line),
            why: format!("`{digits}` can be read in more than one way"),
            ways: Vec::new(),
            likeness: Likeness::Rate,
        }),
    }
}

/// Whether two values of a line say the same, as `200 it/s` and `5 ms/it` do.
fn agree(one: &Candidate, other: &Candidate) -> bool {
    let (Some(price), Some(other_price)) = (price(one), price(other)) else {
        return false;
    };
    let named = (one.meaning.work(), other.meaning.work());
    let is_same = |(one, other): (&str, &str)| unit::is_same_work(one, other);
    named.0.zip(named.1).is_none_or(is_same)
        && price.start < other_price.end
        && other_price.start < price.end
}

/// The seconds that a unit of work takes: each value is off by half a step of its last
/// digit at most.
fn price(candidate: &Candidate) -> Option<Range<f64>> {
    let (Number::Certain(Value { number, step }), None) = (candidate.number, candidate.doubt)
    else {
        return None;
    };
    let factor = candidate.meaning.factor();
    let ends = [-0.5, 0.5].map(|part| (number + part * step).max(0.0) * factor);
    match candidate.meaning {
        Meaning::Rate { .. } => Some(1.0 / ends[1]..1.0 / ends[0]),
        Meaning::Duration { .. } => Some(ends[0]..ends[1]),
        Meaning::Other => None,
    }
}
