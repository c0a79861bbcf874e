//! The subcommands: each drives the stages of the crate. Input, output and progress
//! live here.

mod annotate;
mod attach;
mod baseline;
mod diff;
mod doctor;
mod execute;
mod input_file;
mod merge;
mod output_file;
mod progress;
mod record;
mod reorder;
mod report;
mod revisions;
mod scale;
mod show;
mod streams;

pub use self::execute::{End, execute};
pub use self::streams::error_color;
