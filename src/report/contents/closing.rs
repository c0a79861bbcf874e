//! What was measured and how well, and what the reader should know.

use crate::compare::{Comparison, Look, MetricVerdict, Observer, VariantSummary};
use crate::pair::Pair;
use crate::report::format::{count, duration, fixed, grouped, percent, short_percent};
use crate::report::text::short;

/// How it was measured, in a sentence.
pub(in crate::report) fn sentence(comparison: &Comparison) -> String {
    let intervals = match comparison.rounds {
        // One round has none.
        0 | 1 => String::new(),
        _ => format!(
            ", with {} intervals{}",
            short_percent(comparison.confidence),
            match comparison.together {
                0 | 1 => String::new(),
                all => format!(" that hold for all {all} comparisons together"),
            }
        ),
    };
    let rounds = format!(
        "Measured in {}{intervals}; less than {} counts as no change.",
        count(comparison.rounds.into(), "round"),
        short_percent(comparison.min_effect),
    );
    rounds + &looks(comparison)
}

/// When it was looked whether there is an answer, where that was done.
fn looks(comparison: &Comparison) -> String {
    let Some(look) = comparison.look else {
        return String::new();
    };
    let Look { number, of, .. } = look;
    let when = match comparison.throughput.verdict {
        MetricVerdict::Inconclusive => {
            format!(" No verdict on throughput at look {number} of {of}")
        }
        _ => format!(" Ended at look {number} of {of}, with a verdict on throughput"),
    };
    format!("{when}; the intervals allow for all looks.")
}

/// What there is one of on each side, with what it is called.
pub(in crate::report) fn facts(comparison: &Comparison) -> Vec<(&'static str, Pair<String>)> {
    let sides = Pair::new(&comparison.before, &comparison.after);
    let observers = comparison.observer.as_ref();
    let barrier = |side: &VariantSummary| percent(side.samples.barrier_share());
    let folded = |side: &VariantSummary| percent(side.samples.folded_share());
    let slowdown = observers.map(|observer| times_timed(observer.slowdown));
    let build = observers.map(|observer| observer.build_slowdown);
    let build_is_known = build.before.or(build.after).is_some();
    let python = |side: &VariantSummary| versions(&side.python, &side.numba);
    let facts = [
        Some(("runs", sides.map(runs))),
        Some(("samples", sides.map(samples))),
        comparison
            .is_of_several_threads()
            .then(|| ("threads at once", sides.map(threads))),
        comparison
            .is_of_several_threads()
            .then(|| ("waiting for threads", sides.map(barrier))),
        Some(("attributed to prior line", sides.map(folded))),
        Some(("sampled at", observers.map(rate))),
        Some(("stopped to sample", observers.map(stopped))),
        Some(("time when sampled", slowdown)),
        build_is_known.then(|| ("time of the build alone", build.map(times_timed))),
        Some(("sampler", sides.map(|side| short(&side.sampler)))),
        Some(("Python, Numba", sides.map(python))),
    ];
    facts.into_iter().flatten().collect()
}

/// The versions of Python and Numba.
pub(in crate::report) fn versions(python: &str, numba: &str) -> String {
    format!("{}, {}", short(python), short(numba))
}

fn runs(side: &VariantSummary) -> String {
    format!("{} timed, {} profiled", side.timed_runs, side.profiled_runs)
}

fn samples(side: &VariantSummary) -> String {
    let samples = &side.samples;
    format!(
        "{} ({} in Numba)",
        grouped(samples.window),
        grouped(samples.numba)
    )
}

fn threads(side: &VariantSummary) -> String {
    match side.samples.mean_threads() {
        Some(mean) => format!(
            "{} on average, at most {}",
            fixed(mean, 2),
            side.samples.most_threads
        ),
        None => "unknown".to_owned(),
    }
}

fn stopped(observer: &Observer) -> String {
    format!(
        "{}, at most {}",
        percent(observer.stopped_share),
        duration(observer.longest_stop_s)
    )
}

fn rate(observer: &Observer) -> String {
    observer.achieved_rate_hz.map_or_else(
        || "unknown".to_owned(),
        |rate_hz| format!("{} Hz", fixed(rate_hz, 0)),
    )
}

fn times_timed(slowdown: Option<f64>) -> String {
    match slowdown {
        Some(slowdown) => format!("{}× that of timed runs", fixed(slowdown, 2)),
        None => "unknown".to_owned(),
    }
}
