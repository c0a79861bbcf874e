//! One profile as annotated source, in the form users of the predecessor know:
//! ` 30.2% | source`, which `grep` and `sort -n` can take apart.

use std::fmt::Write as _;

use super::Style;
use super::contents;
use super::format::{duration, fixed, percent, short_percent};
use super::paint::{Meaning, finish, paint};
use super::symbol::readable;
use super::text::{safe, truncate, width};
use crate::options::Selection;
use crate::profile::{AnnotatedFile, AnnotatedLine, AnnotatedProfile, Slower, Watching};
use crate::recording::SampleCounts;
use crate::source::Origin;

/// Columns of ` 30.2% | `.
const MARGIN: usize = 9;

/// From this share of the window on, a line is set off from the rest.
const HOT: f64 = 0.1;

/// What stands behind a line that the compiler left nothing of.
const NO_CODE: &str = "  ← no code";

/// What that means.
const NO_CODE_LEGEND: &str = "no code: the compiled function has no instructions for that line; \
                              it was folded into another one, or is not needed";

/// What is shown of a profile besides its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Lines without samples to keep on either side of one with samples. More of
    /// them in a row part a range in two.
    pub context: usize,
    /// Whether compiled functions are listed, and not only Python's.
    pub specializations: bool,
}

/// The profile's source files with the part of the window's samples beside each
/// line: the *total* in the user's files, *self* in libraries'.
pub fn text(profile: &AnnotatedProfile, options: &Options, style: &Style) -> String {
    let mut out = header(profile) + &functions(profile, options, style);
    let head = out.len();
    for file in &profile.files {
        section(&mut out, profile, file, options, style);
    }
    if out.len() == head && !style.selection.is_all() && !profile.files.is_empty() {
        let words = style.selection.words();
        let _ = writeln!(out, "\nNo samples were attributed to lines of {words}.");
    }
    let has_marks = |file: &AnnotatedFile| {
        let ranges = ranges(file, options.context, &style.selection);
        ranges.into_iter().flatten().any(is_marked)
    };
    if profile.files.iter().any(has_marks) {
        let legend = paint(Meaning::Quiet, NO_CODE_LEGEND);
        let _ = writeln!(out, "\n{legend}");
    }
    if profile.files.is_empty() {
        out.push_str("\nNo samples were attributed to lines of Numba code.\n");
    }
    finish(&out, style.color)
}

/// What the reader of a profile should know, below it.
pub fn warnings(warnings: &[String]) -> String {
    let mut out = String::new();
    for warning in contents::warnings(warnings) {
        let _ = write!(out, "\nwarning: {warning}\n");
    }
    out
}

/// Whether it is said of a line that it has no code.
const fn is_marked(line: &AnnotatedLine) -> bool {
    line.has_no_code && line.share.is_none()
}

fn header(profile: &AnnotatedProfile) -> String {
    let watching = &profile.watching;
    let head = format!(
        "# Total samples: {} ({} non-Numba samples, {} bad samples)\n\
         # Measured window: {} of the run; stopped for {} of it to sample at {} Hz \
         (at most {})\n\
         # Attributed to the preceding line: {} of the Numba samples, at instructions \
         without a line\n",
        profile.samples.window,
        percent(profile.non_numba_share),
        percent(profile.bad_share),
        percent(watching.window_share),
        percent(watching.stopped_share),
        watching.achieved_rate_hz.map_or_else(
            || watching.wanted_rate_hz.to_string(),
            |rate_hz| fixed(rate_hz, 0)
        ),
        duration(watching.longest_stop_s),
        percent(profile.folded_share),
    );
    head + &threads(&profile.samples) + &slower(watching)
}

/// Why fewer samples were taken than were asked for, where they were.
fn slower(watching: &Watching) -> String {
    if watching.slower_rate_hz().is_none() {
        return String::new();
    }
    let why = match watching.why_slower() {
        Slower::Stops(part) => format!(
            "stops are limited to {} of the time (--max-stopped)",
            short_percent(part)
        ),
        Slower::Unseen(part) => format!(
            "{} of the attempts found no thread that could be seen at work",
            short_percent(part)
        ),
        Slower::Late(late_s) => format!(
            "the machine was busy, and samples came {} late (set a lower --rate)",
            duration(late_s)
        ),
    };
    format!(
        "# Sampled less often than the requested {} Hz: {why}\n",
        watching.wanted_rate_hz
    )
}

/// How many threads ran, where it was ever more than one: shares are of the time of all
/// of them together.
fn threads(samples: &SampleCounts) -> String {
    match samples.mean_threads() {
        Some(mean) if samples.most_threads > 1 => format!(
            "# Threads running at once: {} on average, at most {}; shares are of their \
             combined time\n\
             # Busy-waiting for other threads: {} of the samples\n",
            fixed(mean, 2),
            samples.most_threads,
            percent(samples.barrier_share())
        ),
        _ => String::new(),
    }
}

/// The functions where there is more than one, and what they were compiled to where that is
/// asked for.
fn functions(profile: &AnnotatedProfile, options: &Options, style: &Style) -> String {
    let mut out = String::new();
    if profile.functions.len() > 1 {
        let shares = profile.functions.iter();
        let shares = shares.map(|it| format!("{} {}", percent(it.share), safe(&it.name)));
        let list = format!("# Functions: {}", shares.collect::<Vec<_>>().join(", "));
        let _ = writeln!(out, "{}", truncate(&list, style.width));
    }
    if options.specializations {
        for it in &profile.compiled {
            let name = safe(&readable(&it.name));
            let line = format!("# Compiled: {} {name}", percent(it.share));
            let _ = writeln!(out, "{}", truncate(&line, style.width));
        }
    }
    out
}

fn section(
    out: &mut String,
    profile: &AnnotatedProfile,
    file: &AnnotatedFile,
    options: &Options,
    style: &Style,
) {
    let ranges = ranges(file, options.context, &style.selection);
    if ranges.is_empty() {
        return;
    }
    let title = format!("## File `{}`", safe(&file.path));
    let origin = match file.origin {
        Origin::User => "",
        Origin::Library => " (library: self samples, also in its callers' totals)",
    };
    let _ = writeln!(out, "\n{}{origin}", paint(Meaning::Heading, &title));
    for lines in ranges {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            continue;
        };
        let _ = writeln!(out, "Lines {} to {}:\n", first.number, last.number);
        for line in lines {
            let note = if is_marked(line) {
                NO_CODE.to_owned()
            } else {
                own_note(profile, file.origin, line)
            };
            let _ = writeln!(out, "{}", source_line(line, &note, style.width));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

/// The stretches of a file to show: those of the profile, parted where more lines
/// without samples follow each other than the context of both sides covers, as far as
/// they are wanted.
fn ranges<'p>(
    file: &'p AnnotatedFile,
    context: usize,
    selection: &Selection,
) -> Vec<&'p [AnnotatedLine]> {
    let is_told = |line: &AnnotatedLine| {
        (line.share.is_some() || line.has_no_code)
            && selection.takes(&file.path, line.function.as_deref())
    };
    let ranges = file.ranges.iter();
    ranges
        .flat_map(|range| part(&range.lines, context, is_told))
        .collect()
}

fn part(
    lines: &[AnnotatedLine],
    context: usize,
    is_told: impl Fn(&AnnotatedLine) -> bool,
) -> Vec<&[AnnotatedLine]> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let hot = lines.iter().enumerate().filter(|(_, line)| is_told(line));
    for (index, _) in hot {
        let start = index.saturating_sub(context);
        let end = (index + context + 1).min(lines.len());
        match spans.last_mut() {
            Some((_, last_end)) if start <= *last_end => *last_end = end,
            _ => spans.push((start, end)),
        }
    }
    spans
        .into_iter()
        .map(|(start, end)| &lines[start..end])
        .collect()
}

/// What a line of the user's says of its total where library lines are part of it.
#[expect(
    clippy::cast_precision_loss,
    reason = "sample counts are far below 2^53"
)]
fn own_note(profile: &AnnotatedProfile, origin: Origin, line: &AnnotatedLine) -> String {
    if origin == Origin::Library || line.counts.self_samples == line.counts.total {
        return String::new();
    }
    let own = line.counts.self_samples as f64 / profile.samples.window as f64;
    format!("  ← {} self", percent(own))
}

fn source_line(line: &AnnotatedLine, note: &str, columns: usize) -> String {
    let share = line.share.map(percent).unwrap_or_default();
    let share = format!("{share:>6}");
    let share = match line.share {
        Some(part) if part >= HOT => paint(Meaning::Heading, &share),
        _ => share,
    };
    let room = columns.saturating_sub(MARGIN + width(note));
    let source = truncate(&safe(&line.text), room.max(20));
    let source = if note.is_empty() {
        source
    } else {
        source + &paint(Meaning::Quiet, note)
    };
    format!("{share} | {source}")
}

#[cfg(test)]
mod tests;
