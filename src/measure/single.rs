//! A single run, as the user would make it.

use std::process::ExitStatus;
use std::slice;

use super::Surroundings;
use super::laboratory::{Conditions, Laboratory};
use super::meter::Meter;
use super::recorder::{Protocol, Recorder};
use crate::config::SingleRun;
use crate::error::Result;
use crate::options::Placement;
use crate::plan::{Purpose, Step};
use crate::process::Streams;
use crate::recording::{Chosen, Recording};

/// What a single run with the user's own streams came to.
#[derive(Debug)]
pub(crate) struct SingleProfile {
    /// How the script ended.
    pub status: ExitStatus,
    /// What was measured of it, or why nothing was.
    pub recording: Result<Recording>,
}

/// Makes one profiled run, with the user's own streams.
///
/// Fails where nothing could be run; what kept it from being measured is in the result, beside
/// how the script ended.
pub(crate) fn profile_once(
    single: &SingleRun,
    surroundings: Surroundings<'_>,
) -> Result<SingleProfile> {
    let conditions = Conditions {
        run: &single.run,
        sampling: &single.sampling,
        seed: single.seed,
        placement: Placement::Fixed,
    };
    let variants = slice::from_ref(&single.variant);
    let laboratory = Laboratory::new(variants, conditions, surroundings)?;
    let step = Step {
        round: 1,
        position: 0,
        variant: 0,
        purpose: Purpose::Profiled,
    };
    let protocol = Protocol::new(conditions, laboratory.rate_hz(), Chosen::Found, &[], None);
    let (variant, setup) = (&single.variant, laboratory.setup(step));
    let mut recorder = Recorder::new(variant, setup, &conditions.run.cwd, &protocol)?;
    let mut finished = laboratory.run(step, Streams::Inherit)?;
    let status = finished.exit.status;
    let measured = match finished.failure.take() {
        Some(error) => Err(error),
        None => recorder.record(step, &finished, &mut Meter::Window),
    };
    Ok(SingleProfile {
        status,
        recording: measured.map(|()| recorder.into_recording()),
    })
}
