//! The XML of `JUnit`, for whoever shows test results: one test case per metric and
//! per rule.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::contents::{gate, headline, names};
use crate::compare::{Comparison, Comparisons};
use crate::gate::Outcome;
use crate::pair::Pair;
use crate::text::Text;

/// Shows a comparison. Metrics are told and always pass; a rule passes, fails, or is
/// skipped where these runs cannot tell.
pub(crate) fn comparison(comparison: &Comparison) -> String {
    document(&suites(comparison))
}

/// The same of several comparisons.
pub(crate) fn comparisons(several: &Comparisons) -> String {
    let suites: Vec<Suite> = several.comparisons.iter().flat_map(suites).collect();
    document(&suites)
}

/// Test cases of one kind.
struct Suite {
    name: Text,
    cases: Vec<Case>,
}

/// A metric or a rule.
struct Case {
    name: Text,
    outcome: Outcome,
    /// What is said of it, a line each.
    sentences: Vec<Text>,
}

/// How many test cases there are, and how many of them did not pass.
#[derive(Default)]
struct Counts {
    tests: usize,
    skipped: usize,
    failures: usize,
}

impl Counts {
    fn of<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            counts.tests += 1;
            match case.outcome {
                Outcome::Pass => {}
                Outcome::Fail => counts.failures += 1,
                Outcome::Inconclusive => counts.skipped += 1,
            }
        }
        counts
    }
}

fn suites(comparison: &Comparison) -> Vec<Suite> {
    let Pair { before, after } = names(comparison);
    let of = after + " against " + before;
    let labels = ["throughput", "peak memory", "processor time"];
    let metrics = labels.iter().zip(headline::paragraphs(comparison));
    let metrics = metrics.map(|(label, paragraph)| {
        let said = [paragraph.sentence, paragraph.values, paragraph.question];
        let said = said.into_iter().filter(|it| !it.is_empty());
        Case {
            name: Text::from(*label),
            outcome: Outcome::Pass,
            // The last of them has a line end as well.
            sentences: said.chain([Text::new()]).collect(),
        }
    });
    let mut suites = vec![Suite {
        name: Text::from("metrics: ") + of.clone(),
        cases: metrics.collect(),
    }];
    if let Some(gate) = &comparison.gate {
        let rules = gate.rules.iter().map(|judged| Case {
            name: gate::name(judged),
            outcome: judged.outcome,
            sentences: vec![gate::rule(judged)],
        });
        suites.push(Suite {
            name: Text::from("gate: ") + of,
            cases: rules.collect(),
        });
    }
    suites
}

type Xml = Writer<Vec<u8>>;

fn document(suites: &[Suite]) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 4);
    write(&mut xml, suites).expect("memory takes all that is written");
    String::from_utf8(xml.into_inner()).expect("only text is written")
}

fn write(xml: &mut Xml, suites: &[Suite]) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = Counts::of(suites.iter().flat_map(|suite| &suite.cases));
    xml.create_element("testsuites")
        .with_attribute(("name", "profila"))
        .with_attribute(("tests", &*counts.tests.to_string()))
        .with_attribute(("skipped", &*counts.skipped.to_string()))
        .with_attribute(("failures", &*counts.failures.to_string()))
        .with_attribute(("errors", "0"))
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| write_suite(xml, suite)))?;
    // The line break at the end of the file.
    xml.write_indent()
}

fn write_suite(xml: &mut Xml, suite: &Suite) -> io::Result<()> {
    let counts = Counts::of(&suite.cases);
    xml.create_element("testsuite")
        .with_attribute(("name", &*allowed(&suite.name)))
        .with_attribute(("tests", &*counts.tests.to_string()))
        .with_attribute(("skipped", &*counts.skipped.to_string()))
        .with_attribute(("errors", "0"))
        .with_attribute(("failures", &*counts.failures.to_string()))
        .write_inner_content(|xml| {
            suite
                .cases
                .iter()
                .try_for_each(|case| write_case(xml, case))
        })?;
    Ok(())
}

fn write_case(xml: &mut Xml, case: &Case) -> io::Result<()> {
    let sentences = case.sentences.iter().map(allowed);
    let sentence = sentences.collect::<Vec<_>>().join("\n");
    let element = match case.outcome {
        Outcome::Pass => None,
        Outcome::Fail => Some("failure"),
        Outcome::Inconclusive => Some("skipped"),
    };
    xml.create_element("testcase")
        .with_attribute(("name", &*allowed(&case.name)))
        .write_inner_content(|xml| {
            if let Some(element) = element {
                xml.create_element(element)
                    .with_attribute(("message", &*sentence))
                    .write_empty()?;
            }
            xml.create_element("system-out")
                .write_text_content(BytesText::new(&sentence))?;
            Ok(())
        })?;
    Ok(())
}

/// A text without the characters that XML 1.0 cannot hold, not even escaped
/// (<https://www.w3.org/TR/xml/#charsets>).
fn allowed(text: &Text) -> String {
    without_forbidden(&text.plain())
}

fn without_forbidden(text: &str) -> String {
    let is_forbidden = |c| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    text.replace(is_forbidden, "")
}

#[cfg(test)]
mod tests;
