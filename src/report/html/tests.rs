use super::*;
use crate::compare::{FileComparison, LineKind, Stretch};
use crate::foreign::is_invisible;
use crate::pair::Pair;
use crate::report::{Style, fixture};
use crate::source::LineNumber;

/// A page that refers to nothing outside of itself, and shows what it is given.
#[track_caller]
fn check_form(page: &str) {
    let invisible = |c: char| c != '\n' && (c.is_control() || is_invisible(c));
    assert!(!page.contains(invisible), "{:?}", page.find(invisible));
    for outside in ["<img", " src=", "url(", "@import", "<iframe", "<object"] {
        let foreign = "img src=x";
        assert!(!page.replace(foreign, "").contains(outside), "{outside}");
    }
    for target in page.split("href=\"").skip(1) {
        assert!(
            target.starts_with('#') || target.starts_with("data:,"),
            "{}",
            &target[..40]
        );
    }
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
}

/// What is between the head and the script, which are the same on every page.
fn body(page: &str) -> &str {
    let start = page.find("<main").unwrap();
    &page[start..page.find("</main>").unwrap()]
}

#[test]
fn every_kind_of_comparison() {
    for (name, compared) in fixture::all() {
        let page = comparison(&compared, &Style::default());
        check_form(&page);
        insta::assert_snapshot!(name, body(&page));
    }
}

#[test]
fn several_versions() {
    let page = comparisons(&fixture::several(), &Style::default());
    check_form(&page);
    assert_eq!(page.matches("<article").count(), 3);
    assert!(page.contains("Placebo: "), "{page}");
    // Three versions, the one that they are compared with, and the placebo on one axis.
    let (picture, _) = page.split_once("</svg>").unwrap();
    assert!(picture.contains("Throughput as a multiple of that of dither.py"));
    assert_eq!(picture.matches("<circle").count(), 5);
    assert_eq!(picture.matches("class=\"whisker\"").count(), 4);
}

fn number(line: u32) -> Option<LineNumber> {
    LineNumber::new(line)
}

fn stretch(kind: LineKind, before: Option<u32>, after: Option<u32>, lines: u32) -> Stretch {
    Stretch {
        kind,
        first: Pair::new(before.and_then(number), after.and_then(number)),
        lines,
    }
}

/// Each row as `before|after`, with a letter for what became of it.
fn rows(file: &FileComparison) -> Vec<String> {
    let text = |cell: &Option<source::Cell>| match cell {
        None => String::new(),
        Some(cell) => format!("{} {}", cell.number, cell.text.plain()),
    };
    let rows = source::rows_of(&fixture::dither().comparison, file);
    rows.iter()
        .map(|row| {
            format!(
                "{}:{}|{}",
                row.kind,
                text(&row.cells.before),
                text(&row.cells.after)
            )
        })
        .collect()
}

#[test]
fn both_versions_are_whole_and_in_order() {
    let file = FileComparison {
        file: Pair::new(Some("dither.py".to_owned()), Some("dither2.py".to_owned())),
        renames: Vec::new(),
        text: Pair::new(
            Some("a\nmoved\nold1\nold2\nb\nend".to_owned()),
            Some("a\nnew\nb\nmoved\nadded\nend".to_owned()),
        ),
        stretches: vec![
            stretch(LineKind::Unchanged, Some(1), Some(1), 1),
            stretch(LineKind::Changed, Some(3), None, 2),
            stretch(LineKind::Changed, None, Some(2), 1),
            stretch(LineKind::Unchanged, Some(5), Some(3), 1),
            stretch(LineKind::Moved, Some(2), Some(4), 1),
            stretch(LineKind::Added, None, Some(5), 1),
            stretch(LineKind::Unchanged, Some(6), Some(6), 1),
        ],
    };
    let expected = [
        ":1 a|1 a",
        "m:2 moved|",
        "c:3 old1|2 new",
        "c:4 old2|",
        ":5 b|3 b",
        "m:|4 moved",
        "a:|5 added",
        ":6 end|6 end",
    ];
    assert_eq!(rows(&file), expected);
}

#[test]
fn growth_by_size() {
    let page = scaling(&crate::scaling::fixture::scaling());
    check_form(&page);
    insta::assert_snapshot!(body(&page));
}
