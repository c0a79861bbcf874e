//! Whether all runs report in one form: values in different units are not compared.

use crate::error::{Error, RegionError, Result};
use crate::recording::{MetricSource, ThroughputSource};
use crate::throughput::{self, Reading};

/// The form of all runs, and the run that had it first.
pub(super) struct Forms {
    first: Option<(String, MetricSource)>,
}

impl Forms {
    pub(super) const fn new() -> Self {
        Self { first: None }
    }

    /// Takes in what a run reported, and gives it in the form of the first. Fails where
    /// that is not possible.
    pub(super) fn agree(&mut self, run: &str, reading: Reading) -> Result<Reading> {
        let Some((first, form)) = &self.first else {
            self.first = Some((run.to_owned(), reading.source.clone()));
            return Ok(reading);
        };
        let found = reading.source.clone();
        let unread = reading.unread.as_ref();
        let unread = unread.map(ToString::to_string).unwrap_or_default();
        throughput::restate(reading, form).ok_or_else(|| {
            let (run, first) = (run.to_owned(), first.clone());
            if found.source == ThroughputSource::Region {
                return unlike_units(run, first, &found, form);
            }
            Error::MetricForm {
                run,
                first,
                found: described(&found),
                wanted: described(form),
                unread,
            }
        })
    }
}

/// That a region is not given in what it was given in by the first run.
fn unlike_units(run: String, first: String, found: &MetricSource, wanted: &MetricSource) -> Error {
    let error = RegionError::UnlikeUnits {
        run,
        first,
        found: found.unit.clone(),
        wanted: wanted.unit.clone(),
    };
    error.into()
}

fn described(source: &MetricSource) -> String {
    if source.source.is_reported() {
        format!("a value in `{}` ({})", source.unit, source.source)
    } else {
        "no rate that could be read".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Throughput, WantedSource};
    use crate::recording::fixture;

    fn reading(line: &str) -> Reading {
        let settings = Throughput {
            source: WantedSource::Auto,
            unit: None,
            better: None,
        };
        throughput::read(&settings, line, "").unwrap()
    }

    /// What the second of two runs reported, in the form of the first.
    fn second(first: &str, second: &str) -> Result<Reading> {
        let mut forms = Forms::new();
        forms.agree("one", reading(first))?;
        forms.agree("two", reading(second))
    }

    #[test]
    fn another_form_of_the_same_is_restated() {
        let reading = second("2.00it/s", "4.00s/it").unwrap();
        assert_eq!(reading.source.unit, "it/s");
        assert!((reading.metric.unwrap().value - 0.25).abs() < 1e-12);
        let reading = second("900 KB/s", "1.1 MB/s").unwrap();
        assert!((reading.metric.unwrap().value - 1.1e6).abs() < 1e-3);
    }

    #[track_caller]
    fn check_error(lines: [&str; 2], expected: &str) {
        let error = second(lines[0], lines[1]).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.exit_code().code(), 2);
    }

    #[test]
    fn a_region_has_units_in_all_runs_or_in_none() {
        let reading = |units| throughput::of_region(&fixture::region("blur", 10, units, 4.0));
        let mut forms = Forms::new();
        forms.agree("one", reading(Some(70.0)).unwrap()).unwrap();
        let error = forms.agree("two", reading(None).unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "two gave the region in `entries/s`, but one in `units/s`"
        );
        assert!(
            error
                .hint()
                .unwrap()
                .contains("both versions, or in neither")
        );
    }

    #[test]
    fn the_run_that_reports_something_else_is_named() {
        check_error(
            ["5 images/s", "5 rows/s"],
            "two reported a value in `rows/s` (the script's output), but one reported a value in \
             `images/s` (the script's output)",
        );
        check_error(
            ["5 images/s", "1,234 images/s"],
            "two reported no rate that could be read, but one reported a value in `images/s` (the \
             script's output)",
        );
        check_error(
            ["nothing", "5 rows/s"],
            "two reported a value in `rows/s` (the script's output), but one reported no rate \
             that could be read",
        );
    }
}
