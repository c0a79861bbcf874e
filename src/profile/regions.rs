//! What the runs of a recording did in the regions of their script.

use crate::foreign::ForeignText;
use crate::recording::{Recording, RegionRun, Run, RunKind};
use crate::stats;

/// What runs did in one region: means of all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledRegion {
    /// The name that the script gives it.
    pub name: ForeignText,
    /// How often a run entered it.
    pub entries: f64,
    /// Units of work that a run did there; absent where an entry is a unit.
    pub units: Option<f64>,
    /// Seconds for which it was open in a run.
    pub seconds: f64,
    /// Which part of the measured window that is.
    pub share: f64,
}

/// The regions of a script in its timed runs, or in its profiled ones where there are no others,
/// in the order in which they were first entered. None where one of them alone was measured.
pub(crate) fn regions(recording: &Recording) -> Vec<PooledRegion> {
    if recording.settings.region.is_some() {
        return Vec::new();
    }
    let of_kind = |kind| -> Vec<&Run> {
        let runs = recording.runs().filter(|run| run.kind == kind);
        runs.collect()
    };
    let timed = of_kind(RunKind::Timed);
    let runs = if timed.is_empty() {
        of_kind(RunKind::Profiled)
    } else {
        timed
    };
    let mut names: Vec<&ForeignText> = Vec::new();
    for region in runs.iter().flat_map(|run| &run.regions) {
        if !names.contains(&&region.name) {
            names.push(&region.name);
        }
    }
    let names = names.into_iter();
    names.map(|name| pooled(name, &runs)).collect()
}

fn pooled(name: &ForeignText, runs: &[&Run]) -> PooledRegion {
    let of_run = |run: &&Run| run.regions.iter().find(|it| it.name == *name).cloned();
    let found: Vec<RegionRun> = runs.iter().filter_map(of_run).collect();
    let mean = |of: &dyn Fn(&RegionRun) -> f64| {
        let sum: f64 = found.iter().map(of).sum();
        sum / stats::count(runs.len())
    };
    let seconds = mean(&|it| it.seconds);
    let window_s: f64 = runs.iter().map(|run| run.window_s).sum();
    let window_s = window_s / stats::count(runs.len());
    let has_units = found.iter().any(|it| it.units.is_some());
    PooledRegion {
        name: name.clone(),
        entries: mean(&|it| stats::samples(it.entries)),
        units: has_units.then(|| mean(&|it| it.units.unwrap_or_default())),
        seconds,
        share: if window_s > 0.0 {
            seconds / window_s
        } else {
            0.0
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::fixture::{self, region};

    #[test]
    fn regions_are_means_of_runs() {
        let mut recording = fixture::recording("a.py", "a.py");
        let mut runs = [(1, 4.0), (2, 6.0)].map(|(round, s)| fixture::timed_run(round, 0, s));
        runs[0].regions = vec![
            region("load", 1, None, 1.0),
            region("work", 4, Some(40.0), 2.0),
        ];
        runs[1].regions = vec![region("load", 1, None, 2.0)];
        recording.blocks[0].runs = runs.into();
        let shown = |recording: &Recording| -> Vec<_> {
            let regions = regions(recording).into_iter();
            regions
                .map(|it| {
                    let name = it.name.as_written().to_owned();
                    (name, it.entries, it.units, it.seconds, it.share)
                })
                .collect()
        };
        assert_eq!(
            shown(&recording),
            [
                ("load".to_owned(), 1.0, None, 1.5, 0.3),
                ("work".to_owned(), 2.0, Some(20.0), 1.0, 0.2)
            ]
        );
        recording.settings.region = Some("work".into());
        assert!(shown(&recording).is_empty());
    }
}
