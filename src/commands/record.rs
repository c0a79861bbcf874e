//! `profila record`: measure one script, and keep what was measured.

use super::measure::{Laboratory, Looks};
use super::{here, install_interrupts, require_writable, say, write_file};
use crate::cli::{GlobalArgs, RecordArgs};
use crate::config::{self, Rounds, Verbosity};
use crate::document;
use crate::error::{ExitCode, Result};
use crate::plan::{Size, plan};

/// Rounds of a recording, where the user does not fix them.
const ROUNDS: u32 = 6;

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
        rounds: match config.compare.rounds {
            Rounds::Fixed(rounds) => rounds,
            // There is nothing to compare with yet.
            Rounds::UpTo(most) => most.min(ROUNDS),
        },
        warm_up: config.compare.warmup,
    };
    let steps = plan(size, config.compare.seed);
    for recording in laboratory.measure(&steps, &Looks::NONE)? {
        write_file(&args.output, &document::write(&recording))?;
    }
    if config.output.verbosity != Verbosity::Quiet {
        say(&format!("wrote {}", args.output.display()));
    }
    Ok(ExitCode::Success.code())
}
