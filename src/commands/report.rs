//! `profila report`: show again what was measured or concluded before.

use super::show::{self, Kind};
use super::{here, read_file, unreadable};
use crate::cli::{GlobalArgs, ReportArgs};
use crate::config;
use crate::document::{self, AnyDocument};
use crate::error::{Error, ExitCode, Result};

pub(super) fn report(args: &ReportArgs, global: &GlobalArgs) -> Result<u8> {
    let document = config::discover(args.config.config.as_deref(), &here()?)?;
    let output = config::output(args, global, document.as_ref());
    if let ([_, _, ..], [export, ..]) = (args.files.as_slice(), output.exports.as_slice()) {
        return Err(Error::Usage {
            message: format!(
                "{} reports cannot be written to one file, `{}`",
                args.files.len(),
                export.file.display()
            ),
            hint: Some("give one file, or omit the --export options".to_owned()),
        });
    }
    // All are read before any is shown.
    let mut documents: Vec<AnyDocument> = Vec::new();
    for file in &args.files {
        let read = document::read_any(&read_file(file)?);
        let document = read.map_err(|error| unreadable(file, error))?;
        show::require(Kind::of(&document), &output)?;
        documents.push(document);
    }
    for document in &documents {
        show::show(document, &output)?;
    }
    Ok(ExitCode::Success.code())
}
