//! What was found of one unit's cost.

use crate::pair::Pair;
use crate::stats::{Estimate, Interval, Level, Shift, Spread};

/// The cost of one unit on both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CostFit {
    /// Mean cost on each side, in seconds per unit of work.
    pub cost: Pair<f64>,
    /// After minus before, in seconds per unit of work.
    pub difference: Estimate,
    /// By how much the variance of the difference would grow for each second that the unit
    /// costs more after, as it would have more samples.
    pub growth: f64,
    /// Degrees of freedom of the unit's own rounds.
    pub(super) own_degrees: f64,
    /// Variances of the mean costs, and their covariance, as moderated.
    pub(super) variances: Pair<f64>,
    pub(super) covariance: f64,
}

/// By how much the degrees of freedom may be planned by exceed those of a unit's own rounds.
/// What other units say of its variance is itself an estimate, and may be worth little the
/// next time; a simulation finds that with this an effect that is called detectable is found
/// as often as it is said to be.
const MOST_BORROWED: f64 = 6.0;

impl CostFit {
    /// The difference, for planning what more rounds would bring.
    pub(crate) fn to_plan_by(self) -> Shift {
        let spread = self.difference.spread.map(|spread| Spread {
            degrees: spread.degrees.min(MOST_BORROWED * self.own_degrees),
            ..spread
        });
        Estimate {
            spread,
            ..self.difference
        }
        .into()
    }

    /// After over before; absent where before costs nothing.
    pub(crate) fn ratio(&self) -> Option<f64> {
        (self.cost.before > 0.0).then(|| self.cost.after / self.cost.before)
    }

    /// The ratios that the data allow at a level, by Fieller's theorem (1954), so
    /// that 1 is among them exactly when 0 is in the interval of the difference.
    /// Absent where the cost before is itself not clearly above 0: then no ratio is
    /// too large.
    pub(crate) fn ratio_interval(&self, level: Level) -> Option<Interval> {
        self.ratios(1.0 - level.alpha() / 2.0)
    }

    /// The ratio that the true one is above, and the one that it is below, each by itself
    /// at a level above 0.5. Absent as [`ratio_interval`](Self::ratio_interval) is.
    pub(crate) fn ratio_bounds(&self, level: Level) -> Option<Interval> {
        self.ratios(level.get())
    }

    /// The ratios between which the true one is, beyond each of which it is with the
    /// chance that this quantile leaves.
    fn ratios(&self, quantile: f64) -> Option<Interval> {
        let spread = self.difference.spread?;
        let t_squared = spread.quantile(quantile)?.powi(2);
        let Pair { before, after } = self.cost;
        // ρ is allowed where (after − ρ·before)² ≤ t²·Var(after − ρ·before).
        let a = before * before - t_squared * self.variances.before;
        let b = before * after - t_squared * self.covariance;
        let c = after * after - t_squared * self.variances.after;
        if a <= 0.0 {
            return None;
        }
        let root = (b * b - a * c).max(0.0).sqrt();
        Some(Interval {
            low: ((b - root) / a).max(0.0),
            high: (b + root) / a,
        })
    }
}
