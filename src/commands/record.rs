//! `profila record`: measure one script, and keep what was measured.

use super::measure::Laboratory;
use super::{here, install_interrupts, require_writable, say, write_file};
use crate::cli::{GlobalArgs, RecordArgs};
use crate::config::{self, Verbosity};
use crate::error::{ExitCode, Result};
use crate::plan::{Size, plan};
use crate::report::json;
use crate::target::Streams;

pub(super) fn record(args: &RecordArgs, global: &GlobalArgs) -> Result<u8> {
    let here = here()?;
    let document = config::discover(args.config.config.as_deref(), &here)?;
    let config = config::record(args, global, document.as_ref(), &here)?;
    config::require_scripts(&config)?;
    require_writable(Some(&args.output))?;
    let interrupts = install_interrupts()?;
    let laboratory = Laboratory::new(&config, &here, &interrupts)?;
    let size = Size {
        variants: 1,
        rounds: config.compare.rounds,
        warm_up: config.compare.warmup,
    };
    let steps = plan(size, config.compare.seed);
    for recording in laboratory.measure(&steps, Streams::Capture)? {
        write_file(&args.output, &json::write(&recording))?;
    }
    if config.output.verbosity != Verbosity::Quiet {
        say(&format!("wrote {}", args.output.display()));
    }
    Ok(ExitCode::Success.code())
}
