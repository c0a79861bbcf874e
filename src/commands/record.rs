//! `profila record`: measure one script, and keep what was measured.

use super::progress::Progress;
use super::{here, require_writable, say, write_file};
use crate::cli::{GlobalArgs, RecordArgs};
use crate::config::{self, Verbosity};
use crate::document;
use crate::error::{ExitCode, Result};
use crate::measure::{Rounds, Surroundings};
use crate::process::Interrupts;

pub(super) fn record(args: &RecordArgs, global: &GlobalArgs) -> Result<u8> {
    let here = here()?;
    let document = config::discover(args.config.config.as_deref(), &here)?;
    let config = config::record(args, global, document.as_ref(), &here)?;
    config::require_scripts(&config)?;
    require_writable(Some(&args.output))?;
    let surroundings = Surroundings {
        here: &here,
        interrupts: &Interrupts::install()?,
        observer: &Progress::new(config.output.verbosity),
    };
    for recording in Rounds::new(&config, surroundings)?.finish()? {
        write_file(&args.output, &document::write(&recording))?;
    }
    if config.output.verbosity != Verbosity::Quiet {
        say(&format!("wrote {}", args.output.display()));
    }
    Ok(ExitCode::Success.code())
}
