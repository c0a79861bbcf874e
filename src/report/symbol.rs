//! The names of compiled functions, for people.

use crate::symbols::demangled;
use crate::text::Text;

/// A compiled function by Python's name and the types of its arguments.
pub(super) fn readable(linkage_name: &str) -> Text {
    Text::source(&demangled(linkage_name))
}
