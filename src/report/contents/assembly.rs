//! The instructions of lines, as text in columns.

use std::collections::HashMap;

use super::code;
use crate::compare::{
    AssemblyComparison, Comparison, Evidence, FunctionAssembly, InstructionPair, LineAssembly,
    LineComparison, LineKind, LinePlace,
};
use crate::instructions::{InstructionAt, LineInstructions, Syntax};
use crate::pair::Pair;
use crate::report::Style;
use crate::report::format::percent;
use crate::report::symbol::readable;
use crate::selection::Selection;
use crate::share::Share;
use crate::text::{Alignment, Number, Text};

/// A line with at least this share on either side is shown, whatever became of it.
const SHOWN_SHARE: Share = Share::new(0.05).expect("a share");

/// Columns of ` 30.2%`, and of the byte at which an instruction begins.
const SHARE: usize = 6;
const OFFSET: usize = 5;

/// Columns of an instruction; a longer one is cut.
const MOST_COLUMNS: usize = 120;

/// Samples at no instruction are worth a word from this share on.
const SHOWN_ASTRAY: Share = Share::new(0.01).expect("a share");

/// The instructions of one line, before beside after.
pub(in crate::report) struct Listing {
    /// Where it is, and what became of its instructions.
    pub(in crate::report) title: Text,
    /// Its source, once where it is the same in both versions.
    pub(in crate::report) source: Vec<Text>,
    /// Each instruction beside that of the other version.
    pub(in crate::report) rows: Vec<Text>,
}

/// What the columns and signs of listings are.
pub(in crate::report) fn legend(assembly: &AssemblyComparison) -> Text {
    syntax_words(assembly.syntax)
        + "; before | after, each with its share of the samples and its first byte in the function. "
        + SKID
        + " In between: = the same but for registers and addresses, ≠ another one, < only before, \
           > only after."
}

/// Which instruction has the samples of one that is slow.
pub(in crate::report) const SKID: &str = "A sample is on the instruction that is next when the processor has waited, so often on the \
     one after the slow one.";

/// How instructions are written.
pub(in crate::report) fn syntax_words(syntax: Syntax) -> Text {
    match syntax {
        Syntax::Intel => "Instructions in Intel's syntax",
        Syntax::Att => "Instructions in AT&T's syntax",
    }
    .into()
}

/// What is said where lines have no instructions.
pub(in crate::report) const NOTHING: &str = "No machine code was recorded: no compiled function has 1% of the samples, or the recordings \
     are older than that, or the processor's instructions are not known here.";

/// What is to be known of samples that no instruction has.
pub(in crate::report) fn astray(shares: &[Share]) -> Option<Text> {
    let most = shares.iter().copied().max().unwrap_or_default();
    (most >= SHOWN_ASTRAY).then(|| {
        percent(most)
            + " of the samples are at no instruction: in some runs, the function was compiled to \
               other code, so that shares of instructions may be wrong."
    })
}

/// The lines whose instructions are shown: those that were edited or moved or whose cost
/// changed, and hot ones; all where all lines are wanted.
pub(in crate::report) fn listings(
    comparison: &Comparison,
    assembly: &AssemblyComparison,
    style: &Style,
    columns: usize,
) -> Vec<Listing> {
    let cold = if style.all {
        Cold::Shown
    } else {
        Cold::Counted
    };
    let known: HashMap<_, _> = comparison
        .lines
        .iter()
        .map(|it| (key(places(it)), it))
        .collect();
    let lines = assembly.lines.iter().filter_map(|it| {
        let line = known.get(&key(it.line.clone())).copied()?;
        is_shown(line, style).then(|| listing(it, line, cold, columns))
    });
    lines.collect()
}

/// The same to look it up by.
fn key(line: Pair<Option<LinePlace>>) -> (Option<LinePlace>, Option<LinePlace>) {
    (line.before, line.after)
}

/// Which lines a comparison is of.
fn places(line: &LineComparison) -> Pair<Option<LinePlace>> {
    let sides = Pair::new(line.before.as_ref(), line.after.as_ref());
    sides.map(|side| {
        side.map(|at| LinePlace {
            file: at.file.clone(),
            line: at.line,
        })
    })
}

fn is_shown(line: &LineComparison, style: &Style) -> bool {
    let sides = || [&line.before, &line.after].into_iter().flatten();
    let is_taken =
        |selection: &Selection| sides().any(|at| selection.takes(&at.file, at.function.as_deref()));
    let has_samples = sides().any(|at| at.samples > 0);
    let is_hot = sides().any(|at| at.share.value >= SHOWN_SHARE);
    let is_told = line.kind != LineKind::Unchanged
        || matches!(
            line.change.evidence,
            Evidence::Confirmed | Evidence::Suggestive
        );
    is_taken(&style.selection) && has_samples && (style.all || is_hot || is_told)
}

fn listing(assembly: &LineAssembly, line: &LineComparison, cold: Cold, columns: usize) -> Listing {
    let place = |at: &LinePlace| Text::foreign(&at.file) + ":" + Number::new(at.line);
    let places = assembly.line.as_ref().map(|at| at.as_ref().map(place));
    let edit = match line.kind {
        LineKind::Unchanged => " (not edited)",
        LineKind::Moved => " (moved)",
        LineKind::Changed => " (edited)",
        LineKind::Added | LineKind::Removed => "",
    };
    let place = match (places.before, places.after) {
        (Some(before), Some(after)) => before + " → " + after + edit,
        (Some(before), None) => before + " (gone)",
        (None, after) => Text::from(after) + " (new)",
    };
    let code = line.code.as_ref();
    let code = code.map(|it| Text::from(": ") + code::words(it));
    let sources = [&line.before, &line.after].into_iter().flatten();
    let mut sources: Vec<Text> = sources.map(|at| Text::source(at.text.trim())).collect();
    sources.dedup();
    Listing {
        title: place + code.unwrap_or_default(),
        source: sources,
        rows: rows(&assembly.functions, cold, columns),
    }
}

/// Whether instructions without samples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Cold {
    Shown,
    /// Several in a row are counted instead.
    Counted,
}

/// The instructions of a line in all functions, named where there is more than one.
pub(in crate::report) fn rows(
    functions: &[FunctionAssembly],
    cold: Cold,
    columns: usize,
) -> Vec<Text> {
    let most = (columns.saturating_sub(3) / 2).max(SHARE + OFFSET + 10);
    let befores = functions.iter().flat_map(|function| &function.rows);
    let befores = befores.filter_map(|row| row.before.as_ref());
    let widest = befores.map(|it| SHARE + OFFSET + 2 + it.text.len()).max();
    let side = widest.unwrap_or_default().min(most);
    let mut rows = Vec::new();
    for function in functions {
        if functions.len() > 1 {
            rows.push(Text::from("in ") + readable(&function.function).truncated(columns));
        }
        let is_hot = |row: &InstructionPair| {
            let sides = [&row.before, &row.after].into_iter().flatten();
            sides.map(|it| it.share).any(is_hot)
        };
        for stretch in stretches(&function.rows, cold, is_hot) {
            match stretch {
                Stretch::Shown(shown) => {
                    rows.extend(shown.iter().map(|row| pair(row, side, most)));
                }
                Stretch::Counted(counted) => {
                    let other = counted.iter().filter(|row| !row.is_same).count();
                    rows.push(counted_words(counted.len(), other));
                }
            }
        }
    }
    rows
}

/// Instructions that are shown, or only counted, together.
enum Stretch<'a, T> {
    Shown(&'a [T]),
    Counted(&'a [T]),
}

/// A share that is more than `0.0%`.
fn is_hot(share: Share) -> bool {
    share.get() >= 0.0005
}

/// Instructions that are counted together at least.
const LEAST_COUNTED: usize = 3;

/// Parts instructions in those with samples and their neighbours, and others.
fn stretches<T>(rows: &[T], cold: Cold, is_hot: impl Fn(&T) -> bool) -> Vec<Stretch<'_, T>> {
    if cold == Cold::Shown {
        return vec![Stretch::Shown(rows)];
    }
    let is_hot: Vec<bool> = rows.iter().map(is_hot).collect();
    let near = |index: usize| {
        let neighbours = index.saturating_sub(1)..(index + 2).min(rows.len());
        is_hot[neighbours].contains(&true)
    };
    let near: Vec<bool> = (0..rows.len()).map(near).collect();
    let mut start = 0;
    let stretches = near.chunk_by(|one, next| one == next).map(|stretch| {
        let part = &rows[start..start + stretch.len()];
        start += stretch.len();
        if stretch[0] || part.len() < LEAST_COUNTED {
            Stretch::Shown(part)
        } else {
            Stretch::Counted(part)
        }
    });
    stretches.collect()
}

/// What stands for so many instructions without samples, of which some are other ones.
fn counted_words(number: usize, other: usize) -> Text {
    let more = Text::spaces(SHARE + 1) + "… " + Number::new(number) + " more without samples";
    match other {
        0 => more,
        _ => more + ", " + Number::new(other) + " of them different",
    }
}

/// Instructions beside each other: that before in so many columns, that after in as many as there
/// may be.
fn pair(row: &InstructionPair, columns: usize, most: usize) -> Text {
    let mark = match (&row.before, &row.after) {
        (Some(_), Some(_)) if row.is_same => " = ",
        (Some(_), Some(_)) => " ≠ ",
        (Some(_), None) => " < ",
        (None, _) => " > ",
    };
    let before = row.before.as_ref().map(|it| instruction(it, columns));
    let after = row.after.as_ref().map(|it| instruction(it, most));
    let before = before.unwrap_or_default().padded(columns, Alignment::Left);
    (before + mark + after.unwrap_or_default()).trimmed()
}

/// An instruction of one version, with its share and its byte.
fn instruction(it: &InstructionAt, columns: usize) -> Text {
    let share: Text = (it.share > Share::NOTHING)
        .then(|| percent(it.share))
        .into();
    let offset = Text::from(Number::new(format_args!("{:x}", it.offset)));
    let room = columns.saturating_sub(SHARE + OFFSET + 2).min(MOST_COLUMNS);
    share.padded(SHARE, Alignment::Right)
        + " "
        + offset.padded(OFFSET, Alignment::Right)
        + " "
        + Text::source(&it.text).truncated(room)
}

/// The instructions of a line of a profile.
pub(in crate::report) fn of_line(
    functions: &[LineInstructions<'_>],
    cold: Cold,
    columns: usize,
) -> Vec<Text> {
    let mut rows = Vec::new();
    for it in functions {
        if functions.len() > 1 {
            rows.push(Text::from("in ") + readable(it.function).truncated(columns));
        }
        for stretch in stretches(&it.instructions, cold, |it| is_hot(it.share)) {
            match stretch {
                Stretch::Shown(shown) => {
                    rows.extend(shown.iter().map(|it| instruction(it, columns)));
                }
                Stretch::Counted(counted) => rows.push(counted_words(counted.len(), 0)),
            }
        }
    }
    rows
}
