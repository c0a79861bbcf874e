//! The benchmarks that a harness prints one after the other, and the repetitions of one.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::unit::TIME;

/// What there is of the benchmarks of a harness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Benchmarks {
    /// One: its result is on this line.
    One(usize),
    /// Several, of which it is not known which counts.
    Several,
    /// How far the repetitions of one lie apart, and nothing else.
    Spread,
}

/// Lines that name a benchmark of a harness in the group `name`, and lines with a result of
/// it, where these are others.
static HARNESSES: LazyLock<[(Regex, Option<Regex>); 8]> = LazyLock::new(|| {
    let lines = |pattern: &str| Regex::new(pattern).expect("the pattern is valid");
    [
        // Go.
        (
            lines(r"^(?P<name>Benchmark\S*)\s+[0-9]+\s+[0-9][0-9.,]*\s+\S+/op\b"),
            None,
        ),
        // JMH, whose percentiles and profilers have lines of their own.
        (
            lines(r"^(?P<name>\S.*?)\s+(?:thrpt|avgt|sample|ss)\s+(?:[0-9]+\s+)?[0-9≈]"),
            None,
        ),
        // asv.
        (
            lines(r"^\[\s*[0-9.]+%\]\s+·+\s+(?P<name>\S+)\s.*[0-9]"),
            None,
        ),
        // pyperf.
        (lines(r"^(?P<name>.+?): Mean \+- std dev: "), None),
        // Rust.
        (lines(r"^test (?P<name>\S+)\s+\.\.\. bench:"), None),
        // hyperfine.
        (
            lines(r"^Benchmark #?(?P<name>[0-9]+): "),
            Some(lines(r"^Time\s+\(mean ± σ\):")),
        ),
        // Criterion; a long name has a line of its own.
        (
            lines(r"^(?P<name>.*?)\s*\btime:\s+\[\s*[0-9]"),
            Some(lines(r"\bthrpt:\s+\[")),
        ),
        // Google Benchmark as JSON.
        (
            lines(r#"^"name": "(?P<name>[^"]*)""#),
            Some(lines(
                r#"^"(?:(?:real|cpu)_time|(?:items|bytes)_per_second|iterations|time_unit)": "#,
            )),
        ),
    ]
});

/// The benchmarks of the harness that printed a line which has a result.
pub(super) fn of(lines: &[&str], at: usize) -> Benchmarks {
    if GOOGLE.is_match(lines[at]) {
        return of_google(lines);
    }
    let of_it = HARNESSES.iter().find(|(named, result)| {
        let result = result.as_ref();
        named.is_match(lines[at]) || result.is_some_and(|it| it.is_match(lines[at]))
    });
    let is_several = of_it.is_some_and(|(named, _)| {
        let names = lines.iter().enumerate().filter_map(|(at, line)| {
            let name = named.captures(line)?["name"].to_owned();
            Some(if name.is_empty() {
                at.to_string()
            } else {
                name
            })
        });
        names.collect::<BTreeSet<_>>().len() > 1
    });
    if is_several {
        Benchmarks::Several
    } else {
        Benchmarks::One(at)
    }
}

/// A line of Google Benchmark, of a benchmark or of its repetitions taken together.
static GOOGLE: LazyLock<Regex> = LazyLock::new(|| {
    let value = format!(r"[0-9][0-9.,]*(?:[eE][+\-]?[0-9]+)?\s+(?:(?i:{TIME})|%)");
    Regex::new(&format!(
        r"^(?P<name>\S+)\s+{value}\s+{value}\s+(?P<count>[0-9]+)(?:\s|$)"
    ))
    .expect("the pattern is valid")
});

/// A line of Google Benchmark.
struct Google<'a> {
    at: usize,
    name: &'a str,
    /// Iterations, or repetitions where these are taken together.
    count: &'a str,
}

impl<'a> Google<'a> {
    /// The name without what it says of repetitions, and that.
    fn parts(&self, all: &[Self]) -> (&'a str, Option<&'a str>) {
        let Some((base, kind)) = self.name.rsplit_once('_') else {
            return (self.name, None);
        };
        // How far they lie apart is told of all repetitions; a benchmark may be called
        // after a mean.
        let tells_spread = |it: &Self| {
            let kind = it.name.strip_prefix(base);
            matches!(kind, Some("_stddev" | "_cv")) && it.count == self.count
        };
        let is_kind = ["mean", "median", "stddev", "cv", "min", "max"].contains(&kind);
        if is_kind && all.iter().any(tells_spread) {
            (base, Some(kind))
        } else {
            (self.name, None)
        }
    }
}

/// The median of the repetitions, the mean where there is none, or the last run of the
/// benchmark where they are not taken together.
fn of_google(lines: &[&str]) -> Benchmarks {
    let rows = lines.iter().enumerate().filter_map(|(at, line)| {
        let (_, [name, count]) = GOOGLE.captures(line)?.extract();
        Some(Google { at, name, count })
    });
    let rows: Vec<Google<'_>> = rows.collect();
    let parts: Vec<_> = rows.iter().map(|row| row.parts(&rows)).collect();
    let names: BTreeSet<&str> = parts.iter().map(|(base, _)| *base).collect();
    if names.len() > 1 {
        return Benchmarks::Several;
    }
    let last = |wanted: Option<&str>| {
        let at = parts.iter().rposition(|(_, kind)| *kind == wanted)?;
        Some(Benchmarks::One(rows[at].at))
    };
    let is_repeated = parts.iter().any(|(_, kind)| kind.is_some());
    let taken_together = last(Some("median")).or_else(|| last(Some("mean")));
    let single = last(None).filter(|_| !is_repeated);
    taken_together.or(single).unwrap_or(Benchmarks::Spread)
}
