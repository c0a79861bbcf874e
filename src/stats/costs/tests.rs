use proptest::prelude::*;

use super::*;
use crate::stats::Level;

fn runs(seconds: [f64; 2], samples: u64, n: usize) -> Pair<Vec<Exposure>> {
    Pair::new(seconds[0], seconds[1]).map(|seconds| vec![Exposure { seconds, samples }; n])
}

/// Fits of runs on one machine.
fn cost_differences(
    design: Design,
    runs: &Pair<Vec<Exposure>>,
    units: &[UnitCounts],
) -> Result<Vec<CostFit>, StatsError> {
    let machines = Machines::one(runs.before.len());
    super::cost_differences(design, &machines, runs, units)
}

fn level() -> Level {
    Level::new(0.95).unwrap()
}

fn fit(runs: &Pair<Vec<Exposure>>, before: &[u64], after: &[u64]) -> CostFit {
    let unit = Pair::new(Some(before.to_vec()), Some(after.to_vec()));
    cost_differences(Design::Paired, runs, &[unit]).unwrap()[0]
}

/// Four rounds of 100 samples of 1 s, 20 against 40 on average, by hand: the
/// multinomial variance is (0.2·0.8 + 0.4·0.6)/100 = 0.004, and the differences
/// 0.18, 0.22, 0.18, 0.22 vary less than that.
#[test]
fn sampling_alone() {
    let fit = fit(
        &runs([1.0, 1.0], 100, 4),
        &[20, 20, 20, 20],
        &[38, 42, 38, 42],
    );
    let spread = fit.difference.spread.unwrap();
    assert!((fit.difference.value - 0.2).abs() < 1e-12);
    // If the cost were equal, 0.3 on both sides: 2·0.3·0.7/100 = 0.0042 is larger.
    assert!((spread.standard_error - (0.0042_f64 / 4.0).sqrt()).abs() < 1e-12);
    // Two of the prior, as one unit says nothing of others, and three of the rounds.
    assert!((spread.degrees - 5.0).abs() < 1e-9);
}

/// A variance larger than that of counting, in one unit of three: it is shrunk, but not to
/// what the others show.
#[test]
fn excess_variance_is_shrunk_towards_the_common_one() {
    let runs = runs([1.0, 1.0], 100, 4);
    let pair =
        |before: [u64; 4], after: [u64; 4]| Pair::new(Some(before.to_vec()), Some(after.to_vec()));
    // v0 = 2·0.5·0.5/100 = 0.005; s² = 4·v0 = 0.02: differences ±√0.015.
    let wild = pair([50; 4], [50; 4]);
    let mut fits = cost_differences(Design::Paired, &runs, &[wild]).unwrap();
    let calm = fits.remove(0).difference.spread.unwrap();
    assert!((calm.standard_error - (0.005_f64 / 4.0).sqrt()).abs() < 1e-12);
    let units = [
        pair([50; 4], [60, 40, 60, 40]),
        pair([30; 4], [33, 27, 30, 30]),
        pair([20; 4], [22, 18, 20, 20]),
    ];
    let fits = cost_differences(Design::Paired, &runs, &units).unwrap();
    let seen = 4.0 * 0.1_f64.powi(2) / 3.0;
    let found = 4.0 * fits[0].difference.spread.unwrap().standard_error.powi(2);
    assert!(0.005 < found && found < seen, "{found}");
}

/// The before version is three times slower, so that the same cost gives it a
/// third of the samples: none there against ten is no proof.
#[test]
fn no_samples_on_the_slower_side_prove_little() {
    let runs = runs([3.0, 1.0], 1000, 3);
    let p = fit(&runs, &[0, 0, 0], &[3, 4, 3])
        .difference
        .p_value()
        .unwrap();
    assert!(p > 0.05, "{p}");
    let gone = Pair::new(None, Some(vec![3, 4, 3]));
    let fits = cost_differences(Design::Paired, &runs, &[gone]).unwrap();
    let p = fits[0].difference.p_value().unwrap();
    assert!(p < 0.05, "a line that only exists after has a cost: {p}");
}

#[test]
fn one_round_has_no_spread_and_no_samples_no_difference() {
    let one = fit(&runs([1.0, 1.0], 100, 1), &[20], &[40]);
    assert_eq!(one.difference.spread, None);
    assert_eq!(one.ratio_interval(level()), None);
    let none = fit(&runs([1.0, 1.0], 100, 3), &[0, 0, 0], &[0, 0, 0]);
    assert_eq!(none.ratio(), None);
    assert_eq!(none.difference.p_value(), Some(1.0));
}

/// A unit that is the whole program varies with its speed only.
#[test]
fn every_sample_on_one_unit() {
    let mut runs = runs([1.0, 1.0], 100, 3);
    let all = fit(&runs, &[100; 3], &[100; 3]);
    assert_eq!(all.difference.spread.unwrap().standard_error.to_bits(), 0);
    runs.after[0].seconds = 1.3;
    let spread = fit(&runs, &[100; 3], &[100; 3]).difference.spread.unwrap();
    assert!((spread.standard_error - 0.1).abs() < 1e-12, "{spread:?}");
    assert!((spread.degrees - 2.0).abs() < 1e-9, "{spread:?}");
}

#[test]
fn what_has_no_costs_is_refused() {
    let unit = |counts: usize| Pair::new(Some(vec![1; counts]), Some(vec![1; counts]));
    let check = |runs: &Pair<Vec<Exposure>>, unit, expected| {
        assert_eq!(
            cost_differences(Design::Paired, runs, &[unit]),
            Err(expected)
        );
    };
    check(&runs([1.0, 1.0], 0, 2), unit(2), StatsError::EmptyRun);
    check(&runs([1.0, 0.0], 9, 2), unit(2), StatsError::EmptyRun);
    check(
        &runs([1.0, f64::INFINITY], 9, 2),
        unit(2),
        StatsError::NotFinite(f64::INFINITY),
    );
    check(&runs([1.0, 1.0], 9, 2), unit(3), StatsError::Unmatched);
    check(&runs([1.0, 1.0], 9, 0), unit(0), StatsError::Empty);
}

proptest! {
    #[test]
    fn fiellers_interval_holds_1_exactly_where_the_difference_holds_0(
        before in prop::collection::vec(0..60_u64, 5),
        after in prop::collection::vec(0..60_u64, 5),
        seconds in prop::collection::vec(0.5..2.0_f64, 10),
        paired in any::<bool>(),
    ) {
        let exposure = |&seconds: &f64| Exposure { seconds, samples: 100 };
        let runs = Pair::new(
            seconds[..5].iter().map(exposure).collect(),
            seconds[5..].iter().map(exposure).collect(),
        );
        let design = if paired { Design::Paired } else { Design::Unpaired };
        let unit = Pair::new(Some(before), Some(after));
        let fit = cost_differences(design, &runs, &[unit]).unwrap()[0];
        let difference = fit.difference.interval(level()).unwrap();
        if let Some(ratio) = fit.ratio_interval(level()) {
            prop_assert_eq!(ratio.contains(1.0), difference.contains(0.0));
            let value = fit.ratio().unwrap();
            prop_assert!(ratio.low <= value + 1e-9 && value <= ratio.high + 1e-9);
        }
    }
}
