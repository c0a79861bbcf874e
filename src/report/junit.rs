//! The XML of `JUnit`, for whoever shows test results: a test case a metric and a rule.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::contents::{gate, headline, names};
use super::paint::finish;
use crate::compare::{Comparison, Comparisons};
use crate::gate::Outcome;
use crate::pair::Pair;

/// Shows a comparison. Metrics are told and always pass; a rule passes, fails, or is
/// skipped where these runs cannot tell.
pub fn comparison(comparison: &Comparison) -> String {
    of_suites([suites(comparison)].concat())
}

/// The same of several comparisons.
pub fn comparisons(several: &Comparisons) -> String {
    of_suites(several.comparisons.iter().flat_map(suites).collect())
}

fn of_suites(suites: Vec<TestSuite>) -> String {
    let mut report = Report::new("profila");
    report.add_test_suites(suites);
    report.to_string().unwrap_or_default()
}

fn suites(comparison: &Comparison) -> Vec<TestSuite> {
    let Pair { before, after } = names(comparison);
    let of = format!("{after} against {before}");
    let mut metrics = TestSuite::new(format!("metrics: {of}"));
    let labels = ["throughput", "peak memory", "processor time"];
    for (label, paragraph) in labels.iter().zip(headline::paragraphs(comparison)) {
        let mut case = TestCase::new(*label, TestCaseStatus::success());
        let words = [paragraph.sentence, paragraph.values, paragraph.question];
        case.set_system_out(finish(&words.join("\n"), false));
        metrics.add_test_case(case);
    }
    let Some(judged) = &comparison.gate else {
        return vec![metrics];
    };
    let mut rules = TestSuite::new(format!("gate: {of}"));
    for judged in &judged.rules {
        let sentence = finish(&gate::rule(judged), false).trim_end().to_owned();
        let mut status = match judged.outcome {
            Outcome::Pass => TestCaseStatus::success(),
            Outcome::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Outcome::Inconclusive => TestCaseStatus::skipped(),
        };
        if judged.outcome != Outcome::Pass {
            status.set_message(sentence.clone());
        }
        let mut case = TestCase::new(gate::name(judged), status);
        case.set_system_out(sentence);
        rules.add_test_case(case);
    }
    vec![metrics, rules]
}

#[cfg(test)]
mod tests;
