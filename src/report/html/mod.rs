//! Reports as one page for a browser, which needs nothing else: no network, no other file.
//!
//! A page is what `templates/page.html` makes of a `Page`. The template is compiled into
//! the program, and escapes whatever it is given. What it is given is
//! described in `page`, and made by the other modules.

mod chart;
mod comparison;
mod dots;
mod markup;
mod page;
mod profile;
mod scaling;
mod source;
mod table;
#[cfg(test)]
mod tests;

pub use self::comparison::{comparison, comparisons};
pub use self::profile::profile;
pub(crate) use self::scaling::scaling;
