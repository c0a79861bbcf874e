use super::*;
use crate::report::fixture;

#[test]
fn every_line_is_a_record_of_as_many_fields() {
    for (name, compared) in fixture::all() {
        let text = comparison(&compared);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), compared.lines.len(), "{name}");
        assert!(
            !text.contains(|c: char| c != '\n' && c.is_control()),
            "{name}"
        );
    }
}

#[test]
fn numbers_are_as_they_were_concluded() {
    let compared = fixture::dither().comparison;
    let csv = comparison(&compared);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|it| it == name).unwrap();
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let pairs = records.iter().zip(&compared.lines);
    for (record, line) in pairs {
        let after = line.after.as_ref();
        let cost = after.map(|side| side.cost_s.value.to_string());
        assert_eq!(record[column("after_cost_s")], cost.unwrap_or_default());
        let source = line.before.as_ref().map(|side| side.text.clone());
        assert_eq!(record[column("before_source")], source.unwrap_or_default());
    }
    insta::assert_snapshot!(csv.lines().take(4).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_documentation_names_every_column() {
    let document = include_str!("../../../docs/json.md");
    let (_, section) = document.split_once("\n## CSV").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    for column in COMPARED.iter().chain(&PROFILED) {
        assert!(section.contains(&format!("`{column}`")), "{column}");
    }
}

#[test]
fn no_field_is_a_formula() {
    assert_eq!(text("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
    assert_eq!(text("    x = 1"), "    x = 1");
}
