//! How much room a report may take.

/// Bytes of a report at most. Comments and summaries on GitHub may have 65,536
/// characters, and what others write around a report has to fit as well.
pub(super) const MOST_BYTES: usize = 60_000;

/// Warnings that are quoted.
pub(super) const MOST_WARNINGS: usize = 10;

/// Characters of a warning.
pub(super) const WARNING: usize = 400;

/// Cuts whole lines off, so that so many bytes are left at most.
pub(super) fn truncate_bytes(text: &mut String, most: usize) {
    if text.len() > most {
        let end = text.floor_char_boundary(most);
        let end = text[..end].rfind('\n').map_or(0, |at| at + 1);
        text.truncate(end);
    }
}
