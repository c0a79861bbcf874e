//! Text or a number: what most values of the configuration are written as.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A value of TOML that is text or a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Text(String),
    Integer(i64),
    Float(f64),
}

impl Scalar {
    /// The message where a value is not of the kind that is `expected`.
    pub(super) fn instead_of(&self, expected: &str) -> String {
        format!("expected {expected}, found {self}")
    }

    /// The value as a whole number within bounds; `expected` says which.
    pub(super) fn whole<T: TryFrom<i64> + PartialOrd + Copy>(
        &self,
        least: T,
        most: T,
        expected: &str,
    ) -> Result<T, String> {
        let Self::Integer(number) = *self else {
            return Err(self.instead_of(expected));
        };
        T::try_from(number)
            .ok()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.instead_of(expected))
    }

    /// The value as a number, whole or not.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(_) => None,
            #[expect(
                clippy::cast_precision_loss,
                reason = "numbers beyond 2^53 are out of every bound here"
            )]
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
        }
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(number))
    }
}
