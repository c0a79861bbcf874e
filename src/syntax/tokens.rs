//! The tokens of a Python source text, line by line.
//!
//! They come from a parser that recovers from errors, so that a script for a newer
//! Python, or one that is none, is still read as far as it goes. All text that is not
//! white space is in some token.

use std::ops::Range;

use ruff_python_ast::token::{Token as RuffToken, TokenKind};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::names::Names;
use super::parser::{self, Module};
use crate::pair::Pair;
use crate::source;

/// What a token is to the aligner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A comment, up to the end of its line.
    Comment,
    /// The name of a variable, a parameter, a function or a class; not that of an
    /// attribute, which belongs to whatever it is taken from.
    Name,
    /// Anything else, such as an operator or the part of a string that is on this line.
    Other,
}

/// A part of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) kind: Kind,
    /// Index into [`Tokens::functions`] of the function whose code it is part of.
    pub(crate) function: Option<usize>,
}

/// A function that is not inside another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    /// The names that its code gives something to.
    pub(crate) bound: FxHashSet<&'a str>,
}

/// Tokens by the line that they are on. They are in one list, for a text has tens of
/// thousands of lines with a few tokens each.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenLines<'a> {
    tokens: Vec<Token<'a>>,
    /// How many tokens there are up to the end of each line.
    ends: Vec<usize>,
}

impl<'a> TokenLines<'a> {
    /// The tokens of one line, by its index.
    pub(crate) fn line(&self, index: usize) -> &[Token<'a>] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.tokens[start..self.ends[index]]
    }

    /// Those of each line.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Token<'a>]> {
        (0..self.ends.len()).map(|index| self.line(index))
    }

    /// Those of all lines.
    pub(crate) fn tokens(&self) -> &[Token<'a>] {
        &self.tokens
    }

    /// Adds a token to a line that is none of the earlier ones.
    fn push(&mut self, line: usize, token: Token<'a>) {
        assert!(self.ends.len() <= line, "line {line} has ended");
        self.end_lines(line);
        self.tokens.push(token);
    }

    /// Ends all lines before this one.
    fn end_lines(&mut self, line: usize) {
        self.ends
            .resize(line.max(self.ends.len()), self.tokens.len());
    }
}

/// A text in tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens<'a> {
    /// Those of each line.
    pub(crate) lines: TokenLines<'a>,
    /// The functions in the order in which they begin.
    pub(crate) functions: Vec<Function<'a>>,
    /// The names that code outside of functions gives something to, those of the
    /// functions included.
    pub(crate) bound: FxHashSet<&'a str>,
    /// Whether the text cannot be parsed at all, and its tokens are words between white
    /// space.
    pub(crate) is_rough: bool,
}

impl<'a> Tokens<'a> {
    /// Those of two texts; see [`source::lines`] for what a line is.
    pub(crate) fn of_both(texts: Pair<&'a str>) -> Pair<Self> {
        let tokens = parser::read_both(texts, Self::read);
        texts
            .zip(tokens)
            .map(|(text, tokens)| tokens.unwrap_or_else(|_| Self::rough(text)))
    }

    fn read(text: &'a str, module: &Module) -> Self {
        let names = Names::of(module);
        Reader::new(text, &names).read(module.tokens())
    }

    /// Words between white space.
    fn rough(text: &'a str) -> Self {
        let word = |text: &'a str| Token {
            text,
            kind: Kind::Other,
            function: None,
        };
        let mut lines = TokenLines::default();
        for (index, line) in source::lines(text).enumerate() {
            lines.tokens.extend(line.split_whitespace().map(word));
            lines.end_lines(index + 1);
        }
        Self {
            lines,
            is_rough: true,
            ..Self::default()
        }
    }
}

/// Goes through the tokens of a text and puts them on their lines.
struct Reader<'o, 'a> {
    text: &'a str,
    names: &'o Names,
    ranges: Vec<Range<usize>>,
    /// The line that the next token begins on, at the earliest.
    line: usize,
    /// The function that it is in, if it is in one.
    function: usize,
    /// Where the latest token ended.
    read_to: usize,
    tokens: Tokens<'a>,
}

impl<'o, 'a> Reader<'o, 'a> {
    fn new(text: &'a str, names: &'o Names) -> Self {
        let ranges: Vec<_> = source::line_ranges(text).collect();
        let functions = names.functions.iter().map(|(_, name)| Function {
            name: text.get(name.clone()).unwrap_or_default(),
            bound: FxHashSet::default(),
        });
        let tokens = Tokens {
            functions: functions.collect(),
            ..Tokens::default()
        };
        Self {
            text,
            names,
            ranges,
            line: 0,
            function: 0,
            read_to: 0,
            tokens,
        }
    }

    fn read(mut self, tokens: &[RuffToken]) -> Tokens<'a> {
        let mut is_attribute = false;
        for token in tokens {
            let range: Range<usize> = token.range().into();
            let kind = match token.kind() {
                TokenKind::Newline
                | TokenKind::NonLogicalNewline
                | TokenKind::Indent
                | TokenKind::Dedent
                | TokenKind::EndOfFile => continue,
                TokenKind::Comment => Kind::Comment,
                TokenKind::Name if !is_attribute => Kind::Name,
                _ => Kind::Other,
            };
            is_attribute = token.kind() == TokenKind::Dot;
            self.skip_to(range.start);
            self.push(range, kind);
        }
        self.skip_to(self.text.len());
        self.tokens.lines.end_lines(self.ranges.len());
        self.tokens
    }

    /// Whatever the parser skipped is text of the program all the same.
    fn skip_to(&mut self, start: usize) {
        let skipped = self.text.get(self.read_to..start).unwrap_or_default();
        let text = skipped.trim_start();
        if !text.is_empty() {
            let first = start - text.len();
            self.push(first..first + text.trim_end().len(), Kind::Other);
        }
    }

    /// Adds a token, cut into the lines that it goes through, without white space at the
    /// ends of these.
    fn push(&mut self, token: Range<usize>, kind: Kind) {
        self.read_to = self.read_to.max(token.end);
        let function = self.function_at(token.start);
        if kind == Kind::Name && self.names.bound.contains(&token.start) {
            let name = self.text.get(token.clone()).unwrap_or_default();
            match function {
                Some(index) => self.tokens.functions[index].bound.insert(name),
                None => self.tokens.bound.insert(name),
            };
        }
        let ended = |line: &Range<usize>| line.end <= token.start;
        while self.ranges.get(self.line).is_some_and(ended) {
            self.line += 1;
        }
        let lines = self.ranges.iter().enumerate().skip(self.line);
        for (line, range) in lines.take_while(|(_, range)| range.start < token.end) {
            let part = token.start.max(range.start)..token.end.min(range.end);
            let is_first = part.start == range.start;
            let is_last = part.end == range.end;
            let text = self.text.get(part).unwrap_or_default();
            let text = if is_first { text.trim_start() } else { text };
            let text = if is_last { text.trim_end() } else { text };
            if !text.is_empty() {
                let token = Token {
                    text,
                    kind,
                    function,
                };
                self.tokens.lines.push(line, token);
            }
        }
    }

    /// The function whose code is at a place, which is behind all earlier ones. The name
    /// of a function belongs to the code around it.
    fn function_at(&mut self, place: usize) -> Option<usize> {
        let functions = &self.names.functions;
        while functions
            .get(self.function)
            .is_some_and(|(code, _)| code.end <= place)
        {
            self.function += 1;
        }
        let (code, name) = functions.get(self.function)?;
        (code.contains(&place) && place != name.start).then_some(self.function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Tokens<'_> {
        Tokens::of_both(Pair::new(text, "")).before
    }

    /// Tokens separated by `·`, names in angle brackets, one line for each of the text.
    fn shown(text: &str) -> Vec<String> {
        let token = |token: &Token<'_>| match token.kind {
            Kind::Name => format!("<{}>", token.text),
            Kind::Comment | Kind::Other => token.text.to_owned(),
        };
        let tokens = tokens(text);
        let lines = tokens.lines.iter();
        lines
            .map(|line| line.iter().map(token).collect::<Vec<_>>().join("·"))
            .collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn code_and_comments() {
        check(
            "err[y,x+1] += é_2.real*7  # to the right\n",
            &["<err>·[·<y>·,·<x>·+·1·]·+=·<é_2>·.·real·*·7·# to the right"],
        );
    }

    #[test]
    fn a_string_over_lines() {
        check("s = '''a\n    b  c\n'''\n", &["<s>·=·'''a", "b  c", "'''"]);
    }

    #[test]
    fn all_text_is_in_tokens_whatever_it_is() {
        let texts = [
            "def f(:\n  $ ? !\n)))\n",
            "a = 'open\nb = \u{0} 1\n",
            "x\r\ny\rz",
            "match p:\n    case [a, *b] if a: pass\n",
            "\u{feff}print 'old'\n",
            "f'{a + 1!r:>{w}} {{}}'\n",
            "else:\n  )\nelse\n",
            "\\\n\\",
        ];
        for text in texts {
            let kept: String = tokens(text)
                .lines
                .tokens()
                .iter()
                .map(|it| it.text)
                .collect();
            let strip = |text: &str| text.replace(char::is_whitespace, "");
            assert_eq!(strip(&kept), strip(text), "{text:?}");
        }
    }

    #[test]
    fn what_code_gives_something_to() {
        let text = "\
import numpy as np
for i, (j, k) in pairs: a[b] = c.d = e
class K:
    def run(self, *rest, width: int = 3):
        total: float = 0
        def inner(x): return (y := x)
        return [z for z in rest]
with open(p) as file: pass
";
        let tokens = tokens(text);
        let sorted = |bound: &FxHashSet<&str>| {
            let mut names: Vec<String> = bound.iter().map(|&name| name.to_owned()).collect();
            names.sort_unstable();
            names.join(" ")
        };
        assert_eq!(sorted(&tokens.bound), "K file i j k np run");
        assert_eq!(tokens.functions.len(), 1);
        assert_eq!(tokens.functions[0].name, "run");
        assert_eq!(
            sorted(&tokens.functions[0].bound),
            "inner rest self total width x y z"
        );
    }

    #[test]
    fn a_text_that_cannot_be_parsed_is_read_as_words() {
        let text = format!("{} x\n\n  y z\n", "(".repeat(1_000_000));
        let tokens = Tokens::of_both(Pair::new(&text, "x = 1\n"));
        assert!(tokens.before.is_rough && !tokens.after.is_rough);
        let counts = tokens.before.lines.iter().map(<[_]>::len);
        assert_eq!(counts.collect::<Vec<_>>(), [2, 0, 2]);
    }
}
