//! `profila scale`: as which power of a size each line of a script grows.

use std::path::Path;

use super::progress::Progress;
use super::show;
use crate::config::{self, ScaleTask};
use crate::error::{Error, ExitCode, Result};
use crate::measure::{Rounds, Surroundings};
use crate::process::Interrupts;
use crate::scaling::{Subject, conclude};

/// Measures a script at several sizes, and shows how it grows.
pub(super) fn scale(task: &ScaleTask, here: &Path) -> Result<u8> {
    config::require_scripts(&task.experiment.variants)?;
    show::require_writable_exports(&task.output)?;
    let interrupts = Interrupts::install()?;
    // The bar is gone before anything else is said.
    let recordings = {
        let progress = Progress::new(task.verbosity).giving_advice();
        let surroundings = Surroundings {
            here,
            interrupts: &interrupts,
            observer: &progress,
        };
        Rounds::new(&task.experiment, surroundings)?.finish()?
    };
    let subject = Subject {
        program: task.program.clone(),
        parameter: task.parameter.clone(),
        sizes: task.sizes.clone(),
        attribution: task.judging.attribution,
        confidence: task.judging.options.confidence,
    };
    let scaling = conclude(&subject, recordings).map_err(|error| Error::Incomparable {
        cause: error.to_string(),
    })?;
    show::scaling(&scaling, &task.output)?;
    Ok(ExitCode::Success.code())
}
