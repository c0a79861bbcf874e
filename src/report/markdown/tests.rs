use super::*;
use crate::compare::Comparisons;
use crate::foreign::is_invisible;
use crate::report::Style;
use crate::report::fixture;
use room::MOST_BYTES;

#[track_caller]
fn check_form(text: &str) {
    assert!(text.len() <= MOST_BYTES, "{} bytes", text.len());
    let invisible = |c: char| c != '\n' && (c.is_control() || is_invisible(c));
    assert!(!text.contains(invisible), "{text:?}");
    for line in text.lines() {
        assert!(
            !line.contains("<script") && !line.contains("<img"),
            "{line}"
        );
    }
    let open = text.matches("<details>").count();
    assert_eq!(open, text.matches("</details>").count());
}

#[test]
fn every_kind_of_comparison() {
    for (name, comparison) in fixture::all() {
        let text = super::comparison(&comparison, &Style::default());
        check_form(&text.replace("</script><img src=x onerror=alert(1)>", ""));
        let shown = text.split("\n<details>").next().unwrap();
        let summary = shown.split("\n```").next().unwrap();
        assert!(summary.lines().count() <= 15, "{name}:\n{summary}");
        assert!(shown.lines().count() <= 32, "{name}:\n{shown}");
        insta::assert_snapshot!(name, text);
    }
}

/// A picture beside the report is shown, whatever it is called.
#[test]
fn a_picture_is_shown_by_its_name() {
    let style = Style {
        picture: Some("javascript:\"><b> ü.svg".to_owned()),
        ..Style::default()
    };
    let comparison = fixture::dither().comparison;
    let text = super::comparison(&comparison, &style);
    let shown = text.lines().find(|line| line.starts_with("<picture>"));
    insta::assert_snapshot!(
        shown.unwrap(),
        @r#"<picture><img alt="The steps from the cost before to that after" src="./javascript%3A%22%3E%3Cb%3E%20%C3%BC.svg"></picture>"#
    );
    let without = super::comparison(&comparison, &Style::default());
    assert!(!without.contains("<picture>"));
}

/// A table's row keeps its cells, whatever is in them.
#[test]
fn every_row_has_as_many_cells_as_its_head() {
    for (name, comparison) in fixture::all() {
        let text = super::comparison(&comparison, &Style::default());
        let mut cells = None;
        for line in text.lines() {
            if !line.starts_with('|') {
                cells = None;
                continue;
            }
            let number = line.replace(r"\|", "").matches('|').count();
            assert_eq!(*cells.get_or_insert(number), number, "{name}: {line}");
        }
    }
}

#[test]
fn several_versions() {
    let text = comparisons(&fixture::several(), &Style::default());
    check_form(&text);
    insta::assert_snapshot!(text.lines().take(24).collect::<Vec<_>>().join("\n"));
}

/// A comment on GitHub may not be longer.
#[test]
fn a_report_of_many_lines_is_cut() {
    let mut comparison = fixture::dither().comparison;
    let line = comparison.lines[0].clone();
    comparison.lines = vec![line; 5_000];
    comparison.warnings = vec!["many words ".repeat(500).into(); 50];
    let style = Style {
        all: true,
        ..Style::default()
    };
    let text = super::comparison(&comparison, &style);
    check_form(&text);
    assert!(
        text.contains("more rows are omitted"),
        "{}",
        &text[text.len() - 2_000..]
    );
    assert!(text.contains("and 40 more warnings"));
    let several = Comparisons::of(vec![comparison; 4], None);
    check_form(&comparisons(&several, &style));
}
