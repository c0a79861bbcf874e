//! Text from outside, as documents keep it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::Foreign;

/// Text that somebody else wrote, as it is kept in documents. It has no `Display` either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ForeignText(String);

impl ForeignText {
    /// What was written, to be searched or compared: it is shown through `Foreign`.
    pub fn as_written(&self) -> &str {
        &self.0
    }
}

impl From<String> for ForeignText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for ForeignText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// In a document it is text like any other.
impl JsonSchema for ForeignText {
    fn inline_schema() -> bool {
        String::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl<'t> From<&'t ForeignText> for Foreign<'t> {
    fn from(text: &'t ForeignText) -> Self {
        Self::new(&text.0)
    }
}
