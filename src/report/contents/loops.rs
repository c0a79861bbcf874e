//! The hottest loops, and what their instructions are.

use crate::instructions::{CodeSummary, LoopCode};
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

/// Columns of the name of a function whose lines are not known.
const NAME: usize = 60;

/// The hottest loops, a line each.
pub(in crate::report) fn sentences(loops: &[LoopCode], selection: &Selection) -> Vec<Text> {
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
        share + " " + place(it) + depth.unwrap_or_default() + ": " + words(&it.code)
    });
    let rest = (more > 0).then(|| Text::from("and ") + Number::new(more) + " more");
    lines.chain(rest).collect()
}

/// Where a loop is: the lines that most of it is of, and the byte at which it begins.
fn place(it: &LoopCode) -> Text {
    let at = Text::from(" at byte ") + Number::new(format_args!("0x{:x}", it.offset));
    let lines = spans(&it.lines);
    match &it.file {
        Some(file) => Text::foreign(file) + ":" + lines + at,
        None => readable(&it.function).truncated(NAME) + at,
    }
}

/// Lines such as `33–35, 40`.
fn spans(lines: &[LineNumber]) -> Text {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for line in lines.iter().map(|line| line.get()) {
        match spans.last_mut() {
            Some((_, last)) if line == *last + 1 => *last = line,
            _ => spans.push((line, line)),
        }
    }
    let spans = spans.into_iter().map(|(first, last)| {
        if first == last {
            Number::new(first).into()
        } else {
            Number::new(first) + "–" + Number::new(last)
        }
    });
    Text::join(spans, ", ")
}

/// Instructions in short, such as `24 operations, 8 × 64-bit float at once (AVX-512), 1 call`.
fn words(code: &CodeSummary) -> Text {
    let width = match code.packed {
        Some(packed) => {
            let kind = if packed.float {
                "-bit floats"
            } else {
                "-bit integers"
            };
            let bits = packed.bits / packed.values.max(1);
            let values = Number::new(packed.values) + " × " + Number::new(bits) + kind;
            let extension = packed
                .extension
                .map(|it| Text::from(" (") + it.name() + ")");
            Some(values + " at once" + extension.unwrap_or_default())
        }
        None if code.scalar > 0 => Some("floats one at a time".into()),
        None => None,
    };
    let counts = [
        (code.gathers, "gather"),
        (code.divisions, "division"),
        (code.calls, "call"),
        (code.checks, "check that may raise"),
        (code.wraparounds, "check for a negative index"),
        (code.stack, "stack access"),
    ];
    let operations = count(code.instructions.into(), "operation");
    let counted = counts.into_iter().filter(|(number, _)| *number > 0);
    let counted = counted.map(|(number, noun)| plural(number, noun));
    Text::join(
        [Text::from(operations)]
            .into_iter()
            .chain(width)
            .chain(counted),
        ", ",
    )
}

fn plural(number: u32, noun: &'static str) -> Text {
    let plural = match (number, noun) {
        (1, _) => noun,
        (_, "check that may raise") => "checks that may raise",
        (_, "check for a negative index") => "checks for a negative index",
        (_, "stack access") => "stack accesses",
        (_, "gather") => "gathers",
        (_, "division") => "divisions",
        (_, _) => "calls",
    };
    Number::new(number) + " " + plural
}
