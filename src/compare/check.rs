//! Whether what a comparison says fits what else is in it.

use super::{BlockSide, Comparison, Comparisons, FileComparison, Stretch};
use crate::pair::{Pair, Side};
use crate::recording::check::{check_counts, check_samples};
use crate::source::lines;

/// What is wrong, with the place where it is.
type Check = Result<(), String>;

impl Comparison {
    /// What does not fit, with its place, such as `files[0].stretches[3]`.
    pub(crate) fn check(&self) -> Check {
        check_samples(&self.before.samples, "before.samples")?;
        check_samples(&self.after.samples, "after.samples")?;
        for (index, file) in self.files.iter().enumerate() {
            check_file(file, &format!("files[{index}]"))?;
        }
        for (index, line) in self.lines.iter().enumerate() {
            for (side, at) in [("before", &line.before), ("after", &line.after)] {
                let Some(at) = at else { continue };
                let counts = [("samples", at.samples), ("self_samples", at.self_samples)];
                check_counts(&counts, || format!("lines[{index}].{side}"))?;
            }
        }
        for (index, it) in self.hunks.iter().enumerate() {
            check_sides([&it.before, &it.after], || format!("hunks[{index}]"))?;
        }
        for (index, it) in self.functions.iter().enumerate() {
            check_sides([&it.before, &it.after], || format!("functions[{index}]"))?;
        }
        let buckets = &self.buckets;
        let buckets = [
            ("other", &buckets.other),
            ("waiting", &buckets.waiting),
            ("bad", &buckets.bad),
        ];
        for (name, it) in buckets {
            check_sides([&it.before, &it.after], || format!("buckets.{name}"))?;
        }
        Ok(())
    }
}

impl Comparisons {
    /// What does not fit, with its place, such as `comparisons[1].files[0].stretches[3]`.
    pub(crate) fn check(&self) -> Check {
        for (index, comparison) in self.comparisons.iter().enumerate() {
            let checked = comparison.check();
            checked.map_err(|wrong| format!("in `comparisons[{index}]`: {wrong}"))?;
        }
        let placebo = self.placebo.as_ref();
        let checked = placebo.map_or(Ok(()), |placebo| placebo.check());
        checked.map_err(|wrong| format!("in `placebo`: {wrong}"))
    }
}

fn check_sides(sides: [&BlockSide; 2], place: impl Fn() -> String) -> Check {
    for (side, part) in ["before", "after"].into_iter().zip(sides) {
        check_counts(&[("samples", part.samples)], || {
            format!("{}.{side}", place())
        })?;
    }
    Ok(())
}

/// Whether the stretches of a file are of lines that it has, and of each no more than once.
fn check_file(file: &FileComparison, place: &str) -> Check {
    let counts = file.text.as_ref().map(|text| {
        let text = text.as_deref().unwrap_or_default();
        lines(text).count() as u64
    });
    let mut left = counts;
    for (index, stretch) in file.stretches.iter().enumerate() {
        let place = || format!("{place}.stretches[{index}]");
        check_stretch(stretch, counts, place)?;
        for side in [Side::Before, Side::After] {
            if stretch.first.side(side).is_none() {
                continue;
            }
            let lines = u64::from(stretch.lines);
            let Some(rest) = left.side(side).checked_sub(lines) else {
                let place = place();
                return Err(format!(
                    "up to `{place}`, there are more lines of the {side} version than its text has"
                ));
            };
            *left.side_mut(side) = rest;
        }
    }
    Ok(())
}

fn check_stretch(stretch: &Stretch, counts: Pair<u64>, place: impl Fn() -> String) -> Check {
    let Stretch { first, lines, .. } = *stretch;
    if lines > 0 && first.before.or(first.after).is_none() {
        let place = place();
        return Err(format!(
            "`{place}` has {lines} lines but is on neither side"
        ));
    }
    for side in [Side::Before, Side::After] {
        let Some(first) = first.side(side) else {
            continue;
        };
        let last = u64::from(first.get()) + u64::from(lines) - 1;
        let count = *counts.side(side);
        if last > count {
            let place = place();
            return Err(format!(
                "`{place}` extends to line {last} of the {side} version, whose text has only \
                 {count}"
            ));
        }
    }
    Ok(())
}
