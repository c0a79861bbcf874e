//! The regions of a script: those that there are, and which one a report is about.

use crate::compare::{Comparison, RegionSide};
use crate::foreign::ForeignText;
use crate::pair::Pair;
use crate::profile::PooledRegion;
use crate::report::contents::counters::Section;
use crate::report::format::{duration, fixed, grouped, two_durations};
use crate::text::{Number, Text};

/// Regions that are named; JSON has all of them.
const MOST_REGIONS: usize = 10;

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
            (Some(before), Some(after)) => changed(before, after),
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

/// `40.1% → 30.4% of the window, 3.35 → 3.79 ns/unit`
fn changed(before: &RegionSide, after: &RegionSide) -> Text {
    let shares = part(before) + " → " + part(after) + " of the window, ";
    let work = |region: &RegionSide| match region.units {
        Some(units) => (units, "unit"),
        None => (region.entries, "entry"),
    };
    let each = |region: &RegionSide| region.seconds / work(region).0;
    let times = Pair::new(each(before), each(after));
    if !times.before.is_finite() || !times.after.is_finite() {
        return done(before) + " → " + done(after);
    }
    let (times, unit) = two_durations(times);
    let (of_before, of_after) = (work(before).1, work(after).1);
    let per = (of_before != of_after).then(|| Text::from(" ") + unit + "/" + of_before);
    shares + times.before + per + " → " + times.after + " " + unit + "/" + of_after
}

/// `40.1%`
fn part(region: &RegionSide) -> Text {
    Number::new(format_args!("{}%", fixed(100.0 * region.share, 1))).into()
}

/// `1.20 s (40.1% of the window), 10 entries, 500 units`
fn done(region: &RegionSide) -> Text {
    let time = duration(region.seconds) + " (" + part(region) + " of the window)";
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
            region("load", some, Some(side(10.5, Some(500.0), 0.75))),
            region("parse", some, Some(side(10.0, None, 0.5))),
            region("idle", some, Some(side(1.0, Some(0.0), 0.5))),
            region("work", None, some),
            region("save", Some(side(2.0, None, 1.0)), None),
        ];
        let section = of_comparison(&comparison).unwrap();
        let lines: Vec<String> = section.lines.iter().map(Text::plain).collect();
        assert_eq!(
            lines,
            [
                "`load`: 25.0% → 18.8% of the window, 1.00 → 1.50 ms/unit",
                "`parse`: 25.0% → 12.5% of the window, 1.00 ms/unit → 50.00 ms/entry",
                "`idle`: 1.00 s (25.0% of the window), 1 entry, 1,000 units → 500 ms (12.5% of the \
                 window), 1 entry, 0 units",
                "`work`: (new) 1.00 s (25.0% of the window), 1 entry, 1,000 units",
                "`save`: (gone) 1.00 s (25.0% of the window), 2 entries",
            ]
        );
    }

    #[test]
    fn amounts_are_whole_where_they_can_be() {
        let shown = [1.0, 1e6, 257.5, 1e300, f64::NAN].map(amount);
        assert_eq!(
            shown.map(String::from),
            ["1", "1,000,000", "257.5", "1.00e300", "NaN"]
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
        assert_eq!(lines.len(), 11);
        assert_eq!(lines[10].plain(), "and 15 more, in JSON");
    }
}
