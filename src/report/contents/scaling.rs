//! How a script grows with a size: the answer, and a row for each line that matters.

use crate::compare::Estimate;
use crate::report::format::{count, duration, fixed, from_to, interval, short_percent};
use crate::scaling::{Growth, LineGrowth, PartGrowth, Scaling};
use crate::share::Share;
use crate::text::{Number, Text};

mod teller;

pub(in crate::report) use teller::{Form, Teller};

/// The share, at the smallest or the largest size, from which a line has a row.
const LEAST_SHARE: f64 = 0.01;

/// Columns of a table.
pub(in crate::report) const COLUMNS: usize = 7;

/// A report, in no particular form.
pub(in crate::report) struct Contents {
    /// The answer, and what it is about.
    pub(in crate::report) sentences: Vec<Text>,
    /// What the columns are.
    pub(in crate::report) headings: [Text; COLUMNS],
    /// The lines that matter, the rest, and the whole.
    pub(in crate::report) rows: Vec<[Text; COLUMNS]>,
    /// What has no row.
    pub(in crate::report) left_out: Option<Text>,
    /// How to read it.
    pub(in crate::report) legend: Text,
    /// How it was measured.
    pub(in crate::report) measured: Text,
    /// What the reader should know.
    pub(in crate::report) warnings: Vec<Text>,
}

/// Says what was found.
pub(in crate::report) fn contents(found: &Scaling) -> Contents {
    let (shown, others): (Vec<_>, Vec<_>) = found.lines.iter().partition(|it| matters(&it.part));
    let teller = Teller::of(found, &shown);
    let mut rows: Vec<_> = shown.iter().map(|line| teller.line(line)).collect();
    if matters(&found.rest) {
        rows.push(teller.part(Text::new(), "the rest".into(), &found.rest));
    }
    rows.push(teller.whole());
    let left_out = others.len() as u64;
    let least = short_percent(LEAST_SHARE);
    let left_out = (left_out > 0).then(|| {
        let lines = Text::from(count(left_out, "line")) + " with less than " + least;
        lines + " of the samples at both ends left out; JSON has all."
    });
    Contents {
        sentences: [Some(teller.answer()), teller.groups(&shown)]
            .into_iter()
            .flatten()
            .collect(),
        headings: teller.headings(),
        rows,
        left_out,
        legend: teller.legend(),
        measured: teller.measured(),
        warnings: found.warnings.iter().map(Text::prose).collect(),
    }
}

/// Whether a part has a row.
fn matters(part: &PartGrowth) -> bool {
    largest_share(part) >= LEAST_SHARE
}

/// The larger one of the shares at the smallest and the largest size.
pub(in crate::report) fn largest_share(part: &PartGrowth) -> f64 {
    let ends = [part.shares.first(), part.shares.last()];
    let ends = ends.into_iter().flatten();
    ends.map(|share| share.get()).fold(0.0, f64::max)
}

impl Teller<'_> {
    fn line(&self, line: &LineGrowth) -> [Text; COLUMNS] {
        self.part(self.place(line), Text::source(line.text.trim()), &line.part)
    }

    fn part(&self, place: Text, what: Text, part: &PartGrowth) -> [Text; COLUMNS] {
        let share = |share: Option<&Share>| {
            let share = share.map(|share| fixed(share.get() * 100.0, 1));
            Text::from(share.map(|it| Number::new(format_args!("{}%", it.as_str()))))
        };
        let [exponent, ends] = exponent(&part.growth);
        [
            place,
            what,
            share(part.shares.first()),
            share(part.shares.last()),
            exponent,
            ends,
            self.growth(&part.growth, Form::Cell),
        ]
    }

    fn whole(&self) -> [Text; COLUMNS] {
        let whole = &self.found.whole;
        let cost = |cost: Option<&Estimate>| Text::from(cost.map(|it| duration(it.value)));
        let [exponent, ends] = exponent(whole);
        [
            Text::new(),
            "the whole".into(),
            cost(whole.cost_s.first()),
            cost(whole.cost_s.last()),
            exponent,
            ends,
            self.growth(whole, Form::Cell),
        ]
    }

    fn headings(&self) -> [Text; COLUMNS] {
        let last = self.found.sizes.len().saturating_sub(1);
        [
            "line".into(),
            "source".into(),
            Text::from("at ") + self.size(0),
            Text::from("at ") + self.size(last),
            "exponent".into(),
            short_percent(self.found.confidence) + " interval",
            "grows as".into(),
        ]
    }

    /// What was run, how often, with what.
    fn measured(&self) -> Text {
        let found = self.found;
        let sizes = found.sizes.iter().map(|size| Text::label(&size.text));
        let sizes = self.parameter() + " " + Text::join(sizes, ", ");
        let rounds = count(found.rounds.into(), "round");
        let run = Text::foreign(&found.program) + " at " + sizes + ", in " + rounds;
        let sampler = Text::label(&found.sampler) + ", Python " + Text::label(&found.python);
        run + " of a timed and a profiled run each; "
            + sampler
            + ", Numba "
            + Text::label(&found.numba)
            + "."
    }

    fn legend(&self) -> Text {
        let cost = Text::from(
            "Percentages are shares of the samples. An exponent is that of the \
                               power of ",
        );
        let cost = cost + self.parameter() + " as which the cost grows: share × time per ";
        let cost =
            cost + self.work.clone() + ", in thread time. No power: the exponent changes with ";
        let cost =
            cost + self.parameter() + ", from each size to the next as shown. The intervals ";
        cost + "of lines hold together, that of the whole by itself."
    }
}

/// The exponent and its interval.
fn exponent(growth: &Growth) -> [Text; 2] {
    let value = growth.exponent.map(|it| fixed(it.value, 2));
    let ends = growth.exponent.as_ref().and_then(interval);
    let ends = ends.map(|ends| from_to(ends, |end| fixed(end, 2)));
    [value.into(), ends.into()]
}
