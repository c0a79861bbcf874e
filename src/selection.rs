//! Which lines are meant: those that a report shows, and those that a rule is about.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::{FileGlob, is_called};
use crate::text::Text;

/// Lines by the function and the file that they are in: those of any of the functions that are
/// in any of the files. Where none is named, all are meant.
///
/// As JSON, one name stands by itself, and several are a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Selection {
    /// Functions by their qualified names, or the last parts of these, without the functions
    /// within them.
    #[serde(
        rename = "function",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "one_or_more"
    )]
    #[schemars(with = "Option<OneOrMore<String>>")]
    pub functions: Vec<String>,
    /// Files by patterns: a name without a `/` is that of a file in any folder.
    #[serde(
        rename = "file",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "one_or_more"
    )]
    #[schemars(with = "Option<OneOrMore<FileGlob>>")]
    pub files: Vec<FileGlob>,
}

impl Selection {
    /// Whether all lines are meant.
    pub const fn is_all(&self) -> bool {
        self.functions.is_empty() && self.files.is_empty()
    }

    /// Whether a line is meant that is in this file, and in this function if it is in one.
    pub fn takes(&self, file: &str, function: Option<&str>) -> bool {
        let mut functions = self.functions.iter();
        let in_function = self.functions.is_empty()
            || function.is_some_and(|name| functions.any(|wanted| is_called(name, wanted)));
        self.takes_file(file) && in_function
    }

    /// Whether lines of this file are meant.
    pub fn takes_file(&self, file: &str) -> bool {
        let mut files = self.files.iter();
        self.files.is_empty() || files.any(|glob| glob.matches(Path::new(file)))
    }

    /// What was asked for, in words: ``function `f` in `a.py` ``.
    pub(crate) fn words(&self) -> Text {
        let functions = self.functions.iter().map(String::as_str);
        let files = self.files.iter().map(FileGlob::as_str);
        match (self.functions.is_empty(), self.files.is_empty()) {
            (_, true) => Text::from("function ") + quoted(functions),
            (true, false) => Text::from("file ") + quoted(files),
            (false, false) => Text::from("function ") + quoted(functions) + " in " + quoted(files),
        }
    }
}

/// Any of these names.
fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> Text {
    Text::join(
        names.map(|name| Text::from("`") + Text::foreign(name) + "`"),
        " or ",
    )
}

/// One value by itself, or a list of others: what the schema says of [`one_or_more`].
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

/// Values as one by itself, or as a list of them. What is wrong with a value is said as the
/// value says it.
mod one_or_more {
    use std::fmt;
    use std::marker::PhantomData;

    use serde::de::value::SeqAccessDeserializer;
    use serde::de::{Error, IntoDeserializer, SeqAccess, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match values {
            [one] => one.serialize(serializer),
            more => more.serialize(serializer),
        }
    }

    /// Nothing is none of them.
    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(Names(PhantomData))
    }

    struct Names<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Names<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_none<E: Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_str<E: Error>(self, one: &str) -> Result<Vec<T>, E> {
            T::deserialize(one.into_deserializer()).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, several: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(several))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(functions: &[&str], files: &[&str]) -> Selection {
        Selection {
            functions: functions.iter().map(|&name| name.to_owned()).collect(),
            files: files.iter().map(|glob| glob.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn a_line_is_meant_if_its_file_and_its_function_are() {
        let all = selection(&[], &[]);
        assert!(all.is_all() && all.takes("a.py", None));
        let function = selection(&["run", "K.stop"], &[]);
        assert!(function.takes("a.py", Some("K.run")));
        assert!(function.takes("a.py", Some("run")));
        assert!(function.takes("a.py", Some("K.stop")));
        assert!(!function.takes("a.py", Some("stop")));
        assert!(!function.takes("a.py", None));
        let both = selection(&["run"], &["a.py"]);
        assert!(both.takes("pkg/a.py", Some("run")));
        assert!(!both.takes("b.py", Some("run")));
        assert_eq!(both.words().plain(), "function `run` in `a.py`");
        assert_eq!(function.words().plain(), "function `run` or `K.stop`");
    }

    #[test]
    fn a_name_without_a_slash_is_that_of_a_file_in_any_folder() {
        let takes = |glob: &str, path| selection(&[], &[glob]).takes_file(path);
        assert!(takes("a.py", "a.py") && takes("a.py", "pkg/deep/a.py"));
        assert!(takes("pkg/a.py", "/home/pkg/a.py"));
        assert!(!takes("a.py", "pkg/extra.py") && !takes("kg/a.py", "pkg/a.py"));
    }

    #[test]
    fn one_name_stands_by_itself_and_several_are_a_list() {
        #[track_caller]
        fn check(selection: &Selection, expected: &str) {
            assert_eq!(serde_json::to_string(selection).unwrap(), expected);
            let again: Selection = serde_json::from_str(expected).unwrap();
            assert_eq!(again, *selection);
        }
        check(&selection(&[], &[]), "{}");
        let one = selection(&["run"], &["a.py"]);
        check(&one, r#"{"function":"run","file":"a.py"}"#);
        let several = selection(&["run", "stop"], &[]);
        check(&several, r#"{"function":["run","stop"]}"#);
        let none: Selection = serde_json::from_str(r#"{"function":null}"#).unwrap();
        assert!(none.is_all());
        let refused = |text: &str| serde_json::from_str::<Selection>(text).unwrap_err();
        for text in [r#"{"file":""}"#, r#"{"file":["a.py",""]}"#] {
            let error = refused(text).to_string();
            assert!(error.contains("cannot be empty"), "{error}");
        }
        let error = refused(r#"{"file":7}"#).to_string();
        assert!(
            error.contains("expected a text or a list of texts"),
            "{error}"
        );
    }
}
