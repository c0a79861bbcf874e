//! How to compare, and what a change may cost.

use super::inputs::Inputs;
use crate::compare;
use crate::config::{Judging, Rule, wire};
use crate::gate::Subject;
use crate::instructions::Syntax;
use crate::options::{FailIf, defaults};
use crate::selection::Selection;

/// How to compare. The rules of flags come after those of the file.
pub(super) fn resolve(inputs: Inputs<'_>, fail_if: &[FailIf], assembly: Option<Syntax>) -> Judging {
    let wire::File { compare, gate, .. } = inputs.settings();
    let of_file = gate.rule.iter().map(|it| rule(it.get_ref()));
    let of_flags = fail_if.iter().map(|it| it.0.clone());
    Judging {
        attribution: inputs.attribution(),
        options: compare::Options {
            confidence: compare.confidence.unwrap_or(defaults::CONFIDENCE).0,
            min_effect: compare.min_effect.unwrap_or(defaults::MIN_EFFECT).fraction,
            rules: of_file.chain(of_flags).collect(),
            together: 1,
            assembly,
        },
        on_inconclusive: gate.on_inconclusive.unwrap_or(defaults::ON_INCONCLUSIVE),
    }
}

fn rule(rule: &wire::Rule) -> Rule {
    let function = rule.function.iter().map(|it| it.get_ref().clone());
    let file = rule.file.iter().map(|it| it.get_ref().0.clone());
    Rule {
        subject: match rule.metric {
            wire::RuleMetric::Throughput => Subject::Throughput,
            wire::RuleMetric::PeakMemory => Subject::PeakMemory,
            wire::RuleMetric::LineCost => Subject::LineCost(Selection {
                functions: function.collect(),
                files: file.collect(),
            }),
        },
        max_worse: rule.max_worse.fraction,
    }
}
