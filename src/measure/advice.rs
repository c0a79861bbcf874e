//! What has to be said of how a version spent its runs: what of it is not in the report, or
//! is there only by chance.

use std::collections::BTreeMap;

use crate::recording::{Recording, Run, RunKind, Source};
use crate::stats;

/// Part of the processor time that child processes may take before it has to be said, and
/// the seconds that they may.
const MUCH_IN_CHILDREN: (f64, f64) = (0.1, 0.1);

/// Part of the runs below which the measured window is short.
const SHORT_WINDOW: f64 = 0.05;

/// As many functions are not compiled late in a run by chance.
const MANY_COMPILED: usize = 5;

/// How a version spent its runs, apart from what is recorded of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    cpu_s: f64,
    children_s: f64,
    /// Most functions that any run compiled in the second half of its window.
    compiled_late: usize,
    /// Functions that each timed run compiled.
    compiled: Vec<usize>,
}

impl Spent {
    /// Adds a run: the processor time of all of it and that of its child processes, in
    /// seconds, and how many functions it compiled late.
    pub(super) fn add(&mut self, cpu_s: f64, children_s: f64, compiled_late: usize) {
        self.cpu_s += cpu_s;
        self.children_s += children_s;
        self.compiled_late = self.compiled_late.max(compiled_late);
    }

    /// Adds how many functions a timed run compiled.
    pub(super) fn add_compiled(&mut self, functions: usize) {
        self.compiled.push(functions);
    }

    /// What has to be said of the runs of a version.
    pub(super) fn warnings(&self, variant: &str, recording: &Recording) -> Vec<String> {
        let (runs, sources) = (&recording.blocks[0].runs[..], &recording.sources[..]);
        // A region is as long as it is.
        let is_whole = recording.settings.region.is_none();
        let said = [
            self.work_in_children(variant, runs.len()),
            self.compiling_anew(variant),
            self.cold_start(variant),
            short_window(variant, runs).filter(|_| is_whole),
            only_packages(variant, runs, sources),
        ];
        said.into_iter().flatten().collect()
    }

    fn work_in_children(&self, variant: &str, runs: usize) -> Option<String> {
        let (part, seconds) = MUCH_IN_CHILDREN;
        let each_s = self.children_s / stats::samples(runs as u64);
        (self.children_s > part * self.cpu_s && each_s > seconds).then(|| {
            format!(
                "`{variant}` also works in child processes, for {each_s:.1} s of processor time \
                 per run: the report covers only the process that profila started; `--children \
                 follow` measures those that run Python as well"
            )
        })
    }

    fn compiling_anew(&self, variant: &str) -> Option<String> {
        let late = self.compiled_late;
        (late >= MANY_COMPILED).then(|| {
            format!(
                "`{variant}` still compiled {late} functions in the second half of its window: a \
                 function that is defined in a loop, or called with new types each time, is \
                 compiled again each time; the report does not include that time"
            )
        })
    }

    fn cold_start(&self, variant: &str) -> Option<String> {
        let (first, others) = self.compiled.split_first()?;
        let more = first.checked_sub(*others.iter().max()?)?;
        let functions = if more == 1 { "function" } else { "functions" };
        (more > 0).then(|| {
            format!(
                "the first timed run of `{variant}` compiled {more} {functions} that later ones \
                 loaded from Numba's cache, so it may be slower; `warmup = 1` in [compare] adds a \
                 run before it that does not count"
            )
        })
    }
}

fn short_window(variant: &str, runs: &[Run]) -> Option<String> {
    let sum = |seconds: fn(&Run) -> f64| runs.iter().map(seconds).sum();
    let part = part_in_window(
        sum(|run| run.window_s),
        sum(|run| run.wall_s),
        sum(|run| run.cpu_s),
    );
    (part < SHORT_WINDOW).then(|| {
        format!(
            "only {:.1}% of a run of `{variant}` is in the measured window, which begins when the \
             first function is compiled: have the script repeat its work for longer",
            100.0 * part
        )
    })
}

/// The part of a run that its window is. Where a machine is busy imports wait, but take no
/// more processor time; with several threads they take less of it than the window.
fn part_in_window(window_s: f64, wall_s: f64, cpu_s: f64) -> f64 {
    window_s / wall_s.min(cpu_s)
}

/// Where no sample is in a file of the user's: how the lines of the package that has most
/// of them can be shown.
fn only_packages(variant: &str, runs: &[Run], sources: &[Source]) -> Option<String> {
    let is_users = |file: &str| {
        let source = sources.iter().find(|source| source.path == file);
        source.is_some_and(|source| source.user)
    };
    let profiles = runs
        .iter()
        .filter(|run| run.kind == RunKind::Profiled)
        .filter_map(|run| run.profile.as_ref());
    let mut packages: BTreeMap<&str, u64> = BTreeMap::new();
    for line in profiles.flat_map(|profile| &profile.lines) {
        if line.owned > 0 && is_users(&line.file) {
            return None;
        }
        let (package, rest) = line.file.split_once('/').unwrap_or((&line.file, ""));
        let is_installed = !rest.is_empty() && !package.is_empty();
        if is_installed && line.owned > 0 {
            *packages.entry(package).or_default() += line.owned;
        }
    }
    let (package, _) = packages.into_iter().max_by_key(|&(_, samples)| samples)?;
    Some(format!(
        "all samples of `{variant}` in Numba code are in installed packages: `--include \
         '{package}/*'` shows the lines of the package with the most samples"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(cpu_s: f64, children_s: f64, late: usize, compiled: &[usize]) -> Spent {
        let mut spent = Spent::default();
        spent.add(cpu_s, children_s, late);
        spent.compiled.extend(compiled);
        spent
    }

    #[track_caller]
    fn check(said: Option<String>, words: Option<&str>) {
        let said = said.unwrap_or_default();
        let is_right = words.map_or(said.is_empty(), |words| said.contains(words));
        assert!(is_right, "{said:?} instead of {words:?}");
    }

    #[test]
    fn much_work_of_child_processes_is_said() {
        let said = |cpu_s, children_s| spent(cpu_s, children_s, 0, &[]).work_in_children("a", 1);
        check(said(10.0, 4.0), Some("4.0 s of processor time"));
        check(said(10.0, 0.9), None);
        check(said(0.5, 0.09), None);
    }

    #[test]
    fn compiling_late_is_said() {
        check(spent(1.0, 0.0, 4, &[]).compiling_anew("a"), None);
        check(
            spent(1.0, 0.0, 5, &[]).compiling_anew("a"),
            Some("5 functions"),
        );
    }

    #[test]
    fn a_short_window_is_short_on_a_busy_machine_too() {
        let is_short =
            |window_s, wall_s, cpu_s| part_in_window(window_s, wall_s, cpu_s) < SHORT_WINDOW;
        assert!(is_short(0.1, 3.0, 2.9));
        // It waited for a processor.
        assert!(!is_short(0.6, 16.0, 2.9));
        // It had eight threads.
        assert!(!is_short(2.0, 3.0, 17.0));
    }

    #[test]
    fn a_first_run_that_is_cold_is_said() {
        let said = |compiled: &[usize]| spent(1.0, 0.0, 0, compiled).cold_start("a");
        check(said(&[9, 2, 3]), Some("compiled 6 functions"));
        check(said(&[3, 2, 2]), Some("compiled 1 function that"));
        check(said(&[2, 2, 3]), None);
        check(said(&[9]), None);
    }
}
