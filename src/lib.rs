//! Which lines of a Numba script got faster or slower between two versions,
//! by how much, and how sure you can be.
//!
//! Data flows one way: configuration and [`plan`] say which runs to make;
//! [`measure`] makes them, which [`process`] starts and [`sampler`] watches; a
//! [`recording`] keeps what was measured; [`profile`], [`align`] and [`stats`] turn recordings into
//! a [`compare::Comparison`]; [`report`] shows it. `ARCHITECTURE.md` has the
//! whole map and the invariants.

pub mod align;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod config;
pub mod doctor;
pub mod document;
pub mod error;
#[cfg(test)]
mod floors;
mod foreign;
pub mod gate;
pub mod measure;
#[cfg(test)]
mod methodology;
pub mod mi;
pub mod options;
pub mod pair;
pub mod plan;
pub mod process;
pub mod profile;
pub mod recording;
mod regular_file;
#[cfg(test)]
mod releases;
pub mod report;
pub mod sample;
pub mod sampler;
pub mod selection;
pub mod share;
pub mod source;
pub mod stats;
pub mod syntax;
mod text;
pub mod throughput;
