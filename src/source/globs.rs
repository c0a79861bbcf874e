//! Which files are meant, by patterns of their paths.

use std::path::Path;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A pattern of file names, such as `kernels.py`, `mylib/*` or `**/test_*.py`: that of a
/// path, or of its end behind any `/`, so that a name without a `/` is that of a file in any
/// folder. `*` and `?` stand for anything, `/` included.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FileGlob {
    text: String,
    matcher: GlobMatcher,
}

impl FileGlob {
    /// Whether a path is meant.
    pub fn matches(&self, path: &Path) -> bool {
        self.matcher.is_match(path)
    }

    /// The pattern, as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Bytes that a pattern may have. It becomes a machine of as many states.
const MOST_BYTES: usize = 4096;

impl FromStr for FileGlob {
    type Err = String;

    /// Fails with what is wrong with it, in words.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!(
                "a file name pattern cannot be longer than {MOST_BYTES} bytes"
            ));
        }
        let from_any_folder = match text {
            "" => return Err("a file name pattern cannot be empty".to_owned()),
            absolute if absolute.starts_with('/') => absolute.to_owned(),
            relative => format!("**/{}", relative.trim_start_matches("./")),
        };
        let glob = GlobBuilder::new(&from_any_folder).build();
        let glob =
            glob.map_err(|error| format!("not a valid file name pattern: {}", error.kind()))?;
        // To compile what the regular expressions beneath refuse would be a panic.
        if regex::bytes::Regex::new(glob.regex()).is_err() {
            return Err("not a valid file name pattern: it is nested too deeply".to_owned());
        }
        Ok(Self {
            text: text.to_owned(),
            matcher: glob.compile_matcher(),
        })
    }
}

impl TryFrom<String> for FileGlob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<FileGlob> for String {
    fn from(glob: FileGlob) -> Self {
        glob.text
    }
}

impl PartialEq for FileGlob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for FileGlob {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(glob: &str, path: &str, expected: bool) {
        let glob: FileGlob = glob.parse().unwrap();
        assert_eq!(glob.matches(Path::new(path)), expected);
    }

    #[test]
    fn a_pattern_is_that_of_the_end_of_a_path() {
        check("kernels.py", "kernels.py", true);
        check("kernels.py", "pkg/kernels.py", true);
        check("kernels.py", "other_kernels.py", false);
        check("./kernels.py", "kernels.py", true);
        check("mylib/*", "mylib/deep/core.py", true);
        check("mylib/*", "/opt/lib/mylib/core.py", true);
        check("mylib/*", "notmylib/core.py", false);
        check("test_?.py", "tests/test_1.py", true);
        check("/opt/*", "/opt/lib/core.py", true);
        check("/opt/*", "/home/opt/core.py", false);
        check(&"?".repeat(4096), &"a".repeat(4096), true);
    }

    #[test]
    fn what_is_no_pattern_is_refused_in_words() {
        let nested = ["{a,".repeat(1000), "}".repeat(1000)].concat();
        for (wrong, words) in [
            ("", "be empty"),
            ("a[", "not a valid file name pattern"),
            (&"a".repeat(400_000), "be longer than 4096 bytes"),
            (&nested, "nested too deeply"),
        ] {
            let error = wrong.parse::<FileGlob>().unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
