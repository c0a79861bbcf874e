//! Bytes in a document, compressed.

use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Bytes as text: DEFLATE (RFC 1951) in base64.
pub(crate) fn compress(bytes: &[u8]) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    STANDARD.encode(written.expect("nothing keeps memory from being written to"))
}

/// What was compressed; `None` where it is damaged, or more than so many bytes.
pub(crate) fn expand(text: &str, most: usize) -> Option<Vec<u8>> {
    let compressed = STANDARD.decode(text).ok()?;
    let mut bytes = Vec::new();
    let mut limited = DeflateDecoder::new(&*compressed).take(most as u64 + 1);
    limited.read_to_end(&mut bytes).ok()?;
    (bytes.len() <= most).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_what_they_were() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let text = compress(&bytes);
        assert!(text.len() < 1500, "{}", text.len());
        assert_eq!(expand(&text, 5000), Some(bytes));
        assert_eq!(expand(&compress(&[]), 0), Some(Vec::new()));
    }

    #[test]
    fn what_is_damaged_or_too_long_is_nothing() {
        assert_eq!(expand(&compress(&[0; 100]), 99), None);
        assert_eq!(expand("no base64", 99), None);
        assert_eq!(expand(&STANDARD.encode([0xff, 0xff]), 99), None);
    }
}
