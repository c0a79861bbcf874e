//! Stacks, and the places in source and code that their frames are at.

use std::sync::Arc;

use crate::source::LineNumber;

/// One entry of a stack. Inlined functions have a frame of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Name of the function, where it is known.
    pub function: Option<Arc<str>>,
    /// Where in the Python source the frame is; absent in code that has no line
    /// table, which is all code that Numba did not compile.
    pub place: Option<Place>,
    /// Address of the instruction.
    pub address: u64,
    /// Where in the compiled code it is; absent in code that Numba did not compile.
    pub code: Option<CodePlace>,
}

/// An instruction that Numba compiled, by what does not change with where the code was
/// loaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePlace {
    /// Name of the compiled function, as the compiler gave it.
    pub function: Arc<str>,
    /// Bytes from its start.
    pub offset: u64,
}

/// A line of Python source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path of the file, as the compiler was given it.
    pub file: Arc<str>,
    /// The line.
    pub line: LineNumber,
}
