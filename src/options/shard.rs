//! The part of an experiment that is to be measured.

use std::str::FromStr;

use crate::recording::Shard;

/// The parts that an experiment may have.
const MOST_PARTS: u32 = 1000;

/// The part of an experiment that is to be measured, `K/N`: the K-th of N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which part, from 1 to their number.
    pub number: u32,
    /// How many parts there are.
    pub of: u32,
}

impl Part {
    /// As the recordings of an experiment with this seed know it.
    pub(crate) const fn of_experiment(self, seed: u64) -> Shard {
        let Self { number, of } = self;
        Shard { number, of, seed }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!("expected a part and the number of parts, such as 3/8, at most {MOST_PARTS}")
        };
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        let (number, of) = text.split_once('/').ok_or_else(expected)?;
        if !is_number(number) || !is_number(of) {
            return Err(expected());
        }
        let of = of.parse().ok().filter(|of| (1..=MOST_PARTS).contains(of));
        let of: u32 = of.ok_or_else(expected)?;
        match number.parse() {
            Ok(number) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(format!(
                "parts are counted from 1 to {of}, so there is no part {number}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(u32, u32), &str>) {
        let found = text.parse::<Part>().map(|it| (it.number, it.of));
        match (found, expected) {
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => assert_eq!(found, expected.map_err(str::to_owned)),
        }
    }

    #[test]
    fn a_part_is_one_of_its_number() {
        check("1/1", Ok((1, 1)));
        check("3/8", Ok((3, 8)));
        check("1000/1000", Ok((1000, 1000)));
        check("0/4", Err("counted from 1 to 4, so there is no part 0"));
        check("5/4", Err("there is no part 5"));
        check("99999999999/4", Err("there is no part 99999999999"));
        check("1/0", Err("expected a part"));
        check("1/1001", Err("at most 1000"));
        for text in [
            "", "x", "3", "3/", "/8", "3/8/9", "-1/4", "+1/4", "1 / 4", "1.5/4",
        ] {
            check(text, Err("such as 3/8"));
        }
    }
}
