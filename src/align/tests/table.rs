//! Edits, and the pairing a programmer expects.

mod edits;
mod moves;
mod renames;
mod tokens;
