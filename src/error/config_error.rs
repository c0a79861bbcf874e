//! What is wrong in a configuration file, and where.

use super::Error;
use std::fmt;

use super::Excerpt;
use crate::text::Text;

/// An error at one place of a configuration file.
#[derive(Clone, Debug)]
pub struct ConfigError {
    /// What is wrong.
    pub message: String,
    /// Where, with the text of the file.
    pub excerpt: Excerpt,
    /// What is said at the caret; may be empty.
    pub label: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl ConfigError {
    /// What is wrong, without the place.
    pub(super) fn what(&self) -> Text {
        Text::foreign(&self.message)
    }

    /// What is said at the caret, if anything.
    pub(super) fn at_caret(&self) -> Option<Text> {
        (!self.label.is_empty()).then(|| Text::foreign(&self.label))
    }

    /// What is wrong, and where.
    pub(super) fn message(&self) -> Text {
        self.what() + " at " + self.excerpt.place()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().plain())
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}
