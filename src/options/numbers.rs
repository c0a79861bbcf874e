//! Numbers within bounds.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::scalar::Scalar;
use crate::stats::LOOKS;

/// A part of a whole, written in percent: `"1%"`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub(crate) struct Percent {
    /// As a fraction: 0.01 for 1%.
    pub(crate) fraction: f64,
}

impl TryFrom<Scalar> for Percent {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        const EXPECTED: &str = "a percentage from 0% to 100%, such as \"1%\"";
        let Scalar::Text(text) = &value else {
            return Err(value.instead_of(EXPECTED));
        };
        text.strip_suffix('%')
            .and_then(|number| number.trim_end().parse::<f64>().ok())
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(|percent| Self {
                fraction: percent / 100.0,
            })
            .ok_or_else(|| value.instead_of(EXPECTED))
    }
}

impl From<Percent> for Scalar {
    fn from(part: Percent) -> Self {
        Self::Text(format!("{}%", 100.0 * part.fraction))
    }
}

/// Samples per second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub struct Rate {
    /// In Hz.
    pub hz: f64,
}

impl TryFrom<Scalar> for Rate {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        // Above, the script would be stopped for most of the time; below, a run of
        // some seconds gives no sample.
        value
            .number()
            .filter(|hz| (1.0..=1000.0).contains(hz))
            .map(|hz| Self { hz })
            .ok_or_else(|| value.instead_of("a rate from 1 to 1000 samples per second"))
    }
}

impl From<Rate> for Scalar {
    fn from(rate: Rate) -> Self {
        // As a person writes it: 100, not 100.0.
        let text = rate.hz.to_string();
        text.parse().map_or(Self::Float(rate.hz), Self::Integer)
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) => Scalar::Float(number).try_into(),
            Err(_) => Scalar::Text(text.to_owned()).try_into(),
        }
    }
}

/// The part of the time for which the sampler may keep a script stopped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub struct MaxStopped {
    /// As a fraction: 0.2 for 20%.
    pub fraction: f64,
}

impl TryFrom<Scalar> for MaxStopped {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        // Nothing could be sampled at 0%, and at 100% nothing would run.
        match Percent::try_from(value.clone()) {
            Ok(Percent { fraction }) if (0.01..=0.9).contains(&fraction) => Ok(Self { fraction }),
            _ => Err(value.instead_of("a percentage from 1% to 90%, such as \"20%\"")),
        }
    }
}

impl From<MaxStopped> for Scalar {
    fn from(MaxStopped { fraction }: MaxStopped) -> Self {
        Percent { fraction }.into()
    }
}

impl FromStr for MaxStopped {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Scalar::Text(text.to_owned()).try_into()
    }
}

/// How many rounds a comparison makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Scalar", into = "Scalar")]
pub(crate) enum Rounds {
    /// As many as are needed.
    Adaptive,
    /// Exactly this many.
    Fixed(u32),
}

/// Most rounds that can be asked for.
pub(crate) const MOST_ROUNDS: u32 = 1000;

/// Most rounds that are made where their number is not fixed: those of the last look.
pub(crate) const MOST_ADAPTIVE_ROUNDS: u32 = LOOKS[LOOKS.len() - 1];

impl TryFrom<Scalar> for Rounds {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        match &value {
            Scalar::Text(text) if text == "adaptive" => Ok(Self::Adaptive),
            _ => value
                .whole(1, MOST_ROUNDS, "\"adaptive\" or a number from 1 to 1000")
                .map(Self::Fixed),
        }
    }
}

impl From<Rounds> for Scalar {
    fn from(rounds: Rounds) -> Self {
        match rounds {
            Rounds::Adaptive => Self::Text("adaptive".to_owned()),
            Rounds::Fixed(rounds) => Self::Integer(rounds.into()),
        }
    }
}

/// The level of intervals, such as 0.95.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Scalar")]
pub(crate) struct Confidence(pub(crate) f64);

impl TryFrom<Scalar> for Confidence {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        value
            .number()
            .filter(|level| (0.5..=0.9999).contains(level))
            .map(Self)
            .ok_or_else(|| value.instead_of("a level from 0.5 to 0.9999, such as 0.95"))
    }
}

/// A whole number from `LEAST` to `MOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Scalar")]
pub(crate) struct Count<const LEAST: u32, const MOST: u32>(pub(crate) u32);

impl<const LEAST: u32, const MOST: u32> TryFrom<Scalar> for Count<LEAST, MOST> {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        let expected = format!("a whole number from {LEAST} to {MOST}");
        value.whole(LEAST, MOST, &expected).map(Self)
    }
}

/// The seed of everything that is drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Scalar")]
pub(crate) struct Seed(pub(crate) u64);

impl TryFrom<Scalar> for Seed {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        value
            .whole(0, u64::MAX, "a non-negative whole number")
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::read;
    use super::*;

    #[track_caller]
    fn check<T>(text: &str, expected: Result<T, &str>)
    where
        T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        assert_eq!(read::<T>(text), expected.map_err(str::to_owned));
    }

    #[test]
    fn percent() {
        check("'1%'", Ok(Percent { fraction: 0.01 }));
        check("'0.5 %'", Ok(Percent { fraction: 0.005 }));
        check("'0%'", Ok(Percent { fraction: 0.0 }));
        let expected = "expected a percentage from 0% to 100%, such as \"1%\", found ";
        for (text, found) in [
            ("'1'", "\"1\""),
            ("0.01", "0.01"),
            ("'-1%'", "\"-1%\""),
            ("'101%'", "\"101%\""),
            ("'nan%'", "\"nan%\""),
        ] {
            check::<Percent>(text, Err(&format!("{expected}{found}")));
        }
    }

    #[test]
    fn rate() {
        check("100", Ok(Rate { hz: 100.0 }));
        check("99.5", Ok(Rate { hz: 99.5 }));
        let expected = "expected a rate from 1 to 1000 samples per second, found ";
        for (text, found) in [
            ("0", "0"),
            ("1000.5", "1000.5"),
            ("'100'", "\"100\""),
            ("nan", "NaN"),
        ] {
            check::<Rate>(text, Err(&format!("{expected}{found}")));
        }
    }

    #[test]
    fn rate_of_the_command_line() {
        assert_eq!("97".parse(), Ok(Rate { hz: 97.0 }));
        for text in ["0", "1e9", "fast", "nan"] {
            let error = text.parse::<Rate>().unwrap_err();
            assert!(error.contains("from 1 to 1000"), "{error}");
        }
    }

    #[test]
    fn max_stopped() {
        check("'20%'", Ok(MaxStopped { fraction: 0.2 }));
        check("'90 %'", Ok(MaxStopped { fraction: 0.9 }));
        let expected = "expected a percentage from 1% to 90%, such as \"20%\", found ";
        for (text, found) in [("'0%'", "\"0%\""), ("'91%'", "\"91%\""), ("0.2", "0.2")] {
            check::<MaxStopped>(text, Err(&format!("{expected}{found}")));
        }
        assert_eq!("5%".parse(), Ok(MaxStopped { fraction: 0.05 }));
        assert!("5".parse::<MaxStopped>().is_err());
    }

    #[test]
    fn rounds() {
        check("'adaptive'", Ok(Rounds::Adaptive));
        check("1", Ok(Rounds::Fixed(1)));
        check("1000", Ok(Rounds::Fixed(MOST_ROUNDS)));
        let expected = "expected \"adaptive\" or a number from 1 to 1000, found ";
        for (text, found) in [
            ("0", "0"),
            ("1001", "1001"),
            ("-3", "-3"),
            ("2.5", "2.5"),
            ("'many'", "\"many\""),
        ] {
            check::<Rounds>(text, Err(&format!("{expected}{found}")));
        }
    }

    #[test]
    fn confidence() {
        check("0.95", Ok(Confidence(0.95)));
        check::<Confidence>(
            "95",
            Err("expected a level from 0.5 to 0.9999, such as 0.95, found 95"),
        );
        check::<Confidence>(
            "1",
            Err("expected a level from 0.5 to 0.9999, such as 0.95, found 1"),
        );
    }

    #[test]
    fn count() {
        check("3", Ok(Count::<1, 3>(3)));
        check::<Count<1, 3>>("0", Err("expected a whole number from 1 to 3, found 0"));
        check::<Count<1, 3>>("4", Err("expected a whole number from 1 to 3, found 4"));
        check::<Count<1, 3>>("2.0", Err("expected a whole number from 1 to 3, found 2"));
    }

    #[test]
    fn seed() {
        check("9223372036854775807", Ok(Seed(9_223_372_036_854_775_807)));
        check::<Seed>("-1", Err("expected a non-negative whole number, found -1"));
    }

    #[test]
    fn what_is_neither_text_nor_number_is_told_so() {
        check::<Rate>(
            "true",
            Err("invalid type: boolean `true`, expected a string or a number"),
        );
    }
}
