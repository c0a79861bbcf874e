//! `profila record`: measure one script, and keep what was measured.

use std::path::Path;

use super::output_file::{require_writable, write_file};
use super::progress::Progress;
use super::streams::say;
use crate::config::{self, RecordTask, Verbosity};
use crate::document;
use crate::error::{ExitCode, Result};
use crate::measure::{Rounds, Surroundings};
use crate::process::Interrupts;

pub(super) fn record(task: &RecordTask, here: &Path) -> Result<u8> {
    let RecordTask {
        experiment,
        file,
        verbosity,
    } = task;
    config::require_scripts(&experiment.variants)?;
    require_writable(Some(file))?;
    let interrupts = Interrupts::install()?;
    // The bar is gone before anything else is said.
    let recordings = {
        let surroundings = Surroundings {
            here,
            interrupts: &interrupts,
            observer: &Progress::new(*verbosity).giving_advice(),
        };
        Rounds::new(experiment, surroundings)?.finish()?
    };
    for recording in recordings {
        write_file(file, &document::write(&recording))?;
    }
    if *verbosity != Verbosity::Quiet {
        say(&format!("wrote {}", file.display()));
    }
    Ok(ExitCode::Success.code())
}
