//! Numbers to calculate with.

use super::StatsError;

/// Refuses NaN and infinite values.
pub(super) fn check_finite(values: impl IntoIterator<Item = f64>) -> Result<(), StatsError> {
    match values.into_iter().find(|value| !value.is_finite()) {
        Some(value) => Err(StatsError::NotFinite(value)),
        None => Ok(()),
    }
}

/// A number of values as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of runs and samples are far below 2^53"
)]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// A number of samples as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of runs and samples are far below 2^53"
)]
pub(crate) fn samples(n: u64) -> f64 {
    n as f64
}
