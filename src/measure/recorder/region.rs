//! The region that alone is measured.

use super::Recorder;
use crate::error::{RegionError, Result};
use crate::measure::run::FinishedRun;
use crate::recording::RegionRun;
use crate::sample::regions::Uncounted;

impl Recorder<'_> {
    /// The region that alone is measured, if one was named, of those that a run entered. Fails
    /// where it did not enter that, or did not say what it did in it.
    pub(super) fn region<'r>(
        &self,
        run: &str,
        finished: &FinishedRun,
        regions: &'r [RegionRun],
        uncounted: &[Uncounted],
    ) -> Result<Option<&'r RegionRun>> {
        let Some(wanted) = &self.recording.settings.region else {
            return Ok(None);
        };
        let run = run.to_owned();
        if let Some(why) = finished.without_regions.clone() {
            return Err(RegionError::Incomplete { run, why }.into());
        }
        let region = wanted.as_written().to_owned();
        let found = regions.iter().find(|it| it.name == *wanted);
        let uncounted = uncounted.iter().find(|it| it.region == region);
        let error = match (found, uncounted) {
            (Some(_), Some(uncounted)) if uncounted.without_units > 0 => RegionError::MixedUnits {
                run,
                region,
                without: uncounted.without_units,
                entries: uncounted.counted,
            },
            (Some(found), _) => return Ok(Some(found)),
            (None, Some(uncounted)) => RegionError::Early {
                run,
                region,
                entries: uncounted.early,
            },
            (None, None) => RegionError::Missing {
                run,
                region,
                others: regions
                    .iter()
                    .map(|it| it.name.as_written().to_owned())
                    .collect(),
            },
        };
        Err(error.into())
    }
}
