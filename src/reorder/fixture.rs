//! Orders measured by hand, for tests to look at and to change.

use super::block::{Block, Dependence, DependenceKind, Lines};
use super::conclude::{Measured, Subject, conclude};
use super::types::{Independence, Reordering, Results};
use super::{Order, Script};
use crate::recording::{Attribution, LineSamples, Recording, Run, RunKind, fixture};
use crate::source::LineNumber;

/// Three statements, of which the third reads what the first assigns.
pub(crate) const SCRIPT: &str =
    "def f(a):\n    # the first\n    x = a[0]\n    a[1] = (\n        2)\n    a[2] = x\n";

/// The file that samples fall in.
const FILE: &str = "f.py";

pub(crate) fn block() -> Block {
    let lines = |begins, first, last| Lines {
        begins,
        first,
        last,
    };
    Block {
        function: Some("f".to_owned()),
        statements: vec![lines(2, 3, 3), lines(4, 4, 5), lines(6, 6, 6)],
        dependences: vec![Dependence {
            first: 0,
            second: 2,
            kind: DependenceKind::ReadAfterWrite,
            names: vec!["x".to_owned()],
        }],
    }
}

/// Runs of three rounds: the seconds of each timed run, and of the thousand samples of each
/// profiled run those on each line.
pub(crate) fn recording(seconds: [f64; 3], lines: &[(u32, u64)]) -> Recording {
    let mut recording = fixture::recording("order", FILE);
    recording.settings.throughput = fixture::images_per_second();
    recording.sources = vec![fixture::source(FILE, SCRIPT.to_owned())];
    let sampled = |extra: u64| {
        let lines = lines.iter().map(|&(line, samples)| LineSamples {
            file: FILE.to_owned(),
            line: LineNumber::from_index(line as usize - 1),
            self_samples: samples + extra,
            total: samples + extra,
            owned: samples + extra,
        });
        let lines: Vec<LineSamples> = lines.collect();
        let within: u64 = lines.iter().map(|it| it.owned).sum();
        fixture::profile(lines, [1000 - within, 0, 0])
    };
    recording.blocks[0].runs = (1..=3)
        .zip(seconds)
        .flat_map(|(round, seconds)| {
            let mut timed = fixture::timed_run(round, 0, 1.0);
            timed.metric = Some(crate::recording::Metric {
                name: "rate".to_owned(),
                unit: "images / sec".to_owned(),
                value: 1.0 / seconds,
                step: None,
            });
            let profiled = Run {
                kind: RunKind::Profiled,
                profile: Some(sampled(u64::from(round))),
                ..timed.clone()
            };
            [timed, profiled]
        })
        .collect();
    recording
}

/// What is concluded of all legal orders: `2 1 3` is a quarter faster.
pub(crate) fn reordering() -> Reordering {
    // 1 2 3, 1 3 2 and 2 1 3.
    let recordings = [
        recording(
            [0.0100, 0.0102, 0.0101],
            &[(3, 200), (4, 100), (5, 50), (6, 100)],
        ),
        recording(
            [0.0101, 0.0102, 0.0100],
            &[(3, 200), (4, 120), (5, 100), (6, 100)],
        ),
        recording(
            [0.0080, 0.0081, 0.0082],
            &[(2, 150), (4, 0), (5, 120), (6, 90)],
        ),
    ];
    let placebo = recording(
        [0.0101, 0.0101, 0.0101],
        &[(5, 200), (6, 100), (7, 50), (8, 100)],
    );
    concluded(&block(), &recordings, &placebo)
}

/// What is concluded where the third statement stays the last one, both orders are as fast, and
/// the placebo is faster than it should be.
pub(crate) fn nothing_certain() -> Reordering {
    let mut block = block();
    block.dependences.push(Dependence {
        first: 1,
        second: 2,
        kind: DependenceKind::CallOfSecond,
        names: vec!["keep".to_owned()],
    });
    let recordings = [
        recording(
            [0.0100, 0.0102, 0.0101],
            &[(3, 200), (4, 100), (5, 50), (6, 100)],
        ),
        recording(
            [0.0099, 0.0101, 0.0101],
            &[(2, 150), (4, 0), (5, 120), (6, 90)],
        ),
    ];
    let placebo = recording(
        [0.0097, 0.0099, 0.0098],
        &[(5, 200), (6, 100), (7, 50), (8, 100)],
    );
    concluded(&block, &recordings, &placebo)
}

/// What is concluded of the legal orders of a block, each of which has a recording.
fn concluded(block: &Block, recordings: &[Recording], placebo: &Recording) -> Reordering {
    let script = Script::new(SCRIPT.as_bytes(), block).expect("it has these lines");
    let (mut orders, legal_orders) = block.precedence(Independence::Proven).orders(8, 0);
    orders.sort();
    let arranged: Vec<_> = orders.iter().map(|order| script.in_order(order)).collect();
    let measured = orders.iter().zip(&arranged).zip(recordings);
    let measured: Vec<(Order, Measured<'_>)> = measured
        .map(|((order, arranged), recording)| {
            let lines = &arranged.lines;
            (order.clone(), Measured { lines, recording })
        })
        .collect();
    let of_placebo = script.placebo().lines;
    let placebo = Measured {
        lines: &of_placebo,
        recording: placebo,
    };
    let subject = Subject {
        script: FILE.to_owned(),
        lines: SCRIPT.lines().collect(),
        block,
        independence: Independence::Proven,
        legal_orders,
        results: Results::NotCompared,
        attribution: Attribution::UserLine,
        confidence: 0.95,
        min_effect: 0.01,
    };
    conclude(&subject, &measured, &placebo).expect("there are three rounds of each")
}
