//! Names that were changed throughout: a variable, a parameter, a function.
//!
//! A line in which nothing but such names differs is the same line. A name counts as
//! renamed only if nothing speaks against it: the old one is nowhere in the after
//! version, the new one nowhere in the before version, both are given something by
//! the code itself, so that what comes from a library is never taken for another
//! thing of it, and where lines that are equal but for names face each other, the
//! one stands for the other. For a name that functions have in common with others
//! all this is asked within each function.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::hunks::Edit;
use super::matching::equal_in_order;
use super::text::code;
use super::{Rename, diff_algorithm};
use crate::pair::{Pair, Side};
use crate::syntax::tokens::{Kind, Token, Tokens};

/// What was renamed, by the function that it is in.
#[derive(Clone, Debug, Default)]
pub(super) struct Renames<'a> {
    /// From the old name to the new one, in code outside of functions and in all functions.
    everywhere: BTreeMap<&'a str, &'a str>,
    /// The same in one function, by its index in the before version.
    within: BTreeMap<(usize, &'a str), (usize, &'a str)>,
}

impl<'a> Renames<'a> {
    /// Finds what was renamed in two texts, from the blocks in which they differ.
    pub(super) fn find(tokens: &Pair<Tokens<'a>>, edits: &[Edit]) -> Self {
        let facing = facing_lines(tokens, edits);
        let votes = undisputed(&facing);
        let names = tokens.as_ref().map(Names::of);
        let mut renames = Self::default();
        let contested = contested(&votes);
        for &Vote { place, old, new } in &votes {
            let is_contested = contested.contains(old) || contested.contains(new);
            if !is_contested && names.before.is_own(old, new) && names.after.is_own(new, old) {
                renames.everywhere.insert(old, new);
            } else if let (Some(before), Some(after)) = (place.before, place.after)
                && names.before.is_local(before, old, new)
                && names.after.is_local(after, new, old)
            {
                renames.within.insert((before, old), (after, new));
            }
        }
        renames.keep_explained(&facing);
        renames
    }

    /// Whether nothing was renamed.
    pub(super) fn is_empty(&self) -> bool {
        self.everywhere.is_empty() && self.within.is_empty()
    }

    /// What a token of the before version is called in the after version, if it was
    /// renamed.
    pub(super) fn new_name(&self, token: &Token<'a>) -> Option<&'a str> {
        if token.kind != Kind::Name {
            return None;
        }
        let within = token
            .function
            .and_then(|function| self.within.get(&(function, token.text)));
        within
            .map(|&(_, new)| new)
            .or_else(|| self.everywhere.get(token.text).copied())
    }

    /// For the reader.
    pub(super) fn into_list(self, tokens: &Pair<Tokens<'a>>) -> Vec<Rename> {
        let name = |old: &str, new: &str| Pair::new(old.to_owned(), new.to_owned());
        let everywhere = self.everywhere.iter().map(|(old, new)| Rename {
            names: name(old, new),
            function: None,
        });
        let within = self
            .within
            .iter()
            .map(|((before, old), (after, new))| Rename {
                names: name(old, new),
                function: Some(name(
                    tokens.before.functions[*before].name,
                    tokens.after.functions[*after].name,
                )),
            });
        everywhere.chain(within).collect()
    }

    /// Drops those that make no line equal to the one that faces it: there the line was
    /// rewritten, and the names with it.
    fn keep_explained(&mut self, facing: &[Facing<'_, 'a>]) {
        let mut everywhere = FxHashSet::default();
        let mut within = FxHashSet::default();
        for lines in facing {
            let is_equal = lines
                .tokens()
                .all(|(old, new)| self.new_name(old).unwrap_or(old.text) == new.text);
            if !is_equal {
                continue;
            }
            for (old, _) in lines.tokens() {
                everywhere.insert(old.text);
                within.extend(old.function.map(|function| (function, old.text)));
            }
        }
        self.everywhere.retain(|old, _| everywhere.contains(old));
        self.within.retain(|old, _| within.contains(old));
    }
}

/// All names of a text.
struct Names<'t, 'a> {
    tokens: &'t Tokens<'a>,
    /// Those that code anywhere gives something to.
    bound: FxHashSet<&'a str>,
    everywhere: FxHashSet<&'a str>,
    /// By function.
    within: Vec<FxHashSet<&'a str>>,
}

impl<'t, 'a> Names<'t, 'a> {
    fn of(tokens: &'t Tokens<'a>) -> Self {
        let bound_within = tokens.functions.iter().flat_map(|it| &it.bound);
        let mut names = Self {
            tokens,
            bound: tokens.bound.iter().chain(bound_within).copied().collect(),
            everywhere: FxHashSet::default(),
            within: vec![FxHashSet::default(); tokens.functions.len()],
        };
        let all = tokens.lines.tokens().iter();
        for token in all.filter(|token| token.kind == Kind::Name) {
            names.everywhere.insert(token.text);
            if let Some(function) = token.function {
                names.within[function].insert(token.text);
            }
        }
        names
    }

    /// Whether the text gives something to a name, and knows nothing of what it is called
    /// in the other version.
    fn is_own(&self, name: &str, other: &str) -> bool {
        self.bound.contains(name) && !self.everywhere.contains(other)
    }

    /// The same of one function.
    fn is_local(&self, function: usize, name: &str, other: &str) -> bool {
        self.tokens.functions[function].bound.contains(name)
            && !self.within[function].contains(other)
    }
}

/// Two lines, one of each version, that are equal but for names.
struct Facing<'t, 'a> {
    lines: Pair<&'t [Token<'a>]>,
}

impl<'t, 'a> Facing<'t, 'a> {
    /// The tokens that stand for each other.
    fn tokens(&self) -> impl Iterator<Item = (&'t Token<'a>, &'t Token<'a>)> + use<'t, 'a> {
        self.lines.before.iter().zip(self.lines.after)
    }
}

/// The lines of each edited block that are equal but for names, in order.
fn facing_lines<'t, 'a>(tokens: &'t Pair<Tokens<'a>>, edits: &[Edit]) -> Vec<Facing<'t, 'a>> {
    let mut shapes = Shapes::default();
    let mut facing = Vec::new();
    for edit in edits {
        let before = shapes.of(&tokens.before, &edit.before);
        let after = shapes.of(&tokens.after, &edit.after);
        let keys =
            Pair::new(&before, &after).map(|it| it.iter().map(|it| it.0).collect::<Vec<_>>());
        let algorithm = diff_algorithm(keys.as_ref().map(Vec::len));
        facing.extend(equal_in_order(&keys, algorithm).map(|pair| Facing {
            lines: Pair::new(before[pair.before].1, after[pair.after].1),
        }));
    }
    facing
}

/// Numbers for lines, the same for those that are equal but for names.
#[derive(Default)]
struct Shapes<'a> {
    numbers: FxHashMap<Vec<Option<&'a str>>, usize>,
}

impl<'a> Shapes<'a> {
    /// The shapes and the code of some lines, without those that have no code.
    fn of<'t>(&mut self, tokens: &'t Tokens<'a>, lines: &[usize]) -> Vec<(usize, &'t [Token<'a>])> {
        let code = lines.iter().map(|&line| code(tokens.lines.line(line)));
        let code = code.filter(|code| {
            code.first()
                .is_some_and(|first| first.kind != Kind::Comment)
        });
        code.map(|code| {
            let shape = code
                .iter()
                .map(|token| (token.kind != Kind::Name).then_some(token.text));
            let next = self.numbers.len();
            let number = *self.numbers.entry(shape.collect()).or_insert(next);
            (number, code)
        })
        .collect()
    }
}

/// What facing lines say of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Vote<'a> {
    /// The function that it is in, on each side.
    place: Pair<Option<usize>>,
    old: &'a str,
    new: &'a str,
}

/// The names of either version that stand for different ones in different functions.
fn contested<'a>(votes: &[Vote<'a>]) -> FxHashSet<&'a str> {
    let mut partners: FxHashMap<(Side, &str), &str> = FxHashMap::default();
    let mut contested = FxHashSet::default();
    for &Vote { old, new, .. } in votes {
        for (side, name, partner) in [(Side::Before, old, new), (Side::After, new, old)] {
            if *partners.entry((side, name)).or_insert(partner) != partner {
                contested.insert(name);
            }
        }
    }
    contested
}

/// The names that stand for one another more often than for all others together, by the
/// functions that they are in.
fn undisputed<'a>(facing: &[Facing<'_, 'a>]) -> Vec<Vote<'a>> {
    let mut votes: BTreeMap<Vote<'a>, usize> = BTreeMap::new();
    let mut of_old: FxHashMap<(Option<usize>, &str), usize> = FxHashMap::default();
    let mut of_new: FxHashMap<(Option<usize>, &str), usize> = FxHashMap::default();
    for (old, new) in facing.iter().flat_map(Facing::tokens) {
        if old.text == new.text || old.kind != Kind::Name {
            continue;
        }
        let vote = Vote {
            place: Pair::new(old.function, new.function),
            old: old.text,
            new: new.text,
        };
        *votes.entry(vote).or_default() += 1;
        *of_old.entry((old.function, old.text)).or_default() += 1;
        *of_new.entry((new.function, new.text)).or_default() += 1;
    }
    votes.retain(|vote, votes| {
        2 * *votes > of_old[&(vote.place.before, vote.old)]
            && 2 * *votes > of_new[&(vote.place.after, vote.new)]
    });
    votes.into_keys().collect()
}
