//! Settings that this version reads and does not act on: with a value that would
//! make a difference they are refused, so that nobody relies on them in vain.

use toml::Spanned;

use super::super::wire::{self, RuleMetric};
use crate::config::Document;
use crate::config::diagnose::Diagnosis;
use crate::error::Result;
use crate::options::Affinity;

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
    refuse(document, |file| {
        file.gate.rule.iter().find_map(|rule| lines(rule.get_ref()))
    })
}

/// Refuses a rule that names lines and is not about their cost.
fn lines(rule: &wire::Rule) -> Option<Diagnosis> {
    let function = rule.function.as_ref().map(|it| ("function", it.span()));
    let file = rule.file.as_ref().map(|it| ("file", it.span()));
    let (key, span) = function.or(file)?;
    (rule.metric != RuleMetric::LineCost).then(|| {
        Diagnosis::new(
            span,
            format!("`{key}` applies only to rules about \"line-cost\""),
        )
        .hint("remove it, or write metric = \"line-cost\"")
    })
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
