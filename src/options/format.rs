//! The forms of reports: those that can be asked for, and those that there are of a profile,
//! a comparison and a diagnosis.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A report that is written to a file, in one of the forms `F`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export<F> {
    /// Its form.
    pub format: F,
    /// The file.
    pub file: PathBuf,
}

/// A form that can be asked for. What is shown may not have it: see [`ProfileFormat`] and
/// [`ComparisonFormat`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// For people.
    Text,
    /// For comments on a pull request.
    Markdown,
    /// For programs.
    Json,
    /// Annotations for GitHub Actions, and a summary of the run.
    Github,
    /// A self-contained page for a browser.
    Html,
    /// Test results of a comparison.
    Junit,
    /// The lines as a table.
    Csv,
    /// A picture of where the cost of a comparison went, or of how costs grow.
    Svg,
    /// The call stacks of a profile, for the speedscope viewer.
    Speedscope,
    /// The call stacks of a profile, one per line, for flame graphs.
    Collapsed,
}

/// A form of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFormat {
    /// [`Format::Text`].
    Text,
    /// [`Format::Markdown`].
    Markdown,
    /// [`Format::Json`].
    Json,
    /// [`Format::Html`].
    Html,
    /// [`Format::Csv`].
    Csv,
    /// [`Format::Speedscope`].
    Speedscope,
    /// [`Format::Collapsed`].
    Collapsed,
}

/// A form of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonFormat {
    /// [`Format::Text`].
    Text,
    /// [`Format::Markdown`].
    Markdown,
    /// [`Format::Json`].
    Json,
    /// [`Format::Html`].
    Html,
    /// [`Format::Csv`].
    Csv,
    /// [`Format::Junit`].
    Junit,
    /// [`Format::Svg`].
    Svg,
    /// [`Format::Github`].
    Github,
}

/// A form of what the orders of a block cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReorderingFormat {
    /// [`Format::Text`].
    Text,
    /// [`Format::Markdown`].
    Markdown,
    /// [`Format::Json`].
    Json,
}

/// A form of how a script grows with a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalingFormat {
    /// [`Format::Text`].
    Text,
    /// [`Format::Markdown`].
    Markdown,
    /// [`Format::Json`].
    Json,
    /// [`Format::Html`].
    Html,
    /// [`Format::Svg`].
    Svg,
}

/// A form of what is found of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiagnosisFormat {
    /// [`Format::Text`].
    Text,
    /// [`Format::Json`].
    Json,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = clap::ValueEnum::to_possible_value(self);
        f.write_str(
            value
                .as_ref()
                .map_or("", clap::builder::PossibleValue::get_name),
        )
    }
}

impl TryFrom<Format> for ProfileFormat {
    type Error = Error;

    /// Fails where a profile does not have this form.
    fn try_from(format: Format) -> Result<Self, Error> {
        Ok(match format {
            Format::Text => Self::Text,
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            Format::Html => Self::Html,
            Format::Csv => Self::Csv,
            Format::Speedscope => Self::Speedscope,
            Format::Collapsed => Self::Collapsed,
            Format::Github | Format::Junit | Format::Svg => {
                return Err(Error::usage(
                    format!("a profile cannot be shown as {format}, only comparisons can"),
                    "a profile has the formats text, markdown, json, html, csv, speedscope and \
                     collapsed",
                ));
            }
        })
    }
}

impl TryFrom<Format> for ComparisonFormat {
    type Error = Error;

    /// Fails where a comparison does not have this form.
    fn try_from(format: Format) -> Result<Self, Error> {
        Ok(match format {
            Format::Text => Self::Text,
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            Format::Html => Self::Html,
            Format::Csv => Self::Csv,
            Format::Junit => Self::Junit,
            Format::Svg => Self::Svg,
            Format::Github => Self::Github,
            Format::Speedscope | Format::Collapsed => {
                return Err(Error::usage(
                    format!("a comparison cannot be shown as {format}, only profiles can"),
                    "a comparison has the formats text, markdown, json, html, csv, junit, svg and \
                     github",
                ));
            }
        })
    }
}

impl TryFrom<Format> for ReorderingFormat {
    type Error = Error;

    /// Fails where a reordering does not have this form.
    fn try_from(format: Format) -> Result<Self, Error> {
        Ok(match format {
            Format::Text => Self::Text,
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            _ => {
                return Err(Error::usage(
                    format!("orders cannot be shown as {format}, only other reports can"),
                    "`profila reorder` has the formats text, markdown and json",
                ));
            }
        })
    }
}

impl TryFrom<Format> for ScalingFormat {
    type Error = Error;

    /// Fails where what is found of sizes does not have this form.
    fn try_from(format: Format) -> Result<Self, Error> {
        Ok(match format {
            Format::Text => Self::Text,
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            Format::Html => Self::Html,
            Format::Svg => Self::Svg,
            _ => {
                return Err(Error::usage(
                    format!("growth cannot be shown as {format}, only other reports can"),
                    "`profila scale` has the formats text, markdown, json, html and svg",
                ));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    /// The formats that can be asked for and not be had, and the formats that are named
    /// instead: all others.
    #[track_caller]
    fn check<F: TryFrom<Format, Error = Error>>(shown: &str, others: &str, refused: &[Format]) {
        let all = Format::value_variants().iter().copied();
        let (had, not_had): (Vec<_>, Vec<_>) = all.partition(|&it| F::try_from(it).is_ok());
        assert_eq!(not_had, refused);
        for format in not_had {
            let error = F::try_from(format).err().unwrap();
            let expected = format!("{shown} cannot be shown as {format}, only {others} can");
            assert_eq!(error.to_string(), expected);
            let Error::Usage { hint, .. } = error else {
                panic!("{error:?}");
            };
            let hint = hint.unwrap();
            let (_, named) = hint.split_once(" has the formats ").unwrap();
            let named = named.replace(" and ", ", ");
            let mut named: Vec<&str> = named.split(", ").collect();
            let mut had: Vec<String> = had.iter().map(Format::to_string).collect();
            named.sort_unstable();
            had.sort_unstable();
            assert_eq!(named, had);
        }
    }

    #[test]
    fn what_a_profile_or_a_comparison_cannot_be_shown_as_is_refused() {
        check::<ProfileFormat>(
            "a profile",
            "comparisons",
            &[Format::Github, Format::Junit, Format::Svg],
        );
        check::<ComparisonFormat>(
            "a comparison",
            "profiles",
            &[Format::Speedscope, Format::Collapsed],
        );
        check::<ReorderingFormat>(
            "orders",
            "other reports",
            &[
                Format::Github,
                Format::Html,
                Format::Junit,
                Format::Csv,
                Format::Svg,
                Format::Speedscope,
                Format::Collapsed,
            ],
        );
        check::<ScalingFormat>(
            "growth",
            "other reports",
            &[
                Format::Github,
                Format::Junit,
                Format::Csv,
                Format::Speedscope,
                Format::Collapsed,
            ],
        );
    }
}
