//! Comparisons whose outcome is known.

mod article;
mod degenerate;
mod fixture;
mod properties;
mod warnings;
