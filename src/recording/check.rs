//! Whether what a recording says fits what else is in it: what is read may have been
//! damaged, or made by somebody else, and nothing that a number in it can do may take more
//! than the file is long.

use rustc_hash::FxHashSet;

use super::{
    CountedEvents, LineEvents, ProfiledRun, Recording, RegionRun, Run, RunKind, SampleCounts,
    Shard, Source,
};
use crate::source::{Function, LineNumber, lines};

/// More samples than any run can have; sums of as many as fit in a file fit in 64 bits.
pub(crate) const MOST_SAMPLES: u64 = 1 << 39;

/// More events than any run can have; sums of those of all runs fit in 64 bits.
const MOST_EVENTS: u64 = 1 << 50;

/// More seconds than any run can take, some 30,000 years.
const MOST_SECONDS: f64 = 1e12;

/// More units of work than any run can do.
const MOST_UNITS: f64 = 1e300;

/// Processes that a recording may be of: what is kept of each line is kept for each of them.
const MOST_RUNS: usize = 10_000;

/// Counts that are kept of all lines in all profiled runs together: a count of each line in
/// each run, whether it was sampled there or not. A thousand runs of 25,000 lines.
const MOST_COUNTS: usize = 25_000_000;

/// What is wrong, with the place where it is.
type Check = Result<(), String>;

impl Recording {
    /// What does not fit, with its place, such as `blocks[0].runs[3].profile.lines[7].total`.
    pub(crate) fn check(&self) -> Check {
        let rate_hz = self.settings.rate_hz;
        if !(0.0..=1e9).contains(&rate_hz) {
            return Err(format!(
                "`settings.rate_hz` is {rate_hz}, but rates range from 0 to 1e9"
            ));
        }
        let max_stopped = self.settings.max_stopped;
        if !(0.0..=1.0).contains(&max_stopped) {
            return Err(format!(
                "`settings.max_stopped` is {max_stopped}, but it is a part of the time, from 0 to 1"
            ));
        }
        if self.blocks.is_empty() {
            return Err("it has no `blocks`".to_owned());
        }
        let runs = self.runs().count();
        if runs > MOST_RUNS {
            return Err(format!(
                "it has {runs} `runs`, but at most {MOST_RUNS} can be compared"
            ));
        }
        for (index, source) in self.sources.iter().enumerate() {
            check_source(source, &format!("sources[{index}]"))?;
        }
        for (block, it) in self.blocks.iter().enumerate() {
            check_shard(it.shard.as_ref(), &format!("blocks[{block}].shard"))?;
            for (index, run) in it.runs.iter().enumerate() {
                check_run(run, &format!("blocks[{block}].runs[{index}]"))?;
            }
        }
        check_lines_in_runs(self.runs())
    }
}

fn check_shard(shard: Option<&Shard>, place: &str) -> Check {
    match shard {
        Some(Shard { number, of, .. }) if !(1..=*of).contains(number) => Err(format!(
            "`{place}` is part {number} of {of}, but parts are counted from 1 to their number"
        )),
        _ => Ok(()),
    }
}

/// Whether the lines of all runs can be compared with each other: runs of few lines each
/// that are all different, say, have far more counts together than the file has bytes.
fn check_lines_in_runs<'r>(runs: impl Iterator<Item = &'r Run>) -> Check {
    let profiles: Vec<&ProfiledRun> = runs.filter_map(|run| run.profile.as_ref()).collect();
    let sampled = profiles.iter().flat_map(|profile| &profile.lines);
    let sampled = sampled.map(|line| (line.file.as_str(), line.line));
    let counted = profiles.iter().flat_map(|profile| &profile.counters);
    let counted = counted.flat_map(|counted| &counted.lines);
    let counted = counted.map(|line| (line.file.as_str(), line.line));
    let lines: FxHashSet<_> = sampled.chain(counted).collect();
    if lines.len().saturating_mul(profiles.len()) > MOST_COUNTS {
        return Err(format!(
            "its {} profiled runs have samples on {} lines, but at most {MOST_COUNTS} counts of \
             lines in runs can be compared",
            profiles.len(),
            lines.len()
        ));
    }
    Ok(())
}

fn check_source(source: &Source, place: &str) -> Check {
    let count = lines(&source.text).count();
    for (index, function) in source.functions.iter().enumerate() {
        check_function(function, count, &format!("{place}.functions[{index}]"))?;
    }
    Ok(())
}

fn check_function(function: &Function, count: usize, place: &str) -> Check {
    check_range((function.first, function.last), count, || place.to_owned())?;
    for (index, &range) in function.statements.iter().enumerate() {
        check_range(range, count, || format!("{place}.statements[{index}]"))?;
    }
    Ok(())
}

/// Whether a range of lines is one, in a text of so many lines.
fn check_range(
    (first, last): (LineNumber, LineNumber),
    count: usize,
    place: impl Fn() -> String,
) -> Check {
    if first > last {
        let place = place();
        return Err(format!(
            "`{place}` begins at line {first} and ends before it, at line {last}"
        ));
    }
    if last.index() >= count {
        let place = place();
        return Err(format!(
            "`{place}` extends to line {last}, but its source has only {count}"
        ));
    }
    Ok(())
}

fn check_run(run: &Run, place: &str) -> Check {
    match (run.kind, &run.profile) {
        (kind @ RunKind::Profiled, None) => {
            return Err(format!("`{place}` is a {kind} run without a `profile`"));
        }
        (kind @ (RunKind::Timed | RunKind::Control), Some(_)) => {
            return Err(format!("`{place}` is a {kind} run with a `profile`"));
        }
        _ => {}
    }
    let seconds = [
        ("wall_s", run.wall_s),
        ("cpu_s", run.cpu_s),
        ("window_s", run.window_s),
    ];
    check_seconds(&seconds, place)?;
    for (index, region) in run.regions.iter().enumerate() {
        check_region(region, &format!("{place}.regions[{index}]"))?;
    }
    if let Some(it) = &run.processes {
        let place = format!("{place}.processes");
        check_seconds(&[("seconds", it.seconds)], &place)?;
        let counts = [
            ("followed", it.followed),
            ("unwatched", it.unwatched),
            ("left_out", it.left_out),
        ];
        check_counts(&counts, || place.clone())?;
    }
    match &run.profile {
        Some(profile) => check_profile(profile, &format!("{place}.profile")),
        None => Ok(()),
    }
}

fn check_region(region: &RegionRun, place: &str) -> Check {
    check_seconds(&[("seconds", region.seconds)], place)?;
    let counts = [("entries", region.entries), ("left_open", region.left_open)];
    check_counts(&counts, || place.to_owned())?;
    match region.units {
        Some(units) if !(0.0..=MOST_UNITS).contains(&units) => Err(format!(
            "`{place}.units` is {units}, but no run can do as much"
        )),
        _ => Ok(()),
    }
}

fn check_profile(profile: &ProfiledRun, place: &str) -> Check {
    let lateness = profile.lateness;
    let seconds = [
        ("stopped_s", profile.stopped_s),
        ("longest_stop_s", profile.longest_stop_s),
        ("lateness.median_s", lateness.median_s),
        ("lateness.most_s", lateness.most_s),
        ("first_sample_s", profile.first_sample_s.unwrap_or_default()),
    ];
    check_seconds(&seconds, place)?;
    let counts = [
        ("put_off", profile.put_off),
        ("unseen", profile.unseen),
        ("foreign_stops", profile.foreign_stops),
    ];
    check_counts(&counts, || place.to_owned())?;
    check_samples(&profile.samples, &format!("{place}.samples"))?;
    for (index, line) in profile.lines.iter().enumerate() {
        let counts = [
            ("self", line.self_samples),
            ("total", line.total),
            ("owned", line.owned),
        ];
        check_counts(&counts, || format!("{place}.lines[{index}]"))?;
    }
    for (index, it) in profile.instructions.iter().enumerate() {
        let counts = [("samples", it.samples), ("in_callees", it.in_callees)];
        check_counts(&counts, || format!("{place}.instructions[{index}]"))?;
    }
    for (index, stack) in profile.stacks.iter().enumerate() {
        let counts = [("samples", stack.samples)];
        check_counts(&counts, || format!("{place}.stacks[{index}]"))?;
    }
    for (index, it) in profile.unlined.iter().enumerate() {
        let counts = [("samples", it.samples)];
        check_counts(&counts, || format!("{place}.unlined[{index}]"))?;
    }
    if !profile
        .counters
        .is_sorted_by(|one, next| one.counter < next.counter)
    {
        return Err(format!(
            "`{place}.counters` are not each there once, in order"
        ));
    }
    for (index, it) in profile.counters.iter().enumerate() {
        check_events(it, &format!("{place}.counters[{index}]"))?;
    }
    Ok(())
}

/// Whether a counter's lines can have the events that they have.
fn check_events(counted: &CountedEvents, place: &str) -> Check {
    if counted.events > MOST_EVENTS {
        return Err(format!(
            "`{place}.events` is {}, but can be at most {MOST_EVENTS}",
            counted.events
        ));
    }
    let counts = [("samples", counted.samples), ("lost", counted.lost)];
    check_counts(&counts, || place.to_owned())?;
    let before =
        |one: &LineEvents, next: &LineEvents| (&one.file, one.line) < (&next.file, next.line);
    if !counted.lines.is_sorted_by(before) {
        return Err(format!("`{place}.lines` are not each there once, in order"));
    }
    let mut left = counted.events;
    for (index, line) in counted.lines.iter().enumerate() {
        let counts = [("samples", line.samples)];
        check_counts(&counts, || format!("{place}.lines[{index}]"))?;
        left = left.checked_sub(line.events).ok_or_else(|| {
            format!(
                "`{place}.lines` up to {index} have more events than the {} in all",
                counted.events
            )
        })?;
    }
    Ok(())
}

/// Whether counts by outcome are such as there can be.
pub(crate) fn check_samples(samples: &SampleCounts, place: &str) -> Check {
    let counts = [
        ("window", samples.window),
        ("misplaced", samples.misplaced),
        ("ticks", samples.ticks),
        ("most_threads", samples.most_threads),
        ("numba", samples.numba),
        ("other", samples.other),
        ("unlined", samples.unlined),
        ("waiting", samples.waiting),
        ("bad", samples.bad),
        ("startup", samples.startup),
        ("compiling", samples.compiling),
        ("folded", samples.folded),
        ("barrier", samples.barrier),
    ];
    check_counts(&counts, || place.to_owned())
}

/// Whether counts are such as there can be.
pub(crate) fn check_counts(counts: &[(&str, u64)], place: impl Fn() -> String) -> Check {
    let mut counts = counts.iter();
    match counts.find(|(_, count)| *count > MOST_SAMPLES) {
        None => Ok(()),
        Some((name, count)) => {
            let place = place();
            Err(format!(
                "`{place}.{name}` is {count}, but can be at most {MOST_SAMPLES}"
            ))
        }
    }
}

fn check_seconds(seconds: &[(&str, f64)], place: &str) -> Check {
    let mut seconds = seconds.iter();
    match seconds.find(|(_, seconds)| !(0.0..=MOST_SECONDS).contains(seconds)) {
        None => Ok(()),
        Some((name, seconds)) => Err(format!(
            "`{place}.{name}` is {seconds}, but no run can take that long"
        )),
    }
}
