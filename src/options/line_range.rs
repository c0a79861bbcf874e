//! `--lines`

use std::str::FromStr;

use crate::source::LineNumber;

/// Lines from one to another, such as `38-45`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRange {
    /// The first.
    pub first: LineNumber,
    /// The last, which is not before the first.
    pub last: LineNumber,
}

impl FromStr for LineRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let line = |text: &str| text.trim().parse().ok().and_then(LineNumber::new);
        let ends = text.split_once('-');
        let ends = ends.and_then(|(first, last)| Some((line(first)?, line(last)?)));
        match ends {
            Some((first, last)) if first <= last => Ok(Self { first, last }),
            _ => Err("write lines as FIRST-LAST, such as 38-45".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lines_with_a_dash_between() {
        let range = "38-45".parse::<LineRange>().unwrap();
        assert_eq!((range.first.get(), range.last.get()), (38, 45));
        assert!("7-7".parse::<LineRange>().is_ok());
        for wrong in ["", "7", "0-7", "8-7", "a-b", "1-2-3", "-3"] {
            assert!(wrong.parse::<LineRange>().is_err(), "{wrong}");
        }
    }
}
