//! What became of the machine code of a line, in a few words.

use crate::compare::CodeChange;
use crate::instructions::CodeSummary;
use crate::text::{Number, Text};

/// How many of something there are.
type Count = fn(&CodeSummary) -> u32;

/// `same instructions`, or what is different, such as `one at a time → 8 at once, calls 1 → 0`.
pub(in crate::report) fn words(change: &CodeChange) -> Text {
    let sides = [&change.before, &change.after];
    let counts: [(&str, Count); 4] = [
        ("gathers", |it| it.gathers),
        ("divisions", |it| it.divisions),
        ("calls", |it| it.calls),
        ("stack accesses", |it| it.stack),
    ];
    let different = counts.into_iter().filter_map(|(what, count)| {
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
    use crate::instructions::Packed;

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
