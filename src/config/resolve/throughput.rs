//! What counts as work, and whether the keys that say so fit together.

use super::super::wire;
use crate::config::diagnose::Diagnosis;
use crate::config::{Better, Document, Throughput, ThroughputSource, WantedSource};
use crate::error::Result;
use crate::throughput;

/// Where to find the throughput; it is looked for everywhere if no file says.
pub(super) fn resolve(document: Option<&Document>) -> Result<Throughput> {
    match document {
        None => Ok(Throughput {
            source: WantedSource::Auto,
            pattern: None,
            unit: None,
            better: None,
        }),
        Some(document) => {
            checked(&document.settings.throughput).map_err(|diagnosis| document.error(diagnosis))
        }
    }
}

/// A pattern that is given is used; keys that its source leaves without effect are
/// told so.
fn checked(wire: &wire::Throughput) -> Result<Throughput, Diagnosis> {
    let source = match wire.source.as_ref().map(toml::Spanned::get_ref) {
        Some(wire::ThroughputSource::Auto) | None if wire.pattern.is_some() => {
            WantedSource::Only(ThroughputSource::Pattern)
        }
        Some(wire::ThroughputSource::Auto) | None => WantedSource::Auto,
        Some(wire::ThroughputSource::Pattern) => WantedSource::Only(ThroughputSource::Pattern),
        Some(wire::ThroughputSource::Metrics) => WantedSource::Only(ThroughputSource::Metrics),
        Some(wire::ThroughputSource::Window) => WantedSource::Only(ThroughputSource::Window),
        Some(wire::ThroughputSource::Wall) => WantedSource::Only(ThroughputSource::Wall),
        Some(wire::ThroughputSource::Cpu) => WantedSource::Only(ThroughputSource::Cpu),
    };
    check_pattern(wire, source)?;
    check_duration(wire, source)?;
    check_direction(wire, source)?;
    Ok(Throughput {
        source,
        pattern: wire
            .pattern
            .as_ref()
            .map(|pattern| pattern.get_ref().0.clone()),
        unit: wire.unit.as_ref().map(|unit| unit.get_ref().clone()),
        better: wire.better.as_ref().map(|better| *better.get_ref()),
    })
}

/// A pattern is there if and only if the source is the pattern.
fn check_pattern(wire: &wire::Throughput, source: WantedSource) -> Result<(), Diagnosis> {
    let wanted = source == WantedSource::Only(ThroughputSource::Pattern);
    match (&wire.pattern, &wire.source) {
        (None, Some(source)) if wanted => Err(Diagnosis::new(
            source.span(),
            "`source` is \"pattern\", but there is no `pattern`",
        )
        .hint(r"add one, such as pattern = '(?P<value>[\d.]+) images / sec'")),
        (Some(pattern), _) if !wanted => Err(Diagnosis::new(
            pattern.span(),
            "`pattern` has no effect with this `source`",
        )
        .hint("remove it, or write source = \"pattern\"")),
        _ => Ok(()),
    }
}

/// Of a unit that is neither a rate nor a time, the user has to say which direction is
/// better. Of what is found without being named, what it was found with says so.
fn check_direction(wire: &wire::Throughput, source: WantedSource) -> Result<(), Diagnosis> {
    let WantedSource::Only(ThroughputSource::Pattern | ThroughputSource::Metrics) = source else {
        return Ok(());
    };
    match (&wire.unit, &wire.better) {
        (Some(unit), None) if !throughput::has_direction(unit.get_ref()) => Err(Diagnosis::new(
            unit.span(),
            "`unit` is neither a rate nor a time",
        )
        .label("is higher or lower better?")
        .hint("add better = \"higher\" or better = \"lower\"")),
        _ => Ok(()),
    }
}

/// Of a time that profila takes itself, unit and direction are known.
fn check_duration(wire: &wire::Throughput, source: WantedSource) -> Result<(), Diagnosis> {
    let WantedSource::Only(
        ThroughputSource::Window | ThroughputSource::Wall | ThroughputSource::Cpu,
    ) = source
    else {
        return Ok(());
    };
    let unit = wire.unit.as_ref().filter(|unit| unit.get_ref() != "s");
    let better = wire
        .better
        .as_ref()
        .filter(|better| *better.get_ref() != Better::Lower);
    match (unit, better) {
        (Some(unit), _) => Err(
            Diagnosis::new(unit.span(), "this `source` is measured in seconds")
                .hint("remove `unit`"),
        ),
        (None, Some(better)) => Err(Diagnosis::new(
            better.span(),
            "this `source` is a duration, so lower is better",
        )
        .hint("remove `better`")),
        (None, None) => Ok(()),
    }
}
