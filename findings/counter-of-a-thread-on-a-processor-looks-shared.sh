#!/usr/bin/env bash
# A counter of a thread on one processor (`perf_event_open` with a thread and a processor, as it has
# to be where threads inherit it and its ring is mapped) is *enabled* while the thread runs on
# another processor, and does not *run* then. One would guess that a time running below the time
# enabled means that counters took turns, as perf-event2's documentation says, and would scale the
# count by their ratio. Here no counter shares anything: it is one of the kernel's own. Times are to
# be added up over the processors: together they ran for as long as each was enabled.
#
# Seen with perf-event2 0.7.4 on Linux 6.18, two processors: a thread that works for 0.2 s on the
# first processor, 0.1 s on the second and 0.2 s on the first has a counter on the first that ran
# for 0.80 of the time, and one on the second that ran for 0.20 of it. Scaled, all page faults would
# be counted 1.25 and 5 times.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "counted"
version = "0.1.0"
edition = "2024"

[dependencies]
perf-event2 = "=0.7.4"
nix = { version = "=0.31.3", features = ["sched", "process", "time"] }
TOML
cat > src/main.rs <<'RUST'
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;
use perf_event::Builder;
use perf_event::events::Software;

fn work_on(processor: usize, milliseconds: u64) {
    let mut set = CpuSet::new();
    set.set(processor).unwrap();
    sched_setaffinity(Pid::from_raw(0), &set).unwrap();
    let clock = || Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap());
    let end = clock() + Duration::from_millis(milliseconds);
    while clock() < end {}
}

fn main() {
    work_on(0, 1);
    let mut counters: Vec<_> = [0, 1]
        .into_iter()
        .map(|processor| {
            let mut builder = Builder::new(Software::PAGE_FAULTS);
            builder.observe_self().one_cpu(processor).enabled(true);
            builder.build().unwrap()
        })
        .collect();
    for (processor, milliseconds) in [(0, 200), (1, 100), (0, 200)] {
        work_on(processor, milliseconds);
    }
    let times: Vec<_> = counters
        .iter_mut()
        .map(|counter| {
            let read = counter.read_full().unwrap();
            let seconds = [read.time_enabled(), read.time_running()];
            seconds.map(|it| it.unwrap().as_secs_f64())
        })
        .collect();
    for (processor, [enabled, running]) in times.iter().enumerate() {
        println!("processor {processor}: ran for {:.2} of the time enabled", running / enabled);
    }
    let [[enabled, first], [_, second]] = times[..] else {
        unreachable!()
    };
    println!("both: ran for {:.2} of it", (first + second) / enabled);
    assert!((first / enabled - 0.8).abs() < 0.05 && (second / enabled - 0.2).abs() < 0.05);
    assert!(((first + second) / enabled - 1.0).abs() < 0.02);
}
RUST
cargo run --quiet
