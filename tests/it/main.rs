//! `profila` as its users see it: the binary, on real Python, Numba and gdb.
//!
//! Nothing here depends on how fast the machine is. What is asserted of a profile is
//! what cannot be otherwise: which line is the hottest, which sums agree.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod action;
mod annotate;
mod attach;
mod attribution;
mod baselines;
mod book;
mod build;
mod children;
mod counters;
mod dependencies;
mod diff;
mod doctor;
mod errors;
mod examples;
mod experiment;
mod faults;
mod formats;
mod functions;
mod harness;
mod instructions;
mod interrupts;
mod libraries;
mod lines;
mod matrix;
mod notebooks;
mod packaging;
mod placement;
mod rates;
mod record;
mod refused;
mod regions;
mod remarks;
mod reorder;
mod report;
mod revisions;
mod safety;
mod sampler;
mod scale;
mod shards;
mod startup;
mod stub;
mod suites;
mod transparency;
mod unwinder;
mod versions;
