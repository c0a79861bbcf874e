//! How deeply the code of a text is nested, by its tokens: before it is parsed.

use std::mem;

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseError, lexer};

use super::masking::nesting_bytes;
use crate::source;

/// What the lexer says of a text.
pub(super) struct Survey {
    /// No less than the depth to which the code is nested.
    pub(super) depth: usize,
    /// Whether it has formatted strings.
    pub(super) has_formatted: bool,
    /// The first part that is no token.
    pub(super) error: Option<ParseError>,
}

impl Survey {
    /// Goes through the tokens of a text.
    ///
    /// Where some are in error, the parser may take the text apart in another way than the
    /// lexer does. All that is certain then is that no byte nests more than once.
    pub(super) fn of(text: &str) -> Self {
        let mut lexer = lexer::lex(text, Mode::Module);
        let mut nest = Nest::default();
        let mut seen = Seen::default();
        loop {
            match lexer.next_token() {
                TokenKind::EndOfFile => break,
                token => {
                    nest.add(token);
                    seen.add(token);
                }
            }
        }
        let error = lexer.finish().into_iter().next().map(ParseError::from);
        let depth = match error {
            None => nest.deepest + widest_indentation(text) + seen.surprise(text, nest.deepest),
            Some(_) => text.len(),
        };
        Self {
            depth,
            has_formatted: seen.formatted > 0,
            error,
        }
    }
}

/// What the parser may find to be something else than the lexer says.
///
/// After an error, the parser has the lexer begin anew with fewer brackets open. Outside of
/// formatted strings this changes where statements end, but not where strings do. Within a
/// replacement field it may change that as well: what was in strings and comments is code
/// then, and what was code is in strings.
#[derive(Default)]
struct Seen {
    /// How many strings are formatted.
    formatted: usize,
    /// How many bytes that may nest something are certainly no part of a string or comment,
    /// or are the quotes around a string.
    elsewhere: usize,
}

impl Seen {
    fn add(&mut self, token: TokenKind) {
        match token {
            TokenKind::FStringStart | TokenKind::TStringStart => {
                self.formatted += 1;
                self.elsewhere += 1;
            }
            TokenKind::String => self.elsewhere += 2,
            // These have no byte that counts.
            TokenKind::And | TokenKind::Or | TokenKind::In | TokenKind::Is => {}
            TokenKind::FStringEnd
            | TokenKind::TStringEnd
            | TokenKind::Await
            | TokenKind::Else
            | TokenKind::If
            | TokenKind::Lambda
            | TokenKind::Yield => self.elsewhere += 1,
            token => self.elsewhere += usize::from(token.is_operator()),
        }
    }

    /// How many levels of nesting there may be that the lexer knows nothing of: all that
    /// strings and comments hide, and for each formatted string what it leaves open of the
    /// code around it.
    fn surprise(&self, text: &str, deepest: usize) -> usize {
        if self.formatted == 0 {
            return 0;
        }
        let hidden = nesting_bytes(text).saturating_sub(self.elsewhere);
        hidden.saturating_add(self.formatted.saturating_mul(deepest))
    }
}

/// No less than the number of blocks that are in each other.
fn widest_indentation(text: &str) -> usize {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\x0c');
    let widths = source::lines(text).map(|line| line.bytes().take_while(is_space).count());
    widths.max().unwrap_or_default()
}

/// What of a statement may be inside of each other: each bracket that is open, and in each
/// of them all that nests since the latest comma.
#[derive(Default)]
struct Nest {
    innermost: Level,
    around: Vec<Level>,
    depth: usize,
    deepest: usize,
}

/// The inside of a bracket, or of none.
#[derive(Default)]
struct Level {
    bracket: Option<TokenKind>,
    /// What a comma does not end.
    kept: usize,
    /// What nests since then.
    latest: usize,
}

impl Nest {
    fn add(&mut self, token: TokenKind) {
        match token {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => self.open(token),
            TokenKind::Rpar => self.close(TokenKind::Lpar),
            TokenKind::Rsqb => self.close(TokenKind::Lsqb),
            TokenKind::Rbrace => self.close(TokenKind::Lbrace),
            TokenKind::FStringEnd => self.close(TokenKind::FStringStart),
            TokenKind::TStringEnd => self.close(TokenKind::TStringStart),
            TokenKind::Comma => self.depth -= mem::take(&mut self.innermost.latest),
            // There are commas within these, in parameters and in values.
            TokenKind::Lambda | TokenKind::Yield => {
                self.nest();
                self.innermost.kept += mem::take(&mut self.innermost.latest);
            }
            TokenKind::Newline | TokenKind::Semi if self.around.is_empty() => {
                self.innermost = Level::default();
                self.depth = 0;
            }
            token if is_leaf(token) => {}
            _ => self.nest(),
        }
        self.deepest = self.deepest.max(self.depth);
    }

    fn nest(&mut self) {
        self.innermost.latest += 1;
        self.depth += 1;
    }

    fn open(&mut self, bracket: TokenKind) {
        let inside = Level {
            bracket: Some(bracket),
            kept: 1,
            latest: 0,
        };
        self.around.push(mem::replace(&mut self.innermost, inside));
        self.depth += 1;
    }

    /// Closes a bracket, or nothing where it does not fit. What was in a bracket is inside of
    /// what may follow, such as another call. Strings that follow each other are one.
    fn close(&mut self, bracket: TokenKind) {
        if self.innermost.bracket == Some(bracket)
            && let Some(around) = self.around.pop()
        {
            let closed = mem::replace(&mut self.innermost, around);
            self.depth -= closed.kept + closed.latest;
        }
        if !matches!(bracket, TokenKind::FStringStart | TokenKind::TStringStart) {
            self.nest();
        }
    }
}

/// Whether a token has nothing in it, and is nothing around others.
fn is_leaf(token: TokenKind) -> bool {
    matches!(
        token,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
            | TokenKind::Ellipsis
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_not_deep() {
        let long = [
            "(1, -2, f(3), lambda_, {4: 'five'}),\n",
            "'text' \"of parts\"\n",
        ];
        for part in long {
            let text = format!("x = [\n{}]\n", part.repeat(20_000));
            assert!(Survey::of(&text).depth < 20, "{part}");
        }
        let lines = ["x = f(y)[z].a + 1\n", "x; y = 1;", "    # (((\n", "'((('\n"];
        for line in lines {
            assert!(Survey::of(&line.repeat(20_000)).depth < 20, "{line}");
        }
    }

    /// The parser may have its own idea of where these end.
    #[test]
    fn what_formatted_strings_hide_may_be_deep() {
        let few = "f'{x}'\n";
        assert!(Survey::of(few).depth < 20);
        let hidden = ["(", "not ", "-", "if "];
        for hidden in hidden {
            for around in ["f'{x}' '*'\n", "f'{x}*'\n", "f'{x}' # *\n"] {
                let text = around.replace('*', &hidden.repeat(10_000));
                assert!(Survey::of(&text).depth >= 10_000, "{around} {hidden}");
            }
            let plain = format!("x = '{}'\n", hidden.repeat(10_000));
            assert!(Survey::of(&plain).depth < 20, "{hidden}");
        }
        let many = few.repeat(10_000);
        assert!(Survey::of(&many).depth >= 10_000);
    }

    #[test]
    fn what_is_no_token_may_be_anything() {
        for text in ["(1, 2, 3", "x = 'open", "x = 1 $ 2"] {
            assert_eq!(Survey::of(text).depth, text.len(), "{text}");
        }
    }
}
