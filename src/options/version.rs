//! The version of the configuration's form.

use serde::{Deserialize, Serialize};

use super::scalar::Scalar;

/// The version of the configuration's form: there is one, 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub(crate) struct Version;

impl TryFrom<Scalar> for Version {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        match value {
            Scalar::Integer(1) => Ok(Self),
            other => Err(other.instead_of("1, the configuration version that this profila reads")),
        }
    }
}

impl From<Version> for Scalar {
    fn from(_: Version) -> Self {
        Self::Integer(1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::read;
    use super::*;

    #[test]
    fn there_is_one_version() {
        assert_eq!(read("1"), Ok(Version));
        for wrong in ["2", "0", "'1'", "1.0"] {
            let error = read::<Version>(wrong).unwrap_err();
            assert!(
                error.starts_with("expected 1, the configuration version"),
                "{error}"
            );
        }
    }
}
