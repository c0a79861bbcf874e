//! The regions of a script: those that there are, and which one a report is about.

use crate::compare::{Comparison, RegionSide};
use crate::foreign::ForeignText;
use crate::profile::PooledRegion;
use crate::report::contents::counters::Section;
use crate::report::format::{duration, fixed, grouped};
use crate::text::{Number, Text};

/// Regions that are named; JSON has all of them.
const MOST_REGIONS: usize = 20;

/// What is said before them.
const HEADING: &str = "Regions of a run; `--region NAME` measures one of them alone:";

/// Below this, a number of entries or units is written with all its digits.
const MANY: f64 = 1e15;

/// `Region `load`: `; nothing where the whole window was measured.
pub(in crate::report) fn introduction(region: Option<&ForeignText>) -> Text {
    let name = region.map(|name| Text::from("Region `") + Text::foreign(name) + "`: ");
    name.unwrap_or_default()
}

/// The regions of both versions, beside each other; nothing where there are none.
pub(in crate::report) fn of_comparison(comparison: &Comparison) -> Option<Section> {
    let regions = comparison.regions.iter().map(|region| {
        let said = match (&region.sides.before, &region.sides.after) {
            (Some(before), Some(after)) => done(before) + " → " + done(after),
            (Some(before), None) => Text::from("(gone) ") + done(before),
            (None, Some(after)) => Text::from("(new) ") + done(after),
            (None, None) => Text::new(),
        };
        named(&region.name, said)
    });
    section(regions)
}

/// The regions of one version; nothing where there are none.
pub(in crate::report) fn of_profile(regions: &[PooledRegion]) -> Option<Section> {
    section(regions.iter().map(|region| {
        let said = done(&RegionSide {
            entries: region.entries,
            units: region.units,
            seconds: region.seconds,
            share: region.share,
        });
        named(&region.name, said)
    }))
}

fn section(regions: impl ExactSizeIterator<Item = Text>) -> Option<Section> {
    let more = regions.len().saturating_sub(MOST_REGIONS) as u64;
    let rest = (more > 0).then(|| Text::from("and ") + grouped(more) + " more, in JSON");
    let lines: Vec<Text> = regions.take(MOST_REGIONS).chain(rest).collect();
    (!lines.is_empty()).then(|| Section {
        heading: HEADING.into(),
        lines,
    })
}

fn named(name: &ForeignText, said: Text) -> Text {
    Text::from("`") + Text::foreign(name) + "`: " + said
}

/// `1.20 s (40.1% of the window), 10 entries, 500 units`
fn done(region: &RegionSide) -> Text {
    let part = Number::new(format_args!("{}%", fixed(100.0 * region.share, 1)));
    let time = duration(region.seconds) + " (" + part + " of the window)";
    let entries = amount(region.entries);
    let noun = if entries.as_str() == "1" {
        " entry"
    } else {
        " entries"
    };
    let units = region.units.map(|units| {
        let units = amount(units);
        let noun = if units.as_str() == "1" {
            " unit"
        } else {
            " units"
        };
        Text::from(", ") + units + noun
    });
    time + ", " + entries + noun + units
}

/// How many entries or units: a mean of runs, which is mostly whole.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is whole, not negative and small"
)]
fn amount(value: f64) -> Number {
    if !(0.0..MANY).contains(&value) {
        Number::new(format_args!("{value:.2e}"))
    } else if value.fract() == 0.0 {
        grouped(value as u64)
    } else {
        fixed(value, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::RegionComparison;
    use crate::pair::Pair;
    use crate::report::fixture;

    fn side(entries: f64, units: Option<f64>, seconds: f64) -> RegionSide {
        RegionSide {
            entries,
            units,
            seconds,
            share: seconds / 4.0,
        }
    }

    #[test]
    fn regions_are_beside_each_other() {
        let mut comparison = fixture::dither().comparison;
        assert!(of_comparison(&comparison).is_none());
        let region = |name: &str, before, after| RegionComparison {
            name: name.into(),
            sides: Pair::new(before, after),
        };
        let some = Some(side(1.0, Some(1000.0), 1.0));
        comparison.regions = vec![
            region("load", some, Some(side(10.5, Some(1e300), 0.002))),
            region("work", None, some),
            region("save", Some(side(2.0, None, 1.0)), None),
        ];
        let section = of_comparison(&comparison).unwrap();
        let lines: Vec<String> = section.lines.iter().map(Text::plain).collect();
        assert_eq!(
            lines,
            [
                "`load`: 1.00 s (25.0% of the window), 1 entry, 1,000 units → 2.00 ms (0.1% of the \
                 window), 10.5 entries, 1.00e300 units",
                "`work`: (new) 1.00 s (25.0% of the window), 1 entry, 1,000 units",
                "`save`: (gone) 1.00 s (25.0% of the window), 2 entries",
            ]
        );
    }

    #[test]
    fn of_many_regions_some_are_named() {
        let region = PooledRegion {
            name: "a".into(),
            entries: 1.0,
            units: None,
            seconds: 1.0,
            share: 1.0,
        };
        let lines = of_profile(&vec![region; 25]).unwrap().lines;
        assert_eq!(lines.len(), 21);
        assert_eq!(lines[20].plain(), "and 5 more, in JSON");
    }
}
