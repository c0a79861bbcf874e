//! Words that units are made of.

use std::sync::LazyLock;

use regex::Regex;

/// Words that are rates by themselves, with what they count.
pub(super) const RATES: [(&str, &str); 26] = [
    ("fps", "frames"),
    ("hz", "Hz"),
    ("iops", "IO"),
    ("ops", "ops"),
    ("tps", "transactions"),
    ("qps", "queries"),
    ("rps", "requests"),
    ("ips", "iterations"),
    ("flops", "flop"),
    ("flop/s", "flop"),
    ("flops/s", "flop"),
    ("flop/sec", "flop"),
    ("bps", "bit"),
    ("bit/s", "bit"),
    ("bits/s", "bit"),
    ("bit/sec", "bit"),
    ("bits/sec", "bit"),
    ("lups", "lattice updates"),
    ("lup/s", "lattice updates"),
    ("cups", "cell updates"),
    ("teps", "edges"),
    ("pps", "packets"),
    ("ups", "updates"),
    ("nps", "nodes"),
    ("sps", "samples"),
    ("wps", "words"),
];

/// What is counted so often that a prefix before it can be told from the beginning of
/// another word: `Mcells` are a million cells, `Models` are models.
pub(super) const COUNTED: [&str; 40] = [
    "it",
    "its",
    "iter",
    "iters",
    "iterations",
    "op",
    "ops",
    "operations",
    "cells",
    "points",
    "pts",
    "pixels",
    "px",
    "samples",
    "images",
    "frames",
    "rows",
    "records",
    "items",
    "elements",
    "elems",
    "tokens",
    "tok",
    "events",
    "req",
    "reqs",
    "requests",
    "queries",
    "particles",
    "steps",
    "updates",
    "flop",
    "flops",
    "rays",
    "voxels",
    "calls",
    "atoms",
    "bodies",
    "hashes",
    "sites",
];

/// Physical units: what is printed in them per second is a speed or a power of what was
/// computed, not of the computing.
const PHYSICAL: [&str; 45] = [
    "m", "g", "J", "j", "W", "w", "N", "n", "V", "v", "A", "K", "C", "Pa", "eV", "L", "l", "mol",
    "rad", "sr", "cal", "pc", "Ω", "ohm", "ft", "in", "mi", "deg", "°", "°C", "°F", "Å", "au",
    "AU", "ly", "bar", "atm", "rev", "%", "percent", "kelvin", "celsius", "mile", "foot", "feet",
];

/// How many of these, from the first, come with prefixes.
const PREFIXED: usize = 22;

/// Names of physical units in the singular, which prefixes stand before.
const PHYSICAL_NAMES: [&str; 17] = [
    "meter",
    "metre",
    "gram",
    "gramme",
    "joule",
    "watt",
    "newton",
    "volt",
    "ampere",
    "amp",
    "pascal",
    "liter",
    "litre",
    "mole",
    "radian",
    "degree",
    "electronvolt",
];

/// What stands before those.
const PHYSICAL_WORDS: [&str; 8] = [
    "", "kilo", "mega", "giga", "centi", "milli", "micro", "nano",
];

/// Prefixes of physical units. A capital without a unit is one of thousands.
const PHYSICAL_PREFIXES: [&str; 12] = ["k", "c", "d", "h", "m", "µ", "μ", "u", "n", "p", "M", "G"];

/// Whether all of a unit is physical, such as `km`, `kg m` or `m³`.
pub(super) fn is_physical(unit: &str) -> bool {
    let mut parts = unit
        .split(|c: char| c.is_whitespace() || "·*".contains(c))
        .filter(|part| !part.is_empty())
        .peekable();
    parts.peek().is_some() && parts.all(is_physical_symbol)
}

fn is_physical_symbol(part: &str) -> bool {
    let symbol = part.trim_end_matches(|c: char| c.is_ascii_digit() || "^²³-".contains(c));
    let has = |symbol: &str| PHYSICAL.contains(&symbol);
    let prefixed = PHYSICAL_PREFIXES.iter().any(|prefix| {
        let rest = symbol.strip_prefix(prefix);
        rest.is_some_and(|rest| PHYSICAL[..PREFIXED].contains(&rest))
    });
    let name = symbol.to_lowercase();
    let name = name.strip_suffix('s').unwrap_or(&name);
    let named = PHYSICAL_NAMES.iter().any(|unit| {
        let prefix = name.strip_suffix(unit);
        prefix.is_some_and(|it| PHYSICAL_WORDS.contains(&it))
    });
    has(symbol) || has(name) && name.len() > 2 || prefixed || named
}

/// Prefixes of thousands, and words for them.
pub(super) fn prefix_of(text: &str) -> Option<f64> {
    Some(match text {
        "k" | "K" | "kilo" | "thousand" => 1e3,
        "M" | "mega" | "million" => 1e6,
        "G" | "giga" | "billion" => 1e9,
        "T" | "tera" | "trillion" => 1e12,
        "P" => 1e15,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    })
}

/// Bytes and bits, which come in many spellings: `KB`, `kB`, `KiB`, `MBytes`, `Mbit`.
static BYTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) ^ (?: (?P<prefix> [kKmMgGtTpP] i? | kilo | mega | giga ) \s? )?
          (?: (?P<bytes> B | [Bb]ytes? ) | (?P<bits> b | [Bb]its? ) ) $",
    )
    .expect("the pattern is valid")
});

/// The bytes or bits of one of a unit, and which of the two it has.
pub(super) fn bytes(work: &str) -> Option<(f64, &'static str)> {
    let found = BYTES.captures(work)?;
    let unit = if found.name("bytes").is_some() {
        "B"
    } else {
        "bit"
    };
    let prefix = found
        .name("prefix")
        .map_or("", |it| it.as_str())
        .to_lowercase();
    let (letter, base) = match prefix.strip_suffix('i') {
        Some(letter) => (letter, 1024.0_f64),
        None => (&*prefix, 1000.0),
    };
    let power = match letter.chars().next() {
        None => 0,
        Some('k') => 1,
        Some('m') => 2,
        Some('g') => 3,
        Some('t') => 4,
        Some(_) => 5,
    };
    Some((base.powi(power), unit))
}
