//! What the tests of all units gave, and what may be claimed by them.

use crate::compare::criteria::Criteria;
use crate::compare::drift::Drift;
use crate::compare::rounds::Rounds;
use crate::compare::units::{LineUnit, pooled};
use crate::compare::{CompareError, CostChange, CostVerdict, Estimate, Evidence, LineKind};
use crate::pair::Pair;
use crate::stats::{
    self, Aim, CostFit, Exposure, Interval, Level, MIN_SAMPLES, POWER, Scope, Shift, UnitCounts,
};

/// Whose false alarms are counted together: what the edit touched, and what it did
/// not. An edit is expected to change the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Touched,
    Untouched,
    /// Functions, whose lines are in the other two as well.
    Whole,
}

impl Family {
    pub(super) fn of(line: &LineUnit<'_>) -> Self {
        if line.hunk.is_some() || line.kind != LineKind::Unchanged {
            Self::Touched
        } else {
            Self::Untouched
        }
    }
}

/// What the tests of all units gave, and what they are judged by.
pub(super) struct Table {
    rows: Vec<Row>,
    level: Level,
    /// The least change that is called one, in seconds of thread time per unit of work.
    margin_s: f64,
    /// Seconds of thread time per unit of work before.
    seconds_before: f64,
    rounds: u32,
    /// Whether all rounds were made on one machine, so that more of them are all that helps.
    is_on_one: bool,
    drift: Drift,
}

struct Row {
    cost: CostFit,
    share: CostFit,
    tested: Option<Tested>,
}

/// A unit with enough samples to be tested.
#[derive(Clone, Copy)]
struct Tested {
    p_value: Option<f64>,
    /// After Holm's and after Benjamini and Hochberg's correction.
    holm: Option<f64>,
    benjamini_hochberg: Option<f64>,
    /// Number of tests in the family.
    family_size: usize,
}

impl Table {
    /// Tests the units, each of a family.
    pub(super) fn of(
        rounds: &Rounds<'_>,
        members: &[(&UnitCounts, Family)],
        criteria: &Criteria,
    ) -> Result<Self, CompareError> {
        let counts: Vec<UnitCounts> = members
            .iter()
            .map(|(counts, _)| (*counts).clone())
            .collect();
        let exposures = rounds.exposures();
        // A share is the cost in a world where every unit of work takes 1 s.
        let shares = exposures.as_ref().map(|runs| {
            runs.iter()
                .map(|run| Exposure {
                    seconds: 1.0,
                    ..*run
                })
                .collect::<Vec<_>>()
        });
        let costs = rounds.cost_differences(&exposures, &counts)?;
        let shares = rounds.cost_differences(&shares, &counts)?;
        let tested = tests(members, &costs, criteria.lines_drift);
        let rows = costs.into_iter().zip(shares).zip(tested);
        let seconds_before = rounds.mean_thread_seconds()?.before;
        Ok(Self {
            rows: rows
                .map(|((cost, share), tested)| Row {
                    cost,
                    share,
                    tested,
                })
                .collect(),
            level: criteria.lines_level,
            margin_s: criteria.min_effect * seconds_before,
            seconds_before,
            drift: criteria.lines_drift,
            is_on_one: rounds.machines.scope() == Scope::One,
            rounds: u32::try_from(exposures.before.len().min(exposures.after.len()))
                .unwrap_or(u32::MAX),
        })
    }

    /// How the cost of each member changed, in their order.
    pub(super) fn changes(&self) -> impl Iterator<Item = CostChange> {
        self.rows.iter().map(|row| self.change(row))
    }

    /// The most that the share of any member but the first few may have changed; without end
    /// where that of one did change for sure (Holm).
    pub(super) fn largest_share_shift(&self, but_first: usize) -> f64 {
        let rows = self.rows.iter().skip(but_first);
        let shares: Vec<_> = rows
            .filter(|row| row.tested.is_some())
            .map(|row| row.share.difference)
            .collect();
        let p_values: Vec<f64> = shares.iter().filter_map(stats::Estimate::p_value).collect();
        let adjusted = stats::holm(&p_values);
        if adjusted.iter().any(|&p| p <= self.level.alpha()) {
            return f64::INFINITY;
        }
        let intervals = shares.iter().map(|it| it.interval(self.level));
        let ends = intervals.map(|it| it.map_or(f64::INFINITY, |it| it.high.max(-it.low)));
        ends.fold(0.0, f64::max)
    }

    fn change(&self, row: &Row) -> CostChange {
        let Row {
            cost,
            share,
            tested,
        } = row;
        let shift = shift(cost, self.drift);
        let interval = shift.interval(self.level);
        let evidence = tested.map_or(Evidence::None, |tested| tested.evidence(self.level));
        let verdict = match tested {
            None => CostVerdict::TooFewSamples,
            Some(_) => verdict(interval, evidence, self.margin_s),
        };
        let strict = tested.map(|tested| self.level.shared_among(tested.family_size));
        let planned = cost.to_plan_by().widened(allowance(cost, self.drift));
        let detectable = strict
            .and_then(|level| stats::smallest_detectable(&planned, level, cost.growth, POWER));
        let open = strict.filter(|_| verdict == CostVerdict::Inconclusive && self.is_on_one);
        let needed = open.and_then(|strict| self.rounds_needed(&planned, strict));
        let ratio = |value| {
            let interval = cost.ratio_interval(self.level);
            Estimate::with(value, interval.map(|it| self.drift.widened(it)))
        };
        CostChange {
            share_shift: Estimate::of(&share.difference, self.level),
            cost_shift_s: Estimate::with(cost.difference.value, interval),
            cost_ratio: cost.ratio().map(ratio),
            p_value: tested.and_then(|tested| tested.p_value),
            adjusted_p: tested.and_then(|tested| tested.holm),
            evidence,
            verdict,
            smallest_detectable: detectable.map(|effect_s| effect_s / self.seconds_before),
            rounds_needed: needed.map(|it| it.high),
            rounds_at_least: needed.map(|it| it.low),
        }
    }

    /// Rounds until the change is told from 0 or shown to be below the margin.
    fn rounds_needed(&self, planned: &Shift, strict: Level) -> Option<stats::RoundsNeeded> {
        let aim = Aim {
            beyond: (0.0, strict),
            within: (self.margin_s, self.level),
        };
        stats::rounds_needed(planned, aim, self.rounds)
    }
}

impl Tested {
    fn evidence(self, level: Level) -> Evidence {
        let significant = |p: Option<f64>| p.is_some_and(|p| p <= level.alpha());
        if significant(self.holm) {
            Evidence::Confirmed
        } else if significant(self.benjamini_hochberg) {
            Evidence::Suggestive
        } else {
            Evidence::None
        }
    }
}

/// How much more a unit costs, where the machine may have become faster or slower.
fn shift(cost: &CostFit, drift: Drift) -> Shift {
    Shift::from(cost.difference).widened(allowance(cost, drift))
}

/// By how much a difference of costs may be off: that of two times of which the longer one is as
/// many times longer as the machine alone may explain. What is on one side only is not there
/// for how fast a machine is.
fn allowance(cost: &CostFit, drift: Drift) -> f64 {
    let Pair { before, after } = cost.cost;
    if before > 0.0 && after > 0.0 {
        (1.0 - 1.0 / drift.ratio()) * before.max(after)
    } else {
        0.0
    }
}

/// Tests the units that have enough samples and corrects within each family.
fn tests(
    members: &[(&UnitCounts, Family)],
    costs: &[CostFit],
    drift: Drift,
) -> Vec<Option<Tested>> {
    let mut tested = vec![None; members.len()];
    for family in [Family::Touched, Family::Untouched, Family::Whole] {
        let members = members.iter().zip(costs).zip(&mut tested);
        let in_family: Vec<(&CostFit, &mut Option<Tested>)> = members
            .filter(|(((counts, its_family), _), _)| {
                *its_family == family && pooled(counts) >= MIN_SAMPLES
            })
            .map(|((_, cost), tested)| (cost, tested))
            .collect();
        let p_values: Vec<Option<f64>> = in_family
            .iter()
            .map(|(cost, _)| shift(cost, drift).p_value())
            .collect();
        // Too few rounds leave all of them without p, or none.
        let known: Vec<f64> = p_values.iter().copied().flatten().collect();
        let (holm, bh) = (stats::holm(&known), stats::benjamini_hochberg(&known));
        let mut adjusted = holm.into_iter().zip(bh);
        let family_size = in_family.len();
        for ((_, tested), p_value) in in_family.into_iter().zip(p_values) {
            let both = p_value.and_then(|_| adjusted.next());
            *tested = Some(Tested {
                p_value,
                holm: both.map(|(holm, _)| holm),
                benjamini_hochberg: both.map(|(_, bh)| bh),
                family_size,
            });
        }
    }
    tested
}

/// What may be claimed of a cost: nothing that the whole interval does not allow. A
/// change that is surely there and surely smaller than the margin is called none.
fn verdict(interval: Option<Interval>, evidence: Evidence, margin_s: f64) -> CostVerdict {
    let Some(shift) = interval else {
        return CostVerdict::Inconclusive;
    };
    if shift.is_within(-margin_s, margin_s) {
        CostVerdict::NoChange
    } else if evidence != Evidence::None && shift.is_above(0.0) {
        CostVerdict::CostsMore
    } else if evidence != Evidence::None && shift.is_below(0.0) {
        CostVerdict::CostsLess
    } else {
        CostVerdict::Inconclusive
    }
}
