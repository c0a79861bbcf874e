//! Names that were changed throughout: a variable, a parameter, a function.
//!
//! A line in which nothing but such names differs is the same line. A name counts as
//! renamed only if nothing speaks against it: the name before is nowhere in the after
//! version, the name after nowhere in the before version, both are given something by
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
    /// From the name before to the one after, in code outside of functions and in all functions.
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
        for vote in &votes {
            let Pair { before, after } = vote.name;
            let is_contested = contested.contains(before) || contested.contains(after);
            if !is_contested
                && names.before.is_own(before, after)
                && names.after.is_own(after, before)
            {
                renames.everywhere.insert(before, after);
            } else if let (Some(home_before), Some(home_after)) =
                (vote.home.before, vote.home.after)
                && names.before.is_local(home_before, before, after)
                && names.after.is_local(home_after, after, before)
            {
                let within = &mut renames.within;
                within.insert((home_before, before), (home_after, after));
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
    pub(super) fn name_after(&self, token: &Token<'a>) -> Option<&'a str> {
        if token.kind != Kind::Name {
            return None;
        }
        let within = token
            .function
            .and_then(|function| self.within.get(&(function, token.text)));
        within
            .map(|&(_, name)| name)
            .or_else(|| self.everywhere.get(token.text).copied())
    }

    /// For the reader.
    pub(super) fn into_list(self, tokens: &Pair<Tokens<'a>>) -> Vec<Rename> {
        let owned = |before: &str, after: &str| Pair::new(before, after).map(str::to_owned);
        let everywhere = self.everywhere.iter().map(|(before, after)| Rename {
            names: owned(before, after),
            function: None,
        });
        let within = self
            .within
            .iter()
            .map(|((home_before, before), (home_after, after))| Rename {
                names: owned(before, after),
                function: Some(owned(
                    tokens.before.functions[*home_before].name,
                    tokens.after.functions[*home_after].name,
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
            let is_equal = lines.tokens().all(|(before, after)| {
                self.name_after(before).unwrap_or(before.text) == after.text
            });
            if !is_equal {
                continue;
            }
            for (before, _) in lines.tokens() {
                everywhere.insert(before.text);
                within.extend(before.function.map(|function| (function, before.text)));
            }
        }
        self.everywhere.retain(|name, _| everywhere.contains(name));
        self.within.retain(|name, _| within.contains(name));
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
    home: Pair<Option<usize>>,
    /// What it is called on each side.
    name: Pair<&'a str>,
}

/// The names of either version that stand for different ones in different functions.
fn contested<'a>(votes: &[Vote<'a>]) -> FxHashSet<&'a str> {
    let mut partners: FxHashMap<(Side, &str), &str> = FxHashMap::default();
    let mut contested = FxHashSet::default();
    for vote in votes {
        let Pair { before, after } = vote.name;
        for (side, name, partner) in [(Side::Before, before, after), (Side::After, after, before)] {
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
    let mut of_before: FxHashMap<(Option<usize>, &str), usize> = FxHashMap::default();
    let mut of_after: FxHashMap<(Option<usize>, &str), usize> = FxHashMap::default();
    for (before, after) in facing.iter().flat_map(Facing::tokens) {
        if before.text == after.text || before.kind != Kind::Name {
            continue;
        }
        let vote = Vote {
            home: Pair::new(before.function, after.function),
            name: Pair::new(before.text, after.text),
        };
        *votes.entry(vote).or_default() += 1;
        *of_before.entry((before.function, before.text)).or_default() += 1;
        *of_after.entry((after.function, after.text)).or_default() += 1;
    }
    votes.retain(|Vote { home, name }, votes| {
        2 * *votes > of_before[&(home.before, name.before)]
            && 2 * *votes > of_after[&(home.after, name.after)]
    });
    votes.into_keys().collect()
}
