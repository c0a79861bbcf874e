//! All profiled runs of a recording, pooled, as `profila annotate` shows them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::counted::{PooledEvents, pooled};
use super::regions::{PooledRegion, regions};
use super::watching::{Watching, watching};
use super::{LineCounts, RunProfile, add_counts, pooled_samples, profiled_runs, run_profiles};
use crate::foreign::ForeignText;
use crate::recording::{Attached, Recording, Remark, SampleCounts, Source};
use crate::share::Share;
use crate::source::{FunctionIndex, LineNumber, Origin, lines as lines_of};

/// The most lines without samples that one [`AnnotatedRange`] runs across; a
/// longer stretch ends it, so that two hot spots of a long library file are not
/// joined by a thousand cold lines.
pub(crate) const LONGEST_COLD_STRETCH: usize = 20;

/// What `profila annotate` shows: all profiled runs of a recording, pooled.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedProfile {
    /// Samples by outcome, over all profiled runs. `samples.window` is the
    /// report's "Total samples".
    pub samples: SampleCounts,
    /// Part of the window's samples that fell in Numba code or what it called.
    pub numba_share: Share,
    /// Part of the window's samples in compiled functions without line tables: they are on no
    /// line.
    pub unlined_share: Share,
    /// These functions, hottest first, by the names that the compiler gave them.
    pub unlined: Vec<NamedShare>,
    /// Part of the window's samples in the interpreter, in native code that Numba
    /// did not call, or while no thread ran.
    pub non_numba_share: Share,
    /// Part of the window's samples whose stack could not be read.
    pub bad_share: Share,
    /// Part of the *Numba* samples whose instruction has no line of its own and
    /// was given that of the code before it.
    pub folded_share: Share,
    /// Every file with samples, hottest first.
    pub files: Vec<AnnotatedFile>,
    /// The user's functions with samples, hottest first: their part of the window's
    /// samples, without those of functions within them.
    pub functions: Vec<NamedShare>,
    /// The compiled functions with samples, hottest first, by the names that the compiler
    /// gave them: one Python function may have been compiled for several types, and what
    /// was inlined is part of what it was inlined into.
    pub compiled: Vec<NamedShare>,
    /// What was counted beside the samples, each counter once.
    pub counters: Vec<PooledEvents>,
    /// What the compiler said of the user's lines in these files, where it was asked.
    pub remarks: Vec<Remark>,
    /// The region of the script that alone was measured; `None` where the whole window was.
    pub region: Option<ForeignText>,
    /// What was done in its regions; none where one of them alone was measured.
    pub regions: Vec<PooledRegion>,
    /// What part of the runs was measured, and what watching cost.
    pub watching: Watching,
    /// The process that was attached to, and for how long; `None` where profila started it.
    pub attached: Option<AttachedTo>,
}

/// Something with a name and a part of the window's samples.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedShare {
    /// The name.
    pub name: String,
    /// The part.
    pub share: Share,
}

/// A process that profila attached to.
#[derive(Clone, Debug, PartialEq)]
pub struct AttachedTo {
    /// Which one.
    pub process: Attached,
    /// For how long, in seconds.
    pub seconds: f64,
    /// The tool that took the samples.
    pub sampler: String,
}

/// One file with samples.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedFile {
    /// Path as reports show it.
    pub path: String,
    /// Whose file it is, which decides what its lines show: those of the user's
    /// their *total*, the library lines they called included; those of a library
    /// their *self* samples, which some user line's total has as well.
    pub origin: Origin,
    /// Part of the window's samples that its lines show together.
    pub share: Share,
    /// The stretches of lines that have samples, from the top of the file, with the lines
    /// without code of functions that have samples.
    pub ranges: Vec<AnnotatedRange>,
}

/// Consecutive lines of a file. The first and the last one have samples, or no code.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedRange {
    /// Every line from first to last, with or without samples; never empty.
    pub lines: Vec<AnnotatedLine>,
}

/// One source line with its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedLine {
    /// Its number in the file.
    pub number: LineNumber,
    /// Its text, without the line end; empty where the recording has no such line.
    pub text: String,
    /// Its samples, over all profiled runs.
    pub counts: LineCounts,
    /// The part of the window's samples to print beside it: of its total in the
    /// user's files, of its self samples in a library's. Absent without samples.
    pub share: Option<Share>,
    /// Whether a statement begins here that the compiler left nothing of, in a function
    /// that has samples.
    pub has_no_code: bool,
    /// The function that it is in, by its qualified name, where that is known.
    pub function: Option<String>,
}

impl AnnotatedRange {
    /// The first and the last line's number, for `Lines A to B`; absent only in a
    /// range that was built empty by hand.
    pub fn bounds(&self) -> Option<(LineNumber, LineNumber)> {
        Some((self.lines.first()?.number, self.lines.last()?.number))
    }
}

/// Pools all profiled runs of a recording for `profila annotate`.
pub(crate) fn annotate(recording: &Recording) -> AnnotatedProfile {
    let runs = run_profiles(recording);
    let samples = pooled_samples(&runs);
    let lines = pool_lines(&runs);
    let mut files = annotated_files(recording, &lines, samples.window);
    files.sort_by(|a, b| {
        b.share
            .cmp(&a.share)
            .then_with(|| a.origin.cmp(&b.origin))
            .then_with(|| a.path.cmp(&b.path))
    });
    AnnotatedProfile {
        samples,
        numba_share: Share::of_samples(samples.numba, samples.window),
        unlined_share: Share::of_samples(samples.unlined, samples.window),
        unlined: unlined(recording, samples.window),
        non_numba_share: Share::of_samples(
            samples.other.saturating_sub(samples.unlined) + samples.waiting,
            samples.window,
        ),
        bad_share: Share::of_samples(samples.bad, samples.window),
        folded_share: samples.folded_share(),
        files,
        functions: functions(recording, &lines, samples.window),
        compiled: compiled(recording, samples.window),
        counters: pooled(recording),
        remarks: recording.remarks.clone().unwrap_or_default(),
        region: recording.settings.region.clone(),
        regions: regions(recording),
        watching: watching(recording),
        attached: attached(recording),
    }
}

/// The process that was attached to.
fn attached(recording: &Recording) -> Option<AttachedTo> {
    let process = recording.variant.attached.clone()?;
    Some(AttachedTo {
        process,
        seconds: recording.runs().map(|run| run.wall_s).sum(),
        sampler: recording.sampler.clone(),
    })
}

/// The user's functions by the samples that their lines answer for.
fn functions(recording: &Recording, lines: &FileLines<'_>, window: u64) -> Vec<NamedShare> {
    let mut samples: HashMap<&str, u64> = HashMap::new();
    for source in &recording.sources {
        let Some(lines) = lines.get(&*source.path) else {
            continue;
        };
        let functions = FunctionIndex::new(&source.functions);
        for (line, counts) in lines {
            if let Some(function) = functions.at(*line) {
                *samples.entry(&function.name).or_default() += counts.owned;
            }
        }
    }
    hottest_first(samples, window)
}

fn compiled(recording: &Recording, window: u64) -> Vec<NamedShare> {
    let mut samples: HashMap<&str, u64> = HashMap::new();
    let profiles = profiled_runs(recording).map(|(_, profile)| profile);
    for instruction in profiles.flat_map(|profile| &profile.instructions) {
        *samples.entry(&instruction.function).or_default() += instruction.samples;
    }
    hottest_first(samples, window)
}

fn unlined(recording: &Recording, window: u64) -> Vec<NamedShare> {
    let mut samples: HashMap<&str, u64> = HashMap::new();
    let profiles = profiled_runs(recording).map(|(_, profile)| profile);
    for it in profiles.flat_map(|profile| &profile.unlined) {
        *samples.entry(&it.function).or_default() += it.samples;
    }
    hottest_first(samples, window)
}

fn hottest_first(samples: HashMap<&str, u64>, window: u64) -> Vec<NamedShare> {
    let mut samples: Vec<_> = samples
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    samples.sort_by_key(|&(name, count)| (Reverse(count), name));
    let shares = samples.into_iter().map(|(name, count)| NamedShare {
        name: name.to_owned(),
        share: Share::of_samples(count, window),
    });
    shares.collect()
}

type FileLines<'r> = BTreeMap<&'r str, BTreeMap<LineNumber, LineCounts>>;

fn pool_lines<'r>(runs: &[RunProfile<'r>]) -> FileLines<'r> {
    let mut files = FileLines::new();
    for (id, counts) in runs.iter().flat_map(|run| &run.lines) {
        let lines = files.entry(id.file).or_default();
        add_counts(lines.entry(id.line).or_default(), *counts);
    }
    files
}

fn annotated_files(
    recording: &Recording,
    files: &FileLines<'_>,
    window: u64,
) -> Vec<AnnotatedFile> {
    let mut sources: HashMap<&str, &Source> = HashMap::new();
    for source in &recording.sources {
        sources.entry(&source.path).or_insert(source);
    }
    files
        .iter()
        .map(|(path, lines)| annotated_file(path, sources.get(path).copied(), lines, window))
        .filter(|file| !file.ranges.is_empty())
        .collect()
}

fn annotated_file(
    path: &str,
    source: Option<&Source>,
    lines: &BTreeMap<LineNumber, LineCounts>,
    window: u64,
) -> AnnotatedFile {
    let origin = match source {
        Some(source) if source.user => Origin::User,
        _ => Origin::Library,
    };
    let shown = |counts: &LineCounts| match origin {
        Origin::User => counts.total,
        Origin::Library => counts.self_samples,
    };
    let sampled = lines.iter().filter(|(_, counts)| shown(counts) > 0);
    let mut told: BTreeSet<LineNumber> = sampled.map(|(line, _)| *line).collect();
    let functions = source.map_or(&[][..], |source| &source.functions);
    let functions = FunctionIndex::new(functions);
    let without_code = without_code(source, &functions, &told);
    let text: Vec<&str> = source.map_or_else(Vec::new, |source| lines_of(&source.text).collect());
    let line_at = |index: usize| {
        let number = LineNumber::from_index(index);
        let counts = lines.get(&number).copied().unwrap_or_default();
        let shown = shown(&counts);
        AnnotatedLine {
            number,
            text: text.get(index).copied().unwrap_or_default().to_owned(),
            counts,
            share: (shown > 0).then(|| Share::of_samples(shown, window)),
            has_no_code: without_code.contains(&number),
            function: functions.at(number).map(|function| function.name.clone()),
        }
    };
    told.extend(&without_code);
    let ranges = hot_ranges(told.into_iter().map(LineNumber::index));
    AnnotatedFile {
        path: path.to_owned(),
        origin,
        share: Share::of_samples(lines.values().map(shown).sum(), window),
        ranges: ranges
            .into_iter()
            .map(|(first, last)| AnnotatedRange {
                lines: (first..=last).map(line_at).collect(),
            })
            .collect(),
    }
}

/// The lines without code of the functions in which any line has samples.
fn without_code(
    source: Option<&Source>,
    functions: &FunctionIndex<'_>,
    sampled: &BTreeSet<LineNumber>,
) -> BTreeSet<LineNumber> {
    let Some(source) = source else {
        return BTreeSet::new();
    };
    let in_sampled_function = |&line: &LineNumber| {
        functions.at(line).is_some_and(|function| {
            let mut lines = sampled.range(function.first..=function.last);
            lines.next().is_some()
        })
    };
    source
        .without_code()
        .into_iter()
        .filter(in_sampled_function)
        .collect()
}

/// First and last index of each stretch of lines, from the ascending indices of
/// those that are told of.
pub(super) fn hot_ranges(hot: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for index in hot {
        match ranges.last_mut() {
            Some((_, last)) if index - *last <= LONGEST_COLD_STRETCH + 1 => *last = index,
            _ => ranges.push((index, index)),
        }
    }
    ranges
}
