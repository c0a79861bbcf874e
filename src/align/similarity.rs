//! Which lines of an edited block are the same line, edited.

use super::hunks::Edit;
use super::renames::Renames;
use super::text::{Line, code};
use crate::pair::Pair;
use crate::syntax::tokens::{Token, Tokens};

/// Two lines of a larger block are taken for the same line, edited, from this
/// similarity on.
const THRESHOLD: f64 = 0.6;

/// A block is searched for the best pairing if the product of its lengths is at
/// most this; in a larger one only the lines at the same place are compared.
const MAX_CELLS: usize = 10_000;

/// Whether only the lines at the same place of an edit are compared.
pub(super) fn is_too_large(edit: &Edit) -> bool {
    edit.before.len() * edit.after.len() > MAX_CELLS
}

/// Pairs the lines of an edit that stand for exactly one other, in order and by
/// index into the files.
///
/// One line for one line is such a pair however little is left of it. In a larger
/// block, of all pairings in order of lines at least [`THRESHOLD`] similar, it is
/// that of the greatest sum of similarities. Blank lines stand for nothing.
pub(super) fn pair_edited<'a>(
    edit: &Edit,
    lines: &Pair<Vec<Line<'a>>>,
    tokens: &Pair<Tokens<'a>>,
    renames: &Renames<'a>,
) -> Vec<Pair<usize>> {
    let numbers = |lines: &[Line<'_>], edit: &[usize]| -> Vec<usize> {
        let numbers = edit.iter().copied();
        numbers.filter(|&line| !lines[line].is_blank()).collect()
    };
    let before = numbers(&lines.before, &edit.before);
    let after = numbers(&lines.after, &edit.after);
    if let ([before], [after]) = (before.as_slice(), after.as_slice()) {
        return vec![Pair::new(*before, *after)];
    }
    let words = Pair::new(
        words_of(&tokens.before, &before, |token| renames.name_after(token)),
        words_of(&tokens.after, &after, |_| None),
    );
    let pairs = if is_too_large(edit) {
        at_the_same_place(&words)
    } else {
        best_in_order(&words)
    };
    pairs
        .into_iter()
        .map(|pair| Pair::new(before[pair.before], after[pair.after]))
        .collect()
}

/// The words, numbers and operators of some lines, sorted. Brackets and commas are left
/// out, any two calls have those in common, and so is a comment behind code.
fn words_of<'a>(
    tokens: &Tokens<'a>,
    lines: &[usize],
    name_after: impl Fn(&Token<'a>) -> Option<&'a str>,
) -> Vec<Vec<&'a str>> {
    let words = |&line: &usize| {
        let code = code(tokens.lines.line(line)).iter();
        let words = code.map(|token| name_after(token).unwrap_or(token.text));
        let mut words: Vec<&str> = words.filter(|word| !"()[]{},".contains(word)).collect();
        words.sort_unstable();
        words
    };
    lines.iter().map(words).collect()
}

/// Sørensen–Dice coefficient of two sorted multisets: twice the number of what
/// they have in common over the number of both, from 0 to 1; 0 of empty ones.
pub(super) fn dice(one: &[&str], other: &[&str]) -> f64 {
    let total = one.len() + other.len();
    if total == 0 {
        return 0.0;
    }
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
        common += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(a >= b);
    }
    ratio(2 * common, total)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a line has far fewer than 2^52 tokens"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The pairing in order with the greatest sum of similarities, by dynamic
/// programming over all pairs of prefixes (Needleman and Wunsch 1970, with free
/// gaps).
fn best_in_order(words: &Pair<Vec<Vec<&str>>>) -> Vec<Pair<usize>> {
    let width = words.after.len() + 1;
    // best[i * width + j]: of the lines from i and from j on.
    let mut best = vec![0.0_f64; (words.before.len() + 1) * width];
    let mut gains = vec![0.0_f64; best.len()];
    for i in (0..words.before.len()).rev() {
        for j in (0..words.after.len()).rev() {
            let cell = i * width + j;
            let gain = dice(&words.before[i], &words.after[j]);
            if gain >= THRESHOLD {
                gains[cell] = gain;
            }
            best[cell] = best[cell + 1]
                .max(best[cell + width])
                .max(best[cell + width + 1] + gains[cell]);
        }
    }
    trace(&best, &gains, width, words.before.len())
}

/// Reads a best pairing off the finished table, a pair before a gap.
fn trace(best: &[f64], gains: &[f64], width: usize, height: usize) -> Vec<Pair<usize>> {
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < height && j + 1 < width {
        let cell = i * width + j;
        let without = best[cell + 1].max(best[cell + width]);
        if gains[cell] > 0.0 && best[cell + width + 1] + gains[cell] >= without {
            pairs.push(Pair::new(i, j));
            i += 1;
            j += 1;
        } else if best[cell + width] >= best[cell + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// The similar ones among the lines that have the same place in both blocks.
fn at_the_same_place(words: &Pair<Vec<Vec<&str>>>) -> Vec<Pair<usize>> {
    words
        .before
        .iter()
        .zip(&words.after)
        .enumerate()
        .filter(|(_, (before, after))| dice(before, after) >= THRESHOLD)
        .map(|(place, _)| Pair::new(place, place))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &'static str, after: &'static str, expected: f64) {
        let words = |line: &'static str| {
            let mut words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
            words.sort_unstable();
            words
        };
        let similarity = dice(&words(before), &words(after));
        assert!((similarity - expected).abs() < 1e-9, "{similarity}");
    }

    #[test]
    fn similarity_of_lines() {
        check("x = y", "x = y", 1.0);
        check("x = y", "z = y", 2.0 / 3.0);
        check("a", "b", 0.0);
        check("", "", 0.0);
        check("x + x", "x", 0.5);
    }
}
