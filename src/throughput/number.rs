//! Numbers as people and programs write them: with groups of digits, with a decimal point
//! or a decimal comma, with exponents.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A number and how finely it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Value {
    /// The number.
    pub(super) number: f64,
    /// What one step of the last digit comes to: 0.1 for `12.5`.
    pub(super) step: f64,
}

impl Value {
    /// The value in a unit of which it is so many.
    pub(super) fn times(self, factor: f64) -> Self {
        Self {
            number: self.number * factor,
            step: self.step * factor,
        }
    }

    /// The reciprocal, of which a step is the same part.
    pub(super) fn reciprocal(self) -> Self {
        let Self { number, step } = self;
        Self {
            number: 1.0 / number,
            step: step / number / number,
        }
    }
}

/// What digits can mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// They leave one reading.
    Certain(Value),
    /// A comma before three digits: `1,234` is 1234, or 1.234.
    Either {
        /// The comma sets thousands apart.
        grouped: Value,
        /// The comma is the decimal mark.
        decimal: Value,
    },
}

/// A number in a line, not yet read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// Its bytes in the line, with its sign.
    pub(super) span: Range<usize>,
    /// Where the last group of digits after a plain space begins: such a space groups
    /// digits, or parts two numbers.
    pub(super) last_after_space: Option<usize>,
}

/// A number: digits in groups after plain spaces, or with marks between them, or digits
/// after a point alone; then an exponent. Narrow, thin and other spaces that do not break
/// lines are there to group digits, a plain one may part two numbers.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        [+\-\u{2212}]?
        (?: \b [1-9][0-9]{0,2} (?: \x20 [0-9]{3} )+ (?: [.,] [0-9]+ )?
          | [0-9]+ (?: [.,_'’\u{a0}\u{2007}\u{2009}\u{202f}] [0-9]+ )*
          | \. [0-9]+ )
        (?: [eE] [+\-]? [0-9]+ )?",
    )
    .expect("the pattern is valid")
});

/// The numbers in a line, from left to right. Where it begins within a word or another
/// number it is none, such as the 2 of `v1.2.3` or of `float32`.
pub(super) fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut from = 0;
    while let Some(found) = NUMBER.find_at(line, from) {
        let mut span = found.range();
        let has_space = found.as_str().find(' ');
        // Four digits after a space are no group of a number.
        let goes_on = line[span.end..].starts_with(|c: char| c.is_ascii_digit());
        if let Some(first_group) = has_space
            && (goes_on || ends_date(&line[..span.start]))
        {
            span.end = span.start + first_group;
        }
        from = span.end;
        let before = line[..span.start].chars().next_back();
        let is_signed = !line[span.start..].starts_with(|c: char| c.is_ascii_digit() || c == '.');
        // What looks like a sign after a number or a word is a dash.
        if is_signed && before.is_some_and(|c| c.is_alphanumeric() || c == ')') {
            let sign = line[span.start..].chars().next().map_or(0, char::len_utf8);
            span.start += sign;
        } else if before.is_some_and(|c| c.is_alphanumeric() || "._^#,'’".contains(c)) {
            continue;
        }
        let last_after_space = line[span.clone()].rfind(' ').map(|at| span.start + at + 1);
        tokens.push(Token {
            span,
            last_after_space,
        });
    }
    tokens
}

/// Whether a number goes on a date or a time of day, such as `12:34:`.
fn ends_date(before: &str) -> bool {
    let mut characters = before.chars().rev();
    let mark = characters.next();
    let digit = characters.next();
    mark.is_some_and(|c| ":/-".contains(c)) && digit.is_some_and(|c| c.is_ascii_digit())
}

/// Reads a number as it was written; `None` where it is none, such as `1.2.3`.
pub(super) fn parse(text: &str) -> Option<Number> {
    let text = text.trim().replace('\u{2212}', "-");
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (&*text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let value = |whole: &str, fraction: &str| value(sign, whole, fraction, exponent);
    let groups = Groups::of(digits)?;
    let whole = |groups: &[&str]| groups.concat();
    match &*groups.marks {
        [] => Some(Number::Certain(value(digits, "")?)),
        [mark] if is_decimal(*mark) => {
            let (first, last) = (groups.digits[0], groups.digits[1]);
            let decimal = value(first, last)?;
            let may_group = *mark == ',' && exponent == 0 && groups.are_thousands();
            if may_group && first != "0" {
                let grouped = value(&whole(&groups.digits), "")?;
                return Some(Number::Either { grouped, decimal });
            }
            Some(Number::Certain(decimal))
        }
        // Digits that are set apart by one mark, as in 1,234,567.
        [mark, rest @ ..] if rest.iter().all(|it| it == mark) => {
            let is_number = groups.are_thousands() || *mark == '_';
            is_number.then(|| value(&whole(&groups.digits), ""))?;
            Some(Number::Certain(value(&whole(&groups.digits), "")?))
        }
        // By one mark, and the decimal mark at the end, as in 1.234,5.
        [mark, rest @ .., last] if is_decimal(*last) && rest.iter().all(|it| it == mark) => {
            let (fraction, grouped) = groups.digits.split_last()?;
            let is_number = are_thousands(grouped) || *mark == '_';
            (is_number && mark != last).then_some(())?;
            Some(Number::Certain(value(&whole(grouped), fraction)?))
        }
        _ => None,
    }
}

/// A number of which digits after the decimal mark are known: marks before it group.
pub(super) fn parse_parts(whole: &str, fraction: &str) -> Option<Value> {
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let sign = if whole.trim_start().starts_with(['-', '\u{2212}']) {
        "-"
    } else {
        ""
    };
    value(sign, &digits, fraction, 0)
}

const fn is_decimal(mark: char) -> bool {
    matches!(mark, '.' | ',')
}

fn value(sign: &str, whole: &str, fraction: &str, exponent: i32) -> Option<Value> {
    let number = format!("{sign}{whole}.{fraction}e{exponent}");
    let decimals = i32::try_from(fraction.len()).ok()?;
    let step = format!("1e{}", exponent.checked_sub(decimals)?);
    Some(Value {
        number: number.parse().ok()?,
        step: step.parse().ok()?,
    })
}

/// Digits, and the marks between them.
struct Groups<'a> {
    digits: Vec<&'a str>,
    marks: Vec<char>,
}

impl<'a> Groups<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
        let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        let is_mark = |c: &char| ".,_'’ \u{a0}\u{2007}\u{2009}\u{202f}".contains(*c);
        let (first, rest) = digits.split_first()?;
        // A number may begin with its point, and end with it.
        let is_lone_point = marks == ['.'] && digits.iter().any(|it| !it.is_empty());
        let is_whole = !first.is_empty() && rest.iter().all(|it| !it.is_empty());
        (marks.iter().all(is_mark) && (is_whole || is_lone_point)).then_some(Self { digits, marks })
    }

    fn are_thousands(&self) -> bool {
        are_thousands(&self.digits)
    }
}

/// Whether digits are in groups as thousands are set apart.
fn are_thousands(groups: &[&str]) -> bool {
    let Some((first, rest)) = groups.split_first() else {
        return false;
    };
    (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = match parse(text) {
            None => "none".to_owned(),
            Some(Number::Certain(value)) => format!("{} ± {}", value.number, value.step),
            Some(Number::Either { grouped, decimal }) => {
                format!("{} or {}", grouped.number, decimal.number)
            }
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn digits_that_leave_one_reading() {
        check("255", "255 ± 1");
        check("12.50", "12.5 ± 0.01");
        check(".5", "0.5 ± 0.1");
        check("5.", "5 ± 1");
        check("1,234.5", "1234.5 ± 0.1");
        check("1.234,5", "1234.5 ± 0.1");
        check("1 234,5", "1234.5 ± 0.1");
        check("123,4", "123.4 ± 0.1");
        check("1234,567", "1234.567 ± 0.001");
        check("0,123", "0.123 ± 0.001");
        check("1,234,567", "1234567 ± 1");
        check("1.234.567", "1234567 ± 1");
        check("1,234,567.89", "1234567.89 ± 0.01");
        check("1'234.5", "1234.5 ± 0.1");
        check("1_000", "1000 ± 1");
        check("10_00.5", "1000.5 ± 0.1");
        for space in ['\u{a0}', '\u{2007}', '\u{2009}', '\u{202f}', ' ', '’'] {
            check(&format!("12{space}345{space}678"), "12345678 ± 1");
            check(&format!("12{space}345,678"), "12345.678 ± 0.001");
        }
        check("3e5", "300000 ± 100000");
        check("1.25E+03", "1250 ± 10");
        check("1,5e-2", "0.015 ± 0.001");
        check("-3", "-3 ± 1");
        check("\u{2212}3", "-3 ± 1");
    }

    #[test]
    fn digits_that_leave_two_readings() {
        check("1,234", "1234 or 1.234");
        check("999,000", "999000 or 999");
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "", "x", "1.2.3", "1,23,4", "1.2,3.4", "1,2.3,4", "1,", ",5", "1..2", "1 2", "e5", "1e",
        ] {
            check(text, "none");
        }
    }

    #[track_caller]
    fn check_tokens(line: &str, expected: &[&str]) {
        let found = tokens(line);
        let found: Vec<&str> = found.iter().map(|it| &line[it.span.clone()]).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn numbers_are_found_between_words() {
        check_tokens("Processed 1,234.5 arrays in 2s.", &["1,234.5", "2"]);
        check_tokens("0.00-10.00 sec", &["0.00", "10.00"]);
        check_tokens("v1.2 float32 x-3 -4 (-5)", &["3", "-4", "-5"]);
        check_tokens("1 234 567.8 x", &["1 234 567.8"]);
        check_tokens("1000 234 x", &["1000", "234"]);
        check_tokens("1 2345 x", &["1", "2345"]);
        check_tokens("1 234it/s", &["1 234"]);
        check_tokens("12:34:56 123.4", &["12", "34", "56", "123.4"]);
        check_tokens("12:00:00 123.4", &["12", "00", "00", "123.4"]);
        check_tokens("1.2.3 images", &["1.2.3"]);
        check_tokens("10^3 5.", &["10", "5"]);
        check_tokens("1.5e3it/s", &["1.5e3"]);
    }
}
