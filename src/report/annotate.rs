//! One profile as annotated source, in the form users of the predecessor know:
//! ` 30.2% | source`, which `grep` and `sort -n` can take apart.

mod header;

use std::collections::HashMap;

use super::Style;
use super::contents::assembly::{self, Cold};
use super::contents::{self, counters, loops, regions, remarks};
use super::format::percent;
use super::paint::Sheet;
use super::symbol::readable;
use crate::instructions::{Assembly, LineInstructions};
use crate::profile::{AnnotatedFile, AnnotatedLine, AnnotatedProfile};
use crate::recording::ForeignText;
use crate::selection::Selection;
use crate::share::Share;
use crate::source::{LineNumber, Origin};
use crate::text::{Alignment, Meaning, Number, Text};

/// Columns of ` 30.2%`.
const SHARE: usize = 6;

/// Columns of ` 30.2% | `.
const MARGIN: usize = SHARE + 3;

/// From this share of the window on, a line is set off from the rest.
const HOT: Share = Share::new(0.1).expect("a share");

/// What stands behind a line that the compiler left nothing of.
const NO_CODE: &str = "  ← no code";

/// What that means.
const NO_CODE_LEGEND: &str = "no code: the compiled function has no instructions for that line; \
                              it was folded into another one, or is not needed";

/// The instructions of each line, by file and line.
pub(super) type Lines<'a> = HashMap<(&'a str, LineNumber), Vec<LineInstructions<'a>>>;

/// What is shown of a profile besides its numbers.
#[derive(Clone, Debug, Default)]
pub struct Options<'r> {
    /// Lines without samples to keep on either side of one with samples. More of
    /// them in a row part a range in two.
    pub context: usize,
    /// Whether compiled functions are listed, and not only Python's.
    pub specializations: bool,
    /// The instructions to show below their lines.
    pub assembly: Option<Assembly<'r>>,
}

/// The profile's source files with the part of the window's samples beside each
/// line: the *total* in the user's files, *self* in libraries'.
pub(crate) fn text(profile: &AnnotatedProfile, options: &Options<'_>, style: &Style) -> String {
    let mut sheet = Sheet::default();
    sheet.extend(header::lines(profile, style));
    sheet.extend(functions(profile, options, style));
    let head = sheet.len();
    let code = options.assembly.as_ref().map(Assembly::lines);
    let code = code.unwrap_or_default();
    for file in &profile.files {
        section(&mut sheet, profile, file, options, &code, style);
    }
    if sheet.len() == head && !style.selection.is_all() && !profile.files.is_empty() {
        let words = style.selection.words();
        sheet.blank();
        sheet.line(Text::from("No samples were attributed to lines of ") + words + ".");
    }
    let has_marks = |file: &AnnotatedFile| {
        let ranges = ranges(file, options.context, &style.selection);
        ranges.into_iter().flatten().any(is_marked)
    };
    if profile.files.iter().any(has_marks) {
        sheet.blank();
        sheet.line(Text::from(NO_CODE_LEGEND).meaning(Meaning::Quiet));
    }
    if profile.files.is_empty() {
        sheet.blank();
        sheet.line("No samples were attributed to lines of Numba code.");
    }
    sheet.finish(style.color)
}

/// What the reader of a profile should know, below it.
pub(crate) fn warnings(warnings: &[ForeignText]) -> String {
    let mut sheet = Sheet::default();
    for warning in contents::warnings(warnings) {
        sheet.blank();
        sheet.line(Text::from("warning: ") + warning);
    }
    sheet.finish(false)
}

/// Whether it is said of a line that it has no code.
const fn is_marked(line: &AnnotatedLine) -> bool {
    line.has_no_code && line.share.is_none()
}

/// The functions where there is more than one, what they were compiled to where that is asked
/// for, and what the compiler said of their loops where it was asked.
fn functions(profile: &AnnotatedProfile, options: &Options<'_>, style: &Style) -> Vec<Text> {
    let mut lines = Vec::new();
    if profile.functions.len() > 1 {
        let shares = profile.functions.iter();
        let shares = shares.map(|it| percent(it.share) + " " + Text::source(&it.name));
        lines.push(Text::from("# Functions: ") + Text::join(shares, ", "));
    }
    if options.specializations {
        let compiled = profile.compiled.iter();
        lines.extend(
            compiled.map(|it| {
                Text::from("# Compiled: ") + percent(it.share) + " " + readable(&it.name)
            }),
        );
    }
    for counted in counters::of_profile(&profile.counters) {
        lines.push(Text::from("# ") + counted.heading);
        let indented = counted.lines.into_iter();
        lines.extend(indented.map(|line| Text::from("#   ") + line));
    }
    if let Some(regions) = regions::of_profile(&profile.regions) {
        lines.push(Text::from("# ") + regions.heading);
        let indented = regions.lines.into_iter();
        lines.extend(indented.map(|line| Text::from("#   ") + line));
    }
    let remarks = remarks::of_profile(&profile.remarks).into_iter();
    lines.extend(remarks.map(|remark| Text::from("# Compiler: ") + remark));
    let mut lines: Vec<Text> = lines
        .into_iter()
        .map(|line| line.truncated(style.width))
        .collect();
    if let Some(code) = &options.assembly {
        lines.extend(of_code(code, style));
    }
    lines
}

/// The hottest loops, and what is to be known of the instructions.
fn of_code(code: &Assembly<'_>, style: &Style) -> Vec<Text> {
    let hottest = loops::of_profile(code, &style.selection).into_iter();
    let hottest = hottest.flat_map(|it| it.loops);
    let hottest = hottest.map(|it| Text::from("Loop, without those within it: ") + it);
    let sentences = hottest.chain(assembly::introduction_of_profile(code));
    let columns = style.width.saturating_sub(2);
    let lines = sentences.flat_map(|it| it.wrapped(columns, 4));
    lines.map(|line| Text::from("# ") + line).collect()
}

/// The instructions of a line, below it: they have no bar, and are easily left out.
fn instructions(code: &Lines<'_>, file: &str, line: &AnnotatedLine, columns: usize) -> Vec<Text> {
    let functions = code.get(&(file, line.number));
    let rows = functions.map(|functions| assembly::of_line(functions, Cold::Counted, columns));
    rows.unwrap_or_default()
}

fn section(
    sheet: &mut Sheet,
    profile: &AnnotatedProfile,
    file: &AnnotatedFile,
    options: &Options<'_>,
    code: &Lines<'_>,
    style: &Style,
) {
    let ranges = ranges(file, options.context, &style.selection);
    if ranges.is_empty() {
        return;
    }
    let title = Text::from("## File `") + Text::foreign(&file.path) + "`";
    let origin = match file.origin {
        Origin::User => "",
        Origin::Library => " (library: self samples, also in its callers' totals)",
    };
    sheet.blank();
    sheet.line(title.meaning(Meaning::Heading) + origin);
    for (index, lines) in ranges.into_iter().enumerate() {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            continue;
        };
        if index > 0 {
            sheet.blank();
        }
        let numbers = Number::new(first.number) + " to " + Number::new(last.number);
        sheet.line(Text::from("Lines ") + numbers + ":");
        sheet.blank();
        for line in lines {
            let note = if is_marked(line) {
                NO_CODE.into()
            } else {
                own_note(profile, file.origin, line)
            };
            sheet.line(source_line(line, note, style.width));
            sheet.extend(instructions(code, &file.path, line, style.width));
        }
    }
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
fn own_note(profile: &AnnotatedProfile, origin: Origin, line: &AnnotatedLine) -> Text {
    if origin == Origin::Library || line.counts.self_samples == line.counts.total {
        return Text::new();
    }
    let own = Share::of_samples(line.counts.self_samples, profile.samples.window);
    Text::from("  ← ") + percent(own) + " self"
}

fn source_line(line: &AnnotatedLine, note: Text, columns: usize) -> Text {
    let share: Text = line.share.map(percent).into();
    let share = share.padded(SHARE, Alignment::Right);
    let share = match line.share {
        Some(part) if part >= HOT => share.meaning(Meaning::Heading),
        _ => share,
    };
    let room = columns.saturating_sub(MARGIN + note.width());
    let source = Text::source(&line.text).truncated(room.max(20));
    share + " | " + source + note.meaning(Meaning::Quiet)
}

#[cfg(test)]
mod tests;
