//! What machine code is, and what became of it, in a few words.

use crate::compare::CodeChange;
use crate::instructions::{CodeSummary, Packed};
use crate::report::format::count;
use crate::text::{Number, Text};

/// How many of something there are.
type Count = fn(&CodeSummary) -> u32;

/// What is counted of instructions: what one is called and what more are.
const COUNTED: [(&str, &str, Count); 7] = [
    ("gather", "gathers", |it| it.gathers),
    ("division or root", "divisions or roots", |it| it.divisions),
    ("call", "calls", |it| it.calls),
    ("check that may raise", "checks that may raise", |it| {
        it.checks
    }),
    (
        "check for a negative index",
        "checks for a negative index",
        |it| it.wraparounds,
    ),
    ("stack access", "stack accesses", |it| it.stack),
    ("unknown instruction", "unknown instructions", |it| {
        it.unknown
    }),
];

/// Instructions in short, such as `24 operations, up to 8 × 64-bit floats at once (AVX-512),
/// 1 call`.
pub(in crate::report) fn in_short(code: &CodeSummary) -> Text {
    let operations = Text::from(count(code.instructions.into(), "operation"));
    let single = match (code.scalar, code.packed) {
        (0, None) => Some("nothing vectorized".into()),
        (0, Some(_)) => None,
        (_, None) => Some("floats one at a time".into()),
        (number, Some(_)) => Some(Number::new(number) + " on single floats"),
    };
    let counted = COUNTED.into_iter().filter_map(|(one, more, count)| {
        let number = count(code);
        let noun = if number == 1 { one } else { more };
        (number > 0).then(|| Number::new(number) + " " + noun)
    });
    let parts = [operations].into_iter().chain(code.packed.map(widest));
    Text::join(parts.chain(single).chain(counted), ", ")
}

/// The widest arithmetic, such as `up to 8 × 64-bit floats at once (AVX-512)`.
fn widest(packed: Packed) -> Text {
    let kind = if packed.float {
        "-bit floats"
    } else {
        "-bit integers"
    };
    let bits = packed.bits / packed.values.max(1);
    let values = Number::new(packed.values) + " × " + Number::new(bits) + kind;
    let extension = packed.extension;
    let extension = extension.map(|it| Text::from(" (") + it.name() + ")");
    Text::from("up to ") + values + " at once" + extension.unwrap_or_default()
}

/// `same instructions`, or what is different, such as `one at a time → 8 at once, calls 1 → 0`.
pub(in crate::report) fn words(change: &CodeChange) -> Text {
    let sides = [&change.before, &change.after];
    let different = COUNTED.into_iter().filter_map(|(_, what, count)| {
        let [before, after] = sides.map(count);
        (before != after).then(|| Text::from(what) + " " + arrow(before, after))
    });
    if change.is_same {
        // All that may be different is where values are.
        let same = [Text::from("same instructions")].into_iter();
        return Text::join(same.chain(different), ", but ");
    }
    let mut parts: Vec<Text> = width(sides).into_iter().chain(different).collect();
    if parts.is_empty() {
        let [before, after] = sides.map(|side| side.instructions);
        parts.push(if before == after {
            "other instructions, as many".into()
        } else {
            Text::from("other instructions, ") + arrow(before, after)
        });
    }
    Text::join(parts, ", ")
}

fn arrow(before: u32, after: u32) -> Text {
    Number::new(before) + " → " + Number::new(after)
}

/// On how many values it works at once, where that is different.
fn width(sides: [&CodeSummary; 2]) -> Option<Text> {
    let [before_packed, after_packed] = sides.map(|side| side.packed.map(|it| it.values));
    if before_packed == after_packed {
        return None;
    }
    let words = |side: &CodeSummary| match side.packed {
        Some(packed) => Some(Number::new(packed.values) + " at once"),
        None if side.scalar > 0 => Some("one at a time".into()),
        None => None,
    };
    Some(match sides.map(words) {
        [Some(before), Some(after)] => before + " → " + after,
        [None, Some(after)] => Text::from("now ") + after,
        [Some(before), None] => Text::from("no longer ") + before,
        [None, None] => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: CodeSummary, after: CodeSummary) -> String {
        let change = CodeChange {
            is_same: false,
            before,
            after,
        };
        words(&change).plain()
    }

    #[test]
    fn what_is_different_is_said() {
        let scalar = CodeSummary {
            instructions: 9,
            scalar: 2,
            calls: 1,
            ..CodeSummary::default()
        };
        let mut packed = CodeSummary {
            instructions: 12,
            packed: Some(Packed {
                float: true,
                bits: 512,
                values: 8,
                extension: None,
            }),
            gathers: 4,
            ..CodeSummary::default()
        };
        assert_eq!(
            change(scalar.clone(), packed.clone()),
            "one at a time → 8 at once, gathers 0 → 4, calls 1 → 0"
        );
        packed.gathers = 0;
        assert_eq!(change(CodeSummary::default(), packed), "now 8 at once");
        let longer = CodeSummary {
            instructions: 11,
            ..scalar.clone()
        };
        assert_eq!(change(scalar.clone(), longer), "other instructions, 9 → 11");
        let mut checked = scalar.clone();
        (checked.checks, checked.wraparounds) = (2, 1);
        assert_eq!(
            change(checked.clone(), scalar.clone()),
            "checks that may raise 2 → 0, checks for a negative index 1 → 0"
        );
        assert_eq!(
            in_short(&checked).plain(),
            "9 operations, floats one at a time, 1 call, 2 checks that may raise, \
             1 check for a negative index"
        );
        assert_eq!(
            change(scalar.clone(), scalar.clone()),
            "other instructions, as many"
        );
        let mut same = CodeChange {
            is_same: true,
            before: scalar.clone(),
            after: scalar,
        };
        assert_eq!(words(&same).plain(), "same instructions");
        same.after.stack = 3;
        assert_eq!(
            words(&same).plain(),
            "same instructions, but stack accesses 0 → 3"
        );
    }
}
