//! Costs of lines, blocks and buckets, and what may be claimed of them.

mod table;

use std::cmp::Reverse;

use self::table::{Family, Table};
use super::criteria::Criteria;
use super::functions::FunctionUnit;
use super::rounds::{Profiled, Rounds};
use super::units::{HunkUnit, LineUnit, Place, Units, pooled};
use super::{
    Accounting, BlockSide, Bounds, BucketComparison, Buckets, CompareError, CostChange, Estimate,
    FunctionComparison, HunkComparison, LineComparison, LineSide,
};
use crate::gate::Loss;
use crate::pair::Pair;
use crate::stats::{self, Level, MIN_SAMPLES, UnitCounts};

/// Everything that was compared, judged.
pub(super) struct Judged {
    pub(super) lines: Vec<LineComparison>,
    pub(super) hunks: Vec<HunkComparison>,
    pub(super) buckets: Buckets,
    /// The most that the share of any line or bucket may have changed; without end where one
    /// did for sure.
    pub(super) largest_share_shift: f64,
}

impl Judged {
    /// Takes back what was concluded.
    pub(super) fn withhold(&mut self) {
        let Buckets {
            other,
            waiting,
            bad,
        } = &mut self.buckets;
        let lines = self.lines.iter_mut().map(|line| &mut line.change);
        let hunks = self.hunks.iter_mut().map(|hunk| &mut hunk.change);
        let buckets = [other, waiting, bad].map(|bucket| &mut bucket.change);
        lines
            .chain(hunks)
            .chain(buckets)
            .for_each(CostChange::withhold);
    }

    /// Whether the shifts of all lines and buckets sum to that of the whole.
    pub(super) fn accounting(&self, rounds: &Rounds<'_>) -> Result<Accounting, CompareError> {
        let Buckets {
            other,
            waiting,
            bad,
        } = &self.buckets;
        let lines = self.lines.iter().map(|line| &line.change);
        let buckets = [other, waiting, bad].map(|bucket| &bucket.change);
        let mean = rounds.mean_thread_seconds()?;
        Ok(Accounting {
            sum_of_shifts_s: lines
                .chain(buckets)
                .map(|change| change.cost_shift_s.value)
                .sum(),
            total_shift_s: mean.after - mean.before,
        })
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
    let largest_share_shift = table.largest_share_shift(units.hunks.len());

    let parts = |counts| parts(rounds, counts, criteria.lines_level);
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
        largest_share_shift,
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
        let Pair { before, after } = parts(rounds, &function.counts, criteria.lines_level)?;
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
    let fits = rounds.cost_differences(&rounds.exposures(), &all)?;
    let fit = fits.first().expect("every unit has a fit");
    let is_enough = pooled(chosen) >= MIN_SAMPLES;
    let bounds = fit.ratio_bounds(criteria.level).filter(|_| is_enough);
    let bounds = bounds.map(|ratio| criteria.lines_drift.widened(ratio));
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
        code: None,
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
        code: None,
    }
}

/// Shares and costs of a unit on both sides.
fn parts(
    rounds: &Rounds<'_>,
    counts: &UnitCounts,
    level: Level,
) -> Result<Pair<BlockSide>, CompareError> {
    let sides = rounds.profiled.as_ref().zip(counts.as_ref());
    sides.try_map(|(runs, counts)| block_side(rounds, runs, counts.as_deref(), level))
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
    rounds: &Rounds<'_>,
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
        share: Estimate::of(&rounds.mean_of_profiled(&shares)?, level).as_share(),
        cost_s: Estimate::of(&rounds.mean_of_profiled(&costs)?, level).at_least_0(),
    })
}
