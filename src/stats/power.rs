//! What the data could have shown, and how many rounds would.

use statrs::function::gamma::ln_gamma;

use super::{Level, Shift, Spread, student};

/// The chance with which what is planned comes true: that an effect called detectable is found,
/// and that the higher number of rounds settles a question.
pub(crate) const POWER: f64 = 0.8;

/// The nominal chance by which it is planned where nothing is known of how much runs vary but
/// what they show. Now and then one is disturbed, and an experiment that was spared knows nothing
/// of that: with this, the chance that comes of it is about [`POWER`].
pub(crate) const NOMINAL_POWER: f64 = 0.86;

/// Rounds beyond which it is not useful to say how many would be needed.
const MOST_ROUNDS: u32 = 1000;

/// The smallest true effect whose interval at `level` excludes 0 with a chance of
/// `power` in an experiment like this one, in the estimate's unit. Absent without
/// spread.
///
/// The standard error is itself an estimate, and with few rounds a rough one; a small
/// one must not promise too much. The effect δ = k·SE is found if k·S₁ + Z > t·S₂,
/// where S₁ and S₂ are the standard errors of this experiment and the next over the
/// true one (χ over √ν), Z is normal and t the quantile of the interval. With the mean
/// c and the variance 1/2ν of S, k solves c·(k − t) = z·√(1 + (k² + t²)/2ν), where z is the
/// quantile at `power`.
///
/// Where the variance grows with the effect, by `growth` for each unit of it, as that of a
/// cold line does that has the more samples the more it costs, the error at the effect counts:
/// δ² = k²·(SE² + growth·δ).
pub(crate) fn smallest_detectable(
    shift: &Shift,
    level: Level,
    growth: f64,
    power: f64,
) -> Option<f64> {
    let spread = shift.to_plan_by().spread?;
    let error = spread.standard_error;
    let level = shift.level_of_each(level);
    let squared = errors_detected(spread, level, power)?.powi(2);
    let half = squared * growth / 2.0;
    Some(half + (half * half + squared * error * error).sqrt() + shift.allowance())
}

/// k: how many standard errors an effect must be to be found with a chance of `power`.
fn errors_detected(spread: Spread, level: Level, power: f64) -> Option<f64> {
    let t = spread.quantile(1.0 - level.alpha() / 2.0)?;
    let z = student::quantile(power, f64::INFINITY)?;
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
    Some((middle + root) / leading)
}

/// Mean of a χ-distributed variable over the root of its degrees of freedom: by how
/// much a standard error is too small on average.
fn mean_of_chi(degrees: f64) -> f64 {
    let log = ln_gamma(f64::midpoint(degrees, 1.0)) - ln_gamma(degrees / 2.0);
    log.exp() * (2.0 / degrees).sqrt()
}

/// What would settle an open question: an interval that is beyond a border on one side of 0
/// or the other, or between two borders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aim {
    /// How far from 0 the whole of an interval has to be, at least 0, and its level.
    pub beyond: (f64, Level),
    /// How far from 0 the whole of an interval may be, above 0, and its level.
    pub within: (f64, Level),
}

/// How many rounds, all of an experiment together, would settle a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoundsNeeded {
    /// With these it is as likely settled as not.
    pub low: u32,
    /// With these it is settled with a chance of [`POWER`].
    pub high: u32,
}

/// The chance with which the lower number of rounds settles a question.
const EVEN: f64 = 0.5;

/// How many times the margin, below which a change does not matter, half of all changes are
/// believed to be at most, before any round is made.
const MARGINS: f64 = 10.0;

/// What is believed of an effect after some rounds.
struct Belief {
    mean: f64,
    variance: f64,
}

impl Belief {
    /// With this estimate, where half of all effects are within `scale`, and a few are much
    /// larger: a Cauchy distribution. All effects are equally likely with a scale of 0.
    ///
    /// A machine so noisy that every estimate is large would otherwise be believed to have large
    /// effects, which few rounds would settle.
    fn of(value: f64, spread: Spread, scale: f64) -> Self {
        let Spread {
            standard_error: error,
            degrees,
            ..
        } = spread;
        let flat = Self {
            mean: value,
            variance: error * error,
        };
        if scale <= 0.0 || error <= 0.0 {
            return flat;
        }
        let likelihood = |x: f64| (1.0 + x * x / degrees).powf(-f64::midpoint(degrees, 1.0));
        let prior = |x: f64| 1.0 / (1.0 + ((value + x * error) / scale).powi(2));
        let (mean, variance) = moments(|x| likelihood(x) * prior(x));
        // Relative to that of a flat belief, as Student's distribution need not have any.
        let (_, of_flat) = moments(likelihood);
        Self {
            mean: value + error * mean,
            variance: error * error * variance / of_flat,
        }
    }
}

/// Mean and variance of a distribution of this density, up to a factor, on a grid of ±6.
fn moments(density: impl Fn(f64) -> f64) -> (f64, f64) {
    let grid = (-24..=24).map(|step| f64::from(step) / 4.0);
    let (mut all, mut mean, mut square) = (0.0, 0.0, 0.0);
    for x in grid {
        let weight = density(x);
        all += weight;
        mean += weight * x;
        square += weight * x * x;
    }
    mean /= all;
    (mean, square / all - mean * mean)
}

/// The numbers of rounds, above the `rounds` there are, that would settle a question. Absent
/// without spread, and where a thousand rounds would not do.
///
/// How large the effect is and how much rounds vary is known from these rounds only, and both
/// enter. With a belief in the effect of mean m and variance v (see [`Belief`]), the mean of n
/// rounds, of which there are n₀, will be that of n₀ parts of Δ̂ and n − n₀ of m, with a variance
/// of ((n − n₀)/n)²·(v + SE²·n₀/(n − n₀)), and follow Student's distribution about that; the
/// half-width of its interval will be about t₁₋α⸝₂·SE·√(n₀/n). (The effect is integrated out, as
/// in the assurance of O'Hagan, Stevens and Campbell 2005.) An effect taken to be as large as it
/// looks would promise too much, as those that are left open look larger or smaller than they
/// are.
pub(crate) fn rounds_needed(shift: &Shift, aim: Aim, rounds: u32) -> Option<RoundsNeeded> {
    let now = shift.to_plan_by();
    let spread = now.spread?;
    let error = spread.standard_error;
    let belief = Belief::of(now.value, spread, MARGINS * aim.within.0);
    let chance = |n: u32| -> Option<f64> {
        let (all, new) = (f64::from(n), f64::from(n - rounds));
        let half = |level: Level| -> Option<f64> {
            let level = shift.level_after(n, level);
            let t = student::quantile(1.0 - level.alpha() / 2.0, spread.degrees + new)?;
            Some(t * error * (f64::from(rounds) / all).sqrt() + shift.allowance())
        };
        let mean = (f64::from(rounds) * now.value + new * belief.mean) / all;
        let noise = error * error * f64::from(rounds) / new;
        let sd = new / all * (belief.variance + noise).sqrt();
        let below = |border: f64| student::below((border - mean) / sd, spread.degrees);
        let beyond = aim.beyond.0 + half(aim.beyond.1)?;
        let within = aim.within.0 - half(aim.within.1)?;
        let apart = 1.0 - below(beyond)? + below(-beyond)?;
        let same = if within > 0.0 {
            below(within)? - below(-within)?
        } else {
            0.0
        };
        Some(apart + same)
    };
    let first = |wanted: f64| {
        numbers_of_rounds(rounds).find(|&n| chance(n).is_some_and(|chance| chance >= wanted))
    };
    Some(RoundsNeeded {
        low: first(EVEN)?,
        high: first(POWER)?,
    })
}

/// Numbers above this one, up to [`MOST_ROUNDS`], which are ever farther apart: nobody needs to
/// know whether 200 rounds would do or 201.
fn numbers_of_rounds(above: u32) -> impl Iterator<Item = u32> {
    let next = |&n: &u32| Some(n + 1 + n / 20);
    std::iter::successors(Some(above.saturating_add(1)), next).take_while(|&n| n <= MOST_ROUNDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Estimate;

    fn shift(value: f64, standard_error: f64, degrees: f64) -> Shift {
        Estimate::with_variance(value, standard_error * standard_error, degrees).into()
    }

    fn estimate(standard_error: f64, degrees: f64) -> Shift {
        shift(0.0, standard_error, degrees)
    }

    fn level() -> Level {
        Level::new(0.95).unwrap()
    }

    /// With a standard error that is known well, the textbook's t₀.₉₇₅ + z₀.₈.
    #[test]
    fn detectable_is_both_quantiles_together() {
        let found = smallest_detectable(&estimate(2.0, 1e6), level(), 0.0, POWER).unwrap();
        assert!((found - 2.0 * 2.801_585).abs() < 1e-3, "{found}");
        assert_eq!(
            smallest_detectable(&Estimate::without_spread(1.0).into(), level(), 0.0, POWER),
            None
        );
    }

    #[test]
    fn the_fewer_rounds_the_more_an_effect_must_be_to_count_as_detectable() {
        let at =
            |degrees| smallest_detectable(&estimate(1.0, degrees), level(), 0.0, POWER).unwrap();
        assert!(at(2.0) > at(4.0) && at(4.0) > at(19.0) && at(19.0) > at(100.0));
    }

    /// δ² = k²·(SE² + growth·δ), with k of a standard error that is known well.
    #[test]
    fn where_the_variance_grows_with_the_effect_that_at_the_effect_counts() {
        let found = smallest_detectable(&estimate(2.0, 1e6), level(), 0.5, POWER).unwrap();
        let expected = 2.801_585_f64.powi(2) * (4.0 + 0.5 * found);
        assert!((found * found / expected - 1.0).abs() < 1e-3, "{found}");
        assert!(found > 2.0 * 2.801_585);
    }

    /// Rounds from which two estimates have to agree need a little more than one would.
    #[test]
    fn what_two_estimates_will_have_to_allow_is_planned_for() {
        let first = Estimate::with_variance(0.8, 1.0 / 6.0, 5.0);
        let aim = Aim {
            beyond: (0.0, level()),
            within: (0.01, level()),
        };
        let of_one = rounds_needed(&first.into(), aim, 6).unwrap();
        let of_two = rounds_needed(&Shift::of_one_until(first, 9), aim, 6).unwrap();
        assert!(of_two.high > of_one.high, "{of_two:?} {of_one:?}");
        let later = rounds_needed(&Shift::of_one_until(first, 1000), aim, 6).unwrap();
        assert_eq!(later, of_one);
        let [few, many] = [8, 9].map(|n| Shift::of_one_until(first, 9).level_after(n, level()));
        assert!(few == level() && many.alpha() < level().alpha());
    }

    fn needed(value: f64, beyond: f64, within: f64) -> Option<RoundsNeeded> {
        // Six rounds with a standard deviation of 1.
        let now = shift(value, 1.0 / 6.0_f64.sqrt(), 5.0);
        let aim = Aim {
            beyond: (beyond, level()),
            within: (within, level()),
        };
        rounds_needed(&now, aim, 6)
    }

    #[test]
    fn the_clearer_an_effect_the_sooner_it_is_settled() {
        let clear = needed(3.0, 1.0, 1.0).unwrap();
        let less = needed(1.5, 1.0, 1.0).unwrap();
        assert!(clear.low <= clear.high && less.low <= less.high);
        assert!(clear.high < less.high && clear.low <= less.low);
        assert_eq!(
            needed(100.0, 1.0, 1.0),
            Some(RoundsNeeded { low: 7, high: 7 })
        );
    }

    /// Looking like nothing is settled as well, by an interval between the borders.
    #[test]
    fn no_effect_is_settled_by_a_narrow_interval() {
        let wide = needed(0.0, 2.0, 2.0).unwrap();
        let narrow = needed(0.0, 1.0, 1.0).unwrap();
        assert!(wide.high < narrow.high, "{wide:?} {narrow:?}");
    }

    /// An estimate that is mostly noise is believed to be smaller than it looks, and one that is
    /// known well as large as it is.
    #[test]
    fn large_effects_are_believed_where_they_are_known() {
        let spread = |standard_error| Spread {
            standard_error,
            degrees: 5.0,
        };
        let noisy = Belief::of(0.3, spread(0.2), 0.1);
        assert!(0.0 < noisy.mean && noisy.mean < 0.2, "{}", noisy.mean);
        assert!(noisy.variance < 0.04, "{}", noisy.variance);
        let known = Belief::of(0.3, spread(0.001), 0.1);
        assert!((known.mean - 0.3).abs() < 1e-4, "{}", known.mean);
        assert!((known.variance / 1e-6 - 1.0).abs() < 0.01);
        let flat = Belief::of(0.3, spread(0.2), 0.0);
        assert!((flat.mean - 0.3).abs() < 1e-12 && (flat.variance - 0.04).abs() < 1e-12);
    }

    #[test]
    fn what_no_number_of_rounds_settles_is_not_promised() {
        assert_eq!(needed(0.0, 100.0, 0.001), None);
        assert_eq!(needed(f64::NAN, 1.0, 1.0), None);
        let aim = Aim {
            beyond: (1.0, level()),
            within: (1.0, level()),
        };
        let unknown = Estimate::without_spread(1.0).into();
        assert_eq!(rounds_needed(&unknown, aim, 1), None);
        assert_eq!(rounds_needed(&shift(1.0, 0.1, 5.0), aim, MOST_ROUNDS), None);
    }

    /// What all values may be off by does not go away with more of them.
    #[test]
    fn an_allowance_as_wide_as_the_borders_leaves_the_question_open() {
        let now = shift(0.0, 0.1, 5.0).widened(1.0);
        let aim = Aim {
            beyond: (1.0, level()),
            within: (1.0, level()),
        };
        assert_eq!(rounds_needed(&now, aim, 6), None);
    }
}
