//! What became of the machine code of a line, in a few words.

use crate::compare::CodeChange;
use crate::instructions::CodeSummary;
use crate::text::{Number, Text};

/// How many of something there are.
type Count = fn(&CodeSummary) -> u32;

/// `same instructions`, or what is different, such as `one at a time → 8 at once, calls 1 → 0`.
pub(in crate::report) fn words(change: &CodeChange) -> Text {
    if change.is_same {
        return "same instructions".into();
    }
    let sides = [&change.before, &change.after];
    let counts: [(&str, Count); 4] = [
        ("gathers", |it| it.gathers),
        ("divisions", |it| it.divisions),
        ("calls", |it| it.calls),
        ("spills", |it| it.spills),
    ];
    let different = counts.into_iter().filter_map(|(what, count)| {
        let [before, after] = sides.map(count);
        (before != after).then(|| Text::from(what) + " " + arrow(before, after))
    });
    let mut parts: Vec<Text> = width(sides).into_iter().chain(different).collect();
    if parts.is_empty() {
        let [before, after] = sides.map(|side| side.instructions);
        parts.push(Text::from("other instructions, ") + arrow(before, after));
    }
    Text::join(parts, ", ")
}

fn arrow(before: u32, after: u32) -> Text {
    Number::new(before) + " → " + Number::new(after)
}

/// On how many values it works at once, where that is different.
fn width(sides: [&CodeSummary; 2]) -> Option<Text> {
    let words = |side: &CodeSummary| match side.packed {
        Some(packed) => Some(Number::new(packed.values) + " at once"),
        None if side.scalar > 0 => Some("one at a time".into()),
        None => None,
    };
    let [Some(before), Some(after)] = sides.map(words) else {
        return None;
    };
    let [before_packed, after_packed] = sides.map(|side| side.packed);
    (before_packed != after_packed).then(|| before + " → " + after)
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
        let packed = CodeSummary {
            instructions: 12,
            packed: Some(Packed {
                bits: 512,
                values: 8,
            }),
            gathers: 4,
            ..CodeSummary::default()
        };
        assert_eq!(
            change(scalar.clone(), packed),
            "one at a time → 8 at once, gathers 0 → 4, calls 1 → 0"
        );
        let longer = CodeSummary {
            instructions: 11,
            ..scalar.clone()
        };
        assert_eq!(change(scalar.clone(), longer), "other instructions, 9 → 11");
        let same = CodeChange {
            is_same: true,
            before: scalar.clone(),
            after: scalar,
        };
        assert_eq!(words(&same).plain(), "same instructions");
    }
}
