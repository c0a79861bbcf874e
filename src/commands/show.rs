//! Shows what was measured or concluded, in whichever form: on standard output and in
//! files.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::output_file::{require_writable, write_file};
use super::streams::{print, style};
use crate::compare::{Comparison, Comparisons, Conclusion};
use crate::config::{
    ComparisonFormat, ComparisonOutput, Export, Output, ProfileFormat, ProfileOutput,
    ReorderingFormat, ScalingFormat,
};
use crate::document;
use crate::error::{Error, Result};
use crate::instructions::Assembly;
use crate::profile;
use crate::recording::Recording;
use crate::reorder::Reordering;
use crate::report::{Style, annotate, csv, github, html, junit, markdown, stacks, svg, terminal};
use crate::scaling::Scaling;

/// Fails where a file cannot be written: so that nothing is measured in vain.
pub(super) fn require_writable_exports<F>(output: &Output<F>) -> Result<()> {
    let mut files = output.exports.iter().map(|export| &export.file);
    files.try_for_each(|file| require_writable(Some(file)))
}

/// Prints a profile, and writes the files that are asked for.
pub(super) fn profile(recording: &Recording, output: &ProfileOutput) -> Result<u8> {
    show(&output.common, |format| {
        of_recording(recording, format, output)
    })
}

/// Prints a comparison, and writes the files that are asked for.
pub(super) fn comparison(conclusion: &Conclusion, output: &ComparisonOutput) -> Result<u8> {
    let style = Style {
        all: output.all,
        explain: output.explain,
        picture: picture(&output.common),
        ..style(&output.common)
    };
    let render = |format| match conclusion {
        Conclusion::One(one) => of_one(one, format, &style),
        Conclusion::Several(several) => of_several(several, format, &style),
    };
    let code = show(&output.common, |format| Ok(render(format)))?;
    if output.common.format == ComparisonFormat::Github {
        append_summary(&render(ComparisonFormat::Markdown))?;
    }
    Ok(code)
}

/// The name of the picture, where it is written beside the Markdown.
fn picture(output: &Output<ComparisonFormat>) -> Option<String> {
    let file_of = |format| {
        let mut exports = output.exports.iter();
        exports
            .find(|it| it.format == format)
            .map(|it| it.file.as_path())
    };
    let folder = |file: &Path| file.parent().map(Path::to_path_buf);
    let svg = file_of(ComparisonFormat::Svg)?;
    let is_beside = match file_of(ComparisonFormat::Markdown) {
        Some(markdown) => folder(markdown) == folder(svg),
        None => folder(svg).is_some_and(|folder| folder.as_os_str().is_empty()),
    };
    let name = svg.file_name()?.to_str()?;
    is_beside.then(|| name.to_owned())
}

/// Prints what the orders of a block cost, and writes the files that are asked for.
pub(super) fn reordering(reordering: &Reordering, output: &Output<ReorderingFormat>) -> Result<u8> {
    let style = style(output);
    show(output, |format| {
        Ok(match format {
            ReorderingFormat::Text => terminal::reordering(reordering, &style),
            ReorderingFormat::Markdown => markdown::reordering(reordering),
            ReorderingFormat::Json => document::write(reordering),
        })
    })
}

/// Prints how a script grows, and writes the files that are asked for.
pub(super) fn scaling(scaling: &Scaling, output: &Output<ScalingFormat>) -> Result<u8> {
    let style = style(output);
    show(output, |format| {
        Ok(match format {
            ScalingFormat::Text => terminal::scaling(scaling, &style),
            ScalingFormat::Markdown => markdown::scaling(scaling),
            ScalingFormat::Json => document::write(scaling),
            ScalingFormat::Html => html::scaling(scaling),
            ScalingFormat::Svg => svg::scaling(scaling),
        })
    })
}

/// Prints the form that is asked for, and writes those of the files.
fn show<F: Copy>(output: &Output<F>, render: impl Fn(F) -> Result<String>) -> Result<u8> {
    let code = print(&render(output.format)?)?;
    for Export { format, file } in &output.exports {
        write_file(file, &render(*format)?)?;
    }
    Ok(code)
}

fn of_one(one: &Comparison, format: ComparisonFormat, style: &Style) -> String {
    match format {
        ComparisonFormat::Text => terminal::comparison(one, style),
        ComparisonFormat::Markdown => markdown::comparison(one, style),
        ComparisonFormat::Json => document::write(one),
        ComparisonFormat::Html => html::comparison(one, style),
        ComparisonFormat::Csv => csv::comparison(one),
        ComparisonFormat::Junit => junit::comparison(one),
        ComparisonFormat::Svg => svg::comparison(one),
        ComparisonFormat::Github => github::comparison(one, style),
    }
}

fn of_several(several: &Comparisons, format: ComparisonFormat, style: &Style) -> String {
    match format {
        ComparisonFormat::Text => terminal::comparisons(several, style),
        ComparisonFormat::Markdown => markdown::comparisons(several, style),
        ComparisonFormat::Json => document::write(several),
        ComparisonFormat::Html => html::comparisons(several, style),
        ComparisonFormat::Csv => csv::comparisons(several),
        ComparisonFormat::Junit => junit::comparisons(several),
        ComparisonFormat::Svg => svg::comparisons(several),
        ComparisonFormat::Github => github::comparisons(several, style),
    }
}

fn of_recording(
    recording: &Recording,
    format: ProfileFormat,
    output: &ProfileOutput,
) -> Result<String> {
    let style = style(&output.common);
    let options = annotate::Options {
        context: usize::try_from(output.context).unwrap_or(usize::MAX),
        specializations: output.specializations,
        assembly: output
            .assembly
            .filter(|_| shows_instructions(format))
            .map(|it| Assembly::of(recording, it)),
    };
    let profile = || profile::annotate(recording);
    let name = &recording.variant.name;
    let warnings = &recording.warnings;
    Ok(match format {
        ProfileFormat::Text => {
            annotate::text(&profile(), &options, &style) + &annotate::warnings(warnings)
        }
        ProfileFormat::Markdown => markdown::profile(name, &profile(), warnings, &options, &style),
        ProfileFormat::Json => document::write(recording),
        ProfileFormat::Html => {
            html::profile(recording, &profile(), options.assembly.as_ref(), &style)
        }
        ProfileFormat::Csv => csv::profile(&profile()),
        ProfileFormat::Speedscope => stacks::speedscope(recording, &kept_stacks(recording)?),
        ProfileFormat::Collapsed => stacks::collapsed(recording, &kept_stacks(recording)?),
    })
}

/// Whether a form of a profile has instructions. JSON has the recording, with the machine code.
const fn shows_instructions(format: ProfileFormat) -> bool {
    matches!(
        format,
        ProfileFormat::Text | ProfileFormat::Markdown | ProfileFormat::Html
    )
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

/// Appends Markdown to the summary of the run, where GitHub Actions has one.
fn append_summary(text: &str) -> Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = PathBuf::from(path);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| Error::Io {
        action: "write",
        path,
        source,
    })
}
