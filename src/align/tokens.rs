//! The tokens of a Python source text, line by line.
//!
//! They come from a grammar that recovers from errors, so that a script for a newer
//! Python, or one that is none, is still read as far as it goes. All text that is not
//! white space is in some token.

use std::collections::HashSet;
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, Parser, Tree, TreeCursor};

use crate::source;

/// What a token is to the aligner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    /// Index into [`Tokens::functions`] of the function whose code it is part of.
    pub(super) function: Option<usize>,
}

/// A function that is not inside another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    /// The names that its code gives something to.
    pub(super) bound: HashSet<&'a str>,
}

/// A text in tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens<'a> {
    /// Those of each line.
    pub(super) lines: Vec<Vec<Token<'a>>>,
    /// The functions in the order in which they begin.
    pub(super) functions: Vec<Function<'a>>,
    /// The names that code outside of functions gives something to, those of the
    /// functions included.
    pub(super) bound: HashSet<&'a str>,
    /// Whether the text was too hard to parse, and its tokens are words between white
    /// space.
    pub(super) is_rough: bool,
}

impl<'a> Tokens<'a> {
    /// Those of a text; see [`source::lines`] for what a line is.
    pub(super) fn of(text: &'a str) -> Self {
        match parse(text) {
            Some(tree) => Reader::new(text).read(&tree),
            None => Self::rough(text),
        }
    }

    /// Words between white space.
    fn rough(text: &'a str) -> Self {
        let word = |text: &'a str| Token {
            text,
            kind: Kind::Other,
            function: None,
        };
        let lines = source::lines(text).map(|line| line.split_whitespace().map(word).collect());
        Self {
            lines: lines.collect(),
            is_rough: true,
            ..Self::default()
        }
    }
}

/// How often the parser may report progress, for every line and for the text as a whole,
/// before it is told to give up. Real code takes a tenth of it a line; only a text with
/// errors all over takes more.
const STEPS_PER_LINE: usize = 20;
const STEPS: usize = 20_000;

/// The syntax tree; `None` if it would take too long to find.
fn parse(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .expect("the grammar is for this parser");
    let mut steps_left = STEPS + STEPS_PER_LINE * source::lines(text).count();
    let mut may_go_on = |_: &_| match steps_left.checked_sub(1) {
        Some(left) => {
            steps_left = left;
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    };
    let options = ParseOptions::new().progress_callback(&mut may_go_on);
    let rest = &mut |offset: usize, _| text.as_bytes().get(offset..).unwrap_or_default();
    parser.parse_with_options(rest, None, Some(options))
}

/// The function that is being read.
#[derive(Clone, Copy, Debug)]
struct Inside {
    index: usize,
    /// Where its name begins.
    name: usize,
    /// Where its code ends.
    end: usize,
}

/// Goes through a syntax tree and gathers what it finds.
struct Reader<'a> {
    text: &'a str,
    ranges: Vec<std::ops::Range<usize>>,
    /// The line that the next token begins on, at the earliest.
    line: usize,
    /// Where the latest token ended.
    read_to: usize,
    tokens: Tokens<'a>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let ranges: Vec<_> = source::line_ranges(text).collect();
        let lines = vec![Vec::new(); ranges.len()];
        Self {
            text,
            ranges,
            line: 0,
            read_to: 0,
            tokens: Tokens {
                lines,
                ..Tokens::default()
            },
        }
    }

    /// Reads all leaves in the order of the text. It does not call itself: a tree may be
    /// as deep as the text is long.
    fn read(mut self, tree: &Tree) -> Tokens<'a> {
        let mut cursor = tree.walk();
        let mut parents: Vec<&str> = Vec::new();
        let mut inside: Option<Inside> = None;
        loop {
            let node = cursor.node();
            inside = inside.filter(|function| node.start_byte() < function.end);
            if inside.is_none() && node.kind() == "function_definition" {
                inside = self.enter(node);
            }
            if cursor.goto_first_child() {
                parents.push(node.kind());
                continue;
            }
            self.leaf(&cursor, parents.last().copied(), inside);
            while !cursor.goto_next_sibling() {
                parents.pop();
                if !cursor.goto_parent() {
                    self.skip_to(self.text.len(), None);
                    return self.tokens;
                }
            }
        }
    }

    /// Notes down a function that begins here.
    fn enter(&mut self, node: Node<'_>) -> Option<Inside> {
        let name = node.child_by_field_name("name")?;
        self.tokens.functions.push(Function {
            name: self.text.get(name.byte_range())?,
            bound: HashSet::new(),
        });
        Some(Inside {
            index: self.tokens.functions.len() - 1,
            name: name.start_byte(),
            end: node.end_byte(),
        })
    }

    /// Reads the node that a cursor is at, below one of the kind `parent`.
    fn leaf(&mut self, cursor: &TreeCursor<'_>, parent: Option<&str>, inside: Option<Inside>) {
        let node = cursor.node();
        let range = node.byte_range();
        if range.is_empty() {
            return;
        }
        // The name of a function belongs to the code around it.
        let inside = inside.filter(|function| range.start != function.name);
        let function = inside.map(|function| function.index);
        self.skip_to(range.start, function);
        let parent = parent.unwrap_or_default();
        let field = cursor.field_name().unwrap_or_default();
        let kind = match node.kind() {
            "comment" => Kind::Comment,
            "identifier" if (parent, field) != ("attribute", "attribute") => Kind::Name,
            _ => Kind::Other,
        };
        if kind == Kind::Name && binds(parent, field) {
            let name = &self.text[range.clone()];
            match function {
                Some(index) => self.tokens.functions[index].bound.insert(name),
                None => self.tokens.bound.insert(name),
            };
        }
        self.push(range.start, range.end, kind, function);
        self.read_to = range.end;
    }

    /// Whatever the parser skipped is text of the program all the same.
    fn skip_to(&mut self, start: usize, function: Option<usize>) {
        let skipped = self.text.get(self.read_to..start).unwrap_or_default();
        let text = skipped.trim_start();
        if !text.is_empty() {
            let first = start - text.len();
            self.push(first, first + text.trim_end().len(), Kind::Other, function);
        }
        self.read_to = self.read_to.max(start);
    }

    /// Adds a range, cut into the lines that it goes through, without white space at the
    /// ends of these.
    fn push(&mut self, start: usize, end: usize, kind: Kind, function: Option<usize>) {
        while self.ranges.get(self.line).is_some_and(|it| it.end <= start) {
            self.line += 1;
        }
        let lines = self.ranges[self.line.min(self.ranges.len())..].iter();
        for (line, range) in (self.line..).zip(lines) {
            if range.start >= end {
                break;
            }
            let part = start.max(range.start)..end.min(range.end);
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
                self.tokens.lines[line].push(token);
            }
        }
    }
}

/// Whether an identifier in this field of this parent is given something.
fn binds(parent: &str, field: &str) -> bool {
    matches!(
        (parent, field),
        (
            "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause",
            "left"
        ) | (
            "function_definition"
                | "class_definition"
                | "named_expression"
                | "default_parameter"
                | "typed_default_parameter",
            "name"
        ) | ("aliased_import", "alias")
            | (
                "parameters"
                    | "lambda_parameters"
                    | "pattern_list"
                    | "tuple_pattern"
                    | "list_pattern"
                    | "list_splat_pattern"
                    | "dictionary_splat_pattern"
                    | "as_pattern_target",
                _
            )
    ) || (parent == "typed_parameter" && field != "type")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens separated by `·`, names in angle brackets, one line for each of the text.
    fn shown(text: &str) -> Vec<String> {
        let token = |token: &Token<'_>| match token.kind {
            Kind::Name => format!("<{}>", token.text),
            Kind::Comment | Kind::Other => token.text.to_owned(),
        };
        let tokens = Tokens::of(text);
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
        check("s = '''a\n    b  c\n'''\n", &["<s>·=·'''·a", "b  c", "'''"]);
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
            let kept: String = Tokens::of(text)
                .lines
                .iter()
                .flatten()
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
        let tokens = Tokens::of(text);
        let sorted = |bound: &HashSet<&str>| {
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
    fn a_text_that_is_too_hard_is_read_as_words() {
        let hard = format!("{}\n", "(".repeat(3_000_000));
        let tokens = Tokens::of(&hard);
        assert!(tokens.is_rough);
        assert_eq!(tokens.lines.len(), 1);
        assert!(!Tokens::of("x = (1,\n").is_rough);
    }
}
