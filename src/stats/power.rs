//! What the data could have shown, and how many rounds would.

use statrs::function::gamma::ln_gamma;

use super::{Estimate, Level, Spread, student};

/// The chance of being found that an effect called detectable has.
const POWER: f64 = 0.8;

/// Rounds beyond which it is not useful to say how many would be needed.
const MOST_ROUNDS: u32 = 1000;

/// The smallest true effect whose interval at `level` excludes 0 with a chance of
/// [`POWER`] in an experiment like this one, in the estimate's unit. Absent without
/// spread.
///
/// The standard error is itself an estimate, and with few rounds a rough one; a small
/// one must not promise too much. The effect δ = k·SE is found if k·S₁ + Z > t·S₂,
/// where S₁ and S₂ are the standard errors of this experiment and the next over the
/// true one (χ over √ν), Z is normal and t the quantile of the interval. With the mean
/// c and the variance 1/2ν of S, k solves c·(k − t) = z₀.₈·√(1 + (k² + t²)/2ν).
pub(crate) fn smallest_detectable(estimate: &Estimate, level: Level) -> Option<f64> {
    let spread = estimate.spread?;
    let t = spread.quantile(1.0 - level.alpha() / 2.0)?;
    let z = student::quantile(POWER, f64::INFINITY)?;
    let mean = mean_of_chi(spread.degrees);
    let noise = z * z / (2.0 * spread.degrees);
    // leading·k² − 2·middle·k + last = 0, of which k is the larger root.
    let leading = mean * mean - noise;
    let middle = mean * mean * t;
    let last = leading * t * t - z * z;
    if leading <= 0.0 {
        return None;
    }
    let root = (middle * middle - leading * last).max(0.0).sqrt();
    Some((middle + root) / leading * spread.standard_error)
}

/// Mean of a χ-distributed variable over the root of its degrees of freedom: by how
/// much a standard error is too small on average.
fn mean_of_chi(degrees: f64) -> f64 {
    let log = ln_gamma(f64::midpoint(degrees, 1.0)) - ln_gamma(degrees / 2.0);
    log.exp() * (2.0 / degrees).sqrt()
}

fn detectable(spread: Spread, level: Level) -> Option<f64> {
    let excluded = spread.quantile(1.0 - level.alpha() / 2.0)?;
    let reached = spread.quantile(POWER)?;
    Some((excluded + reached) * spread.standard_error)
}

/// The number of rounds, above the `rounds` there are, with which an effect as far
/// as `distance` from the nearest border between two verdicts would be settled with
/// a chance of [`POWER`]: the standard error shrinks with the root of their number
/// and every round brings a degree of freedom. The non-central t distribution is
/// approximated by a shifted one, δ = SE·(t₁₋α⸝₂ + t₀.₈). Absent without spread, and
/// where a thousand rounds would not do.
pub(crate) fn rounds_needed(
    estimate: &Estimate,
    distance: f64,
    level: Level,
    rounds: u32,
) -> Option<u32> {
    let now = estimate.spread?;
    let settled = |n: u32| {
        let spread = Spread {
            standard_error: now.standard_error * (f64::from(rounds) / f64::from(n)).sqrt(),
            degrees: now.degrees + f64::from(n - rounds),
        };
        detectable(spread, level).is_some_and(|effect| effect <= distance)
    };
    // The detectable effect falls with every round, so that halving finds the first.
    let (mut unsettled, mut enough) = (rounds, MOST_ROUNDS);
    if rounds >= MOST_ROUNDS || !settled(enough) {
        return None;
    }
    while enough - unsettled > 1 {
        let middle = u32::midpoint(unsettled, enough);
        if settled(middle) {
            enough = middle;
        } else {
            unsettled = middle;
        }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(standard_error: f64, degrees: f64) -> Estimate {
        Estimate::with_variance(0.0, standard_error * standard_error, degrees)
    }

    fn level() -> Level {
        Level::new(0.95).unwrap()
    }

    /// With a standard error that is known well, the textbook's t₀.₉₇₅ + z₀.₈.
    #[test]
    fn detectable_is_both_quantiles_together() {
        let found = smallest_detectable(&estimate(2.0, 1e6), level()).unwrap();
        assert!((found - 2.0 * 2.801_585).abs() < 1e-3, "{found}");
        assert_eq!(
            smallest_detectable(&Estimate::without_spread(1.0), level()),
            None
        );
    }

    #[test]
    fn the_fewer_rounds_the_more_an_effect_must_be_to_count_as_detectable() {
        let at = |degrees| smallest_detectable(&estimate(1.0, degrees), level()).unwrap();
        assert!(at(2.0) > at(4.0) && at(4.0) > at(19.0) && at(19.0) > at(100.0));
    }

    #[track_caller]
    fn check_rounds(distance: f64, expected: Option<u32>) {
        // Six rounds with a standard deviation of 1.
        let now = estimate(1.0 / 6.0_f64.sqrt(), 5.0);
        assert_eq!(rounds_needed(&now, distance, level(), 6), expected);
    }

    /// Against the exact answer of the non-central t: 10 pairs for an effect of one
    /// standard deviation, 34 for half of one, 199 for a fifth.
    #[test]
    fn rounds_needed_are_those_of_the_exact_power() {
        check_rounds(1.0, Some(10));
        check_rounds(0.5, Some(34));
        check_rounds(0.2, Some(199));
    }

    #[test]
    fn what_no_number_of_rounds_settles_is_not_promised() {
        check_rounds(0.0, None);
        check_rounds(1e-6, None);
        check_rounds(f64::NAN, None);
        assert_eq!(
            rounds_needed(&Estimate::without_spread(1.0), 1.0, level(), 1),
            None
        );
    }

    #[test]
    fn what_is_large_enough_takes_one_more_round() {
        check_rounds(100.0, Some(7));
    }
}
