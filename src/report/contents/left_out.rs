//! What the table leaves out, counted.

use super::files::Entry;
use super::rows::Choice;
use crate::compare::{Comparison, CostChange, CostVerdict};
use crate::report::format::{count, rough_percent, work_unit};
use crate::text::{Number, Text};
use crate::waterfall::Outlook;

/// What is said of lines and blocks that have no row, and of those that are inconclusive, where
/// all of a comparison costs so many seconds before.
pub(super) fn sentences(
    comparison: &Comparison,
    before_s: f64,
    shown: &[&Entry<'_>],
    hidden: &[&Entry<'_>],
    choice: Choice,
) -> Vec<Text> {
    match choice {
        Choice::Table if hidden.is_empty() => Vec::new(),
        Choice::Table => {
            let lines = count(hidden.len() as u64, "more line");
            vec![lines + " below 1% with no change to report (--all lists every line)."]
        }
        Choice::Screen => {
            let open = |entry: &&&Entry<'_>| is_open(change(entry));
            let (unseen, rest): (Vec<&Entry<'_>>, Vec<_>) = hidden.iter().partition(open);
            let seen = shown.iter().filter(open).copied();
            let all: Vec<&Entry<'_>> = seen.chain(unseen.iter().copied()).collect();
            let open = open_words(comparison, before_s, &all, unseen.len());
            [open, rest_words(rest.len())]
                .into_iter()
                .flatten()
                .collect()
        }
    }
}

const fn change<'c>(entry: &Entry<'c>) -> &'c CostChange {
    match entry {
        Entry::Line(line) => &line.change,
        Entry::Block(hunk, _) => &hunk.change,
    }
}

fn is_open(change: &CostChange) -> bool {
    change.verdict == CostVerdict::Inconclusive
}

/// `9 inconclusive lines, 6 of them not shown, may each have changed by up to 4.0% of the
/// time per image: --runs 20 would probably settle 7 of them.`
fn open_words(
    comparison: &Comparison,
    before_s: f64,
    open: &[&Entry<'_>],
    unseen: usize,
) -> Option<Text> {
    let number = match open {
        [] => return None,
        [Entry::Line(_)] => Text::from("1 inconclusive line"),
        [Entry::Block(..)] => Text::from("1 inconclusive block"),
        _ if open.iter().all(|entry| matches!(entry, Entry::Line(_))) => {
            Number::new(open.len()) + " inconclusive lines"
        }
        _ => Number::new(open.len()) + " inconclusive lines and blocks",
    };
    let not_shown = match (open.len(), unseen) {
        (_, 0) => Text::new(),
        (all, unseen) if all == unseen => Text::from(", not shown,"),
        (_, unseen) => Text::from(", ") + Number::new(unseen) + " of them not shown,",
    };
    let changes: Vec<&CostChange> = open.iter().map(|entry| change(entry)).collect();
    let Outlook { reach, rounds } = Outlook::of(before_s, &changes);
    let by = reach.map(|reach| {
        let unit = work_unit(&comparison.throughput);
        Text::from(" by up to ") + rough_percent(reach) + " of the time per " + unit
    });
    let may = if open.len() > 1 {
        " may each have changed"
    } else {
        " may have changed"
    };
    let said = number + not_shown + may + by;
    Some(match rounds {
        None => said + ".",
        Some((rounds, settled)) => {
            let of_them = match (open.len(), settled) {
                (1, _) => Text::from("it"),
                (all, settled) if all == settled => Text::from("all of them"),
                (_, settled) => Number::new(settled) + " of them",
            };
            said + ": `--runs " + Number::new(rounds) + "` would probably settle " + of_them + "."
        }
    })
}

/// `8 more lines below 5% with no change to report (--all lists every line).`
fn rest_words(rest: usize) -> Option<Text> {
    let lines = count(rest as u64, "more line");
    let said = lines + " below 5% with no change to report (--all lists every line).";
    (rest > 0).then_some(said)
}
