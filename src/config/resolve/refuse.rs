//! Settings that this version reads and does not act on: with a value that would
//! make a difference they are refused, so that nobody relies on them in vain.

use toml::Spanned;

use super::super::values::Affinity;
use super::super::wire::{self, RuleMetric};
use crate::config::Document;
use crate::config::diagnose::Diagnosis;
use crate::error::Result;

/// Refuses settings of runs.
pub(super) fn running(document: Option<&Document>) -> Result<()> {
    refuse(document, |file| {
        let affinity = file.run.affinity.as_ref()?;
        (*affinity.get_ref() != Affinity::None)
            .then(|| unsupported(affinity, "affinity", "remove it, or write \"none\""))
    })
}

/// Refuses settings of comparisons.
pub(super) fn comparing(document: Option<&Document>) -> Result<()> {
    refuse(document, |file| gate(&file.gate))
}

fn gate(gate: &wire::Gate) -> Option<Diagnosis> {
    let mut rules = gate.rule.iter();
    let rule = rules.find(|rule| rule.get_ref().metric == RuleMetric::LineCost)?;
    Some(unsupported(
        rule,
        "line-cost",
        "remove the rule, or let it be about \"throughput\" or \"peak-memory\"",
    ))
}

fn unsupported<T>(value: &Spanned<T>, key: &str, hint: &str) -> Diagnosis {
    Diagnosis::new(
        value.span(),
        format!("`{key}` is not supported by this version of profila"),
    )
    .hint(hint)
}

fn refuse(
    document: Option<&Document>,
    find: impl Fn(&wire::File) -> Option<Diagnosis>,
) -> Result<()> {
    let Some(document) = document else {
        return Ok(());
    };
    match find(&document.settings) {
        None => Ok(()),
        Some(diagnosis) => Err(document.error(diagnosis)),
    }
}
