//! Costs at several sizes as a picture: both axes are logarithmic, so that powers are straight
//! lines. A file of its own, and a part of the page that [`html`](crate::report::html) makes.

use std::fmt::Write as _;

use askama::Template;

use super::tenths;
use crate::compare::Estimate;
use crate::report::contents::scaling::{Form, Teller, largest_share};
use crate::report::format::{duration, fixed};
use crate::scaling::{Growth, GrowthVerdict, LineGrowth, Scaling};
use crate::text::Text;

/// Lines that have a curve: those with the largest shares.
const MOST_LINES: usize = 6;

/// The share, at one end at least, from which a line has one.
const LEAST_SHARE: f64 = 0.02;

/// Where the curves may be, of a width of 1000.
const LEFT: u16 = 90;
const RIGHT: u16 = 640;
const TOP: u16 = 30;
const BOTTOM: u16 = 390;

/// The height of all of it, with what is written below the axis.
const HEIGHT: u16 = 440;

/// Room for the label of a curve, in columns and in height.
const LABEL: usize = 40;
const ROW: f64 = 20.0;

/// Room for the label of a size.
const LABEL_WIDTH: f64 = 55.0;

/// How far intervals of neighbouring curves are apart.
const BESIDE: f64 = 2.0;
const MIDDLE: f64 = 3.0;

/// Half of a dot.
const DOT: f64 = 4.0;

/// Marks of the axis of costs, at most.
const MOST_MARKS: usize = 9;

/// All curves; the width is 1000.
pub(in crate::report) struct Curves {
    /// What they show, in words.
    pub(in crate::report) title: Text,
    /// What the size is called.
    pub(in crate::report) parameter: Text,
    pub(in crate::report) across: Vec<Tick>,
    pub(in crate::report) up: Vec<Tick>,
    pub(in crate::report) all: Vec<Curve>,
    pub(in crate::report) left: u16,
    pub(in crate::report) right: u16,
    pub(in crate::report) top: u16,
    pub(in crate::report) bottom: u16,
    pub(in crate::report) height: u16,
    /// Whether they are a part of a page, where the keyboard leads from curve to curve.
    pub(in crate::report) is_on_page: bool,
}

/// A value of an axis.
pub(in crate::report) struct Tick {
    pub(in crate::report) at: String,
    pub(in crate::report) label: Text,
}

/// The whole or a line.
pub(in crate::report) struct Curve {
    pub(in crate::report) class: String,
    /// All of it, for whoever points at it or hears it.
    pub(in crate::report) sentence: Text,
    pub(in crate::report) label: Text,
    pub(in crate::report) label_y: String,
    /// The power; or, of what is none, the way from dot to dot.
    pub(in crate::report) fit: String,
    pub(in crate::report) is_no_power: bool,
    pub(in crate::report) whiskers: String,
    pub(in crate::report) dots: String,
    /// From the last dot to the label.
    pub(in crate::report) leader: String,
    /// Where the label would be best.
    wanted_y: f64,
}

/// What a curve is called beside it, and in a sentence.
struct Names {
    short: Text,
    long: Text,
}

/// The file.
#[derive(Template)]
#[template(path = "curves-file.svg")]
struct File {
    curves: Curves,
}

/// Shows how a script grows, as a file.
///
/// # Panics
/// Never: no part of a picture fails to show itself.
pub(crate) fn scaling(found: &Scaling) -> String {
    let mut curves = curves(found);
    curves.is_on_page = false;
    let file = File { curves };
    file.render().expect("memory takes all that is written")
}

/// The curves of the whole and of the largest lines; none where nothing has a cost.
pub(in crate::report) fn curves(found: &Scaling) -> Curves {
    let mut lines: Vec<&LineGrowth> = found.lines.iter().collect();
    lines.retain(|line| largest_share(&line.part) >= LEAST_SHARE);
    lines.sort_by(|one, other| largest_share(&other.part).total_cmp(&largest_share(&one.part)));
    lines.truncate(MOST_LINES);
    let teller = Teller::of(found, &lines);
    let growths = lines.iter().map(|line| &line.part.growth);
    let growths: Vec<&Growth> = [&found.whole].into_iter().chain(growths).collect();
    let mut picture = Curves {
        title: teller.quantity() + " by " + Text::label(&found.parameter),
        parameter: Text::label(&found.parameter),
        across: Vec::new(),
        up: Vec::new(),
        all: Vec::new(),
        left: LEFT,
        right: RIGHT,
        top: TOP,
        bottom: BOTTOM,
        height: HEIGHT,
        is_on_page: true,
    };
    let Some(axes) = Axes::of(found, &growths) else {
        return picture;
    };
    picture.across = axes.sizes(found);
    picture.up = axes.marks();
    let names = Names {
        short: "the whole".into(),
        long: "The whole".into(),
    };
    let whole = axes.curve(0, names, &teller, &found.whole);
    let of_lines = lines.iter().zip(1..).map(|(line, number)| {
        let (place, source) = (teller.place(line), Text::source(line.text.trim()));
        let names = Names {
            short: place.clone() + "  " + source.clone(),
            long: Text::from("Line ") + place + ", " + source + ",",
        };
        axes.curve(number, names, &teller, &line.part.growth)
    });
    let curves = [whole].into_iter().chain(of_lines).flatten();
    picture.all = apart(curves.collect());
    picture
}

/// The labels one below the other, each as near as can be to where it would be best.
fn apart(mut curves: Vec<Curve>) -> Vec<Curve> {
    let mut order: Vec<usize> = (0..curves.len()).collect();
    order.sort_by(|&one, &other| curves[one].wanted_y.total_cmp(&curves[other].wanted_y));
    let mut places: Vec<f64> = order.iter().map(|&at| curves[at].wanted_y).collect();
    let mut next = f64::from(TOP);
    for place in &mut places {
        *place = place.max(next);
        next = *place + ROW;
    }
    let mut last = f64::from(BOTTOM);
    for place in places.iter_mut().rev() {
        *place = place.min(last);
        last = *place - ROW;
    }
    for (&at, place) in order.iter().zip(places) {
        let curve = &mut curves[at];
        let end = tenths(place);
        curve.leader = format!(
            "M{} {}L{} {end}",
            tenths(f64::from(RIGHT) + DOT),
            tenths(curve.wanted_y),
            tenths(f64::from(RIGHT) + 26.0)
        );
        curve.label_y = end;
    }
    curves
}

/// Where sizes and costs are.
struct Axes {
    /// Logarithms of the sizes.
    sizes: Vec<f64>,
    /// Logarithms of the least and the largest cost.
    least: f64,
    most: f64,
}

impl Axes {
    /// `None` where nothing has a cost.
    fn of(found: &Scaling, growths: &[&Growth]) -> Option<Self> {
        let costs = growths.iter().flat_map(|growth| &growth.cost_s);
        let logs = costs.map(|cost| cost.value.ln());
        let logs = logs.filter(|log| log.is_finite());
        let (least, most) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), log| {
            (least.min(log), most.max(log))
        });
        // A little room, also where all costs are alike.
        let room = 0.05 * (most - least) + 0.1;
        (least <= most).then(|| Self {
            sizes: found.sizes.iter().map(|size| size.value.ln()).collect(),
            least: least - room,
            most: most + room,
        })
    }

    fn x(&self, at: usize) -> f64 {
        let [Some(first), Some(last)] = [self.sizes.first(), self.sizes.last()] else {
            return f64::from(LEFT);
        };
        let part = (self.sizes[at] - first) / (last - first);
        f64::from(LEFT) + f64::from(RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    fn y(&self, cost_s: f64) -> Option<f64> {
        let log = cost_s.ln();
        let part = (log - self.least) / (self.most - self.least);
        (!log.is_nan()).then(|| f64::from(BOTTOM) - f64::from(BOTTOM - TOP) * part.clamp(0.0, 1.0))
    }

    /// The sizes, of which those have a label for which there is room.
    fn sizes(&self, found: &Scaling) -> Vec<Tick> {
        let mut free = f64::NEG_INFINITY;
        let sizes = found.sizes.iter().enumerate();
        let ticks = sizes.map(|(at, size)| {
            let x = self.x(at);
            let has_room = x >= free;
            if has_room {
                free = x + LABEL_WIDTH;
            }
            Tick {
                at: tenths(x),
                label: Text::from(has_room.then(|| Text::label(&size.text).truncated(9))),
            }
        });
        ticks.collect()
    }

    /// Round costs: 1, 2 and 5 of each power of ten, or only the powers.
    fn marks(&self) -> Vec<Tick> {
        let of = |steps: &[f64]| {
            let mut marks = Vec::new();
            for power in -18..=18 {
                let marked = steps.iter().map(|step| step * 10_f64.powi(power));
                marks.extend(marked.filter(|mark| (self.least..=self.most).contains(&mark.ln())));
            }
            marks
        };
        let mut marks = of(&[1.0, 2.0, 5.0]);
        if marks.len() > MOST_MARKS {
            marks = of(&[1.0]);
        }
        let every = marks.len().div_ceil(MOST_MARKS).max(1);
        let marks = marks.into_iter().step_by(every);
        let ticks = marks.filter_map(|cost_s| {
            let at = tenths(self.y(cost_s)?);
            let label = duration(cost_s).into();
            Some(Tick { at, label })
        });
        ticks.collect()
    }

    /// `None` where it costs nothing at any size.
    fn curve(
        &self,
        number: u16,
        names: Names,
        teller: &Teller<'_>,
        growth: &Growth,
    ) -> Option<Curve> {
        let measured = growth.cost_s.iter().enumerate();
        let measured = measured.filter(|(_, cost)| cost.value > 0.0);
        let measured: Vec<(usize, &Estimate)> = measured.collect();
        let (_, last) = measured.last()?;
        let is_no_power = growth.verdict == GrowthVerdict::NoPower || growth.fitted_s.is_empty();
        let said = teller.growth(growth, Form::OfOne);
        let exponent = growth.exponent.filter(|_| !is_no_power);
        let exponent = exponent.map(|it| fixed(it.value, 2) + "  ");
        Some(Curve {
            class: format!("c{number}"),
            label: (Text::from(exponent) + names.short).truncated(LABEL),
            sentence: names.long + " " + said,
            label_y: String::new(),
            fit: if is_no_power {
                let costs = measured.iter().map(|&(at, cost)| (at, cost.value));
                self.way(costs)
            } else {
                self.way(growth.fitted_s.iter().copied().enumerate())
            },
            is_no_power,
            whiskers: self.whiskers(number, &measured),
            dots: self.dots(&measured),
            leader: String::new(),
            wanted_y: self.y(last.value)?,
        })
    }

    /// A line from cost to cost.
    fn way(&self, costs: impl Iterator<Item = (usize, f64)>) -> String {
        let points = costs.filter_map(|(at, cost)| Some((self.x(at), self.y(cost)?)));
        let mut way = String::new();
        for (x, y) in points {
            let sign = if way.is_empty() { "M" } else { "L" };
            let _ = write!(way, "{sign}{} {}", tenths(x), tenths(y));
        }
        way
    }

    fn dots(&self, measured: &[(usize, &Estimate)]) -> String {
        let mut dots = String::new();
        for &(at, cost) in measured {
            if let Some(y) = self.y(cost.value) {
                let x = tenths(self.x(at) - DOT);
                let _ = write!(
                    dots,
                    "M{x} {}a{DOT} {DOT} 0 1 0 8 0a{DOT} {DOT} 0 1 0 -8 0",
                    tenths(y)
                );
            }
        }
        dots
    }

    /// Intervals, those of each curve a little beside those of the others.
    fn whiskers(&self, number: u16, measured: &[(usize, &Estimate)]) -> String {
        let beside = BESIDE * (f64::from(number) - MIDDLE);
        let mut whiskers = String::new();
        for &(at, cost) in measured {
            let ends = cost.low.zip(cost.high);
            let ends = ends.and_then(|(low, high)| Some((self.y(low)?, self.y(high)?)));
            if let Some((low, high)) = ends {
                let x = tenths(self.x(at) + beside);
                let _ = write!(whiskers, "M{x} {}V{}", tenths(low), tenths(high));
            }
        }
        whiskers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaling::fixture;

    #[test]
    fn as_a_file() {
        let svg = scaling(&fixture::scaling());
        super::super::tests::check_form(&svg);
        insta::assert_snapshot!(svg.split_once("</style>").unwrap().1);
    }

    /// Labels are below each other and within the picture, however near the curves are.
    #[test]
    fn labels_are_apart() {
        let mut found = fixture::scaling();
        let one = found.lines[0].clone();
        found.lines = vec![one; MOST_LINES];
        let picture = curves(&found);
        let mut places: Vec<f64> = picture
            .all
            .iter()
            .map(|it| it.label_y.parse().unwrap())
            .collect();
        places.sort_by(f64::total_cmp);
        assert_eq!(places.len(), MOST_LINES + 1);
        assert!(
            places.windows(2).all(|two| two[1] - two[0] >= ROW - 0.2),
            "{places:?}"
        );
        assert!(
            places[0] >= f64::from(TOP) && places[MOST_LINES] <= f64::from(BOTTOM),
            "{places:?}"
        );
    }

    #[test]
    fn what_costs_nothing_has_no_curve() {
        let mut found = fixture::scaling();
        let free = |growth: &mut Growth| growth.cost_s.iter_mut().for_each(|it| it.value = 0.0);
        free(&mut found.whole);
        found
            .lines
            .iter_mut()
            .for_each(|line| free(&mut line.part.growth));
        assert!(curves(&found).all.is_empty());
        super::super::tests::check_form(&scaling(&found));
    }
}
