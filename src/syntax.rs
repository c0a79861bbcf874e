//! What a source text means as Python: its tokens for whoever compares texts, and its
//! functions and statements for whoever asks what a line belongs to.
//!
//! This is the only user of the Python parser. The parser is of the crate, not of the
//! user's Python, so that the same text means the same whatever is installed. It knows
//! all versions of Python up to its own, and none that comes later.

mod functions;
mod masking;
mod names;
mod nesting;
mod parser;
mod shades;
pub(crate) mod tokens;

pub use functions::functions;
pub use parser::Unreadable;
pub(crate) use shades::{Shade, Shades};
