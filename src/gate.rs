//! Rules about what a change may cost, and whether it keeps to them.
//!
//! A rule passes only where the data rule out that it is broken, and fails only where
//! they rule out that it is kept; what they cannot tell is inconclusive. So a gate never
//! fails by a point estimate, and never passes for lack of data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::recording::Better;
use crate::selection::Selection;

/// The value that a quantity is above, and the one that it is below, each by itself with
/// the confidence of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bounds {
    /// What it is above.
    pub low: f64,
    /// What it is below.
    pub high: f64,
}

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "metric", rename_all = "kebab-case")]
pub enum Subject {
    /// Units of work per second, or seconds per run.
    Throughput,
    /// Largest resident set.
    PeakMemory,
    /// Thread time per unit of work on some lines of the user's own files together.
    LineCost(Selection),
}

/// A limit on how much worse the version after may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// What is limited.
    #[serde(flatten)]
    pub subject: Subject,
    /// How much worse its value may be, as a part of the value before: 0.05 lets a rate
    /// fall by 5%, and a time, a cost or an amount of memory grow by 5%.
    pub max_worse: f64,
}

/// The outcome of a rule, or of all of them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule is kept.
    Pass,
    /// The data do not decide it.
    Inconclusive,
    /// The rule is broken.
    Fail,
}

/// How much worse a value is, as a part of the value before; below 0 it is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// The estimate.
    pub value: f64,
    /// The least and the most that it is, each with the comparison's confidence; absent
    /// with too few rounds.
    pub bounds: Option<Bounds>,
    /// Why the value may be of something else than the work, where it may.
    pub doubt: Option<Doubt>,
}

/// Why seconds of runs may not tell how fast their work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Both sides took the same time, as fixed-time loops do however much work is in
    /// them.
    FixedTime,
    /// A script printed what looks like a rate, but it was not read.
    UnreadRate,
    /// Every run on both sides reported the same value, which may not be a measurement.
    SameValue,
}

/// A rule, and what the data say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// What came of it.
    pub outcome: Outcome,
    /// How much worse the value is, as a part of the value before; below 0 it is better.
    /// Absent where there is no value before: none of the lines had a sample.
    pub worse: Option<f64>,
    /// The least and the most that it is worse, each with the comparison's confidence;
    /// absent with too few rounds, or too few samples.
    pub bounds: Option<Bounds>,
    /// Why nothing can be judged by the values, however many rounds there are; absent
    /// where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

/// All rules, and what came of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// The worst outcome of a rule.
    pub outcome: Outcome,
    /// The rules, in the order in which they were given.
    pub rules: Vec<Judged>,
}

/// Judges by rules what was lost, a loss each; `None` where there are no rules.
pub fn check(rules: &[Rule], losses: impl IntoIterator<Item = Option<Loss>>) -> Option<Gate> {
    let rules: Vec<Judged> = rules
        .iter()
        .zip(losses)
        .map(|(rule, loss)| judge(rule.clone(), loss))
        .collect();
    let outcome = rules.iter().map(|judged| judged.outcome).max()?;
    Some(Gate { outcome, rules })
}

fn judge(rule: Rule, loss: Option<Loss>) -> Judged {
    let doubt = loss.and_then(|loss| loss.doubt);
    let bounds = loss.and_then(|loss| loss.bounds);
    let outcome = match bounds.filter(|_| doubt.is_none()) {
        Some(bounds) if bounds.high <= rule.max_worse => Outcome::Pass,
        Some(bounds) if bounds.low > rule.max_worse => Outcome::Fail,
        _ => Outcome::Inconclusive,
    };
    Judged {
        rule,
        outcome,
        worse: loss.map(|loss| loss.value),
        bounds,
        doubt,
    }
}

impl Loss {
    /// That of a metric that is `ratio` times as good as before, where above 1 is better
    /// whichever direction is, and the bounds of that ratio.
    pub fn of_ratio(better: Better, ratio: f64, bounds: Option<Bounds>) -> Self {
        Self {
            value: worse(ratio, better),
            bounds: bounds.map(|ratio| Bounds {
                // The higher the ratio the better, and so the less worse.
                low: worse(ratio.high, better),
                high: worse(ratio.low, better),
            }),
            doubt: None,
        }
    }

    /// The same, where it may be of something else.
    #[must_use]
    pub const fn doubted(self, doubt: Option<Doubt>) -> Self {
        Self { doubt, ..self }
    }
}

/// How much worse a value is that is `ratio` times as good, as a part of what it was.
fn worse(ratio: f64, better: Better) -> f64 {
    match better {
        Better::Higher => 1.0 - ratio,
        Better::Lower => 1.0 / ratio - 1.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The loss of a metric whose ratio is known to lie between two bounds.
    fn loss(better: Better, bounds: Option<(f64, f64)>) -> Loss {
        let (low, high) = bounds.unwrap_or((1.0, 1.0));
        let bounds = bounds.map(|(low, high)| Bounds { low, high });
        Loss::of_ratio(better, f64::midpoint(low, high), bounds)
    }

    fn judged(better: Better, bounds: Option<(f64, f64)>, max_worse: f64) -> Judged {
        let rule = Rule {
            subject: Subject::Throughput,
            max_worse,
        };
        judge(rule, Some(loss(better, bounds)))
    }

    #[track_caller]
    fn outcome(better: Better, bounds: Option<(f64, f64)>, expected: Outcome) {
        assert_eq!(judged(better, bounds, 0.05).outcome, expected);
    }

    #[test]
    fn a_rule_passes_or_fails_by_the_whole_of_what_is_possible() {
        for better in [Better::Higher, Better::Lower] {
            outcome(better, Some((0.97, 1.02)), Outcome::Pass);
            outcome(better, Some((1.5, 3.0)), Outcome::Pass);
            outcome(better, Some((0.80, 0.90)), Outcome::Fail);
            outcome(better, Some((0.90, 1.02)), Outcome::Inconclusive);
            outcome(better, None, Outcome::Inconclusive);
        }
    }

    /// A rate that falls to 0.95, and a time that grows to 1.05 times: 5% worse each.
    #[test]
    fn worse_is_a_part_of_the_value_before() {
        outcome(Better::Higher, Some((0.951, 1.0)), Outcome::Pass);
        outcome(Better::Higher, Some((0.9, 0.949)), Outcome::Fail);
        outcome(Better::Lower, Some((1.0 / 1.049, 1.0)), Outcome::Pass);
        outcome(Better::Lower, Some((0.9, 1.0 / 1.051)), Outcome::Fail);
    }

    /// What may be of something else decides nothing, whatever it is.
    #[test]
    fn a_doubtful_loss_is_inconclusive() {
        let rule = Rule {
            subject: Subject::Throughput,
            max_worse: 0.05,
        };
        for bounds in [(0.99, 1.01), (1.5, 3.0), (0.3, 0.4)] {
            for doubt in [Doubt::FixedTime, Doubt::UnreadRate, Doubt::SameValue] {
                let loss = loss(Better::Lower, Some(bounds));
                let judged = judge(rule.clone(), Some(loss.doubted(Some(doubt))));
                assert_eq!(judged.outcome, Outcome::Inconclusive, "{bounds:?}");
                assert_eq!(judged.doubt, Some(doubt));
            }
        }
    }

    #[test]
    fn the_gate_is_as_bad_as_its_worst_rule() {
        let throughput = loss(Better::Higher, Some((0.99, 1.01)));
        let memory = loss(Better::Lower, Some((0.5, 0.6)));
        let gate = |subjects: &[Subject]| {
            let rules: Vec<Rule> = subjects
                .iter()
                .map(|subject| Rule {
                    subject: subject.clone(),
                    max_worse: 0.05,
                })
                .collect();
            let losses = subjects.iter().map(|subject| match subject {
                Subject::Throughput => Some(throughput),
                Subject::PeakMemory => Some(memory),
                Subject::LineCost(_) => None,
            });
            check(&rules, losses)
        };
        assert_eq!(gate(&[]), None);
        let passed = gate(&[Subject::Throughput]).unwrap();
        assert_eq!(passed.outcome, Outcome::Pass);
        let failed = gate(&[Subject::Throughput, Subject::PeakMemory]).unwrap();
        assert_eq!(failed.outcome, Outcome::Fail);
        assert_eq!(failed.rules[0], passed.rules[0]);
        // Of what was never seen nothing is known, and nothing passes for it.
        let unseen = gate(&[Subject::LineCost(Selection::default())]).unwrap();
        assert_eq!(unseen.outcome, Outcome::Inconclusive);
        assert_eq!(unseen.rules[0].worse, None);
    }

    /// What rules are about is stored beside their limits, in the same table.
    #[test]
    fn a_gate_about_several_functions_is_read_as_it_was_written() {
        let lines = Selection {
            functions: vec!["run".to_owned(), "stop".to_owned()],
            files: vec!["a.py".parse().unwrap()],
        };
        let rule = Rule {
            subject: Subject::LineCost(lines),
            max_worse: 0.05,
        };
        let loss = loss(Better::Lower, Some((0.5, 0.6)));
        let gate = check(&[rule], [Some(loss)]).unwrap();
        let text = serde_json::to_string(&gate).unwrap();
        assert!(
            text.contains(r#""function":["run","stop"],"file":"a.py""#),
            "{text}"
        );
        let again: Gate = serde_json::from_str(&text).unwrap();
        assert_eq!(again, gate);
    }

    proptest! {
        /// What allows more never fails where less passed, and the reverse.
        #[test]
        fn a_wider_limit_is_no_stricter(
            low in 0.1..3.0_f64,
            width in 0.0..1.0_f64,
            limit in 0.0..0.5_f64,
            more in 0.0..0.5_f64,
            higher in any::<bool>(),
        ) {
            let better = if higher { Better::Higher } else { Better::Lower };
            let bounds = Some((low, low + width));
            let strict = judged(better, bounds, limit).outcome;
            let wide = judged(better, bounds, limit + more).outcome;
            prop_assert!(wide <= strict, "{:?} and {:?}", strict, wide);
        }
    }
}
