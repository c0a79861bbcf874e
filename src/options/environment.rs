//! Names of environment variables.

use serde::Deserialize;

/// The name of an environment variable: not empty, without `=` and without NUL,
/// which no process can be given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct EnvName(pub(crate) String);

impl TryFrom<String> for EnvName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(format!(
                "{name:?} cannot be the name of an environment variable"
            ));
        }
        Ok(Self(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, valid: bool) {
        assert_eq!(
            EnvName::try_from(name.to_owned()).is_ok(),
            valid,
            "{name:?}"
        );
    }

    #[test]
    fn names() {
        check("NUMBA_NUM_THREADS", true);
        check("", false);
        check("A=B", false);
        check("A\0", false);
    }
}
