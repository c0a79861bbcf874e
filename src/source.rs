//! Source files and their lines: what the user wrote against what a library holds.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// A line of a source file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
