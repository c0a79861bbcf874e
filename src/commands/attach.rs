//! `profila attach`: where a process that runs already spends its time.

use std::path::Path;

use super::output_file::{require_writable, write_file};
use super::progress::Progress;
use super::show;
use crate::config::AttachTask;
use crate::document;
use crate::error::Result;
use crate::measure::{self, Surroundings};
use crate::process::Interrupts;

pub(super) fn attach(task: &AttachTask, here: &Path) -> Result<u8> {
    show::require_writable_exports(&task.output.common)?;
    require_writable(task.save.as_deref())?;
    let surroundings = Surroundings {
        here,
        interrupts: &Interrupts::install()?,
        observer: &Progress::new(task.verbosity),
    };
    let recording = measure::profile_attached(&task.attach, surroundings)?;
    let kept = match &task.save {
        Some(file) => write_file(file, &document::write(&recording)),
        None => Ok(()),
    };
    let code = show::profile(&recording.seen(task.attribution), &task.output)?;
    // The report is not lost with what could not be written.
    kept.map(|()| code)
}
