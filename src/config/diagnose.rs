//! From an error of the TOML reader to one that a person can act on.

use std::ops::Range;

use super::wire;

/// What is wrong at one place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Diagnosis {
    /// The place, in bytes.
    pub(super) span: Range<usize>,
    /// What is wrong.
    pub(super) message: String,
    /// What is said at the caret; may be empty.
    pub(super) label: String,
    /// What to write instead.
    pub(super) hint: Option<String>,
}

impl Diagnosis {
    /// A diagnosis with nothing said at the caret.
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: String::new(),
            hint: None,
        }
    }

    /// With this said at the caret.
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With this to write instead.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Reads the error of the TOML reader.
///
/// For a key or a word that it does not know, serde's message quotes that word and
/// then all that would have been right; there is no other access to them.
pub(super) fn diagnose(error: &toml::de::Error) -> Diagnosis {
    let message = error.message();
    let span = error.span().unwrap_or(0..0);
    let mut quoted = backquoted(message);
    if message.starts_with("unknown field") {
        let key = quoted.next().unwrap_or_default();
        let known: Vec<&str> = quoted.collect();
        Diagnosis::new(span, format!("unknown key `{key}`"))
            .label("not a key of this table")
            .hint(key_hint(key, &known))
    } else if message.starts_with("unknown variant") {
        let value = quoted.next().unwrap_or_default();
        let known: Vec<&str> = quoted.collect();
        Diagnosis::new(span, format!("unknown value \"{value}\"")).hint(value_hint(value, &known))
    } else {
        let diagnosis = Diagnosis::new(span, message.replace('\n', ": "));
        match type_hint(message) {
            Some(hint) => diagnosis.hint(hint),
            None => diagnosis,
        }
    }
}

/// What stands between backquotes, in order.
pub(super) fn backquoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The nearest key of the same table, else the table that has this key, else all
/// keys of the table.
fn key_hint(key: &str, known: &[&str]) -> String {
    if let Some(nearest) = nearest(key, known.iter().copied()) {
        return format!("did you mean `{nearest}`?");
    }
    let home = wire::keys()
        .into_iter()
        .find(|(table, keys)| !table.is_empty() && keys.iter().any(|known| known == key));
    match home {
        Some((table, _)) => format!("`{key}` is a key of {table}"),
        None => format!("the keys of this table are {}", list(known, '`', "and")),
    }
}

fn value_hint(value: &str, known: &[&str]) -> String {
    match nearest(value, known.iter().copied()) {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("write {}", list(known, '"', "or")),
    }
}

/// How the two types that are most often mistaken for others are written.
fn type_hint(message: &str) -> Option<&'static str> {
    let kinds = message.strip_prefix("invalid type: ")?;
    let is_bare = ["integer", "floating point", "boolean"]
        .iter()
        .any(|kind| kinds.starts_with(kind));
    if is_bare && kinds.ends_with("expected a string") {
        Some("write it in quotes")
    } else if kinds == "map, expected a sequence" {
        Some("a list of tables is written with two brackets, such as [[variant]]")
    } else {
        None
    }
}

/// The one of `known` that was probably meant by `word`.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(&word, known), known))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// Words in quotes as in a sentence: `a`, `b` or `c`.
fn list(words: &[&str], quote: char, conjunction: &str) -> String {
    let quoted: Vec<String> = words
        .iter()
        .map(|word| format!("{quote}{word}{quote}"))
        .collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {conjunction} {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_nearest(word: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(word, known.iter().copied()), expected);
    }

    #[test]
    fn the_nearest_word_is_found_or_none() {
        let keys = ["sampler", "gdb", "rate", "max-depth"];
        check_nearest("rat", &keys, Some("rate"));
        check_nearest("max_depth", &keys, Some("max-depth"));
        check_nearest("Rate", &keys, Some("rate"));
        check_nearest("frequency", &keys, None);
        check_nearest("", &keys, None);
    }

    #[test]
    fn words_are_listed_as_in_a_sentence() {
        assert_eq!(list(&["a", "b", "c"], '`', "or"), "`a`, `b` or `c`");
        assert_eq!(list(&["a"], '"', "or"), "\"a\"");
        assert_eq!(list(&[], '`', "and"), "");
    }

    #[test]
    fn serde_lists_the_keys_of_every_table() {
        let tables = wire::keys();
        assert!(tables.iter().all(|(_, keys)| keys.len() >= 2), "{tables:?}");
        let sampling = tables.iter().find(|(table, _)| *table == "[sampling]");
        let expected = [
            "sampler",
            "gdb",
            "rate",
            "max-stopped",
            "max-depth",
            "counters",
            "attribution",
            "include",
            "exclude",
        ];
        assert_eq!(
            sampling.map(|(_, keys)| keys.as_slice()),
            Some(&expected.map(str::to_owned)[..])
        );
    }
}
