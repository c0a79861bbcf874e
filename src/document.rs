//! The JSON forms: recordings and comparisons, written and read.
//!
//! The types themselves are the form (see `docs/json.md`). What is added here is
//! what serde cannot know: which form a file has, and whether its parts fit each other.

mod indented;
mod schema;

use std::fmt::Write as _;

use schemars::Schema;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use thiserror::Error;

use crate::compare::{self, Comparison, Comparisons, Conclusion};
use crate::doctor::{self, Diagnosis};
use crate::foreign::{is_invisible, is_logging_command};
use crate::recording::{self, Recording};
use crate::reorder::{self, Reordering};
use crate::scaling::{self, Scaling};
use indented::Indented;
use schema::{Relation, are_of_one_kind};

/// A type that has a versioned JSON form.
pub trait Document: Serialize + DeserializeOwned {
    /// What the form's `schema` field says.
    const SCHEMA: &str;

    /// Becomes a document of this version of the form, having been read from one of another
    /// minor version. Where that is `later`, fields of which this version does not know were
    /// left out.
    fn adopt(&mut self, _later: Option<&str>) {}

    /// Fails with what does not fit in a document that parsed, and where.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Document for Comparison {
    const SCHEMA: &str = compare::SCHEMA;

    fn check(&self) -> Result<(), String> {
        self.check()
    }
}

impl Document for Comparisons {
    const SCHEMA: &str = compare::SCHEMA_OF_SEVERAL;

    fn check(&self) -> Result<(), String> {
        self.check()
    }
}

impl Document for Diagnosis {
    const SCHEMA: &str = doctor::SCHEMA;
}

impl Document for Reordering {
    const SCHEMA: &str = reorder::SCHEMA;

    fn check(&self) -> Result<(), String> {
        self.check()
    }
}

impl Document for Scaling {
    const SCHEMA: &str = scaling::SCHEMA;

    fn check(&self) -> Result<(), String> {
        self.check()
    }
}

impl Document for Recording {
    const SCHEMA: &str = recording::SCHEMA;

    fn adopt(&mut self, later: Option<&str>) {
        Self::SCHEMA.clone_into(&mut self.schema);
        self.warnings.extend(later.map(|schema| {
            format!(
                "the recording of `{}` is of a newer profila (`{schema}`): what this version does \
                 not know of is left out",
                self.variant.name
            )
            .into()
        }));
    }

    fn check(&self) -> Result<(), String> {
        self.check()
    }
}

/// A document that can be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyDocument {
    /// What was measured.
    Recording(Box<Recording>),
    /// What was concluded.
    Conclusion(Conclusion),
    /// What the orders of a block cost.
    Reordering(Box<Reordering>),
    /// How a script grows with a size.
    Scaling(Box<Scaling>),
}

impl From<Recording> for AnyDocument {
    fn from(recording: Recording) -> Self {
        Self::Recording(Box::new(recording))
    }
}

impl From<Comparison> for AnyDocument {
    fn from(comparison: Comparison) -> Self {
        Self::Conclusion(Conclusion::One(Box::new(comparison)))
    }
}

impl From<Reordering> for AnyDocument {
    fn from(reordering: Reordering) -> Self {
        Self::Reordering(Box::new(reordering))
    }
}

impl From<Scaling> for AnyDocument {
    fn from(scaling: Scaling) -> Self {
        Self::Scaling(Box::new(scaling))
    }
}

impl From<Comparisons> for AnyDocument {
    fn from(several: Comparisons) -> Self {
        Self::Conclusion(Conclusion::Several(several))
    }
}

/// Why a document could not be read. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// It is no text.
    #[error("not UTF-8 at line {line}, column {column}, the byte at offset {offset}")]
    NotText {
        /// Where it stops being text.
        line: usize,
        /// Where it stops being text, in bytes.
        column: usize,
        /// Bytes before it.
        offset: usize,
    },
    /// The text ends before the document does.
    #[error(
        "the file ends at line {line}, column {column}, before the document is complete; was it cut off?"
    )]
    Truncated {
        /// Where it ends.
        line: usize,
        /// Where it ends.
        column: usize,
    },
    /// The text is not JSON.
    #[error("not JSON at line {line}, column {column}: {message}")]
    Syntax {
        /// Where it stops being JSON.
        line: usize,
        /// Where it stops being JSON.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// It is JSON, but says of no form of ours that it is one.
    #[error("no `schema`: this is JSON, but not a profila recording or comparison")]
    NoSchema,
    /// It is a document of ours, of another kind or version than what is asked for.
    #[error(
        "its `schema` is `{found}`, but `{expected}` is needed{}",
        schema::hint(found, expected)
    )]
    Schema {
        /// What its `schema` says.
        found: String,
        /// What would be read.
        expected: String,
    },
    /// It is of the right schema, but something in it is not as the schema says.
    #[error("not a valid `{schema}` at line {line}, column {column}: {message}")]
    Field {
        /// The schema it claims.
        schema: String,
        /// Where the field, or the object that lacks it, ends.
        line: usize,
        /// Where the field, or the object that lacks it, ends.
        column: usize,
        /// What is wrong with it.
        message: String,
    },
    /// Every field is as the schema says, but they do not fit each other.
    #[error("not a valid `{schema}`: {message}")]
    Inconsistent {
        /// The schema it claims.
        schema: String,
        /// What does not fit.
        message: String,
    },
}

/// Writes a document, indented, with a line end after it. What a terminal or a CI runner
/// would obey, and what is not shown, is escaped, as sources may hold anything.
///
/// # Panics
/// Never: serialising these types to memory cannot fail, as none has a map with
/// keys that are no strings.
pub fn write<D: Document>(document: &D) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, Indented::default());
    let written = document.serialize(&mut serializer);
    written.expect("documents have string keys only");
    text.push(b'\n');
    escape_invisible(String::from_utf8(text).expect("JSON is text"))
}

/// Escapes what JSON would allow as it is. Such characters can only be within
/// strings, where each may be written as `\u` and its UTF-16 code units.
fn escape_invisible(text: String) -> String {
    let needs_escape = |c: char| c == '\x7f' || is_invisible(c);
    if !text.contains(needs_escape) && !text.contains("##") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    for (at, c) in text.char_indices() {
        if needs_escape(c) || c == '#' && is_logging_command(&text[at..]) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Writes a schema, such as that of a form.
///
/// # Panics
/// Never: a schema is JSON.
pub fn write_schema(schema: &Schema) -> String {
    let mut text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    text.push('\n');
    text
}

/// The text of a document, which is UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..offset];
        let line_start = before.iter().rposition(|&byte| byte == b'\n');
        let lines = before.split(|&byte| byte == b'\n');
        ReadError::NotText {
            line: lines.count(),
            column: offset - line_start.map_or(0, |newline| newline + 1) + 1,
            offset,
        }
    })
}

/// Reads a document of the form that is asked for.
///
/// ```
/// use profila::recording::Recording;
/// use profila::document::{self, ReadError};
///
/// let error = document::read::<Recording>(r#"{"schema": "profila.recording/1.0""#);
/// assert_eq!(error, Err(ReadError::Truncated { line: 1, column: 34 }));
/// ```
pub fn read<D: Document>(text: &str) -> Result<D, ReadError> {
    read_as(text, schema_of(text)?)
}

fn read_as<D: Document>(text: &str, found: String) -> Result<D, ReadError> {
    match schema::relation(&found, D::SCHEMA) {
        None => Err(ReadError::Schema {
            found,
            expected: D::SCHEMA.to_owned(),
        }),
        Some(relation) => read_body(text, &found, relation),
    }
}

/// Reads a document of whichever form it says it has.
pub fn read_any(text: &str) -> Result<AnyDocument, ReadError> {
    let found = schema_of(text)?;
    if are_of_one_kind(&found, Comparison::SCHEMA) {
        read_as::<Comparison>(text, found).map(AnyDocument::from)
    } else if are_of_one_kind(&found, Comparisons::SCHEMA) {
        read_as::<Comparisons>(text, found).map(AnyDocument::from)
    } else if are_of_one_kind(&found, Reordering::SCHEMA) {
        read_as::<Reordering>(text, found).map(AnyDocument::from)
    } else if are_of_one_kind(&found, Scaling::SCHEMA) {
        read_as::<Scaling>(text, found).map(AnyDocument::from)
    } else {
        read_as::<Recording>(text, found).map(AnyDocument::from)
    }
}

/// The `schema` of any JSON object; its other fields are only checked to be JSON.
fn schema_of(text: &str) -> Result<String, ReadError> {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    if let Ok(head) = serde_json::from_str::<Head>(text) {
        return head.schema.ok_or(ReadError::NoSchema);
    }
    // A text that begins with what has no `schema` need not be JSON to its end: a script in Python
    // may begin with a string.
    Err(match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => ReadError::NoSchema,
        Err(error) if is_cut_off(&error, text) => ReadError::Truncated {
            line: error.line(),
            column: error.column(),
        },
        Err(error) => ReadError::Syntax {
            line: error.line(),
            column: error.column(),
            message: message(&error),
        },
    })
}

/// Whether the text ends too early. A number that ends in its middle, such as
/// `0.`, is a number with an error to serde.
fn is_cut_off(error: &serde_json::Error, text: &str) -> bool {
    let ends_in_number = text.ends_with(['.', '-', '+', 'e', 'E']);
    error.is_eof() || (ends_in_number && message(error) == "invalid number")
}

/// Reads text that is known to be JSON with a schema that can be read.
fn read_body<D: Document>(text: &str, schema: &str, relation: Relation) -> Result<D, ReadError> {
    let mut document: D = serde_json::from_str(text).map_err(|error| ReadError::Field {
        schema: schema.to_owned(),
        line: error.line(),
        column: error.column(),
        message: message(&error),
    })?;
    match relation {
        Relation::Same => {}
        Relation::Earlier => document.adopt(None),
        Relation::Later => document.adopt(Some(schema)),
    }
    let checked = document.check().map_err(|message| ReadError::Inconsistent {
        schema: schema.to_owned(),
        message,
    });
    checked.map(|()| document)
}

/// What a JSON error says, without the place that it appends.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests;
