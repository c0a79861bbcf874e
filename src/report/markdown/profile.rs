//! One profile, in the same quality: a few lines, and the annotated source below them.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::room::{MOST_BYTES, MOST_WARNINGS, WARNING, truncate_bytes};
use super::syntax::{block, code, fold, html_code, prose, table_head, table_row};
use crate::profile::{AnnotatedFile, AnnotatedLine, AnnotatedProfile};
use crate::recording::ForeignText;
use crate::report::Style;
use crate::report::annotate::{self, Options};
use crate::report::format::{count, percent};
use crate::share::Share;
use crate::source::Origin;
use crate::text::{Number, Text};

/// Lines that are named before all of them are shown.
const HOTTEST: usize = 10;

/// Columns of a line of source in the table.
const SOURCE: usize = 100;

/// Shows a profile of the script or module of this name.
pub fn profile(
    name: &str,
    profile: &AnnotatedProfile,
    warnings: &[ForeignText],
    options: &Options<'_>,
    style: &Style,
) -> String {
    let mut out = format!(
        "### profila: {}\n\n- {}: {} in Numba code, {} outside it, {} unreadable\n",
        code(&Text::name(name)),
        count(profile.samples.window, "sample"),
        percent(profile.numba_share),
        percent(profile.non_numba_share),
        percent(profile.bad_share),
    );
    for warning in warnings.iter().take(MOST_WARNINGS) {
        let warning = Text::prose(warning).truncated(WARNING);
        let _ = writeln!(out, "- Warning: {}", prose(&warning));
    }
    out.push_str(&hottest(profile, style));
    let plain = Style {
        color: false,
        ..style.clone()
    };
    let mut source = annotate::text(profile, options, &plain);
    let whole = source.len();
    truncate_bytes(&mut source, MOST_BYTES.saturating_sub(out.len() + 1_000));
    let is_cut = source.len() < whole;
    let mut folded = block(&source);
    if is_cut {
        folded.push_str("\nThe rest is omitted to keep this short; JSON and HTML have it.\n");
    }
    fold(
        &mut out,
        &format!("{} line by line", html_code(&Text::name(name))),
        &folded,
    );
    out
}

/// The user's hottest lines.
fn hottest(profile: &AnnotatedProfile, style: &Style) -> String {
    let own = profile
        .files
        .iter()
        .filter(|file| file.origin == Origin::User);
    let mut lines: Vec<(&AnnotatedFile, &AnnotatedLine, Share)> = own
        .flat_map(|file| {
            let lines = file.ranges.iter().flat_map(|range| &range.lines);
            lines.filter_map(move |line| Some((file, line, line.share?)))
        })
        .filter(|(file, line, _)| style.selection.takes(&file.path, line.function.as_deref()))
        .collect();
    lines.sort_by_key(|&(_, _, share)| Reverse(share));
    let mut out = String::new();
    if lines.is_empty() {
        return out;
    }
    out.push('\n');
    let headings = ["share", "line", "source"].map(Text::from);
    table_head(&mut out, &headings, "rrl");
    for (file, line, share) in lines.into_iter().take(HOTTEST) {
        let place = Text::foreign(&file.path) + ":" + Number::new(line.number);
        let text = Text::source(line.text.trim()).truncated(SOURCE);
        let cells = [prose(&percent(share).into()), prose(&place), code(&text)];
        table_row(&mut out, cells);
    }
    out
}
