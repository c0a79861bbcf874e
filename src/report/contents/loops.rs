//! The hottest loops, and what their instructions are.

use super::code::in_short;
use super::names;
use crate::compare::{AssemblyComparison, Comparison};
use crate::instructions::{Assembly, LoopCode};
use crate::report::format::{count, percent};
use crate::report::symbol::readable;
use crate::selection::Selection;
use crate::share::Share;
use crate::source::LineNumber;
use crate::text::{Number, Text};

/// Loops that are named; JSON has all of them.
const MOST_LOOPS: usize = 5;

/// Loops with less than this are not named.
const SHOWN_LOOP: Share = Share::new(0.01).expect("a share");

/// Stretches of lines of a loop that are named.
const MOST_SPANS: usize = 6;

/// Columns of the name of a function whose lines are not known.
const NAME: usize = 60;

/// The hottest loops of one version, a line each.
pub(in crate::report) struct Loops {
    pub(in crate::report) heading: Text,
    pub(in crate::report) loops: Vec<Text>,
}

/// The hottest loops of each version that has any.
pub(in crate::report) fn of_comparison(
    comparison: &Comparison,
    assembly: &AssemblyComparison,
    selection: &Selection,
) -> Vec<Loops> {
    let names = names(comparison);
    let sides = [
        (names.before, &assembly.loops.before),
        (names.after, &assembly.loops.after),
    ];
    let all = sides.into_iter().map(|(name, loops)| Loops {
        heading: Text::from("Hottest loops of ") + name + ", each without those within it:",
        loops: sentences(loops, selection),
    });
    all.filter(|it| !it.loops.is_empty()).collect()
}

/// The hottest loops of a profile, where there are any.
pub(in crate::report) fn of_profile(code: &Assembly<'_>, selection: &Selection) -> Option<Loops> {
    let loops = Loops {
        heading: "Hottest loops, each without those within it:".into(),
        loops: sentences(&code.loops(), selection),
    };
    (!loops.loops.is_empty()).then_some(loops)
}

fn sentences(loops: &[LoopCode], selection: &Selection) -> Vec<Text> {
    let is_taken = |it: &&LoopCode| {
        let file = it.file.as_deref();
        selection.is_all() || file.is_some_and(|file| selection.takes_file(file))
    };
    let hot = loops.iter().filter(is_taken);
    let hot: Vec<_> = hot.filter(|it| it.share >= SHOWN_LOOP).collect();
    let more = hot.len().saturating_sub(MOST_LOOPS);
    let lines = hot.into_iter().take(MOST_LOOPS).map(|it| {
        let share = Text::from(percent(it.share));
        let depth =
            (it.depth > 1).then(|| Text::from(", nested ") + Number::new(it.depth) + " deep");
        share + " " + place(it) + depth.unwrap_or_default() + ": " + in_short(&it.code)
    });
    let rest = (more > 0).then(|| Text::from("and ") + Number::new(more) + " more");
    lines.chain(rest).collect()
}

/// Where a loop is: the lines that most of it is of, and the byte at which it begins.
fn place(it: &LoopCode) -> Text {
    let at = Text::from(" at byte ") + Number::new(format_args!("0x{:x}", it.offset));
    let base = it.function.split('(').next().unwrap_or_default();
    let function = readable(base).truncated(NAME);
    match &it.file {
        Some(file) => Text::foreign(file) + ":" + spans(&it.lines) + " in " + function + at,
        None => function + at,
    }
}

/// Lines such as `33–35, 40`.
fn spans(lines: &[LineNumber]) -> Text {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for line in lines.iter().map(|line| line.get()) {
        match spans.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(line) => *last = line,
            _ => spans.push((line, line)),
        }
    }
    let more: u64 = spans
        .iter()
        .skip(MOST_SPANS)
        .map(|(first, last)| u64::from(last - first) + 1)
        .sum();
    let rest = (more > 0).then(|| count(more, "more line").into());
    let spans = spans.into_iter().take(MOST_SPANS).map(|(first, last)| {
        if first == last {
            Number::new(first).into()
        } else {
            Number::new(first) + "–" + Number::new(last)
        }
    });
    Text::join(spans.chain(rest), ", ")
}
