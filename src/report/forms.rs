//! Every form of a document, for whoever tries all of them.

use super::annotate::Options;
use super::{Style, annotate, csv, github, html, junit, markdown, stacks, svg, terminal};
use crate::compare::{Comparison, Conclusion};
use crate::document::{self, AnyDocument};
use crate::instructions::{Assembly, Syntax};
use crate::profile;
use crate::recording::Recording;

/// The name of a form, and the document in it.
pub type Form = (&'static str, String);

/// A document in every form that it has.
pub fn every(document: &AnyDocument, style: &Style) -> Vec<Form> {
    match document {
        AnyDocument::Recording(recording) => of_recording(recording, style),
        AnyDocument::Conclusion(Conclusion::One(comparison)) => of_comparison(comparison, style),
        AnyDocument::Conclusion(Conclusion::Several(several)) => vec![
            ("text", terminal::comparisons(several, style)),
            ("markdown", markdown::comparisons(several, style)),
            ("github", github::comparisons(several, style)),
            ("html", html::comparisons(several, style)),
            ("junit", junit::comparisons(several)),
            ("svg", svg::comparisons(several)),
            ("csv", csv::comparisons(several)),
            ("json", document::write(several)),
        ],
        AnyDocument::Reordering(reordering) => vec![
            ("text", terminal::reordering(reordering, style)),
            ("markdown", markdown::reordering(reordering)),
            ("json", document::write(&**reordering)),
        ],
        AnyDocument::Scaling(scaling) => vec![
            ("text", terminal::scaling(scaling, style)),
            ("markdown", markdown::scaling(scaling)),
            ("html", html::scaling(scaling)),
            ("svg", svg::scaling(scaling)),
            ("json", document::write(&**scaling)),
        ],
    }
}

fn of_comparison(comparison: &Comparison, style: &Style) -> Vec<Form> {
    vec![
        ("text", terminal::comparison(comparison, style)),
        ("markdown", markdown::comparison(comparison, style)),
        ("github", github::comparison(comparison, style)),
        ("html", html::comparison(comparison, style)),
        ("junit", junit::comparison(comparison)),
        ("svg", svg::comparison(comparison)),
        ("csv", csv::comparison(comparison)),
        ("json", document::write(comparison)),
    ]
}

fn of_recording(recording: &Recording, style: &Style) -> Vec<Form> {
    let profile = profile::annotate(recording);
    let options = Options {
        context: 20,
        specializations: true,
        assembly: Some(Assembly::of(recording, Syntax::Intel)),
    };
    let name = &recording.variant.name;
    let warnings = &recording.warnings;
    let text = annotate::text(&profile, &options, style) + &annotate::warnings(warnings);
    let mut forms = vec![
        ("text", text),
        (
            "markdown",
            markdown::profile(name, &profile, warnings, &options, style),
        ),
        (
            "html",
            html::profile(recording, &profile, options.assembly.as_ref(), style),
        ),
        ("csv", csv::profile(&profile)),
        ("json", document::write(recording)),
    ];
    if let Some(kept) = profile::stacks(recording) {
        forms.push(("collapsed", stacks::collapsed(recording, &kept)));
        forms.push(("speedscope", stacks::speedscope(recording, &kept)));
    }
    forms
}
