//! `profila report`: show again what was measured or concluded before.

use super::show::{self, Kind};
use super::{read_file, unreadable};
use crate::config::ShowTask;
use crate::document::{self, AnyDocument};
use crate::error::{ExitCode, Result};

pub(super) fn report(task: &ShowTask) -> Result<u8> {
    // All are read before any is shown.
    let mut documents: Vec<AnyDocument> = Vec::new();
    for file in &task.files {
        let read = document::read_any(&read_file(file)?);
        let document = read.map_err(|error| unreadable(file, error))?;
        show::require(Kind::of(&document), &task.output)?;
        documents.push(document);
    }
    for document in &documents {
        show::show(document, &task.output)?;
    }
    Ok(ExitCode::Success.code())
}
