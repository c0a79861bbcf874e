//! What the words before a number say of it: `Requests per second: `, `fps=`,
//! `'train_samples_per_second': `.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::unit::{self, Meaning, TIME};

/// What a label says of the number behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Label {
    /// It has this unit.
    Unit(Meaning),
    /// It is the time that one of this takes; the unit of time is not said.
    TimePer(String),
    /// It was taken over repetitions, such as a mean.
    Statistic,
    /// It is a mean of something that may not be the time of the work; the unit of it, if
    /// it is named.
    Unclear(Meaning),
    /// It is of something else: the rate of a medium, not of work.
    Foreign,
    /// Nothing that is known.
    None,
}

/// The end of what stands before a number, where that is a label.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?P<label>[^,;|{}<>\t:=]*?)['"]?\s*(?:[:=]|\bis\b|\bwas\b)\s*['"]?\s*$"#)
        .expect("the pattern is valid")
});

/// The same without a mark before the number, as in tables: a unit, the time of a unit of
/// work, or a word for a mean.
static UNMARKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?ix) (?P<before> ^ | .*? [^\w/] ) (?P<label>
          [\p{{L}}\#]+ (?: \s*/\s* | \s+ per \s+ | _per_ ) {TIME} | fps
          | (?: time | latency ) (?: \s*/\s* | \s+ per \s+ ) [\p{{L}}_]+
          | (?: mean | average | avg | median | best ) (?: \s+ time )? ) \s* \|? \s+ $"
    ))
    .expect("the pattern is valid")
});

/// A name, and a unit in brackets behind it.
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]$").expect("the pattern is valid")
});

/// The time that a unit of work takes, without a unit of time.
static TIME_PER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) (?: ^ | [\s_(] ) (?: time | latency | duration | cost | elapsed | runtime )
          (?: \s*/\s* | [\s_]per[\s_] ) (?P<work> [\p{L}_]+ ) $",
    )
    .expect("the pattern is valid")
});

static STATISTIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^\p{L}])(?:mean|average|avg|median|best)(?:[^\p{L}]|$)")
        .expect("the pattern is valid")
});

/// How far values lie apart, which is no value of them.
static SPREAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) (?: ^ | [^\p{L}] ) (?: errors? | deviations? | dev | std | stddev | stdev | sem | mad
          | variance | var | iqr | ci | confidence | uncertainty | spread ) (?: [^\p{L}] | $ )",
    )
    .expect("the pattern is valid")
});

/// A mean, and beside it how far values lie from it.
static BOTH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:mean|average|avg|median)\s*(?:[/&+]|and\b)").expect("the pattern is valid")
});

/// What is in brackets, or says how far values lie apart beside them.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\[(][^\])]*[\])]?|(?:±|\+-|\+/-).*$").expect("the pattern is valid")
});

/// Words of the time that work takes.
const OF_WORK: [&str; 39] = [
    "time",
    "times",
    "latency",
    "duration",
    "runtime",
    "walltime",
    "wall",
    "elapsed",
    "cost",
    "execution",
    "exec",
    "run",
    "runs",
    "iteration",
    "iterations",
    "iter",
    "call",
    "calls",
    "step",
    "steps",
    "loop",
    "loops",
    "batch",
    "frame",
    "epoch",
    "of",
    "kernel",
    "kernels",
    "solve",
    "compute",
    "computation",
    "processing",
    "inference",
    "training",
    "sweep",
    "pass",
    "update",
    "request",
    "response",
];

/// Words of times that were computed.
const COMPUTED: [&str; 16] = [
    "between",
    "until",
    "to",
    "free",
    "arrival",
    "decay",
    "residence",
    "passage",
    "transit",
    "travel",
    "waiting",
    "flight",
    "relaxation",
    "correlation",
    "life",
    "collision",
];

/// What is inverse to a rate, or is lost of one.
static INVERSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:reciprocal|inverse|inv|lost|wasted|dropped|missed)(?:\b|_)")
        .expect("the pattern is valid")
});

/// Words that a label has before what it is about.
const MOST_WORDS: usize = 5;

/// What the text before a number says of it.
pub(super) fn label(before: &str) -> Label {
    let Some(found) = LABEL.captures(before).or_else(|| unmarked(before)) else {
        return Label::None;
    };
    let label = found["label"]
        .trim()
        .trim_matches(['\'', '"', '`', '*', '-', ' ']);
    let (name, inner) = without_brackets(label);
    if name.to_lowercase().ends_with("bitrate") || INVERSE.is_match(name) {
        return Label::Foreign;
    }
    let per = TIME_PER.captures(name).map(|it| it["work"].to_owned());
    match (inner.map(unit::understand), per) {
        (Some(Meaning::Duration { work: None, factor }), Some(work)) => {
            return Label::Unit(Meaning::Duration {
                work: Some(work),
                factor,
            });
        }
        (Some(unit @ Meaning::Duration { work: None, .. }), None) if STATISTIC.is_match(name) => {
            return match statistic(name) {
                Label::Statistic => Label::Unit(unit),
                Label::Unclear(_) => Label::Unclear(unit),
                other => other,
            };
        }
        (Some(unit @ (Meaning::Rate { .. } | Meaning::Duration { work: Some(_), .. })), _) => {
            return Label::Unit(unit);
        }
        (_, Some(work)) => return Label::TimePer(work),
        _ => {}
    }
    if let Some(meaning) = last_words(name) {
        return Label::Unit(meaning);
    }
    // A label without a mark is the end of what stands before.
    let whole = found.name("before").map_or("", |it| it.as_str());
    let whole = whole.rsplit(|c: char| !c.is_alphabetic() && c != ' ');
    if whole
        .into_iter()
        .next()
        .is_some_and(|it| SPREAD.is_match(it))
    {
        return Label::Foreign;
    }
    statistic(label)
}

/// The name in a label, and what is in brackets behind it.
fn without_brackets(label: &str) -> (&str, Option<&str>) {
    match BRACKETED.captures(label) {
        Some(parts) => {
            let [name, inner] = parts.extract().1;
            (name, Some(inner))
        }
        None => (label, None),
    }
}

/// What a label with a word for a mean says, if it has one.
fn statistic(label: &str) -> Label {
    if !STATISTIC.is_match(label) {
        return Label::None;
    }
    let label = ASIDE.replace_all(label, " ").to_lowercase();
    if SPREAD.is_match(&label) {
        return if BOTH.is_match(&label) {
            Label::Unclear(Meaning::Other)
        } else {
            Label::Foreign
        };
    }
    let is_mean = |word: &&str| ["mean", "average", "avg", "median", "best"].contains(word);
    let words: Vec<&str> = label.split(|c: char| !c.is_alphabetic()).collect();
    let behind = words.rsplit(|word| is_mean(word)).next();
    let behind: Vec<_> = behind
        .iter()
        .copied()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect();
    let is_of_work = behind.is_empty() || behind.iter().any(|word| OF_WORK.contains(word));
    if is_of_work && !words.iter().any(|word| COMPUTED.contains(word)) {
        Label::Statistic
    } else {
        Label::Unclear(Meaning::Other)
    }
}

/// A label without a mark behind it, unless it is the unit of the number before it.
fn unmarked(before: &str) -> Option<Captures<'_>> {
    let found = UNMARKED.captures(before)?;
    let ends_in_number = found["before"]
        .trim_end()
        .ends_with(|c: char| c.is_ascii_digit());
    (!ends_in_number).then_some(found)
}

/// The unit that the last words of a name are, as few of them as name the work.
fn last_words(name: &str) -> Option<Meaning> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let last = words.last()?.to_lowercase();
    if last == "throughput" || last.ends_with("_throughput") {
        return Some(Meaning::Rate {
            work: "units".to_owned(),
            factor: 1.0,
        });
    }
    let mut unnamed = None;
    for count in 1..=words.len().min(MOST_WORDS) {
        match unit::understand(&words[words.len() - count..].join(" ")) {
            Meaning::Rate { work, factor } if work == "units" => {
                unnamed = Some(Meaning::Rate { work, factor });
            }
            Meaning::Duration { work: None, .. } | Meaning::Other => {}
            named => return Some(named),
        }
    }
    unnamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let shown = match label(before) {
            Label::Unit(meaning) => format!(
                "{} {}",
                meaning.factor(),
                meaning.canonical().unwrap_or_default()
            ),
            Label::TimePer(work) => format!("time per {work}"),
            Label::Statistic => "statistic".to_owned(),
            Label::Unclear(_) => "unclear".to_owned(),
            Label::Foreign => "foreign".to_owned(),
            Label::None => "none".to_owned(),
        };
        assert_eq!(shown, expected, "{before}");
    }

    #[test]
    fn labels() {
        check("Requests per second:   ", "1 Requests/s");
        check("Requests/sec: ", "1 Requests/s");
        check("the rate in images / sec is ", "1 images/s");
        check("{'a': 3, 'train_samples_per_second': ", "1 train_samples/s");
        check("\"items_per_second\": ", "1 items/s");
        check("frame= 12 fps= ", "1 frames/s");
        check("throughput (images/s): ", "1 images/s");
        check("throughput: ", "1 units/s");
        check("rate [MB/s] = ", "1000000 B/s");
        check("time per step (ms): ", "0.001 s/step");
        check("ms/step: ", "0.001 s/step");
        check("Time per request: ", "time per request");
        check("Time (mean ± σ): ", "statistic");
        check("avg_time: ", "statistic");
        check("avg time [ms] = ", "0.001 s");
        check("bitrate= ", "foreign");
        check("learning rate: ", "none");
        check("images/s  ", "1 images/s");
        check("| FPS | ", "1 frames/s");
        check("avg ", "statistic");
        check("time per call ", "time per call");
        check("5 it/s ", "none");
        check("took ", "none");
        check("total time: ", "none");
    }
}
