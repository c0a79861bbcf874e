//! Units: which of them are rates and which are times, and what they come to in a unit
//! that all of their kind share.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{COUNTED, RATES, bytes, is_physical, prefix_of};
use crate::recording::Better;

/// What a unit says of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    /// Work per time: more is better.
    Rate {
        /// What is counted, such as `images`; `units` where that has no name.
        work: String,
        /// Units of work per second that one of this unit is.
        factor: f64,
    },
    /// Time, or time per unit of work: less is better.
    Duration {
        /// What takes that time, where it is named.
        work: Option<String>,
        /// Seconds that one of this unit is.
        factor: f64,
    },
    /// Neither, as far as is known.
    Other,
}

impl Meaning {
    /// The unit that values are kept in: units of work per second, or seconds.
    pub(super) fn canonical(&self) -> Option<String> {
        match self {
            Self::Rate { work, .. } if work == "Hz" => Some("Hz".to_owned()),
            Self::Rate { work, .. } => Some(format!("{work}/s")),
            Self::Duration { work: None, .. } => Some("s".to_owned()),
            Self::Duration {
                work: Some(work), ..
            } => Some(format!("s/{work}")),
            Self::Other => None,
        }
    }

    /// Which direction of it is better, where that is known.
    pub(super) const fn better(&self) -> Option<Better> {
        match self {
            Self::Rate { .. } => Some(Better::Higher),
            Self::Duration { .. } => Some(Better::Lower),
            Self::Other => None,
        }
    }

    /// What is counted or takes the time, where that has a name.
    pub(super) fn work(&self) -> Option<&str> {
        match self {
            Self::Rate { work, .. } => Some(&**work).filter(|work| *work != "units"),
            Self::Duration { work, .. } => work.as_deref(),
            Self::Other => None,
        }
    }

    /// What one of this unit is in the unit that values are kept in.
    pub(super) const fn factor(&self) -> f64 {
        match self {
            Self::Rate { factor, .. } | Self::Duration { factor, .. } => *factor,
            Self::Other => 1.0,
        }
    }
}

/// A unit of time, for use in patterns that are not sensitive to case.
pub(super) const TIME: &str = r"(?:ns|nsecs?|nanosec(?:ond)?s?|[uµμ]s|[uµμ]secs?|microsec(?:ond)?s?|ms|msecs?|millis|millisec(?:ond)?s?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|weeks?)";

/// The seconds of one of `unit`, if it is a unit of time.
pub(super) fn time(unit: &str) -> Option<f64> {
    let unit = unit.trim().to_lowercase();
    let plural = if unit.len() > 2 {
        unit.strip_suffix('s')
    } else {
        None
    };
    Some(match plural.unwrap_or(&unit) {
        "ns" | "nsec" | "nanosec" | "nanosecond" => 1e-9,
        "us" | "µs" | "μs" | "usec" | "µsec" | "μsec" | "microsec" | "microsecond"
        // A micro sign is two bytes: the plural was not told from the unit.
        | "µ" | "μ" => 1e-6,
        "ms" | "msec" | "milli" | "millisec" | "millisecond" => 1e-3,
        "s" | "sec" | "second" => 1.0,
        "min" | "minute" => 60.0,
        "h" | "hr" | "hour" => 3600.0,
        "day" => 86400.0,
        "week" => 604_800.0,
        _ => return None,
    })
}

/// Whether a word is one of time although it is not certain, or not always the same, how
/// much of it that is.
fn is_of_time(word: &str) -> bool {
    let word = word.to_lowercase();
    let words = [
        "ps", "fs", "d", "w", "wk", "month", "y", "yr", "year", "decade", "century",
    ];
    let singular = word.strip_suffix('s').unwrap_or(&word);
    time(&word).is_some() || words.contains(&&*word) || words.contains(&singular)
}

/// A rate or a time with its parts.
static PER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?P<left>.*?)(?:\s*/\s*|(?:^|[\s_-]+)per[\s_-]+|\s+(?:a|every|each)\s+)(?P<right>.+)$")
        .expect("the pattern is valid")
});

/// A rate as physicists write it.
static INVERSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:1/s(?:ec)?|(?P<work>.*?)\s*[·*]?\s*(?:\bs\^-1|\bs\^\{-1\}|\bs⁻¹))$")
        .expect("the pattern is valid")
});

/// What a whole unit means, such as `images / sec`, `msec per loop` or `KiB/s`.
pub(super) fn understand(text: &str) -> Meaning {
    let text = unbracketed(text.trim());
    if let Some(rate) = named_rate(text) {
        return rate;
    }
    if let Some(found) = INVERSE.captures(text) {
        return per(found.name("work").map_or("", |it| it.as_str()), "s");
    }
    if let Some(parts) = PER.captures(text) {
        return per(parts["left"].trim(), parts["right"].trim());
    }
    match time(text) {
        Some(factor) => Meaning::Duration { work: None, factor },
        None => Meaning::Other,
    }
}

fn per(left: &str, right: &str) -> Meaning {
    // Time per time is that of a simulation, such as ns/day, or a share.
    if is_of_time(left) && is_of_time(right) || is_physical(left) || is_physical(right) {
        return Meaning::Other;
    }
    match (time(left), time(right)) {
        (None, Some(seconds)) => rate(left, 1.0 / seconds),
        (Some(seconds), None) => Meaning::Duration {
            work: Some(right.to_owned()),
            factor: seconds,
        },
        _ => Meaning::Other,
    }
}

/// Work per second, with its prefix resolved.
fn rate(work: &str, factor: f64) -> Meaning {
    let (scale, work) = scaled(work);
    Meaning::Rate {
        work,
        factor: scale * factor,
    }
}

/// A word that is a rate by itself, perhaps with a prefix: `kHz`, `GFLOP/s`, `Mbps`.
fn named_rate(text: &str) -> Option<Meaning> {
    let known = |word: &str| {
        let word = word.to_lowercase();
        let found = RATES.iter().find(|(name, _)| *name == word);
        found.map(|(_, work)| *work)
    };
    let named = |work: &str, factor| Meaning::Rate {
        work: work.to_owned(),
        factor,
    };
    // Megabytes, not megabits.
    if let Some(prefix) = text.strip_suffix("Bps") {
        let factor = if prefix.is_empty() {
            Some(1.0)
        } else {
            prefix_of(prefix)
        };
        return factor.map(|factor| named("B", factor));
    }
    if let Some(work) = known(text) {
        return Some(named(work, 1.0));
    }
    let (prefix, unit) = split_first_char(text);
    let factor = prefix_of(prefix)?;
    let work = known(unit.trim_start())?;
    // The clock of a processor is no rate of work.
    (work != "Hz" || factor < 1e9).then(|| named(work, factor))
}

/// What is counted, in its smallest unit, and how many of that one is.
fn scaled(work: &str) -> (f64, String) {
    let work = work.trim();
    if matches!(work, "" | "#" | "1") {
        return (1.0, "units".to_owned());
    }
    if let Some((factor, unit)) = bytes(work) {
        return (factor, unit.to_owned());
    }
    if let Some(factor) = prefix_of(work) {
        return (factor, "units".to_owned());
    }
    if let Some((first, rest)) = work.split_once(char::is_whitespace)
        && let Some(factor) = prefix_of(first)
    {
        let (scale, rest) = scaled(rest);
        return (factor * scale, rest);
    }
    let (prefix, counted) = split_first_char(work);
    if let Some(factor) = prefix_of(prefix)
        && COUNTED.contains(&counted.to_lowercase().as_str())
        // `kits`, and `Kits` at the beginning of a sentence, may be kits.
        && !COUNTED.contains(&work)
    {
        return (factor, counted.to_owned());
    }
    (1.0, work.to_owned())
}

fn split_first_char(text: &str) -> (&str, &str) {
    let at = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(at)
}

/// Without the brackets around it.
fn unbracketed(text: &str) -> &str {
    let pairs = [('[', ']'), ('(', ')')];
    let inner = pairs
        .iter()
        .find_map(|&(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    inner.map_or(text, str::trim)
}

/// Whether two names are of the same work, in the singular or the plural.
pub(super) fn is_same_work(one: &str, other: &str) -> bool {
    let stem = |name: &str| {
        let name = name.trim().to_lowercase();
        let stem = name.strip_suffix('s').map(str::to_owned);
        stem.filter(|stem| stem.len() > 1).unwrap_or(name)
    };
    stem(one) == stem(other)
}

/// Whether a unit is one of which it is known which direction is better.
pub fn has_direction(unit: &str) -> bool {
    understand(unit) != Meaning::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unit: &str, expected: &str) {
        let meaning = understand(unit);
        let shown = match meaning.canonical() {
            Some(canonical) => format!("{} {canonical}", meaning.factor()),
            None => "other".to_owned(),
        };
        assert_eq!(shown, expected, "{unit}");
    }

    #[test]
    fn rates() {
        check("images / sec", "1 images/s");
        check("images/s", "1 images/s");
        check("time steps per second", "1 time steps/s");
        check("images_per_second", "1 images/s");
        check("/s", "1 units/s");
        check("1/s", "1 units/s");
        check("s^-1", "1 units/s");
        check("images s⁻¹", "1 images/s");
        check("it·s⁻¹", "1 it/s");
        check("iterations a second", "1 iterations/s");
        check("[#/sec]", "1 units/s");
        check("per second", "1 units/s");
        check("images/min", "0.016666666666666666 images/s");
        check("ops/ms", "1000 ops/s");
        check("ops/us", "1000000 ops/s");
        check("images/day", "0.000011574074074074073 images/s");
        check(
            "simulated years per day",
            "0.000011574074074074073 simulated years/s",
        );
        check("M/s", "1000000 units/s");
        check("G/s", "1000000000 units/s");
        check("FPS", "1 frames/s");
        check("kHz", "1000 Hz");
        check("GFLOPS", "1000000000 flop/s");
        check("GFLOP/s", "1000000000 flop/s");
        check("Models/s", "1 Models/s");
        check("programs/s", "1 programs/s");
        check("Kernels/s", "1 Kernels/s");
    }

    #[test]
    fn prefixes() {
        check("KB/s", "1000 B/s");
        check("kB/s", "1000 B/s");
        check("MB/s", "1000000 B/s");
        check("MBps", "1000000 B/s");
        check("Mbps", "1000000 bit/s");
        check("KiB/s", "1024 B/s");
        check("MiB/s", "1048576 B/s");
        check("GBytes/sec", "1000000000 B/s");
        check("Mbits/sec", "1000000 bit/s");
        check("kit/s", "1000 it/s");
        check("Mcells/s", "1000000 cells/s");
        check("M cells/s", "1000000 cells/s");
        check("million rows/s", "1000000 rows/s");
        check("k/s", "1000 units/s");
        check("Gitems/s", "1000000000 items/s");
    }

    #[test]
    fn times() {
        check("ms", "0.001 s");
        check("µs", "0.000001 s");
        check("μs", "0.000001 s");
        check("us", "0.000001 s");
        check("hours", "3600 s");
        check("msec per loop", "0.001 s/loop");
        check("usec per loop", "0.000001 s/loop");
        check("ns/op", "0.000000001 s/op");
        check("s/it", "1 s/it");
        check("µs per call", "0.000001 s/call");
        check("ms / time step", "0.001 s/time step");
        check("[ms]", "0.001 s");
        check("ms/100 steps", "0.001 s/100 steps");
    }

    #[test]
    fn neither() {
        for unit in [
            "rows",
            "m/s",
            "km/h",
            "s/s",
            "GHz",
            "%",
            "x",
            "B/op",
            "",
            "cycles/byte",
            "ns/day",
            "ns/d",
            "ps/s",
            "hours/ns",
            "MS/s",
            "years/day",
            "min/km",
            "m s^-1",
            "rad s⁻¹",
            "m·s⁻¹",
            "K/s",
            "Pa/s",
            "kPa/s",
            "eV/s",
            "MeV/s",
            "L/min",
            "mL/s",
            "A/s",
            "m3/s",
            "m^3/s",
            "kg m²/s",
            "metres per second",
            "degrees/s",
        ] {
            check(unit, "other");
        }
    }

    #[test]
    fn work_in_the_singular_and_in_the_plural() {
        assert!(is_same_work("images", "image"));
        assert!(is_same_work("it", "it"));
        assert!(!is_same_work("s", ""));
        assert!(!is_same_work("rows", "images"));
    }
}
