//! The parser, which calls itself for whatever is nested, on a stack that has room for
//! that.

use std::io;
use std::thread::{self, Scope, ScopedJoinHandle};

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseError, Parsed, parse_unchecked_source};
use ruff_text_size::{TextRange, TextSize};

use super::masking::without_formatted_strings;
use super::nesting::Survey;
use crate::pair::Pair;
use crate::source::{self, LineNumber};

/// How deep the code may be nested that is given to the parser. Python takes 200 brackets
/// and 100 blocks, and a few thousand operators in a row, each of which nests what is to
/// the left of it.
pub(super) const MOST_NESTED: usize = 4_000;

/// Bytes of stack for the parser. A level takes about a kilobyte of it, and several in an
/// unoptimised build.
const STACK: usize = 64 << 20;

/// A text as the parser understands it, as far as it does.
pub(super) type Module = Parsed<ModModule>;

/// Why a text cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no Python, or that of a version to come.
    #[error("line {line} cannot be parsed ({problem})")]
    Syntax {
        /// Where that is noticed first.
        line: LineNumber,
        /// What is wrong there, in the words of the parser.
        problem: String,
    },
    /// Nothing that people write is.
    #[error("it is nested too deeply to be parsed")]
    TooDeep,
    /// The system starts no thread for the parser.
    #[error("there is no room for a parser: {problem}")]
    NoRoom {
        /// Why not, in the words of the system.
        problem: String,
    },
    /// The parser has a bug.
    #[error("the parser failed on it")]
    Failed,
}

impl Unreadable {
    /// What the parser says.
    pub(super) fn because_of(error: &ParseError, lines: &Lines) -> Self {
        Self::Syntax {
            line: lines.at(error.location.start()),
            problem: error.error.to_string(),
        }
    }
}

/// What `reader` makes of a text.
pub(super) fn read<'t, T: Send>(
    text: &'t str,
    reader: impl FnOnce(&'t str, &Module) -> T + Send,
) -> Result<T, Unreadable> {
    thread::scope(|scope| end(begin(scope, text, reader)))
}

/// Does what [`read`] does with two texts at a time.
pub(super) fn read_both<'t, T: Send>(
    texts: Pair<&'t str>,
    reader: impl Fn(&'t str, &Module) -> T + Sync,
) -> Pair<Result<T, Unreadable>> {
    thread::scope(|scope| texts.map(|text| begin(scope, text, &reader)).map(end))
}

/// A parser at work; an error where there is no room for its stack.
type Parser<'scope, T> = io::Result<ScopedJoinHandle<'scope, Result<T, Unreadable>>>;

/// Begins to parse a text, in a thread for the sake of its stack. What comes of it ends
/// with the thread: to drop it takes as much stack as to make it.
fn begin<'scope, 't: 'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    text: &'t str,
    reader: impl FnOnce(&'t str, &Module) -> T + Send + 'scope,
) -> Parser<'scope, T> {
    let parser = thread::Builder::new().stack_size(STACK);
    let work = move || parse(text).map(|module| reader(text, &module));
    parser.spawn_scoped(scope, work)
}

/// Waits for a parser.
fn end<T>(parser: Parser<'_, T>) -> Result<T, Unreadable> {
    let parser = parser.map_err(|error| Unreadable::NoRoom {
        problem: error.to_string(),
    })?;
    parser.join().unwrap_or(Err(Unreadable::Failed))
}

/// Parses a text as far as it can be, if it is not nested too deeply. What is in formatted
/// strings is left out where these may be the reason that it is.
pub(super) fn parse(text: &str) -> Result<Module, Unreadable> {
    let survey = Survey::of(text);
    if survey.depth <= MOST_NESTED {
        return Ok(parse_unchecked_source(text, PySourceType::Python));
    }
    if let Some(error) = survey.error {
        return Err(Unreadable::because_of(&error, &Lines::of(text)));
    }
    if survey.has_formatted {
        return parse_masked(&without_formatted_strings(text));
    }
    Err(Unreadable::TooDeep)
}

/// Parses a text that has no formatted strings any more.
fn parse_masked(text: &str) -> Result<Module, Unreadable> {
    let survey = Survey::of(text);
    if survey.has_formatted || survey.depth > MOST_NESTED {
        return Err(Unreadable::TooDeep);
    }
    Ok(parse_unchecked_source(text, PySourceType::Python))
}

/// Where the lines of a text begin.
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let starts = source::line_ranges(text).map(|line| line.start);
        Self {
            starts: starts.collect(),
        }
    }

    /// The line that a place is on; the last one for the end of the text.
    pub(super) fn at(&self, place: TextSize) -> LineNumber {
        let place = place.to_usize();
        let next = self.starts.partition_point(|&start| start <= place);
        LineNumber::from_index(next.saturating_sub(1))
    }

    /// The first and the last line of what is there.
    pub(super) fn of_range(&self, range: TextRange) -> (LineNumber, LineNumber) {
        (self.at(range.start()), self.at(range.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::tokens::Tokens;

    /// What is the deeper nested the more often it is repeated: what is repeated before
    /// and behind something.
    const NESTS: [(&str, &str); 23] = [
        ("(", ")"),
        ("(1, ", ")"),
        ("[", "]"),
        ("[1, 2, ", ", 3]"),
        ("{1: ", "}"),
        ("{1, ", "}"),
        ("{**", "}"),
        ("f(", ")"),
        ("f(a, b=", ")"),
        ("", "()"),
        ("", "(1, 2)"),
        ("", "[0]"),
        ("", ".a"),
        ("-", ""),
        ("not ", ""),
        ("await ", ""),
        ("a + ", ""),
        ("a**", ""),
        ("a if b else ", ""),
        ("lambda: ", ""),
        ("lambda a, b: ", ""),
        ("f(lambda a, b: ", ")"),
        ("(yield 1, ", ")"),
    ];

    fn nested((before, behind): (&str, &str), times: usize) -> String {
        format!("{}x{}\n", before.repeat(times), behind.repeat(times))
    }

    fn depth(text: &str) -> usize {
        Survey::of(text).depth
    }

    /// Whether a text is parsed. What goes through the tree has to get to the end of it.
    fn is_parsed(text: &str) -> bool {
        let tokens = Tokens::of_both(Pair::new(text, "")).before;
        let functions = crate::syntax::functions(text);
        assert!(!tokens.is_rough || functions.is_err());
        !tokens.is_rough
    }

    #[test]
    fn a_parser_that_fails_says_so() {
        let result = read("x", |_, _| -> () { panic!("on purpose") });
        assert_eq!(result, Err(Unreadable::Failed));
        let no_thread = Err(io::Error::from(io::ErrorKind::WouldBlock));
        let result: Result<(), _> = end(no_thread);
        let Err(error @ Unreadable::NoRoom { .. }) = result else {
            panic!("{result:?}");
        };
        assert!(error.to_string().starts_with("there is no room"), "{error}");
    }

    #[test]
    fn what_is_nested_too_deeply_is_not_parsed() {
        for nest in NESTS {
            assert!(!is_parsed(&nested(nest, MOST_NESTED + 1)), "{nest:?}");
        }
        assert!(!is_parsed(&nested(("(", ")"), 100_000)));
        let indented = format!("{}x = 1\n", " ".repeat(MOST_NESTED + 1));
        assert!(!is_parsed(&indented));
    }

    /// Brackets that do not fit and strings that do not end: the parser has its own ideas of
    /// where these are closed.
    #[test]
    fn what_is_broken_and_may_be_nested_too_deeply_is_not_parsed() {
        let broken = [
            "(",
            "(1, ",
            "[)",
            "[),",
            "[)\n",
            "(lambda a,: ",
            "yield a, ",
            "f'{",
            "f'''{",
            "{1: ",
        ];
        for broken in broken {
            assert!(!is_parsed(&broken.repeat(10_000)), "{broken:?}");
        }
        assert!(!is_parsed(&format!("f'{{x'{}", "(".repeat(100_000))));
    }

    #[test]
    fn what_may_be_deep_only_in_formatted_strings_is_parsed_without_them() {
        let hidden = "(".repeat(10_000);
        let texts = [
            format!("def f():\n    return f'{{x}}' '{hidden}'\n"),
            format!("def f():\n    return rf'{{x}}{hidden}'\n"),
            format!("def f():\n    return t'{{x}}' # {hidden}\n"),
            format!("def f():\n    return {}'' \n", "f'{x}' ".repeat(3_000)),
        ];
        for text in texts {
            assert!(Survey::of(&text).depth > MOST_NESTED);
            assert!(is_parsed(&text));
            let functions = crate::syntax::functions(&text).unwrap();
            assert_eq!(functions[0].name, "f");
            assert_eq!(functions[0].last, LineNumber::from_index(1));
        }
    }

    #[test]
    fn what_is_deep_without_formatted_strings_is_not_parsed() {
        let deep = nested(("(", ")"), MOST_NESTED + 1);
        assert!(!is_parsed(&format!("f'{{x}}'\n{deep}")));
        let hidden = "(".repeat(10_000);
        assert!(!is_parsed(&format!("1f'{{x}}' '{hidden}'\n")));
    }

    #[test]
    fn what_is_as_deep_as_can_be_is_parsed() {
        for nest in NESTS {
            let few = depth(&nested(nest, 10));
            let each = (depth(&nested(nest, 20)) - few) / 10;
            assert!(each > 0, "{nest:?}");
            let text = nested(nest, 10 + (MOST_NESTED - few) / each);
            assert!(depth(&text) > MOST_NESTED - 20, "{nest:?}");
            assert!(is_parsed(&text), "{nest:?}");
        }
        let deepest = MOST_NESTED - 10;
        let blocks = (0..deepest).map(|depth| format!("{}if x:\n", " ".repeat(depth)));
        let text = format!("{}{}x\n", blocks.collect::<String>(), " ".repeat(deepest));
        assert!(is_parsed(&text));
    }
}
