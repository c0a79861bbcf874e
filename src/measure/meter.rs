//! What a run counted.

use super::forms::Forms;
use super::last_lines;
use super::run::FinishedRun;
use crate::error::{Error, RegionError, Result};
use crate::process::Captured;
use crate::recording::RegionRun;
use crate::throughput::{self, Clock, Fault, Reading, Throughput, WantedSource};

/// Reads what runs counted, all of them in one form.
pub(super) enum Meter<'a> {
    /// By what they report.
    Reported {
        /// Where to look for that.
        settings: &'a Throughput,
        /// The form that all of them have to have.
        forms: Forms,
    },
    /// By the seconds of the window, whatever they print: it is not captured.
    Window,
}

impl<'a> Meter<'a> {
    /// Reads what runs report.
    pub(super) const fn new(settings: &'a Throughput) -> Self {
        Self::Reported {
            settings,
            forms: Forms::new(),
        }
    }

    /// What the run with this name counted: in a region, if only that is measured. Fails where it
    /// did not report anything that can be compared with the others.
    pub(super) fn read(
        &mut self,
        run: &str,
        finished: &FinishedRun,
        region: Option<&RegionRun>,
    ) -> Result<Reading> {
        if let Some(region) = region {
            let reading = throughput::of_region(region);
            let reading = reading.ok_or_else(|| without_units(run, region))?;
            return match self {
                Self::Reported { forms, .. } => forms.agree(run, reading),
                Self::Window => Ok(reading),
            };
        }
        match (self, &finished.captured) {
            (Self::Reported { settings, forms }, Some(captured)) => {
                let reading = reported(settings, run, captured, &finished.metrics)?;
                forms.agree(run, reading)
            }
            _ => Ok(throughput::seconds(Clock::Window)),
        }
    }
}

/// That nothing was done in a region, as far as the script says.
fn without_units(run: &str, region: &RegionRun) -> Error {
    let error = RegionError::WithoutUnits {
        run: run.to_owned(),
        region: region.name.as_written().to_owned(),
        entries: region.entries,
    };
    error.into()
}

fn reported(
    settings: &Throughput,
    run: &str,
    captured: &Captured,
    metrics: &str,
) -> Result<Reading> {
    let stdout = String::from_utf8_lossy(&captured.stdout);
    let reading = throughput::read(settings, &stdout, metrics);
    reading.map_err(|fault| explained(fault, settings, run.to_owned(), &captured.stdout))
}

/// Why a run has no value.
fn explained(fault: Fault, settings: &Throughput, run: String, stdout: &[u8]) -> Error {
    match fault {
        Fault::Missing => Error::MetricMissing {
            run,
            pattern: match &settings.source {
                WantedSource::Pattern(pattern) => pattern.to_string(),
                _ => "{\"value\": …} in the file named by PROFILA_METRICS".to_owned(),
            },
            stdout: last_lines(stdout),
        },
        Fault::Unusable(value) => Error::MetricUnusable { run, value },
        Fault::Undirected { value, unit } => Error::MetricUndirected { run, value, unit },
        Fault::OtherUnit {
            value,
            unit,
            wanted,
        } => Error::MetricUnit {
            run,
            value,
            unit,
            wanted,
        },
        Fault::Ambiguous { value, readings } => Error::MetricAmbiguous {
            run,
            value,
            readings,
        },
    }
}
