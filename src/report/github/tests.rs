use super::*;
use crate::foreign::is_invisible;
use crate::report::fixture;
use crate::source::LineNumber;

#[test]
fn every_kind_of_comparison() {
    for (name, comparison) in fixture::all() {
        let text = super::comparison(&comparison, &Style::default());
        let invisible = |c: char| c != '\n' && (c.is_control() || is_invisible(c));
        assert!(!text.contains(invisible), "{text:?}");
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn the_worst_ten_are_annotated() {
    let mut comparison = fixture::dither_back().comparison;
    let mut line = comparison.lines.pop().unwrap();
    line.change.verdict = CostVerdict::CostsMore;
    line.change.evidence = Evidence::Confirmed;
    comparison.lines = (1..=30)
        .map(|number| {
            let mut line = line.clone();
            line.after.as_mut().unwrap().line = LineNumber::new(number).unwrap();
            line.change.cost_shift_s.value = f64::from(number) * 1e-6;
            line
        })
        .collect();
    let text = super::comparison(&comparison, &Style::default());
    let commands: Vec<&str> = text
        .lines()
        .filter(|it| it.starts_with("::warning"))
        .collect();
    assert_eq!(commands.len(), MOST);
    let first_of_a_line = commands.iter().find(|it| it.contains("line=30,"));
    assert!(first_of_a_line.is_some(), "{commands:#?}");
    assert!(!text.contains("line=3,"), "{commands:#?}");
}

#[test]
fn nothing_ends_a_command_early() {
    let annotation = Annotation {
        level: Level::Error,
        place: Some((Text::foreign("a,b:c\n.py"), 1, 2)),
        title: "x: y, 5%".into(),
        message: Text::prose("one\n::error::two"),
    };
    assert_eq!(
        command(&annotation),
        "::error file=a%2Cb%3Ac␊.py,line=1,endLine=2,title=x%3A y%2C 5%25::one ∶:error::two\n"
    );
}

#[test]
fn several_versions() {
    let text = comparisons(&fixture::several(), &Style::default());
    assert!(
        text.lines()
            .filter(|line| line.starts_with("::notice"))
            .count()
            > 1,
        "{text}"
    );
    assert_eq!(text.matches("as fast").count(), 3 + 1, "{text}");
}
