//! What a recording's profiled runs say of each line.
//!
//! [`run_profiles`] keeps the runs apart, as comparing needs it: the process is
//! the replicate, not the sample. [`AnnotatedProfile`] pools them, as
//! `profila annotate` shows them: a renderer only prints what is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::recording::{ProfiledRun, Recording, RoundId, Run, SampleCounts, Source, StackFrame};
use crate::share::Share;
use crate::source::{FunctionIndex, LineNumber, Origin, lines as lines_of};

/// The most lines without samples that one [`AnnotatedRange`] runs across; a
/// longer stretch ends it, so that two hot spots of a long library file are not
/// joined by a thousand cold lines.
pub const LONGEST_COLD_STRETCH: usize = 20;

/// Samples of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// Samples whose innermost Python-source line is this one.
    pub self_samples: u64,
    /// `self_samples` and those in library lines that this line called or had
    /// inlined.
    pub total: u64,
    /// Samples that this line answers for. Every sample in Numba code has exactly
    /// one such line, so that they sum to the Numba samples of the run.
    pub owned: u64,
}

/// A line by its file, as in [`Recording::sources`], and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId<'r> {
    /// The file.
    pub file: &'r str,
    /// The line.
    pub line: LineNumber,
}

/// The samples of the measured window of one profiled run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunProfile<'r> {
    /// Round of the run.
    pub round: RoundId,
    /// Samples by outcome: `window` is their total, and `other`, `waiting` and
    /// `bad` are the buckets of those on no line.
    pub samples: SampleCounts,
    /// Samples by line. Lines without samples are absent.
    pub lines: BTreeMap<LineId<'r>, LineCounts>,
}

/// What `profila annotate` shows: all profiled runs of a recording, pooled.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedProfile {
    /// Samples by outcome, over all profiled runs. `samples.window` is the
    /// report's "Total samples".
    pub samples: SampleCounts,
    /// Part of the window's samples that fell in Numba code or what it called.
    pub numba_share: Share,
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
    /// What part of the runs was measured, and what watching cost.
    pub watching: Watching,
}

/// Something with a name and a part of the window's samples.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedShare {
    /// The name.
    pub name: String,
    /// The part.
    pub share: Share,
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

/// What part of the profiled runs was measured, and what watching cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watching {
    /// Part of the runs' time, from start to exit, that was measured window.
    pub window_share: Share,
    /// Part of the measured window for which the script was stopped.
    pub stopped_share: Share,
    /// The longest single stop, in seconds.
    pub longest_stop_s: f64,
    /// Sampling rate that was asked for, in Hz.
    pub wanted_rate_hz: f64,
    /// How often it was attempted to take a sample in a second of the measured window;
    /// absent where it was not recorded.
    pub achieved_rate_hz: Option<f64>,
    /// Whether many attempts were put off because stops took too long a part of the time,
    /// of which the limit is this part; absent where they were not.
    pub kept_to: Option<Share>,
    /// Part of the attempts that saw no thread at work, although the script was working.
    pub unseen_share: Share,
    /// The median of how much later than planned an attempt was, in seconds: the largest
    /// of the runs'.
    pub median_late_s: f64,
}

/// Why a script was sampled less often than was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slower {
    /// Stops took long, and were limited to this part of the time.
    Stops(Share),
    /// In this part of the attempts no thread could be seen at work.
    Unseen(Share),
    /// The machine was busy: the median of how late an attempt was, in seconds.
    Late(f64),
}

/// The part of attempts that saw nothing from which on they are the reason for a lower rate.
const UNSEEN_IS_WHY: Share = Share::nearest(0.05);

/// The part of the rate asked for below which the reader is told.
const MUCH_SLOWER: f64 = 0.9;

/// Ticks that a window has to have room for before its rate means anything.
const ENOUGH_TICKS: f64 = 50.0;

impl Watching {
    /// The achieved rate, where it is more than a tenth below the one asked for.
    pub fn slower_rate_hz(&self) -> Option<f64> {
        self.achieved_rate_hz
            .filter(|rate| *rate < MUCH_SLOWER * self.wanted_rate_hz)
    }

    /// Why the achieved rate is lower than the one asked for, where it is.
    pub fn why_slower(&self) -> Slower {
        match self.kept_to {
            Some(part) => Slower::Stops(part),
            None if self.unseen_share > UNSEEN_IS_WHY => Slower::Unseen(self.unseen_share),
            None => Slower::Late(self.median_late_s),
        }
    }
}

impl AnnotatedRange {
    /// The first and the last line's number, for `Lines A to B`; absent only in a
    /// range that was built empty by hand.
    pub fn bounds(&self) -> Option<(LineNumber, LineNumber)> {
        Some((self.lines.first()?.number, self.lines.last()?.number))
    }
}

/// The profiled runs of a recording, each for itself, in the order of their
/// rounds.
pub fn run_profiles(recording: &Recording) -> Vec<RunProfile<'_>> {
    let by_round = recording
        .runs_by_round()
        .filter_map(|(round, run)| Some((round, run.profile.as_ref()?)));
    let mut profiles: Vec<_> = by_round
        .map(|(round, profile)| RunProfile {
            round,
            samples: profile.samples,
            lines: line_counts(profile),
        })
        .collect();
    profiles.sort_by_key(|profile| profile.round);
    profiles
}

/// Pools all profiled runs of a recording for `profila annotate`.
pub fn annotate(recording: &Recording) -> AnnotatedProfile {
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
        non_numba_share: Share::of_samples(samples.other + samples.waiting, samples.window),
        bad_share: Share::of_samples(samples.bad, samples.window),
        folded_share: samples.folded_share(),
        files,
        functions: functions(recording, &lines, samples.window),
        compiled: compiled(recording, samples.window),
        watching: watching(recording),
    }
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

/// What every sample of the measured windows was in, outermost first, with how many there
/// are of each, over all profiled runs. What was on no line is in a frame of its own.
/// `None` where the recording has no stacks.
pub fn stacks(recording: &Recording) -> Option<Vec<(Vec<StackFrame>, u64)>> {
    let mut stacks: BTreeMap<&[StackFrame], u64> = BTreeMap::new();
    let profiles = || profiled_runs(recording).map(|(_, profile)| profile);
    for stack in profiles().flat_map(|profile| &profile.stacks) {
        *stacks.entry(&stack.frames).or_default() += stack.samples;
    }
    let samples = pooled_samples(&run_profiles(recording));
    if stacks.is_empty() && samples.numba > 0 {
        return None;
    }
    let elsewhere = [
        ("(outside Numba)", samples.other),
        ("(waiting)", samples.waiting),
        ("(unreadable)", samples.bad),
    ];
    let elsewhere = elsewhere.into_iter().filter(|&(_, count)| count > 0);
    let elsewhere = elsewhere.map(|(name, count)| (vec![StackFrame::Native(name.into())], count));
    let known = stacks.into_iter();
    let known = known.map(|(frames, count)| (frames.to_vec(), count));
    Some(known.chain(elsewhere).collect())
}

fn hottest_first(samples: HashMap<&str, u64>, window: u64) -> Vec<NamedShare> {
    let mut samples: Vec<_> = samples
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    samples.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    let shares = samples.into_iter().map(|(name, count)| NamedShare {
        name: name.to_owned(),
        share: Share::of_samples(count, window),
    });
    shares.collect()
}

/// What part of the profiled runs was measured, and what watching cost. Shares of
/// nothing are 0.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of ticks are far below 2^53"
)]
pub fn watching(recording: &Recording) -> Watching {
    let runs: Vec<_> = profiled_runs(recording).collect();
    let sum = |part: fn(&Run, &ProfiledRun) -> f64| -> f64 {
        runs.iter().map(|(run, profile)| part(run, profile)).sum()
    };
    let most = |part: fn(&ProfiledRun) -> f64| {
        let parts = runs.iter().map(|(_, profile)| part(profile));
        parts.fold(0.0, f64::max)
    };
    let window_s = sum(|run, _| run.window_s);
    let ticks = pooled_samples(&run_profiles(recording)).ticks;
    let wanted_rate_hz = recording.settings.rate_hz;
    let is_known = ticks > 0 && window_s * wanted_rate_hz >= ENOUGH_TICKS;
    let put_off: u64 = runs.iter().map(|(_, profile)| profile.put_off).sum();
    let many = put_off > 0 && put_off >= ticks / 4;
    let unseen: u64 = runs.iter().map(|(_, profile)| profile.unseen).sum();
    Watching {
        window_share: Share::of_time(window_s, sum(|run, _| run.wall_s)),
        stopped_share: Share::of_time(sum(|_, profile| profile.stopped_s), window_s),
        longest_stop_s: most(|profile| profile.longest_stop_s),
        wanted_rate_hz,
        achieved_rate_hz: is_known.then(|| ticks as f64 / window_s),
        kept_to: many.then_some(Share::nearest(recording.settings.max_stopped)),
        unseen_share: Share::of_samples(unseen, ticks + unseen),
        median_late_s: most(|profile| profile.lateness.median_s),
    }
}

/// Samples by outcome over some runs.
pub fn pooled_samples(runs: &[RunProfile<'_>]) -> SampleCounts {
    runs.iter()
        .fold(SampleCounts::default(), |sum, run| SampleCounts {
            window: sum.window + run.samples.window,
            ticks: sum.ticks + run.samples.ticks,
            most_threads: sum.most_threads.max(run.samples.most_threads),
            numba: sum.numba + run.samples.numba,
            other: sum.other + run.samples.other,
            waiting: sum.waiting + run.samples.waiting,
            bad: sum.bad + run.samples.bad,
            startup: sum.startup + run.samples.startup,
            compiling: sum.compiling + run.samples.compiling,
            folded: sum.folded + run.samples.folded,
            misplaced: sum.misplaced + run.samples.misplaced,
            barrier: sum.barrier + run.samples.barrier,
        })
}

fn profiled_runs(recording: &Recording) -> impl Iterator<Item = (&Run, &ProfiledRun)> {
    let runs = recording.runs();
    runs.filter_map(|run| Some((run, run.profile.as_ref()?)))
}

fn line_counts(profile: &ProfiledRun) -> BTreeMap<LineId<'_>, LineCounts> {
    let mut lines = BTreeMap::new();
    for entry in &profile.lines {
        let counts = LineCounts {
            self_samples: entry.self_samples,
            total: entry.total,
            owned: entry.owned,
        };
        if counts != LineCounts::default() {
            let id = LineId {
                file: &entry.file,
                line: entry.line,
            };
            add_counts(lines.entry(id).or_default(), counts);
        }
    }
    lines
}

fn add_counts(sum: &mut LineCounts, more: LineCounts) {
    sum.self_samples += more.self_samples;
    sum.total += more.total;
    sum.owned += more.owned;
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
fn hot_ranges(hot: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for index in hot {
        match ranges.last_mut() {
            Some((_, last)) if index - *last <= LONGEST_COLD_STRETCH + 1 => *last = index,
            _ => ranges.push((index, index)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests;
