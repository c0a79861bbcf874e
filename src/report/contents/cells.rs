//! What the cells of a table say, each for itself.

use super::cost_word;
use super::rows::Part;
use crate::compare::{CostChange, CostVerdict, Evidence};
use crate::pair::Pair;
use crate::report::format::{
    CostScale, change, count, interval, percent, points, points_margin, rough_percent,
};
use crate::text::{Number, Text};

/// What is said of a change, a cell each.
pub(in crate::report) struct Cells {
    /// How the share shifted, in points.
    pub(in crate::report) shift: Number,
    /// The margin of that.
    pub(in crate::report) margin: Option<Number>,
    /// How the cost changed.
    pub(in crate::report) cost: Text,
    /// The interval of that.
    pub(in crate::report) cost_interval: Option<Number>,
    /// The verdict.
    pub(in crate::report) verdict: Text,
    /// What the verdict rests on, in a word.
    pub(in crate::report) evidence: Option<&'static str>,
    /// Whether it costs more or less.
    pub(in crate::report) is_judged: bool,
    /// The least change that could have been seen, of an inconclusive one.
    pub(in crate::report) seen: Option<Number>,
    /// The rounds that would settle it.
    pub(in crate::report) needed: Option<Number>,
}

impl Cells {
    /// The cells of a change of these sides.
    pub(in crate::report) fn new(change: &CostChange, parts: Pair<Option<Part>>) -> Self {
        let (cost, cost_interval) = match (&change.cost_ratio, parts.before, parts.after) {
            (_, Some(_), None) => (Text::from("gone"), None),
            (_, None, Some(_)) => (Text::from("new"), None),
            (Some(ratio), ..) => {
                let (change, ends) = self::change(ratio);
                (change.into(), ends)
            }
            (None, ..) => (Text::from("from 0"), None),
        };
        let is_open = change.verdict == CostVerdict::Inconclusive;
        let evidence = match change.evidence {
            Evidence::Confirmed => Some("confirmed"),
            Evidence::Suggestive => Some("suggestive"),
            Evidence::None => None,
        };
        let seen = change.smallest_detectable.filter(|_| is_open);
        let needed = change.rounds_needed.filter(|_| is_open);
        Self {
            shift: points(change.share_shift.value),
            margin: points_margin(&change.share_shift),
            cost,
            cost_interval,
            verdict: cost_word(change.verdict),
            evidence: evidence.filter(|_| !is_open),
            is_judged: matches!(
                change.verdict,
                CostVerdict::CostsMore | CostVerdict::CostsLess
            ),
            seen: seen.map(|least| Number::new(format_args!("≥ {}", rough_percent(least)))),
            needed: needed.map(|rounds| count(rounds.into(), "round")),
        }
    }
}

/// The wider half of the interval of a change of cost, in the unit of the costs: `±0.31`.
pub(in crate::report) fn margin(change: &CostChange, scale: &CostScale) -> Option<Number> {
    let shift = &change.cost_shift_s;
    let (low, high) = interval(shift)?;
    let half_s = (shift.value - low).max(high - shift.value);
    Some(Number::new(format_args!("±{}", scale.show(half_s))))
}

/// Instead of the share of a line that the compiler left nothing of.
pub(in crate::report) const NO_CODE: &str = "no code";

/// A share; exactly none is told apart from one that rounds to none, and from a line that
/// cannot have any.
pub(in crate::report) fn share(part: &Part) -> Text {
    if part.samples == 0 && part.has_no_code {
        NO_CODE.into()
    } else if part.samples == 0 {
        Number::new(0).into()
    } else {
        percent(part.share).into()
    }
}

/// A cost, without its unit.
pub(in crate::report) fn cost(part: &Part, scale: &CostScale) -> Number {
    if part.samples == 0 {
        Number::new(0)
    } else {
        scale.show(part.cost_s)
    }
}
