//! Which lines of a Numba script got faster or slower between two versions,
//! by how much, and how sure you can be.
//!
//! Data flows one way: configuration and `plan` say which runs to make;
//! `measure` makes them, which [`process`] starts and [`sampler`] watches; a
//! [`recording`] keeps what was measured; `profile`, [`align`] and `stats` turn recordings into
//! a [`compare::Comparison`]; [`report`] shows it. `ARCHITECTURE.md` has the
//! whole map and the invariants.
//!
//! # Not a stable API
//!
//! profila is a program. It is a library only so that others in its repository can reach
//! into it: the binary (`src/main.rs`), the tests of the whole program (`tests/it`), the
//! measurements (`benches`) and the fuzzers (`fuzz`). A module is public if one of them uses
//! it or a type of its, and for no other reason, and any version may change or remove what is
//! in it. What other programs can rely on is the command line and the forms of its documents
//! (`docs/json.md`).

pub mod align;
pub mod cli;
pub mod commands;
pub mod compare;
mod compressed;
pub mod config;
pub mod doctor;
pub mod document;
pub mod error;
#[cfg(test)]
mod floors;
mod foreign;
pub mod gate;
pub mod instructions;
mod measure;
mod merge;
#[cfg(test)]
mod methodology;
pub mod mi;
mod options;
pub mod pair;
mod plan;
pub mod process;
mod profile;
pub mod recording;
mod regular_file;
#[cfg(test)]
mod releases;
pub mod reorder;
pub mod report;
mod sample;
pub mod sampler;
pub mod scaling;
pub mod selection;
pub mod share;
pub mod source;
mod stats;
mod symbols;
pub mod syntax;
mod text;
pub mod throughput;
mod waterfall;
