use super::*;

const fn estimate(value: f64, low: f64, high: f64) -> Estimate {
    Estimate {
        value,
        low: Some(low),
        high: Some(high),
    }
}

#[track_caller]
fn check_signed(value: f64, expected: &str) {
    assert_eq!(signed(value, 1), expected);
}

#[test]
fn zero_has_no_sign() {
    check_signed(0.04, "0.0");
    check_signed(-0.04, "0.0");
    check_signed(0.06, "+0.1");
    check_signed(-12.0, "−12.0");
}

#[track_caller]
fn check_change(ratio: Estimate, expected: &str, ends: &str) {
    let (text, interval) = change(&ratio);
    assert_eq!(text, expected);
    assert_eq!(interval.unwrap(), ends);
}

#[test]
fn changes_of_cost_are_percentages_until_those_say_nothing() {
    check_change(estimate(0.93, 0.848, 1.013), "−7.0%", "−15.2 to +1.3");
    check_change(estimate(0.04, 0.03, 0.05), "−96%", "−97 to −95");
    check_change(estimate(0.0, 0.0, 0.0), "−100%", "−100 to −100");
    check_change(estimate(12.34, 9.9, 120.0), "12.3×", "9.9 to 120");
}

#[track_caller]
fn check_two(before: f64, after: f64, expected: (&str, &str)) {
    let text = two_values(Pair::new(before, after));
    assert_eq!((text.before.as_str(), text.after.as_str()), expected);
}

#[test]
fn two_values_have_the_same_decimals() {
    check_two(255.2, 758.1, ("255", "758"));
    check_two(3.918, 1.319, ("3.92", "1.32"));
    check_two(2.586_2, 0.087_1, ("2.586", "0.087"));
    check_two(131.22, 131.44, ("131.2", "131.4"));
    check_two(0.0, 5.0, ("0", "5"));
    check_two(1234.5, 1234.5, ("1234", "1234"));
}

#[track_caller]
fn check_scale(largest_s: f64, cost_s: f64, expected: &str) {
    let scale = CostScale::for_largest(largest_s);
    let shown = format!("{} {}", scale.show(cost_s), scale.unit.symbol);
    assert_eq!(shown, expected);
}

#[test]
fn costs_get_the_unit_that_suits_the_largest() {
    check_scale(1.6e-3, 1.6e-3, "1600 µs");
    check_scale(1.6e-3, 3.9e-6, "4 µs");
    check_scale(0.039, 0.039, "39.00 ms");
    check_scale(12.0, 0.5, "0.50 s");
    check_scale(2e-9, 2e-9, "2.000 ns");
    check_scale(0.0, 0.0, "0 ns");
}

#[track_caller]
fn check_unit(unit: &str, better: Better, source: MetricKind, expected: &str) {
    let metric = MetricChange {
        source,
        unit: unit.to_owned(),
        better,
        before: estimate(1.0, 1.0, 1.0),
        after: estimate(1.0, 1.0, 1.0),
        ratio: estimate(1.0, 1.0, 1.0),
        ratio_bounds: None,
        p_value: None,
        verdict: crate::compare::MetricVerdict::NoChange,
        smallest_detectable: None,
        rounds_needed: None,
        rounds_at_least: None,
    };
    assert_eq!(work_unit(&metric).plain(), expected);
}

#[test]
fn units_of_work_are_named_by_the_metric() {
    use {Better::Higher, Better::Lower, MetricKind::Pattern, MetricKind::Window};
    check_unit("images / sec", Higher, Pattern, "image");
    check_unit("images/s", Higher, Pattern, "image");
    check_unit("iterations per second", Higher, Pattern, "iteration");
    check_unit("entries/s", Higher, Pattern, "entry");
    check_unit("passes/s", Higher, Pattern, "pass");
    check_unit("MB/s", Higher, Pattern, "MB");
    check_unit("fps", Higher, Pattern, "unit");
    check_unit("/s", Higher, Pattern, "unit");
    check_unit("s", Lower, Window, "run");
    check_unit("s", Lower, Pattern, "unit");
    check_unit("s/image", Lower, Pattern, "image");
}

#[test]
fn rates_are_shortened() {
    assert_eq!(short_unit("images / sec"), "images/s");
    assert_eq!(short_unit("images per second"), "images/s");
    assert_eq!(short_unit("fps"), "fps");
}

#[track_caller]
fn check_rates(before: f64, after: f64, unit: &str, expected: &str) {
    let (values, unit) = two_rates(Pair::new(before, after), unit);
    let shown = format!("{} → {} {}", values.before, values.after, unit.plain());
    assert_eq!(shown, expected);
}

#[test]
fn rates_get_the_prefix_that_suits_the_smaller() {
    check_rates(2.72e9, 9.0e8, "B/s", "2720 → 900 MB/s");
    check_rates(900.0, 1100.0, "B/s", "900 → 1100 B/s");
    check_rates(2e9, 3e9, "flop/s", "2.00 → 3.00 Gflop/s");
    check_rates(2e6, 3e6, "images / sec", "2000000 → 3000000 images/s");
}

#[test]
fn percentages_drop_decimals_that_say_nothing() {
    assert_eq!(short_percent(0.01), "1%");
    assert_eq!(short_percent(0.005), "0.5%");
    assert_eq!(short_percent(0.95), "95%");
    assert_eq!(rough_percent(0.0081), "0.8%");
    assert_eq!(rough_percent(0.123), "12%");
}

#[test]
fn thousands_are_set_apart() {
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(999), "999");
    assert_eq!(grouped(1_234_567), "1,234,567");
    assert_eq!(count(1, "round"), "1 round");
}

#[test]
fn durations_have_three_digits() {
    assert_eq!(duration(0.0031), "3.10 ms");
    assert_eq!(duration(0.0502), "50.2 ms");
    assert_eq!(duration(1.25), "1.25 s");
}
