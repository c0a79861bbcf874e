//! What was watched, how well, and what of it is on no line.

use crate::profile::{AnnotatedProfile, AttachedTo, Slower, Watching};
use crate::recording::SampleCounts;
use crate::report::Style;
use crate::report::contents::closing;
use crate::report::format::{count, duration, fixed, percent, short_percent};
use crate::report::symbol::readable;
use crate::text::{Number, Text};

/// Functions without line tables that are named.
const MOST_UNLINED: usize = 10;

/// The lines above everything else.
pub(super) fn lines(profile: &AnnotatedProfile, style: &Style) -> Vec<Text> {
    let watching = &profile.watching;
    let samples = Text::from("# Total samples: ") + Number::new(profile.samples.window);
    let non_numba = percent(profile.non_numba_share) + " non-Numba samples, ";
    let bad = percent(profile.bad_share) + " bad samples)";
    let folded = Text::from("# Attributed to the preceding line: ") + percent(profile.folded_share);
    let attached = profile.attached.as_ref();
    let mut lines: Vec<Text> = attached.map(attached_to).into_iter().collect();
    lines.extend([
        samples + " (" + non_numba + bad,
        rhythm(profile),
        folded + " of the Numba samples, at instructions without a line",
    ]);
    lines.extend(watching.followed.map(|number| {
        let shares = match number {
            0 => ": nothing was compiled in any",
            _ => "; shares are of the combined time of all processes",
        };
        Text::from("# ") + closing::followed(number) + shares
    }));
    lines.extend(threads(&profile.samples));
    lines.extend(slower(watching));
    lines.extend(unlined(profile));
    let lines = lines.into_iter().enumerate();
    // The command line of a process may be long.
    let fits = |(index, line): (usize, Text)| match attached {
        Some(_) if index == 0 => line.truncated(style.width),
        _ => line,
    };
    lines.map(fits).collect()
}

/// Which process was watched, for how long and with what.
pub(in crate::report) fn attached_to(attached: &AttachedTo) -> Text {
    let process = Text::from("# Attached to process ") + Number::new(attached.process.pid);
    let watched = Text::from(" for ") + duration(attached.seconds);
    let tool = Text::from(" with ") + Text::label(&attached.sampler);
    process + watched + tool + ": `" + Text::foreign(&attached.process.command) + "`"
}

/// What part was measured, how often it was looked at, and what that cost.
fn rhythm(profile: &AnnotatedProfile) -> Text {
    let watching = &profile.watching;
    let rate = watching.achieved_rate_hz.map_or_else(
        || Number::new(watching.wanted_rate_hz),
        |rate_hz| fixed(rate_hz, 0),
    );
    let stopped = percent(watching.stopped_share);
    let longest = Text::from(" Hz (at most ") + duration(watching.longest_stop_s) + ")";
    if profile.attached.is_some() {
        return if watching.never_stops() {
            Text::from("# Sampled at ") + rate + " Hz without stopping it"
        } else {
            Text::from("# Stopped for ") + stopped + " of the time to sample at " + rate + longest
        };
    }
    let measured = profile
        .region
        .as_ref()
        .map_or("# Measured window: ".into(), |region| {
            Text::from("# Measured region `") + Text::foreign(region) + "`: "
        });
    let window = measured + percent(watching.window_share);
    if watching.never_stops() {
        window + " of the run; sampled at " + rate + " Hz without stopping it"
    } else {
        window + " of the run; stopped for " + stopped + " of it to sample at " + rate + longest
    }
}

/// The functions of which no lines are known, where there are some.
fn unlined(profile: &AnnotatedProfile) -> Vec<Text> {
    let functions = &profile.unlined;
    if functions.is_empty() {
        return Vec::new();
    }
    let share = Text::from("# Compiled without line tables: ") + percent(profile.unlined_share);
    let mut lines = vec![share + " of the samples, in functions of which no lines are known:"];
    let named = functions.iter().take(MOST_UNLINED);
    lines.extend(named.map(|it| Text::from("#   ") + percent(it.share) + " " + readable(&it.name)));
    let rest = functions.len().saturating_sub(MOST_UNLINED);
    if rest > 0 {
        lines.push(Text::from("#   and ") + count(rest as u64, "other"));
    }
    lines
}

/// Why fewer samples were taken than were asked for, where they were.
fn slower(watching: &Watching) -> Option<Text> {
    watching.slower_rate_hz()?;
    let why = match watching.why_slower() {
        Slower::Stops(part) => {
            Text::from("stops are limited to ")
                + short_percent(part.get())
                + " of the time (--max-stopped)"
        }
        Slower::Unseen(part) => {
            short_percent(part.get())
                + " of the attempts found no thread that could be seen at work"
        }
        Slower::Late(late_s) => {
            Text::from("the machine was busy, and samples came ")
                + duration(late_s)
                + " late (set a lower --rate)"
        }
        Slower::LongAttempts => "samples took longer to take than that leaves time for".into(),
        Slower::Displaced => "other programs were using the processors".into(),
    };
    let wanted = Number::new(watching.wanted_rate_hz);
    Some(Text::from("# Sampled less often than the requested ") + wanted + " Hz: " + why)
}

/// How many threads ran, where it was ever more than one: shares are of the time of all
/// of them together.
fn threads(samples: &SampleCounts) -> Vec<Text> {
    let Some(mean) = samples.mean_threads().filter(|_| samples.most_threads > 1) else {
        return Vec::new();
    };
    let running = Text::from("# Threads running at once: ") + fixed(mean, 2);
    let most = Text::from(" on average, at most ") + Number::new(samples.most_threads);
    let waiting = Text::from("# Busy-waiting for other threads: ");
    vec![
        running + most + "; shares are of their combined time",
        waiting + percent(samples.barrier_share()) + " of the samples",
    ]
}
