//! What the reader should know besides the verdicts.

use std::collections::HashSet;

use super::criteria::Criteria;
use super::doubt::{SAME_WINDOW, is_fixed_time, is_same_value};
use super::machines;
use super::rounding::printed_step;
use super::rounds::{Rounds, slowdown};
use crate::align::AlignedFile;
use crate::foreign::ForeignText;
use crate::pair::{Pair, Side};
use crate::profile::{self, Slower};
use crate::recording::{Metric, MetricSource, Recording, Role, RunKind, ThroughputSource};
use crate::stats::{self, Design};

/// Part of the window outside Numba from which the reader is told.
const MUCH_OUTSIDE: f64 = 0.2;

/// How many times as fast or as slow profiled runs may be as timed ones before their shares may no
/// longer be those of timed runs.
const MUCH_UNLIKE: f64 = 2.0;

/// All warnings, the ones of the recordings last.
pub(super) fn of(
    sides: &Pair<&Recording>,
    rounds: &Rounds<'_>,
    alignments: &[AlignedFile],
    criteria: &Criteria,
) -> Vec<ForeignText> {
    let mut warnings: Vec<ForeignText> = [
        not_interleaved(rounds, criteria),
        one_round(rounds),
        left_out(rounds),
        fixed_time(rounds),
        same_value(rounds),
        whole_process(rounds),
        coarse_values(rounds, criteria),
        different("Python", sides.map(|recording| recording.python.as_str())),
        different("Numba", sides.map(|recording| recording.numba.as_str())),
        different_processors(sides),
        followed_on_one_side(sides),
        machines::incomplete(sides.before),
        several_machines(sides, rounds),
        turned_round(sides),
        much_outside(sides.before, Side::Before),
        much_outside(sides.after, Side::After),
        unlike_timed(sides.before, Side::Before),
        unlike_timed(sides.after, Side::After),
        sampled_slower(sides.before, Side::Before),
        sampled_slower(sides.after, Side::After),
        placeless(sides),
    ]
    .into_iter()
    .flatten()
    .chain(alignments.iter().filter_map(paired_roughly))
    .map(ForeignText::from)
    .collect();
    let mut known: HashSet<ForeignText> = warnings.iter().cloned().collect();
    for warning in sides.before.warnings.iter().chain(&sides.after.warnings) {
        if known.insert(warning.clone()) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

/// Where code of which no text is known keeps lines from being compared.
fn placeless(sides: &Pair<&Recording>) -> Option<String> {
    let files = sides.map(super::placeless::files);
    let all: Vec<&str> = files.before.union(&files.after).copied().collect();
    (!all.is_empty()).then(|| {
        format!(
            "the source text of {} is unknown, so its lines cannot be paired: lines with samples \
             on only one side get no verdict",
            all.join(" and ")
        )
    })
}

fn not_interleaved(rounds: &Rounds<'_>, criteria: &Criteria) -> Option<String> {
    (rounds.design == Design::Unpaired).then(|| {
        format!(
            "the two recordings are not from one experiment: their runs were not interleaved, and \
             the machine may have become faster or slower between them. Intervals allow for a \
             factor of {}; to learn more, measure both versions in one experiment with `profila diff`",
            criteria.drift.ratio()
        )
    })
}

fn paired_roughly(aligned: &AlignedFile) -> Option<String> {
    let file = aligned
        .file
        .after
        .as_ref()
        .or(aligned.file.before.as_ref())?;
    aligned.alignment.is_rough.then(|| {
        format!(
            "{file} is so long, or changed so much, that its lines were paired only roughly: some \
             may be reported as changed or moved that are not"
        )
    })
}

fn one_round(rounds: &Rounds<'_>) -> Option<String> {
    (rounds.len() < 2).then(|| {
        "one round cannot tell a change from noise: nothing here has an interval".to_owned()
    })
}

fn left_out(rounds: &Rounds<'_>) -> Option<String> {
    let Pair { before, after } = rounds.left_out;
    let most = before.max(after);
    let words = match most {
        0 => return None,
        1 => "1 round is".to_owned(),
        _ => format!("{most} rounds are"),
    };
    Some(format!(
        "{words} left out of line costs for lack of a counterpart or of a profiled run with samples"
    ))
}

fn fixed_time(rounds: &Rounds<'_>) -> Option<String> {
    is_fixed_time(rounds, 0.0).then(|| of_fixed_time(SAME_WINDOW))
}

fn same_value(rounds: &Rounds<'_>) -> Option<String> {
    is_same_value(rounds).then(|| OF_SAME_VALUE.to_owned())
}

fn whole_process(rounds: &Rounds<'_>) -> Option<String> {
    of_whole_process(rounds.source)
}

/// What is said of values that are all the same.
pub(crate) const OF_SAME_VALUE: &str =
    "every run reported the same value: it may not be a measurement";

/// What is said of windows that agree within this part of the longest.
pub(crate) fn of_fixed_time(within: f64) -> String {
    format!(
        "the measured windows agree within {:.0}%, which looks like a fixed-time loop: print a \
         rate, such as `120.5 images / sec`",
        100.0 * within
    )
}

/// What is said where the time of whole processes is compared.
pub(crate) fn of_whole_process(source: &MetricSource) -> Option<String> {
    let source = source.source;
    matches!(source, ThroughputSource::Wall | ThroughputSource::Cpu)
        .then(|| format!("{source} is compared, which includes imports and compilation"))
}

/// Whether a step of the last digit printed is more than the least effect. Values
/// that were not printed, or with all digits, have steps too small to matter.
fn coarse_values(rounds: &Rounds<'_>, criteria: &Criteria) -> Option<String> {
    if !rounds.source.source.is_reported() {
        return None;
    }
    let runs = rounds.timed.before.iter().chain(&rounds.timed.after);
    let metrics: Vec<&Metric> = runs.filter_map(|run| run.metric.as_ref()).collect();
    let values = metrics.iter().map(|metric| metric.value);
    let least = values.fold(f64::INFINITY, f64::min);
    let steps = metrics.iter().map(|metric| printed_step(metric));
    let step = steps.min_by(f64::total_cmp)? / least;
    (step > criteria.min_effect).then(|| {
        format!(
            "the script prints its result in steps of {:.1}%, more than the minimum effect of \
             {}%: print more digits",
            100.0 * step,
            100.0 * criteria.min_effect
        )
    })
}

fn different(what: &str, versions: Pair<&str>) -> Option<String> {
    let Pair { before, after } = versions;
    (before != after).then(|| format!("the sides ran with different {what}: {before} and {after}"))
}

/// Where a block has other processors on one side than on the other.
fn different_processors(sides: &Pair<&Recording>) -> Option<String> {
    let [before, after] = [sides.before, sides.after].map(|recording| recording.blocks.iter());
    let mut blocks = before.zip(after);
    blocks.find_map(|(before, after)| {
        let cpus = Pair::new(&*before.machine.cpu, &*after.machine.cpu);
        different("processors", cpus)
    })
}

/// Where the runs of a side were made on more than one machine.
fn several_machines(sides: &Pair<&Recording>, rounds: &Rounds<'_>) -> Option<String> {
    if rounds.design == Design::Paired {
        let machines = machines::of(sides, rounds).ok()?;
        return machines::said(&machines);
    }
    let machines = |recording: &'_ Recording| {
        let machines = recording.blocks.iter().map(|block| block.machine.clone());
        machines.collect::<HashSet<_>>()
    };
    let [before, after] = [sides.before, sides.after].map(machines);
    let count = before.union(&after).count();
    (before.len().max(after.len()) > 1).then(|| {
        format!(
            "the rounds were measured on {count} different machines, not each with both versions, and \
             are analysed as if it were one: what the machines disagree on is not shown"
        )
    })
}

/// That costs of the sides are in different units.
fn followed_on_one_side(sides: &Pair<&Recording>) -> Option<String> {
    let followed = sides.map(|recording| recording.most_followed().is_some());
    (followed.before != followed.after).then(|| {
        let side = if followed.before {
            Side::Before
        } else {
            Side::After
        };
        format!(
            "child processes were followed only in the {side} version: its costs are of all \
             processes, and those of the other version of one; measure both with the same \
             `--children`"
        )
    })
}

/// Where the version that the experiment was about is taken for the one before.
fn turned_round(sides: &Pair<&Recording>) -> Option<String> {
    let Pair { before, after } = sides;
    let is_turned = before.experiment == after.experiment
        && (before.role, after.role) == (Role::Candidate, Role::Base);
    is_turned.then(|| {
        format!(
            "`{}` was compared with `{}` when they were measured, and here it is the other way \
             round",
            before.variant.name, after.variant.name
        )
    })
}

fn much_outside(recording: &Recording, side: Side) -> Option<String> {
    let runs = profile::run_profiles(recording);
    let samples = profile::pooled_samples(&runs);
    // Threads that wait for others do so because of what the code is.
    let outside = (samples.other + samples.waiting).saturating_sub(samples.barrier);
    let outside = stats::samples(outside) / stats::samples(samples.window);
    (outside > MUCH_OUTSIDE).then(|| {
        format!(
            "{:.0}% of the {side} version's measured window is neither Numba code nor called by \
             it: work outside the timed loop dilutes line costs",
            100.0 * outside
        )
    })
}

/// Watching may change what is watched: threads that wait for each other without sleeping do so
/// for a shorter time where they are stopped.
fn unlike_timed(recording: &Recording, side: Side) -> Option<String> {
    let slowdown = slowdown(recording, RunKind::Profiled)?;
    let is_unlike = !(1.0 / MUCH_UNLIKE..=MUCH_UNLIKE).contains(&slowdown);
    is_unlike.then(|| {
        format!(
            "a unit of work of the {side} version took {slowdown:.2} times as long in profiled \
             runs as in timed ones, so the shares, and the costs of lines, may not be those of \
             timed runs: if its threads wait for each other without sleeping, use \
             `--sampler perf`, which does not stop them, or fewer threads (NUMBA_NUM_THREADS)"
        )
    })
}

fn sampled_slower(recording: &Recording, side: Side) -> Option<String> {
    let watching = profile::watching(recording);
    let rate_hz = watching.slower_rate_hz()?;
    let why = match watching.why_slower() {
        Slower::Stops(part) => format!(
            "stops took long and were limited to {:.0}% of the time by `max-stopped`: longer runs \
             or more rounds give more samples",
            100.0 * part.get()
        ),
        Slower::Unseen(part) => format!(
            "{:.0}% of the attempts found no thread that could be seen at work",
            100.0 * part.get()
        ),
        Slower::Late(_) => "the machine was too busy: set a lower `rate`".to_owned(),
        Slower::LongAttempts => "samples took longer to take than that leaves time for".to_owned(),
        Slower::Displaced => "other programs were using the processors".to_owned(),
    };
    Some(format!(
        "the {side} version was sampled at {rate_hz:.0} Hz instead of {} Hz, because {why}",
        watching.wanted_rate_hz
    ))
}
