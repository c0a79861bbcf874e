//! Documents that are read, and why one cannot be.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::document::{self, ReadError};
use crate::error::{Error, Result};

/// Bytes of a document that is read; a recording of a hundred rounds has some millions.
const MOST_BYTES: u64 = 1 << 30;

/// The text of a recording or a comparison. The file may be a pipe, and need not end.
pub(super) fn read_file(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path);
    let read = file.and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|source| Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::RecordingUnreadable {
            path: path.to_owned(),
            cause: format!("it is longer than {MOST_BYTES} bytes, the most that profila reads"),
        });
    }
    document::decode(bytes).map_err(|error| unreadable(path, error))
}

/// Why a file is no recording or comparison, with its name.
pub(super) fn unreadable(path: &Path, error: ReadError) -> Error {
    let path = path.to_owned();
    match error {
        ReadError::Schema { found, expected } => Error::SchemaUnknown {
            path,
            found,
            expected,
        },
        other => Error::RecordingUnreadable {
            path,
            cause: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_no_text_is_a_wrong_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        fs::write(&file, b"{\"schema\": \"\xff\"}").unwrap();
        let error = read_file(&file).unwrap_err();
        assert_eq!(error.exit_code().code(), 2);
        let cause = error.cause().unwrap().into_owned();
        assert_eq!(
            cause,
            "not UTF-8 at line 1, column 13, the byte at offset 12"
        );
    }
}
