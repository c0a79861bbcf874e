//! Parts of a whole.

use std::borrow::Cow;
use std::cmp::Ordering;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// A part of a whole, such as of the samples that are a line's, or of the time that was
/// measured: from 0, which is nothing, to 1, which is all of it. It has no unit. A percentage is
/// a hundred times as much, and only in reports; a difference of shares may be below 0, and is
/// not a share.
///
/// ```
/// use profila::share::Share;
///
/// assert_eq!(Share::of_samples(1, 4), Share::new(0.25).unwrap());
/// assert_eq!(Share::new(25.0), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

impl Share {
    /// Nothing.
    pub const NOTHING: Self = Self(0.0);

    /// A share; `None` if it is not from 0 to 1.
    pub const fn new(part: f64) -> Option<Self> {
        if part >= 0.0 && part <= 1.0 {
            // There is one nothing: -0.0 becomes 0.0.
            Some(Self(part + 0.0))
        } else {
            None
        }
    }

    /// The share that is nearest to an estimate of one: those of small shares may be below 0,
    /// and rounding may leave the sum of all a little above 1. NaN gives nothing.
    pub const fn nearest(estimate: f64) -> Self {
        if estimate.is_nan() {
            Self::NOTHING
        } else {
            Self(estimate.clamp(0.0, 1.0) + 0.0)
        }
    }

    /// `part` of `whole` samples, as a share; nothing where there are none.
    #[expect(
        clippy::cast_precision_loss,
        reason = "sample counts are far below 2^53"
    )]
    pub const fn of_samples(part: u64, whole: u64) -> Self {
        Self::of_time(part as f64, whole as f64)
    }

    /// `part_s` of `whole_s` seconds, as a share; nothing where there are none.
    pub const fn of_time(part_s: f64, whole_s: f64) -> Self {
        if whole_s > 0.0 {
            Self::nearest(part_s / whole_s)
        } else {
            Self::NOTHING
        }
    }

    /// As a number, from 0 to 1.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// None of them is NaN.
impl Eq for Share {}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(part: f64) -> Result<Self, String> {
        Self::new(part).ok_or_else(|| format!("a share is from 0 to 1, and not {part}"))
    }
}

/// Reads a share of which older versions wrote values that are a little above 1.
pub(crate) fn read_nearest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Share, D::Error> {
    f64::deserialize(deserializer).map(Share::nearest)
}

impl JsonSchema for Share {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "format": "double", "minimum": 0, "maximum": 1})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_from_nothing_to_all() {
        for nothing in [Share::new(-0.0).unwrap(), Share::nearest(-0.0)] {
            assert_eq!(nothing.cmp(&Share::NOTHING), Ordering::Equal);
        }
        for part in [0.0, 0.25, 1.0] {
            assert_eq!(Share::new(part).map(f64::from), Some(part));
        }
        for other in [-0.1, 1.000_001, 25.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Share::new(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_estimated_is_within_the_bounds() {
        let nearest = |estimate| Share::nearest(estimate).get();
        let estimates = [-0.1, 0.5, 1.000_001, f64::NAN].map(nearest);
        assert_eq!(estimates.map(|it| it.to_string()), ["0", "0.5", "1", "0"]);
    }

    #[test]
    fn of_nothing_every_part_is_nothing() {
        assert_eq!(Share::of_samples(3, 0), Share::NOTHING);
        assert_eq!(Share::of_time(3.0, 0.0), Share::NOTHING);
        assert_eq!(Share::of_time(0.5, 2.0), Share::of_samples(1, 4));
    }

    #[test]
    fn shares_are_plain_numbers_in_documents() {
        let half: Share = serde_json::from_str("0.5").unwrap();
        assert_eq!(serde_json::to_string(&half).unwrap(), "0.5");
        let error = serde_json::from_str::<Share>("50.0").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("a share is from 0 to 1, and not 50")
        );
    }
}
