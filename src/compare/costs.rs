//! Costs of lines, blocks and buckets, and what may be claimed of them.

use std::cmp::Reverse;

use super::functions::FunctionUnit;
use super::rounds::{Profiled, Rounds};
use super::units::{HunkUnit, LineUnit, Place, Units, pooled};
use super::{
    Accounting, BlockSide, Bounds, BucketComparison, Buckets, CompareError, CostChange,
    CostVerdict, Criteria, Estimate, Evidence, FunctionComparison, HunkComparison, LineComparison,
    LineKind, LineSide,
};
use crate::gate::Loss;
use crate::pair::Pair;
use crate::stats::{self, CostFit, Exposure, Interval, Level, MIN_SAMPLES, UnitCounts};

/// Everything that was compared, judged.
pub(super) struct Judged {
    pub(super) lines: Vec<LineComparison>,
    pub(super) hunks: Vec<HunkComparison>,
    pub(super) buckets: Buckets,
}

impl Judged {
    /// Whether the shifts of all lines and buckets sum to that of the whole.
    pub(super) fn accounting(&self, rounds: &Rounds<'_>) -> Accounting {
        let Buckets {
            other,
            waiting,
            bad,
        } = &self.buckets;
        let lines = self.lines.iter().map(|line| &line.change);
        let buckets = [other, waiting, bad].map(|bucket| &bucket.change);
        let mean = rounds.mean_thread_seconds();
        Accounting {
            sum_of_shifts_s: lines
                .chain(buckets)
                .map(|change| change.cost_shift_s.value)
                .sum(),
            total_shift_s: mean.after - mean.before,
        }
    }
}

/// Whose false alarms are counted together: what the edit touched, and what it did
/// not. An edit is expected to change the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Touched,
    Untouched,
    /// Functions, whose lines are in the other two as well.
    Whole,
}

impl Family {
    fn of(line: &LineUnit<'_>) -> Self {
        if line.hunk.is_some() || line.kind != LineKind::Unchanged {
            Self::Touched
        } else {
            Self::Untouched
        }
    }
}

/// Judges the costs of all units.
pub(super) fn judge(
    rounds: &Rounds<'_>,
    units: &Units<'_>,
    criteria: &Criteria,
) -> Result<Judged, CompareError> {
    let hunks = units
        .hunks
        .iter()
        .map(|hunk| (&hunk.counts, Family::Touched));
    let buckets = &units.buckets;
    let buckets = [&buckets.other, &buckets.waiting, &buckets.bad];
    let members: Vec<(&UnitCounts, Family)> = hunks
        .chain(lines(units))
        .chain(buckets.map(|counts| (counts, Family::Untouched)))
        .collect();
    let table = Table::of(rounds, &members, criteria)?;
    // Of the members in their order: of all hunks, then of all lines, then of the buckets.
    let mut changes = table.changes();

    let parts = |counts| parts(rounds, counts, criteria.level);
    let hunks = units.hunks.iter().zip(changes.by_ref());
    let hunks = hunks.map(|(hunk, change)| Ok(hunk_comparison(hunk, parts(&hunk.counts)?, change)));
    let hunks = hunks.collect::<Result<_, CompareError>>()?;
    let lines = units.lines.iter().zip(changes.by_ref());
    let lines = lines.map(|(line, change)| Ok(line_comparison(line, parts(&line.counts)?, change)));
    let lines = lines.collect::<Result<_, CompareError>>()?;
    let [other, waiting, bad] = buckets.map(|counts| {
        let Pair { before, after } = parts(counts)?;
        Ok::<_, CompareError>(BucketComparison {
            before,
            after,
            change: changes.next().expect("every member has a change"),
        })
    });
    Ok(Judged {
        hunks,
        lines,
        buckets: Buckets {
            other: other?,
            waiting: waiting?,
            bad: bad?,
        },
    })
}

/// Judges the costs of functions, hottest first. What units have in common is learnt from
/// the lines as well.
pub(super) fn judge_functions(
    rounds: &Rounds<'_>,
    units: &Units<'_>,
    functions: &[FunctionUnit<'_>],
    criteria: &Criteria,
) -> Result<Vec<FunctionComparison>, CompareError> {
    let whole = functions.iter().map(|it| (&it.counts, Family::Whole));
    let members: Vec<(&UnitCounts, Family)> = whole.chain(lines(units)).collect();
    let table = Table::of(rounds, &members, criteria)?;
    let compared = functions.iter().zip(table.changes());
    let compared = compared.map(|(function, change)| {
        let Pair { before, after } = parts(rounds, &function.counts, criteria.level)?;
        Ok(FunctionComparison {
            name: function.name.clone(),
            file: function.file.map(|file| file.map(str::to_owned)),
            before,
            after,
            change,
        })
    });
    let mut compared = compared.collect::<Result<Vec<_>, CompareError>>()?;
    let heat = |it: &FunctionComparison| it.before.share.value.max(it.after.share.value);
    compared.sort_by_key(|it| Reverse(heat(it)));
    Ok(compared)
}

fn lines<'u>(units: &'u Units<'_>) -> impl Iterator<Item = (&'u UnitCounts, Family)> {
    let lines = units.lines.iter();
    lines.map(|line| (&line.counts, Family::of(line)))
}

/// How much more some lines cost together; `None` where they had no samples before.
pub(super) fn loss(
    rounds: &Rounds<'_>,
    units: &Units<'_>,
    chosen: &UnitCounts,
    criteria: &Criteria,
) -> Result<Option<Loss>, CompareError> {
    let all: Vec<UnitCounts> = [chosen]
        .into_iter()
        .chain(lines(units).map(|(counts, _)| counts))
        .cloned()
        .collect();
    let fits = stats::cost_differences(rounds.design, &rounds.exposures(), &all)?;
    let fit = fits.first().expect("every unit has a fit");
    let is_enough = pooled(chosen) >= MIN_SAMPLES;
    let bounds = fit.ratio_bounds(criteria.level).filter(|_| is_enough);
    Ok(fit.ratio().map(|ratio| Loss {
        value: ratio - 1.0,
        bounds: bounds.map(|ratio| Bounds {
            low: ratio.low - 1.0,
            high: ratio.high - 1.0,
        }),
        doubt: None,
    }))
}

fn hunk_comparison(
    hunk: &HunkUnit<'_>,
    parts: Pair<BlockSide>,
    change: CostChange,
) -> HunkComparison {
    HunkComparison {
        id: hunk.id,
        kind: hunk.kind,
        file: hunk.file.map(str::to_owned),
        before_lines: hunk.lines.before.to_vec(),
        after_lines: hunk.lines.after.to_vec(),
        before: parts.before,
        after: parts.after,
        change,
    }
}

fn line_comparison(
    line: &LineUnit<'_>,
    parts: Pair<BlockSide>,
    change: CostChange,
) -> LineComparison {
    let sides = line
        .at
        .zip(parts)
        .map(|(place, part)| Some(line_side(&place?, part)));
    LineComparison {
        kind: line.kind,
        before: sides.before,
        after: sides.after,
        change,
        hunk: line.hunk,
    }
}

/// Shares and costs of a unit on both sides.
fn parts(
    rounds: &Rounds<'_>,
    counts: &UnitCounts,
    level: Level,
) -> Result<Pair<BlockSide>, CompareError> {
    let sides = rounds.profiled.as_ref().zip(counts.as_ref());
    sides.try_map(|(runs, counts)| block_side(runs, counts.as_deref(), level))
}

fn line_side(place: &Place<'_>, part: BlockSide) -> LineSide {
    LineSide {
        file: place.id.file.to_owned(),
        line: place.id.line,
        text: place.text.to_owned(),
        function: place.function.map(str::to_owned),
        samples: part.samples,
        self_samples: place.self_samples,
        has_no_code: place.has_no_code,
        share: part.share,
        cost_s: part.cost_s,
    }
}

/// Share and cost of a unit on one side. Where it does not exist both are 0, for
/// sure.
fn block_side(
    runs: &[Profiled<'_>],
    counts: Option<&[u64]>,
    level: Level,
) -> Result<BlockSide, CompareError> {
    let Some(counts) = counts else {
        let nothing = Estimate {
            value: 0.0,
            low: Some(0.0),
            high: Some(0.0),
        };
        return Ok(BlockSide {
            samples: 0,
            share: nothing.as_share(),
            cost_s: nothing,
        });
    };
    let shares: Vec<f64> = runs
        .iter()
        .zip(counts)
        .map(|(run, &k)| stats::samples(k) / stats::samples(run.profile.samples.window))
        .collect();
    let costs: Vec<f64> = runs
        .iter()
        .zip(&shares)
        .map(|(run, share)| share * run.thread_seconds)
        .collect();
    Ok(BlockSide {
        samples: counts.iter().sum(),
        share: Estimate::of(&stats::mean(&shares)?, level).as_share(),
        cost_s: Estimate::of(&stats::mean(&costs)?, level).at_least_0(),
    })
}

/// What the tests of all units gave, and what they are judged by.
struct Table {
    rows: Vec<Row>,
    level: Level,
    /// The least change that is called one, in seconds of thread time per unit of work.
    margin_s: f64,
    /// Seconds of thread time per unit of work before.
    seconds_before: f64,
    rounds: u32,
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
    fn of(
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
        let costs = stats::cost_differences(rounds.design, &exposures, &counts)?;
        let shares = stats::cost_differences(rounds.design, &shares, &counts)?;
        let tested = tests(members, &costs);
        let rows = costs.into_iter().zip(shares).zip(tested);
        let seconds_before = rounds.mean_thread_seconds().before;
        Ok(Self {
            rows: rows
                .map(|((cost, share), tested)| Row {
                    cost,
                    share,
                    tested,
                })
                .collect(),
            level: criteria.level,
            margin_s: criteria.min_effect * seconds_before,
            seconds_before,
            rounds: u32::try_from(exposures.before.len().min(exposures.after.len()))
                .unwrap_or(u32::MAX),
        })
    }

    /// How the cost of each member changed, in their order.
    fn changes(&self) -> impl Iterator<Item = CostChange> {
        self.rows.iter().map(|row| self.change(row))
    }

    fn change(&self, row: &Row) -> CostChange {
        let Row {
            cost,
            share,
            tested,
        } = row;
        let interval = cost.difference.interval(self.level);
        let evidence = tested.map_or(Evidence::None, |tested| tested.evidence(self.level));
        let verdict = match tested {
            None => CostVerdict::TooFewSamples,
            Some(_) => verdict(interval, evidence, self.margin_s),
        };
        let strict = tested.map(|tested| self.level.shared_among(tested.family_size));
        let detectable =
            strict.and_then(|level| stats::smallest_detectable(&cost.difference, level));
        let ratio = |value| Estimate::with(value, cost.ratio_interval(self.level));
        CostChange {
            share_shift: Estimate::of(&share.difference, self.level),
            cost_shift_s: Estimate::of(&cost.difference, self.level),
            cost_ratio: cost.ratio().map(ratio),
            p_value: tested.and_then(|tested| tested.p_value),
            adjusted_p: tested.and_then(|tested| tested.holm),
            evidence,
            verdict,
            smallest_detectable: detectable.map(|effect_s| effect_s / self.seconds_before),
            rounds_needed: strict
                .filter(|_| verdict == CostVerdict::Inconclusive)
                .and_then(|strict| self.rounds_needed(cost, strict)),
        }
    }

    /// Rounds until the change is told from 0 or shown to be below the margin,
    /// whichever is sooner.
    fn rounds_needed(&self, cost: &CostFit, strict: Level) -> Option<u32> {
        let change = &cost.difference;
        let needed = |distance, level| stats::rounds_needed(change, distance, level, self.rounds);
        let from_zero = needed(change.value.abs(), strict);
        let within_margin = needed(self.margin_s - change.value.abs(), self.level);
        from_zero.into_iter().chain(within_margin).min()
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

/// Tests the units that have enough samples and corrects within each family.
fn tests(members: &[(&UnitCounts, Family)], costs: &[CostFit]) -> Vec<Option<Tested>> {
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
            .map(|(cost, _)| cost.difference.p_value())
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
