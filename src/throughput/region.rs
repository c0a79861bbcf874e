//! The throughput of a region of a script.

use super::Reading;
use crate::recording::{Better, Metric, MetricSource, RegionRun, ThroughputSource};

/// The region in which what runs a benchmark of a suite calls it. Its units are calls.
pub const CALLS: &str = "calls of the benchmark";

/// Units of work for each second in a region, or entries where the script does not say how many
/// units they are; `None` where that is no number above 0.
pub fn of_region(region: &RegionRun) -> Option<Reading> {
    let work = match (region.name.as_written(), region.units) {
        (CALLS, _) => "calls",
        (_, Some(_)) => "units",
        (_, None) => "entries",
    };
    let unit = format!("{work}/s");
    let value = region.work() / region.seconds;
    (value.is_finite() && value > 0.0).then(|| Reading {
        metric: Some(Metric {
            name: region.name.as_written().to_owned(),
            unit: unit.clone(),
            value,
            step: None,
        }),
        source: MetricSource {
            source: ThroughputSource::Region,
            unit,
            better: Better::Higher,
        },
        unread: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::fixture;

    /// The throughput of a region of ten entries in four seconds.
    fn throughput(units: Option<f64>) -> Option<(f64, String)> {
        let reading = of_region(&fixture::region("a", 10, units, 4.0))?;
        Some((reading.metric?.value, reading.source.unit))
    }

    #[test]
    fn units_count_where_there_are_any() {
        assert_eq!(throughput(None), Some((2.5, "entries/s".to_owned())));
        assert_eq!(throughput(Some(2.0)), Some((0.5, "units/s".to_owned())));
        assert_eq!(throughput(Some(0.0)), None);
    }
}
