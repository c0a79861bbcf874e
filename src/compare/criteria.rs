//! What a comparison is asked to be, once that is known to make sense.

use super::drift::Drift;
use super::metric::Quantity;
use super::rounding;
use super::rounds::Rounds;
use super::{CompareError, Look};
use crate::gate::Rule;
use crate::instructions::Syntax;
use crate::pair::Pair;
use crate::recording::Recording;
use crate::stats::{self, Level};

/// What a comparison is made by.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Level of every interval, between 0 and 1, such as 0.95.
    pub confidence: f64,
    /// The least relative change that is called one, such as 0.01.
    pub min_effect: f64,
    /// What the change may cost.
    pub rules: Vec<Rule>,
    /// Comparisons that are to hold together with this confidence, at least 1.
    pub together: u32,
    /// How instructions are written, if those of the lines are wanted.
    pub assembly: Option<Syntax>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            min_effect: 0.01,
            rules: Vec::new(),
            together: 1,
            assembly: None,
        }
    }
}

/// The options, once they are known to make sense.
#[derive(Clone, Copy, Debug)]
pub(super) struct Criteria {
    /// Level of the intervals of what ends an experiment: metrics, and what rules are about.
    pub(super) level: Level,
    /// Level of all other intervals. Lines are judged once, after the last round, and so take
    /// the whole of it.
    pub(super) lines_level: Level,
    /// How much further off than they show metrics may be, on the scale of logarithms.
    pub(super) allowance: f64,
    /// What the machine may have done between both sides.
    pub(super) drift: Drift,
    /// By how much the costs of lines may be off for that, for early rounds, and because what
    /// the scripts reported was rounded.
    pub(super) lines_drift: Drift,
    /// The look at which this is, where there may be more than one.
    pub(super) look: Option<Look>,
    pub(super) min_effect: f64,
}

impl Criteria {
    pub(super) fn of(
        options: &Options,
        sides: &Pair<&Recording>,
        rounds: &Rounds<'_>,
    ) -> Result<Self, CompareError> {
        if !(options.min_effect.is_finite() && options.min_effect >= 0.0) {
            return Err(CompareError::MinEffect(options.min_effect));
        }
        let together = usize::try_from(options.together).unwrap_or(usize::MAX);
        let overall = Level::new(options.confidence)?.shared_among(together);
        let look = look(sides, rounds, overall);
        let allowance = match look {
            Some(_) => stats::allowance_after(rounds.len()),
            None => 0.0,
        };
        let drift = Drift::of(sides, rounds);
        let rounding = rounding::allowance(rounds, Quantity::throughput(rounds.source));
        Ok(Self {
            level: match look {
                Some(_) => stats::level_of_looks(overall),
                None => overall,
            },
            lines_level: overall,
            allowance,
            drift,
            lines_drift: drift.and(allowance + rounding),
            look,
            min_effect: options.min_effect,
        })
    }
}

/// Which look at an experiment this is, where it was planned to look more than once.
fn look(sides: &Pair<&Recording>, rounds: &Rounds<'_>, overall: Level) -> Option<Look> {
    let Pair { before, after } = sides.map(|recording| &recording.settings.looks);
    if rounds.design != stats::Design::Paired || before != after || before.len() < 2 {
        return None;
    }
    let earlier = before.iter().filter(|&&look| look < rounds.len()).count();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Some(Look {
        number: number((earlier + 1).min(before.len())),
        of: number(before.len()),
        level: stats::level_of_looks(overall).get(),
    })
}
