//! The instructions of lines, as text in columns.

use std::collections::HashMap;

use super::{code, names};
use crate::compare::{
    AssemblyComparison, Comparison, Evidence, FunctionAssembly, InstructionPair, LineAssembly,
    LineComparison, LineKind, LinePlace,
};
use crate::instructions::{Assembly, InstructionAt, LineInstructions, Syntax};
use crate::pair::Pair;
use crate::report::Style;
use crate::report::format::percent;
use crate::report::symbol::readable;
use crate::selection::Selection;
use crate::share::Share;
use crate::source::LineNumber;
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

/// What is to be known of the instructions of both versions: what the columns and signs are, and
/// what of them is in doubt.
pub(in crate::report) fn introduction(
    comparison: &Comparison,
    assembly: &AssemblyComparison,
) -> Vec<Text> {
    if assembly.lines.is_empty() {
        return vec![NOTHING.into()];
    }
    let architectures = assembly.architecture.as_ref().map(Option::as_deref);
    let architecture = architectures.before.or(architectures.after);
    let legend = syntax_words(assembly.syntax, architecture)
        + "; before | after"
        + COLUMNS
        + " In between: = the same but for registers, addresses and the values of constants, ≠ \
           another one, < only before, > only after.";
    let Pair { before, after } = names(comparison);
    let doubts = [
        astray(before.clone(), assembly.astray.before),
        astray(after.clone(), assembly.astray.after),
        left_out(before, assembly.left_out.before as usize),
        left_out(after, assembly.left_out.after as usize),
    ];
    let doubts = doubts.into_iter().flatten();
    [legend].into_iter().chain(doubts).collect()
}

/// The same of a profile.
pub(in crate::report) fn introduction_of_profile(code: &Assembly<'_>) -> Vec<Text> {
    if code.functions.is_empty() {
        return vec![NOTHING.into()];
    }
    let legend = syntax_words(code.syntax, code.architecture) + COLUMNS;
    let doubts = [
        astray("the script".into(), code.astray()),
        left_out("the script".into(), code.left_out),
    ];
    let doubts = doubts.into_iter().flatten();
    [legend].into_iter().chain(doubts).collect()
}

/// What is said where lines have no instructions.
const NOTHING: &str = "There are no instructions of these lines: no compiled function has 1% of \
                       the samples, the recordings are by an older profila, or their processor \
                       is not supported.";

/// What the columns are, and which instruction has the samples of one that is slow.
const COLUMNS: &str = ", each with its share of the samples and its first byte in the function. \
                       Samples fall on the instruction after the one that the processor waited \
                       for: look one line up.";

/// How instructions are written.
fn syntax_words(syntax: Syntax, architecture: Option<&str>) -> Text {
    match (architecture, syntax) {
        (Some("aarch64"), _) => "Instructions of 64-bit ARM",
        (_, Syntax::Intel) => "Instructions in Intel's syntax",
        (_, Syntax::Att) => "Instructions in AT&T's syntax",
    }
    .into()
}

/// What is to be known of samples that no instruction has.
fn astray(of: Text, share: Share) -> Option<Text> {
    (share >= SHOWN_ASTRAY).then(|| {
        percent(share)
            + " of the samples of "
            + of
            + " are at no instruction: its functions were probably compiled to other code in some \
               runs, so shares of instructions may be wrong."
    })
}

/// What is to be known of functions whose instructions are not shown.
fn left_out(of: Text, functions: usize) -> Option<Text> {
    let words = match functions {
        0 => return None,
        1 => " function of ",
        _ => " functions of ",
    };
    let reason = " cannot be shown: too long, or not decodable.";
    Some(Number::new(functions) + words + of + reason)
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
    let known: HashMap<Places<'_>, &LineComparison> = comparison
        .lines
        .iter()
        .map(|it| {
            let sides = [&it.before, &it.after];
            let places = sides.map(|at| at.as_ref().map(|at| (at.file.as_str(), at.line)));
            (places, it)
        })
        .collect();
    let lines = assembly.lines.iter().filter_map(|it| {
        let sides = [&it.line.before, &it.line.after];
        let places = sides.map(|at| at.as_ref().map(|at| (at.file.as_str(), at.line)));
        let line = known.get(&places).copied()?;
        is_shown(line, style).then(|| listing(it, line, cold, columns))
    });
    lines.collect()
}

/// Where a line is before and after.
type Places<'c> = [Option<(&'c str, LineNumber)>; 2];

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
    let of_one_side = match (&assembly.code.before, &assembly.code.after) {
        (Some(code), None) | (None, Some(code)) => Some(code::in_short(code)),
        _ => None,
    };
    let code = line.code.as_ref().map(code::words).or(of_one_side);
    let code = code.map(|it| Text::from(": ") + it);
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
    let widest = befores
        .map(|it| SHARE + OFFSET + 2 + it.text.chars().count())
        .max();
    let side = widest.unwrap_or_default().min(most);
    let mut rows = Vec::new();
    for function in functions {
        let Pair { before, after } = function.function.as_ref().map(Option::as_deref);
        if functions.len() > 1 || before != after {
            rows.push(function_words(before, after).truncated(columns));
        }
        let is_hot = |row: &InstructionPair| {
            let sides = [&row.before, &row.after].into_iter().flatten();
            sides.map(|it| it.share).any(is_hot)
        };
        for stretch in stretches(&function.rows, cold, is_hot) {
            rows.extend(stretch.show(|row| pair(row, side, most), |row| !row.is_same));
        }
    }
    rows
}

/// The functions that instructions are of.
fn function_words(before: Option<&str>, after: Option<&str>) -> Text {
    match (before, after) {
        (Some(before), Some(after)) if before == after => Text::from("in ") + readable(before),
        (Some(before), Some(after)) => {
            Text::from("in ") + readable(before) + " → " + readable(after)
        }
        (Some(one), None) => Text::from("recorded before only, in ") + readable(one),
        (None, one) => Text::from("recorded after only, in ") + one.map(readable),
    }
}

/// Instructions that are shown, or only counted, together.
enum Stretch<'a, T> {
    Shown(&'a [T]),
    Counted(&'a [T]),
}

impl<T> Stretch<'_, T> {
    /// Each instruction, or how many there are and how many of them are different.
    fn show(&self, show: impl Fn(&T) -> Text, is_other: impl Fn(&T) -> bool) -> Vec<Text> {
        let counted = match self {
            Self::Shown(shown) => return shown.iter().map(show).collect(),
            Self::Counted(counted) => counted,
        };
        let other = counted.iter().filter(|it| is_other(it)).count();
        let number = Number::new(counted.len());
        let more = Text::spaces(SHARE + 1) + "… " + number + " more with less than 0.1%";
        let different = (other > 0).then(|| Text::from(", ") + Number::new(other));
        vec![more + different.map(|it| it + " of them different")]
    }
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
        let place = (functions.len() > 1).then(|| Text::from("in ") + readable(it.function) + ": ");
        let words = Text::from(place) + code::in_short(&it.code);
        let words = words
            .wrapped(columns.saturating_sub(SHARE + 1), 4)
            .into_iter();
        rows.extend(words.map(|line| Text::spaces(SHARE + 1) + line));
        for stretch in stretches(&it.instructions, cold, |it| is_hot(it.share)) {
            rows.extend(stretch.show(|it| instruction(it, columns), |_| false));
        }
    }
    rows
}
