//! Whether a rule with a margin passes and fails as seldom by mistake as it may.

use super::noise::{CALM, Noise};
use super::world::{Rate, World, level};

/// The margin of the rule: a rate may fall by this part.
pub(crate) const MARGIN: f64 = 0.05;

/// What a rule says of experiments with a true loss of this part.
pub(crate) struct Gated {
    pub(crate) pass: Rate,
    pub(crate) fail: Rate,
}

pub(crate) fn gated(noise: Noise, loss: f64, n: usize, repetitions: usize) -> Gated {
    let mut world = World::new(10, noise);
    // The estimators follow a shift of the truth exactly.
    let bounds: Vec<(f64, f64)> = (0..repetitions)
        .map(|_| {
            let found = world.throughput(n).shifted((1.0 - loss).ln());
            let low = found.lower_bound(level()).unwrap();
            (low, found.upper_bound(level()).unwrap())
        })
        .collect();
    let border = (1.0 - MARGIN).ln();
    let rate = |event: fn(&(f64, f64), f64) -> bool| Rate {
        hits: bounds.iter().filter(|bounds| event(bounds, border)).count(),
        of: repetitions,
    };
    Gated {
        pass: rate(|(low, _), border| *low >= border),
        fail: rate(|(_, high), border| *high < border),
    }
}

#[test]
fn a_loss_of_twice_the_margin_fails_in_ten_rounds() {
    gated(CALM, 2.0 * MARGIN, 10, 1000)
        .fail
        .assert_at_least(0.95);
}
