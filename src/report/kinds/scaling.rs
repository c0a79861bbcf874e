//! The same of how a script grows.

use super::{HARMLESS, HOSTILE, check};
use crate::document::AnyDocument;
use crate::scaling::{Scaling, fixture};

/// A place for text, and how text gets there.
type Place = (&'static str, fn(&mut Scaling, &str));

const PLACES: [Place; 8] = [
    ("a program", |it, text| text.clone_into(&mut it.program)),
    ("the name of a size", |it, text| {
        text.clone_into(&mut it.parameter);
    }),
    ("a size", |it, text| {
        for size in &mut it.sizes {
            text.clone_into(&mut size.text);
        }
    }),
    ("source", |it, text| {
        for line in &mut it.lines {
            text.clone_into(&mut line.text);
        }
    }),
    ("a path", |it, text| {
        it.lines[0].file.push_str(text);
    }),
    ("a unit", |it, text| {
        it.throughput.unit = format!("{text}/s");
    }),
    ("a sampler", |it, text| text.clone_into(&mut it.sampler)),
    ("a warning", |it, text| it.warnings = vec![text.into()]),
];

#[test]
fn no_text_in_any_place_of_a_growth_is_obeyed() {
    for (place, put) in PLACES {
        let with = |text| {
            let mut found = fixture::scaling();
            put(&mut found, text);
            AnyDocument::from(found)
        };
        let harmless = with(HARMLESS);
        for text in HOSTILE {
            check(&format!("{text:?} as {place}"), &with(text), &harmless);
        }
    }
}
