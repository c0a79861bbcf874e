//! What is said, in pieces of which each knows what it is.
//!
//! A [`Text`] is a sentence, a heading or a cell, made of [`Span`]s. Whoever shows one looks
//! at the [`Kind`] of each span and escapes it as its form of report has to. A text has no
//! `Display`, so that nobody shows one in passing.
//!
//! No span can claim to be what it is not: [`Kind::Word`] is a literal of this program,
//! [`Kind::Number`] a [`Number`], and every other kind is made from [`Foreign`] text, of
//! which nothing is obeyed from then on.

use std::borrow::Cow;
use std::ops::{Add, AddAssign};

use crate::foreign::Foreign;

mod layout;
mod number;

pub(crate) use layout::{Alignment, common_indent};
pub(crate) use number::Number;

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Code: a line of source, or the name of a function.
    Source,
    /// What a version is called, where a sentence sets it off.
    Name,
    /// A number with its sign and its unit.
    Number,
    /// Our own words.
    Word,
    /// What somebody else wrote, and is not set off: a path, a unit, a warning.
    Foreign,
}

/// What a span means to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Faster, or costs less.
    Better,
    /// Slower, or costs more.
    Worse,
    /// Not settled, or worth a warning.
    Open,
    /// There for readers who look for it.
    Quiet,
    /// A heading.
    Heading,
}

/// A piece of text of one kind and one meaning. There is no line end in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    kind: Kind,
    meaning: Option<Meaning>,
    text: Cow<'static, str>,
}

impl Span {
    /// What it is.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// What it means, if anything besides.
    pub(crate) const fn meaning(&self) -> Option<Meaning> {
        self.meaning
    }

    /// Its characters, of which a terminal or a log obeys none.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Other characters of the same kind and meaning.
    fn with(&self, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            ..*self
        }
    }
}

/// Something that is said: see the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<Span>);

impl Text {
    /// Nothing.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Code on one line.
    pub(crate) fn source<'t>(line: impl Into<Foreign<'t>>) -> Self {
        Self::of(Kind::Source, line.into().line())
    }

    /// What a version is called.
    pub(crate) fn name<'t>(name: impl Into<Foreign<'t>>) -> Self {
        Self::of(Kind::Name, name.into().name())
    }

    /// One line that somebody else wrote.
    pub(crate) fn foreign<'t>(line: impl Into<Foreign<'t>>) -> Self {
        Self::of(Kind::Foreign, line.into().line())
    }

    /// The same of a name, which is said many times and may not be long.
    pub(crate) fn label<'t>(name: impl Into<Foreign<'t>>) -> Self {
        Self::of(Kind::Foreign, name.into().name())
    }

    /// Sentences that somebody else wrote, on one line.
    pub(crate) fn prose<'t>(sentences: impl Into<Foreign<'t>>) -> Self {
        Self::of(Kind::Foreign, sentences.into().prose())
    }

    /// All lines that somebody else wrote; of very many, the last.
    pub(crate) fn lines<'t>(lines: impl Into<Foreign<'t>>) -> Vec<Self> {
        let lines = lines.into().lines();
        let lines = lines.split('\n');
        lines
            .map(|line| Self::of(Kind::Foreign, line.to_owned()))
            .collect()
    }

    fn of(kind: Kind, text: impl Into<Cow<'static, str>>) -> Self {
        let mut this = Self::new();
        this.push(Span {
            kind,
            meaning: None,
            text: text.into(),
        });
        this
    }

    /// Texts one after the other, with the same words between each two.
    pub(crate) fn join(texts: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let mut joined = Self::new();
        for (index, text) in texts.into_iter().enumerate() {
            if index > 0 {
                joined += between;
            }
            joined += text;
        }
        joined
    }

    /// The same with these words behind it, which are part of its last piece.
    pub(crate) fn followed_by(mut self, words: &'static str) -> Self {
        match self.0.last_mut() {
            Some(last) => last.text.to_mut().push_str(words),
            None => self += words,
        }
        self
    }

    /// The same, meaning this.
    pub(crate) fn meaning(mut self, meaning: Meaning) -> Self {
        for span in &mut self.0 {
            span.meaning = Some(meaning);
        }
        self
    }

    /// The same, with no name set off: for a place where nothing but a name is expected.
    pub(crate) fn plainly(mut self) -> Self {
        for span in &mut self.0 {
            if span.kind == Kind::Name {
                span.kind = Kind::Foreign;
            }
        }
        self
    }

    /// Its pieces, none of them empty.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether nothing is said.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its characters, for a place where kinds and meanings cannot be shown.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(Span::as_str).collect()
    }

    fn push(&mut self, span: Span) {
        debug_assert!(!span.text.contains('\n'), "a line end in {span:?}");
        if !span.text.is_empty() {
            self.0.push(span);
        }
    }
}

/// Our own words.
impl From<&'static str> for Text {
    fn from(words: &'static str) -> Self {
        Self::of(Kind::Word, words)
    }
}

impl From<Number> for Text {
    fn from(number: Number) -> Self {
        Self::of(Kind::Number, String::from(number))
    }
}

/// Nothing where there is none.
impl<T: Into<Self>> From<Option<T>> for Text {
    fn from(text: Option<T>) -> Self {
        text.map_or_else(Self::new, Into::into)
    }
}

impl FromIterator<Self> for Text {
    fn from_iter<I: IntoIterator<Item = Self>>(texts: I) -> Self {
        Self(texts.into_iter().flat_map(|text| text.0).collect())
    }
}

impl<T: Into<Text>> AddAssign<T> for Text {
    fn add_assign(&mut self, text: T) {
        self.0.append(&mut text.into().0);
    }
}

impl<T: Into<Self>> Add<T> for Text {
    type Output = Self;

    fn add(mut self, text: T) -> Self {
        self += text;
        self
    }
}

impl<T: Into<Text>> Add<T> for Number {
    type Output = Text;

    fn add(self, text: T) -> Text {
        Text::from(self) + text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::foreign::tests::is_obeyed;

    #[test]
    fn a_sentence_is_made_of_pieces() {
        let text = Text::name("a.py") + " is " + Number::new("2×") + " as fast";
        let kinds: Vec<Kind> = text.spans().iter().map(Span::kind).collect();
        assert_eq!(kinds, [Kind::Name, Kind::Word, Kind::Number, Kind::Word]);
        assert_eq!(text.plain(), "a.py is 2× as fast");
        assert_eq!(text.plainly().spans()[0].kind(), Kind::Foreign);
    }

    #[test]
    fn nothing_is_no_span() {
        assert!((Text::new() + "" + Text::source("") + None::<Number>).is_empty());
        assert_eq!(Text::join([], ", "), Text::new());
        let list = Text::join([Text::from("a"), Text::from("b")], ", ");
        assert_eq!(list.plain(), "a, b");
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_obeyed(text in any::<String>()) {
            let text = text.as_str();
            let kinds = [
                Text::source(text),
                Text::name(text),
                Text::foreign(text),
                Text::label(text),
                Text::prose(text),
                Number::new(text).into(),
            ];
            for text in kinds {
                let plain = text.plain();
                prop_assert!(!plain.contains(|c| c == '\n' || is_obeyed(c)), "{:?}", plain);
            }
        }
    }
}
