//! What counts as work, and whether the keys that say so fit together.

use toml::Spanned;

use super::super::wire;
use crate::config::diagnose::Diagnosis;
use crate::config::{Better, Clock, Document, Throughput, WantedSource};
use crate::error::Result;
use crate::options;
use crate::throughput;

/// Where to find the throughput; it is looked for everywhere if no file says.
pub(super) fn resolve(document: Option<&Document>) -> Result<Throughput> {
    match document {
        None => Ok(Throughput {
            source: WantedSource::Auto,
            unit: None,
            better: None,
        }),
        Some(document) => {
            let settings = &document.settings;
            let checked = check_region(settings).and_then(|()| checked(&settings.throughput));
            checked.map_err(|diagnosis| document.error(diagnosis))
        }
    }
}

/// A region has a throughput of its own: fails where that is to be taken from something else.
fn check_region(file: &wire::File) -> Result<(), Diagnosis> {
    let Some(region) = &file.run.region else {
        return Ok(());
    };
    if region.get_ref().is_empty() {
        return Err(
            Diagnosis::new(region.span(), "`region` is not the name of a region")
                .hint("remove it, or write the name that the script gives to `profila.region`"),
        );
    }
    refuse_all(
        &file.throughput,
        "with `region` in [run]",
        "remove one of them: the throughput of a region is its units of work per second",
    )
}

/// A benchmark of a suite has a throughput of its own, which is its calls per second.
pub(super) fn refuse_beside_benchmarks(document: Option<&Document>) -> Result<()> {
    let Some(document) = document else {
        return Ok(());
    };
    refuse_all(
        &document.settings.throughput,
        "on benchmarks of a suite",
        "remove it: the throughput of a benchmark is its calls per second",
    )
    .map_err(|diagnosis| document.error(diagnosis))
}

/// Fails where any key says where the throughput is to be taken from.
fn refuse_all(given: &wire::Throughput, where_: &str, hint: &'static str) -> Result<(), Diagnosis> {
    let source = given.source.as_ref();
    let source = source.filter(|it| *it.get_ref() != wire::ThroughputSource::Auto);
    let spans = [
        ("source", source.map(Spanned::span)),
        ("pattern", given.pattern.as_ref().map(Spanned::span)),
        ("unit", given.unit.as_ref().map(Spanned::span)),
        ("better", given.better.as_ref().map(Spanned::span)),
    ];
    let first = spans.into_iter().find_map(|(key, span)| Some((key, span?)));
    let Some((key, span)) = first else {
        return Ok(());
    };
    let message = format!("`{key}` has no effect {where_}");
    Err(Diagnosis::new(span, message).hint(hint))
}

/// Keys that the source leaves without effect are told so.
fn checked(wire: &wire::Throughput) -> Result<Throughput, Diagnosis> {
    let source = source(wire)?;
    check_duration(wire, &source)?;
    check_direction(wire, &source)?;
    Ok(Throughput {
        source,
        unit: wire.unit.as_ref().map(|unit| unit.get_ref().clone()),
        better: wire.better.as_ref().map(|better| *better.get_ref()),
    })
}

/// A pattern that is given is used. It is there if and only if the source is the pattern.
fn source(wire: &wire::Throughput) -> Result<WantedSource, Diagnosis> {
    use wire::ThroughputSource::{Auto, Cpu, Metrics, Pattern, Wall, Window};
    let by_pattern = |pattern: &toml::Spanned<options::Pattern>| {
        WantedSource::Pattern(pattern.get_ref().0.clone())
    };
    let Some(named) = &wire.source else {
        return Ok(wire.pattern.as_ref().map_or(WantedSource::Auto, by_pattern));
    };
    match (named.get_ref(), &wire.pattern) {
        (Auto | Pattern, Some(pattern)) => Ok(by_pattern(pattern)),
        (Pattern, None) => Err(Diagnosis::new(
            named.span(),
            "`source` is \"pattern\", but there is no `pattern`",
        )
        .hint(r"add one, such as pattern = '(?P<value>[\d.]+) images / sec'")),
        (Metrics | Window | Wall | Cpu, Some(pattern)) => Err(Diagnosis::new(
            pattern.span(),
            "`pattern` has no effect with this `source`",
        )
        .hint("remove it, or write source = \"pattern\"")),
        (Auto, None) => Ok(WantedSource::Auto),
        (Metrics, None) => Ok(WantedSource::Metrics),
        (Window, None) => Ok(WantedSource::Seconds(Clock::Window)),
        (Wall, None) => Ok(WantedSource::Seconds(Clock::Wall)),
        (Cpu, None) => Ok(WantedSource::Seconds(Clock::Cpu)),
    }
}

/// Of a unit that is neither a rate nor a time, the user has to say which direction is
/// better. Of what is found without being named, what it was found with says so.
fn check_direction(wire: &wire::Throughput, source: &WantedSource) -> Result<(), Diagnosis> {
    let (WantedSource::Pattern(_) | WantedSource::Metrics) = source else {
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
fn check_duration(wire: &wire::Throughput, source: &WantedSource) -> Result<(), Diagnosis> {
    let WantedSource::Seconds(_) = source else {
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
