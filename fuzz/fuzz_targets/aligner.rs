//! Two versions of a text, parted by a NUL: every line of both in exactly one place, and
//! functions on lines that there are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use profila::align::align;
use profila::source::{LineNumber, lines};
use profila::syntax::functions;

fuzz_target!(|text: &str| {
    let (before, after) = text.split_once('\0').unwrap_or((text, ""));
    let alignment = align(before, after);
    let places = || alignment.lines.iter().map(|line| line.at);
    check(before, places().filter_map(|at| at.before).collect());
    check(after, places().filter_map(|at| at.after).collect());
});

fn check(text: &str, mut placed: Vec<LineNumber>) {
    placed.sort_unstable();
    let all: Vec<LineNumber> = (0..lines(text).count())
        .map(LineNumber::from_index)
        .collect();
    assert_eq!(placed, all);
    for function in functions(text).unwrap_or_default() {
        assert!(function.first <= function.last && function.last.index() < all.len());
    }
}
