//! Faults of all kinds: one clear error or a loss that is noted, the right exit code,
//! and nothing left behind, which [`Sandbox`](crate::harness::Sandbox) checks.

mod gdb;
mod script;
