//! `profila annotate`: where one script spends its time.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::slice;

use super::End;
use super::output_file::{require_writable, write_file};
use super::progress::Progress;
use super::show;
use super::streams::{print, say};
use crate::config::{self, ProfileFormat, ProfileTask};
use crate::document;
use crate::error::{Error, ExitCode, Result};
use crate::measure::{self, Surroundings, ending};
use crate::process::Interrupts;
use crate::recording::Recording;

pub(super) fn annotate(task: &ProfileTask, here: &Path) -> Result<End> {
    config::require_scripts(slice::from_ref(&task.single.variant))?;
    show::require_writable_exports(&task.output.common)?;
    require_writable(task.save.as_deref())?;
    let surroundings = Surroundings {
        here,
        interrupts: &Interrupts::install()?,
        observer: &Progress::new(task.verbosity),
    };
    let profiled = measure::profile_once(&task.single, surroundings)?;
    match profiled.recording {
        Ok(recording) => keep_and_show(&recording, task)?,
        // Somebody may have killed it.
        Err(error) if profiled.status.signal().is_some() => say(&format!(
            "the script {}; no profile: {}",
            ending(profiled.status),
            error.line()
        )),
        // Nobody but the suite would know its words.
        Err(error @ Error::Suite(_)) => return Err(error),
        // A script that failed has said so itself.
        Err(error) if !profiled.status.success() => say(&format!("no profile: {}", error.line())),
        Err(error) => return Err(error),
    }
    Ok(as_the_script(profiled.status))
}

fn keep_and_show(recording: &Recording, task: &ProfileTask) -> Result<()> {
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
