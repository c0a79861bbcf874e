//! The two sides of a comparison.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of the two sides of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The version that is compared against.
    Before,
    /// The version that is judged.
    After,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// Anything there is one of on each side of a comparison.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
pub struct Pair<T> {
    /// The value that belongs to the version compared against.
    pub before: T,
    /// The value that belongs to the version judged.
    pub after: T,
}

impl<T> Pair<T> {
    /// Pairs two values.
    pub const fn new(before: T, after: T) -> Self {
        Self { before, after }
    }

    /// Borrows both values.
    pub const fn as_ref(&self) -> Pair<&T> {
        Pair::new(&self.before, &self.after)
    }

    /// Applies `f` to both values.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair::new(f(self.before), f(self.after))
    }

    /// Applies `f` to both values and stops at the first error.
    pub fn try_map<U, E>(self, mut f: impl FnMut(T) -> Result<U, E>) -> Result<Pair<U>, E> {
        Ok(Pair::new(f(self.before)?, f(self.after)?))
    }

    /// Joins the values of each side with those of `other`.
    pub fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair::new((self.before, other.before), (self.after, other.after))
    }

    /// The value of one side, to be changed.
    pub const fn side_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Before => &mut self.before,
            Side::After => &mut self.after,
        }
    }

    /// The value of one side.
    pub const fn side(&self, side: Side) -> &T {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }
}
