//! What was concluded: the comparison of two recordings.
//!
//! Verdicts are made here and nowhere else. [`compare`] goes one way: the runs of
//! both sides are matched into rounds (`rounds`), the lines, blocks and buckets that
//! are compared get their samples of each round (`units`), their costs and the
//! metrics of the whole are judged (`costs`, `metric`), and what the reader should
//! know besides is said (`warnings`).

mod check;
mod conclusion;
mod costs;
mod doubt;
mod error;
mod functions;
mod metric;
mod placeless;
mod rounds;
mod several;
#[cfg(test)]
mod tests;
mod types;
mod units;
mod warnings;

pub use conclusion::{Conclusion, conclude};
pub use error::CompareError;
pub use several::{Comparisons, SCHEMA_OF_SEVERAL};
pub use types::*;

use std::collections::HashMap;

use crate::align::{AlignedFile, AlignedLine};
use crate::gate::{self, Doubt, Rule, Subject};
use crate::pair::{Pair, Side};
use crate::profile;
use crate::recording::{Recording, RunKind, Source};
use crate::share::Share;
use crate::source::LineNumber;
use crate::stats::{self, Level};
use metric::Quantity;
use rounds::Rounds;

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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            min_effect: 0.01,
            rules: Vec::new(),
            together: 1,
        }
    }
}

/// The options, once they are known to make sense.
#[derive(Clone, Copy, Debug)]
struct Criteria {
    /// Level of every interval.
    level: Level,
    /// The look at which this is, where there may be more than one.
    look: Option<Look>,
    min_effect: f64,
}

/// Compares two recordings, given which lines of one are which of the other.
///
/// Recordings of one experiment are compared round by round; others as two
/// independent groups of runs, with a warning. A line whose file is in no
/// [`AlignedFile`] is paired with the same line of the file of the same path.
///
/// Fails where the recordings do not measure the same thing, have no round or no
/// sample to compare, or hold values that no measurement can give.
pub fn compare(
    before: &Recording,
    after: &Recording,
    alignments: &[AlignedFile],
    options: &Options,
) -> Result<Comparison, CompareError> {
    let sides = Pair::new(before, after);
    let rounds = Rounds::of(&sides)?;
    let criteria = Criteria::of(options, &sides, &rounds)?;
    let units = units::Units::of(&rounds, &sides, alignments);
    let mut judged = costs::judge(&rounds, &units, &criteria)?;
    placeless::withhold(&mut judged.lines, &sides);
    let functions = functions::functions(&rounds, &sides, alignments);
    let functions = costs::judge_functions(&rounds, &units, &functions, &criteria)?;
    let mut metrics = Metrics::of(&rounds, &criteria)?;
    if doubt::of(&rounds, &sides, 0.0) == Some(Doubt::UnreadRate)
        && doubt::is_fixed_time(&rounds, 0.0)
    {
        metrics.throughput.verdict = MetricVerdict::Inconclusive;
    }
    let mut losses = Vec::new();
    for rule in &options.rules {
        let doubt = doubt::of(&rounds, &sides, rule.max_worse);
        losses.push(match &rule.subject {
            Subject::Throughput => Some(metrics.throughput.loss().doubted(doubt)),
            Subject::PeakMemory => Some(metrics.peak_memory.loss()),
            Subject::LineCost(lines) => {
                let chosen = functions::chosen(&rounds, &sides, lines);
                let loss = costs::loss(&rounds, &units, &chosen, &criteria)?;
                loss.map(|loss| loss.doubted(doubt))
            }
        });
    }
    Ok(Comparison {
        schema: SCHEMA.to_owned(),
        before: summary(before, &rounds, Side::Before, criteria.level)?,
        after: summary(after, &rounds, Side::After, criteria.level)?,
        rounds: rounds.len(),
        seconds_per_round: seconds_per_round([before, after]),
        confidence: options.confidence,
        together: options.together,
        look: criteria.look,
        min_effect: options.min_effect,
        throughput: metrics.throughput,
        seconds_by_round: Pair::new(Side::Before, Side::After).map(|side| rounds.seconds(side)),
        peak_memory: metrics.peak_memory,
        cpu_time: Some(metrics.cpu_time),
        files: files(&sides, alignments),
        accounting: judged.accounting(&rounds),
        lines: judged.lines,
        functions,
        hunks: judged.hunks,
        buckets: judged.buckets,
        overhead: overheads(&sides),
        gate: gate::check(&options.rules, losses),
        warnings: warnings::of(&sides, &rounds, alignments, &criteria),
    })
}

/// The files that a reader may have changed, or had changed for him.
fn files(sides: &Pair<&Recording>, alignments: &[AlignedFile]) -> Vec<FileComparison> {
    let sources = sides.map(|recording| {
        let mut sources: HashMap<&str, &Source> = HashMap::new();
        for source in &recording.sources {
            sources.entry(&source.path).or_insert(source);
        }
        sources
    });
    let source = |side, path: Option<&str>| sources.side(side).get(path?).copied();
    let is_own = |aligned: &AlignedFile| {
        let path = aligned.file.as_ref().map(Option::as_deref);
        let before = source(Side::Before, path.before);
        let after = source(Side::After, path.after);
        before.is_some_and(|it| it.user) || after.is_some_and(|it| it.user)
    };
    let files = alignments.iter();
    let files = files.filter(|it| !it.alignment.hunks.is_empty() || is_own(it));
    let text = |side, path: Option<&str>| source(side, path).map(|source| source.text.clone());
    let files = files.map(|aligned| {
        let path = aligned.file.as_ref().map(Option::as_deref);
        // Of a library that one side alone has reached nobody reads all.
        let is_shown = is_own(aligned) || path.before.is_some() && path.after.is_some();
        let (text, stretches) = if is_shown {
            let text = Pair::new(
                text(Side::Before, path.before),
                text(Side::After, path.after),
            );
            (text, stretches(&aligned.alignment.lines))
        } else {
            Default::default()
        };
        FileComparison {
            file: aligned.file.clone(),
            renames: aligned.alignment.renames.clone(),
            text,
            stretches,
        }
    });
    files.collect()
}

/// Lines that follow each other and of which the same became, as one.
fn stretches(lines: &[AlignedLine]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for line in lines {
        let kind = LineKind::from(line.change);
        match stretches.last_mut() {
            Some(last) if last.kind == kind && last.ends_before(line.at) => last.lines += 1,
            _ => stretches.push(Stretch {
                kind,
                first: line.at,
                lines: 1,
            }),
        }
    }
    stretches
}

impl Stretch {
    /// Whether this line is the next of its lines, on the sides where it has any.
    fn ends_before(&self, at: Pair<Option<LineNumber>>) -> bool {
        let follows = |first: Option<LineNumber>, line: Option<LineNumber>| match (first, line) {
            (Some(first), Some(line)) => first.get().checked_add(self.lines) == Some(line.get()),
            (None, None) => true,
            _ => false,
        };
        follows(self.first.before, at.before) && follows(self.first.after, at.after)
    }
}

/// How the script changed as a whole.
struct Metrics {
    throughput: MetricChange,
    peak_memory: MetricChange,
    cpu_time: MetricChange,
}

impl Metrics {
    fn of(rounds: &Rounds<'_>, criteria: &Criteria) -> Result<Self, CompareError> {
        let change = |quantity| metric::change(rounds, quantity, criteria);
        Ok(Self {
            throughput: change(Quantity::throughput(rounds.source))?,
            peak_memory: change(Quantity::PEAK_MEMORY)?,
            cpu_time: change(Quantity::CPU_TIME)?,
        })
    }
}

impl Comparison {
    /// Whether there is an answer: throughput has a verdict, whatever it is, and every rule
    /// passes or fails.
    pub fn has_answer(&self) -> bool {
        // More rounds would not settle what is doubtful.
        let is_open = |judged: &gate::Judged| {
            judged.outcome == gate::Outcome::Inconclusive && judged.doubt.is_none()
        };
        let gate = self.gate.as_ref();
        let is_settled = gate.is_none_or(|gate| !gate.rules.iter().any(is_open));
        self.throughput.verdict != MetricVerdict::Inconclusive && is_settled
    }
}

impl Criteria {
    fn of(
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
        Ok(Self {
            level: match look {
                Some(_) => stats::level_after(rounds.len(), overall),
                None => overall,
            },
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
        level: stats::level_after(rounds.len(), overall).get(),
    })
}

impl Estimate {
    /// What `stats` found, with its interval at a level.
    fn of(found: &stats::Estimate, level: Level) -> Self {
        Self::with(found.value, found.interval(level))
    }

    fn with(value: f64, interval: Option<stats::Interval>) -> Self {
        Self {
            value,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    }

    /// The same, without what seconds cannot be: below 0.
    fn at_least_0(self) -> Self {
        let clamp = |end: f64| end.max(0.0);
        Self {
            value: self.value,
            low: self.low.map(clamp),
            high: self.high.map(clamp),
        }
    }

    /// The same as that of a share, which is from 0 to 1.
    pub(crate) fn as_share(self) -> Estimate<Share> {
        Estimate {
            value: Share::nearest(self.value),
            low: self.low.map(Share::nearest),
            high: self.high.map(Share::nearest),
        }
    }
}

/// Seconds that a round takes, a timed and a profiled run of each of these recordings;
/// absent where one of them has no such run.
pub fn seconds_per_round<'r>(recordings: impl IntoIterator<Item = &'r Recording>) -> Option<f64> {
    let of_kind = |recording: &Recording, kind| {
        let runs = recording.runs().filter(|run| run.kind == kind);
        let seconds: Vec<f64> = runs.map(|run| run.wall_s).collect();
        stats::mean(&seconds).ok().map(|mean| mean.value)
    };
    let of = |recording| {
        Some(of_kind(recording, RunKind::Timed)? + of_kind(recording, RunKind::Profiled)?)
    };
    recordings.into_iter().map(of).sum()
}

fn summary(
    recording: &Recording,
    rounds: &Rounds<'_>,
    side: Side,
    level: Level,
) -> Result<VariantSummary, CompareError> {
    let runs_of = |kind| {
        let runs = recording.runs().filter(|run| run.kind == kind);
        u32::try_from(runs.count()).unwrap_or(u32::MAX)
    };
    let seconds = stats::mean(&rounds.seconds(side))?;
    Ok(VariantSummary {
        variant: recording.variant.clone(),
        python: recording.python.clone(),
        numba: recording.numba.clone(),
        sampler: recording.sampler.clone(),
        timed_runs: runs_of(RunKind::Timed),
        profiled_runs: runs_of(RunKind::Profiled),
        samples: profile::pooled_samples(&profile::run_profiles(recording)),
        seconds_per_unit: Estimate::of(&seconds, level).at_least_0(),
    })
}

fn overheads(sides: &Pair<&Recording>) -> Pair<Overhead> {
    sides.map(|recording| {
        let watching = profile::watching(recording);
        Overhead {
            slowdown: rounds::slowdown(recording, RunKind::Profiled),
            build_slowdown: rounds::slowdown(recording, RunKind::Control),
            stopped_share: watching.stopped_share,
            longest_stop_s: watching.longest_stop_s,
            achieved_rate_hz: watching.achieved_rate_hz,
        }
    })
}
