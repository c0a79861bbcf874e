//! What has to be the same in the output of all runs.

use std::fmt;
use std::str::FromStr;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::pattern::regex;
use super::scalar::Scalar;

/// What has to be the same in the output of all runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub enum SameOutput {
    /// Nothing.
    Off,
    /// All of standard output.
    Stdout,
    /// What this matches in it, every time.
    Matches(Regex),
}

impl TryFrom<Scalar> for SameOutput {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        match &value {
            Scalar::Text(text) if text == "off" => Ok(Self::Off),
            Scalar::Text(text) if text == "stdout" => Ok(Self::Stdout),
            Scalar::Text(text) => regex(text).map(Self::Matches),
            _ => Err(value.instead_of("\"off\", \"stdout\" or a regular expression")),
        }
    }
}

impl FromStr for SameOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Scalar::Text(text.to_owned()).try_into()
    }
}

impl From<SameOutput> for Scalar {
    fn from(wanted: SameOutput) -> Self {
        Self::Text(wanted.to_string())
    }
}

impl fmt::Display for SameOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Stdout => f.write_str("stdout"),
            Self::Matches(regex) => f.write_str(regex.as_str()),
        }
    }
}
