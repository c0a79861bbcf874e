//! The machine code that lines became.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compressed::{compress, expand};
use crate::source::LineNumber;

/// Bytes that a function has at most. A longer one is not read.
pub const MOST_BYTES: usize = 1 << 20;

/// A compiled function with samples: its instructions as the compiler wrote them, in which calls
/// and addresses of data are names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MachineCode {
    /// Its name, as the compiler gave it.
    pub function: String,
    /// What executes it, such as `x86_64`.
    pub architecture: String,
    /// The instructions, compressed (DEFLATE, RFC 1951) and in base64.
    bytes: String,
    /// The user's files with lines in it, by their paths in
    /// [`Recording::sources`](super::Recording::sources).
    pub files: Vec<String>,
    /// From which byte on the instructions belong to which line, such as `0,0,31 8,0,33`: the
    /// byte, the file by its place in `files`, and the line, which is 0 where they belong to
    /// none of the user's. In ascending order.
    rows: String,
    /// Names that are put in when the code is linked, with the byte at which each is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<(u32, String)>,
}

impl MachineCode {
    /// Of a function with these instructions, of no line yet.
    pub fn new(function: &str, bytes: &[u8]) -> Self {
        Self {
            function: function.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            bytes: compress(bytes),
            files: Vec::new(),
            rows: String::new(),
            symbols: Vec::new(),
        }
    }

    /// Whether two have the same instructions, lines and names in them.
    pub fn is_same_as(&self, other: &Self) -> bool {
        (&self.bytes, &self.files, &self.rows) == (&other.bytes, &other.files, &other.rows)
            && self.symbols == other.symbols
    }

    /// Its instructions; `None` where they are damaged, or too many.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        expand(&self.bytes, MOST_BYTES)
    }

    /// Says from which byte on the instructions belong to which line: the byte, the file by its
    /// place in `files`, and the line or 0, in ascending order.
    pub fn set_rows(&mut self, rows: &[[u32; 3]]) {
        let rows = rows.iter();
        let rows = rows.map(|[offset, file, line]| format!("{offset},{file},{line}"));
        self.rows = rows.collect::<Vec<_>>().join(" ");
    }

    /// The same; what is damaged is left out.
    pub fn rows(&self) -> Vec<[u32; 3]> {
        let row = |row: &str| {
            let mut numbers = row.split(',').map(|it| it.parse().ok());
            Some([numbers.next()??, numbers.next()??, numbers.next()??])
        };
        self.rows.split(' ').filter_map(row).collect()
    }

    /// The file and the line of the user's that the instruction at a byte belongs to, by its
    /// rows.
    pub fn place(&self, rows: &[[u32; 3]], offset: u32) -> Option<(&str, LineNumber)> {
        let behind = rows.partition_point(|[begin, ..]| *begin <= offset);
        let [_, file, line] = rows[..behind].last()?;
        let file = self.files.get(usize::try_from(*file).ok()?)?;
        Some((file, LineNumber::new(*line)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_kept_as_they_were() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let code = MachineCode::new("f", &bytes);
        let text = serde_json::to_string(&code).unwrap();
        assert!(text.len() < 1500, "{}", text.len());
        let read: MachineCode = serde_json::from_str(&text).unwrap();
        assert_eq!(read.bytes(), Some(bytes));
    }

    #[test]
    fn what_is_damaged_or_without_end_has_no_instructions() {
        let mut code = MachineCode::new("f", &vec![0; MOST_BYTES + 1]);
        assert_eq!(code.bytes(), None);
        code.bytes = "no base64".to_owned();
        assert_eq!(code.bytes(), None);
    }

    #[test]
    fn rows_that_are_damaged_are_left_out() {
        let mut code = MachineCode::new("f", &[0; 9]);
        assert!(code.rows().is_empty());
        code.rows = "1,0,2 x 3,4 5,0,6".to_owned();
        assert_eq!(code.rows(), [[1, 0, 2], [5, 0, 6]]);
    }

    #[test]
    fn a_row_ends_where_the_next_one_begins() {
        let mut code = MachineCode::new("f", &[0; 9]);
        code.files = vec!["a.py".to_owned()];
        let rows = [[2, 0, 7], [4, 0, 0], [6, 5, 7]];
        code.set_rows(&rows);
        assert_eq!(code.rows(), rows);
        let line = LineNumber::new(7).unwrap();
        let places = [0, 2, 3, 4, 6].map(|offset| code.place(&rows, offset));
        assert_eq!(
            places,
            [None, Some(("a.py", line)), Some(("a.py", line)), None, None]
        );
    }
}
