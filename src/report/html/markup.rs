//! Text as HTML.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::{Kind, Meaning, Span, Text};

/// Text as HTML that shows it: a class for each meaning, names set off, everything else
/// escaped.
#[derive(Default, Template)]
#[template(path = "painted.html")]
pub(super) struct Painted {
    text: Text,
}

/// Its template escapes the spans.
impl HtmlSafe for Painted {}

impl Painted {
    /// Whether there is nothing to show.
    pub(super) const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl<T: Into<Text>> From<T> for Painted {
    fn from(text: T) -> Self {
        Self { text: text.into() }
    }
}

/// The class of the last verdict in a sentence.
pub(super) fn class(sentence: &Text) -> &'static str {
    let mut meanings = sentence.spans().iter().rev().filter_map(Span::meaning);
    meanings.next().map_or("quiet", Meaning::class)
}

impl Meaning {
    /// The class of what means this.
    const fn class(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Open => "open",
            Self::Quiet | Self::Heading => "quiet",
        }
    }
}
