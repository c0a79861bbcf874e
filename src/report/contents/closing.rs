//! What was measured and how well, and what the reader should know.

use crate::compare::{Comparison, Look, MetricVerdict, Overhead, VariantSummary};
use crate::pair::Pair;
use crate::report::format::{count, duration, fixed, grouped, percent, short_percent};
use crate::share::Share;
use crate::text::{Number, Text};

/// How it was measured, in a sentence.
pub(in crate::report) fn sentence(comparison: &Comparison) -> Text {
    let intervals = match comparison.rounds {
        // One round has none.
        0 | 1 => Text::new(),
        _ => {
            let together = match comparison.together {
                0 | 1 => Text::new(),
                all => {
                    Text::from(" that hold for all ") + Number::new(all) + " comparisons together"
                }
            };
            let level = short_percent(comparison.confidence);
            Text::from(", with ") + level + " intervals" + together
        }
    };
    let rounds = count(comparison.rounds.into(), "round");
    let least = short_percent(comparison.min_effect);
    let measured = Text::from("Measured in ") + rounds + intervals;
    let measured = measured + "; less than " + least + " counts as no change.";
    measured + looks(comparison) + children(comparison)
}

/// How many worker processes costs are of, where children were followed.
fn children(comparison: &Comparison) -> Text {
    let (before, after) = (comparison.before.followed, comparison.after.followed);
    let number = |followed: Option<u64>| followed.unwrap_or_default();
    let followed = match (before, after) {
        (None, None) => return Text::new(),
        _ if before == after => followed(number(after)),
        _ => Number::new(number(before)) + " and " + followed(number(after)),
    };
    if number(before).max(number(after)) == 0 {
        return Text::from(" ") + followed + ": nothing was compiled in any.";
    }
    Text::from(" ") + followed + "; costs are of the combined time of all processes."
}

/// `4 worker processes were followed`, of the run that had the most.
pub(in crate::report) fn followed(number: u64) -> Text {
    let followed = match number {
        0 => return "no worker process was followed".into(),
        1 => " worker process was followed",
        _ => " worker processes were followed",
    };
    Number::new(number) + followed
}

/// When it was looked whether there is an answer, where that was done.
fn looks(comparison: &Comparison) -> Text {
    let Some(Look { number, of, .. }) = comparison.look else {
        return Text::new();
    };
    let look = Number::new(number) + " of " + Number::new(of);
    let when = match comparison.throughput.verdict {
        MetricVerdict::Inconclusive => Text::from(" No verdict on throughput at look ") + look,
        _ => Text::from(" Ended at look ") + look + ", with a verdict on throughput",
    };
    when + "; the intervals allow for all looks."
}

/// What there is one of on each side, with what it is called.
pub(in crate::report) fn facts(comparison: &Comparison) -> Vec<(&'static str, Pair<Text>)> {
    let sides = Pair::new(&comparison.before, &comparison.after);
    let overheads = comparison.overhead.as_ref();
    let barrier = |side: &VariantSummary| Text::from(percent(side.samples.barrier_share()));
    let folded = |side: &VariantSummary| Text::from(percent(side.samples.folded_share()));
    let stopped = |it: &Overhead| stops(it.stopped_share, it.longest_stop_s);
    let slowdown = overheads.map(|it| times_timed(it.slowdown));
    let build = overheads.map(|it| it.build_slowdown);
    let build_is_known = build.before.or(build.after).is_some();
    let followed = sides.map(|side| side.followed);
    let workers_are_known = followed.before.or(followed.after).is_some();
    let workers = followed.map(workers);
    let placements = sides.map(|side| side.placement);
    let placement_is_known = placements.before.or(placements.after).is_some();
    let python = |side: &VariantSummary| versions(&side.python, &side.numba);
    let facts = [
        Some(("runs", sides.map(runs))),
        Some(("samples", sides.map(samples))),
        workers_are_known.then_some(("worker processes", workers)),
        comparison
            .is_of_several_threads()
            .then(|| ("threads at once", sides.map(threads))),
        comparison
            .is_of_several_threads()
            .then(|| ("waiting for threads", sides.map(barrier))),
        Some(("attributed to prior line", sides.map(folded))),
        Some(("sampled at", overheads.map(|it| rate(it.achieved_rate_hz)))),
        Some(("stopped to sample", overheads.map(stopped))),
        Some(("time when sampled", slowdown)),
        placement_is_known.then(|| ("variance by placement", sides.map(placement))),
        build_is_known.then(|| ("time of the build alone", build.map(times_timed))),
        Some(("sampler", sides.map(|side| Text::label(&side.sampler)))),
        Some(("Python, Numba", sides.map(python))),
    ];
    facts.into_iter().flatten().collect()
}

/// The versions of Python and Numba.
pub(in crate::report) fn versions(python: &str, numba: &str) -> Text {
    Text::label(python) + ", " + Text::label(numba)
}

/// How much of the time a script was stopped to sample it.
pub(in crate::report) fn stops(stopped_share: Share, longest_stop_s: f64) -> Text {
    if longest_stop_s > 0.0 {
        percent(stopped_share) + ", at most " + duration(longest_stop_s)
    } else {
        "never".into()
    }
}

/// How often it was sampled.
pub(in crate::report) fn rate(achieved_rate_hz: Option<f64>) -> Text {
    match achieved_rate_hz {
        Some(rate_hz) => fixed(rate_hz, 0) + " Hz",
        None => "unknown".into(),
    }
}

fn runs(side: &VariantSummary) -> Text {
    let (timed, profiled) = (side.timed_runs, side.profiled_runs);
    Number::new(timed) + " timed, " + Number::new(profiled) + " profiled"
}

/// How many worker processes were followed in a run.
fn workers(followed: Option<u64>) -> Text {
    match followed {
        Some(followed) => Number::new(followed) + " followed",
        None => "ignored".into(),
    }
}

fn samples(side: &VariantSummary) -> Text {
    let samples = &side.samples;
    grouped(samples.window) + " (" + grouped(samples.numba) + " in Numba)"
}

/// What part of how much timed runs vary is explained by where their code lay.
fn placement(side: &VariantSummary) -> Text {
    match side.placement {
        Some(it) if it.low > Share::NOTHING => {
            percent(it.part) + " (" + percent(it.low) + " to " + percent(it.high) + ")"
        }
        Some(it) => Text::from("at most ") + percent(it.high),
        None => "unknown".into(),
    }
}

fn threads(side: &VariantSummary) -> Text {
    match side.samples.mean_threads() {
        Some(mean) => {
            fixed(mean, 2) + " on average, at most " + Number::new(side.samples.most_threads)
        }
        None => "unknown".into(),
    }
}

fn times_timed(slowdown: Option<f64>) -> Text {
    match slowdown {
        Some(slowdown) => fixed(slowdown, 2) + "× that of timed runs",
        None => "unknown".into(),
    }
}
