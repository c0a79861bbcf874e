use super::*;
use crate::report::fixture;

fn shown(comparison: &Comparison, width: usize) -> String {
    let style = Style {
        width,
        ..Style::default()
    };
    super::comparison(comparison, &style)
}

#[test]
fn improved() {
    let comparison = fixture::dither().comparison;
    insta::assert_snapshot!("improved_100", shown(&comparison, 100));
    insta::assert_snapshot!("improved_80", shown(&comparison, 80));
    insta::assert_snapshot!("improved_160", shown(&comparison, 160));
}
