use super::*;
use crate::report::fixture;

#[test]
fn a_gate_with_a_rule_of_each_outcome() {
    insta::assert_snapshot!(comparison(&fixture::gated()));
}

#[test]
fn hostile_names_and_values() {
    let text = comparison(&fixture::hostile_everywhere());
    assert!(
        !text.contains(|c: char| c != '\n' && c.is_control()),
        "{text:?}"
    );
    insta::assert_snapshot!(text);
}

#[test]
fn a_suite_a_version() {
    let text = comparisons(&fixture::several());
    assert_eq!(text.matches("<testsuite ").count(), 3, "{text}");
}

#[test]
fn what_xml_may_not_hold_is_spelt_out() {
    let mut several = fixture::dither().comparison;
    several.after.variant.name = "a\u{fffe}\u{ffff}.py".to_owned();
    let text = comparison(&several);
    assert!(text.contains("a\\u{fffe}\\u{ffff}.py"), "{text}");
    assert!(!text.contains(['\u{fffe}', '\u{ffff}']), "{text}");
}

#[test]
fn what_xml_cannot_hold_is_left_out() {
    assert_eq!(
        without_forbidden("a\0\t\u{1b}\n\u{1f} \u{7f}\u{fffd}\u{fffe}\u{ffff}\u{10000}"),
        "a\t\n \u{7f}\u{fffd}\u{10000}"
    );
}
