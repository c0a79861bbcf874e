//! The versions by their throughput, as dots with intervals on one axis.

use super::is_faster;
use crate::compare::{Comparison, Comparisons, MetricVerdict};
use crate::report::contents::{metric_word, names};
use crate::report::format::{fixed, from_to, interval, ratio_decimals, short_percent};
use crate::text::{Meaning, Number, Text};

/// Room beside the outermost ends, as a part of what is between them.
const ROOM: f64 = 0.04;

/// Ratios beyond these are at the edge.
const FARTHEST: f64 = 1e6;

/// A picture of which version is how fast.
pub(in crate::report) struct Dots {
    /// What it shows, in words.
    pub(in crate::report) title: Text,
    /// The versions, the fastest first, and the placebo.
    pub(in crate::report) rows: Vec<Dot>,
    /// The ends of the axis and the first version, where they are on it and how they are
    /// written.
    pub(in crate::report) marks: [(f64, Number); 3],
}

/// A version. Places are from 0 to 1 on the axis, whose scale is that of ratios.
pub(in crate::report) struct Dot {
    pub(in crate::report) name: Text,
    /// Where it is.
    pub(in crate::report) place: f64,
    /// Where it may be instead.
    pub(in crate::report) ends: Option<(f64, f64)>,
    /// What that means.
    pub(in crate::report) meaning: Option<Meaning>,
    /// All of it in words.
    pub(in crate::report) sentence: Text,
}

/// The versions on one axis; `None` where none was compared.
pub(in crate::report) fn dots(several: &Comparisons) -> Option<Dots> {
    let first = several.comparisons.first()?;
    let all = several.comparisons.iter().chain(several.placebo.as_deref());
    let axis = Axis::of(all);
    let (faster, slower): (Vec<_>, Vec<_>) =
        several.comparisons.iter().partition(|it| is_faster(it));
    let base = names(first).before.plainly();
    let of_base = Dot {
        sentence: base.clone() + ": what the others are compared with",
        name: base.clone(),
        place: axis.place(1.0),
        ends: None,
        meaning: None,
    };
    let rows = faster.into_iter().map(|it| axis.dot(it));
    let rows = rows
        .chain([of_base])
        .chain(slower.into_iter().map(|it| axis.dot(it)));
    let rows = rows.chain(several.placebo.as_deref().map(|it| axis.dot(it)));
    let end = |ratio: f64| fixed(ratio, ratio_decimals(ratio));
    let title = Text::from("Throughput as a multiple of that of ") + base;
    Some(Dots {
        title: title + ", with " + short_percent(first.confidence) + " intervals",
        rows: rows.collect(),
        marks: [
            (0.0, end(axis.least.exp())),
            (axis.place(1.0), Number::new(1)),
            (1.0, end(axis.most.exp())),
        ],
    })
}

/// Logarithms of the least and the largest ratio; 1 is between them.
struct Axis {
    least: f64,
    most: f64,
}

impl Axis {
    fn of<'c>(comparisons: impl Iterator<Item = &'c Comparison>) -> Self {
        let ratios = comparisons.flat_map(|comparison| {
            let ratio = &comparison.throughput.ratio;
            [Some(ratio.value), ratio.low, ratio.high]
        });
        let logs = ratios.flatten().map(logarithm);
        let (least, most) = logs.fold((0.0, 0.0), |(least, most): (f64, f64), log| {
            (least.min(log), most.max(log))
        });
        // All may be alike.
        let room = ROOM * (most - least) + 1e-3;
        Self {
            least: least - room,
            most: most + room,
        }
    }

    fn place(&self, ratio: f64) -> f64 {
        ((logarithm(ratio) - self.least) / (self.most - self.least)).clamp(0.0, 1.0)
    }

    fn dot(&self, comparison: &Comparison) -> Dot {
        let change = &comparison.throughput;
        let name = names(comparison).after.plainly();
        let decimals = ratio_decimals(change.ratio.value);
        let written = |ratio: f64| fixed(ratio, decimals);
        let ends = interval(&change.ratio);
        let words = ends.map(|ends| Text::from(" (") + from_to(ends, written) + ")");
        let verdict = metric_word(change.verdict);
        let ratio = written(change.ratio.value) + "×" + Text::from(words);
        Dot {
            place: self.place(change.ratio.value),
            ends: ends.map(|(low, high)| (self.place(low), self.place(high))),
            meaning: match change.verdict {
                MetricVerdict::Faster | MetricVerdict::Less => Some(Meaning::Better),
                MetricVerdict::Slower | MetricVerdict::More => Some(Meaning::Worse),
                MetricVerdict::NoChange => None,
                MetricVerdict::Inconclusive => Some(Meaning::Open),
            },
            sentence: name.clone() + ": " + ratio + ", " + verdict,
            name,
        }
    }
}

/// That of a ratio, which is no farther from 1 than can be shown.
fn logarithm(ratio: f64) -> f64 {
    ratio.clamp(1.0 / FARTHEST, FARTHEST).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn versions_are_in_the_order_of_their_places() {
        let dots = dots(&fixture::several()).unwrap();
        let versions = &dots.rows[..dots.rows.len() - 1];
        assert!(versions.windows(2).all(|two| two[0].place >= two[1].place));
        let base = dots.rows.iter().find(|row| row.ends.is_none()).unwrap();
        assert!((base.place - dots.marks[1].0).abs() < 1e-12);
    }

    /// Whatever a document says of a ratio, it is on the axis, and so is 1.
    #[test]
    fn everything_is_on_the_axis() {
        for ratio in [0.0, -1.0, 1.0, 1e300] {
            let mut several = fixture::several();
            several.comparisons.truncate(1);
            let found = &mut several.comparisons[0].throughput.ratio;
            (found.value, found.low, found.high) = (ratio, Some(ratio), Some(ratio));
            let dots = dots(&several).unwrap();
            let places = dots.rows.iter().map(|row| row.place);
            let mut places = places.chain(dots.marks.iter().map(|(place, _)| *place));
            assert!(places.all(|place| (0.0..=1.0).contains(&place)), "{ratio}");
        }
    }
}
