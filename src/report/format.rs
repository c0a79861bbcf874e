//! Numbers as people read them: how many digits, which unit, which sign.
//!
//! Every number of every report is made here. Minus signs are U+2212, which is as
//! wide as a plus sign and is never taken for the `-` of a removed line.

use crate::compare::{Estimate, MetricChange, MetricKind};
use crate::pair::Pair;
use crate::recording::{Better, MetricSource};
use crate::share::Share;
use crate::text::{Number, Text};

/// A number with a fixed number of decimals, and a real minus sign. What rounds
/// to zero has no sign.
pub(super) fn fixed(value: f64, decimals: usize) -> Number {
    Number::new(digits(value, decimals))
}

fn digits(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    if value < 0.0 && !is_zero(&digits) {
        format!("−{digits}")
    } else {
        digits
    }
}

/// The same with a plus sign where there is no minus sign, except for zero.
pub(super) fn signed(value: f64, decimals: usize) -> Number {
    let digits = digits(value, decimals);
    Number::new(if value > 0.0 && !is_zero(&digits) {
        format!("+{digits}")
    } else {
        digits
    })
}

fn is_zero(digits: &str) -> bool {
    !digits.contains(|c: char| ('1'..='9').contains(&c))
}

/// A share as a percentage, such as `30.2%`.
pub(super) fn percent(share: Share) -> Number {
    in_percent(&digits(share.get() * 100.0, 1))
}

/// A difference as a percentage of the value before, such as `130.2%`.
pub(super) fn percent_of_before(difference: f64) -> Number {
    in_percent(&digits(difference * 100.0, 1))
}

/// A fraction as a percentage without needless decimals, such as `1%` or `0.5%`.
pub(super) fn short_percent(fraction: f64) -> Number {
    let text = digits(fraction * 100.0, 2);
    in_percent(text.trim_end_matches('0').trim_end_matches('.'))
}

fn in_percent(digits: &str) -> Number {
    Number::new(format_args!("{digits}%"))
}

/// A relative change that is known roughly, such as `≥ 0.8%` or `≥ 12%`.
pub(super) fn rough_percent(fraction: f64) -> Number {
    let percent = fraction * 100.0;
    in_percent(&digits(percent, usize::from(percent < 9.95)))
}

/// A shift of shares in percentage points, such as `+33.0`.
pub(super) fn points(shift: f64) -> Number {
    signed(shift * 100.0, 1)
}

/// The wider half of a shift's interval, such as `±3.9`.
pub(super) fn points_margin(shift: &Estimate) -> Option<Number> {
    let (low, high) = interval(shift)?;
    let half = (shift.value - low).max(high - shift.value);
    Some(Number::new(format_args!("±{}", fixed(half * 100.0, 1))))
}

/// Both ends of an interval, where there is one.
pub(super) fn interval(estimate: &Estimate) -> Option<(f64, f64)> {
    Some((estimate.low?, estimate.high?))
}

/// How a ratio of costs changed, with its interval: `−7.0%` and `−15.2 to +1.3`,
/// or `12×` where a percentage would say less.
pub(super) fn change(ratio: &Estimate) -> (Number, Option<Number>) {
    if ratio.value >= 10.0 {
        let times = |value: f64| fixed(value, usize::from(value < 99.5));
        let text = Number::new(format_args!("{}×", times(ratio.value)));
        let ends = interval(ratio).map(|ends| from_to(ends, times));
        return (text, ends);
    }
    let change = (ratio.value - 1.0) * 100.0;
    let decimals = usize::from(change.abs() < 9.95);
    let end = |ratio: f64| signed((ratio - 1.0) * 100.0, decimals);
    let ends = interval(ratio).map(|ends| from_to(ends, end));
    (in_percent(signed(change, decimals).as_str()), ends)
}

/// Both ends of an interval, such as `2.91 to 3.03`.
pub(super) fn from_to((low, high): (f64, f64), show: impl Fn(f64) -> Number) -> Number {
    Number::new(format_args!("{} to {}", show(low), show(high)))
}

/// How many decimals tell a ratio from 1, and its ends from each other.
pub(super) fn ratio_decimals(ratio: f64) -> usize {
    match ratio {
        _ if ratio < 0.1 => 4,
        _ if ratio < 1.1 => 3,
        _ if ratio < 10.0 => 2,
        _ if ratio < 100.0 => 1,
        _ => 0,
    }
}

/// Two values with the same decimals: three digits of the smaller one, as far as
/// the larger one gets no more than four, and one more of both where different
/// values would look the same.
pub(super) fn two_values(values: Pair<f64>) -> Pair<Number> {
    let smaller = values.before.abs().min(values.after.abs());
    let larger = values.before.abs().max(values.after.abs());
    let text = |digits: i32| {
        let decimals = decimals_for(smaller, digits).min(decimals_for(larger, digits + 1));
        values.map(|value| fixed(value, decimals))
    };
    let short = text(3);
    if short.before == short.after && values.before.to_bits() != values.after.to_bits() {
        text(4)
    } else {
        short
    }
}

/// Decimals that show so many significant digits of `value`, at most 6.
fn decimals_for(value: f64, digits: i32) -> usize {
    if value <= 0.0 || !value.is_finite() {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the exponent of a finite f64 is between -324 and 308"
    )]
    let exponent = value.log10().floor() as i32;
    usize::try_from(digits - 1 - exponent).unwrap_or(0).min(6)
}

/// A unit that a quantity is shown in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    /// Its symbol, such as `µs`.
    pub(super) symbol: &'static str,
    /// How many of the base unit it is.
    pub(super) size: f64,
}

const fn unit(symbol: &'static str, size: f64) -> Unit {
    Unit { symbol, size }
}

const TIME: [Unit; 4] = [
    unit("s", 1.0),
    unit("ms", 1e-3),
    unit("µs", 1e-6),
    unit("ns", 1e-9),
];

const MEMORY: [Unit; 4] = [
    unit("GiB", 1_073_741_824.0),
    unit("MiB", 1_048_576.0),
    unit("KiB", 1024.0),
    unit("B", 1.0),
];

/// The largest unit of which `quantity` is at least `least`, or the smallest.
fn unit_for(quantity: f64, least: f64, units: &[Unit; 4]) -> Unit {
    let fits = |unit: &&Unit| quantity.abs() >= least * unit.size;
    *units.iter().find(fits).unwrap_or(&units[3])
}

/// Two durations in one unit, such as `3.92 → 1.32` and `ms`.
pub(super) fn two_durations(seconds: Pair<f64>) -> (Pair<Number>, &'static str) {
    two_quantities(seconds, &TIME)
}

/// Two amounts of memory in one unit.
pub(super) fn two_sizes(bytes: Pair<f64>) -> (Pair<Number>, &'static str) {
    two_quantities(bytes, &MEMORY)
}

fn two_quantities(values: Pair<f64>, units: &[Unit; 4]) -> (Pair<Number>, &'static str) {
    let unit = unit_for(values.before.max(values.after), 1.0, units);
    (two_values(values.map(|v| v / unit.size)), unit.symbol)
}

/// One duration with three digits, such as `3.10 ms`.
pub(super) fn duration(seconds: f64) -> Number {
    let unit = unit_for(seconds, 1.0, &TIME);
    let value = seconds / unit.size;
    let digits = digits(value, decimals_for(value, 3).min(2));
    Number::new(format_args!("{digits} {}", unit.symbol))
}

/// How the costs of one report are shown: all in one unit and with the same
/// decimals, so that they can be compared by eye.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CostScale {
    unit: Unit,
    decimals: usize,
}

impl CostScale {
    /// The scale for costs up to `largest` seconds: that one gets four digits.
    pub(super) fn for_largest(largest_s: f64) -> Self {
        let unit = unit_for(largest_s, 10.0, &TIME);
        Self {
            unit,
            decimals: decimals_for(largest_s / unit.size, 4).min(3),
        }
    }

    /// The unit of the costs, such as `µs/image`.
    pub(super) fn per(&self, work: &Text) -> Text {
        Text::from(self.unit.symbol) + "/" + work.clone()
    }

    /// The symbol of the unit of time, such as `µs`.
    pub(super) const fn symbol(&self) -> &'static str {
        self.unit.symbol
    }

    /// A shift of costs with its sign, without its unit.
    pub(super) fn signed(&self, seconds: f64) -> Number {
        signed(seconds / self.unit.size, self.decimals)
    }

    /// A cost without its unit.
    pub(super) fn show(&self, seconds: f64) -> Number {
        fixed(seconds / self.unit.size, self.decimals)
    }
}

/// What one unit of work is called: `image` for a metric in `images / sec`, `run`
/// where whole runs were timed, `unit` where it has no name.
pub(super) fn work_unit(metric: &MetricChange) -> Text {
    match metric.source {
        MetricKind::Pattern | MetricKind::Metrics | MetricKind::Region => {
            counted(&metric.unit, metric.better)
        }
        _ => Text::from("run"),
    }
}

/// The same, by what a unit of work is taken from.
pub(super) fn work_unit_of(source: &MetricSource) -> Text {
    if source.source.is_reported() {
        counted(&source.unit, source.better)
    } else {
        Text::from("run")
    }
}

/// What is counted by a metric that a script reports.
fn counted(unit: &str, better: Better) -> Text {
    let unit = unit.trim();
    let name = match better {
        Better::Higher => split_rate(unit).map(|(work, _)| singular(work)),
        Better::Lower => unit.split_once('/').map(|(_, work)| singular(work.trim())),
    };
    name.filter(|name| !name.is_empty())
        .map_or_else(|| Text::from("unit"), |name| Text::label(&name))
}

/// A metric's unit in its short form: `images / sec` is `images/s`.
fn short_unit(unit: &str) -> String {
    match split_rate(unit.trim()) {
        Some((work, _)) => format!("{work}/s"),
        None => unit.trim().to_owned(),
    }
}

/// Two rates in the unit that suits the smaller, and that unit: `2720`, `900` and `MB/s`. Only
/// of what is usually given with a prefix; others are shown in the unit they are in.
pub(super) fn two_rates(values: Pair<f64>, unit: &str) -> (Pair<Number>, Text) {
    let unit = short_unit(unit);
    let takes_prefix = matches!(&*unit, "B/s" | "bit/s" | "flop/s" | "Hz");
    let smaller = values.before.min(values.after);
    let scales = [("G", 1e9), ("M", 1e6), ("k", 1e3)];
    let scale = scales
        .into_iter()
        .find(|&(_, size)| takes_prefix && smaller >= size);
    let (prefix, size) = scale.unwrap_or(("", 1.0));
    let values = two_values(values.map(|value| value / size));
    (values, Text::from(prefix) + Text::label(&unit))
}

/// Parts a rate into what is counted and the word for the second.
fn split_rate(unit: &str) -> Option<(&str, &str)> {
    let parts = unit.rsplit_once('/').or_else(|| unit.rsplit_once(" per "));
    let (work, time) = parts?;
    let time = time.trim();
    matches!(time, "s" | "sec" | "secs" | "second" | "seconds").then(|| (work.trim(), time))
}

/// The singular of an English plural, by its commonest rules.
fn singular(plural: &str) -> String {
    let cut = |ending: &str| plural.strip_suffix(ending);
    if let Some(stem) = cut("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let sibilant = ["sses", "shes", "ches", "xes"];
    if sibilant.iter().any(|ending| plural.ends_with(ending)) {
        return plural[..plural.len() - 2].to_owned();
    }
    match cut("s") {
        Some(stem) if stem.len() > 1 && !stem.ends_with('s') => stem.to_owned(),
        _ => plural.to_owned(),
    }
}

/// A count with its noun: `1 round`, `6 rounds`.
pub(super) fn count(number: u64, noun: &'static str) -> Number {
    let ending = if number == 1 { "" } else { "s" };
    Number::new(format_args!("{} {noun}{ending}", grouped(number)))
}

/// The rounds that would settle a question: `14 to 30 rounds`.
pub(super) fn rounds_range(at_least: Option<u32>, needed: u32) -> Number {
    let most = count(needed.into(), "round");
    match at_least.filter(|&least| least < needed) {
        Some(least) => Number::new(format_args!("{} to {most}", grouped(least.into()))),
        None => most,
    }
}

/// A whole number with its thousands set apart: `12,345`.
pub(super) fn grouped(number: u64) -> Number {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    Number::new(out)
}

#[cfg(test)]
mod tests;
