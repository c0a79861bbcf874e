//! Which line of a stack a sample is counted for.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Recording;

/// Which line of a stack a sample is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Attribution {
    /// The innermost line of the user's own code.
    UserLine,
    /// The innermost line of all, a library's too.
    Leaf,
}

impl Recording {
    /// The recording with its samples counted for these lines.
    pub fn seen(&self, attribution: Attribution) -> Cow<'_, Self> {
        match attribution {
            Attribution::UserLine => Cow::Borrowed(self),
            Attribution::Leaf => Cow::Owned(self.clone().seen_from_leaves()),
        }
    }
}
