//! Source files and their lines: what the user wrote against what a library holds.
//!
//! Nothing here reads a file. Bytes come in, and what comes out is what
//! recordings keep: text, digest, lines, the name that reports show, and whose
//! code it is.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::num::NonZeroU32;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod encoding;
mod globs;
mod kept;
mod origin;

pub use globs::FileGlob;
pub use kept::Source;
pub use origin::{Located, Origin, SourceRoots};

/// A line of a source file, counted from 1.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct LineNumber(NonZeroU32);

impl LineNumber {
    /// The line with this 1-based number; `None` for 0, which compilers use for
    /// "no line".
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The line at a 0-based index.
    ///
    /// # Panics
    /// If the index does not fit 32 bits; no source file is that long.
    pub fn from_index(index: usize) -> Self {
        u32::try_from(index + 1)
            .ok()
            .and_then(Self::new)
            .expect("a source file has fewer than 2^32 lines")
    }

    /// The 1-based number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The 0-based index.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl fmt::Display for LineNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A function in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Function {
    /// Its qualified name, such as `Kernel.run` or `make.<locals>.kernel`.
    pub name: String,
    /// Its first line, which is that of its first decorator where it has any.
    pub first: LineNumber,
    /// Its last line.
    pub last: LineNumber,
    /// The first and the last line of each statement that does something by itself, without
    /// the statements within it and those of functions within the function; none in
    /// recordings of versions that did not look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<(LineNumber, LineNumber)>,
}

/// The innermost function of each line, for whoever asks for very many lines.
pub(crate) struct FunctionIndex<'f> {
    /// Where another function begins to be the innermost, in order.
    starts: Vec<(u64, Option<&'f Function>)>,
}

impl<'f> FunctionIndex<'f> {
    /// The functions of one source. Of those that begin at the same line the last is the
    /// innermost.
    pub(crate) fn new(functions: &'f [Function]) -> Self {
        let sound = functions.iter().enumerate();
        let sound = sound.filter(|(_, function)| function.first <= function.last);
        let mut ends: Vec<(u64, bool, LineNumber, usize)> = sound
            .flat_map(|(index, function)| {
                let Function { first, last, .. } = function;
                let (start, end) = (u64::from(first.get()), u64::from(last.get()) + 1);
                [(start, true, *first, index), (end, false, *first, index)]
            })
            .collect();
        ends.sort_unstable();
        let mut around = BTreeSet::new();
        let mut starts: Vec<(u64, Option<&Function>)> = Vec::new();
        for (line, is_start, first, index) in ends {
            if is_start {
                around.insert((first, index));
            } else {
                around.remove(&(first, index));
            }
            let innermost = around.last().map(|&(_, index)| &functions[index]);
            match starts.last_mut() {
                Some((last, function)) if *last == line => *function = innermost,
                _ => starts.push((line, innermost)),
            }
        }
        Self { starts }
    }

    /// The innermost function that a line is in.
    pub(crate) fn at(&self, line: LineNumber) -> Option<&'f Function> {
        let line = u64::from(line.get());
        let next = self.starts.partition_point(|&(start, _)| start <= line);
        self.starts.get(next.checked_sub(1)?)?.1
    }
}

/// Whether a function is meant: by its qualified name, or by the last part of it.
pub fn is_called(qualified: &str, name: &str) -> bool {
    qualified == name || qualified.rsplit('.').next() == Some(name)
}

/// The lines of a Python source text, without their line ends.
///
/// A line ends where Python says so, and so where the line numbers of compiled
/// code change: at `\n`, `\r\n` or a lone `\r`. A form feed or any other
/// vertical space is part of its line, and text after the last line end is one
/// more line only where there is any.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    line_ranges(text).map(|range| &text[range])
}

/// The byte ranges of [`lines`].
pub(crate) fn line_ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        // Byte by byte: as characters, millions of lines take seconds.
        let mut bytes = rest.bytes();
        let length = bytes.position(|byte| matches!(byte, b'\n' | b'\r'));
        let length = length.unwrap_or(rest.len());
        let line_end = match &rest[length..] {
            end if end.starts_with("\r\n") => 2,
            "" => 0,
            _ => 1,
        };
        let range = start..start + length;
        start = range.end + line_end;
        Some(range)
    })
}

/// A source file in memory, with its lines found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    path: String,
    text: String,
    sha256: String,
    lines: Vec<Range<usize>>,
}

impl SourceFile {
    /// A file by the path that reports show, from the bytes it holds on disk.
    ///
    /// The bytes are read in the encoding that the file declares, UTF-8 where it
    /// declares none. Those that are not of it are replaced, and a byte order mark is
    /// left out, as Python leaves it out; neither changes the number of any line. The
    /// digest is that of the bytes as they are.
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8]) -> Self {
        let text = encoding::decode(bytes);
        Self::new(path.into(), text.into_owned(), sha256_hex(bytes))
    }

    fn new(path: String, text: String, sha256: String) -> Self {
        let lines = line_ranges(&text).collect();
        Self {
            path,
            text,
            sha256,
            lines,
        }
    }

    /// The path as reports show it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text, of which nothing else is needed any more.
    pub fn into_text(self) -> String {
        self.text
    }

    /// SHA-256 of the file's bytes, in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How many lines it has.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// One line without its line end; `None` past the end of the file, where a
    /// file that changed since it was compiled may send us.
    pub fn line(&self, number: LineNumber) -> Option<&str> {
        let range = self.lines.get(number.index())?;
        Some(&self.text[range.clone()])
    }

    /// All lines with their numbers, without their line ends.
    pub fn numbered_lines(&self) -> impl Iterator<Item = (LineNumber, &str)> {
        let texts = self.lines.iter().map(|range| &self.text[range.clone()]);
        texts
            .enumerate()
            .map(|(index, line)| (LineNumber::from_index(index), line))
    }
}

/// SHA-256 of some bytes, in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_lines(text: &str, expected: &[&str]) {
        assert_eq!(lines(text).collect::<Vec<_>>(), expected);
        let file = SourceFile::from_bytes("f.py", text.as_bytes());
        assert_eq!(file.line_count(), expected.len());
        for (index, &line) in expected.iter().enumerate() {
            assert_eq!(file.line(LineNumber::from_index(index)), Some(line));
        }
        let past_the_end = LineNumber::from_index(expected.len());
        assert_eq!(file.line(past_the_end), None);
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        check_lines("", &[]);
        check_lines("\n", &[""]);
        check_lines("a", &["a"]);
        check_lines("a\nb\n", &["a", "b"]);
        check_lines("a\nb", &["a", "b"]);
        check_lines("a\r\nb\rc\n", &["a", "b", "c"]);
        check_lines("a\r\r\nb\n\rc", &["a", "", "b", "", "c"]);
    }

    #[test]
    fn other_vertical_space_does_not_end_a_line() {
        check_lines(
            "\u{c}a\u{b}b\u{85}c\u{2028}d\n",
            &["\u{c}a\u{b}b\u{85}c\u{2028}d"],
        );
    }

    #[test]
    fn lines_of_text_that_is_not_ascii() {
        check_lines("é = 'ß'\r\n→\n", &["é = 'ß'", "→"]);
    }

    #[test]
    fn numbered_lines_count_from_one() {
        let file = SourceFile::from_bytes("f.py", b"a\nb\n");
        let numbered: Vec<_> = file
            .numbered_lines()
            .map(|(number, line)| (number.get(), line))
            .collect();
        assert_eq!(numbered, [(1, "a"), (2, "b")]);
    }

    #[test]
    fn the_innermost_function_is_found() {
        let function = |first, last| Function {
            name: format!("{first}-{last}"),
            first: LineNumber::new(first).unwrap(),
            last: LineNumber::new(last).unwrap(),
            statements: Vec::new(),
        };
        let ends = [
            (1, 9),
            (2, 4),
            (4, 6),
            (4, 5),
            (20, u32::MAX),
            (30, 29),
            (2, 4),
        ];
        let mut source = Source::from_bytes("f.py", b"", Origin::User);
        source.functions = ends.map(|(first, last)| function(first, last)).to_vec();
        let index = FunctionIndex::new(&source.functions);
        for line in (1..=31).chain([u32::MAX]).filter_map(LineNumber::new) {
            let found = index.at(line).map(std::ptr::from_ref);
            let expected = source.function_at(line).map(std::ptr::from_ref);
            assert_eq!(found, expected, "{line}");
        }
        assert!(
            FunctionIndex::new(&[])
                .at(LineNumber::new(1).unwrap())
                .is_none()
        );
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        // From FIPS 180-2, appendix B.1.
        assert_eq!(
            SourceFile::from_bytes("f.py", b"abc").sha256(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let windows = SourceFile::from_bytes("f.py", b"a\r\n");
        let unix = SourceFile::from_bytes("f.py", b"a\n");
        assert_ne!(windows.sha256(), unix.sha256());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_a_byte_order_mark_dropped() {
        let file = SourceFile::from_bytes("f.py", b"\xef\xbb\xbfx = 1  # caf\xe9\n");
        assert_eq!(file.text(), "x = 1  # caf\u{fffd}\n");
    }
}
