//! How long one run may take.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::scalar::Scalar;

/// How long one run may take: `"120s"`, `"2m 30s"`, or `"none"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub struct Timeout(pub Option<Duration>);

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        humantime::parse_duration(text)
            .ok()
            .filter(|duration| !duration.is_zero())
            .map(|duration| Self(Some(duration)))
            .ok_or_else(|| Scalar::Text(text.to_owned()).instead_of(Self::EXPECTED))
    }
}

impl Timeout {
    const EXPECTED: &str = "a duration such as \"90s\" or \"2m\", or \"none\"";
}

impl TryFrom<Scalar> for Timeout {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        match value {
            Scalar::Text(text) => text.parse(),
            other => Err(other.instead_of(Self::EXPECTED)),
        }
    }
}

impl From<Timeout> for Scalar {
    fn from(Timeout(limit): Timeout) -> Self {
        Self::Text(match limit {
            None => "none".to_owned(),
            Some(limit) => humantime::format_duration(limit).to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::read;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Timeout>) {
        let quoted = read::<Timeout>(&format!("'{text}'"));
        assert_eq!(quoted.as_ref().ok(), expected.as_ref());
        assert_eq!(quoted, text.parse(), "the flag and the key differ");
        if let Err(message) = quoted {
            assert!(message.starts_with("expected a duration"), "{message}");
        }
    }

    #[test]
    fn durations() {
        check("120s", Some(Timeout(Some(Duration::from_mins(2)))));
        check("1m 30s", Some(Timeout(Some(Duration::from_secs(90)))));
        check("500ms", Some(Timeout(Some(Duration::from_millis(500)))));
        check("none", Some(Timeout(None)));
        check("0s", None);
        check("120", None);
        check("-5s", None);
        check("", None);
    }

    #[test]
    fn a_bare_number_has_no_unit() {
        assert_eq!(
            read::<Timeout>("120").unwrap_err(),
            "expected a duration such as \"90s\" or \"2m\", or \"none\", found 120"
        );
    }
}
