//! Painted text as HTML.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::report::paint::{self, Meaning, paint};

/// Painted text as HTML that shows it: a class for each meaning, everything else escaped.
#[derive(Default, Template)]
#[template(path = "painted.html")]
pub(super) struct Painted {
    parts: Vec<(Option<Meaning>, String)>,
}

/// Its template escapes the parts.
impl HtmlSafe for Painted {}

impl Painted {
    /// What is painted so.
    pub(super) fn new(text: &str) -> Self {
        Self {
            parts: paint::parts(text),
        }
    }

    /// Whether there is nothing to show.
    pub(super) const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// A name, set off.
pub(super) fn name(name: &str) -> String {
    paint(Meaning::Heading, name)
}

/// The class of the last verdict in a sentence.
pub(super) fn class(sentence: &str) -> &'static str {
    let parts = paint::parts(sentence);
    let mut verdicts = parts.iter().rev().filter_map(|(meaning, _)| match meaning {
        Some(Meaning::Heading) | None => None,
        Some(meaning) => Some(meaning.class()),
    });
    verdicts.next().unwrap_or("quiet")
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
