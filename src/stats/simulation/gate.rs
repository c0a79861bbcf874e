//! Whether a rule with a margin passes and fails as seldom by mistake as it may.

use super::NOISES;
use super::world::{CALM, Noise, Rate, World, level};

/// The margin of the rule: a rate may fall by this part.
const MARGIN: f64 = 0.05;

/// What a rule says of experiments with a true loss of this part.
struct Gated {
    pass: Rate,
    fail: Rate,
}

fn gated(noise: Noise, loss: f64, n: usize, repetitions: usize) -> Gated {
    let mut world = World::new(10, noise);
    // The estimators follow a shift of the truth exactly.
    let bounds: Vec<(f64, f64)> = (0..repetitions)
        .map(|_| {
            let mut found = world.throughput(n);
            found.value += (1.0 - loss).ln();
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
fn a_loss_of_exactly_the_margin_seldom_passes_and_seldom_fails() {
    for (_, noise) in &NOISES[..4] {
        for n in [3, 6, 10, 20] {
            let rates = gated(*noise, MARGIN, n, 500);
            rates.pass.assert_at_most(0.055);
            rates.fail.assert_at_most(0.055);
        }
    }
}

#[test]
fn no_loss_passes_in_ten_rounds() {
    gated(CALM, 0.0, 10, 1000).pass.assert_at_least(0.95);
}

#[test]
fn a_loss_of_twice_the_margin_fails_in_ten_rounds() {
    gated(CALM, 2.0 * MARGIN, 10, 1000)
        .fail
        .assert_at_least(0.95);
}

/// For the table of the full simulation.
pub(super) fn full(repetitions: usize) -> Vec<(String, f64)> {
    let mut rows = Vec::new();
    for n in [3, 6, 10, 20] {
        let exact = gated(CALM, MARGIN, n, repetitions);
        let none = gated(CALM, 0.0, n, repetitions);
        rows.push((
            format!("gate, loss of the margin, n = {n}: pass"),
            exact.pass.get(),
        ));
        rows.push((format!("gate, no loss, n = {n}: pass"), none.pass.get()));
    }
    rows
}
