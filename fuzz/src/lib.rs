//! What the targets have in common.

use profila::align::align_files;
use profila::compare::{self, Comparison, Options};
use profila::pair::Pair;
use profila::recording::Recording;
use profila::report::Style;
use profila::report::forms::{self, Form};
use profila::document::AnyDocument;

/// Shows a document in every form, each of which has to be harmless.
///
/// # Panics
/// If one is not.
pub fn show(document: &AnyDocument, input: usize) {
    let style = Style {
        all: true,
        ..Style::default()
    };
    for form in forms::every(document, &style) {
        check(&form, input);
    }
}

/// Checks that a form is not much longer than the document, and that no terminal obeys it.
fn check((name, form): &Form, input: usize) {
    let most = 200 * input + (1 << 20);
    assert!(
        form.len() <= most,
        "{name}: {} of {input} bytes",
        form.len()
    );
    let obeyed = form.chars().find(|&c| c != '\n' && c.is_control());
    assert_eq!(obeyed, None, "{name}");
}

/// Compares two recordings, where that can be done.
pub fn compared(before: &Recording, after: &Recording) -> Option<Comparison> {
    let sides = Pair::new(before, after);
    let sources = sides.map(|it| it.sources.as_slice());
    let alignments = align_files(sources, sides.map(Recording::script));
    compare::compare(before, after, &alignments, &Options::default()).ok()
}
