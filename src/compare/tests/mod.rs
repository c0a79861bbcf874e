//! Comparisons whose outcome is known.

mod article;
mod blocks;
mod conclusion;
mod degenerate;
mod doubt;
mod fixture;
mod functions;
mod looks;
mod overhead;
mod placeless;
mod properties;
mod warnings;
