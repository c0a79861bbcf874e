//! The pattern that finds the value of the metric.

use regex::Regex;
use serde::Deserialize;

use super::scalar::Scalar;

/// A regular expression with a group that finds the value of the metric.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Scalar")]
pub(crate) struct Pattern(pub(crate) Regex);

impl TryFrom<Scalar> for Pattern {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        let Scalar::Text(text) = &value else {
            return Err(value.instead_of("a regular expression"));
        };
        let regex = regex(text)?;
        if regex.capture_names().flatten().any(|name| name == "value") {
            Ok(Self(regex))
        } else {
            Err(
                "the pattern has no group named `value`: write (?P<value>…) around the number"
                    .to_owned(),
            )
        }
    }
}

/// A regular expression, or what is wrong with it.
pub(super) fn regex(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| reason_of(&error))
}

/// The last line of the message of a syntax error: the lines before it draw the
/// pattern, which the excerpt of the file shows anyway.
fn reason_of(error: &regex::Error) -> String {
    let text = error.to_string();
    let reason = text.lines().last().unwrap_or(&text);
    let reason = reason.strip_prefix("error: ").unwrap_or(reason);
    format!("not a regular expression: {reason}")
}

#[cfg(test)]
mod tests {
    use super::super::testing::read;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(), &str>) {
        let result = read::<Pattern>(text).map(|Pattern(regex)| {
            assert!(regex.is_match("Processed 12.5 images / sec"));
        });
        assert_eq!(result, expected.map_err(str::to_owned));
    }

    #[test]
    fn patterns() {
        check(r"'Processed (?P<value>[\d.]+) images'", Ok(()));
        check(r"'(?<value>\d+) images'", Ok(()));
        check("5", Err("expected a regular expression, found 5"));
        check(
            "'(unclosed'",
            Err("not a regular expression: unclosed group"),
        );
        check(
            r"'Processed (\d+) images'",
            Err("the pattern has no group named `value`: write (?P<value>…) around the number"),
        );
    }
}
