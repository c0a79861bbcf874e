//! The rates and the times in one line, wherever they stand in it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::label::{Label, label};
use super::number::{self, Number, Token};
use super::suspect;
use super::unit::{self, Meaning, TIME};
use super::words;

/// A value in a line that has a unit of work per time, or of time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    /// Its digits, as bytes of the line.
    pub(super) span: Range<usize>,
    /// What they come to.
    pub(super) number: Number,
    /// What the unit says.
    pub(super) meaning: Meaning,
    /// How deep it is in brackets.
    pub(super) depth: usize,
    /// What keeps it from being certain.
    pub(super) doubt: Option<Doubt>,
}

/// What keeps a value from being certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A comma before three digits.
    Comma,
    /// A plain space that groups digits, or parts two numbers.
    Space,
    /// One number of several, such as a range.
    List,
    /// A time whose unit is not said.
    NoUnit,
    /// What follows the number makes it a count, a share or something else than a rate.
    Count,
    /// It may be a frequency of what was computed.
    Frequency,
    /// A mean of something that may not be the time of the work.
    Statistic,
}

impl Doubt {
    /// Whether it is doubtful that the value is of the work at all.
    pub(super) const fn is_of_kind(self) -> bool {
        matches!(self, Self::Count | Self::Frequency | Self::Statistic)
    }
}

static RATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?x) ^ \s* [\[(]? \s* (?P<unit>
          (?: (?: \#
                | [\p{{L}}_%°] [\p{{L}}\p{{M}}0-9_\-\#²³^.]* (?: \s+ [\p{{L}}_] [\p{{L}}0-9_\-]* ){{0,3}} ) )?
          (?: (?: \s* / \s* | \s+ per \s+ | _per_ ) (?i: {TIME} ) \b
            | \s+ (?: a | every | each ) \s+ (?: sec | second | minute | hour ) \b
            | \s* [·*]? \s* \b (?: s⁻¹ | s\^-1 ) )
        | 1/s(?:ec)?\b )"
    ))
    .expect("the pattern is valid")
});

static TIME_PER_WORK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?x) ^ \s* [\[(]? \s* (?P<unit>
          (?i: {TIME} ) (?: \s* / \s* | \s+ per \s+ | _per_ )
          (?: [0-9][0-9,_]* \s* )? [\p{{L}}_] [\p{{L}}0-9_\-]* (?: \s+ (?: step | call ) s? \b )? )"
    ))
    .expect("the pattern is valid")
});

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) ^ \s* [\[(]? \s* (?P<unit>
          [kKM]? \s? (?i: hz ) | [kKMGT]? i? [Bb]ps
          | [kKMGT]? (?i: fps | iops | tps | qps | rps | ips | pps | nps | sps | wps )
          | [kKMGTP]? (?: FLOPS | LUPS | CUPS | TEPS | OPS )
          | [kKMGTP] (?i: flops | lups | cups | teps | ups | ops ) ) \b",
    )
    .expect("the pattern is valid")
});

static BARE_TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"^\s*[\[(]?\s*(?P<unit>(?i:{TIME}))\b")).expect("the pattern is valid")
});

/// A prefix, or bytes, behind a number whose label says that it is per second.
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s?(?P<unit>[kKMGT]i?|[kKMGT]?i?(?:B|[Bb]ytes?|[Bb]its?))\b")
        .expect("the pattern is valid")
});

/// What shows that a unit goes on behind what was taken for a time: `ms/step/core`.
static LONGER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) ^ (?: \s*/\s* [\p{L}_] | \s* [·*^⁻²³] | \s+ per \s | _per_ | -[0-9]
          | \s* [·*]? \s* s (?: ⁻¹ | \^-1 ) )",
    )
    .expect("the pattern is valid")
});

/// The label of another value behind a slash.
static SLASHED_LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*/\s*[\p{L}_ ]+[:=]").expect("the pattern is valid"));

/// An uncertainty: `± 4.0`, `+/- 4`, `(± 3%)`, or behind a unit of time, `ms ± 45 µs`.
static UNCERTAINTY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?x) ^ \s* (?P<unit> (?i: {TIME} ) \b )? \s* \(? \s*
          (?: ± | \+/- | \+- ) \s* [0-9.,]+ (?: [eE] [+\-]? [0-9]+ )? \s* %? \s* \)?
          (?P<rest> .* ) $"
    ))
    .expect("the pattern is valid")
});

/// What stands before a number that is an uncertainty.
static UNCERTAIN_BY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:±|\+/-|\+-)\s*$").expect("the pattern is valid"));

/// What stands before the last number of a range, a list or a time of day.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[0-9](?:\s*(?:/|-|–|—|…|\.{2,3}|~|\|)|\s+(?:to|or|and))\s*$|[0-9]:$")
        .expect("the pattern is valid")
});

/// Words that no name of work has: what is counted stands elsewhere.
static NO_WORK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \b (?: in | at | of | and | with | for | the | is | was | to | from | took |
          done | finished | ran | completed | total | rate | throughput | speed ) \b",
    )
    .expect("the pattern is valid")
});

/// What stands before digits that a plain space can only group.
static BEFORE_GROUPS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) (?: [:=(\[~≈@] | \b (?: processed | at | is | was | of | about | rate | speed
          | throughput | performance | got | reached | achieved | handled | computed | average
          | avg | mean | median | approximately ) ) \s* $",
    )
    .expect("the pattern is valid")
});

/// The rates and times of a line, from left to right.
pub(super) fn candidates(line: &str) -> Vec<Candidate> {
    let tokens = number::tokens(line);
    tokens
        .iter()
        .filter_map(|token| candidate(line, token))
        .collect()
}

fn candidate(line: &str, token: &Token) -> Option<Candidate> {
    let before = &line[..token.span.start];
    if UNCERTAIN_BY.is_match(before) {
        return None;
    }
    let (meaning, doubt) = meaning(line, &token.span)?;
    let number = number::parse(&line[token.span.clone()])?;
    let doubt = if doubt.is_some() {
        doubt
    } else if LISTED.is_match(before) {
        Some(Doubt::List)
    } else if token.last_after_space.is_some() && !BEFORE_GROUPS.is_match(before) {
        Some(Doubt::Space)
    } else {
        matches!(number, Number::Either { .. }).then_some(Doubt::Comma)
    };
    Some(Candidate {
        span: token.span.clone(),
        number,
        meaning,
        depth: depth(before),
        doubt,
    })
}

/// What the words around a number say of it; absent where they make it neither a rate nor
/// a time for a unit of work. The second is what keeps that from being certain.
fn meaning(line: &str, span: &Range<usize>) -> Option<(Meaning, Option<Doubt>)> {
    let label = label(&line[..span.start]);
    if label == Label::Foreign {
        return None;
    }
    let rest = &line[span.end..];
    let after = After::of(rest);
    let found = match (after.unit, label) {
        (Some(unit @ Meaning::Duration { work: None, .. }), Label::Unclear(_))
        | (None, Label::Unclear(unit @ Meaning::Duration { .. })) => {
            return Some((unit, Some(Doubt::Statistic)));
        }
        (Some(unit), label) => with_label(unit, label, after.is_uncertain)?,
        (None, Label::Unit(Meaning::Rate { work, factor })) => {
            let amount = after.amount.as_deref();
            if amount.is_none() && suspect::is_no_rate(&work, rest) {
                return Some((Meaning::Rate { work, factor }, Some(Doubt::Count)));
            }
            per_second(work, factor, amount)
        }
        (None, Label::Unit(duration)) => duration,
        (None, Label::TimePer(work)) => {
            let meaning = Meaning::Duration {
                work: Some(work),
                factor: 1.0,
            };
            return Some((meaning, Some(Doubt::NoUnit)));
        }
        (None, Label::Statistic | Label::Unclear(_) | Label::Foreign | Label::None) => return None,
    };
    let doubt = suspect::doubt(&found, &line[..span.start], rest);
    Some((found, doubt))
}

/// The unit of a value at a place of a line that somebody else has found.
pub(super) fn meaning_at(line: &str, span: &Range<usize>) -> Option<Meaning> {
    let (meaning, doubt) = meaning(line, span).or_else(|| {
        // Somebody who points at a bare time means it.
        let bare = After::of(&line[span.end..]).unit?;
        Some((bare, None))
    })?;
    let is_unknown = matches!(doubt, Some(Doubt::NoUnit | Doubt::Count));
    (!is_unknown).then_some(meaning)
}

/// What a value at a place of a line is the time of, where the unit of that is not said.
pub(super) fn time_per_at(line: &str, span: &Range<usize>) -> Option<String> {
    match meaning(line, span)? {
        (Meaning::Duration { work, .. }, Some(Doubt::NoUnit)) => work,
        _ => None,
    }
}

/// A unit behind a number, and what the label before it adds.
fn with_label(unit: Meaning, label: Label, is_uncertain: bool) -> Option<Meaning> {
    Some(match (unit, label) {
        (Meaning::Rate { work, factor }, Label::Unit(Meaning::Rate { work: named, .. }))
            if work == "units" =>
        {
            Meaning::Rate {
                work: named,
                factor,
            }
        }
        (Meaning::Duration { work: None, factor }, label) => {
            let work = match label {
                Label::TimePer(work)
                | Label::Unit(Meaning::Duration {
                    work: Some(work), ..
                }) => Some(work),
                Label::Statistic | Label::Unit(Meaning::Duration { work: None, .. }) => None,
                _ if is_uncertain => None,
                _ => return None,
            };
            Meaning::Duration { work, factor }
        }
        (unit, _) => unit,
    })
}

/// A rate that its label has the unit of, and the prefix or the bytes behind the number.
fn per_second(work: String, factor: f64, amount: Option<&str>) -> Meaning {
    let Some(amount) = amount else {
        return Meaning::Rate { work, factor };
    };
    if let Some(scale) = words::prefix_of(amount) {
        return Meaning::Rate {
            work,
            factor: scale * factor,
        };
    }
    match unit::understand(&format!("{amount}/s")) {
        Meaning::Rate {
            work: counted,
            factor: scale,
        } => Meaning::Rate {
            work: if counted == "units" { work } else { counted },
            factor: scale * factor,
        },
        _ => Meaning::Rate { work, factor },
    }
}

/// What stands behind a number.
struct After {
    unit: Option<Meaning>,
    /// Whether it is given with an uncertainty.
    is_uncertain: bool,
    /// What an amount of a rate is in, where its label has the rest.
    amount: Option<String>,
}

impl After {
    fn of(rest: &str) -> Self {
        if let Some(found) = UNCERTAINTY.captures(rest) {
            let unit = found.name("unit").map_or("", |it| it.as_str());
            // 1.2 ms ± 3 µs per loop: the unit of the uncertainty is not that of the value.
            let rest = &found["rest"];
            let rest = match BARE_TIME.find(rest).filter(|_| !unit.is_empty()) {
                Some(its_unit) => &rest[its_unit.end()..],
                None => rest,
            };
            return Self {
                unit: unit_at_start(&format!("{unit}{rest}")),
                is_uncertain: true,
                amount: None,
            };
        }
        Self {
            unit: unit_at_start(rest),
            is_uncertain: false,
            amount: AMOUNT.captures(rest).map(|it| it["unit"].to_owned()),
        }
    }
}

/// The unit that a text begins with.
fn unit_at_start(text: &str) -> Option<Meaning> {
    for pattern in [&RATE, &TIME_PER_WORK, &NAMED] {
        let Some(found) = pattern.captures(text) else {
            continue;
        };
        let unit = found.name("unit").expect("every alternative has a unit");
        if goes_on(&text[unit.end()..]) || is_label(&text[unit.end()..]) {
            continue;
        }
        let is_work = !NO_WORK.is_match(unit.as_str()) && !begins_with_time(unit.as_str());
        match unit::understand(unit.as_str()) {
            Meaning::Rate { work, factor } if is_work => {
                return Some(Meaning::Rate { work, factor });
            }
            Meaning::Duration { work, factor } => return Some(Meaning::Duration { work, factor }),
            _ => {}
        }
    }
    let bare = BARE_TIME.captures(text)?;
    let rest = &text[bare.get_match().end()..];
    let goes_on = LONGER.is_match(rest) && !SLASHED_LABEL.is_match(rest);
    if goes_on || is_label(rest) {
        return None;
    }
    let factor = unit::time(&bare["unit"])?;
    Some(Meaning::Duration { work: None, factor })
}

/// Whether a unit goes on behind what was taken for it: `m/s²`, `it/s/core`.
fn goes_on(rest: &str) -> bool {
    let next = rest.chars().next();
    next.is_some_and(|c| "/^²³·*⁻".contains(c))
}

/// Whether what was taken for a unit is the label of the next number.
fn is_label(rest: &str) -> bool {
    let rest = rest.trim_start().trim_start_matches([']', ')', '"', '\'']);
    let next = rest.trim_start().strip_prefix([':', '=']);
    next.is_some_and(|value| value.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether words that end in a rate begin with a time: `2 s of images / sec`.
fn begins_with_time(unit: &str) -> bool {
    let mut words = unit.split_whitespace();
    let first = words.next().and_then(unit::time);
    first.is_some()
        && words
            .next()
            .is_some_and(|next| next.starts_with(char::is_alphabetic))
}

fn depth(before: &str) -> usize {
    let count = |brackets: [char; 3]| before.matches(brackets).count();
    count(['(', '[', '{']).saturating_sub(count([')', ']', '}']))
}
