//! The lines of both versions as the aligner sees them.

use rustc_hash::FxHashMap;

use super::renames::Renames;
use crate::pair::Pair;
use crate::source;
use crate::syntax::tokens::{Kind, Token, Tokens};

/// Lines that any function may hold, and so say nothing about which line of one
/// version is which of the other.
const COMMON_STATEMENTS: [&str; 8] = [
    "else:",
    "try:",
    "finally:",
    "pass",
    "break",
    "continue",
    "return",
    "return None",
];

/// How much a line tells about where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Substance {
    /// Nothing but white space.
    Blank,
    /// Brackets and quotes alone, or one of [`COMMON_STATEMENTS`]: never a move
    /// by itself.
    Trivial,
    /// A comment that takes up the line.
    Comment,
    /// Anything else.
    Code,
}

/// One line of one version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its text, with indentation.
    pub(super) text: &'a str,
    /// What it is.
    known: Known,
}

/// What is known of a line by its text.
#[derive(Clone, Copy, Debug)]
struct Known {
    key: u32,
    substance: Substance,
}

impl<'a> Line<'a> {
    /// Equal for lines of either version that are the same: equal but for white space
    /// between tokens and at the ends, for a comment behind code, and for names that
    /// were changed throughout.
    pub(super) const fn key(&self) -> u32 {
        self.known.key
    }

    /// How much it tells.
    pub(super) const fn substance(&self) -> Substance {
        self.known.substance
    }

    /// Whether it may be called moved for its own sake.
    pub(super) fn is_substantial(&self) -> bool {
        self.substance() >= Substance::Comment
    }

    /// The white space that it begins with.
    pub(super) fn indentation(&self) -> &'a str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    /// Whether it belongs to the function or class that follows.
    pub(super) fn is_decorator(&self) -> bool {
        self.text.trim_start().starts_with('@')
    }

    /// Whether it holds nothing but white space.
    pub(super) fn is_blank(&self) -> bool {
        self.substance() == Substance::Blank
    }
}

/// The lines of both texts, the same ones with equal keys.
pub(super) fn lines<'a>(
    texts: Pair<&'a str>,
    tokens: &Pair<Tokens<'a>>,
    renames: &Renames<'a>,
) -> Pair<Vec<Line<'a>>> {
    let mut keys = Keys::default();
    let mut read = |text: &'a str, tokens: &Tokens<'a>, name_after: &NameAfter<'_, 'a>| {
        let lines = source::lines(text).zip(tokens.lines.iter());
        let lines = lines.map(|(text, tokens)| Line {
            text,
            known: keys.known(text.trim(), tokens, name_after),
        });
        lines.collect::<Vec<_>>()
    };
    // In this order, for the keys are numbered as they come.
    let before = read(texts.before, &tokens.before, &|token| {
        renames.name_after(token)
    });
    let after = read(texts.after, &tokens.after, &|_| None);
    Pair::new(before, after)
}

/// What a token is called now, where it was renamed.
type NameAfter<'f, 'a> = dyn Fn(&Token<'a>) -> Option<&'a str> + 'f;

/// The lines seen so far.
#[derive(Default)]
struct Keys<'a> {
    /// By the trimmed text. Equal texts are the same line however the parser read them:
    /// that may depend on their surroundings where there are errors.
    by_text: FxHashMap<&'a str, Known>,
    /// By the code: its tokens with a space behind each.
    by_code: FxHashMap<String, Known>,
    /// The code of the line that is looked at.
    code: String,
}

impl<'a> Keys<'a> {
    fn known(
        &mut self,
        trimmed: &'a str,
        tokens: &[Token<'a>],
        name_after: &NameAfter<'_, 'a>,
    ) -> Known {
        let is_renamed = tokens.iter().any(|token| name_after(token).is_some());
        if !is_renamed && let Some(&known) = self.by_text.get(trimmed) {
            return known;
        }
        self.code.clear();
        for token in code(tokens) {
            self.code.push_str(name_after(token).unwrap_or(token.text));
            self.code.push(' ');
        }
        let known = self.known_by_code();
        if !is_renamed {
            self.by_text.insert(trimmed, known);
        }
        known
    }

    /// What is known of [`code`](Self::code).
    fn known_by_code(&mut self) -> Known {
        if let Some(&known) = self.by_code.get(&self.code) {
            return known;
        }
        let next = u32::try_from(self.by_code.len()).expect("a source has fewer than 2^32 lines");
        let known = Known {
            key: next,
            substance: substance(&self.code),
        };
        self.by_code.insert(self.code.clone(), known);
        known
    }
}

/// The tokens of a line without a comment behind them. A comment that takes up the line
/// stays.
pub(super) fn code<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match tokens {
        [
            code @ ..,
            Token {
                kind: Kind::Comment,
                ..
            },
        ] if !code.is_empty() => code,
        _ => tokens,
    }
}

fn substance(code: &str) -> Substance {
    let is_common = |statement: &str| {
        let spaced = statement.chars().filter(|it| !it.is_whitespace());
        spaced.eq(code.chars().filter(|it| !it.is_whitespace()))
    };
    if code.is_empty() {
        Substance::Blank
    } else if !code.contains(char::is_alphanumeric) || COMMON_STATEMENTS.into_iter().any(is_common)
    {
        Substance::Trivial
    } else if code.starts_with('#') {
        Substance::Comment
    } else {
        Substance::Code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without renames.
    fn read(before: &'static str, after: &'static str) -> Pair<Vec<Line<'static>>> {
        let texts = Pair::new(before, after);
        lines(texts, &Tokens::of_both(texts), &Renames::default())
    }

    #[track_caller]
    fn check(line: &'static str, expected: Substance) {
        assert_eq!(read(line, "").before[0].substance(), expected);
    }

    #[test]
    fn substance_of_lines() {
        check("  \u{c}", Substance::Blank);
        check("    ])", Substance::Trivial);
        check("\"\"\"", Substance::Trivial);
        check("    else:", Substance::Trivial);
        check("else :  # or so", Substance::Trivial);
        check("return", Substance::Trivial);
        check("# ------", Substance::Trivial);
        check("return x", Substance::Code);
        check("i += 1", Substance::Code);
        check("# comment", Substance::Comment);
    }

    #[track_caller]
    fn check_keys(before: &'static str, after: &'static str, expected: Pair<&[u32]>) {
        let keys = read(before, after).map(|lines| lines.iter().map(Line::key).collect());
        assert_eq!(keys, expected.map(<[u32]>::to_vec));
    }

    #[test]
    fn keys_ignore_white_space_and_sides() {
        check_keys("a\n  a\nb\n", "  b\na \n", Pair::new(&[0, 0, 1], &[1, 0]));
        check_keys("a=f(x,y)\n", "a = f( x, y )\n", Pair::new(&[0], &[0]));
        check_keys("ab\n", "a b\n", Pair::new(&[0], &[1]));
        check_keys("'a b'\n", "'a  b'\n", Pair::new(&[0], &[1]));
        check_keys("'a'\n", "' a'\n", Pair::new(&[0], &[1]));
    }

    #[test]
    fn keys_ignore_comments_behind_code() {
        check_keys(
            "a = 1  # one\n",
            "a = 1  # eins\na = 1\n",
            Pair::new(&[0], &[0, 0]),
        );
        check_keys("# one\n", "# two\n", Pair::new(&[0], &[1]));
        check_keys("a = '#1'\n", "a = '#2'\n", Pair::new(&[0], &[1]));
    }
}
