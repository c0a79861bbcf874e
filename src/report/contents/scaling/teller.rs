//! How things grow, in words.

use std::collections::BTreeSet;

use super::largest_share;
use crate::compare::Estimate;
use crate::pair::Pair;
use crate::recording::ThroughputSource;
use crate::report::format::{fixed, from_to, interval, short_percent, two_durations, work_unit_of};
use crate::scaling::{Growth, GrowthVerdict, LineGrowth, Scaling};
use crate::text::{Meaning, Number, Text};

/// The share from which it is in the answer.
const MUCH: f64 = 0.05;

/// Groups of lines in the answer.
const MOST_GROUPS: usize = 4;

/// Lines of a group that are named.
const MOST_NAMED: usize = 6;

/// An exponent that is known to half of this is said in one number.
const NARROW: f64 = 0.5;

/// Exponents from size to size that are all said.
const MOST_STEPS: usize = 4;

/// What says how something grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Form {
    /// The cell of a table.
    Cell,
    /// A sentence about one thing.
    OfOne,
    /// A sentence about several.
    OfSeveral,
}

/// Says how things grow.
pub(in crate::report) struct Teller<'s> {
    pub(super) found: &'s Scaling,
    /// What a unit of work is called.
    pub(super) work: Text,
    /// Whether the lines that are named are in several files.
    has_several_files: bool,
}

impl<'s> Teller<'s> {
    /// For reports in which these lines are named.
    pub(in crate::report) fn of(found: &'s Scaling, lines: &[&LineGrowth]) -> Self {
        let files: BTreeSet<&str> = lines.iter().map(|line| line.file.as_str()).collect();
        Self {
            found,
            work: work_unit_of(&found.throughput),
            has_several_files: files.len() > 1,
        }
    }

    /// What the size is called.
    pub(super) fn parameter(&self) -> Text {
        Text::label(&self.found.parameter)
    }

    /// `size^2.0`.
    fn power(&self, exponent: Number) -> Text {
        self.parameter() + "^" + exponent
    }

    /// A size as it was written.
    pub(super) fn size(&self, at: usize) -> Text {
        let size = self.found.sizes.get(at);
        Text::from(size.map(|size| Text::label(&size.text)))
    }

    /// What is measured of the whole: `Time per call`.
    pub(in crate::report) fn quantity(&self) -> Text {
        match self.found.throughput.source {
            ThroughputSource::Cpu => Text::from("Processor time per ") + self.work.clone(),
            _ => Text::from("Time per ") + self.work.clone(),
        }
    }

    /// How the whole grows, in a sentence.
    pub(super) fn answer(&self) -> Text {
        let whole = &self.found.whole;
        let level = short_percent(self.found.confidence);
        let ends = whole.exponent.as_ref().and_then(interval);
        let ends = ends.map(|ends| {
            let ends = from_to(ends, |end| fixed(end, 2));
            Text::from(" (") + level + " interval of the exponent: " + ends + ")"
        });
        let subject = self.quantity() + " ";
        let said = match (whole.verdict, &whole.exponent) {
            (GrowthVerdict::NoPower, _) => subject + self.no_power(whole),
            (GrowthVerdict::NoBasis, _) => {
                subject + "is no basis for a verdict here, as a warning explains"
            }
            (GrowthVerdict::TooFewSamples, _) | (_, None) => {
                subject + "was not measured often enough to say how it grows"
            }
            (GrowthVerdict::Inconclusive, Some(exponent)) => {
                let unclear = subject + "may grow with " + self.parameter() + " or not";
                unclear + ": as " + self.power(tenth(exponent.value)) + Text::from(ends)
            }
            (_, Some(_)) => subject + self.growth(whole, Form::OfOne) + Text::from(ends),
        };
        let costs = [whole.cost_s.first(), whole.cost_s.last()];
        let from = match costs {
            [Some(one), Some(other)] => {
                let (values, unit) = two_durations(Pair::new(one.value, other.value));
                let values = Text::from(values.before) + " → " + values.after + " " + unit;
                let last = self.found.sizes.len().saturating_sub(1);
                let sizes = self.size(0) + " to " + self.size(last);
                Text::from(": ") + values + " from " + self.parameter() + " " + sizes
            }
            _ => Text::new(),
        };
        said + from + "."
    }

    /// `grows as size^2.0`, `does not grow`; in a cell `size^2.0`, `constant`.
    pub(in crate::report) fn growth(&self, growth: &Growth, form: Form) -> Text {
        let of = |[cell, one, several]: [&'static str; 3]| match form {
            Form::Cell => cell,
            Form::OfOne => one,
            Form::OfSeveral => several,
        };
        let few = [
            "too few samples",
            "has too few samples",
            "have too few samples",
        ];
        if growth.verdict == GrowthVerdict::NoBasis {
            let words = of(["no verdict", "has no verdict", "have no verdict"]);
            return Text::from(words).meaning(Meaning::Open);
        }
        let Some(exponent) = &growth.exponent else {
            return Text::from(of(few)).meaning(Meaning::Quiet);
        };
        match growth.verdict {
            GrowthVerdict::Grows => {
                Text::from(of(["", "grows as ", "grow as "])) + self.powers(exponent)
            }
            GrowthVerdict::Shrinks => {
                Text::from(of(["", "falls as ", "fall as "])) + self.powers(exponent)
            }
            GrowthVerdict::Constant => of(["constant", "does not grow", "do not grow"]).into(),
            GrowthVerdict::NoPower => {
                let words = of(["no power", "is no power", "are no powers"]);
                let exponents = exponents(growth).map(|it| Text::from(": ") + it);
                Text::from(words).meaning(Meaning::Open) + Text::from(exponents)
            }
            GrowthVerdict::Inconclusive => {
                let words = of(["not clear", "may grow or not", "may grow or not"]);
                Text::from(words).meaning(Meaning::Open)
            }
            GrowthVerdict::TooFewSamples | GrowthVerdict::NoBasis => {
                Text::from(of(few)).meaning(Meaning::Quiet)
            }
        }
    }

    /// The power, or those between which it is.
    fn powers(&self, exponent: &Estimate) -> Text {
        match interval(exponent) {
            Some((low, high)) if high - low > NARROW => {
                self.power(tenth(low)) + " to " + tenth(high)
            }
            _ => self.power(tenth(exponent.value)),
        }
    }

    /// `is no power of size: its exponent is 1.1 from 1000 to 2000, and 2.0 from 2000 to 4000`.
    fn no_power(&self, growth: &Growth) -> Text {
        let steps = growth.steps.iter().enumerate();
        let steps: Vec<(usize, f64)> = steps.filter_map(|(at, it)| Some((at, (*it)?))).collect();
        let is_none = Text::from("is no power").meaning(Meaning::Open) + " of " + self.parameter();
        if steps.len() < 2 {
            return is_none;
        }
        let least = steps.iter().min_by(|one, other| one.1.total_cmp(&other.1));
        let most = steps.iter().max_by(|one, other| one.1.total_cmp(&other.1));
        let mut ends: Vec<(usize, f64)> = [least, most].into_iter().flatten().copied().collect();
        ends.sort_by_key(|(at, _)| *at);
        let ends = ends.into_iter().map(|(at, exponent)| {
            Text::from(tenth(exponent)) + " from " + self.size(at) + " to " + self.size(at + 1)
        });
        is_none + ": its exponent is " + Text::join(ends, ", and ")
    }

    /// `Line 41 grows as size^2.0, lines 35 and 36 grow as size^1.0, and the rest does
    /// not grow.`
    pub(super) fn groups(&self, shown: &[&LineGrowth]) -> Option<Text> {
        let much = shown.iter().filter(|it| largest_share(&it.part) >= MUCH);
        let mut much: Vec<&LineGrowth> = much.copied().collect();
        let exponent = |line: &LineGrowth| {
            let exponent = line.part.growth.exponent;
            exponent.map_or(f64::NEG_INFINITY, |it| it.value)
        };
        much.sort_by(|one, other| exponent(other).total_cmp(&exponent(one)));
        let mut groups: Vec<Vec<&LineGrowth>> = Vec::new();
        let said = |line: &LineGrowth| self.growth(&line.part.growth, Form::Cell);
        for line in much {
            match groups.iter_mut().find(|lines| said(lines[0]) == said(line)) {
                Some(lines) => lines.push(line),
                None => groups.push(vec![line]),
            }
        }
        let more = groups.len() > MOST_GROUPS;
        groups.truncate(MOST_GROUPS);
        let parts = groups.iter().enumerate();
        let mut parts: Vec<Text> = parts
            .map(|(at, lines)| self.group(at == 0, lines))
            .collect();
        let rest = &self.found.rest;
        if !more && largest_share(rest) >= MUCH {
            let said = self.growth(&rest.growth, Form::OfOne);
            parts.push(Text::from("the rest ") + said);
        }
        let last = parts.pop()?;
        let end = if more { "; others differ." } else { "." };
        Some(match parts.len() {
            0 => last + end,
            _ => Text::join(parts, ", ") + ", and " + last + end,
        })
    }

    fn group(&self, is_first: bool, lines: &[&LineGrowth]) -> Text {
        let mut names: Vec<Text> = lines.iter().map(|line| self.place(line)).collect();
        let more = names.len().saturating_sub(MOST_NAMED);
        names.truncate(MOST_NAMED);
        if more > 0 {
            names.push(Number::new(more) + " more");
        }
        let (noun, form) = match (is_first, lines.len()) {
            (true, 1) => ("Line ", Form::OfOne),
            (false, 1) => ("line ", Form::OfOne),
            (true, _) => ("Lines ", Form::OfSeveral),
            (false, _) => ("lines ", Form::OfSeveral),
        };
        let last = names.pop();
        let between = if names.is_empty() { "" } else { " and " };
        let names = Text::join(names, ", ") + between + Text::from(last);
        let said = lines
            .first()
            .map(|line| self.growth(&line.part.growth, form));
        Text::from(noun) + names + " " + Text::from(said)
    }

    /// The number of a line, with its file where there are several.
    pub(in crate::report) fn place(&self, line: &LineGrowth) -> Text {
        let number = Number::new(line.line.get());
        if self.has_several_files {
            Text::foreign(&line.file) + ":" + number
        } else {
            number.into()
        }
    }
}

/// `2.0`.
fn tenth(exponent: f64) -> Number {
    fixed(exponent, 1)
}

/// `1.1 → 2.0`: the exponents from each size to the next, or the least and the largest of many;
/// `None` where fewer than two are known, which show no change.
fn exponents(growth: &Growth) -> Option<Text> {
    let steps: Vec<f64> = growth.steps.iter().copied().flatten().collect();
    match steps.len() {
        ..2 => None,
        2..=MOST_STEPS => {
            let steps = steps.into_iter().map(|it| tenth(it).into());
            Some(Text::join(steps, " → "))
        }
        _ => {
            let least = steps.iter().copied().fold(f64::INFINITY, f64::min);
            let most = steps.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Some(from_to((least, most), tenth).into())
        }
    }
}
