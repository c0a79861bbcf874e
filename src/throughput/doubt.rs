//! A line that looks like a rate and is not understood, and the patterns that would read
//! it.

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::forms::{self, Candidate, Doubt};
use super::number::{self, Number};
use super::unit::TIME;

/// A line of output that looks like a rate and is not understood with certainty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The line.
    pub line: String,
    /// Why it is not understood, as a fragment.
    pub why: String,
    /// What would read it, each a way to.
    pub ways: Vec<Way>,
    /// How much it looks like a rate.
    pub likeness: Likeness,
}

/// How much a line looks like a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It has a value with a unit of work per time: it is not certain which or how much.
    Rate,
    /// It has words of a rate and digits, and may be something else.
    Resembling,
}

/// A pattern that would read a line, and what it would make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The value that it would read, as it is in the line or would be understood.
    pub value: String,
    /// A value for `pattern` of `[throughput]`.
    pub pattern: String,
    /// Whether the unit beside the value says which direction is better.
    pub direction: Direction,
}

/// Whether it is known which direction of a value is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Its unit is that of a rate or a time.
    Known,
    /// `better` has to be said.
    ToBeSaid,
}

impl fmt::Display for Unread {
    /// A sentence, then a line for each pattern.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line, why, ways, ..
        } = self;
        write!(f, "`{line}` looks like a rate but was not read: {why}")?;
        for way in ways {
            let Way { value, pattern, .. } = way;
            write!(f, "\n  to read {value}: pattern = '{pattern}'")?;
            if way.direction == Direction::ToBeSaid {
                write!(f, ", with better = \"higher\" or \"lower\"")?;
            }
        }
        Ok(())
    }
}

/// Patterns that are shown of one line at most.
const MOST_WAYS: usize = 3;

/// Characters of a line that are shown.
const SHOWN: usize = 120;

/// What is told of a line with these rates, none of which is certain to be the result.
pub(super) fn of_candidates(line: &str, candidates: &[Candidate]) -> Unread {
    let ways = candidates.iter().flat_map(|it| ways(line, it));
    let why = match candidates {
        [one] => why(line, one),
        several => format!("it has {} candidates", several.len()),
    };
    Unread {
        line: shown(line),
        why,
        ways: ways.take(MOST_WAYS).collect(),
        likeness: likeness(candidates),
    }
}

/// What may all be of something else than the work only resembles a rate.
fn likeness(candidates: &[Candidate]) -> Likeness {
    let is_of_kind = |it: &Candidate| it.doubt.is_some_and(Doubt::is_of_kind);
    if candidates.iter().all(is_of_kind) {
        Likeness::Resembling
    } else {
        Likeness::Rate
    }
}

fn why(line: &str, candidate: &Candidate) -> String {
    let digits = &line[candidate.span.clone()];
    match (candidate.doubt, candidate.number) {
        (Some(Doubt::Comma), Number::Either { grouped, decimal }) => {
            format!(
                "`{digits}` may mean {} or {}",
                grouped.number, decimal.number
            )
        }
        (Some(Doubt::Space), _) => format!("`{digits}` may be one number or two"),
        (Some(Doubt::List), _) => "it has a range or several numbers with one unit".to_owned(),
        (Some(Doubt::NoUnit), _) => "its time has no unit".to_owned(),
        (Some(Doubt::Count), _) => "what follows its number is not a unit of a rate".to_owned(),
        (Some(Doubt::Frequency), _) => "it may be a computed frequency".to_owned(),
        (Some(Doubt::Statistic), _) => "it may be the mean of something else".to_owned(),
        _ => "its format is not recognized".to_owned(),
    }
}

/// The patterns that read a candidate.
fn ways(line: &str, candidate: &Candidate) -> Vec<Way> {
    let span = &candidate.span;
    let digits = &line[span.clone()];
    let way = |value: String, group: &str, span: &Range<usize>| Way {
        value,
        pattern: in_context(line, span, group),
        direction: direction(line, span),
    };
    match (candidate.doubt, candidate.number) {
        (_, Number::Either { grouped, decimal }) => vec![
            way(
                grouped.number.to_string(),
                r"(?P<value>[\d,]+)(?:\.(?P<fraction>\d+))?",
                span,
            ),
            way(
                decimal.number.to_string(),
                r"(?P<value>\d+)(?:,(?P<fraction>\d+))?",
                span,
            ),
        ],
        (Some(Doubt::Space), _) => {
            let last = digits
                .rfind(' ')
                .map_or(span.start, |at| span.start + at + 1);
            let last = last..span.end;
            vec![
                way(digits.to_owned(), r"(?P<value>[\d .,]*\d)", span),
                way(
                    line[last.clone()].to_owned(),
                    r"(?P<value>[\d.,]*\d)",
                    &last,
                ),
            ]
        }
        _ => vec![way(digits.to_owned(), &value_group(digits), span)],
    }
}

/// Whether the words beside a value say which direction is better.
fn direction(line: &str, span: &Range<usize>) -> Direction {
    match forms::meaning_at(line, span) {
        Some(_) => Direction::Known,
        None => Direction::ToBeSaid,
    }
}

/// A group that matches numbers of the form that these digits have.
fn value_group(digits: &str) -> String {
    let mut marks: String = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    marks.retain(|c| "_ \u{a0}\u{2007}\u{2009}\u{202f}’".contains(c));
    if digits.contains(['e', 'E']) {
        return r"(?P<value>[\d.]+(?:[eE][+-]?\d+)?)".to_owned();
    }
    format!(r"(?P<value>[\d.,{marks}]*\d)")
}

/// Words on each side of a value that a pattern is made of.
const CONTEXT: usize = 4;

/// A pattern that finds a place of a line by the words around it, in which digits may
/// change.
fn in_context(line: &str, span: &Range<usize>, group: &str) -> String {
    let before: Vec<&str> = line[..span.start]
        .split_inclusive(char::is_whitespace)
        .collect();
    let before = before[before.len().saturating_sub(CONTEXT)..].concat();
    let after: Vec<&str> = line[span.end..]
        .split_inclusive(char::is_whitespace)
        .collect();
    let after = after[..after.len().min(CONTEXT)].concat();
    let start = if span.start == before.len() && before.is_empty() {
        r"(?m)^\s*"
    } else {
        ""
    };
    format!(
        "{start}{}{group}{}",
        general(&before),
        general(after.trim_end())
    )
}

static NUMBERS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9]+(?:[.,][0-9]+)*|\s+|'").expect("the pattern is valid"));

/// A text as a pattern in which numbers and white space may change. It has no quotation
/// mark that would end a string of TOML.
fn general(text: &str) -> String {
    let mut pattern = String::new();
    let mut from = 0;
    for found in NUMBERS.find_iter(text) {
        pattern.push_str(&regex::escape(&text[from..found.start()]));
        pattern.push_str(match found.as_str() {
            "'" => ".",
            it if it.trim().is_empty() => r"\s+",
            _ => r"[\d.,]+",
        });
        from = found.end();
    }
    pattern.push_str(&regex::escape(&text[from..]));
    pattern
}

/// Words by which a line looks like a rate, or a time of a unit of work.
static LOOKS_LIKE_A_RATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?ix) (?: [\w\])\x20²³] / | \s/\s* | \b per \s+ | _per_ ) {TIME} (?: [^\w/.-] | \. ?\s | \.? $ )
          | [0-9?] \s* {TIME} (?: \s*/\s* | \s+ per \s+ ) \p{{L}}
          | \b {TIME} \s* / \s* (?: it | iter | op | loop | call | step | epoch | image | sample ) \w* \b
          | [0-9] \s+ [\p{{L}}_-]+ \s* / \s* {TIME} \b
          | [0-9] \s* \p{{L}}* [\s·*]* s (?: \^-1 | \^\{{-1\}} | ⁻¹ | -1\b )
          | [0-9?] \s* (?: hz | fps ) \b | \b fps \s* [:=]
          | [0-9?] \s* [a-z] (?: fps | iops | tps | qps | rps | ips | pps | flops | lups | cups | teps ) \b
          | (?: ^ | [,;|\t] ) \s* (?: rate | speed ) \s* [:=] \s* [0-9]
          | \b throughput (?: \b | _ ) [^0-9:=]{{0,20}} [:=] \s* [~≈<>]? \s* [0-9.]
          | \b throughput \s+ [0-9.]
          | [0-9] \s* [\p{{L}}_-]+ (?: \s*/\s* | \s+ per \s+ ) (?: month | year | yr | d \b )"
    ))
    .expect("the pattern is valid")
});

/// What follows a unit that is the label of a value.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\])\x22']*(?:\s*[:=])?\s*[0-9.?]").expect("the pattern is valid")
});

/// Characters before a unit among which its value is.
const NEAR: usize = 40;

/// Values that are none.
static NO_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\b(?:nan|inf|infinity|none)\b|\?)").expect("the pattern is valid")
});

/// What is told of a line without a rate that can be read, if it looks like one all the
/// same.
pub(super) fn of_line(line: &str) -> Option<Unread> {
    let numbers = number::tokens(line);
    let looks = LOOKS_LIKE_A_RATE.find(line)?;
    let before = &line[..looks.end()];
    let near = before
        .char_indices()
        .rev()
        .nth(NEAR)
        .map_or(0, |(at, _)| at);
    let has_value =
        |text: &str| text.contains(|c: char| c.is_ascii_digit()) || NO_NUMBER.is_match(text);
    let unit = before.trim_end_matches([':', '=']);
    let is_label = LABELLED.is_match(&line[unit.len()..]);
    if !has_value(&before[near..]) && !is_label {
        return None;
    }
    // The number before the unit, or the first one after a label.
    let before = numbers.iter().rfind(|it| it.span.start <= looks.start());
    let nearest = before.or(numbers.first());
    let ways = nearest.map(|token| {
        let digits = &line[token.span.clone()];
        Way {
            value: digits.to_owned(),
            pattern: in_context(line, &token.span, &value_group(digits)),
            direction: direction(line, &token.span),
        }
    });
    let has_none = NO_NUMBER.is_match(line);
    Some(Unread {
        line: shown(line),
        why: if has_none {
            "its value is not a number".to_owned()
        } else {
            "its format is not recognized".to_owned()
        },
        ways: if has_none {
            Vec::new()
        } else {
            ways.into_iter().collect()
        },
        likeness: Likeness::Resembling,
    })
}

/// What is told of a line that heads a table with a rate in it; the second line is below it.
pub(super) fn of_head(line: &str, below: &str) -> Option<Unread> {
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let columns = |text: &str| COLUMNS.split(text.trim_matches(['|', ' '])).count();
    let is_head = !has_digit(line)
        && has_digit(below)
        && columns(line) > 1
        // Rows may begin with a name that has no head.
        && [columns(line), columns(line) + 1].contains(&columns(below))
        && HEADS_A_RATE.is_match(line);
    is_head.then(|| Unread {
        line: shown(line),
        why: "it is the header of a table in a format that profila does not read".to_owned(),
        ways: Vec::new(),
        likeness: Likeness::Resembling,
    })
}

/// What parts columns of a table.
static COLUMNS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*[,;|\t]\s*|\s{2,}").expect("the pattern is valid"));

/// A column of rates, or of times of a unit of work.
static HEADS_A_RATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?ix) (?: / | \b per \s | _per_ ) {TIME} \b | \b {TIME} (?: / | \s per \s ) \p{{L}} | \b fps \b"
    ))
    .expect("the pattern is valid")
});

/// A line as it is shown: what terminals obey is not in it, nor what is too long to read.
pub(super) fn shown(line: &str) -> String {
    static CONTROLS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\p{Cc}").expect("the pattern is valid"));
    let line = CONTROLS.replace_all(line, |_: &Captures<'_>| " ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.into_owned(),
    }
}
