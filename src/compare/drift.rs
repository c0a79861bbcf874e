//! What a machine may do between two recordings that were not interleaved.

use std::time::{Duration, SystemTime};

use super::rounds::Rounds;
use crate::pair::Pair;
use crate::recording::Recording;
use crate::stats::{Design, Interval};

/// By how many times a machine may be faster or slower than when the other recording was made.
///
/// Of 100 recordings of two unchanged scripts, six timed runs each, that were made one after
/// the other within an hour on a machine with other work, pairs differed by 5% in the median, one
/// in twenty by more than 10% to 20%, and the most distant pair by a factor of 1.25. The
/// recordings' own runs do not show it: they are all made at one time. The larger ratios are no
/// measurements: they stand for what nobody measured.
const WITHIN_AN_HOUR: f64 = 1.25;
const LATER: f64 = 1.5;
const ON_ANOTHER_MACHINE: f64 = 2.0;

const AN_HOUR: Duration = Duration::from_hours(1);

/// What a machine may have done between the recordings of two sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drift {
    ratio: f64,
}

impl Drift {
    pub(super) fn of(sides: &Pair<&Recording>, rounds: &Rounds<'_>) -> Self {
        let ratio = match rounds.design {
            Design::Paired => 1.0,
            Design::Unpaired if !is_on_one_machine(sides) => ON_ANOTHER_MACHINE,
            Design::Unpaired if are_within_an_hour(sides) => WITHIN_AN_HOUR,
            Design::Unpaired => LATER,
        };
        Self { ratio }
    }

    /// By how many times it may be faster or slower, at least 1; exactly 1 where the runs of
    /// both sides were interleaved.
    pub(super) const fn ratio(self) -> f64 {
        self.ratio
    }

    /// The same where times may be off by more, on the scale of logarithms.
    pub(super) fn and(self, allowance: f64) -> Self {
        Self {
            ratio: self.ratio * allowance.exp(),
        }
    }

    /// The same interval of a ratio of times, as wide as it may be.
    pub(super) fn widened(self, ratio: Interval) -> Interval {
        Interval {
            low: ratio.low / self.ratio,
            high: ratio.high * self.ratio,
        }
    }

    /// The same on the scale of logarithms.
    pub(super) fn log(self) -> f64 {
        self.ratio.ln()
    }
}

fn is_on_one_machine(sides: &Pair<&Recording>) -> bool {
    let mut blocks = sides.before.blocks.iter().chain(&sides.after.blocks);
    let first = blocks.next().map(|block| &block.machine);
    blocks.all(|block| Some(&block.machine) == first)
}

/// Whether both experiments began within an hour; not where one does not say when.
fn are_within_an_hour(sides: &Pair<&Recording>) -> bool {
    let began = sides.map(|it| humantime::parse_rfc3339_weak(&it.created));
    let (Ok(before), Ok(after)) = (began.before, began.after) else {
        return false;
    };
    let gap = |from: SystemTime, to: SystemTime| to.duration_since(from).ok();
    let gap = gap(before, after).or_else(|| gap(after, before));
    gap.is_some_and(|gap| gap <= AN_HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::fixture;

    #[track_caller]
    fn check(created: [&str; 2], expected: bool) {
        let [before, after] = created.map(|created| {
            let mut recording = fixture::recording("a", "a.py");
            created.clone_into(&mut recording.created);
            recording
        });
        let sides = Pair::new(&before, &after);
        assert_eq!(are_within_an_hour(&sides), expected, "{created:?}");
        let swapped = Pair::new(&after, &before);
        assert_eq!(are_within_an_hour(&swapped), expected, "{created:?}");
    }

    #[test]
    fn what_was_made_within_an_hour_is_told_from_what_was_not() {
        check(["2026-01-01T10:00:00Z", "2026-01-01T10:59:00Z"], true);
        check(["2026-01-01T10:00:00Z", "2026-01-01T11:01:00Z"], false);
        check(["2026-01-01T10:00:00Z", "2026-02-01T10:00:00Z"], false);
        check(["2026-01-01T10:00:00Z", "yesterday"], false);
    }

    #[test]
    fn other_processors_are_another_machine() {
        let before = fixture::recording("a", "a.py");
        let mut after = before.clone();
        assert!(is_on_one_machine(&Pair::new(&before, &after)));
        after.blocks[0].machine.cpu = "another".to_owned();
        assert!(!is_on_one_machine(&Pair::new(&before, &after)));
    }
}
