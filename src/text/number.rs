//! Numbers as they are written.

use std::fmt;

/// A number with its sign and its unit or noun, such as `−2.5%`, `3.10 ms` or `6 rounds`.
/// It can be shown anywhere as it is: there is nothing in it that any form of report, a
/// terminal or a log takes for its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number(String);

/// What a number is written with, besides letters and digits.
const SIGNS: &str = " .,%+-−±≥×–µ→";

/// What stands for anything else.
const REPLACEMENT: &str = "\u{fffd}";

impl Number {
    /// A number in this notation.
    pub(crate) fn new(notation: impl fmt::Display) -> Self {
        let text = notation.to_string();
        let is_other = |c: char| !c.is_ascii_alphanumeric() && !SIGNS.contains(c);
        Self(if text.contains(is_other) {
            text.replace(is_other, REPLACEMENT)
        } else {
            text
        })
    }

    /// Its characters.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same without a sign before it.
    pub(crate) fn unsigned(&self) -> Self {
        Self(self.0.trim_start_matches(['−', '+']).to_owned())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.0
    }
}

#[cfg(test)]
impl PartialEq<&str> for Number {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_notation_is_in_a_number() {
        assert_eq!(Number::new("−2.5%"), "−2.5%");
        assert_eq!(Number::new("−2.5%").unsigned(), "2.5%");
        assert_eq!(
            Number::new("1\n::|<\u{1b}"),
            "1\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}"
        );
    }
}
