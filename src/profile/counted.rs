//! What was counted in all profiled runs together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{LineId, profiled_runs};
use crate::recording::{Counter, Recording};

/// What one counter counted in the measured windows of all profiled runs that had it.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledEvents {
    /// The counter.
    pub counter: Counter,
    /// All events, on lines and elsewhere.
    pub events: u64,
    /// Seconds of those windows.
    pub seconds: f64,
    /// The lines with events, and how many, most first.
    pub lines: Vec<PooledLine>,
}

/// One line and its events.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledLine {
    /// The file, by its path in [`Recording::sources`].
    pub file: String,
    /// The line.
    pub line: crate::source::LineNumber,
    /// Its events.
    pub events: u64,
}

/// What each counter counted.
pub(super) fn pooled(recording: &Recording) -> Vec<PooledEvents> {
    let mut counters: BTreeMap<Counter, (u64, f64, BTreeMap<LineId<'_>, u64>)> = BTreeMap::new();
    for (run, profile) in profiled_runs(recording) {
        for counted in &profile.counters {
            let (events, seconds, lines) = counters.entry(counted.counter).or_default();
            *events += counted.events;
            *seconds += run.process_seconds();
            for it in &counted.lines {
                let (file, line) = (&*it.file, it.line);
                *lines.entry(LineId { file, line }).or_default() += it.events;
            }
        }
    }
    let counters = counters.into_iter();
    counters
        .map(|(counter, (events, seconds, lines))| {
            let mut lines: Vec<_> = lines.into_iter().collect();
            lines.sort_by_key(|&(id, events)| (Reverse(events), id));
            let lines = lines.into_iter().map(|(id, events)| PooledLine {
                file: id.file.to_owned(),
                line: id.line,
                events,
            });
            PooledEvents {
                counter,
                events,
                seconds,
                lines: lines.collect(),
            }
        })
        .collect()
}
