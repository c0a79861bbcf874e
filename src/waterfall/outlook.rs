//! What is inconclusive, and what would probably settle it.

use super::reach_s;
use crate::compare::CostChange;
use crate::options::MOST_ADAPTIVE_ROUNDS;

/// How much some inconclusive changes may come to, and with how many rounds they would probably
/// be settled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outlook {
    /// The most that any of them may have changed by, as a part of the cost of all before; absent
    /// where one of them has no interval, or all have no cost.
    pub(crate) reach: Option<f64>,
    /// How many rounds to ask for, and how many of the changes have a chance of 0.8 to be settled
    /// with them: as many rounds as there are without asking at most, if those settle any; absent
    /// where it is known of none.
    pub(crate) rounds: Option<(u32, usize)>,
}

impl Outlook {
    /// The outlook on these changes, where all of a comparison costs so many seconds before.
    pub(crate) fn of(before_s: f64, changes: &[&CostChange]) -> Self {
        let mut reach = changes.iter().map(|change| reach_s(change));
        let reach_s = reach.try_fold(0.0, |most, reach| Some(f64::max(most, reach?)));
        let known = reach_s.filter(|_| before_s > 0.0);
        Self {
            reach: known.map(|reach_s| reach_s / before_s),
            rounds: rounds(changes),
        }
    }
}

fn rounds(changes: &[&CostChange]) -> Option<(u32, usize)> {
    let needed = changes.iter().filter_map(|change| change.rounds_needed);
    let needed: Vec<u32> = needed.collect();
    let affordable = needed.iter().filter(|&&it| it <= MOST_ADAPTIVE_ROUNDS);
    let rounds = *affordable.max().or_else(|| needed.iter().min())?;
    let settled = needed.iter().filter(|&&it| it <= rounds).count();
    Some((rounds, settled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::waterfall::Waterfall;

    #[track_caller]
    fn check(needed: &[Option<u32>], expected: Option<(u32, usize)>) {
        let comparison = fixture::inconclusive();
        let change = &comparison.lines[0].change;
        let changes = needed.iter().map(|&rounds_needed| CostChange {
            rounds_needed,
            ..change.clone()
        });
        let changes: Vec<CostChange> = changes.collect();
        let changes: Vec<&CostChange> = changes.iter().collect();
        assert_eq!(Outlook::of(1.0, &changes).rounds, expected);
    }

    #[test]
    fn as_many_rounds_are_asked_for_as_settle_what_can_be_afforded() {
        check(&[Some(9), Some(18), Some(125), None], Some((18, 2)));
        check(&[Some(125), Some(70)], Some((70, 1)));
        check(&[Some(20)], Some((20, 1)));
        check(&[None], None);
    }

    #[test]
    fn the_reach_is_that_of_the_widest_interval() {
        let mut comparison = fixture::inconclusive();
        let cost_s = Waterfall::of(&comparison, 0).unwrap().cost_s;
        let shift = &mut comparison.lines[0].change.cost_shift_s;
        (shift.low, shift.high) = (Some(-0.5 * cost_s.before), Some(0.1 * cost_s.before));
        let changes: Vec<CostChange> = comparison
            .lines
            .iter()
            .map(|it| it.change.clone())
            .collect();
        let changes: Vec<&CostChange> = changes.iter().collect();
        assert_eq!(Outlook::of(cost_s.before, &changes).reach, Some(0.5));
        comparison.lines[1].change.cost_shift_s.low = None;
        let changes: Vec<&CostChange> = comparison.lines.iter().map(|it| &it.change).collect();
        assert_eq!(Outlook::of(cost_s.before, &changes).reach, None);
    }
}
