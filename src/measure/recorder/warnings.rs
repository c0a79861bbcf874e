//! What the reader of a recording has to know of its runs, its samples and its sources.

use std::os::unix::process::ExitStatusExt;

use super::BRIEFLY_S;
use crate::measure::ending;
use crate::measure::run::{FinishedRun, MOST_AT_ONCE};
use crate::process::python::KNOWN_NUMBAS;
use crate::recording::{CountedEvents, Processes, ProfiledRun, RegionRun, Run};
use crate::sample::regions::Uncounted;
use crate::stats;
use crate::throughput::Unread;

/// Part of the samples that may be unreadable before it has to be said.
const MUCH_BAD: f64 = 0.05;

/// Attempts of a run that saw nothing of what its threads do, and their part of all attempts, from
/// which on shares of parallel code are noticeably too small.
const MANY_UNSEEN: usize = 20;
const MUCH_UNSEEN: f64 = 0.3;

/// Part of the window that stops for signals may take before it has to be said.
const MUCH_STOPPED: f64 = 0.02;

/// Part of the time that a counter has to have counted for its numbers to be whole.
const WHOLE_TIME: f64 = 0.98;

/// How many these have to be: a few may take that part of a short window, on a busy machine.
const MANY_SIGNALS: usize = 20;

/// What has to be said of a run of the version with this name.
pub(super) fn of_run(name: &str, finished: &FinishedRun) -> impl Iterator<Item = String> {
    let said = [
        fallback(name, finished),
        without_twin(name, finished),
        without_remarks(name, finished),
        without_parallel_remarks(name, finished),
        ended_by_signal(name, finished),
        unheard(name, finished),
        kernel_missed(name, finished),
        uncounted(name, finished),
        counted_in_turns(name, finished),
        without_regions(name, finished),
    ];
    said.into_iter().flatten()
}

/// What has to be said of the children of a run, and why one of them could not be watched.
pub(super) fn of_processes(name: &str, processes: &Processes, why: Option<&str>) -> Vec<String> {
    let Processes {
        unwatched,
        left_out,
        ..
    } = *processes;
    let counted = |count: u64| match count {
        1 => "1 child process".to_owned(),
        _ => format!("{count} child processes"),
    };
    let unwatched = (unwatched > 0).then(|| {
        format!(
            "`{name}`: {} could not be watched and {} no samples: {}",
            counted(unwatched),
            if unwatched == 1 { "has" } else { "have" },
            why.unwrap_or("the reason is unknown")
        )
    });
    let left_out = (left_out > 0).then(|| {
        format!(
            "`{name}`: {} {} not followed, because at most {MOST_AT_ONCE} can be at once, \
             with some descriptors for each (`ulimit -n`): what they did is not in the report",
            counted(left_out),
            if left_out == 1 { "was" } else { "were" }
        )
    });
    unwatched.into_iter().chain(left_out).collect()
}

/// What has to be said of the regions of a run: of the one that is measured, or of all.
pub(super) fn of_regions(
    name: &str,
    measured: Option<&RegionRun>,
    regions: &[RegionRun],
    uncounted: &[Uncounted],
) -> Vec<String> {
    let matters = |region: &str| measured.is_none_or(|it| it.name.as_written() == region);
    let uncounted = uncounted.iter().filter(|it| matters(&it.region));
    let uncounted = uncounted.flat_map(|it| [early(name, it), mixed_units(name, it)]);
    let open = regions.iter().filter(|it| it.left_open > 0);
    let open = open.map(|it| it.name.as_written());
    let open: Vec<&str> = open.filter(|it| matters(it)).collect();
    uncounted.flatten().chain(left_open(name, &open)).collect()
}

/// That entries of a region began before the measured window.
fn early(name: &str, uncounted: &Uncounted) -> Option<String> {
    let Uncounted { region, early, .. } = uncounted;
    let (entries, are, they) = match early {
        0 => return None,
        1 => ("entry", "is", "it"),
        _ => ("entries", "are", "they"),
    };
    Some(format!(
        "`{name}`: {early} {entries} of the region `{region}` {are} left out, because {they} began \
         before the first compilation was over"
    ))
}

/// That only a part of the entries of a region has units.
fn mixed_units(name: &str, uncounted: &Uncounted) -> Option<String> {
    let Uncounted {
        region,
        without_units,
        counted,
        ..
    } = uncounted;
    (*without_units > 0).then(|| {
        format!(
            "`{name}`: {without_units} of the {counted} entries of the region `{region}` have no \
             units, so its units are too few: give those of every entry, 0 where it does no work, \
             or of none"
        )
    })
}

/// That regions were open when the process ended.
fn left_open(name: &str, regions: &[&str]) -> Option<String> {
    (!regions.is_empty()).then(|| {
        let names: Vec<String> = regions.iter().map(|it| format!("`{it}`")).collect();
        format!(
            "`{name}` ended within its region {}, which counts up to the end of the measured window",
            names.join(" and ")
        )
    })
}

/// That samples are missing which the user may expect.
fn kernel_missed(name: &str, finished: &FinishedRun) -> Option<String> {
    finished.watched.misses_kernel.then(|| {
        format!(
            "`{name}`: the time that the kernel spends on behalf of the script has no samples, \
             such as when memory is first written to: `sudo sysctl kernel.perf_event_paranoid=1` shows it until \
             the next boot, and so does `--sampler gdb`"
        )
    })
}

/// What was to be counted and was not.
fn uncounted(name: &str, finished: &FinishedRun) -> Option<String> {
    let missing = &finished.watched.counted.missing;
    let reasons = missing
        .iter()
        .map(|(counter, reason)| format!("{counter} were not counted: {reason}"));
    let reasons: Vec<String> = reasons.collect();
    (!reasons.is_empty()).then(|| format!("`{name}`: {}", reasons.join("; ")))
}

/// Of which events there are more than was counted.
pub(super) fn lost_events(name: &str, counted: &[CountedEvents]) -> Option<String> {
    let lost = counted.iter().filter(|it| it.lost > 0);
    let counters: Vec<String> = lost.map(|it| it.counter.to_string()).collect();
    (!counters.is_empty()).then(|| {
        format!(
            "`{name}`: there are more {} than were counted: they came faster than they could be \
             noted",
            counters.join(" and ")
        )
    })
}

/// What was counted for a part of the time only, and which part of it.
fn counted_in_turns(name: &str, finished: &FinishedRun) -> Option<String> {
    let parts = finished.watched.counted.parts.iter();
    let in_turns = parts.filter(|(_, part)| **part < WHOLE_TIME);
    let counters = in_turns.map(|(counter, part)| format!("{counter} for {:.0}%", 100.0 * part));
    let counters: Vec<String> = counters.collect();
    (!counters.is_empty()).then(|| {
        format!(
            "`{name}`: of the time that it ran, there were counted: {}; the processor has no room \
             for more at once, so there are more than is said: ask for fewer counters",
            counters.join(", ")
        )
    })
}

fn fallback(name: &str, finished: &FinishedRun) -> Option<String> {
    let reason = finished.fallback.as_ref()?;
    Some(format!(
        "`{name}`: profila cannot make this version of Numba emit line tables only ({reason}), so \
         its debug build was profiled, which is slower and may spend its time on different lines \
         than the build you ship; supported: Numba {KNOWN_NUMBAS}"
    ))
}

fn without_regions(name: &str, finished: &FinishedRun) -> Option<String> {
    let reason = &finished.without_regions.as_ref()?.reason;
    Some(format!(
        "not all regions of `{name}` could be noted: {reason}"
    ))
}

fn without_remarks(name: &str, finished: &FinishedRun) -> Option<String> {
    let reason = finished.without_remarks.as_ref()?;
    Some(format!(
        "`{name}`: the compiler did not say which loops it vectorized: {reason}"
    ))
}

fn without_parallel_remarks(name: &str, finished: &FinishedRun) -> Option<String> {
    let reason = finished.without_parallel_remarks.as_ref()?;
    Some(format!(
        "`{name}`: Numba did not say what became of parallel loops: {reason}"
    ))
}

fn without_twin(name: &str, finished: &FinishedRun) -> Option<String> {
    let reason = finished.without_twin.as_ref()?;
    Some(format!(
        "`{name}`: where the compiler moved code, its lines are guesses, because its intermediate \
         code could not be read ({reason})"
    ))
}

fn ended_by_signal(name: &str, finished: &FinishedRun) -> Option<String> {
    let status = finished.exit.status;
    status.signal()?;
    Some(format!(
        "`{name}` {}: the report covers what it did until then",
        ending(status)
    ))
}

fn unheard(name: &str, finished: &FinishedRun) -> Option<String> {
    let unheard_s = finished.timeline.unheard_s(finished.exit.at);
    (unheard_s > BRIEFLY_S).then(|| {
        format!(
            "`{name}` replaced itself with another program, or closed the descriptor on which it \
             reports when Numba compiles, before it ended: what it did afterwards is not in the \
             report"
        )
    })
}

/// That a version printed something that only resembles a rate.
pub(super) fn unread(name: &str, unread: &Unread) -> String {
    let ways = unread.ways.iter();
    let ways = ways.map(|way| format!("; pattern = '{}'", way.pattern));
    format!(
        "`{name}` printed `{}`, which looks like a rate but was not read: profila compares the \
         time of the measured window instead, and decides no rule on throughput or costs by it. \
         To read the rate, set `pattern` in [throughput]{}",
        unread.line,
        ways.collect::<String>()
    )
}

/// That a version is stopped for many signals, in seconds each.
pub(super) fn foreign_stops(name: &str, stops: &[f64], window_s: f64) -> Option<String> {
    let part = stops.iter().sum::<f64>() / window_s;
    (part > MUCH_STOPPED && stops.len() >= MANY_SIGNALS).then(|| {
        format!(
            "`{name}` receives many signals, such as those of a timer, and each stops it for a \
             moment while it is sampled: it may handle fewer of them than without profila"
        )
    })
}

/// That what several threads of a version do has too few samples, where many of the attempts saw
/// nothing of it.
pub(super) fn unseen(name: &str, unseen: usize, attempts: usize) -> Option<String> {
    let part = MUCH_UNSEEN * stats::count(attempts);
    (unseen >= MANY_UNSEEN && stats::count(unseen) > part).then(|| {
        format!(
            "`{name}` could often not be seen at work, because others had the processors, or none \
             was idle to look from while its threads slept until others had finished: what \
             several threads do may have larger shares than the report says; use fewer threads \
             (NUMBA_NUM_THREADS), or keep them from sleeping (OMP_WAIT_POLICY=active)"
        )
    })
}

/// That many samples could not be read.
pub(super) fn bad_samples(name: &str, runs: &[Run]) -> Option<String> {
    let (bad, all) = sum(runs, |profile| {
        (profile.samples.bad, profile.samples.window)
    });
    (stats::samples(bad) > MUCH_BAD * stats::samples(all)).then(|| {
        format!(
            "`{name}`: {bad} of {all} samples could not be read and have no line; run `profila \
             doctor` to check whether another gdb or sampler is needed"
        )
    })
}

/// How many samples are on lines that are certainly wrong.
pub(super) fn bad_lines(name: &str, runs: &[Run]) -> Option<String> {
    let (misplaced, all) = sum(runs, |profile| {
        (profile.samples.misplaced, profile.samples.numba)
    });
    (misplaced > 0).then(|| {
        format!(
            "`{name}`: bad lines: {misplaced} of {all} samples were attributed to lines without \
             code, such as those between functions; please report what the script does there"
        )
    })
}

/// Two counts of all profiled runs.
fn sum(runs: &[Run], counts: impl Fn(&ProfiledRun) -> (u64, u64)) -> (u64, u64) {
    let profiles = runs.iter().filter_map(|run| run.profile.as_ref());
    profiles.fold((0, 0), |sum, profile| {
        let counts = counts(profile);
        (sum.0 + counts.0, sum.1 + counts.1)
    })
}

/// That a file is not as it was.
pub(super) fn changed(file: &str) -> String {
    format!("{file} was changed during the measurement; its lines are shown as first read")
}

/// That the text of a file is unknown.
pub(super) fn unreadable(file: &str) -> String {
    format!(
        "the source of {file} is unknown, or is not what was compiled; its lines are known only \
         by number"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_that_are_missing_are_counted() {
        let all = Processes {
            followed: 4,
            seconds: 1.0,
            unwatched: 0,
            left_out: 0,
        };
        assert_eq!(of_processes("a", &all, None), [""; 0]);
        let some = Processes {
            unwatched: 1,
            left_out: 2,
            ..all
        };
        let said = of_processes("a", &some, Some("no descriptor is left"));
        let expected = [
            "`a`: 1 child process could not be watched and has no samples: no descriptor is left",
            "`a`: 2 child processes were not followed, because at most 64 can be at once, \
             with some descriptors for each (`ulimit -n`): what they \
             did is not in the report",
        ];
        assert_eq!(said, expected);
    }
}
