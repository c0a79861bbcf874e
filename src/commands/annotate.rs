//! `profila annotate`: where one script spends its time.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::slice;

use super::progress::Progress;
use super::show;
use super::{End, print, require_writable, say, write_file};
use crate::config::{self, ObserveTask, ProfileFormat};
use crate::document;
use crate::error::{ExitCode, Result};
use crate::measure::{self, Surroundings, ending};
use crate::process::Interrupts;
use crate::recording::Recording;

pub(super) fn annotate(task: &ObserveTask, here: &Path) -> Result<End> {
    config::require_scripts(slice::from_ref(&task.observation.variant))?;
    show::require_writable_exports(&task.output.common)?;
    require_writable(task.save.as_deref())?;
    let surroundings = Surroundings {
        here,
        interrupts: &Interrupts::install()?,
        observer: &Progress::new(task.verbosity),
    };
    let observed = measure::observe(&task.observation, surroundings)?;
    match observed.recording {
        Ok(recording) => keep_and_show(&recording, task)?,
        // Somebody may have killed it.
        Err(error) if observed.status.signal().is_some() => say(&format!(
            "the script {}; no profile: {}",
            ending(observed.status),
            error.line()
        )),
        // A script that failed has said so itself.
        Err(error) if !observed.status.success() => say(&format!("no profile: {}", error.line())),
        Err(error) => return Err(error),
    }
    Ok(as_the_script(observed.status))
}

fn keep_and_show(recording: &Recording, task: &ObserveTask) -> Result<()> {
    let kept = match &task.save {
        Some(file) => write_file(file, &document::write(recording)),
        None => Ok(()),
    };
    if task.output.common.format == ProfileFormat::Text {
        // What the script printed may not end its line.
        print("\n")?;
    }
    show::profile(&recording.seen(task.attribution), &task.output)?;
    // The report is not lost with what could not be written.
    kept
}

/// This process ends as the script did.
fn as_the_script(status: ExitStatus) -> End {
    if let Some(signal) = status.signal() {
        return End::Signal(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    End::Code(code.unwrap_or(ExitCode::Script.code()))
}
