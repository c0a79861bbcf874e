//! Shows what was measured or concluded, in whichever form: on standard output and in
//! files.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use super::{print, require_writable, style, write_file};
use crate::config::{Export, Format, Output};
use crate::document;
use crate::document::AnyDocument;
use crate::error::{Error, Result};
use crate::profile;
use crate::recording::Recording;
use crate::report::{annotate, csv, github, html, junit, markdown, stacks, terminal};

/// What there is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Profile,
    Comparison,
}

impl Kind {
    pub(super) const fn of(document: &AnyDocument) -> Self {
        match document {
            AnyDocument::Recording(_) => Self::Profile,
            AnyDocument::Comparison(_) | AnyDocument::Comparisons(_) => Self::Comparison,
        }
    }

    const fn has(self, format: Format) -> bool {
        match format {
            Format::Text | Format::Markdown | Format::Json | Format::Html | Format::Csv => true,
            Format::Github | Format::Junit => matches!(self, Self::Comparison),
            Format::Speedscope | Format::Collapsed => matches!(self, Self::Profile),
        }
    }
}

/// Fails where a form that is asked for does not exist for what will be shown, or a file
/// cannot be written: so that nothing is measured in vain.
pub(super) fn require(kind: Kind, output: &Output) -> Result<()> {
    let exported = output.exports.iter().map(|export| export.format);
    for format in [output.format].into_iter().chain(exported) {
        if !kind.has(format) {
            let (this, other) = match kind {
                Kind::Profile => ("a profile", "comparisons"),
                Kind::Comparison => ("a comparison", "profiles"),
            };
            return Err(Error::Usage {
                message: format!("{this} cannot be shown as {format}, only {other} can"),
                hint: Some(
                    match kind {
                        Kind::Profile => {
                            "a profile has the formats text, markdown, json, html, csv, \
                                      speedscope and collapsed"
                        }
                        Kind::Comparison => {
                            "a comparison has the formats text, markdown, json, html, \
                                         csv, junit and github"
                        }
                    }
                    .to_owned(),
                ),
            });
        }
    }
    let mut files = output.exports.iter().map(|export| &export.file);
    files.try_for_each(|file| require_writable(Some(file)))
}

/// Prints a document, and writes the files that are asked for.
pub(super) fn show(document: &AnyDocument, output: &Output) -> Result<u8> {
    let code = print(&render(document, output.format, output)?)?;
    for Export { format, file } in &output.exports {
        write_file(file, &render(document, *format, output)?)?;
    }
    if output.format == Format::Github {
        append_summary(document, output)?;
    }
    Ok(code)
}

/// The document in one of the forms that it has.
fn render(document: &AnyDocument, format: Format, output: &Output) -> Result<String> {
    let style = style(output);
    Ok(match document {
        AnyDocument::Recording(recording) => return of_recording(recording, format, output),
        AnyDocument::Comparison(one) => match format {
            Format::Json => document::write(&**one),
            Format::Markdown => markdown::comparison(one, &style),
            Format::Github => github::comparison(one, &style),
            Format::Html => html::comparison(one, &style),
            Format::Junit => junit::comparison(one),
            Format::Csv => csv::comparison(one),
            Format::Text | Format::Speedscope | Format::Collapsed => {
                terminal::comparison(one, &style)
            }
        },
        AnyDocument::Comparisons(several) => match format {
            Format::Json => document::write(several),
            Format::Markdown => markdown::comparisons(several, &style),
            Format::Github => github::comparisons(several, &style),
            Format::Html => html::comparisons(several, &style),
            Format::Junit => junit::comparisons(several),
            Format::Csv => csv::comparisons(several),
            Format::Text | Format::Speedscope | Format::Collapsed => {
                terminal::comparisons(several, &style)
            }
        },
    })
}

fn of_recording(recording: &Recording, format: Format, output: &Output) -> Result<String> {
    let style = style(output);
    let options = annotate::Options {
        context: usize::try_from(output.context).unwrap_or(usize::MAX),
        specializations: output.specializations,
    };
    let profile = || profile::annotate(recording);
    let name = &recording.variant.name;
    let warnings = &recording.warnings;
    Ok(match format {
        Format::Json => document::write(recording),
        Format::Markdown => markdown::profile(name, &profile(), warnings, &options, &style),
        Format::Html => html::profile(recording, &profile(), &style),
        Format::Csv => csv::profile(&profile()),
        Format::Speedscope => stacks::speedscope(recording, &kept_stacks(recording)?),
        Format::Collapsed => stacks::collapsed(recording, &kept_stacks(recording)?),
        Format::Text | Format::Github | Format::Junit => {
            annotate::text(&profile(), &options, &style) + &annotate::warnings(warnings)
        }
    })
}

fn kept_stacks(recording: &Recording) -> Result<Vec<(Vec<crate::recording::StackFrame>, u64)>> {
    profile::stacks(recording).ok_or_else(|| Error::Usage {
        message: format!(
            "the recording of `{}` has no call stacks",
            recording.variant.name
        ),
        hint: Some("it was made by an older profila: measure again".to_owned()),
    })
}

/// Appends the Markdown to the summary of the run, where GitHub Actions has one.
fn append_summary(document: &AnyDocument, output: &Output) -> Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = PathBuf::from(path);
    let text = render(document, Format::Markdown, output)?;
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| Error::Io {
        action: "write",
        path,
        source,
    })
}
