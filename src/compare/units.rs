//! The lines, blocks and buckets that are compared, with their samples.

use std::collections::{BTreeMap, BTreeSet};

use super::LineKind;
use super::rounds::{Profiled, Rounds};
use crate::align::{AlignedFile, AlignedLine, Hunk};
use crate::pair::{Pair, Side};
use crate::profile::{LineCounts, LineId};
use crate::recording::{Recording, SampleCounts};
use crate::source::{FunctionIndex, LineNumber, lines};
use crate::stats::UnitCounts;

/// Lines of a block that are all shown; of a longer one, those with samples.
const MOST_SHOWN: usize = 100_000;

/// Everything whose cost is compared. Every sample is in exactly one of the lines or
/// buckets; the hunks count those of their lines again.
pub(super) struct Units<'a> {
    pub(super) lines: Vec<LineUnit<'a>>,
    pub(super) hunks: Vec<HunkUnit<'a>>,
    pub(super) buckets: BucketCounts,
}

/// Samples on no line, by reason.
pub(super) struct BucketCounts {
    pub(super) other: UnitCounts,
    pub(super) waiting: UnitCounts,
    pub(super) bad: UnitCounts,
}

/// One line, on the sides where it exists.
pub(super) struct LineUnit<'a> {
    pub(super) kind: LineKind,
    pub(super) at: Pair<Option<Place<'a>>>,
    /// `id` of its hunk.
    pub(super) hunk: Option<u32>,
    /// Samples it answers for, a profiled run each.
    pub(super) counts: UnitCounts,
}

/// A line of a source.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) id: LineId<'a>,
    pub(super) text: &'a str,
    /// The function that it is in.
    pub(super) function: Option<&'a str>,
    /// Part of its samples with no library line inside, over all rounds.
    pub(super) self_samples: u64,
    /// Whether a statement begins here that the compiler left nothing of.
    pub(super) has_no_code: bool,
}

/// One edited block as a whole.
pub(super) struct HunkUnit<'a> {
    pub(super) id: u32,
    pub(super) kind: LineKind,
    pub(super) file: Pair<&'a str>,
    pub(super) lines: Pair<&'a [LineNumber]>,
    pub(super) counts: UnitCounts,
}

impl<'a> Units<'a> {
    pub(super) fn of(
        rounds: &'a Rounds<'a>,
        sides: &Pair<&'a Recording>,
        alignments: &'a [AlignedFile],
    ) -> Self {
        let mut collector = Collector::new(rounds, sides);
        for aligned in alignments {
            collector.aligned_file(aligned);
        }
        collector.remaining_lines();
        Self {
            lines: collector.lines,
            hunks: collector.hunks,
            buckets: BucketCounts {
                other: bucket(rounds, |samples| samples.other),
                waiting: bucket(rounds, |samples| samples.waiting),
                bad: bucket(rounds, |samples| samples.bad),
            },
        }
    }
}

fn bucket(rounds: &Rounds<'_>, count: impl Fn(&SampleCounts) -> u64) -> UnitCounts {
    rounds
        .profiled
        .as_ref()
        .map(|runs| Some(runs.iter().map(|run| count(&run.profile.samples)).collect()))
}

/// Takes every line once, file by file.
struct Collector<'a> {
    rounds: &'a Rounds<'a>,
    functions: Pair<BTreeMap<&'a str, FunctionIndex<'a>>>,
    /// Lines of every source.
    texts: Pair<BTreeMap<&'a str, Vec<&'a str>>>,
    /// Lines that the compiler left nothing of.
    without_code: Pair<BTreeSet<LineId<'a>>>,
    /// Lines that answer for samples and have not been taken.
    untaken: Pair<BTreeSet<LineId<'a>>>,
    /// The path after of each path before that was aligned.
    counterparts: BTreeMap<&'a str, &'a str>,
    lines: Vec<LineUnit<'a>>,
    hunks: Vec<HunkUnit<'a>>,
}

impl<'a> Collector<'a> {
    fn new(rounds: &'a Rounds<'a>, sides: &Pair<&'a Recording>) -> Self {
        let texts = sides.map(|recording| {
            let sources = recording.sources.iter();
            sources
                .map(|source| (source.path.as_str(), lines(&source.text).collect()))
                .collect()
        });
        let functions = |recording: &'a Recording| {
            let sources = recording.sources.iter();
            sources
                .map(|source| (source.path.as_str(), FunctionIndex::new(&source.functions)))
                .collect()
        };
        let without_code = sides.map(|recording| {
            let sources = recording.sources.iter();
            let lines = sources.flat_map(|source| {
                let file = source.path.as_str();
                let lines = source.without_code().into_iter();
                lines.map(move |line| LineId { file, line })
            });
            lines.collect()
        });
        let untaken = rounds.profiled.as_ref().map(|runs| {
            let lines = runs.iter().flat_map(|run| &run.profile.lines);
            lines
                .filter(|(_, counts)| counts.owned > 0)
                .map(|(id, _)| *id)
                .collect()
        });
        Self {
            rounds,
            functions: sides.map(functions),
            texts,
            without_code,
            untaken,
            counterparts: BTreeMap::new(),
            lines: Vec::new(),
            hunks: Vec::new(),
        }
    }

    fn aligned_file(&mut self, aligned: &'a AlignedFile) {
        let file = aligned.file.as_ref().map(|path| path.as_deref());
        if let (Some(before), Some(after)) = (file.before, file.after) {
            self.counterparts.insert(before, after);
        }
        let edited = file.before.is_some() && file.after.is_some();
        let hunks: Vec<Option<(u32, bool)>> = aligned
            .alignment
            .hunks
            .iter()
            .map(|hunk| self.hunk(file, hunk, edited))
            .collect();
        for line in &aligned.alignment.lines {
            let hunk = line
                .hunk
                .and_then(|index| hunks.get(index).copied().flatten());
            self.aligned_line(
                file,
                line,
                hunk.map(|(id, _)| id),
                hunk.is_some_and(|(_, hot)| hot),
            );
        }
    }

    /// Takes a hunk, and says its number and whether all its lines are to be shown:
    /// those of a block that answers for samples. Of a file that is on one side only,
    /// which is one hunk as a whole, the sampled lines will do, and the hunk itself
    /// only counts if there are any.
    fn hunk(
        &mut self,
        file: Pair<Option<&'a str>>,
        hunk: &'a Hunk,
        edited: bool,
    ) -> Option<(u32, bool)> {
        let counts = Pair::new(
            self.block_counts(Side::Before, file.before, &hunk.lines.before),
            self.block_counts(Side::After, file.after, &hunk.lines.after),
        );
        let hot = pooled(&counts) > 0;
        if !hot && !edited {
            return None;
        }
        let id = u32::try_from(self.hunks.len() + 1).ok()?;
        let named = file.before.or(file.after).unwrap_or_default();
        self.hunks.push(HunkUnit {
            id,
            kind: match (hunk.lines.before.is_empty(), hunk.lines.after.is_empty()) {
                (true, _) => LineKind::Added,
                (_, true) => LineKind::Removed,
                _ => LineKind::Changed,
            },
            file: Pair::new(file.before.unwrap_or(named), file.after.unwrap_or(named)),
            lines: hunk.lines.as_ref().map(Vec::as_slice),
            counts,
        });
        let lines = hunk.lines.before.len() + hunk.lines.after.len();
        Some((id, hot && edited && lines <= MOST_SHOWN))
    }

    fn aligned_line(
        &mut self,
        file: Pair<Option<&'a str>>,
        line: &AlignedLine,
        hunk: Option<u32>,
        shown: bool,
    ) {
        let at = file.zip(line.at).map(|(file, line)| {
            Some(LineId {
                file: file?,
                line: line?,
            })
        });
        self.take(at, line.change.into(), hunk, shown);
    }

    /// Takes the lines that no alignment has: paired by number with those of the
    /// file's counterpart, or of the same path.
    fn remaining_lines(&mut self) {
        for before in self.untaken.before.clone() {
            let path = self
                .counterparts
                .get(before.file)
                .copied()
                .unwrap_or(before.file);
            let known = self.texts.after.get_key_value(path).map(|(path, _)| *path);
            let sampled = || {
                let mut lines = lines_of(&self.untaken.after, path);
                lines.next().map(|id| id.file)
            };
            let after = known.or_else(sampled).map(|file| LineId {
                file,
                line: before.line,
            });
            let kind = if after.is_some() {
                LineKind::Unchanged
            } else {
                LineKind::Removed
            };
            self.take(Pair::new(Some(before), after), kind, None, false);
        }
        let mut partners = BTreeMap::new();
        for (before, after) in &self.counterparts {
            partners.entry(*after).or_insert(*before);
        }
        for after in self.untaken.after.clone() {
            let partner = partners.get(after.file);
            let path = partner.copied().unwrap_or(after.file);
            let known = self.texts.before.get_key_value(path).map(|(path, _)| *path);
            let before = known.map(|file| LineId {
                file,
                line: after.line,
            });
            let kind = if before.is_some() {
                LineKind::Unchanged
            } else {
                LineKind::Added
            };
            self.take(Pair::new(before, Some(after)), kind, None, false);
        }
    }

    /// Takes a line if it answers for samples, or is to be shown in any case. A side
    /// whose samples were taken before is left out: none counts twice.
    fn take(
        &mut self,
        at: Pair<Option<LineId<'a>>>,
        kind: LineKind,
        hunk: Option<u32>,
        shown: bool,
    ) {
        let waits = |lines: &BTreeSet<_>, id: Option<_>| id.is_some_and(|id| lines.contains(&id));
        let Pair { before, after } = &self.untaken;
        if !shown && !waits(before, at.before) && !waits(after, at.after) {
            return;
        }
        let at = Pair::new(
            at.before.filter(|id| !self.is_taken(Side::Before, *id)),
            at.after.filter(|id| !self.is_taken(Side::After, *id)),
        );
        let before = at.before.is_some_and(|id| self.untaken.before.remove(&id));
        let after = at.after.is_some_and(|id| self.untaken.after.remove(&id));
        if !(before || after || shown) {
            return;
        }
        let unit = LineUnit {
            kind,
            at: Pair::new(
                self.place(Side::Before, at.before),
                self.place(Side::After, at.after),
            ),
            hunk,
            counts: Pair::new(
                at.before
                    .map(|id| self.line_counts(Side::Before, id, |counts| counts.owned)),
                at.after
                    .map(|id| self.line_counts(Side::After, id, |counts| counts.owned)),
            ),
        };
        self.lines.push(unit);
    }

    fn is_taken(&self, side: Side, id: LineId<'a>) -> bool {
        let samples = self.line_counts(side, id, |counts| counts.owned);
        samples.iter().sum::<u64>() > 0 && !self.untaken.side(side).contains(&id)
    }

    fn place(&self, side: Side, id: Option<LineId<'a>>) -> Option<Place<'a>> {
        let id = id?;
        let text = self
            .texts
            .side(side)
            .get(id.file)
            .and_then(|lines| lines.get(id.line.index()));
        let functions = self.functions.side(side).get(id.file);
        let function = functions.and_then(|functions| functions.at(id.line));
        Some(Place {
            id,
            text: text.copied().unwrap_or_default(),
            function: function.map(|function| function.name.as_str()),
            self_samples: self.line_counts(side, id, own_self).iter().sum(),
            has_no_code: self.without_code.side(side).contains(&id),
        })
    }

    fn runs(&self, side: Side) -> &'a [Profiled<'a>] {
        self.rounds.profiled.side(side)
    }

    fn line_counts(&self, side: Side, id: LineId<'_>, count: fn(&LineCounts) -> u64) -> Vec<u64> {
        let runs = self.runs(side).iter();
        runs.map(|run| run.profile.lines.get(&id).map_or(0, count))
            .collect()
    }

    /// Samples of a block's lines in each run; `None` where it has none on the side.
    fn block_counts(
        &self,
        side: Side,
        file: Option<&'a str>,
        lines: &[LineNumber],
    ) -> Option<Vec<u64>> {
        let file = file.filter(|_| !lines.is_empty())?;
        let (first, last) = (*lines.iter().min()?, *lines.iter().max()?);
        let at = |line| LineId { file, line };
        let mut wanted = lines.to_vec();
        wanted.sort_unstable();
        let sum = |run: &Profiled<'_>| {
            let sampled = run.profile.lines.range(at(first)..=at(last));
            let sampled = sampled.filter(|(id, _)| wanted.binary_search(&id.line).is_ok());
            sampled.map(|(_, counts)| counts.owned).sum()
        };
        Some(self.runs(side).iter().map(sum).collect())
    }
}

/// Those of some lines that are in a file.
fn lines_of<'a>(lines: &BTreeSet<LineId<'a>>, file: &'a str) -> impl Iterator<Item = LineId<'a>> {
    let line = LineNumber::from_index(0);
    let lines = lines.range(LineId { file, line }..);
    lines.take_while(move |id| id.file == file).copied()
}

/// Self samples of a line, as far as it answers for them itself.
fn own_self(counts: &LineCounts) -> u64 {
    counts.self_samples.min(counts.owned)
}

/// Samples over all runs of both sides.
pub(super) fn pooled(counts: &UnitCounts) -> u64 {
    [&counts.before, &counts.after]
        .into_iter()
        .flatten()
        .flatten()
        .sum()
}
