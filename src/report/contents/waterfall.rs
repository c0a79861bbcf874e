//! The steps from the cost before to that after, in words and numbers.

use std::collections::HashSet;

use super::findings::{numbers_of_block, numbers_of_line};
use super::names;
use super::rows::first_of_block;
use crate::compare::{Comparison, CostVerdict, Evidence, LineComparison};
use crate::pair::Pair;
use crate::report::format::{CostScale, count, short_percent, work_unit};
use crate::source::LineNumber;
use crate::text::{Meaning, Number, Text};
use crate::waterfall::{Bucket, Step, Sum, Waterfall, What};

/// The steps, ready to be drawn.
pub(in crate::report) struct Picture {
    /// What is shown: `Cost of one image in ms, from dither.py to dither2.py`.
    pub(in crate::report) title: Text,
    /// The bars, from the cost before to that after.
    pub(in crate::report) bars: Vec<Bar>,
    /// The largest value that a bar or an interval reaches, in seconds; above 0.
    pub(in crate::report) most_s: f64,
}

/// One bar.
pub(in crate::report) struct Bar {
    pub(in crate::report) kind: BarKind,
    /// The lines that it is about, such as `19–24→19`; with the file where there are several.
    pub(in crate::report) place: Text,
    /// What it is about.
    pub(in crate::report) label: Text,
    /// The cost or the shift, without its unit.
    pub(in crate::report) value: Number,
    /// The wider half of the shift's interval.
    pub(in crate::report) margin: Option<Number>,
    /// All of it in a sentence.
    pub(in crate::report) sentence: Text,
    /// Where it begins and ends, in seconds.
    pub(in crate::report) level_s: Pair<f64>,
    /// Where its end may be instead, in seconds.
    pub(in crate::report) ends_s: Option<(f64, f64)>,
    /// The first line that it is about, of the version after where it has any there.
    pub(in crate::report) first: Option<(crate::pair::Side, String, LineNumber)>,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum BarKind {
    /// All of the cost of a version.
    Whole,
    /// A change that has a verdict.
    Judged(Meaning),
    /// What is inconclusive.
    Open,
    /// The rest.
    Rest,
}

impl BarKind {
    /// What the bar means to the reader.
    pub(in crate::report) const fn meaning(self) -> Option<Meaning> {
        match self {
            Self::Whole => None,
            Self::Judged(meaning) => Some(meaning),
            Self::Open => Some(Meaning::Open),
            Self::Rest => Some(Meaning::Quiet),
        }
    }
}

/// The steps of a comparison with so many judged ones at most; `None` where nothing has a
/// cost.
pub(in crate::report) fn picture(comparison: &Comparison, most: usize) -> Option<Picture> {
    let waterfall = Waterfall::of(comparison, most)?;
    let Waterfall { cost_s, steps } = &waterfall;
    let largest_s = steps.iter().map(|step| step.level_s.after);
    let largest_s = largest_s.fold(cost_s.before.max(cost_s.after), f64::max);
    let scale = CostScale::for_largest(largest_s);
    let teller = Teller {
        comparison,
        scale,
        unit: scale.per(&work_unit(&comparison.throughput)),
        has_several_files: has_several_files(steps),
    };
    let Pair { before, after } = names(comparison).map(Text::plainly);
    let mut bars = vec![teller.whole(before.clone(), cost_s.before)];
    bars.extend(steps.iter().map(|step| teller.bar(step)));
    bars.push(teller.whole(after.clone(), cost_s.after));
    let ends = bars.iter().filter_map(|bar| bar.ends_s);
    let most_s = ends.map(|(_, high)| high).fold(largest_s, f64::max);
    let what = if comparison.is_of_several_processes() {
        "Process time of one "
    } else if comparison.is_of_several_threads() {
        "Thread time of one "
    } else {
        "Cost of one "
    };
    let unit = work_unit(&comparison.throughput) + " in " + scale.symbol();
    Some(Picture {
        title: Text::from(what) + unit + ", from " + before + " to " + after,
        bars,
        most_s,
    })
}

/// Whether the lines of steps are in more than one file.
fn has_several_files(steps: &[Step<'_>]) -> bool {
    let files = steps.iter().filter_map(|step| first_of(&step.what));
    files.map(|(_, file, _)| file).collect::<HashSet<_>>().len() > 1
}

fn first_of<'c>(what: &What<'c>) -> Option<(crate::pair::Side, &'c str, LineNumber)> {
    use crate::pair::Side;
    match what {
        What::Line(line) => {
            let after = line.after.as_ref().map(|at| (Side::After, at));
            let before = line.before.as_ref().map(|at| (Side::Before, at));
            let (side, at) = after.or(before)?;
            Some((side, &at.file, at.line))
        }
        What::Block(block) => first_of_block(block),
        _ => None,
    }
}

/// Says what bars are about.
struct Teller<'c> {
    comparison: &'c Comparison,
    scale: CostScale,
    unit: Text,
    has_several_files: bool,
}

impl Teller<'_> {
    /// The bar of a version.
    fn whole(&self, name: Text, cost_s: f64) -> Bar {
        let value = self.scale.show(cost_s);
        let sentence = name.clone() + ": " + value.clone() + " " + self.unit.clone();
        Bar {
            kind: BarKind::Whole,
            place: Text::new(),
            label: name,
            value,
            margin: None,
            sentence,
            level_s: Pair::new(0.0, cost_s),
            ends_s: None,
            first: None,
        }
    }

    fn bar(&self, step: &Step<'_>) -> Bar {
        let value = self.scale.signed(step.shift_s());
        let half = |(low, high): (f64, f64)| (high - step.shift_s()).max(step.shift_s() - low);
        let margin = step.interval_s.map(half);
        let margin = margin.map(|half| Number::new(format_args!("±{}", self.scale.show(half))));
        let from_s = step.level_s.before;
        let place = self.place(&step.what);
        let label = label(&step.what);
        let mut sentence = place.clone();
        if !place.is_empty() {
            sentence += ": ";
        }
        sentence = sentence + label.clone() + ": " + value.clone() + " " + self.unit.clone();
        sentence += self.how_sure(step);
        Bar {
            kind: kind(step),
            place,
            label,
            value,
            margin,
            sentence,
            level_s: step.level_s,
            ends_s: step
                .interval_s
                .map(|(low, high)| (from_s + low, from_s + high)),
            first: first_of(&step.what).map(|(side, file, line)| (side, file.to_owned(), line)),
        }
    }

    /// The line numbers, with the file where there are several.
    fn place(&self, what: &What<'_>) -> Text {
        let numbers = match what {
            What::Line(line) => numbers_of_line(line),
            What::Block(block) => numbers_of_block(block),
            _ => return Text::new(),
        };
        let file = first_of(what).filter(|_| self.has_several_files);
        let file = file.map(|(_, file, _)| Text::foreign(file) + ":");
        Text::from(file) + arrow(numbers)
    }

    /// ` (95% interval −2.83 to −2.16, confirmed)`
    fn how_sure(&self, step: &Step<'_>) -> Text {
        let interval = step.interval_s.map(|(low, high)| {
            let show = |end| self.scale.signed(end);
            let level = short_percent(self.comparison.confidence);
            level + " interval " + show(low) + " to " + show(high)
        });
        let evidence = step.change().map(|change| evidence(change.evidence));
        let evidence = evidence.filter(|word| !word.is_empty()).map(Text::from);
        let parts = match &step.what {
            What::Smaller(sum) | What::Open(sum) => vec![Some(self.ups_and_downs(sum)), interval],
            What::Rest(sum) => vec![
                Some("of which no change is to be reported".into()),
                Some(self.ups_and_downs(sum)),
            ],
            _ => vec![interval, evidence],
        };
        let parts: Vec<Text> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            Text::new()
        } else {
            Text::from(" (") + Text::join(parts, ", ") + ")"
        }
    }

    /// `rises +0.21, falls −0.09; each may have changed by up to 0.33`
    fn ups_and_downs(&self, sum: &Sum) -> Text {
        let up = self.scale.signed(sum.rises_s);
        let down = self.scale.signed(sum.falls_s);
        let most = sum
            .reach_s
            .map(|most| Text::from("; each may have changed by up to ") + self.scale.show(most));
        let others = if sum.has_buckets && sum.lines > 0 {
            "with what is outside Numba code, rises "
        } else {
            "rises "
        };
        Text::from(others) + up + ", falls " + down + most
    }
}

/// `19–24→19`, or one number where both are the same or one side has none.
pub(in crate::report) fn arrow(numbers: Pair<Option<Number>>) -> Text {
    match (numbers.before, numbers.after) {
        (Some(before), Some(after)) if before == after => before.into(),
        (Some(before), Some(after)) => before + "→" + after,
        (before, after) => before.or(after).into(),
    }
}

const fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Confirmed => "confirmed",
        Evidence::Suggestive => "suggestive",
        Evidence::None => "",
    }
}

fn kind(step: &Step<'_>) -> BarKind {
    let by_sign = if step.shift_s() > 0.0 {
        Meaning::Worse
    } else {
        Meaning::Better
    };
    match &step.what {
        What::Open(_) => BarKind::Open,
        What::Rest(_) => BarKind::Rest,
        What::Smaller(_) => BarKind::Judged(by_sign),
        _ => BarKind::Judged(match step.change().map(|change| change.verdict) {
            Some(CostVerdict::CostsMore) => Meaning::Worse,
            Some(CostVerdict::CostsLess) => Meaning::Better,
            _ => by_sign,
        }),
    }
}

fn label(what: &What<'_>) -> Text {
    let said = match what {
        What::Line(line) => source(line),
        What::Block(block) => lines(block.before_lines.len(), block.after_lines.len()),
        What::Function(function) => Text::source(&function.name) + ", all of its lines",
        What::Bucket(bucket, _) => Text::from(match bucket {
            Bucket::Other => "interpreter and native code",
            Bucket::Waiting => "waiting",
            Bucket::Bad => "unreadable stacks",
        }),
        What::Smaller(sum) => count(sum.lines as u64, "smaller change").into(),
        What::Open(sum) => Text::from("inconclusive: ") + parts(sum),
        What::Rest(sum) => Text::from("the rest: ") + parts(sum),
    };
    let change = match what {
        What::Line(line) => Some(&line.change),
        What::Block(block) => Some(&block.change),
        What::Bucket(_, bucket) => Some(&bucket.change),
        _ => None,
    };
    let is_hint = change.is_some_and(|change| change.evidence == Evidence::Suggestive);
    if is_hint {
        Text::from("a hint: ") + said
    } else {
        said
    }
}

/// The source of a line, as it is after where it is there.
fn source(line: &LineComparison) -> Text {
    let at = line.after.as_ref().or(line.before.as_ref());
    let text = at.map(|at| Text::source(&at.text).dedented(usize::MAX));
    text.unwrap_or_default()
}

/// `6 lines replaced by 1`
pub(in crate::report) fn lines(before: usize, after: usize) -> Text {
    let number = |lines: usize| count(lines as u64, "line");
    match (before, after) {
        (before, 0) => number(before) + " removed",
        (0, after) => number(after) + " added",
        (before, after) => number(before) + " replaced by " + Number::new(after),
    }
}

/// `9 lines`
fn parts(sum: &Sum) -> Text {
    match sum.lines {
        0 => "outside Numba code".into(),
        lines => count(lines as u64, "line").into(),
    }
}
