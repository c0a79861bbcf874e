//! Patterns of file names.

use serde::Deserialize;

use super::scalar::Scalar;
use crate::source::FileGlob;

/// A pattern of file names, as a file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Scalar")]
pub(crate) struct Glob(pub(crate) FileGlob);

impl TryFrom<Scalar> for Glob {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        match &value {
            Scalar::Text(text) => text.parse().map(Self),
            _ => Err(value.instead_of("a file name pattern")),
        }
    }
}
