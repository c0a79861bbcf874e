//! How a script grows with a size, for the terminal.

use super::layout::{Cell, GAP, table};
use crate::report::Style;
use crate::report::contents::scaling::{COLUMNS, contents};
use crate::report::paint::Sheet;
use crate::scaling::Scaling;
use crate::text::Alignment::{self, Left, Right};
use crate::text::{Meaning, Text};

/// How the cells of each column stand.
const ALIGNMENTS: [Alignment; COLUMNS] = [Right, Left, Right, Right, Right, Left, Left];

/// The column of exponents, which is there from this width on: their intervals always are.
const EXPONENT: usize = 4;
const WITH_EXPONENTS: usize = 100;

/// The column of a file and a line, and how wide it is at most.
const PLACE: usize = 0;
const MOST_OF_PLACE: usize = 24;

/// The column of the source, which has what room the others leave, and this at least.
const SOURCE: usize = 1;
const LEAST_OF_SOURCE: usize = 12;

/// Shows how a script grows.
pub(crate) fn scaling(found: &Scaling, style: &Style) -> String {
    let contents = contents(found);
    let mut sheet = Sheet::default();
    for sentence in &contents.sentences {
        sheet.extend(sentence.wrapped(style.width, 4));
    }
    sheet.blank();
    let headings = contents.headings.map(|it| it.meaning(Meaning::Quiet));
    let rows = [headings].into_iter().chain(contents.rows);
    sheet.extend(lines(rows.collect(), style.width));
    if let Some(left_out) = &contents.left_out {
        let left_out = left_out.wrapped(style.width.saturating_sub(1), 0);
        let left_out = left_out.into_iter().map(|line| Text::spaces(1) + line);
        sheet.lines_meaning(Meaning::Quiet, left_out.collect());
    }
    sheet.blank();
    sheet.extend(contents.measured.wrapped(style.width, 4));
    sheet.lines_meaning(Meaning::Quiet, contents.legend.wrapped(style.width, 0));
    for warning in contents.warnings {
        let warning = Text::from("Warning: ") + warning;
        sheet.lines_meaning(Meaning::Open, warning.wrapped(style.width, 4));
    }
    sheet.finish(style.color)
}

/// The lines of a table, with as much of the source as there is room for.
fn lines(mut rows: Vec<[Text; COLUMNS]>, room: usize) -> Vec<Text> {
    let has_exponents = room >= WITH_EXPONENTS;
    let shown = (0..COLUMNS).filter(|&column| column != EXPONENT || has_exponents);
    let shown: Vec<usize> = shown.collect();
    truncate(&mut rows, PLACE, MOST_OF_PLACE);
    let widest = |column: &usize| rows.iter().map(|row| row[*column].width()).max();
    let others = shown.iter().filter(|&&column| column != SOURCE);
    let taken: usize = others.filter_map(widest).sum();
    let gaps = GAP * shown.len().saturating_sub(1) + 1;
    truncate(
        &mut rows,
        SOURCE,
        room.saturating_sub(taken + gaps).max(LEAST_OF_SOURCE),
    );
    let cells = |row: [Text; COLUMNS]| -> Vec<Cell> {
        let cells = row.into_iter().enumerate();
        let cells = cells.filter(|(column, _)| shown.contains(column));
        cells.map(|(_, cell)| vec![cell]).collect()
    };
    let alignments: Vec<Alignment> = shown.iter().map(|&column| ALIGNMENTS[column]).collect();
    table(
        &rows.into_iter().map(cells).collect::<Vec<_>>(),
        &alignments,
    )
}

fn truncate(rows: &mut [[Text; COLUMNS]], column: usize, room: usize) {
    for row in rows {
        row[column] = std::mem::take(&mut row[column]).truncated(room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Estimate;
    use crate::report::markdown;
    use crate::scaling::{GrowthVerdict, LineGrowth, fixture};
    use crate::source::LineNumber;

    #[test]
    fn text() {
        insta::assert_snapshot!(scaling(&fixture::scaling(), &Style::default()));
    }

    #[test]
    fn as_markdown() {
        insta::assert_snapshot!(markdown::scaling(&fixture::scaling()));
    }

    /// A line like another one, of which something else is said.
    fn with(line: &LineGrowth, number: u32, verdict: GrowthVerdict, ends: [f64; 2]) -> LineGrowth {
        let mut line = line.clone();
        line.line = LineNumber::new(number).unwrap();
        let growth = &mut line.part.growth;
        growth.verdict = verdict;
        let is_known = ![GrowthVerdict::TooFewSamples, GrowthVerdict::NoBasis].contains(&verdict);
        growth.exponent = is_known.then(|| Estimate {
            value: f64::midpoint(ends[0], ends[1]),
            low: Some(ends[0]),
            high: Some(ends[1]),
        });
        line
    }

    /// Every verdict, in several files, also about the whole, in 80 columns.
    #[test]
    fn every_verdict() {
        use GrowthVerdict::{
            Constant, Grows, Inconclusive, NoBasis, NoPower, Shrinks, TooFewSamples,
        };
        let mut found = fixture::scaling();
        let one = found.lines[0].clone();
        found.lines = [
            (Grows, [1.9, 2.1]),
            (Grows, [1.95, 2.05]),
            (Grows, [0.5, 2.5]),
            (Shrinks, [-1.1, -0.9]),
            (Constant, [-0.05, 0.05]),
            (Inconclusive, [-0.5, 1.5]),
            (NoPower, [1.0, 2.0]),
            (TooFewSamples, [0.0, 0.0]),
            (NoBasis, [0.0, 0.0]),
        ]
        .into_iter()
        .zip(10..)
        .map(|((verdict, ends), number)| with(&one, number, verdict, ends))
        .collect();
        found.lines[1].file = "helper.py".to_owned();
        found.warnings = vec!["the machine was busy".into()];
        let of_whole = [
            (Grows, [1.4, 1.6]),
            (Constant, [0.0, 0.0]),
            (Inconclusive, [-0.2, 0.4]),
            (TooFewSamples, [0.0, 0.0]),
            (NoBasis, [0.0, 0.0]),
        ];
        let style = Style {
            width: 80,
            ..Style::default()
        };
        let mut shown = scaling(&found, &style);
        for (verdict, ends) in of_whole {
            found.whole = with(&one, 1, verdict, ends).part.growth;
            let again = scaling(&found, &style);
            shown += again.split("\n\n").next().unwrap_or_default();
            shown.push('\n');
        }
        insta::assert_snapshot!(shown);
    }

    /// Of what is no power, but of which hardly any two neighbouring sizes have samples, no
    /// exponents are shown.
    #[test]
    fn no_power_without_neighbours() {
        let mut found = fixture::scaling();
        found.whole.steps = vec![None, None];
        let growth = &mut found.lines[0].part.growth;
        (growth.verdict, growth.steps) = (GrowthVerdict::NoPower, vec![None, None]);
        let style = Style {
            width: 200,
            ..Style::default()
        };
        let shown = scaling(&found, &style);
        assert!(shown.contains("is no power of size: "), "{shown}");
        assert!(shown.contains("Line 6 is no power,"), "{shown}");
    }
}
