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

/// Stretches of lines of a loop that are named.
const MOST_SPANS: usize = 6;

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

/// Instructions in short, such as `24 operations, 8 × 64-bit float at once (AVX-512), 1 call`.
pub(in crate::report) fn words(code: &CodeSummary) -> Text {
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
        None => None,
    };
    let up_to = width.map(|it| Text::from("up to ") + it);
    let single = match (code.scalar, code.packed) {
        (0, None) => Some("nothing vectorized".into()),
        (0, Some(_)) => None,
        (_, None) => Some("floats one at a time".into()),
        (number, Some(_)) => Some(Number::new(number) + " on single floats"),
    };
    let counts = [
        (code.gathers, "gather", "gathers"),
        (code.divisions, "division or root", "divisions or roots"),
        (code.calls, "call", "calls"),
        (code.checks, "check that may raise", "checks that may raise"),
        (
            code.wraparounds,
            "check for a negative index",
            "checks for a negative index",
        ),
        (code.stack, "stack access", "stack accesses"),
        (code.unknown, "unknown instruction", "unknown instructions"),
    ];
    let operations = count(code.instructions.into(), "operation");
    let counted = counts.into_iter().filter(|(number, ..)| *number > 0);
    let counted = counted.map(|(number, one, more)| {
        Number::new(number) + " " + if number == 1 { one } else { more }
    });
    Text::join(
        [Text::from(operations)]
            .into_iter()
            .chain(up_to)
            .chain(single)
            .chain(counted),
        ", ",
    )
}
