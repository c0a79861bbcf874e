//! `profila annotate`: where one script spends its time.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::progress::Progress;
use super::show::{self, Kind};
use super::{End, here, print, require_writable, say, write_file};
use crate::cli::{AnnotateArgs, GlobalArgs};
use crate::config::{self, Format};
use crate::document::{self, AnyDocument};
use crate::error::{ExitCode, Result};
use crate::measure::{self, Surroundings, ending};
use crate::process::Interrupts;

pub(super) fn annotate(args: &AnnotateArgs, global: &GlobalArgs) -> Result<End> {
    let here = here()?;
    let document = config::discover(args.config.config.as_deref(), &here)?;
    let config = config::annotate(args, global, document.as_ref(), &here)?;
    config::require_scripts(&config)?;
    show::require(Kind::Profile, &config.output)?;
    require_writable(config.output.save.as_deref())?;
    let surroundings = Surroundings {
        here: &here,
        interrupts: &Interrupts::install()?,
        observer: &Progress::new(config.output.verbosity),
    };
    let observed = measure::observe(&config, surroundings)?;
    match observed.recording {
        Ok(recording) => {
            let kept = match &config.output.save {
                Some(file) => write_file(file, &document::write(&recording)),
                None => Ok(()),
            };
            let seen = recording.seen(config.sampling.attribution).into_owned();
            if config.output.format == Format::Text {
                // What the script printed may not end its line.
                print("\n")?;
            }
            show::show(&AnyDocument::Recording(Box::new(seen)), &config.output)?;
            // The report is not lost with what could not be written.
            kept?;
        }
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

/// This process ends as the script did.
fn as_the_script(status: ExitStatus) -> End {
    if let Some(signal) = status.signal() {
        return End::Signal(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    End::Code(code.unwrap_or(ExitCode::Script.code()))
}
