//! Sizes measured by hand, for tests to look at and to change.

use super::{Scaling, SizeValue, Subject, conclude};
use crate::recording::{Attribution, Metric, Recording, Run, RunKind, fixture};

/// A kernel whose first loop is quadratic and whose second one is linear.
const SCRIPT: &str = "\
@njit
def work(points):
    total = 0.0
    for a in points:
        for b in points:
            total += abs(a - b)
    for a in points:
        total += np.sqrt(a)
    return total
";

/// The file that samples fall in.
const FILE: &str = "scaling.py";

/// Sizes, and what the lines 6 and 8 and everything else cost at each, in seconds.
const SIZES: [(&str, f64, [f64; 3]); 3] = [
    ("1000", 1000.0, [0.001, 0.002, 0.000_1]),
    ("2000", 2000.0, [0.004, 0.004, 0.000_1]),
    ("4000", 4000.0, [0.016, 0.008, 0.000_1]),
];

/// By how much longer each round takes.
const ROUNDS: [f64; 4] = [1.0, 1.02, 0.99, 1.01];

/// Samples of a run.
const SAMPLES: f64 = 2000.0;

/// The samples of a share, and one or two more or less in some rounds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few thousand samples"
)]
fn samples(share: f64, round: u32, size: usize) -> u64 {
    let off = [0.0, 9.0, -7.0, 4.0, -6.0][(round as usize + 2 * size) % 5];
    (share * SAMPLES + off * share.sqrt()).round().max(0.0) as u64
}

/// The runs at a size, by its place.
pub(super) fn recording(at: usize, costs: [f64; 3]) -> Recording {
    let (text, ..) = SIZES[at];
    let mut recording = fixture::recording(&format!("size={text}"), FILE);
    recording.settings.throughput = fixture::images_per_second();
    "calls / sec".clone_into(&mut recording.settings.throughput.unit);
    recording.sources = vec![fixture::source(FILE, SCRIPT.to_owned())];
    let whole: f64 = costs.iter().sum();
    let rounds = (1..).zip(ROUNDS);
    let runs = rounds.flat_map(|(round, longer)| {
        let mut timed = fixture::timed_run(round, 0, 1.0);
        timed.metric = Some(Metric {
            name: "rate".to_owned(),
            unit: "calls / sec".to_owned(),
            value: 1.0 / (longer * whole),
            step: Some(1e-6),
        });
        let [quadratic, linear, other] = costs.map(|cost| samples(cost / whole, round, at));
        let lines = [(6, quadratic), (8, linear)].into_iter();
        let lines = lines.filter(|(_, samples)| *samples > 0);
        let lines = lines.map(|(line, samples)| fixture::line_samples(FILE, line, samples));
        let profiled = Run {
            kind: RunKind::Profiled,
            profile: Some(fixture::profile(lines.collect(), [other, 0, 0])),
            ..timed.clone()
        };
        [timed, profiled]
    });
    recording.blocks[0].runs = runs.collect();
    recording
}

pub(super) fn subject() -> Subject {
    let sizes = SIZES.iter().map(|&(text, value, _)| SizeValue {
        text: text.to_owned(),
        value,
    });
    Subject {
        program: FILE.to_owned(),
        parameter: "size".to_owned(),
        sizes: sizes.collect(),
        attribution: Attribution::UserLine,
        confidence: 0.95,
    }
}

/// What is concluded where lines cost so much at each size.
pub(super) fn of_costs(costs: [[f64; 3]; 3]) -> Scaling {
    let recordings = costs.into_iter().enumerate();
    let recordings = recordings.map(|(at, costs)| recording(at, costs));
    conclude(&subject(), recordings.collect()).expect("there are four rounds of each")
}

/// What is concluded of a quadratic and a linear line.
pub(crate) fn scaling() -> Scaling {
    of_costs(SIZES.map(|(_, _, costs)| costs))
}
