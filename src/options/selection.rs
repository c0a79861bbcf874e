//! Which part of a report is wanted.

use std::path::Path;

use crate::source::{FileGlob, is_called};
use crate::text::Text;

/// The lines that a report is asked for: those of any of the functions that are in any of
/// the files. Where none is named, all are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Functions by their qualified names, or the last parts of these.
    pub functions: Vec<String>,
    /// Files by patterns.
    pub files: Vec<FileGlob>,
}

impl Selection {
    /// Whether everything is wanted.
    pub const fn is_all(&self) -> bool {
        self.functions.is_empty() && self.files.is_empty()
    }

    /// Whether a line is wanted that is in this file, and in this function if it is in one.
    pub fn takes(&self, file: &str, function: Option<&str>) -> bool {
        let mut functions = self.functions.iter();
        let in_function = self.functions.is_empty()
            || function.is_some_and(|name| functions.any(|wanted| is_called(name, wanted)));
        self.takes_file(file) && in_function
    }

    /// Whether lines of this file are wanted.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_wanted_if_its_file_and_its_function_are() {
        let selection = |functions: &[&str], files: &[&str]| Selection {
            functions: functions.iter().map(|&name| name.to_owned()).collect(),
            files: files.iter().map(|glob| glob.parse().unwrap()).collect(),
        };
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
}
