//! Source files as recordings keep them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::{Function, LineNumber, Origin, SourceFile};
use crate::compressed::{compress, expand};

/// A source file as it was when the experiment began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Source {
    /// Path as reports show it: relative to the working directory for the
    /// user's files, to the library folder (`numba/np/…`) for others.
    pub path: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// The text, with bytes that are not UTF-8 replaced.
    pub text: String,
    /// Whether the file is the user's own and not a library's.
    pub user: bool,
    /// Its functions, in the order in which they begin; none where it cannot be parsed, in
    /// recordings of older versions, and for libraries.
    pub functions: Vec<Function>,
    /// The lines for which compiled code had machine instructions, in any of the profiled
    /// runs; none in recordings of older versions.
    pub code: BTreeSet<LineNumber>,
}

/// A source file in a document.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Written {
    /// Path as reports show it: relative to the working directory for the
    /// user's files, to the library folder (`numba/np/…`) for others.
    path: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    sha256: String,
    /// The text of a user's file, with bytes that are not UTF-8 replaced.
    text: String,
    /// The text of a library's file, compressed (DEFLATE, RFC 1951) and in base64; recordings
    /// of older versions have it as `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compressed: Option<String>,
    /// Whether the file is the user's own and not a library's.
    user: bool,
    /// Its functions, in the order in which they begin; none where it cannot be parsed, in
    /// recordings of older versions, and for libraries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    functions: Vec<Function>,
    /// The lines for which compiled code had machine instructions, in any of the profiled
    /// runs; none in recordings of older versions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    code: BTreeSet<LineNumber>,
}

impl From<Source> for Written {
    fn from(source: Source) -> Self {
        let compressed =
            (!source.user && !source.text.is_empty()).then(|| compress(source.text.as_bytes()));
        Self {
            path: source.path,
            sha256: source.sha256,
            text: match compressed {
                Some(_) => String::new(),
                None => source.text,
            },
            compressed,
            user: source.user,
            functions: source.functions,
            code: source.code,
        }
    }
}

/// Bytes of a text for each of it compressed, and besides. No source is so much longer, and no
/// document may be.
const MOST_TIMES: usize = 50;
const MOST_BESIDES: usize = 1 << 12;

impl TryFrom<Written> for Source {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let text = match &written.compressed {
            None => written.text,
            Some(compressed) => {
                let most = compressed.len() * MOST_TIMES + MOST_BESIDES;
                let bytes = expand(compressed, most);
                let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                text.ok_or_else(|| format!("the text of `{}` is damaged", written.path))?
            }
        };
        Ok(Self {
            path: written.path,
            sha256: written.sha256,
            text,
            user: written.user,
            functions: written.functions,
            code: written.code,
        })
    }
}

impl JsonSchema for Source {
    fn schema_name() -> Cow<'static, str> {
        "Source".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

impl Source {
    /// A file by the path that reports show, from the bytes it holds on disk, before its
    /// functions and its code are known.
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8], origin: Origin) -> Self {
        let file = SourceFile::from_bytes(path, bytes);
        Self {
            sha256: file.sha256().to_owned(),
            user: origin == Origin::User,
            functions: Vec::new(),
            code: BTreeSet::new(),
            path: file.path().to_owned(),
            text: file.into_text(),
        }
    }

    /// The first lines of statements that the compiler left nothing of: folded into others,
    /// moved out of a loop with them, or never needed. Only in functions of which it left
    /// something: of others it is not known that they were compiled.
    pub fn without_code(&self) -> BTreeSet<LineNumber> {
        let has_code =
            |first, last| first <= last && self.code.range(first..=last).next().is_some();
        let compiled = self.functions.iter().filter(|it| {
            let statements = it.statements.iter();
            statements
                .clone()
                .any(|&(first, last)| has_code(first, last))
        });
        let statements = compiled.flat_map(|function| &function.statements);
        let left_out = statements.filter(|&&(first, last)| !has_code(first, last));
        left_out.map(|&(first, _)| first).collect()
    }

    /// The innermost function that a line is in.
    pub fn function_at(&self, line: LineNumber) -> Option<&Function> {
        let around = self
            .functions
            .iter()
            .filter(|it| it.first <= line && line <= it.last);
        around.max_by_key(|it| it.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_as_it_was_read() {
        let source = Source::from_bytes("pkg/f.py", b"a\r\nb", Origin::Library);
        assert_eq!((&*source.path, &*source.text), ("pkg/f.py", "a\r\nb"));
        assert!(!source.user);
        let file = SourceFile::from_bytes("pkg/f.py", b"a\r\nb");
        assert_eq!(source.sha256, file.sha256());
    }

    #[test]
    fn a_library_s_text_is_compressed_in_documents() {
        let text = "def scaled(value):\n    return value * 2\n".repeat(50);
        let library = Source::from_bytes("pkg/f.py", text.as_bytes(), Origin::Library);
        let json = serde_json::to_string(&library).expect("JSON");
        assert!(json.len() < 300 && !json.contains("scaled"), "{json}");
        assert_eq!(
            serde_json::from_str::<Source>(&json).ok(),
            Some(library.clone())
        );
        let user = Source {
            user: true,
            ..library
        };
        let json = serde_json::to_string(&user).expect("JSON");
        assert!(json.contains("scaled"), "{json}");
        assert_eq!(serde_json::from_str::<Source>(&json).ok(), Some(user));
    }

    #[test]
    fn a_text_that_is_damaged_or_without_end_is_refused() {
        for compressed in ["no base64".to_owned(), compress(&vec![b'a'; 1_000_000])] {
            let json = serde_json::json!({
                "path": "pkg/f.py", "sha256": "", "text": "", "compressed": compressed,
                "user": false,
            });
            let error = serde_json::from_value::<Source>(json).expect_err("it is refused");
            assert_eq!(error.to_string(), "the text of `pkg/f.py` is damaged");
        }
    }

    #[test]
    fn without_code_are_statements_of_which_no_line_has_any() {
        let line = |number| LineNumber::new(number).expect("a line");
        let function = |name: &str, statements: &[(u32, u32)]| Function {
            name: name.to_owned(),
            first: line(statements[0].0),
            last: line(statements[statements.len() - 1].1),
            statements: statements
                .iter()
                .map(|&(first, last)| (line(first), line(last)))
                .collect(),
        };
        let mut source = Source::from_bytes("a.py", b"", Origin::User);
        source.functions = vec![
            function("compiled", &[(2, 2), (3, 5), (6, 6), (7, 9)]),
            function("not_compiled", &[(12, 12)]),
        ];
        source.code = [2, 5, 20].map(line).into();
        assert_eq!(source.without_code(), [6, 7].map(line).into());
    }
}
