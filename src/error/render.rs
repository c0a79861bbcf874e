//! What the user sees of an error: what failed, why, and what to do about it.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{ConfigError, Error};
use crate::text::Text;

impl Error {
    /// The text for standard error, without a newline at its end: `error: …`,
    /// then the cause and the remedy where there are any. `color` adds ANSI
    /// styles.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let cause = self.why().map(|cause| labelled("cause", &cause));
        let hint = self.remedy().map(|hint| labelled("hint", &hint));
        // Rendered one by one: in one report they would be joined by gutters.
        [Some(self.headline()), cause, hint]
            .into_iter()
            .flatten()
            .map(|group| renderer.render(&[group]))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The message on one line.
    pub fn line(&self) -> String {
        self.message().plain()
    }

    /// What failed, with the place in the file where there is one.
    fn headline(&self) -> Group<'static> {
        match self {
            Self::Config(error) => error.headline(),
            _ => Group::with_title(Level::ERROR.primary_title(self.line())),
        }
    }
}

impl ConfigError {
    fn headline(&self) -> Group<'static> {
        let label = self.at_caret().map(|label| label.plain());
        let (text, span) = self.excerpt.shown();
        let mark = AnnotationKind::Primary.span(span).label(label);
        let file = self.excerpt.file().plain();
        let snippet = Snippet::source(text).path(file).annotation(mark);
        let title = Level::ERROR.primary_title(self.what().plain());
        title.element(snippet)
    }
}

/// Lines of their own, such as `hint: …`. The crate that lays them out shows such a title as
/// it is, so that it has to be given nothing but [`Text`].
fn labelled(label: &'static str, lines: &[Text]) -> Group<'static> {
    let title = Level::HELP.with_name(label).secondary_title(joined(lines));
    Group::with_title(title)
}

/// The characters of several lines.
pub(super) fn joined(lines: &[Text]) -> String {
    let lines = lines.iter().map(Text::plain);
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
