//! Random edits of files whose functions look alike, the true pairing of which is
//! known because we made them.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

/// A line of the after version and where it came from.
#[derive(Clone, Debug)]
struct Traced {
    text: String,
    /// Index in the before version; `None` for a new line.
    origin: Option<usize>,
    /// Whether its text is no longer that of its origin, so that leaving it
    /// without a partner is right too.
    is_edited: bool,
}

/// Three to ten functions of nested loops, with most lines in common.
fn kernels(rng: &mut ChaCha8Rng) -> Vec<String> {
    let mut lines = Vec::new();
    for function in 0..rng.random_range(3..=10) {
        lines.push(format!("def f{function}(x, n):"));
        lines.push("    total = 0.0".to_owned());
        for _ in 0..rng.random_range(1..=3) {
            lines.push("    for i in range(n):".to_owned());
            lines.push("        for j in range(n):".to_owned());
            for _ in 0..rng.random_range(1..=6) {
                lines.extend(statement(rng));
            }
        }
        lines.extend(["    return total", "", ""].map(str::to_owned));
    }
    lines
}

fn statement(rng: &mut ChaCha8Rng) -> Vec<String> {
    let indent = " ".repeat(12);
    match rng.random_range(0..6) {
        0 => vec![
            format!("{indent}if x[i, j] > 0:"),
            format!("{indent}    total += x[i, j] * {}", rng.random_range(0..9)),
            format!("{indent}else:"),
            format!("{indent}    total -= 1"),
        ],
        1 => vec![format!(
            "{indent}x[i, j] = x[i - {}, j] + total",
            rng.random_range(0..4)
        )],
        2 => vec![format!("{indent}total *= 0.5")],
        3 => vec![format!(
            "{indent}y{} = sin(x[i, j]) * {}",
            rng.random_range(0..4),
            rng.random_range(0..30)
        )],
        4 => vec![String::new()],
        _ => vec![format!("{indent}# step {}", rng.random_range(0..100))],
    }
}

/// One edit of the kinds programmers make.
fn edit(lines: &mut Vec<Traced>, rng: &mut ChaCha8Rng) {
    let at = rng.random_range(0..lines.len());
    let up_to =
        |rng: &mut ChaCha8Rng, most: usize| at..lines.len().min(at + rng.random_range(1..=most));
    match rng.random_range(0..5) {
        0 if lines.len() > 9 => {
            let range = up_to(rng, 4);
            lines.drain(range);
        }
        1 => {
            let new = (0..rng.random_range(1..=4)).map(|argument| Traced {
                text: format!("            new{at} = g({argument})"),
                origin: None,
                is_edited: false,
            });
            lines.splice(at..at, new);
        }
        2 => {
            let range = up_to(rng, 9);
            let block: Vec<Traced> = lines.drain(range).collect();
            let to = rng.random_range(0..=lines.len());
            lines.splice(to..to, block);
        }
        3 => {
            let range = up_to(rng, 12);
            for line in &mut lines[range] {
                line.text.insert_str(0, "    ");
            }
        }
        _ if !lines[at].text.trim().is_empty() => {
            lines[at].text.push_str(" + 1");
            lines[at].is_edited = true;
        }
        _ => {}
    }
}

/// How many substantial lines of the after version have their true partner, and
/// how many have not.
fn score(before: &[String], after: &[Traced]) -> (usize, usize) {
    let after_text: Vec<&str> = after.iter().map(|line| line.text.as_str()).collect();
    let after_text = after_text.join("\n");
    let before_text = before.join("\n");
    let lines = lines_of(Pair::new(&before_text, &after_text));
    let (mut right, mut wrong) = (0, 0);
    for line in align(&before_text, &after_text).lines {
        let Some(at) = line.at.after.map(LineNumber::index) else {
            continue;
        };
        if !lines.after[at].is_substantial() {
            continue;
        }
        let truth = &after[at];
        let found = line.at.before.map(LineNumber::index);
        if found == truth.origin || (truth.is_edited && found.is_none()) {
            right += 1;
        } else {
            wrong += 1;
        }
    }
    (right, wrong)
}

#[test]
fn at_least_99_percent_of_lines_are_paired_rightly() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (mut right, mut wrong) = (0, 0);
    for _ in 0..200 {
        let before = kernels(&mut rng);
        let traced = |(index, text): (usize, &String)| Traced {
            text: text.clone(),
            origin: Some(index),
            is_edited: false,
        };
        let mut after: Vec<Traced> = before.iter().enumerate().map(traced).collect();
        for _ in 0..rng.random_range(1..=8) {
            edit(&mut after, &mut rng);
        }
        let (also_right, also_wrong) = score(&before, &after);
        right += also_right;
        wrong += also_wrong;
    }
    assert!(right + wrong > 10_000, "too few lines to tell");
    assert!(wrong * 100 <= right + wrong, "{wrong} wrong, {right} right");
}
