//! Values that have the unit of a rate and may be something else: counts, shares, and
//! frequencies of what was computed.

use std::sync::LazyLock;

use regex::Regex;

use super::forms::Doubt;
use super::unit::Meaning;

/// What follows a number that is a share, or is a count although its label is a rate's.
static SHARE_OR_COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?x) ^ (?: \s* % | \p{{L}}
          | (?: \s+ [\p{{L}}_] [\w\-]* ){{1,3}} \s+ {DURING} )"
    ))
    .expect("the pattern is valid")
});

/// Operations, which may be counted and not per second, in a time.
static OPERATIONS_IN_TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?x) ^ \s* [kKMGTP]? (?i: flops | lups | cups | teps | ups | ops ) \s+ {DURING}"
    ))
    .expect("the pattern is valid")
});

/// A time in which something was done, for use in patterns with white space.
const DURING: &str = r"(?: in | over | during | within | after ) \s+ [0-9][0-9.,]* \s* (?i: ns|[uµμ]s|ms|msec|s|secs?|seconds?|mins?|minutes?|h|hours? ) \b";

/// A word behind a number which is not the label of the next number.
static NOUN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s+(?P<word>[\p{L}_][\w.\-/]*)\s*(?P<mark>[:=])?").expect("the pattern is valid")
});

/// Words behind a rate that are none of what is counted.
const ASIDES: [&str; 10] = [
    "on", "with", "using", "avg", "average", "mean", "median", "best", "and", "at",
];

/// What is said before a frequency that is the rate of the work.
static RATE_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \b (?: rate | speed | throughput | performance | loop | updates? | iterations? | steps?
          | frames? | ran | runs | running | achieved | reached | processed ) \b",
    )
    .expect("the pattern is valid")
});

/// What is said beside a frequency that is none.
static FREQUENCY_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) freq | sampl | refresh | \b peak | tone | clock | nyquist | band | fundamental | carrier
          | cut-?off | \b cpu | \b ram | reson | harmonic | \b bin | spectr",
    )
    .expect("the pattern is valid")
});

/// What keeps a rate from being certain, given what stands on both sides of its number.
pub(super) fn doubt(meaning: &Meaning, before: &str, rest: &str) -> Option<Doubt> {
    if OPERATIONS_IN_TIME.is_match(rest) {
        Some(Doubt::Count)
    } else {
        is_frequency(meaning, before, rest).then_some(Doubt::Frequency)
    }
}

/// Whether the text behind a number whose label is a rate's makes it something else.
pub(super) fn is_no_rate(work: &str, rest: &str) -> bool {
    let noun = NOUN.captures(rest).filter(|it| it.name("mark").is_none());
    let is_noun = noun.is_some_and(|it| !ASIDES.contains(&&it["word"]));
    SHARE_OR_COUNT.is_match(rest) || (work == "units" && is_noun)
}

/// Whether a value in hertz may be a frequency of what was computed: it stands alone, or
/// it is called a rate, where it is not.
fn is_frequency(meaning: &Meaning, before: &str, rest: &str) -> bool {
    let is_hertz = matches!(meaning, Meaning::Rate { work, .. } if work == "Hz");
    let lower = before.trim().to_lowercase();
    let label = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
    let label = label.strip_suffix("hz").unwrap_or(label);
    let is_alone = !label.contains(char::is_alphanumeric);
    let is_rate = is_alone || RATE_WORDS.is_match(before);
    is_hertz && (!is_rate || FREQUENCY_WORDS.is_match(before) || FREQUENCY_WORDS.is_match(rest))
}
